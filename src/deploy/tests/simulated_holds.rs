//! Any order behind a run that went wrong, with a person who holds versions between the two.

use super::{
    simulation::{Asked, Faults, carry_out, check, check_told, faults, held, letter},
    support::{Memory, version},
    world::World,
};
use crate::deploy::{
    Log as _,
    decision::{Point, unfinished},
    log::Trace,
};
use crate::ledger::{Event, Open, State};
use crate::model::{Deployment, DeploymentOutcome as Outcome, Operation, Phase, Version};
use proptest::{collection::vec, prelude::*};

#[derive(Debug, Clone)]
struct Story {
    current: Option<bool>,
    /// What is verified before, the last one active.
    verified: Vec<char>,
    first: Asked,
    faults: Faults,
    held: Vec<char>,
    then: Asked,
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        2 => letter().prop_map(Asked::Deploy),
        1 => prop::option::of(letter()).prop_map(Asked::RollBack),
        1 => Just(Asked::Drill),
    ]
}

fn story() -> impl Strategy<Value = Story> {
    let letters = vec!['a', 'b', 'c'];
    let verified = prop::sample::subsequence(letters, 1..=3).prop_shuffle();
    let current = prop::option::of(any::<bool>());
    let held = vec(letter(), 0..3);
    (current, verified, asked(), faults(), held, asked()).prop_map(
        |(current, verified, first, faults, held, then)| Story {
            current,
            verified,
            first,
            faults,
            held,
            then,
        },
    )
}

/// The version that must be active and verified when an order is carried out without trouble: what
/// was interrupted is brought to its end for an order that it is about, or that is refused.
fn must_be_active(log: &Memory, state: &State, then: &Asked) -> Option<Version> {
    let (Asked::Deploy(letter), Some(open)) = (then, &state.open) else {
        return None;
    };
    let wanted = version(*letter);
    let is_refused = state.hold_of(&wanted).is_some();
    let trace = Trace::of(&log.records(), &open.deployment);
    let point = unfinished(state, open, &trace, true)?;
    let Open {
        version: about,
        operation,
        ..
    } = open;
    match (operation, point) {
        (Operation::Deploy, Point::Rollback) if is_refused || wanted == *about => {
            state.version_before(about).cloned()
        }
        (Operation::Rollback | Operation::Drill, _)
            if is_refused && state.hold_of(about).is_none() =>
        {
            Some(about.clone())
        }
        _ => None,
    }
}

fn is_settled(told: Option<&Deployment>, log: &Memory) -> Result<(), TestCaseError> {
    let told = told.unwrap();
    check_told(told)?;
    let state = log.state();
    if told.outcome != Outcome::Refused {
        prop_assert!(state.open.is_none(), "{:?}", state.open);
    }
    // Nothing goes wrong in this run.
    prop_assert_ne!(told.outcome, Outcome::RollbackFailed, "{:?}", told);
    let is_back = told
        .phases
        .iter()
        .any(|phase| phase.phase == Phase::Rollback);
    if is_back && told.operation == Operation::Deploy {
        prop_assert_eq!(told.outcome, Outcome::RolledBack, "{:?}", told);
        prop_assert!(state.active.unwrap().is_verified);
    }
    Ok(())
}

fn tell(story: &Story) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut log = Memory::default();
        let world = World::new(&[], story.current);
        for letter in &story.verified {
            let world = world.next_run(&[]);
            let asked = Asked::Deploy(*letter);
            let told = carry_out(&world, &mut log, true, &asked).await.unwrap();
            prop_assert_eq!(told.outcome, Outcome::Healthy);
        }
        log.kill_at(story.faults.kill);
        let (before, changes) = (held(&log), world.lock().changes.len());
        let first = world.next_run(&story.faults.phases);
        carry_out(&first, &mut log, true, &story.first).await;
        check(&world, &log, &before, changes)?;
        log.kill_at(None);
        for letter in &story.held {
            log.push(Event::Held {
                version: version(*letter),
                reason: "a person says so".to_owned(),
            });
        }
        let must = must_be_active(&log, &log.state(), &story.then);
        let (before, changes) = (held(&log), world.lock().changes.len());
        let next = world.next_run(&[]);
        let told = carry_out(&next, &mut log, true, &story.then).await;
        check(&world, &log, &before, changes)?;
        is_settled(told.as_ref(), &log)?;
        if let Some(must) = must {
            let active = log.state().active.unwrap();
            prop_assert_eq!((&active.version, active.is_verified), (&must, true));
            let really = world.lock().active.clone();
            prop_assert_eq!(really, Some(must));
        }
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_a_person_holds_between_two_runs_is_not_brought(story in story()) {
        tell(&story)?;
    }
}
