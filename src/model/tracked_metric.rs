//! Which groups of metrics a run records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A group of metrics. The names are those of `observability.track_metrics`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrackedMetric {
    /// How long each stage took.
    StageExecutionTime,
    /// Each gate's verdict and measurements.
    QualityGateResults,
    /// How often each tool was tried again.
    RetryCount,
    /// The kinds of errors met.
    ErrorTypes,
    /// Whether the run succeeded.
    SuccessRate,
}
