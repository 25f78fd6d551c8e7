//! `observability`: metrics and dashboard.

use crate::config::TrackedMetric;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is recorded about runs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Observability {
    /// The metrics of every run.
    pub(in crate::config) metrics: Metrics,
    /// The dashboard.
    pub(in crate::config) dashboard: Dashboard,
    /// Which groups of metrics are recorded.
    pub(in crate::config) track_metrics: Vec<TrackedMetric>,
}

impl Default for Observability {
    fn default() -> Self {
        Self {
            metrics: Metrics::default(),
            dashboard: Dashboard::default(),
            track_metrics: vec![
                TrackedMetric::StageExecutionTime,
                TrackedMetric::QualityGateResults,
                TrackedMetric::RetryCount,
                TrackedMetric::ErrorTypes,
                TrackedMetric::SuccessRate,
            ],
        }
    }
}

/// The metrics of every run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Metrics {
    /// Whether metrics are recorded.
    pub(in crate::config) enabled: bool,
    /// The folder of the metrics, relative to the workspace.
    pub(in crate::config) metrics_dir: String,
    /// How many days of metrics are kept.
    #[schemars(range(min = 1, max = 3650))]
    pub(in crate::config) retention_days: u32,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            enabled: true,
            metrics_dir: ".metrics".to_owned(),
            retention_days: 30,
        }
    }
}

/// The dashboard.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Dashboard {
    /// Whether there is a dashboard at all.
    pub(in crate::config) enabled: bool,
    /// Whether each run writes it.
    pub(in crate::config) auto_generate: bool,
    /// The folder of the dashboard, relative to the workspace.
    pub(in crate::config) output_dir: String,
}

impl Default for Dashboard {
    fn default() -> Self {
        Self {
            enabled: true,
            auto_generate: true,
            output_dir: "workflow_dashboards".to_owned(),
        }
    }
}
