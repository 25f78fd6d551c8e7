//! What the reviewers of environments said of a run of a workflow.

use super::{
    address::Repository,
    call::Call,
    client::{Client, json},
    error::ApiError,
};
use serde::Deserialize;

/// The line that a job's `permissions:` need to read what was said of a run.
pub const ACTIONS_READ: &str = "actions: read";

/// What a reviewer of environments says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunReviewState {
    /// The run may go on.
    Approved,
    /// It may not.
    Rejected,
    /// Nothing of this.
    #[serde(other)]
    Other,
}

/// What one reviewer said of a run. GitHub does not say when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReview {
    /// Who; `None` where the account is gone.
    pub reviewer: Option<String>,
    /// What.
    pub state: RunReviewState,
    /// The environments that it is about.
    pub environments: Vec<String>,
    /// In their own words; empty where they said nothing.
    pub comment: String,
}

#[derive(Deserialize)]
struct DescribedUser {
    login: String,
}

#[derive(Deserialize)]
struct DescribedEnvironment {
    name: String,
}

#[derive(Deserialize)]
struct Described {
    user: Option<DescribedUser>,
    state: RunReviewState,
    environments: Vec<DescribedEnvironment>,
    #[serde(default)]
    comment: Option<String>,
}

impl From<Described> for RunReview {
    fn from(described: Described) -> Self {
        let environments = described.environments.into_iter();
        Self {
            reviewer: described.user.map(|user| user.login),
            state: described.state,
            environments: environments.map(|environment| environment.name).collect(),
            comment: described.comment.unwrap_or_default(),
        }
    }
}

/// Everything that reviewers of environments said of a run, in GitHub's order. It has no pages.
///
/// # Errors
/// When it cannot be read.
pub async fn run_reviews(
    client: &Client,
    repository: &Repository,
    run: u64,
) -> Result<Vec<RunReview>, ApiError> {
    let path = repository.path(format_args!("actions/runs/{run}/approvals"));
    let doing = format!("reading who approved run {run} for its environment");
    let call = Call::get(doing, path, ACTIONS_READ);
    let described = client.send(&call, json::<Vec<Described>>).await?;
    Ok(described.into_iter().map(RunReview::from).collect())
}
