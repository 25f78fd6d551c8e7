//! How mature a component is, what is deployed where, and what keeps it from the next level.

use super::{
    ComponentName, Criterion, DeploymentOutcome, EnvironmentName, Operation, Phase, Target, Version,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Everything that is known about one component besides its last report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentStatus {
    /// The component.
    pub component: ComponentName,
    /// When this was looked at, RFC 3339 in UTC. Ages are told from here.
    pub as_of: String,
    /// The level that it has reached; `None` where nothing was ever shown.
    pub maturity: Option<Target>,
    /// Why a level was taken away from it, where one was.
    pub demotion: Option<Demotion>,
    /// What keeps the levels that were reached, in the order of promotion.
    #[serde(default)]
    pub maintenance: Vec<MaintenanceStatus>,
    /// What is deployed where, in the order of promotion.
    pub environments: Vec<EnvironmentStatus>,
    /// What is asked for the level above; `None` at the highest one.
    pub next: Option<NextLevel>,
    /// The versions that must not be deployed.
    pub holds: Vec<HoldStatus>,
    /// What need not hold for a while.
    pub exemptions: Vec<ExemptionStatus>,
    /// What was deployed, latest first.
    pub history: Vec<Promotion>,
}

/// A level was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Demotion {
    /// When, RFC 3339 in UTC.
    pub since: String,
    /// Which criterion does not hold any more, and how.
    pub reason: String,
    /// What to do for the level to be given back.
    #[serde(default)]
    pub remedy: Option<String>,
}

/// What is asked of a level that was reached, for it to be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MaintenanceStatus {
    /// The environment that stands for the level.
    pub environment: EnvironmentName,
    /// Every criterion. One that failed takes the level away, one that is not known does not.
    pub criteria: Vec<Criterion>,
}

/// What is deployed in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentStatus {
    /// The environment.
    pub name: EnvironmentName,
    /// Where it is seen.
    pub url: Option<String>,
    /// The version that is active; `None` where nothing was ever deployed or it is not known.
    pub active: Option<ActiveStatus>,
    /// Whether something was deployed and it is not known which version is active.
    pub is_unknown: bool,
    /// A deployment that has begun and not ended.
    pub open: Option<OpenStatus>,
    /// How it would be taken back.
    pub rollback: RollbackPlan,
    /// Why nothing is known about this environment, where its records could not be read.
    pub problem: Option<String>,
}

/// The version that is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActiveStatus {
    /// The version.
    pub version: Version,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
    /// Whether its health was shown in this environment.
    pub is_verified: bool,
    /// Why it came without its days in staging, where it came as a hotfix.
    #[serde(default)]
    pub hotfix: Option<String>,
}

/// A deployment that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenStatus {
    /// The deployment's id.
    pub deployment: String,
    /// What it is about.
    pub operation: Operation,
    /// The version that is to be active.
    pub version: Version,
    /// The phase that began last; `None` before the first.
    pub phase: Option<Phase>,
    /// Until when the run that began it may be at work, RFC 3339 in UTC.
    pub lease_until: String,
    /// Whether that time is over, or the run is known to be dead: the next run goes on.
    pub is_abandoned: bool,
    /// The person, bot or run that began it.
    pub by: String,
    /// Where that run is seen.
    pub url: Option<String>,
}

/// How an environment would be taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RollbackPlan {
    /// The version to go back to: the last one verified healthy that is not held and not active.
    pub version: Option<Version>,
    /// Program and arguments, as a person would type them; `None` where no environment is
    /// configured.
    pub command: Option<String>,
    /// Whether a version that fails is taken back without anybody asking.
    pub is_automatic: bool,
    /// When a rollback was last shown to work, RFC 3339 in UTC.
    pub shown_at: Option<String>,
    /// Whether that was a drill; else it was in earnest.
    pub was_drill: bool,
}

/// What is asked for the next level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NextLevel {
    /// The level.
    pub level: Target,
    /// What keeps the component from it, in the order in which a person should mend it.
    pub blockers: Vec<Criterion>,
    /// Every criterion, in the order of the policy.
    pub criteria: Vec<Criterion>,
}

impl NextLevel {
    /// The level with its criteria; those that block are found and put in order: what was found
    /// wanting comes before what could not be measured.
    #[must_use]
    pub fn new(level: Target, criteria: Vec<Criterion>) -> Self {
        let blocking = criteria.iter().filter(|criterion| criterion.blocks());
        let mut blockers: Vec<Criterion> = blocking.cloned().collect();
        blockers.sort_by_key(|criterion| Reverse(criterion.verdict.rank()));
        Self {
            level,
            blockers,
            criteria,
        }
    }
}

/// A version that must not be deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldStatus {
    /// Where.
    pub environment: EnvironmentName,
    /// The version.
    pub version: Version,
    /// Why.
    pub reason: String,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
    /// The person, bot or run that holds it.
    pub by: String,
}

/// A criterion that need not hold for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExemptionStatus {
    /// The gate or requirement.
    pub criterion: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, `YYYY-MM-DD` in UTC.
    pub expires: String,
    /// Whether that day is over, so that it does not count any more.
    pub is_expired: bool,
    /// The file and line where it stands.
    pub rule: String,
}

/// One deployment of the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Promotion {
    /// When it ended, RFC 3339 in UTC.
    pub at: String,
    /// Where to.
    pub environment: EnvironmentName,
    /// What it was about.
    pub operation: Operation,
    /// The version that was to be active.
    pub version: Version,
    /// How it ended.
    pub outcome: DeploymentOutcome,
    /// Whether it skipped the days in staging.
    pub is_hotfix: bool,
    /// The person, bot or run that did it.
    pub by: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Reason, ReasonCode, Requirement, Verdict};

    #[test]
    fn what_was_found_wanting_comes_before_what_is_unknown() {
        let unknown = Verdict::NoData(Reason::new(ReasonCode::NoSource, "nothing measures it"));
        let criterion = |name: &str, verdict: &Verdict, requirement| {
            Criterion::new(name, verdict.clone(), requirement, Vec::new())
        };
        let next = NextLevel::new(
            Target::Production,
            vec![
                criterion("rollback_tested", &unknown, Requirement::Required),
                criterion("linting", &Verdict::Passed, Requirement::Required),
                criterion("days", &Verdict::Failed, Requirement::Required),
                criterion("types", &Verdict::Failed, Requirement::Advisory),
                criterion("uptime", &Verdict::Failed, Requirement::Required),
            ],
        );
        let names = |criteria: &[Criterion]| -> Vec<String> {
            criteria.iter().map(|one| one.name.clone()).collect()
        };
        assert_eq!(names(&next.blockers), ["days", "uptime", "rollback_tested"]);
        assert_eq!(next.criteria.len(), 5);
    }
}
