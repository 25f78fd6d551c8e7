//! A component whose version has been in staging for a while, for the tests to change.

mod approvals;
mod criteria;
mod decisions;
mod integration_coverage;
mod maintenance;
mod soak;
mod timeline;
mod uptime;

use super::*;
use crate::config::{
    AdditionalRequirement, MonitoringPolicy, PromotionPolicy, RequiredValue, ReviewPolicy,
    UptimePolicy, UptimeSource,
};
use crate::ledger::{Active, By, Period};
pub(super) use crate::model::{
    ComponentName, Criterion, Reason, ReasonCode, RuleSource, StatedThreshold, Verdict,
};
use jiff::SignedDuration;
use std::time::Duration;

pub(super) const COMMIT: &str = "1111111111111111111111111111111111111111";
pub(super) const OTHER: &str = "2222222222222222222222222222222222222222";
/// When the tests are: a Wednesday noon.
pub(super) const NOW: &str = "2026-03-11T12:00:00Z";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn ago(minutes: i64) -> Timestamp {
    at(NOW) - SignedDuration::from_mins(minutes)
}

pub(super) const DAY: i64 = 24 * 60;

pub(super) fn rule(key: &str) -> RuleSource {
    RuleSource::File {
        file: "workflow_config.yaml".to_owned(),
        line: 7,
        key: key.to_owned(),
    }
}

pub(super) fn asked(name: &str, value: RequiredValue) -> AdditionalRequirement {
    AdditionalRequirement {
        name: name.to_owned(),
        value,
        rule: rule(name),
    }
}

/// A time in which a version was active and verified from its beginning, in minutes before now.
pub(super) fn period(commit: &str, from: i64, to: Option<i64>) -> Period {
    Period {
        version: Version::of_commit(commit),
        from: ago(from),
        to: to.map(ago),
        verified_at: Some(ago(from)),
    }
}

/// Looks every five minutes, in minutes before now.
pub(super) fn looks(from: i64, to: i64, is_up: Option<bool>) -> Vec<Sample> {
    let minutes = (to..from).rev().filter(|minute| minute % 5 == 0);
    minutes
        .map(|minute| Sample {
            at: ago(minute),
            is_up,
        })
        .collect()
}

pub(super) struct World {
    pub(super) component: ComponentName,
    pub(super) version: Version,
    pub(super) policy: PromotionPolicy,
    pub(super) requirements: Vec<AdditionalRequirement>,
    pub(super) stated: Vec<StatedThreshold>,
    pub(super) facts: Facts,
}

impl World {
    /// Eight days in staging, and always up.
    pub(super) fn new() -> Self {
        let state = State {
            active: Some(Active {
                version: Version::of_commit(COMMIT),
                since: ago(8 * DAY),
                is_verified: true,
            }),
            periods: vec![period(COMMIT, 8 * DAY, None)],
            ..State::default()
        };
        let not_there = || {
            let reason = Reason::new(ReasonCode::NoSource, "not set up");
            Unavailable::NoData(reason.remedy("set it up"))
        };
        Self {
            component: "shop".parse().unwrap(),
            version: Version::of_commit(COMMIT),
            policy: PromotionPolicy {
                uptime: UptimePolicy {
                    source: UptimeSource::Samples,
                    max_gap: Duration::from_secs(900),
                    coverage: 95.0,
                    rule: RuleSource::Default,
                },
                security_review: ReviewPolicy::default(),
                monitoring: MonitoringPolicy::default(),
                rollback_max_age: Duration::from_secs(90 * 24 * 60 * 60),
                approvers: Vec::new(),
                approvals: 1,
                exemptions: Vec::new(),
            },
            requirements: vec![
                asked("staging_uptime_days", RequiredValue::AtLeast(7.0)),
                asked("staging_uptime_percentage", RequiredValue::AtLeast(99.5)),
            ],
            stated: Vec::new(),
            facts: Facts {
                now: at(NOW),
                states: BTreeMap::from([(EnvironmentName::Staging, Ok(state))]),
                uptime: Ok((
                    "samples of spec2prod probe".to_owned(),
                    looks(8 * DAY, 0, Some(true)),
                )),
                reviews: Err(not_there()),
                monitoring: Err(not_there()),
                dependencies: Vec::new(),
                run_reviews: None,
            },
        }
    }

    pub(super) fn question(&self) -> Question<'_> {
        Question {
            component: &self.component,
            version: &self.version,
            level: Target::Production,
            policy: &self.policy,
            requirements: &self.requirements,
            stated: &self.stated,
            facts: &self.facts,
        }
    }

    pub(super) fn staging(&mut self) -> &mut State {
        let state = self.facts.states.get_mut(&EnvironmentName::Staging);
        state.unwrap().as_mut().unwrap()
    }

    pub(super) fn see(&mut self, looks: Vec<Sample>) {
        self.facts.uptime = Ok(("samples of spec2prod probe".to_owned(), looks));
    }

    pub(super) fn judge(&self, name: &str) -> Criterion {
        let found = self.requirements.iter().find(|one| one.name == name);
        let yes = asked(name, RequiredValue::Yes);
        judge(found.unwrap_or(&yes), &self.question())
    }
}

/// A criterion as a person reads it.
pub(super) fn told(criterion: &Criterion) -> String {
    let mut lines = vec![format!("{}: {}", criterion.name, criterion.verdict)];
    for m in &criterion.measurements {
        lines.push(format!(
            "  {}: {}, needs {}",
            m.what,
            m.actual_text(),
            m.condition_text()
        ));
    }
    let parts = [
        (
            "reason",
            criterion.verdict.reason().map(|r| r.message.clone()),
        ),
        ("source", criterion.source.clone()),
        ("measured", criterion.measured_at.clone()),
        ("gap", criterion.gap.clone()),
        ("remedy", criterion.remedy.clone()),
        ("exemption", criterion.exemption.clone()),
    ];
    for (name, text) in parts {
        lines.extend(text.map(|text| format!("  {name}: {text}")));
    }
    lines.join("\n")
}

pub(super) fn by(actor: &str) -> By {
    By {
        run: "run".to_owned(),
        actor: Some(actor.to_owned()),
        url: None,
    }
}
