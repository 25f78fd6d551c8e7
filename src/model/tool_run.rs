//! What happened when a tool was run: every attempt, with its error.

use super::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of trouble that ended an attempt. Only `Network`, `RateLimit`, `Resource` and
/// `Transient` are worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A connection could not be made or was lost, a name did not resolve.
    Network,
    /// A service asked to come back later.
    RateLimit,
    /// Memory, disk, processes or file handles ran out.
    Resource,
    /// Anything else that may be gone the next time: a lock, a text file busy.
    Transient,
    /// Trying again gives the same.
    Permanent,
}

impl ErrorKind {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::RateLimit => "rate_limit",
            Self::Resource => "resource",
            Self::Transient => "transient",
            Self::Permanent => "permanent",
        }
    }

    /// Whether another attempt can help.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        !matches!(self, Self::Permanent)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "ended", rename_all = "snake_case")]
pub enum Ended {
    /// The process ended by itself and gave evidence, whatever the evidence says.
    WithEvidence,
    /// It gave none.
    WithError {
        /// The kind of trouble, which decides whether it is tried again.
        kind: ErrorKind,
        /// Why.
        reason: Reason,
    },
}

/// One try of a tool run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How long was waited before it, in milliseconds.
    pub delay_ms: u64,
    /// The exit status; `None` when ended by a signal or never started.
    pub exit_status: Option<i32>,
    /// How it ended.
    #[serde(flatten)]
    pub ended: Ended,
}

/// A tool's run with all its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToolRun {
    /// The tool's name, such as `pytest`.
    pub tool: String,
    /// Its version, where known.
    pub version: Option<String>,
    /// The command as a person would type it at the workspace's root; empty when the tool runs
    /// inside spec2prod.
    pub command: String,
    /// The kinds of evidence it was run for.
    pub evidence: Vec<String>,
    /// When the first attempt began, in milliseconds since the run began.
    pub started_ms: u64,
    /// From the beginning of the first attempt to the end of the last, in milliseconds.
    pub duration_ms: u64,
    /// Every attempt, in order.
    pub attempts: Vec<Attempt>,
    /// The file that holds what it printed, relative to the workspace.
    pub log: Option<String>,
    /// What else should be known: processes left behind, output that was cut.
    pub notes: Vec<String>,
}
