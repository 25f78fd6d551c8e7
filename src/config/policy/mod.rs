//! The validated configuration: what a run obeys, with the place of every rule.

mod deployment;
mod logging;
mod promotion;

pub use deployment::{
    AnalysisPolicy, EnvironmentPolicy, HealthCheckPolicy, HookMoment, HookPolicy, Inconclusive,
    OnHookFailure, ProbePolicy, SuiteName, SuitePolicy, SuiteTests,
};
pub use logging::{LogLevel, Logging};
pub use promotion::{
    Exemption, HistoryPolicy, MonitoringPolicy, PromotionPolicy, ReviewPolicy, UptimePolicy,
    UptimeSource,
};

use super::{problem::Problem, settings::Settings};
use crate::model::{
    EnvironmentName, EvidenceKind, RuleSource, Stage, Surface, Target, TrackedMetric,
};
use crate::recovery::{BreakerPolicy, RetryPolicy};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

/// Everything a run obeys.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The configuration file, relative to the workspace; `None` when the defaults are used.
    pub file: Option<PathBuf>,
    /// The limits of every gate, by id, with the component's overrides applied by
    /// [`Policy::for_component`].
    pub gates: BTreeMap<&'static str, GatePolicy>,
    /// Which gates and requirements each level asks for.
    pub levels: BTreeMap<Target, LevelPolicy>,
    /// Every stage, also those that are switched off.
    pub stages: BTreeMap<Stage, StagePolicy>,
    /// How often and when a stage's work is tried again. Stages without an entry are not retried.
    pub retries: BTreeMap<Stage, RetryPolicy>,
    /// When a tool that keeps failing is no longer started.
    pub circuit_breaker: BreakerPolicy,
    /// Metrics, dashboard.
    pub observability: Observability,
    /// The context session.
    pub context: ContextPolicy,
    /// Logging.
    pub logging: Logging,
    /// The toolchains that the file sets up, by name. `python` is there without being named.
    pub toolchains: BTreeMap<String, ToolchainPolicy>,
    /// The components that the file names.
    pub components: BTreeMap<String, ComponentPolicy>,
    /// Files and folders that concern every component when they change, as globs.
    pub shared_paths: Vec<String>,
    /// How many tools run at the same time; `None` for one a processor.
    pub max_parallel: Option<usize>,
    /// What is shown on GitHub.
    pub github: GitHubPolicy,
    /// Where components are deployed to; those of the component after [`Policy::for_component`].
    pub environments: BTreeMap<EnvironmentName, EnvironmentPolicy>,
    /// Suites of tests against an environment; those of the component after
    /// [`Policy::for_component`].
    pub suites: BTreeMap<SuiteName, SuitePolicy>,
    /// Where the evidence of a promotion comes from.
    pub promotion: PromotionPolicy,
    /// Where the ledger is kept.
    pub history: HistoryPolicy,
    /// Remarks for `config check`: keys that are valid but not yet in effect.
    pub not_in_effect: Vec<String>,
    /// What is valid but deserves a look.
    pub warnings: Vec<Problem>,
    /// Every setting in effect, with the place where it was set.
    pub settings: Settings,
}

impl Policy {
    /// What is no change of a version, as patterns of paths: what runs write into the workspace, and
    /// the file by which somebody signs a version off, who can do that only after it was committed.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        let observability = &self.observability;
        let paths = [
            Some(&observability.metrics_dir),
            Some(&observability.dashboard_dir),
            Some(&self.context.sessions_dir),
            Some(&self.history.directory),
            self.logging.file.as_ref(),
        ];
        let paths = paths.into_iter().flatten();
        let sign_off = self.promotion.security_review.file.clone();
        paths
            .map(|path| path.to_string_lossy().into_owned())
            .chain(
                [
                    "workflow_report_*.json",
                    "promotion_statement_*.json",
                    "**/MATURITY.md",
                ]
                .map(str::to_owned),
            )
            .chain(sign_off.map(|file| file.replace("{component}", "*")))
            .collect()
    }

    /// The policy for one component: its overrides applied to the gates' limits, the environments
    /// and the suites.
    #[must_use]
    pub fn for_component(&self, name: &str) -> Self {
        let mut policy = self.clone();
        let Some(component) = self.components.get(name) else {
            return policy;
        };
        for (gate, overrides) in &component.thresholds {
            let Some(gate) = policy.gates.get_mut(gate) else {
                continue;
            };
            for (key, (value, rule)) in overrides {
                if let Some(limits) = gate.limits.as_object_mut() {
                    limits.insert(key.clone(), value.clone());
                }
                gate.rules.insert(key.clone(), rule.clone());
            }
        }
        policy.environments.extend(component.environments.clone());
        policy.suites.extend(component.suites.clone());
        policy
    }

    /// The names of the components that the file itself sets up, and not only the base whose rules
    /// are obeyed.
    pub(super) fn named_components(&self) -> BTreeSet<&str> {
        let named = self
            .components
            .iter()
            .filter(|(_, component)| component.rule.is_some());
        named.map(|(name, _)| name.as_str()).collect()
    }
}

