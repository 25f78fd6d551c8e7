//! What is deployed where, and what came of it.

use super::{Attempt, Measurement, Stage, Target, Verdict, short_commit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A place that components are deployed to. Its key in `environments`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentName {
    /// Where a version shows for a while that it is sound.
    Staging,
    /// Where it is used.
    Production,
}

impl EnvironmentName {
    /// Both, in the order of promotion.
    pub const ALL: [Self; 2] = [Self::Staging, Self::Production];

    /// The word used in the configuration, on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// The stage that deploys to it.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Staging => Stage::StagingDeployment,
            Self::Production => Stage::ProductionDeployment,
        }
    }

    /// The target whose run deploys to it.
    #[must_use]
    pub const fn target(self) -> Target {
        match self {
            Self::Staging => Target::Staging,
            Self::Production => Target::Production,
        }
    }

    /// The environment that a stage deploys to; `None` for stages that deploy nothing.
    #[must_use]
    pub const fn of_stage(stage: Stage) -> Option<Self> {
        match stage {
            Stage::StagingDeployment => Some(Self::Staging),
            Stage::ProductionDeployment => Some(Self::Production),
            _ => None,
        }
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is deployed: a commit, and the artifact that was built from it, where there is one.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Version {
    /// The full commit hash.
    pub commit: String,
    /// The artifact's digest, such as `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Version {
    /// The version of a commit without an artifact.
    #[must_use]
    pub fn of_commit(commit: impl Into<String>) -> Self {
        Self {
            commit: commit.into(),
            digest: None,
        }
    }
}

impl fmt::Display for Version {
    /// For people: the commit's first twelve digits, and those of the digest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(short_commit(&self.commit))?;
        match &self.digest {
            Some(digest) => write!(f, " ({digest:.19})"),
            None => Ok(()),
        }
    }
}

/// What a deployment operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A version is brought to an environment, with every check.
    Deploy,
    /// A person asked for the last healthy version.
    Rollback,
    /// A rollback and the way back, to show that it works.
    Drill,
}

impl Operation {
    /// What stands before a sentence about it; nothing before one about a deployment.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Deploy => "",
            Self::Rollback => "rollback: ",
            Self::Drill => "rollback drill: ",
        }
    }
}

/// A step of a deployment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// End-to-end tests against staging, before anything of production is touched.
    EndToEndTests,
    /// The command that makes the version the active one.
    Deploy,
    /// Waiting until the version is healthy.
    HealthCheck,
    /// The smoke test.
    SmokeTest,
    /// Integration tests against the environment.
    IntegrationTests,
    /// Watching its health for a while.
    BakeTime,
    /// Asking the monitoring.
    Analysis,
    /// The command that makes the version before the active one again.
    Rollback,
}

impl Phase {
    /// All phases in their order.
    pub const ALL: [Self; 8] = [
        Self::EndToEndTests,
        Self::Deploy,
        Self::HealthCheck,
        Self::SmokeTest,
        Self::IntegrationTests,
        Self::BakeTime,
        Self::Analysis,
        Self::Rollback,
    ];

    /// The word used in the configuration and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EndToEndTests => "end_to_end_tests",
            Self::Deploy => "deploy",
            Self::HealthCheck => "health_check",
            Self::SmokeTest => "smoke_test",
            Self::IntegrationTests => "integration_tests",
            Self::BakeTime => "bake_time",
            Self::Analysis => "analysis",
            Self::Rollback => "rollback",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a run of a test suite against an environment gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteResult {
    /// How many tests there are.
    pub total: u64,
    /// How many passed at the first attempt.
    pub passed: u64,
    /// How many failed or could not be run.
    pub failed: u64,
    /// How many were not run.
    pub skipped: u64,
    /// The names of those that passed only when run again.
    pub flaky: Vec<String>,
    /// The names of those that failed, with the first line of why.
    pub failures: Vec<String>,
    /// Line coverage of the component by this suite, in percent, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage_percent: Option<f64>,
}

/// How much of a component one run of a suite covered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SuiteCoverage {
    /// The figure that is held against a threshold, 0 to 100.
    pub percent: f64,
    /// Coverable lines that were run.
    pub lines_covered: u64,
    /// Coverable lines.
    pub lines_total: u64,
    /// Branches that were taken; `None` when branches were not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches_covered: Option<u64>,
    /// Branches; `None` when branches were not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches_total: Option<u64>,
}

/// What happened in one phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseRecord {
    /// The phase.
    pub phase: Phase,
    /// Whether it belongs to taking the version back.
    #[serde(default)]
    pub is_rollback: bool,
    /// `failed` says something about the version; `errored` and `no_data` say that nothing could be
    /// learned about it, which never rolls back.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What was seen, in a sentence.
    pub message: String,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Every attempt of its command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The conditions that were judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<Measurement>,
    /// The tests, where it is a suite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<SuiteResult>,
    /// What hooks around the phase had to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// How a deployment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentOutcome {
    /// The version is active and every check passed.
    Healthy,
    /// The version was active and verified before; its health was looked at again.
    AlreadyActive,
    /// The version is active, and whether it is healthy could not be measured. Nothing was taken
    /// back.
    Unverified,
    /// A check failed, and nothing was taken back: the configuration says so, or there is no version
    /// to go back to.
    LeftFailed,
    /// A check failed, and the version before is active and healthy again.
    RolledBack,
    /// A check failed, and the version before could not be shown to be healthy again. Somebody has
    /// to look.
    RollbackFailed,
    /// Nothing was touched: the version is held, an approval is missing, another run is at work.
    Refused,
    /// Nothing was touched: the deploy command or what comes before it could not do its work.
    NotDeployed,
    /// The run was interrupted in the middle; the next one goes on.
    Interrupted,
}

impl DeploymentOutcome {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::AlreadyActive => "already_active",
            Self::Unverified => "unverified",
            Self::LeftFailed => "left_failed",
            Self::RolledBack => "rolled_back",
            Self::RollbackFailed => "rollback_failed",
            Self::Refused => "refused",
            Self::NotDeployed => "not_deployed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The same for people: `rolled back`.
    #[must_use]
    pub fn words(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Whether the version is active and was shown to be healthy.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Healthy | Self::AlreadyActive)
    }
}

impl fmt::Display for DeploymentOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One deployment, as it stands in the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Deployment {
    /// A UUID, version 7. Commands get it as a key by which they can tell a repetition.
    pub id: String,
    /// Where to.
    pub environment: EnvironmentName,
    /// What it is about.
    pub operation: Operation,
    /// The version that is to be active.
    pub version: Version,
    /// The version that was active and verified healthy before.
    pub previous: Option<Version>,
    /// The version that is active now, as far as it is known.
    pub active: Option<Version>,
    /// How it ended.
    pub outcome: DeploymentOutcome,
    /// The verdict and, where there is one, its reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What happened, in a sentence or two for the person who must act.
    pub message: String,
    /// What to do, where there is something to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Where the environment is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether it was a hotfix, which skips the days in staging.
    #[serde(default)]
    pub is_hotfix: bool,
    /// Who agreed, where an approval was required.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// Every phase, in order.
    pub phases: Vec<PhaseRecord>,
    /// What the commands gave back, by name.
    #[serde(default)]
    pub outputs: std::collections::BTreeMap<String, String>,
}
