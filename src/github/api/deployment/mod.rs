//! Deployments of GitHub: the record that people see of what is where. They deploy nothing.
//!
//! A deployment is known again by the id in its payload, so that a lost answer, or a run that goes
//! on where another was interrupted, never makes two of one. Nothing is merged and no check is asked
//! for: what may be deployed was decided before.

mod outcome;
mod payload;

pub use outcome::{final_description, final_state, told_outcome};
pub use payload::{DeploymentPayload, Payload};

use super::{
    address::{Repository, encoded},
    answer::{Answer, one_line},
    call::{Call, Method},
    client::{Client, json},
    error::{Answered, ApiError},
};
use jiff::Timestamp;
use payload::is_commit;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest description of a deployment or of a status, in characters
/// (<https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status>).
pub const MAX_DEPLOYMENT_TEXT: usize = 140;

const READ: &str = "deployments: read";
/// The line that a job's `permissions:` need for deployments.
pub const DEPLOYMENTS_WRITE: &str = "deployments: write";

/// How far a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    /// It waits for something outside.
    Pending,
    /// It is about to begin.
    Queued,
    /// It is under way.
    InProgress,
    /// The version is active and healthy.
    Success,
    /// The version is bad.
    Failure,
    /// It could not be carried out, or not be judged.
    Error,
    /// The version was active, and no longer is.
    Inactive,
}

impl DeploymentState {
    /// GitHub's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Inactive => "inactive",
        }
    }
}

/// A deployment to be there.
#[derive(Debug, Clone, Copy)]
pub struct DeploymentOpening<'a> {
    /// What GitHub calls the environment; one for each component.
    pub environment: &'a str,
    /// Whether people use it.
    pub is_production: bool,
    /// One line; what is longer than [`MAX_DEPLOYMENT_TEXT`] is cut.
    pub description: &'a str,
    /// What is written down. Its version's commit is the commit of the deployment.
    pub payload: &'a DeploymentPayload,
}

/// A status to be there.
#[derive(Debug, Clone, Copy)]
pub struct NewDeploymentStatus<'a> {
    /// How far it is.
    pub state: DeploymentState,
    /// One line; what is longer than [`MAX_DEPLOYMENT_TEXT`] is cut.
    pub description: &'a str,
    /// Where the run is seen.
    pub log_url: &'a str,
    /// Where the environment is seen. Left out where it is no web address, which GitHub refuses.
    pub environment_url: Option<&'a str>,
}

/// A deployment on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Its number.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// What GitHub calls the environment.
    pub environment: String,
    /// Who created it.
    pub creator: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Whose it is, and what is written down.
    pub payload: Payload,
}

/// A status on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentStatus {
    /// Its number.
    pub id: u64,
    /// How far the deployment was; `None` for a state that is not known here.
    pub state: Option<DeploymentState>,
    /// One line; empty where there is none.
    pub description: String,
    /// Where the run is seen; empty where it is not.
    pub log_url: String,
    /// Where the environment is seen; empty where it is not.
    pub environment_url: String,
    /// Who wrote it.
    pub creator: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

#[derive(Deserialize)]
struct DescribedUser {
    login: String,
}

#[derive(Deserialize)]
struct Described {
    id: u64,
    sha: String,
    environment: String,
    creator: Option<DescribedUser>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(default)]
    payload: Value,
}

impl From<Described> for Deployment {
    fn from(described: Described) -> Self {
        Self {
            payload: Payload::read(&described.payload, &described.sha),
            id: described.id,
            sha: described.sha,
            environment: described.environment,
            creator: described.creator.map(|user| user.login),
            created_at: described.created_at,
            updated_at: described.updated_at,
        }
    }
}

#[derive(Deserialize)]
struct DescribedStatus {
    id: u64,
    state: Value,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    log_url: Option<String>,
    #[serde(default)]
    environment_url: Option<String>,
    creator: Option<DescribedUser>,
    created_at: Timestamp,
}

