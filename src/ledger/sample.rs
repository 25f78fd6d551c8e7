//! One look at an environment, for its uptime.

use crate::model::Version;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One look at an environment: one line of a file of samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Whether it was healthy; `None` where the look itself failed, which is no knowledge. The file
    /// has to say so: what is missing there is damage.
    #[serde(deserialize_with = "Option::deserialize")]
    pub is_up: Option<bool>,
    /// The version that was active by the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// How long the answer took, in milliseconds, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// What was seen, in a sentence.
    #[serde(default)]
    pub message: String,
}
