//! What is known about a version beside what its tools measured: asked of the ledger, and of those
//! that the configuration names.

use super::carry_out::Deployments;
use crate::config::AdditionalRequirement;
use crate::git;
use crate::ledger::{self, Event, Ledger, Record, State};
use crate::model::{
    ComponentName, EnvironmentName, Reason, ReasonCode, RuleSource, Specification, Surface, Target,
    Unavailable, Version,
};
use crate::promotion::{self, Answer, Asking, Facts, Sample};
use crate::workflow::Request;
use crate::workflow::groundwork::Groundwork;
use std::collections::{BTreeMap, BTreeSet};

/// How far back looks at staging are read: more days than anybody asks of a version.
const LOOKED_BACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 400);

/// States of a component, by environment.
pub(super) type States = BTreeMap<EnvironmentName, Result<State, Unavailable>>;

/// What questions about a component are asked with.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) ground: &'a Groundwork,
    pub(super) request: &'a Request,
    pub(super) specification: Option<&'a Specification>,
    pub(super) ledger: &'a Ledger,
}

/// Asks for everything that a level and those before it need to know about a version.
pub(super) async fn facts(
    deployments: &Deployments<'_>,
    version: &Version,
    level: Target,
) -> Facts {
    let policy = &deployments.ground.policy;
    // The stages before this level are judged from the same facts.
    let levels = policy.levels.range(..=level);
    let requirements: Vec<AdditionalRequirement> = levels
        .flat_map(|(_, level)| level.additional.iter().cloned())
        .collect();
    let stages = policy.stages.iter();
    let mut stages = stages.filter(|(stage, _)| stage.first_target() <= level);
    let has_to_be_approved = stages.any(|(_, stage)| stage.require_manual_approval);
    let is_job = deployments.request.deployment.run_url.is_some();
    let around = Around {
        ground: deployments.ground,
        request: deployments.request,
        specification: deployments.specification,
        ledger: &deployments.ledger,
    };
    facts_of_component(
        &around,
        version,
        &requirements,
        has_to_be_approved && is_job,
    )
    .await
}

/// Asks for what these requirements need to know about a version, and which components it depends on.
pub(super) async fn facts_of_component(
    around: &Around<'_>,
    version: &Version,
    requirements: &[AdditionalRequirement],
    asks_reviewers: bool,
) -> Facts {
    let Around {
        ground,
        request,
        specification,
        ledger,
    } = around;
    let name = &ground.component.name;
    let own = ground.policy.components.get(name.as_str());
    let depends_on = own.map(|own| own.depends_on.as_slice());
    let now = jiff::Timestamp::now();
    let staging = ground.policy.environments.get(&EnvironmentName::Staging);
    let staging = staging.map(|staging| staging.github_name(name));
    let same_source = |commit: String, file: String| -> Answer<'_, bool> {
        Box::pin(async move {
            git::is_same_but_for(
                &ground.processes,
                &ground.workspace,
                (&commit, &version.commit),
                &file,
                &request.cancel,
            )
            .await
            .map_err(|error| error.to_string())
        })
    };
    let stated = specification.iter().flat_map(|specification| {
        let stated = specification.dependencies.iter();
        stated.map(|dependency| dependency.name.as_str())
    });
    let configured = depends_on.into_iter().flatten().map(String::as_str);
    let named: BTreeSet<ComponentName> = configured
        .chain(stated)
        .filter_map(|name| name.parse().ok())
        .collect();
    let states = states(ledger, name).await;
    let maturities = maturities(ledger, &named).await;
    let samples = match requirements {
        [] => Ok(Vec::new()),
        _ => {
            let since = now - LOOKED_BACK;
            let samples = ledger.samples(name, EnvironmentName::Staging, since).await;
            samples.map_err(|error| unreadable(&error.to_string()))
        }
    };
    promotion::gather(&Asking {
        component: name,
        version,
        requirements,
        policy: &ground.policy.promotion,
        depends_on: depends_on.unwrap_or_default(),
        depends_on_rule: own
            .and_then(|own| own.rule.clone())
            .unwrap_or(RuleSource::Default),
        specification: *specification,
        maturities: &maturities,
        workspace: &ground.workspace,
        http: &ground.http,
        variable: &|name| request.environment.get(name).map(str::to_owned),
        forge: request.deployment.forge.as_deref(),
        staging_environment: staging.as_deref(),
        same_source: Some(&same_source),
        states,
        asks_reviewers,
        samples: samples.map(|samples| samples.iter().map(look).collect()),
        now,
    })
    .await
}