impl From<DescribedStatus> for DeploymentStatus {
    fn from(described: DescribedStatus) -> Self {
        Self {
            id: described.id,
            state: DeploymentState::deserialize(described.state).ok(),
            description: described.description.unwrap_or_default(),
            log_url: described.log_url.unwrap_or_default(),
            environment_url: described.environment_url.unwrap_or_default(),
            creator: described.creator.map(|user| user.login),
            created_at: described.created_at,
        }
    }
}

fn deployment(answer: &Answer) -> Result<Deployment, String> {
    json::<Described>(answer).map(Deployment::from)
}

fn status(answer: &Answer) -> Result<DeploymentStatus, String> {
    json::<DescribedStatus>(answer).map(DeploymentStatus::from)
}

/// The newest deployments of an environment, the newest first, at most so many; and whether that is
/// all of them.
///
/// # Errors
/// When they cannot be read.
pub async fn deployments(
    client: &Client,
    repository: &Repository,
    environment: &str,
    most: usize,
) -> Result<(Vec<Deployment>, bool), ApiError> {
    let path = repository.path(format_args!(
        "deployments?environment={}",
        encoded(environment)
    ));
    let doing = format!("reading the deployments of the environment {environment:?}");
    let call = Call::get(doing, path, READ);
    let read = |answer: &Answer| json::<Vec<Described>>(answer);
    let (described, is_whole) = client.first(&call, most, read).await?;
    let mut found: Vec<Deployment> = described.into_iter().map(Deployment::from).collect();
    found.retain(|deployment| is_same_environment(&deployment.environment, environment));
    found.sort_by_key(|deployment| std::cmp::Reverse(deployment.id));
    Ok((found, is_whole))
}

/// The newest statuses of a deployment, the newest first, at most so many; and whether that is all
/// of them.
///
/// # Errors
/// When they cannot be read.
pub async fn deployment_statuses(
    client: &Client,
    repository: &Repository,
    deployment: u64,
    most: usize,
) -> Result<(Vec<DeploymentStatus>, bool), ApiError> {
    let path = repository.path(format_args!("deployments/{deployment}/statuses"));
    let doing = format!("reading the statuses of deployment {deployment}");
    let call = Call::get(doing, path, READ);
    let read = |answer: &Answer| json::<Vec<DescribedStatus>>(answer);
    let (described, is_whole) = client.first(&call, most, read).await?;
    let mut found: Vec<DeploymentStatus> =
        described.into_iter().map(DeploymentStatus::from).collect();
    found.sort_by_key(|status| std::cmp::Reverse(status.id));
    Ok((found, is_whole))
}

/// The deployment that was made for this payload, the oldest if there are several.
///
/// # Errors
/// When the list cannot be read.
pub async fn find_deployment(
    client: &Client,
    repository: &Repository,
    environment: &str,
    payload: &DeploymentPayload,
) -> Result<Option<Deployment>, ApiError> {
    let path = repository.path(format_args!(
        "deployments?sha={}&environment={}",
        encoded(&payload.version.commit),
        encoded(environment)
    ));
    let doing = format!("looking for the deployment to {environment:?}");
    let call = Call::get(doing, path, READ);
    let read = |answer: &Answer| json::<Vec<Described>>(answer);
    let described = client.list(&call, read).await?;
    let is_meant = |found: &DeploymentPayload| {
        found.deployment == payload.deployment
            && found.component == payload.component
            && found.is_restoration == payload.is_restoration
    };
    Ok(described
        .into_iter()
        .map(Deployment::from)
        .filter(|found| is_same_environment(&found.environment, environment))
        .filter(|found| found.payload.ours().is_some_and(is_meant))
        .min_by_key(|found| found.id))
}

