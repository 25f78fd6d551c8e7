//! The GitHub REST API, as far as it is needed: check runs, the one comment of a pull request and
//! deployments are written; pull requests, reviews and files are read.
//!
//! Every request goes through one layer that knows which requests may be repeated, waits as GitHub
//! asks, keeps to a limit of time, and never repeats a write of which it is not known whether it
//! happened. No problem here may change a verdict: callers collect the errors and go on.
//!
//! Texts come ready from the caller. Here they are only held against GitHub's limits.

mod address;
mod annotation;
mod answer;
mod call;
mod check_run;
mod client;
mod clock;
mod comment;
mod contents;
mod deployment;
mod error;
mod marker;
mod pull_request;
mod retry;
mod review;
mod run_review;
mod settings;

#[cfg(test)]
mod tests;

pub use address::{InvalidRepository, Repository};
pub use annotation::ANNOTATIONS_PER_REQUEST;
pub use check_run::{
    CheckOutput, CheckRun, CheckRunKey, Completion, Conclusion, MAX_CHECK_TEXT, Opening, complete,
    find, open,
};
pub use client::Client;
pub use comment::{Author, MAX_COMMENT, StickyComment, Upserted, What, upsert};
pub use contents::file;
pub use deployment::{
    DEPLOYMENTS_WRITE, Deployment, DeploymentOpening, DeploymentPayload, DeploymentState,
    DeploymentStatus, MAX_DEPLOYMENT_TEXT, NewDeploymentStatus, Payload, add_deployment_status,
    deployment_statuses, deployments, final_description, final_state, find_deployment,
    open_deployment, told_outcome,
};
pub use error::{Answered, ApiError};
pub use marker::Marker;
pub use pull_request::{
    Label, PullRequest, PullRequestSide, pull_request, pull_requests_of_commit,
    pull_requests_of_head,
};
pub use review::{
    Labelled, Review, ReviewState, approvals, is_member, is_same_label, labelled, reviews,
};
pub use run_review::{ACTIONS_READ, RunReview, RunReviewState, run_reviews};
pub use settings::{ClientLimits, ClientSettings, Token};