/// A look without what its criterion does not ask for.
pub(super) fn look(sample: &ledger::Sample) -> Sample {
    Sample {
        at: sample.at,
        is_up: sample.is_up,
    }
}

/// What is deployed where.
pub(super) async fn states(ledger: &Ledger, component: &ComponentName) -> States {
    let mut states = States::new();
    for environment in EnvironmentName::ALL {
        let state = ledger.state(component, environment).await;
        states.insert(
            environment,
            state.map_err(|error| unreadable(&error.to_string())),
        );
    }
    states
}

/// How mature other components are, as far as something was deployed.
async fn maturities(
    ledger: &Ledger,
    components: &BTreeSet<ComponentName>,
) -> BTreeMap<ComponentName, Target> {
    let mut maturities = BTreeMap::new();
    for component in components {
        let states = states(ledger, component).await;
        if let Some(level) = promotion::maturity(&states, None).level {
            maturities.insert(component.clone(), level);
        }
    }
    maturities
}

/// Writes into the ledger what the service that hosts the repository knows about earlier deployments
/// and the ledger does not, so that a machine without the ledger knows the version before, and which
/// versions are held. A ledger on a branch knows everything itself.
///
/// # Errors
///
/// When that cannot be known. Nothing should be deployed then: a version that was taken back could get
/// active again.
pub(super) async fn adopt(
    ground: &Groundwork,
    request: &Request,
    ledger: &Ledger,
) -> Result<(), Reason> {
    let Some(forge) = &request.deployment.forge else {
        return Ok(());
    };
    let has_record = ground
        .policy
        .github
        .surfaces
        .contains(&Surface::Deployments);
    if ground.policy.history.branch.is_some() || !has_record {
        return Ok(());
    }
    let unknown = |error: String| {
        Reason::new(
            ReasonCode::SourceUnavailable,
            format!("what was deployed earlier is not known: {error}"),
        )
        .remedy("keep the ledger on a branch (`history.branch`), or let the job read what GitHub has (`deployments: write`)")
    };
    let name = &ground.component.name;
    for environment in ground.policy.environments.values() {
        let own = ledger.records(name, environment.name).await;
        let own = own.map_err(|error| unknown(error.to_string()))?;
        let known: BTreeSet<&str> = own.iter().filter_map(deployment_of).collect();
        let told = forge.records(&environment.github_name(name)).await;
        let told = told.map_err(unknown)?;
        // A hold names no deployment, and belongs to the one that is told by the same hand.
        let old: BTreeSet<&str> = told
            .iter()
            .filter(|record| deployment_of(record).is_some_and(|id| known.contains(id)))
            .map(|record| record.by.run.as_str())
            .collect();
        let new = told
            .iter()
            .filter(|record| !old.contains(record.by.run.as_str()) && !own.contains(record));
        let new: Vec<Record> = new.cloned().collect();
        if !new.is_empty() {
            let added = ledger.adopt(name, environment.name, new).await;
            added.map_err(|error| unknown(error.to_string()))?;
        }
    }
    Ok(())
}

/// The deployment that a record is about.
fn deployment_of(record: &Record) -> Option<&str> {
    match &record.event {
        Event::Started { deployment, .. }
        | Event::PhaseStarted { deployment, .. }
        | Event::PhaseEnded { deployment, .. }
        | Event::Ended { deployment, .. } => Some(deployment),
        Event::Held { .. }
        | Event::Released { .. }
        | Event::Approved(_)
        | Event::Demoted { .. } => None,
    }
}

pub(super) fn unreadable(message: &str) -> Unavailable {
    Unavailable::Errored(Reason::new(ReasonCode::SourceUnavailable, message))
}