/// Makes the deployment be there. One that was made for the same payload is taken as it is.
///
/// # Errors
/// When the commit is not named in full, which is found before anything is sent; when there is no
/// deployment afterwards, or it is not known whether there is one.
pub async fn open_deployment(
    client: &Client,
    repository: &Repository,
    opening: DeploymentOpening<'_>,
) -> Result<Deployment, ApiError> {
    let doing = format!("creating the deployment to {:?}", opening.environment);
    let commit = &opening.payload.version.commit;
    if !is_commit(commit) {
        return Err(ApiError::Invalid {
            doing,
            problem: format!("the commit is {commit:?}; expected its hash in full"),
        });
    }
    let find = || find_deployment(client, repository, opening.environment, opening.payload);
    if let Some(found) = find().await? {
        return Ok(found);
    }
    let body = json!({
        "ref": commit,
        // Left to itself, GitHub would merge the default branch into the commit, and ask for every
        // check of it, our own among them, which still runs.
        "auto_merge": false,
        "required_contexts": [],
        "environment": opening.environment,
        "production_environment": opening.is_production,
        "transient_environment": false,
        "description": text(opening.description),
        "payload": opening.payload.value(),
    });
    let path = repository.path(format_args!("deployments"));
    let call = Call::new(Method::Post, &*doing, path, Some(body), DEPLOYMENTS_WRITE);
    let found = || async { Ok(find().await?.map(Ok)) };
    let is_conflict = |answer: &Answered| answer.status == 409;
    let answer = match client.send_once(&call, created, found).await {
        Ok(Ok(deployment)) => return Ok(deployment),
        Ok(Err(answer)) => answer,
        Err(ApiError::Refused { answer, .. }) if is_conflict(&answer) => answer,
        Err(error) => return Err(error),
    };
    Err(ApiError::Invalid {
        doing,
        problem: format!(
            "GitHub answered {answer} and made no deployment; it merges, or asks for checks of the commit, though the request forbids both; something between here and GitHub changes the request, or the repository has a rule of its own for deployments"
        ),
    })
}

/// What the answer to a new deployment means. With 202 GitHub has merged something and made no
/// deployment, which another try would not change.
fn created(answer: &Answer) -> Result<Result<Deployment, Answered>, String> {
    if answer.status == 202 {
        return Ok(Err(answer.refusal()));
    }
    deployment(answer).map(Ok)
}

/// Adds a status. After a lost answer the newest one tells whether it arrived.
///
/// # Errors
/// When the status is not there afterwards, or it is not known whether it is.
pub async fn add_deployment_status(
    client: &Client,
    repository: &Repository,
    deployment: u64,
    new: NewDeploymentStatus<'_>,
) -> Result<DeploymentStatus, ApiError> {
    let mut body = json!({
        "state": new.state.as_str(),
        "description": text(new.description),
        "log_url": new.log_url,
        // Others of the environment may be another component's, and GitHub has an opinion of its own
        // on production: the caller says which ones are no longer active.
        "auto_inactive": false,
    });
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    if let Some(url) = new.environment_url.filter(is_web) {
        body["environment_url"] = url.into();
    }
    let doing = format!(
        "setting deployment {deployment} to `{}`",
        new.state.as_str()
    );
    let path = repository.path(format_args!("deployments/{deployment}/statuses"));
    let call = Call::new(Method::Post, doing, path, Some(body), DEPLOYMENTS_WRITE);
    let arrived = || async {
        let (found, _) = deployment_statuses(client, repository, deployment, 1).await?;
        let is_same = |status: &DeploymentStatus| {
            status.state == Some(new.state)
                && status.description == text(new.description)
                && status.log_url == new.log_url
        };
        Ok(found.into_iter().find(is_same))
    };
    client.send_once(&call, status, arrived).await
}

/// GitHub's names of environments are the same in capital and small letters
/// (<https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments>).
fn is_same_environment(first: &str, second: &str) -> bool {
    first.eq_ignore_ascii_case(second)
}

/// One line that GitHub takes as description.
fn text(description: &str) -> String {
    // What is cut has a character more, which shows it.
    one_line(description, MAX_DEPLOYMENT_TEXT - 1)
}
