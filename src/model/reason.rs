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
    ReportStale = "report_stale", "The report is older than this run, so it says nothing about this commit. Let the tool write it in this run, or delete the file.";
    ReportUnreadable = "report_unreadable", "The report is truncated, not in the expected format, or larger than the limits allow.";
    ReportEmpty = "report_empty", "The report is there and readable, but holds nothing: no file was inspected, no line is coverable.";
    NoTestsCollected = "no_tests_collected", "The test tool found no test to run. Zero tests are not passing tests.";
    NoEvidence = "no_evidence", "No tool of the component's toolchain produces the evidence that this gate needs.";
    NoSource = "no_source", "There is nothing connected yet that measures this: the criterion has no source of evidence.";
    EnvironmentFailed = "environment_failed", "The environment for the tools could not be made. The message has the installer's own words.";
    BaselineMissing = "baseline_missing", "The tool compares with a baseline file that does not exist.";
    StageBlocked = "stage_blocked", "An earlier stage blocked, so this one was not judged.";
    StageDisabled = "stage_disabled", "The stage is switched off by `stages.<stage>.enabled: false`.";
    NotNeeded = "not_needed", "Nothing to do for this component and target.";
    NoEnvironment = "no_environment", "No environment is configured for this deployment, so only the criteria were judged.";
    Interrupted = "interrupted", "The run was interrupted before this was finished.";
    InternalError = "internal_error", "A part of spec2prod itself failed. This is a bug worth reporting; the verdict stays blocked.";
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
