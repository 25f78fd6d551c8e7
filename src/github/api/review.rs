//! Who agreed to a pull request: approving reviews, and labels.
//!
//! Everybody who can read a repository can approve. Whose word counts is the caller's to say.

use super::{
    address::{Repository, encoded},
    answer::Answer,
    call::Call,
    client::{Client, json, nothing},
    error::ApiError,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

const READ: &str = "pull-requests: read";
const READ_TEAMS: &str = "read:org";

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewState {
    /// The change is good.
    Approved,
    /// It is not.
    ChangesRequested,
    /// It was taken back, by its author or by somebody who may.
    Dismissed,
    /// Nothing of this: a comment, or one that is not sent yet.
    #[serde(other)]
    Other,
}

/// A review of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Its number.
    pub id: u64,
    /// Who wrote it; `None` where the account is gone.
    pub reviewer: Option<String>,
    /// What it says.
    pub state: ReviewState,
    /// The commit that was looked at.
    pub commit: Option<String>,
    /// When it was sent.
    pub at: Option<Timestamp>,
    /// Where people read it.
    pub url: Option<String>,
}

/// How a label came to a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Who put it there.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct DescribedUser {
    login: String,
}

#[derive(Deserialize)]
struct Described {
    id: u64,
    user: Option<DescribedUser>,
    state: ReviewState,
    commit_id: Option<String>,
    #[serde(default)]
    submitted_at: Option<Timestamp>,
    #[serde(default)]
    html_url: Option<String>,
}

#[derive(Deserialize)]
struct DescribedMembership {
    state: String,
}

impl From<Described> for Review {
    fn from(described: Described) -> Self {
        Self {
            id: described.id,
            reviewer: described.user.map(|user| user.login),
            state: described.state,
            commit: described.commit_id,
            at: described.submitted_at,
            url: described.html_url,
        }
    }
}

/// All reviews of a pull request, in GitHub's order.
///
/// # Errors
/// When they cannot be read.
pub async fn reviews(
    client: &Client,
    repository: &Repository,
    pull_request: u64,
) -> Result<Vec<Review>, ApiError> {
    let path = repository.path(format_args!("pulls/{pull_request}/reviews"));
    let doing = format!("reading the reviews of pull request {pull_request}");
    let call = Call::get(doing, path, READ);
    let read = |answer: &Answer| json::<Vec<Described>>(answer);
    let described = client.list(&call, read).await?;
    Ok(described.into_iter().map(Review::from).collect())
}

/// The approvals that stand: of each reviewer the last review that says something for or against, if
/// that is an approval. A comment changes nothing; what was dismissed is no approval any more, and
/// does not bring back an earlier one.
#[must_use]
pub fn approvals(reviews: &[Review]) -> Vec<&Review> {
    let mut latest: Vec<&Review> = Vec::new();
    let mut reviews: Vec<&Review> = reviews
        .iter()
        .filter(|review| review.state != ReviewState::Other && review.reviewer.is_some())
        .collect();
    reviews.sort_by_key(|review| (review.at, review.id));
    for review in reviews {
        latest.retain(|earlier| earlier.reviewer != review.reviewer);
        latest.push(review);
    }
    latest.retain(|review| review.state == ReviewState::Approved);
    latest
}

/// Whether the user is a member of the organisation's team, and not only invited.
///
/// # Errors
/// [`ApiError::Team`] when the token may not see the team, or there is none; any other when it cannot
/// be read.
pub async fn is_member(
    client: &Client,
    organisation: &str,
    team: &str,
    user: &str,
) -> Result<bool, ApiError> {
    let doing = format!("asking whether {user:?} is in the team {team:?} of {organisation:?}");
    let address = format!("/orgs/{}/teams/{}", encoded(organisation), encoded(team));
    let path = format!("{address}/memberships/{}", encoded(user));
    let call = Call::get(&*doing, path, READ_TEAMS);
    match client.send(&call, json::<DescribedMembership>).await {
        Ok(membership) => Ok(membership.state == "active"),
        // GitHub says so of who is no member, of a team that is not there, and of one that the token
        // may not see. Only the first of these is an answer.
        Err(ApiError::NotFound { .. }) => {
            let call = Call::get(doing, address, READ_TEAMS);
            let seen = client.send(&call, nothing).await;
            seen.map(|()| false).map_err(about_team)
        }
        Err(error) => Err(about_team(error)),
    }
}

fn about_team(error: ApiError) -> ApiError {
    match error {
        ApiError::NotFound { doing, answer, .. } => ApiError::Team { doing, answer },
        ApiError::Permission { doing, answer, .. } if answer.status != 401 => {
            ApiError::Team { doing, answer }
        }
        other => other,
    }
}

/// How the label came to the pull request the last time; `None` where its history does not say.
///
/// # Errors
/// When the history cannot be read.
pub async fn labelled(
    client: &Client,
    repository: &Repository,
    pull_request: u64,
    label: &str,
) -> Result<Option<Labelled>, ApiError> {
    let path = repository.path(format_args!("issues/{pull_request}/timeline"));
    let doing = format!("reading the history of pull request {pull_request}");
    let call = Call::get(doing, path, READ);
    // There are many kinds of events, and more to come: what is not understood is not the label.
    let events = client.list(&call, json::<Vec<Value>>).await?;
    let is_meant = |event: &&Value| {
        event["event"] == "labeled"
            && event["label"]["name"]
                .as_str()
                .is_some_and(|name| is_same_label(name, label))
    };
    Ok(events.iter().rfind(is_meant).map(|event| Labelled {
        by: event["actor"]["login"].as_str().map(str::to_owned),
        at: event["created_at"]
            .as_str()
            .and_then(|text| text.parse().ok()),
    }))
}

/// GitHub's names of labels are the same in capital and small letters.
#[must_use]
pub fn is_same_label(first: &str, second: &str) -> bool {
    first.eq_ignore_ascii_case(second)
}
