//! What a deployment is carried out with, from the policy and the request.

use crate::config::EnvironmentPolicy;
use crate::deploy::{Means, Order};
use crate::ledger::{By, Ledger};
use crate::model::{
    EnvironmentName, Reason, ReasonCode, SourceIdentity, Stage, Unavailable, Version,
};
use crate::recovery::RetryPolicy;
use crate::workflow::Request;
use crate::workflow::groundwork::Groundwork;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long another run may be at work in the same place before this one gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The version that a workspace is at.
///
/// # Errors
///
/// Why there is none: what is deployed is a commit, and the files are not those of one.
pub(in crate::workflow) fn version(
    source: &SourceIdentity,
    request: &Request,
) -> Result<Version, Reason> {
    let no_version =
        |message: &str, remedy: &str| Reason::new(ReasonCode::NoVersion, message).remedy(remedy);
    let Some(commit) = &source.commit else {
        return Err(no_version(
            "the workspace is no git repository with a commit, so there is no version to deploy",
            "commit the files",
        ));
    };
    if source.has_local_changes {
        return Err(no_version(
            &format!(
                "the files of the workspace differ from commit {commit}, so what was judged is not what would be deployed"
            ),
            "commit the changes, or put what tools write into .gitignore",
        ));
    }
    Ok(Version {
        commit: commit.clone(),
        digest: request.deployment.artifact_digest.clone(),
    })
}

/// Who does it.
pub(super) fn by(ground: &Groundwork, request: &Request) -> By {
    By {
        run: ground.identity.id.clone(),
        actor: request.deployment.actor.clone(),
        url: request.deployment.run_url.clone(),
    }
}

/// What is to be done, and by which rules.
pub(super) fn order(
    ground: &Groundwork,
    request: &Request,
    environment: &EnvironmentPolicy,
    version: Version,
) -> Order {
    let stage = environment.name.stage();
    let policy = ground.policy.stages.get(&stage);
    Order {
        component: Arc::clone(&ground.component),
        environment: environment.clone(),
        staging: ground
            .policy
            .environments
            .get(&EnvironmentName::Staging)
            .filter(|_| environment.name == EnvironmentName::Production)
            .cloned(),
        version,
        hotfix: request.deployment.hotfix.clone(),
        checks_again: false,
        timeout: policy.map_or(Duration::from_secs(600), |stage| stage.timeout),
        retry: ground
            .policy
            .retries
            .get(&stage)
            .cloned()
            .unwrap_or_else(RetryPolicy::never),
        rollback_on_failure: policy.is_none_or(|stage| stage.rollback_on_failure),
        by: by(ground, request),
        approved_by: Vec::new(),
    }
}

/// What it is done with.
///
/// # Errors
///
/// When this machine cannot ask over HTTP.
pub(super) fn means(ground: &Groundwork, request: &Request) -> Result<Means, Unavailable> {
    ground.http.make_ready().map_err(|error| {
        let reason = Reason::new(ReasonCode::EnvironmentFailed, error.to_string());
        Unavailable::Errored(reason)
    })?;
    Ok(Means {
        workspace: ground.workspace.clone(),
        run_folder: ground.run_folder.clone(),
        processes: Arc::clone(&ground.processes),
        http: ground.http.clone(),
        breakers: Arc::clone(&ground.breakers),
        suites: BTreeMap::new(),
        watcher: request.deployment.watcher.clone(),
        cancel: request.cancel.clone(),
    })
}

/// The ledger of a workspace.
pub(super) fn ledger(ground: &Groundwork, request: &Request) -> Ledger {
    Ledger::new(
        &ground.workspace,
        &ground.policy.history,
        Arc::clone(&ground.processes),
        request.cancel.clone(),
    )
}

/// The environment that a stage deploys to, where it is set up.
pub(super) fn environment_of(ground: &Groundwork, stage: Stage) -> Option<&EnvironmentPolicy> {
    let name = EnvironmentName::of_stage(stage)?;
    ground.policy.environments.get(&name)
}
