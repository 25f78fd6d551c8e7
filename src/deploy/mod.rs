//! Bringing a version to an environment, seeing whether it is healthy, and taking it back.
//!
//! Every step is written to the ledger before and after it happens. Only a failure of the version
//! takes it back; not being able to measure never does.
//!
//! ```text
//! end-to-end tests ─→ deploy ─→ health check ─→ smoke test ─→ integration tests ─→ bake time, analysis ─→ healthy
//!        │ (production)  │            │              │               │                    │
//!        ▼               └────────────┴── failed ────┴───────────────┴────────────────────┘
//!   not deployed                         │
//!                                        ▼
//!                        hold ─→ rollback ─→ health check ─→ rolled back, or: somebody has to look
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `decision` | says what follows from the ledger and an order; pure |
//! | `engine`, `watch` | goes through the phases, by the ledger and the effects |
//! | `settle`, `rollback`, `by_hand`, `drill` | the other ways through them |
//! | `log`, `record` | what is read in the ledger and written to it |
//! | `conclude` | says how it ended, in words; pure |
//! | `effects` | what is done in the world; tests put a simulated one in its place |
//! | `phases`, `hooks`, `commands`, `health` | how it is done |

mod by_hand;
mod commands;
mod conclude;
mod decision;
mod drill;
mod effects;
mod engine;
mod health;
mod hooks;
mod log;
mod outputs;
mod phases;
mod place;
mod record;
mod rollback;
mod settle;
mod watch;

#[cfg(test)]
mod tests;

pub use by_hand::RollbackRequest;
pub use commands::COULD_NOT_MEASURE;
pub use health::{Health, Look};
pub use log::{Appending, Log, LogError, outputs_of};

use crate::config::EnvironmentPolicy;
use crate::http;
use crate::ledger::By;
use crate::model::{
    Component, Deployment, Measurement, Phase, PhaseRecord, SuiteCoverage, SuiteResult, Verdict,
    Version,
};
use crate::process::Processes;
use crate::recovery::{CircuitBreakers, RetryPolicy};
use std::{
    collections::BTreeMap, future::Future, path::PathBuf, pin::Pin, sync::Arc, time::Duration,
};
use tokio_util::sync::CancellationToken;

/// What is to be deployed, where to, and by which rules.
#[derive(Debug, Clone)]
pub struct Order {
    /// The component.
    pub component: Arc<Component>,
    /// Where to, with the component's overrides.
    pub environment: EnvironmentPolicy,
    /// Staging, for an order to production: the end-to-end tests run against it.
    pub staging: Option<EnvironmentPolicy>,
    /// The version.
    pub version: Version,
    /// Why it skips the days in staging, where it does; said in the record.
    pub hotfix: Option<String>,
    /// Whether the version is deployed with every check also where it is active and verified, because
    /// something about it was never measured.
    pub checks_again: bool,
    /// How long it may take from its beginning until its tests have passed. Bake time and analysis
    /// come on top; a rollback has the same time of its own.
    pub timeout: Duration,
    /// How the deploy command is tried again.
    pub retry: RetryPolicy,
    /// Whether a failed version is taken back.
    pub rollback_on_failure: bool,
    /// Who does it.
    pub by: By,
    /// Who agreed, where an approval was required.
    pub approved_by: Vec<String>,
}

/// What a deployment is carried out with.
#[derive(Clone)]
pub struct Means {
    /// The repository's root.
    pub workspace: PathBuf,
    /// The run's own folder, for logs and outputs.
    pub run_folder: PathBuf,
    /// The door to child processes.
    pub processes: Arc<Processes>,
    /// The door to HTTP.
    pub http: http::Client,
    /// Circuit breakers, shared with the tools of the run.
    pub breakers: Arc<CircuitBreakers>,
    /// The suites of tests, by the phase that runs them. A phase without one is left out.
    pub suites: BTreeMap<Phase, Suite>,
    /// Watches.
    pub watcher: Option<Watcher>,
    /// Ends it early. What was done by then is in the ledger, and the next run goes on.
    pub cancel: CancellationToken,
}

/// Runs a suite of tests against an environment at this address.
pub type Suite = Arc<dyn Fn(SuiteCall) -> SuiteRun + Send + Sync>;
/// A run of a suite under way.
pub type SuiteRun = Pin<Box<dyn Future<Output = SuiteAnswer> + Send>>;

/// What a suite gives.
#[derive(Debug, Clone, PartialEq)]
pub struct SuiteAnswer {
    /// What follows from it for the version.
    pub verdict: Verdict,
    /// What was seen, in a sentence.
    pub message: String,
    /// The tests, where they are told one by one.
    pub tests: Option<SuiteResult>,
    /// How much they covered, where production asks for that and it was measured.
    pub coverage: Option<SuiteCoverage>,
    /// The conditions beside the tests that were judged.
    pub measurements: Vec<Measurement>,
}

