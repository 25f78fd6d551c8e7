//! Pull requests, as far as results have to find theirs.
//!
//! A `workflow_run` of a fork names no pull request. It is found by commit or by head branch; the
//! caller then has to hold the head's commit against the one that was judged.

use super::{
    address::{Repository, encoded},
    call::Call,
    client::{Client, json},
    error::ApiError,
};
use jiff::Timestamp;
use serde::Deserialize;

const READ: &str = "pull-requests: read";

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// What is to be merged.
    pub head: PullRequestSide,
    /// What it is to be merged into.
    pub base: PullRequestSide,
    /// Where people read it.
    #[serde(default)]
    pub html_url: Option<String>,
    /// When it was merged.
    #[serde(default)]
    pub merged_at: Option<Timestamp>,
    /// The commit that merged it. Before it is merged, one that GitHub made to try.
    #[serde(default)]
    pub merge_commit_sha: Option<String>,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
}

/// A label of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
}

/// One side of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "DescribedSide")]
pub struct PullRequestSide {
    /// The commit.
    pub sha: String,
    /// The branch.
    pub branch: String,
    /// The repository as `owner/name`; `None` when it has been deleted.
    pub repository: Option<String>,
}

#[derive(Deserialize)]
struct DescribedSide {
    sha: String,
    #[serde(rename = "ref")]
    branch: String,
    repo: Option<DescribedRepository>,
}

#[derive(Deserialize)]
struct DescribedRepository {
    full_name: String,
}

impl From<DescribedSide> for PullRequestSide {
    fn from(side: DescribedSide) -> Self {
        Self {
            sha: side.sha,
            branch: side.branch,
            repository: side.repo.map(|repository| repository.full_name),
        }
    }
}

impl PullRequest {
    /// Whether it comes from another repository, or from one that is no longer there.
    #[must_use]
    pub fn is_from_fork(&self) -> bool {
        self.head.repository.is_none() || self.head.repository != self.base.repository
    }

    /// Whether the commit is what its head came to: the head itself, or the commit that merged it.
    #[must_use]
    pub fn has_become(&self, commit: &str) -> bool {
        let is_merge = self.merged_at.is_some() && self.merge_commit_sha.as_deref() == Some(commit);
        self.head.sha == commit || is_merge
    }
}

/// The pull request of the number.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none; any other when it cannot be read.
pub async fn pull_request(
    client: &Client,
    repository: &Repository,
    number: u64,
) -> Result<PullRequest, ApiError> {
    let path = repository.path(format_args!("pulls/{number}"));
    let call = Call::get(format!("reading pull request {number}"), path, READ);
    client.send(&call, json).await
}

/// The pull requests that have the commit, open or not.
///
/// # Errors
/// When they cannot be read.
pub async fn pull_requests_of_commit(
    client: &Client,
    repository: &Repository,
    sha: &str,
) -> Result<Vec<PullRequest>, ApiError> {
    let path = repository.path(format_args!("commits/{}/pulls", encoded(sha)));
    let call = Call::get(
        format!("looking for the pull requests of commit {sha:?}"),
        path,
        READ,
    );
    client.list(&call, json::<Vec<PullRequest>>).await
}

/// The open pull requests whose head is the branch of that owner's fork, or of the repository
/// itself.
///
/// # Errors
/// When they cannot be read.
pub async fn pull_requests_of_head(
    client: &Client,
    repository: &Repository,
    owner: &str,
    branch: &str,
) -> Result<Vec<PullRequest>, ApiError> {
    // GitHub ignores a filter that is not of this form, and answers with all pull requests.
    if owner.is_empty() || branch.is_empty() || owner.contains(':') {
        return Err(ApiError::Invalid {
            doing: "looking for the pull requests of a branch".to_owned(),
            problem: format!(
                "the owner is {owner:?} and the branch {branch:?}; expected both, without a colon in the owner"
            ),
        });
    }
    let head = encoded(&format!("{owner}:{branch}"));
    let path = repository.path(format_args!("pulls?state=open&head={head}"));
    let call = Call::get(
        format!("looking for the pull requests of {owner:?} and branch {branch:?}"),
        path,
        READ,
    );
    let mut found = client.list(&call, json::<Vec<PullRequest>>).await?;
    found.retain(|pull_request| pull_request.head.branch == branch);
    Ok(found)
}
