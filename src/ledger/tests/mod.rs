//! Small deployments, written as their records.

mod coverage;
mod fold;
mod holds;
mod properties;

use super::{By, Event, Record};
use crate::model::{DeploymentOutcome, Operation, Phase, Reason, ReasonCode, Verdict, Version};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

pub(super) fn time(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub(super) fn version(name: &str) -> Version {
    Version::of_commit(name.repeat(40))
}

pub(super) fn by(run: &str) -> By {
    By {
        run: run.to_owned(),
        actor: Some("ada".to_owned()),
        url: None,
    }
}

pub(super) fn started(id: &str, operation: Operation, to: &str, previous: Option<&str>) -> Event {
    Event::Started {
        deployment: id.to_owned(),
        operation,
        version: version(to),
        previous: previous.map(version),
        lease_until: time(1_000_000),
        is_hotfix: false,
        hotfix: None,
        approved_by: Vec::new(),
    }
}

pub(super) fn begins(id: &str, phase: Phase, is_rollback: bool) -> Event {
    Event::PhaseStarted {
        deployment: id.to_owned(),
        phase,
        is_rollback,
    }
}

pub(super) fn ends(id: &str, phase: Phase, is_rollback: bool, verdict: Verdict) -> Event {
    Event::PhaseEnded {
        deployment: id.to_owned(),
        phase,
        is_rollback,
        verdict,
        message: String::new(),
        outputs: BTreeMap::new(),
        coverage: None,
    }
}

pub(super) fn ended(id: &str, outcome: DeploymentOutcome, active: Option<&str>) -> Event {
    Event::Ended {
        deployment: id.to_owned(),
        outcome,
        active: active.map(version),
        message: String::new(),
    }
}

pub(super) fn errored() -> Verdict {
    Verdict::Errored(Reason::new(ReasonCode::ToolCrashed, "crashed"))
}

/// The events one minute after the other.
pub(super) fn records(events: impl IntoIterator<Item = Event>) -> Vec<Record> {
    let numbered = (0..).zip(events);
    numbered
        .map(|(minute, event)| Record {
            at: time(minute * 60),
            by: by("run"),
            event,
        })
        .collect()
}

/// A deployment that went well.
pub(super) fn healthy(id: &str, to: &str, previous: Option<&str>) -> Vec<Event> {
    vec![
        started(id, Operation::Deploy, to, previous),
        begins(id, Phase::Deploy, false),
        ends(id, Phase::Deploy, false, Verdict::Passed),
        begins(id, Phase::HealthCheck, false),
        ends(id, Phase::HealthCheck, false, Verdict::Passed),
        ended(id, DeploymentOutcome::Healthy, Some(to)),
    ]
}

/// The lines of all examples in the documentation.
fn documented() -> Vec<&'static str> {
    let blocks = include_str!("../../../docs/ledger.md").split("\n```json\n");
    let blocks = blocks
        .skip(1)
        .filter_map(|block| block.split("\n```").next());
    blocks.flat_map(str::lines).collect()
}

#[test]
fn the_documentation_has_an_example_of_each_record() {
    let (mut kinds, mut samples) = (Vec::new(), 0);
    for line in documented() {
        if let Ok(sample) = serde_json::from_str::<super::Sample>(line) {
            assert_eq!(serde_json::to_string(&sample).unwrap(), line);
            samples += 1;
        } else {
            let record: Record = serde_json::from_str(line).expect(line);
            assert_eq!(serde_json::to_string(&record).unwrap(), line);
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            kinds.push(value["event"]["kind"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(
        kinds,
        [
            "started",
            "phase_started",
            "phase_ended",
            "ended",
            "held",
            "released",
            "approved",
            "demoted"
        ]
    );
    assert_eq!(samples, 2);
}
