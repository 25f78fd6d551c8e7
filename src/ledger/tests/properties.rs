//! Whatever the records are.

use super::*;
use crate::ledger::{Approval, State};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "d"])
}

fn maybe_names() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(names())
}

fn ids() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["1", "2", "3", "4"])
}

fn phases() -> impl Strategy<Value = Phase> {
    prop::sample::select(Phase::ALL.to_vec())
}

fn operations() -> impl Strategy<Value = Operation> {
    prop::sample::select(vec![
        Operation::Deploy,
        Operation::Rollback,
        Operation::Drill,
    ])
}

fn outcomes() -> impl Strategy<Value = DeploymentOutcome> {
    use DeploymentOutcome as Outcome;
    prop::sample::select(vec![
        Outcome::Healthy,
        Outcome::AlreadyActive,
        Outcome::Unverified,
        Outcome::LeftFailed,
        Outcome::RolledBack,
        Outcome::RollbackFailed,
        Outcome::Refused,
        Outcome::NotDeployed,
        Outcome::Interrupted,
    ])
}

fn verdicts() -> impl Strategy<Value = Verdict> {
    prop::sample::select(vec![
        Verdict::Passed,
        Verdict::Warned,
        Verdict::Failed,
        errored(),
    ])
}

fn held(name: &str) -> Event {
    Event::Held {
        version: version(name),
        reason: "bad".to_owned(),
    }
}

fn released(name: &str) -> Event {
    Event::Released {
        version: version(name),
        reason: "good".to_owned(),
    }
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (ids(), operations(), names(), maybe_names())
            .prop_map(|(id, operation, to, previous)| started(id, operation, to, previous)),
        3 => (ids(), phases(), any::<bool>()).prop_map(|(id, phase, back)| begins(id, phase, back)),
        3 => (ids(), phases(), any::<bool>(), verdicts())
            .prop_map(|(id, phase, back, verdict)| ends(id, phase, back, verdict)),
        3 => (ids(), outcomes(), maybe_names())
            .prop_map(|(id, outcome, active)| ended(id, outcome, active)),
        1 => names().prop_map(held),
        1 => names().prop_map(released),
        1 => names().prop_map(|name| Event::Approved(Approval {
            version: version(name),
            approver: "grace".to_owned(),
            reason: "fine".to_owned(),
        })),
        1 => names().prop_map(|name| Event::Demoted {
            version: version(name),
            reason: "uptime".to_owned(),
        }),
    ]
}

/// Any events, in the order of their times.
fn in_order() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(events(), 0..40).prop_map(records)
}

/// The versions that some record names as one that may be active.
fn named(records: &[Record]) -> BTreeSet<Version> {
    let versions = records.iter().flat_map(|record| match &record.event {
        Event::Started {
            version, previous, ..
        } => vec![Some(version.clone()), previous.clone()],
        Event::Ended { active, .. } => vec![active.clone()],
        _ => Vec::new(),
    });
    versions.flatten().collect()
}