impl From<(Verdict, String, Option<SuiteResult>)> for SuiteAnswer {
    /// An answer about tests alone.
    fn from((verdict, message, tests): (Verdict, String, Option<SuiteResult>)) -> Self {
        Self {
            verdict,
            message,
            tests,
            coverage: None,
            measurements: Vec::new(),
        }
    }
}

/// What a suite is told.
#[derive(Debug, Clone)]
pub struct SuiteCall {
    /// Where the environment is seen.
    pub url: Option<String>,
    /// Environment variables that its tools get: `SPEC2PROD_ENVIRONMENT_URL` and the others.
    pub env: BTreeMap<String, String>,
    /// How long it may take.
    pub timeout: Duration,
    /// Ends it early.
    pub cancel: CancellationToken,
}

/// Watches a deployment. Called from several threads.
pub type Watcher = Arc<dyn Fn(DeploymentEvent) + Send + Sync>;

/// What happens during a deployment, as it happens.
#[derive(Debug, Clone)]
pub enum DeploymentEvent {
    /// It begins: nothing was touched yet.
    Started(Box<Deployment>),
    /// A phase begins.
    PhaseStarted {
        /// The deployment's id.
        deployment: String,
        /// The phase.
        phase: Phase,
        /// Whether it belongs to taking the version back.
        is_rollback: bool,
    },
    /// A phase ended.
    PhaseEnded {
        /// The deployment's id.
        deployment: String,
        /// What came of it.
        record: Box<PhaseRecord>,
    },
    /// It ended.
    Ended(Box<Deployment>),
}

impl DeploymentEvent {
    fn log(&self) {
        match self {
            Self::Started(deployment) => tracing::info!(
                "{}{} to {} begins, id {}",
                deployment.operation.prefix(),
                deployment.version,
                deployment.environment,
                deployment.id
            ),
            Self::PhaseStarted { phase, .. } => tracing::debug!("phase {phase} begins"),
            Self::PhaseEnded { record, .. } if record.verdict.is_pass() => {
                tracing::info!(
                    "phase {} {}: {}",
                    record.phase,
                    record.verdict,
                    record.message
                );
            }
            Self::PhaseEnded { record, .. } => {
                tracing::warn!(
                    "phase {} {}: {}",
                    record.phase,
                    record.verdict,
                    record.message
                );
            }
            Self::Ended(deployment) => tracing::info!(
                "{}{} to {} ends: {}; {}",
                deployment.operation.prefix(),
                deployment.version,
                deployment.environment,
                deployment.outcome,
                deployment.message
            ),
        }
    }
}

fn engine<'a>(
    order: &'a Order,
    effects: &'a effects::Real<'_>,
    log: &'a mut dyn Log,
    means: &Means,
) -> engine::Engine<'a> {
    engine::Engine::new(order, effects, log, means.watcher.clone(), &means.cancel)
}

/// Brings a version to an environment, with every check; goes on with what an interrupted run left.
///
/// The log must be held by this run alone for as long as this takes.
pub async fn deploy(order: &Order, means: &Means, log: &mut dyn Log) -> Deployment {
    let effects = effects::Real::new(order, means);
    engine(order, &effects, log, means).deploy().await
}

/// Takes the active version back, because a person asked for it, and holds it.
pub async fn roll_back(
    order: &Order,
    request: &RollbackRequest,
    means: &Means,
    log: &mut dyn Log,
) -> Deployment {
    let effects = effects::Real::new(order, means);
    engine(order, &effects, log, means).roll_back(request).await
}

/// Goes back to the version before and returns, to show that a rollback works.
pub async fn drill(order: &Order, means: &Means, log: &mut dyn Log) -> Deployment {
    let effects = effects::Real::new(order, means);
    engine(order, &effects, log, means).drill().await
}

/// Where an environment is seen while a version is active there, as it is configured.
#[must_use]
pub fn address(
    component: &Component,
    environment: &EnvironmentPolicy,
    version: &Version,
) -> Option<String> {
    let about = place::About {
        version,
        previous: None,
        id: "",
        url: None,
    };
    let place = place::Place::new(component, environment, &about);
    place.url().map(str::to_owned)
}

/// Looks once at the health of the version that is active in the environment of the order; `url` is
/// the address that its deployment gave back, where it gave one.
pub async fn look(order: &Order, url: Option<&str>, means: &Means) -> Look {
    effects::Real::new(order, means).look(url).await
}