/// What is shown on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHubPolicy {
    /// Where results are shown.
    pub surfaces: BTreeSet<Surface>,
    /// Whether every gate has a check run of its own.
    pub has_check_per_gate: bool,
}

/// One gate's limits.
#[derive(Debug, Clone, PartialEq)]
pub struct GatePolicy {
    /// The gate's block in `quality_gates`, defaults filled in.
    pub limits: serde_json::Value,
    /// Where each key was set. Keys that nobody set are absent.
    pub rules: BTreeMap<String, RuleSource>,
}

/// What one level of maturity asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LevelPolicy {
    /// Gates that block.
    pub required: Vec<(String, RuleSource)>,
    /// Gates that are judged and shown, and never block.
    pub optional: Vec<(String, RuleSource)>,
    /// What else the level asks for.
    pub additional: Vec<AdditionalRequirement>,
}

/// A requirement that no gate of the toolchain answers.
#[derive(Debug, Clone, PartialEq)]
pub struct AdditionalRequirement {
    /// Its key: `staging_uptime_days`.
    pub name: String,
    /// What is asked.
    pub value: RequiredValue,
    /// Where it is asked.
    pub rule: RuleSource,
}

/// What an additional requirement asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RequiredValue {
    /// At least this number.
    AtLeast(f64),
    /// Yes (`true`). `false` in the file means that the requirement is not asked.
    Yes,
}

/// One stage's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct StagePolicy {
    /// Whether the stage is judged.
    pub is_enabled: bool,
    /// How long one tool run of this stage may take; for a deployment stage, how long a deployment
    /// may take from its beginning until its tests have passed.
    pub timeout: Duration,
    /// `testing.parallel_execution`: whether the run's tools may run at the same time.
    pub is_parallel: bool,
    /// `refactoring.auto_fix_linting`.
    pub auto_fix_linting: bool,
    /// `rollback_on_failure` of a deployment stage: whether a failed version is taken back.
    pub rollback_on_failure: bool,
    /// `production_deployment.require_manual_approval`: whether a person must agree first.
    pub require_manual_approval: bool,
    /// `dependency_check.install`: whether missing tools may be installed into the run's cache.
    pub may_install: bool,
    /// Where the stage's keys were set.
    pub rules: BTreeMap<String, RuleSource>,
}

/// Metrics and dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observability {
    /// Whether operations are recorded in `metrics_dir`.
    pub metrics_enabled: bool,
    /// The folder of the metrics, relative to the workspace.
    pub metrics_dir: PathBuf,
    /// How many days of metrics are kept.
    pub retention_days: u32,
    /// Which groups of metrics are recorded.
    pub track_metrics: Vec<TrackedMetric>,
    /// Whether a dashboard is written (`enabled` and `auto_generate`).
    pub dashboard_enabled: bool,
    /// The folder of the dashboard, relative to the workspace.
    pub dashboard_dir: PathBuf,
}

/// The context session.
#[derive(Debug, Clone, PartialEq)]
pub struct ContextPolicy {
    /// Whether runs are recorded in a session.
    pub is_enabled: bool,
    /// The folder of the sessions, relative to the workspace.
    pub sessions_dir: PathBuf,
    /// The session's size, in tokens.
    pub max_tokens: u64,
    /// Whether the session is saved after each stage; else once at the end.
    pub auto_save: bool,
    /// How important each kind of message is, 0 to 1, by the key of
    /// `context_management.importance`.
    pub importance: BTreeMap<String, f64>,
}

