//! Where components are deployed to, and how.

use crate::model::{ComponentName, EnvironmentName, Operator, Phase, Prometheus, RuleSource};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// One environment, with the component's overrides applied.
///
/// Texts and words of commands may have `{component}`, `{path}`, `{version}`, `{environment}` and
/// `{url}`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentPolicy {
    /// Which one.
    pub name: EnvironmentName,
    /// Where it is seen.
    pub url: Option<String>,
    /// What GitHub calls it; one for each component unless set otherwise:
    /// `{environment}/{component}`.
    pub github_environment: String,
    /// Program and arguments that make a version the active one; never given to a shell.
    pub deploy: Vec<String>,
    /// The same for going back; the deploy command with the earlier version when absent.
    pub rollback: Option<Vec<String>>,
    /// Prints the version that is active, so that an interrupted deployment need not be repeated.
    pub current: Option<Vec<String>>,
    /// How a version shows that it is healthy.
    pub health_check: HealthCheckPolicy,
    /// Shows that the version does its work; exit status 0 passes.
    pub smoke_test: Option<Vec<String>>,
    /// How long the health is watched after the checks.
    pub bake_time: Duration,
    /// What the monitoring is asked, while the version bakes.
    pub analysis: Vec<AnalysisPolicy>,
    /// The monitoring.
    pub prometheus: Option<Prometheus>,
    /// Commands before and after phases.
    pub hooks: Vec<HookPolicy>,
    /// Environment variables of every command.
    pub env: BTreeMap<String, String>,
    /// The folder of every command, relative to the workspace.
    pub working_directory: Option<PathBuf>,
    /// Where it is set up.
    pub rule: RuleSource,
}

impl EnvironmentPolicy {
    /// What GitHub calls it for a component.
    #[must_use]
    pub fn github_name(&self, component: &ComponentName) -> String {
        self.github_environment
            .replace("{environment}", self.name.as_str())
            .replace("{component}", component.as_str())
    }
}

/// How health is looked at, and when it is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthCheckPolicy {
    /// What is looked at.
    pub probe: ProbePolicy,
    /// How long is waited before the first look.
    pub start_delay: Duration,
    /// How long is waited between two looks.
    pub interval: Duration,
    /// How long one look may take.
    pub timeout: Duration,
    /// How many good looks in a row make a version healthy.
    pub successes: u32,
    /// How many bad looks are too many: in a row while waiting for health, in all while baking.
    pub failures: u32,
    /// How many looks in a row that gave no answer about the version are too many.
    pub errors: u32,
    /// Where it is set up.
    pub rule: RuleSource,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum ProbePolicy {
    /// A GET request.
    Http {
        /// The address.
        url: String,
        /// Headers to send.
        headers: BTreeMap<String, String>,
        /// The statuses that are good.
        status: Vec<u16>,
        /// What the body must have in it.
        body_contains: Option<String>,
        /// What a place in the JSON body must be: a JSONPath (RFC 9535), and a value.
        json: Option<(String, serde_json::Value)>,
    },
    /// A connection: `host:port`.
    Tcp(String),
    /// A command; exit status 0 is good.
    Command(Vec<String>),
}

/// What is to become of an analysis that could not be decided.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Inconclusive {
    /// The version is not verified, and not taken back.
    #[default]
    Block,
    /// The version is taken for bad.
    Fail,
}

/// A question to the monitoring, asked several times.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisPolicy {
    /// What it is about.
    pub name: String,
    /// The PromQL query; its result must be a scalar or one sample.
    pub query: String,
    /// How the result is compared.
    pub operator: Operator,
    /// With what.
    pub target: f64,
    /// How long is waited between two questions, and before the first.
    pub interval: Duration,
    /// How often it is asked.
    pub count: u32,
    /// How many results that do not hold are allowed.
    pub failures: u32,
    /// How many answers in a row may be missing: server not reachable, query refused.
    pub errors: u32,
    /// What becomes of a query without a result.
    pub inconclusive: Inconclusive,
    /// Where it is set up.
    pub rule: RuleSource,
}

/// Which side of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookMoment {
    /// Before it begins.
    Before(Phase),
    /// After it ended, whatever came of it.
    After(Phase),
}

/// What a hook's failure does.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OnHookFailure {
    /// The phase has not succeeded: before the deploy command nothing is deployed, later the
    /// version counts as failed. A rollback goes on, and says it.
    #[default]
    Fail,
    /// It is said, and nothing else.
    Warn,
}

/// A command before or after a phase.
#[derive(Debug, Clone, PartialEq)]
pub struct HookPolicy {
    /// When.
    pub moment: HookMoment,
    /// Program and arguments.
    pub command: Vec<String>,
    /// What its failure does.
    pub on_failure: OnHookFailure,
    /// Where it is set up.
    pub rule: RuleSource,
}

/// Which suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuiteName {
    /// Against staging, after a deployment to it.
    Integration,
    /// Against staging, before a deployment to production.
    EndToEnd,
}

impl SuiteName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Integration, Self::EndToEnd];

    /// Its key in `suites`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Integration => "integration",
            Self::EndToEnd => "end_to_end",
        }
    }
}

/// How the tests of a suite are found.
#[derive(Debug, Clone, PartialEq)]
pub enum SuiteTests {
    /// Files and folders, run by the component's own test tool.
    Paths(Vec<PathBuf>),
    /// Tests with this marker, run by the component's own test tool.
    Marker(String),
    /// A command, which writes a report.
    Command(Box<super::CommandPolicy>),
}

/// A suite of tests against an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct SuitePolicy {
    /// Which one.
    pub name: SuiteName,
    /// How its tests are found.
    pub tests: SuiteTests,
    /// The least share of passing tests, in percent.
    pub pass_rate: f64,
    /// How often failed tests are run again in isolation.
    pub retries: u32,
    /// How long one run may take.
    pub timeout: Duration,
    /// Whether production asks `quality_gates.test_coverage.production_threshold` of its coverage, too.
    pub has_production_coverage: bool,
    /// Where it is set up.
    pub rule: RuleSource,
}
