//! What was decided about one question.

use super::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was decided about a gate, a criterion or a stage.
///
/// `Failed` means measured and found wanting; `NoData` and `Errored` mean that nothing could be
/// decided, and block like `Failed` wherever the question is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", content = "reason", rename_all = "snake_case")]
pub enum Verdict {
    /// Measured, and every condition holds.
    Passed,
    /// Measured; the conditions hold, but something deserves a look.
    Warned,
    /// Measured, and a condition does not hold.
    Failed,
    /// Could not be measured: the report is missing or empty.
    NoData(Reason),
    /// Could not be measured: the tool is missing, crashed or timed out.
    Errored(Reason),
    /// Not asked, with the reason.
    Skipped(Reason),
}

impl Verdict {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::NoData(_) => "no_data",
            Self::Errored(_) => "errored",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Passed, with or without a warning.
    #[must_use]
    pub const fn is_pass(&self) -> bool {
        matches!(self, Self::Passed | Self::Warned)
    }

    /// Whether a required question with this verdict stops its stage.
    #[must_use]
    pub const fn stops(&self) -> bool {
        matches!(self, Self::Failed | Self::NoData(_) | Self::Errored(_))
    }

    /// Why, where the verdict carries a reason.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::NoData(reason) | Self::Errored(reason) | Self::Skipped(reason) => Some(reason),
            Self::Passed | Self::Warned | Self::Failed => None,
        }
    }

    /// The exit status of a command with this verdict: 0 passed, 1 blocked by a gate or criterion,
    /// 3 could not be judged, 130 interrupted. What was skipped was not judged.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Passed | Self::Warned => 0,
            Self::Failed => 1,
            verdict if verdict.is_interrupted() => 130,
            Self::NoData(_) | Self::Errored(_) | Self::Skipped(_) => 3,
        }
    }

    /// Whether nothing was decided because a run was interrupted.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        matches!(self, Self::Errored(reason) if reason.code == ReasonCode::Interrupted)
    }

    /// How bad it is, for picking the worst of several: skipped < passed < warned < no_data <
    /// errored < failed.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Skipped(_) => 0,
            Self::Passed => 1,
            Self::Warned => 2,
            Self::NoData(_) => 3,
            Self::Errored(_) => 4,
            Self::Failed => 5,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