/// One toolchain's settings.
#[derive(Debug, Clone, PartialEq)]
pub enum ToolchainPolicy {
    /// Python, with what is set differently.
    Python(PythonPolicy),
    /// Commands of the user's own.
    Command(Vec<CommandPolicy>),
}

/// Settings of the Python toolchain. Everything has a detected default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PythonPolicy {
    /// The type checker; detected when absent.
    pub type_checker: Option<TypeChecker>,
    /// Requirements files to install into the run's own environment, relative to the workspace;
    /// detected when absent.
    pub requirements: Option<Vec<PathBuf>>,
    /// Further packages for the run's own environment, as pip writes them.
    pub packages: Vec<String>,
    /// Further arguments for pytest.
    pub pytest_args: Vec<String>,
    /// The baseline of known secrets, relative to the workspace.
    pub secrets_baseline: Option<PathBuf>,
    /// Commands of the user's own beside Python's tools, such as benchmarks.
    pub commands: Vec<CommandPolicy>,
}

/// A Python type checker.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TypeChecker {
    /// <https://microsoft.github.io/pyright/>
    Pyright,
    /// <https://docs.basedpyright.com/>
    Basedpyright,
    /// <https://mypy.readthedocs.io/>
    Mypy,
}

/// One command of a `command` toolchain.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandPolicy {
    /// Its name, unique in the toolchain.
    pub name: String,
    /// Program and arguments; never given to a shell. `{component}`, `{path}` and `{report}` stand
    /// for the component's name, its folder and a file in the run's folder.
    pub command: Vec<String>,
    /// The kinds of evidence it gives.
    pub evidence: Vec<EvidenceKind>,
    /// What it writes and where.
    pub report: ReportPolicy,
    /// Further evidence that the same run leaves in files of its own.
    pub also: Vec<FurtherEvidencePolicy>,
    /// A command that mends what this one finds.
    pub fix: Option<Vec<String>>,
    /// Environment variables to set.
    pub env: BTreeMap<String, String>,
    /// The folder to run it in, relative to the workspace.
    pub working_directory: Option<PathBuf>,
    /// Where it is set up.
    pub rule: RuleSource,
}

/// Further evidence of a command, in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherEvidencePolicy {
    /// The kinds of evidence.
    pub evidence: Vec<EvidenceKind>,
    /// Where it is found; always a file.
    pub report: ReportPolicy,
}

/// Where a command's evidence is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPolicy {
    /// The format.
    pub format: ReportFormat,
    /// The file, relative to the workspace or with `{report}`; `None` for standard output.
    pub path: Option<String>,
}

/// A format that a command's report can have.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// JUnit XML.
    Junit,
    /// The JSON report of coverage.py.
    CoverageJson,
    /// LCOV tracefile.
    Lcov,
    /// Cobertura XML.
    Cobertura,
    /// SARIF 2.1.0.
    Sarif,
    /// The JSON report of pytest-benchmark.
    PytestBenchmark,
    /// The JSON export of hyperfine.
    Hyperfine,
    /// The messages of cargo-criterion, or `sample.json` or `estimates.json` of a benchmark.
    Criterion,
    /// The end-of-test summary of k6.
    K6,
    /// Nothing but the exit status: 0 passes.
    ExitStatus,
}

/// What the file says about one component. Everything has a detected default.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ComponentPolicy {
    /// Folder or file of the sources.
    pub path: Option<PathBuf>,
    /// Folders and files of the tests.
    pub tests: Option<Vec<PathBuf>>,
    /// The specification.
    pub spec: Option<PathBuf>,
    /// The toolchain's name.
    pub toolchain: Option<String>,
    /// Components that this one depends on.
    pub depends_on: Vec<String>,
    /// Overrides of gate limits: gate id → key → value, with the place of each.
    pub thresholds: BTreeMap<&'static str, BTreeMap<String, (serde_json::Value, RuleSource)>>,
    /// The environments of which it sets something, as they are for it.
    pub environments: BTreeMap<EnvironmentName, EnvironmentPolicy>,
    /// The suites of which it sets something, as they are for it.
    pub suites: BTreeMap<SuiteName, SuitePolicy>,
    /// Where the component is set up; `None` for one of which only the base has rules.
    pub rule: Option<RuleSource>,
}
