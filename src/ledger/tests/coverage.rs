//! What integration tests covered.

use super::*;
use crate::ledger::State;
use crate::model::SuiteCoverage;

fn covered(id: &str, phase: Phase, is_rollback: bool, percent: Option<f64>) -> Event {
    let mut event = ends(id, phase, is_rollback, Verdict::Passed);
    if let Event::PhaseEnded { coverage, .. } = &mut event {
        *coverage = percent.map(|percent| SuiteCoverage {
            percent,
            lines_covered: 3,
            lines_total: 4,
            branches_covered: None,
            branches_total: None,
        });
    }
    event
}

fn percent(state: &State, name: &str) -> Option<f64> {
    let known = state.coverage_of(&version(name))?;
    Some(known.coverage.percent)
}

#[test]
fn the_coverage_of_a_version_is_the_one_measured_last() {
    let tests = Phase::IntegrationTests;
    let state = State::of(&records([
        started("1", Operation::Deploy, "a", None),
        covered("1", tests, false, Some(70.0)),
        started("2", Operation::Deploy, "b", None),
        covered("2", tests, false, Some(80.0)),
        started("3", Operation::Deploy, "a", None),
        covered("3", tests, false, Some(75.0)),
        // What was not measured takes nothing back.
        started("4", Operation::Deploy, "a", None),
        covered("4", tests, false, None),
    ]));
    assert_eq!(percent(&state, "a"), Some(75.0));
    assert_eq!(percent(&state, "b"), Some(80.0));
    assert_eq!(percent(&state, "c"), None);
    let known = state.coverage_of(&version("a")).unwrap();
    assert_eq!((known.at, known.deployment.as_str()), (time(300), "3"));
}

#[test]
fn coverage_of_another_phase_or_of_nobody_knows_what_does_not_count() {
    let tests = Phase::IntegrationTests;
    let state = State::of(&records([
        covered("unseen", tests, false, Some(70.0)),
        started("1", Operation::Deploy, "a", Some("b")),
        covered("1", Phase::EndToEndTests, false, Some(70.0)),
        covered("1", tests, true, Some(70.0)),
    ]));
    assert_eq!(state.covered, []);
}

#[test]
fn records_of_earlier_versions_have_no_coverage() {
    let line = r#"{"at":"2026-03-01T10:00:09Z","by":{"run":"r1"},"event":{"kind":"phase_ended","deployment":"1","phase":"integration_tests","is_rollback":false,"verdict":{"verdict":"passed"},"message":"ended"}}"#;
    let record: Record = serde_json::from_str(line).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), line);
    let with = covered("1", Phase::IntegrationTests, false, Some(75.0));
    let text = serde_json::to_string(&with).unwrap();
    assert!(
        text.contains(r#""coverage":{"percent":75.0,"lines_covered":3,"lines_total":4}"#),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), with);
}
