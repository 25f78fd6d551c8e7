//! The configuration file, exactly as it is written, one file a block.
//!
//! The types, their defaults and their doc comments are the only source of the JSON Schema. What a
//! value means for a run is decided in [`super::resolve`], what makes no sense together is found in
//! [`super::checks`].

mod command_words;
mod components;
mod context_management;
mod defaults;
mod environments;
mod error_recovery;
mod exemptions;
mod github;
mod health_check;
mod history;
mod later;
mod layers;
mod logging;
mod maturity_workflow;
mod observability;
mod planning;
mod promotion;
mod quality_gates;
mod stages;
mod suites;
mod toolchains;

pub(super) use command_words::CommandWords;
pub(super) use components::Component;
pub(super) use context_management::ContextManagement;
pub(super) use environments::{Analysis, Environment, Environments, Hook};
pub(super) use error_recovery::{ErrorRecovery, Retry};
pub(super) use exemptions::Exemption;
pub(super) use health_check::{HealthCheck, HttpProbe};
pub(super) use history::History;
pub(super) use maturity_workflow::{Level, MaturityWorkflow};
pub(super) use observability::Observability;
pub(super) use promotion::{Monitoring, Promotion, SecurityReview, Source, Uptime};
pub(super) use quality_gates::{GateId, QualityGates};
pub(super) use stages::Stages;
pub(super) use suites::{Suite, Suites};
pub(super) use toolchains::{
    Command, FurtherEvidence, PythonToolchain, Report, Toolchain, Toolchains,
};

use github::GitHub;
use later::{Notifications, Open};
use logging::Logging;
use planning::Planning;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The policy that spec2prod obeys in this repository. Every key is optional.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "spec2prod configuration")]
pub(super) struct Config {
    /// The version of this format.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1))]
    pub(super) version: Option<u32>,
    /// The limits of every quality gate.
    pub(super) quality_gates: QualityGates,
    /// When a failed attempt is followed by another one.
    pub(super) error_recovery: ErrorRecovery,
    /// What is recorded about runs.
    pub(super) observability: Observability,
    /// The session that the next person or AI agent picks up.
    pub(super) context_management: ContextManagement,
    /// Which gates and requirements each level asks for.
    pub(super) maturity_workflow: MaturityWorkflow,
    /// The steps of the workflow.
    pub(super) stages: Stages,
    /// How the run's tools are started.
    pub(super) execution: Execution,
    /// The components of the repository, by name. Without this block they are discovered.
    #[schemars(extend("maxProperties" = 1000))]
    pub(super) components: BTreeMap<String, Component>,
    /// Which components a change concerns.
    pub(super) planning: Planning,
    /// The toolchains that judge components, by name. `python` is there without being named.
    pub(super) toolchains: Toolchains,
    /// Where components are deployed to.
    pub(super) environments: Environments,
    /// Suites of tests against an environment.
    pub(super) suites: Suites,
    /// Where the evidence of a promotion comes from, beside the gates.
    pub(super) promotion: Promotion,
    /// Criteria that need not hold for a while.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exemptions: Vec<Exemption>,
    /// Where the ledger of deployments is kept.
    pub(super) history: History,
    /// The log of a run.
    pub(super) logging: Logging,
    /// Who is told what. Not in effect yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notifications: Option<Notifications>,
    /// Gates of the repository's own, by id. Not in effect yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gates: Option<BTreeMap<String, Open>>,
    /// What is shown on GitHub.
    pub(super) github: GitHub,
}

/// How the run's tools are started.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Execution {
    /// How many tools run at the same time. Without it, one a processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 256))]
    pub(super) max_parallel: Option<usize>,
}

impl Config {
    /// Every folder and file that the run writes, with its JSON pointer.
    pub(super) fn written(&self) -> Vec<(&'static str, &str)> {
        let mut paths = vec![
            (
                "/observability/metrics/metrics_dir",
                self.observability.metrics.metrics_dir.as_str(),
            ),
            (
                "/observability/dashboard/output_dir",
                &self.observability.dashboard.output_dir,
            ),
            (
                "/context_management/session/directory",
                &self.context_management.session.directory,
            ),
            ("/history/directory", &self.history.directory),
        ];
        paths.extend(
            self.logging
                .file
                .as_deref()
                .map(|file| ("/logging/file", file)),
        );
        paths
    }
}