/// The versions that an end says, or lets conclude, are healthy.
fn may_be_verified(records: &[Record]) -> BTreeSet<Version> {
    let healthy: Vec<(&String, &Option<Version>)> = records
        .iter()
        .filter_map(|record| match &record.event {
            Event::Ended {
                deployment,
                outcome:
                    DeploymentOutcome::Healthy
                    | DeploymentOutcome::AlreadyActive
                    | DeploymentOutcome::RolledBack,
                active,
                ..
            } => Some((deployment, active)),
            _ => None,
        })
        .collect();
    let begun = records.iter().flat_map(|record| match &record.event {
        Event::Started {
            deployment,
            version,
            previous,
            ..
        } if healthy.iter().any(|(id, _)| *id == deployment) => {
            vec![Some(version.clone()), previous.clone()]
        }
        _ => Vec::new(),
    });
    let said = healthy.iter().map(|(_, active)| (*active).clone());
    begun.chain(said).flatten().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_active_version_is_one_that_was_named(records in in_order()) {
        let state = State::of(&records);
        match &state.active {
            Some(active) => {
                prop_assert!(!state.is_unknown);
                prop_assert!(named(&records).contains(&active.version));
                prop_assert!(!active.is_verified || state.verified.contains(&active.version));
            }
            None => {
                let has_moved = !state.periods.is_empty();
                prop_assert!(state.is_unknown || !has_moved);
            }
        }
    }

    #[test]
    fn only_what_was_shown_to_be_healthy_is_verified(records in in_order()) {
        let state = State::of(&records);
        let allowed = may_be_verified(&records);
        prop_assert!(state.verified.iter().all(|version| allowed.contains(version)));
        let distinct: BTreeSet<&Version> = state.verified.iter().collect();
        prop_assert_eq!(distinct.len(), state.verified.len());
    }

    #[test]
    fn a_version_is_held_from_its_hold_to_its_release(records in in_order()) {
        let state = State::of(&records);
        for name in ["a", "b", "c", "d"] {
            let last = records.iter().rev().find_map(|record| match &record.event {
                Event::Held { version: held, .. } if *held == version(name) => Some(true),
                Event::Released { version: released, .. } if *released == version(name) => Some(false),
                _ => None,
            });
            let is_held = state.holds.iter().any(|hold| hold.version == version(name));
            prop_assert_eq!(is_held, last == Some(true));
        }
    }

    #[test]
    fn what_is_open_has_begun_last_and_not_ended(records in in_order()) {
        let state = State::of(&records);
        if let Some(open) = &state.open {
            let has_ended = records.iter().any(|record| {
                matches!(&record.event, Event::Ended { deployment, .. } if *deployment == open.deployment)
            });
            prop_assert!(!has_ended);
            let is_first = |record: &&Record| {
                matches!(&record.event, Event::Started { deployment, .. } if *deployment == open.deployment)
            };
            prop_assert!(records.iter().any(|record| is_first(&record)));
            let has_passed = records.iter().any(|record| matches!(
                &record.event,
                Event::PhaseEnded { deployment, phase: Phase::Deploy, is_rollback: false, verdict, .. }
                    if *deployment == open.deployment && verdict.is_pass()
            ));
            prop_assert!(!open.is_deployed || has_passed);
        }
    }

    #[test]
    fn periods_follow_one_another(records in in_order()) {
        let state = State::of(&records);
        for pair in state.periods.windows(2) {
            prop_assert!(pair[0].to.is_some_and(|to| to <= pair[1].from), "{:?}", state.periods);
        }
        for period in &state.periods {
            prop_assert!(period.to.is_none_or(|to| to >= period.from));
            prop_assert!(period.verified_at.is_none_or(|at| at >= period.from));
        }
        let last = state.periods.last().filter(|period| period.to.is_none());
        let last = last.map(|period| (&period.version, period.from));
        let active = state.active.as_ref().map(|active| (&active.version, active.since));
        prop_assert_eq!(last, active);
    }

    #[test]
    fn the_order_of_the_lines_and_repetitions_do_not_matter(
        (ordered, shuffled) in in_order()
            .prop_flat_map(|records| {
                let twice = [records.clone(), records.clone()].concat();
                (Just(records), Just(twice).prop_shuffle())
            })
    ) {
        prop_assert_eq!(State::of(&shuffled), State::of(&ordered));
    }

    #[test]
    fn a_move_that_did_not_end_leaves_the_active_version_unknown(
        mut before in prop::collection::vec(events(), 0..20),
        id in ids(),
        phase in prop::sample::select(vec![Phase::Deploy, Phase::Rollback]),
        is_rollback in any::<bool>(),
    ) {
        before.push(begins(id, phase, is_rollback));
        let state = State::of(&records(before.clone()));
        prop_assert!(state.active.is_none() && state.is_unknown);
        before.push(ends(id, phase, is_rollback, Verdict::Failed));
        let state = State::of(&records(before));
        prop_assert!(state.active.is_none() && state.is_unknown);
    }

    #[test]
    fn a_record_reads_as_it_was_written(event in events()) {
        let [record] = <[Record; 1]>::try_from(records([event])).unwrap();
        let line = serde_json::to_string(&record).unwrap();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record);
    }
}
