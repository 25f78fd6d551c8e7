//! The commands around deployments: taking back, holding, agreeing, looking, and saying how things
//! are.

pub(super) mod probe;
pub(super) mod rollback;
mod showing;
pub(super) mod status;
pub(super) mod verify;
pub(super) mod word;

pub(super) use showing::{Showing, both};

use super::arguments::{RunArguments, WorkspaceArguments};
use super::forge::GitHubForge;
use super::told;
use super::{Output, Surroundings, api, logging, rules};
use crate::config::Policy;
use crate::github::Event;
use crate::model::{ComponentName, Report, Target};
use crate::promotion::Forge;
use crate::publish::Job;
use crate::summary::read_report;
use crate::workflow::{DeploymentRequest, Request};
use std::{path::Path, sync::Arc};
use tokio_util::sync::CancellationToken;

/// How a run deploys a component.
pub(super) fn request(
    component: &ComponentName,
    arguments: &RunArguments,
    job: Option<&Job>,
    policy: &Policy,
    surroundings: &Surroundings,
) -> DeploymentRequest {
    let event = job.map(|job| &job.event);
    let left_out = if arguments.no_deploy {
        Some("nothing was to be deployed (--no-deploy)")
    } else if event.is_some_and(Event::is_proposal) {
        Some("a change that is not merged yet is judged, and not deployed")
    } else {
        None
    };
    DeploymentRequest {
        left_out,
        artifact_digest: arguments.deploy.artifact_digest.clone(),
        hotfix: arguments.deploy.hotfix.clone(),
        ..known(component, event, policy, surroundings)
    }
}

/// Who deploys, where that is seen, and what the service that hosts the repository knows.
fn known(
    component: &ComponentName,
    event: Option<&Event>,
    policy: &Policy,
    surroundings: &Surroundings,
) -> DeploymentRequest {
    let forge = event.and_then(|event| {
        let forge: Arc<dyn Forge> = Arc::new(GitHubForge {
            client: api::client(surroundings, event).ok()?,
            repository: event.repository.clone(),
            component: component.clone(),
            review: policy.promotion.security_review.clone(),
            run: event.run.id,
            // What the event is about may be another commit than the one that reviewers were shown.
            run_commit: surroundings
                .github
                .get("GITHUB_SHA")
                .unwrap_or_default()
                .to_owned(),
        });
        Some(forge)
    });
    DeploymentRequest {
        actor: actor(surroundings),
        run_url: event.map(Event::run_url),
        forge,
        ..DeploymentRequest::default()
    }
}

/// The person or bot who started this: who started it again counts, and at a terminal the user.
fn actor(surroundings: &Surroundings) -> Option<String> {
    let github = ["GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"];
    let github = github
        .into_iter()
        .find_map(|name| surroundings.github.get(name));
    let user = || {
        let names = ["USER", "LOGNAME", "USERNAME"];
        names
            .into_iter()
            .find_map(|name| surroundings.environment.get(name))
    };
    github.or_else(user).map(str::to_owned)
}

/// A request for each of these components by the rules of the workspace, and what started this.
async fn requests(
    workspace: &WorkspaceArguments,
    components: impl FnOnce(&Policy, &Path) -> Vec<ComponentName>,
    surroundings: &Surroundings,
    output: &Output,
    cancel: &CancellationToken,
) -> anyhow::Result<(Vec<Request>, Option<Event>)> {
    let root = workspace.resolved()?;
    let (event, problem) = rules::event(surroundings)?;
    let client = || {
        let client = api::client(surroundings, event.as_ref()?);
        client.err().map(|error| told(&error))
    };
    if let Some(problem) = problem.or_else(client) {
        output.note(&format!("warning: GitHub is not asked: {problem}"));
    }
    let config = workspace.config.as_deref();
    let (policy, _) = rules::rules(surroundings, &root, config, None, event.as_ref()).await?;
    if let Some(problem) = logging::start(&root, &policy.logging) {
        output.note(&format!("warning: {problem}"));
    }
    let policy = Arc::new(policy);
    let of = |name: ComponentName| Request {
        policy: Some(Arc::clone(&policy)),
        is_ci: surroundings.is_ci,
        deployment: known(&name, event.as_ref(), &policy, surroundings),
        cancel: cancel.clone(),
        ..Request::new(&root, name, Target::Dev, surroundings.environment.clone())
    };
    let requests = components(&policy, &root).into_iter().map(of).collect();
    Ok((requests, event))
}

/// The request for one component, and what started this.
async fn request_for(
    workspace: &WorkspaceArguments,
    component: &ComponentName,
    surroundings: &Surroundings,
    output: &Output,
    cancel: &CancellationToken,
) -> anyhow::Result<(Request, Option<Event>)> {
    let only = component.clone();
    let (mut requests, event) =
        requests(workspace, |_, _| vec![only], surroundings, output, cancel).await?;
    match requests.pop() {
        Some(request) => Ok((request, event)),
        None => Err(anyhow::anyhow!("component {component} was not found")),
    }
}

/// The last report about the component of a request, where there is one that can be read.
fn last_report(request: &Request, output: &Output) -> Option<Report> {
    let usual = format!("workflow_report_{}.json", request.component);
    let file = request.workspace.join(usual);
    match read_report(&file) {
        Ok(report) => Some(report),
        Err(problem) if file.exists() => {
            output.note(&format!("warning: {} {problem}", file.display()));
            None
        }
        Err(_) => None,
    }
}
