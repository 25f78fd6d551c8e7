//! What follows from deployments that go well, and from those that do not.

use super::*;
use crate::ledger::{Active, State};
use DeploymentOutcome as Outcome;

fn state(events: impl IntoIterator<Item = Event>) -> State {
    State::of(&records(events))
}

fn active(state: &State) -> Option<(Version, bool)> {
    let active = state.active.as_ref();
    active.map(|active| (active.version.clone(), active.is_verified))
}

/// Version, from, to, verified at; in minutes.
fn periods(state: &State) -> String {
    let minute = |at: Timestamp| at.duration_since(time(0)).as_mins();
    let shown = state.periods.iter().map(|period| {
        let name = &period.version.commit[..1];
        let to = period
            .to
            .map_or("…".to_owned(), |to| minute(to).to_string());
        let verified = period.verified_at.map(minute);
        let verified = verified.map_or("never".to_owned(), |at| at.to_string());
        format!("{name} {}–{to} verified {verified}", minute(period.from))
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn nothing_is_known_of_nothing() {
    assert_eq!(State::of(&[]), State::default());
}

#[test]
fn a_deployment_that_went_well_is_active_and_verified() {
    let state = state(healthy("1", "a", None));
    assert_eq!(active(&state), Some((version("a"), true)));
    assert_eq!(state.verified, [version("a")]);
    assert_eq!(state.open, None);
    assert!(!state.is_unknown);
    insta::assert_snapshot!(periods(&state), @"a 2–… verified 5");
}

#[test]
fn the_next_version_closes_the_period_of_the_one_before() {
    let state = state([healthy("1", "a", None), healthy("2", "b", Some("a"))].concat());
    assert_eq!(active(&state), Some((version("b"), true)));
    assert_eq!(state.verified, [version("a"), version("b")]);
    insta::assert_snapshot!(periods(&state), @"a 2–7 verified 5, b 8–… verified 11");
}

#[test]
fn what_is_active_is_unknown_while_the_deploy_command_runs() {
    let mut events = healthy("1", "a", None);
    events.extend(healthy("2", "b", Some("a")).into_iter().take(2));
    let state = state(events);
    assert_eq!((state.active.clone(), state.is_unknown), (None, true));
    let open = state.open.clone().unwrap();
    assert_eq!(open.version, version("b"));
    assert_eq!(open.previous, Some(version("a")));
    assert_eq!(open.last_phase, Some((Phase::Deploy, false, false)));
    assert!(!open.is_deployed);
    insta::assert_snapshot!(periods(&state), @"a 2–7 verified 5");
}

#[test]
fn a_deploy_command_that_did_not_pass_leaves_it_unknown() {
    for verdict in [Verdict::Failed, errored()] {
        let mut events = healthy("1", "a", None);
        events.extend([
            started("2", Operation::Deploy, "b", Some("a")),
            begins("2", Phase::Deploy, false),
            ends("2", Phase::Deploy, false, verdict),
        ]);
        let state = state(events);
        assert_eq!((state.active.clone(), state.is_unknown), (None, true));
        let open = state.open.unwrap();
        assert_eq!(open.last_phase, Some((Phase::Deploy, false, true)));
        assert!(!open.is_deployed);
    }
}

#[test]
fn after_the_deploy_command_the_version_is_active_and_not_verified() {
    let state = state(healthy("1", "a", None).into_iter().take(3));
    assert_eq!(active(&state), Some((version("a"), false)));
    assert!(state.open.unwrap().is_deployed);
    assert!(state.verified.is_empty());
}

#[test]
fn a_version_that_fails_is_taken_back() {
    let mut events = healthy("1", "a", None);
    events.extend(healthy("2", "b", Some("a")).into_iter().take(4));
    events.extend([
        ends("2", Phase::HealthCheck, false, Verdict::Failed),
        begins("2", Phase::Rollback, true),
        ends("2", Phase::Rollback, true, Verdict::Passed),
        ended("2", Outcome::RolledBack, Some("a")),
        Event::Held {
            version: version("b"),
            reason: "health".to_owned(),
        },
    ]);
    let state = state(events);
    assert_eq!(active(&state), Some((version("a"), true)));
    assert_eq!(state.verified, [version("a")]);
    assert!(state.hold_of(&version("b")).is_some());
    assert!(state.hold_of(&version("a")).is_none());
    insta::assert_snapshot!(periods(&state), @"a 2–7 verified 5, b 8–11 verified never, a 12–… verified 13");
    let [drill] = state.drills.as_slice() else {
        panic!("{:?}", state.drills)
    };
    assert_eq!(
        (&drill.from, &drill.to, drill.is_drill),
        (&version("b"), &version("a"), false)
    );
}

#[test]
fn a_rollback_that_failed_leaves_nothing_known_unless_the_record_says_so() {
    let mut events = healthy("1", "a", None);
    events.extend(healthy("2", "b", Some("a")).into_iter().take(3));
    events.extend([
        begins("2", Phase::Rollback, true),
        ends("2", Phase::Rollback, true, Verdict::Failed),
    ]);
    let with = |known: Option<&str>| {
        let end = ended("2", Outcome::RollbackFailed, known);
        state(events.iter().cloned().chain([end]))
    };
    let unknown = with(None);
    assert_eq!((active(&unknown), unknown.is_unknown), (None, true));
    assert_eq!(active(&with(Some("a"))), Some((version("a"), false)));
    assert!(unknown.drills.is_empty());
}

#[test]
fn a_version_left_active_is_not_verified_any_more() {
    let mut events = [healthy("1", "a", None), healthy("2", "b", Some("a"))].concat();
    events.extend(healthy("3", "b", Some("a")).into_iter().take(4));
    events.push(ended("3", Outcome::LeftFailed, Some("b")));
    let state = state(events);
    assert_eq!(active(&state), Some((version("b"), false)));
    assert_eq!(state.verified, [version("a")]);
    insta::assert_snapshot!(periods(&state), @"a 2–7 verified 5, b 8–16 verified 11, b 16–… verified never");
}

#[test]
fn a_failed_deploy_command_that_is_left_is_not_known_to_be_active() {
    let state = state([
        started("1", Operation::Deploy, "a", None),
        begins("1", Phase::Deploy, false),
        ends("1", Phase::Deploy, false, Verdict::Failed),
        ended("1", Outcome::LeftFailed, None),
    ]);
    assert_eq!((active(&state), state.is_unknown), (None, true));
}

#[test]
fn the_same_version_again_does_not_begin_a_new_period() {
    let twice = state([healthy("1", "a", None), healthy("2", "a", None)].concat());
    insta::assert_snapshot!(periods(&twice), @"a 2–… verified 5");
    assert_eq!(twice.active.unwrap().since, time(120));

    let mut looked_at_again = healthy("1", "a", None);
    looked_at_again.extend([
        started("2", Operation::Deploy, "a", None),
        begins("2", Phase::HealthCheck, false),
        ends("2", Phase::HealthCheck, false, Verdict::Passed),
        ended("2", Outcome::AlreadyActive, Some("a")),
    ]);
    let again = state(looked_at_again);
    insta::assert_snapshot!(periods(&again), @"a 2–… verified 5");
    assert_eq!(active(&again), Some((version("a"), true)));
}

#[test]
fn another_command_in_between_does_begin_one() {
    let mut events = healthy("1", "a", None);
    events.extend([
        started("2", Operation::Deploy, "a", None),
        begins("2", Phase::Deploy, false),
        ended("2", Outcome::Interrupted, None),
        started("3", Operation::Deploy, "b", Some("a")),
        begins("3", Phase::Deploy, false),
        ends("3", Phase::Deploy, false, Verdict::Failed),
        ended("3", Outcome::Interrupted, None),
    ]);
    events.extend(healthy("4", "a", None));
    insta::assert_snapshot!(periods(&state(events)), @"a 2–7 verified 5, a 15–… verified 18");
}

#[test]
fn where_nothing_was_touched_nothing_changes() {
    let before = healthy("1", "a", None);
    let known = state(before.clone());
    for outcome in [Outcome::Refused, Outcome::NotDeployed] {
        let refused = [
            started("2", Operation::Deploy, "b", Some("a")),
            ended("2", outcome, Some("a")),
        ];
        assert_eq!(state(before.iter().cloned().chain(refused)), known);
        let not_started = [
            started("2", Operation::Deploy, "b", Some("a")),
            begins("2", Phase::Deploy, false),
            ends("2", Phase::Deploy, false, errored()),
            ended("2", outcome, Some("a")),
        ];
        assert_eq!(state(before.iter().cloned().chain(not_started)), known);
    }
    let never = state([
        started("1", Operation::Deploy, "a", None),
        begins("1", Phase::Deploy, false),
        ended("1", Outcome::NotDeployed, None),
    ]);
    assert_eq!(never, State::default());
}

#[test]
fn an_interrupted_deployment_is_closed_without_verifying_anything() {
    let before = healthy("1", "a", None);
    let second = healthy("2", "b", Some("a"));
    let cut = |count: usize, known: Option<&str>| {
        let end = ended("2", Outcome::Interrupted, known);
        let events = before.iter().chain(second.iter().take(count)).cloned();
        state(events.chain([end]))
    };
    let untouched = cut(1, Some("a"));
    assert_eq!(active(&untouched), Some((version("a"), true)));
    let during = cut(2, None);
    assert_eq!((active(&during), during.is_unknown), (None, true));
    assert_eq!(active(&cut(2, Some("b"))), Some((version("b"), false)));
    assert_eq!(active(&cut(4, None)), Some((version("b"), false)));
    assert_eq!(cut(4, Some("b")).verified, [version("a")]);
    assert_eq!(cut(4, Some("b")).open, None);
}

#[test]
fn a_version_that_could_not_be_measured_is_active_and_not_verified() {
    let mut events = healthy("1", "a", None);
    events.extend(healthy("2", "b", Some("a")).into_iter().take(4));
    events.push(ended("2", Outcome::Unverified, Some("b")));
    let state = state(events);
    assert_eq!(active(&state), Some((version("b"), false)));
    assert_eq!(state.verified, [version("a")]);
    assert_eq!(state.version_before(&version("b")), Some(&version("a")));
}

#[test]
fn a_drill_shows_that_the_rollback_works() {
    let mut events = [healthy("1", "a", None), healthy("2", "b", Some("a"))].concat();
    events.extend([
        started("3", Operation::Drill, "b", Some("a")),
        begins("3", Phase::Rollback, true),
        ends("3", Phase::Rollback, true, Verdict::Passed),
        begins("3", Phase::Deploy, false),
        ends("3", Phase::Deploy, false, Verdict::Passed),
        ended("3", Outcome::Healthy, Some("b")),
    ]);
    let state = state(events);
    assert_eq!(active(&state), Some((version("b"), true)));
    let drill = &state.drills[0];
    assert_eq!(
        (&drill.from, &drill.to, drill.is_drill, drill.at),
        (&version("b"), &version("a"), true, time(17 * 60))
    );
    insta::assert_snapshot!(periods(&state), @"a 2–7 verified 5, b 8–13 verified 11, a 14–15 verified never, b 16–… verified 17");
}

#[test]
fn a_rollback_by_hand_brings_the_version_it_names() {
    let mut events = [healthy("1", "a", None), healthy("2", "b", Some("a"))].concat();
    events.extend([
        started("3", Operation::Rollback, "a", Some("a")),
        begins("3", Phase::Rollback, true),
        ends("3", Phase::Rollback, true, Verdict::Passed),
        ended("3", Outcome::Healthy, Some("a")),
    ]);
    let state = state(events);
    assert_eq!(active(&state), Some((version("a"), true)));
    assert_eq!(state.verified, [version("b"), version("a")]);
    assert_eq!(
        (&state.drills[0].from, &state.drills[0].to),
        (&version("b"), &version("a"))
    );
    assert!(!state.drills[0].is_drill);
}

#[test]
fn a_run_that_takes_over_has_the_lease_and_knows_what_was_done() {
    let mut records = records(healthy("1", "a", None).into_iter().take(4));
    records.push(Record {
        at: time(10_000),
        by: by("second"),
        event: Event::Started {
            deployment: "1".to_owned(),
            operation: Operation::Deploy,
            version: version("a"),
            previous: None,
            lease_until: time(2_000_000),
            is_hotfix: false,
            hotfix: None,
            approved_by: Vec::new(),
        },
    });
    let open = State::of(&records).open.unwrap();
    assert_eq!(
        (open.by.run.as_str(), open.lease_until),
        ("second", time(2_000_000))
    );
    assert_eq!(open.last_phase, Some((Phase::HealthCheck, false, false)));
    assert!(open.is_deployed);
}

#[test]
fn a_deploy_command_that_began_again_has_not_ended() {
    let mut events: Vec<Event> = healthy("1", "a", None).into_iter().take(3).collect();
    events.push(begins("1", Phase::Deploy, false));
    let state = state(events);
    assert!(!state.open.unwrap().is_deployed);
    assert!(state.is_unknown);
}

#[test]
fn only_the_last_deployment_that_began_is_open() {
    let both = state([
        started("1", Operation::Deploy, "a", None),
        started("2", Operation::Deploy, "b", None),
    ]);
    assert_eq!(both.open.unwrap().deployment, "2");
    let ended_first = state([
        ended("1", Outcome::Interrupted, None),
        started("1", Operation::Deploy, "a", None),
    ]);
    assert_eq!(ended_first.open, None);
}

#[test]
fn a_phase_that_nobody_saw_begin_is_one_all_the_same() {
    let state = state([ends("x", Phase::Deploy, false, Verdict::Passed)]);
    assert_eq!((active(&state), state.is_unknown), (None, true));
}

#[test]
fn records_of_two_machines_give_one_state() {
    let all = records([healthy("1", "a", None), healthy("2", "b", Some("a"))].concat());
    let expected = State::of(&all);
    let mut merged: Vec<Record> = all.iter().rev().cloned().collect();
    merged.extend(all.iter().take(7).cloned());
    assert_eq!(State::of(&merged), expected);
    assert_eq!(
        expected.active,
        Some(Active {
            version: version("b"),
            since: time(480),
            is_verified: true
        })
    );
}

#[test]
fn what_was_lost_is_not_found_by_an_operation_that_touches_nothing() {
    let lost = [
        started("1", Operation::Deploy, "a", None),
        begins("1", Phase::Deploy, false),
        ended("1", Outcome::LeftFailed, None),
    ];
    let killed = [
        started("1", Operation::Deploy, "a", None),
        begins("1", Phase::Deploy, false),
        ended("1", Outcome::Interrupted, None),
    ];
    for before in [lost, killed] {
        let refused = [
            started("2", Operation::Deploy, "b", None),
            ended("2", Outcome::NotDeployed, None),
        ];
        let not_started = [
            started("2", Operation::Deploy, "b", None),
            begins("2", Phase::Deploy, false),
            ends("2", Phase::Deploy, false, errored()),
            ended("2", Outcome::NotDeployed, None),
        ];
        for after in [refused.to_vec(), not_started.to_vec()] {
            let state = state([before.to_vec(), after].concat());
            assert_eq!((state.active.clone(), state.is_unknown), (None, true));
        }
    }
}
