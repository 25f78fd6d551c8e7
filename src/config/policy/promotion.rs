//! Where the evidence of a promotion comes from, beside the component's own tools.

use crate::model::{ComponentName, Prometheus, RuleSource};
use jiff::civil::Date;
use std::{path::PathBuf, time::Duration};

/// Where the evidence of a promotion comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct PromotionPolicy {
    /// Where uptime comes from.
    pub uptime: UptimePolicy,
    /// What shows a complete security review; any of them does.
    pub security_review: ReviewPolicy,
    /// What shows that monitoring is configured; any of them does.
    pub monitoring: MonitoringPolicy,
    /// How old a rollback that was shown to work may be.
    pub rollback_max_age: Duration,
    /// Who may approve where `require_manual_approval` is set; anybody but the one who deploys when
    /// empty.
    pub approvers: Vec<String>,
    /// How many distinct people have to.
    pub approvals: u32,
    /// What is excused, for how long, and by whom.
    pub exemptions: Vec<Exemption>,
}

/// Where uptime comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct UptimePolicy {
    /// The source.
    pub source: UptimeSource,
    /// How far apart two samples may be. What is further apart is not known.
    pub max_gap: Duration,
    /// The least share of the window that must be known, in percent.
    pub coverage: f64,
    /// Where it is set up.
    pub rule: RuleSource,
}

/// A source of uptime.
#[derive(Debug, Clone, PartialEq)]
pub enum UptimeSource {
    /// What `spec2prod probe` recorded.
    Samples,
    /// A Prometheus range query; 0 is down, anything else up. One series, or several of which the
    /// least counts.
    Prometheus {
        /// The server.
        server: Prometheus,
        /// The query. May have `{component}` and `{environment}`.
        query: String,
    },
    /// The statuses of GitHub's deployments: `success` is up, `failure` and `error` are down.
    GitHub,
}

/// What shows a review.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReviewPolicy {
    /// Teams of the organisation, one member of which approved the pull request.
    pub teams: Vec<String>,
    /// People, one of whom approved the pull request.
    pub people: Vec<String>,
    /// A label of the pull request.
    pub label: Option<String>,
    /// A file with the commit's hash, who signed it and when. May have `{component}`.
    pub file: Option<String>,
    /// Where it is set up; `None` where it is not.
    pub rule: Option<RuleSource>,
}

/// What shows that monitoring is configured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MonitoringPolicy {
    /// A query that has a result while the component is watched. May have `{component}` and
    /// `{environment}`.
    pub query: Option<(Prometheus, String)>,
    /// A file, such as the alert rules. May have `{component}`.
    pub file: Option<String>,
    /// Where it is set up; `None` where it is not.
    pub rule: Option<RuleSource>,
}

/// A criterion that need not hold for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// For which component.
    pub component: ComponentName,
    /// Which gate or requirement.
    pub criterion: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
    /// Where it stands.
    pub rule: RuleSource,
}

/// Where the ledger is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPolicy {
    /// The folder, relative to the workspace.
    pub directory: PathBuf,
    /// A branch that keeps it between machines; none when absent.
    pub branch: Option<String>,
    /// The remote of the branch.
    pub remote: String,
}
