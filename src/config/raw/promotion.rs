//! `promotion`: where the evidence of a promotion comes from.

use crate::model::Prometheus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the evidence of a promotion comes from, beside the gates.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Promotion {
    /// Where uptime comes from.
    pub(in crate::config) uptime: Uptime,
    /// What shows that a security review is complete; any of them does.
    pub(in crate::config) security_review: SecurityReview,
    /// What shows that monitoring is configured; any of them does.
    pub(in crate::config) monitoring: Monitoring,
    /// How old a rollback that was shown to work may be, in days.
    #[schemars(range(min = 1, max = 3650))]
    pub(in crate::config) rollback_max_age_days: u32,
    /// Who may approve where `require_manual_approval` is set. Without it, anybody but the one who
    /// deploys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) approvers: Vec<String>,
    /// How many different people have to approve.
    #[schemars(range(min = 1, max = 100))]
    pub(in crate::config) approvals: u32,
}

impl Default for Promotion {
    fn default() -> Self {
        Self {
            uptime: Uptime::default(),
            security_review: SecurityReview::default(),
            monitoring: Monitoring::default(),
            rollback_max_age_days: 90,
            approvers: Vec::new(),
            approvals: 1,
        }
    }
}

/// Where uptime comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Uptime {
    /// The source.
    pub(in crate::config) source: Source,
    /// How far apart two samples may be, in seconds. What is further apart is not known.
    #[schemars(range(min = 1, max = 604_800))]
    pub(in crate::config) max_gap: f64,
    /// The least share of the window that must be known, in percent.
    #[schemars(range(min = 1, max = 100))]
    pub(in crate::config) coverage: f64,
    /// The server that is asked where `source` is `prometheus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) prometheus: Option<Prometheus>,
    /// The PromQL query that is asked where `source` is `prometheus`: 0 is down, anything else up.
    /// May have `{component}` and `{environment}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 10_000))]
    pub(in crate::config) query: Option<String>,
}

impl Default for Uptime {
    fn default() -> Self {
        Self {
            source: Source::Samples,
            max_gap: 900.0,
            coverage: 95.0,
            prometheus: None,
            query: None,
        }
    }
}

/// A source of uptime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::config) enum Source {
    /// What `spec2prod probe` recorded.
    Samples,
    /// The statuses of GitHub's deployments.
    #[serde(rename = "github")]
    GitHub,
    /// A Prometheus server.
    Prometheus,
}

/// What shows that a security review is complete; any of them does.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct SecurityReview {
    /// Teams of the organisation, one member of which approved the pull request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) teams: Vec<String>,
    /// People, one of whom approved the pull request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) people: Vec<String>,
    /// A label of the pull request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100))]
    pub(in crate::config) label: Option<String>,
    /// A file with the hash of the commit, who signed it and when, relative to the workspace. May
    /// have `{component}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) file: Option<String>,
}

/// What shows that monitoring is configured; any of them does.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Monitoring {
    /// A file, such as the alert rules, relative to the workspace. May have `{component}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) file: Option<String>,
    /// The server that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) prometheus: Option<Prometheus>,
    /// A PromQL query that has a result while the component is watched. May have `{component}` and
    /// `{environment}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 10_000))]
    pub(in crate::config) query: Option<String>,
}
