//! Whether a version may go on: what is asked beside the gates, and where the answers come from.
//!
//! [`gather`] asks the outside once and gives [`Facts`]; [`judge`] and everything else here is pure.

mod approval;
mod criteria;
mod dependencies;
mod exemptions;
mod facts;
mod integration_coverage;
mod maintenance;
mod maturity;
mod monitoring;
mod review;
mod rollback_tested;
mod sign_off;
mod soak;
mod statement;
mod strict_json;
#[cfg(test)]
pub(super) mod tests;
mod timeline;
mod uptime;
mod verified_in_staging;
mod verify;

pub use approval::{Agreements, approvals};
pub use criteria::{Question, dependencies, integration_coverage, judge, verified_in_staging};
pub use exemptions::{Excused, excuse, for_hotfix};
pub use facts::{Asking, SameSource, gather};
pub use maintenance::{Demotion, Maintenance, demotion, maintenance};
pub use maturity::{Maturity, has_passed_dev, maturity};
pub use statement::{PREDICATE_TYPE, Promotion, sha256_hex, statement};
pub use verify::{Container, Expectation, Verified, verify};

use crate::ledger::{Record, State};
use crate::model::{EnvironmentName, Target, Unavailable, Version};
use jiff::Timestamp;
use std::{collections::BTreeMap, future::Future, pin::Pin};

/// A look at an environment, up or down.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Whether it was healthy; `None` where the look itself failed, which is no knowledge.
    pub is_up: Option<bool>,
}

/// Somebody's word about a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// What kind of word: `approving review of team security`, `label security-approved`,
    /// `signed-off file reviews/calculator.md`.
    pub what: String,
    /// Who gave it, where known.
    pub by: Option<String>,
    /// When, where known.
    pub at: Option<Timestamp>,
    /// The commit that it is about.
    pub commit: String,
    /// Where it is seen.
    pub url: Option<String>,
}

/// How mature another component is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyFact {
    /// The component that this one depends on, by the name that is stated.
    pub component: String,
    /// Its maturity; `None` where nothing is known about it.
    pub maturity: Option<Target>,
    /// Where the dependency is stated: the configuration, or the specification with its line.
    pub stated_at: String,
}

/// What was found where monitoring was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitoring {
    /// Whether it shows that the component is watched.
    pub is_configured: bool,
    /// What was looked at and what was found, in a sentence without its full stop.
    pub what: String,
}

/// What is known about a component besides what its tools measured.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The time at which it is judged.
    pub now: Timestamp,
    /// What is deployed where.
    pub states: BTreeMap<EnvironmentName, Result<State, Unavailable>>,
    /// Looks at staging over the window, oldest first, with where they come from.
    pub uptime: Result<(String, Vec<Sample>), Unavailable>,
    /// Reviews of the version that count.
    pub reviews: Result<Vec<Review>, Unavailable>,
    /// What shows that monitoring is configured.
    pub monitoring: Result<Monitoring, Unavailable>,
    /// The components that this one depends on.
    pub dependencies: Vec<DependencyFact>,
    /// What the reviewers of environments said of this run, or why that is not known; `None` outside a
    /// run, and where nobody has to agree.
    pub run_reviews: Option<Result<RunReviews, String>>,
}

/// What a service that hosts the repository knows. Its answers are data from outside.
pub trait Forge: Send + Sync {
    /// Reviews and labels of the pull requests that brought this commit.
    fn reviews<'a>(&'a self, version: &'a Version) -> Answer<'a, Vec<ForgeReview>>;
    /// The statuses of the deployments of what the service calls an environment, oldest first.
    fn statuses<'a>(&'a self, environment: &'a str, since: Timestamp) -> Answer<'a, Vec<Sample>>;
    /// What spec2prod wrote down about the deployments of what the service calls an environment,
    /// oldest first.
    fn records<'a>(&'a self, environment: &'a str) -> Answer<'a, Vec<Record>>;
    /// What the reviewers of environments said of the run that asks.
    fn run_reviews(&self) -> Answer<'_, RunReviews>;
}

/// What the reviewers of environments said of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReviews {
    /// The run, as the service names it.
    pub run: String,
    /// The commit that the run is of.
    pub commit: String,
    /// What was said.
    pub reviews: Vec<RunReview>,
}

/// What one reviewer of environments said of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReview {
    /// Who; `None` where it is not known.
    pub by: Option<String>,
    /// Whether they agreed or refused; `None` where they said neither.
    pub has_agreed: Option<bool>,
    /// What the service calls the environments that it is about.
    pub environments: Vec<String>,
    /// In their own words; empty where they said nothing.
    pub comment: String,
}

/// An answer under way, or why there is none.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// One approving review or label of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgeReview {
    /// Who approved; for a label who put it there. `None` where it is not known.
    pub by: Option<String>,
    /// The teams of the organisation that the person is a member of, as far as they were asked for.
    pub teams: Vec<String>,
    /// The label, where it is one.
    pub label: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// The commit that it is about: the version's own where the pull request became the version and
    /// its last commit was reviewed, else the commit that was reviewed. For a label the same of the
    /// pull request's last commit. What is about another commit than the version's does not count.
    pub commit: String,
    /// Where it is seen.
    pub url: Option<String>,
}
