//! Bringing a version to an environment, seeing whether it is healthy, and taking it back.
//!
//! Every step is written to the ledger before and after it happens. Only a failure of the version
//! takes it back; not being able to measure never does.

use crate::config::EnvironmentPolicy;
use crate::http;
use crate::ledger::By;
use crate::model::{Component, Deployment, Phase, PhaseRecord, SuiteResult, Verdict, Version};
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
    /// The version.
    pub version: Version,
    /// Whether it skips the days in staging; said in the record.
    pub is_hotfix: bool,
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
pub type SuiteRun = Pin<Box<dyn Future<Output = (Verdict, String, Option<SuiteResult>)> + Send>>;

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
