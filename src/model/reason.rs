//! Why something could not be measured, or was not done: a stable code and a sentence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a verdict is `no_data`, `errored` or `skipped`, in words for the person who must act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The stable code, explained by `spec2prod explain CODE`.
    pub code: ReasonCode,
    /// What was being done, what was found, what was expected.
    pub message: String,
    /// What to do about it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub remedy: Option<String>,
}

impl Reason {
    /// A reason without a remedy.
    #[must_use]
    pub fn new(code: ReasonCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            remedy: None,
        }
    }

    /// The same reason with what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

macro_rules! reason_codes {
    ($($variant:ident = $code:literal, $meaning:literal;)+) => {
        /// A stable code for why something could not be measured, or was not done.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum ReasonCode {
            $(#[doc = $meaning] $variant,)+
        }

        impl ReasonCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it stands in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What the code means and what to do, in a sentence or two.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

reason_codes! {
    ToolMissing = "tool_missing", "The tool is not installed in the environment that the component uses. Nothing was measured. Install it there, or let `stages.dependency_check.install` do it.";
    ToolCrashed = "tool_crashed", "The tool ended with an exit status that it uses for its own failures, or was ended by a signal. Its output cannot be trusted. Run the command that the report names to see why.";
    ToolTimedOut = "tool_timed_out", "The tool did not end within the stage's `timeout_seconds` and its whole process tree was ended. Raise the limit or find what hangs.";
    ToolUnavailable = "tool_unavailable", "The tool's circuit breaker is open: it failed too often in a row in this process, so it was not started again. See `error_recovery.circuit_breaker`.";
    ReportMissing = "report_missing", "The tool ended, but the report it was asked to write is not there.";
    ReportStale = "report_stale", "The report is older than this run, or a file of the repository, so it says nothing about this commit. Let the tool write it in this run, and take the file out of git.";
    ReportUnreadable = "report_unreadable", "The report is truncated, not in the expected format, or larger than the limits allow.";
    ReportEmpty = "report_empty", "The report is there and readable, but holds nothing about the component: no file was inspected, no line is coverable, or none of the files is the component's.";
    NoTestsCollected = "no_tests_collected", "The test tool found no test to run. Zero tests are not passing tests.";
    NoEvidence = "no_evidence", "No tool of the component's toolchain produces the evidence that this gate needs.";
    NoSource = "no_source", "There is nothing connected yet that measures this: the criterion has no source of evidence.";
    EnvironmentFailed = "environment_failed", "The environment for the tools could not be made. The message has the installer's own words.";
    BaselineMissing = "baseline_missing", "The tool compares with a baseline file that does not exist.";
    SourceUnavailable = "source_unavailable", "What has the evidence could not be asked: the monitoring, the service that hosts the repository, or a file. It says nothing about the version. The message has its own words.";
    EvidenceIncomplete = "evidence_incomplete", "There is evidence, but it covers too little of the time that it is asked about. What nobody looked at counts neither as up nor as down.";
    Exempted = "exempted", "It does not hold, and is excused for a while by an entry of `exemptions`, which says who answers for it, why, and until when.";
    Hotfix = "hotfix", "A hotfix skips the days in staging and their uptime, and nothing else. It is recorded with its reason.";
    StageBlocked = "stage_blocked", "An earlier stage blocked, so this one was not judged.";
    StageDisabled = "stage_disabled", "The stage is switched off by `stages.<stage>.enabled: false`.";
    NotNeeded = "not_needed", "Nothing to do for this component and target.";
    NoVersion = "no_version", "What would be deployed is not a commit: the workspace is no git repository, or its files differ from the commit.";
    EnvironmentBusy = "environment_busy", "Another run is at work in this environment, or the ledger could not be read or written. Nothing was touched.";
    EvidenceOfAnotherVersion = "evidence_of_another_version", "The report, or what the end-to-end tests would look at, is not about what would be deployed: another commit, changed files, or another target. What is deployed is what was judged.";
    NoEnvironment = "no_environment", "No environment is configured for this deployment, so only the criteria were judged.";
    CommandNotStarted = "command_not_started", "A command of an environment (`deploy`, `rollback`, `smoke_test`, a hook) could not be started. It says nothing about the version. Install the program, or correct the command.";
    CommandFailed = "command_failed", "A command of an environment ended with an error that says nothing about the version, or an attempt of it failed and was followed by another one. The message has its last words, the run's folder `logs` all of them.";
    CommandTimedOut = "command_timed_out", "A command of an environment was still running when its time was over, and was ended with everything it had started. Raise `stages.<stage>.timeout_seconds`, or find what hangs.";
    HealthNotMeasured = "health_not_measured", "The health check gave no answer about the version: its address has no host, its command could not be started. The version is not verified, and nothing is taken back. Correct `health_check`, and run it again.";
    MonitoringUnavailable = "monitoring_unavailable", "Prometheus did not answer, refused the query, or its token is not set. The version is not verified, and nothing is taken back.";
    AnalysisInconclusive = "analysis_inconclusive", "A query of `analysis` gave no number: no series, several series, or NaN. The version is not verified, and nothing is taken back, unless `inconclusive: fail` is set.";
    LedgerUnavailable = "ledger_unavailable", "The record of deployments could not be read or written, so nothing is deployed: what cannot be written down would be forgotten. The message says which file or branch, and why.";
    NotSettled = "not_settled", "It is not known which version is active and healthy in the environment, or another operation is not finished, so this was not begun. Deploy a version first.";
    NoRollbackTarget = "no_rollback_target", "There is no other version that was verified healthy in the environment and is not held, so there is nothing to go back to.";
    Interrupted = "interrupted", "The run was interrupted before this was finished.";
    InternalError = "internal_error", "A part of spec2prod itself failed. This is a bug worth reporting; the verdict stays blocked.";
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
