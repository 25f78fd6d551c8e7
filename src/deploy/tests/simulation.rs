//! Any sequence of orders and faults.

use super::{
    support::{Memory, order, version},
    world::{Change, Fault, Trouble, World},
};
use crate::deploy::{Log as _, RollbackRequest};
use crate::ledger::{Event, Record};
use crate::model::{Deployment, DeploymentOutcome as Outcome, Phase, Verdict, Version};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeSet;

/// What is asked for in one run.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    Deploy(char),
    RollBack(Option<char>),
    Drill,
    Hold(char),
    Release(char),
}

#[derive(Debug, Clone)]
struct Story {
    rolls_back: bool,
    current: Option<bool>,
    planned: Vec<Phase>,
    runs: Vec<(Asked, Faults)>,
}

/// What goes wrong in a run.
#[derive(Debug, Clone)]
pub(super) struct Faults {
    /// In the phases.
    pub(super) phases: Vec<Fault>,
    /// At which record it is killed, and whether that is still written.
    pub(super) kill: Option<(usize, bool)>,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::Pass),
        2 => any::<bool>().prop_map(Fault::Fail),
        1 => Just(Fault::Unmeasurable),
        2 => any::<bool>().prop_map(Fault::Kill),
        1 => any::<bool>().prop_map(Fault::Interrupt),
        1 => Just(Fault::Hook),
        1 => trouble().prop_map(Fault::Behind),
        1 => Just(Fault::HeldMeanwhile),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop::sample::select(vec![
        Trouble::Fails,
        Trouble::CannotStart,
        Trouble::Kill,
        Trouble::Interrupt,
    ])
}

pub(super) fn faults() -> impl Strategy<Value = Faults> {
    let kill = prop::option::weighted(0.3, (0_usize..14, any::<bool>()));
    (vec(fault(), 0..8), kill).prop_map(|(phases, kill)| Faults { phases, kill })
}

pub(super) fn letter() -> impl Strategy<Value = char> {
    prop::sample::select(vec!['a', 'b', 'c'])
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        8 => letter().prop_map(Asked::Deploy),
        1 => prop::option::of(letter()).prop_map(Asked::RollBack),
        1 => Just(Asked::Drill),
        1 => letter().prop_map(Asked::Hold),
        1 => letter().prop_map(Asked::Release),
    ]
}

fn story() -> impl Strategy<Value = Story> {
    let optional = [
        Phase::EndToEndTests,
        Phase::SmokeTest,
        Phase::IntegrationTests,
        Phase::BakeTime,
        Phase::Analysis,
    ];
    (
        prop::bool::weighted(0.8),
        prop::option::of(any::<bool>()),
        prop::sample::subsequence(optional.to_vec(), 0..=optional.len()),
        vec((asked(), faults()), 1..8),
    )
        .prop_map(|(rolls_back, current, planned, runs)| Story {
            rolls_back,
            current,
            planned,
            runs,
        })
}

pub(super) async fn carry_out(
    world: &World,
    log: &mut Memory,
    rolls_back: bool,
    asked: &Asked,
) -> Option<Deployment> {
    let mut order = order(version('a'));
    order.rollback_on_failure = rolls_back;
    match asked {
        Asked::Deploy(letter) => {
            order.version = version(*letter);
            world
                .carry_out(&order, log, |engine| Box::pin(engine.deploy()))
                .await
        }
        Asked::RollBack(to) => {
            let request = RollbackRequest {
                to: to.map(version),
                reason: "it looks wrong".to_owned(),
            };
            world
                .carry_out(&order, log, |engine| {
                    Box::pin(async move { engine.roll_back(&request).await })
                })
                .await
        }
        Asked::Drill => {
            world
                .carry_out(&order, log, |engine| Box::pin(engine.drill()))
                .await
        }
        Asked::Hold(letter) => {
            log.push(Event::Held {
                version: version(*letter),
                reason: "a person says so".to_owned(),
            });
            None
        }
        Asked::Release(letter) => {
            log.push(Event::Released {
                version: version(*letter),
                reason: "a person says so".to_owned(),
            });
            None
        }
    }
}

/// What holds whenever a run has ended, whichever way.
pub(super) fn check(
    world: &World,
    log: &Memory,
    held_before: &[Version],
    changes_before: usize,
) -> Result<(), TestCaseError> {
    let state = log.state();
    let inner = world.lock();
    // The version that is active is the one that the ledger names, or the ledger says that it does
    // not know, or the operation is open.
    if state.open.is_none() {
        match &state.active {
            Some(active) => prop_assert_eq!(Some(&active.version), inner.active.as_ref()),
            None => prop_assert!(state.is_unknown || inner.active.is_none()),
        }
    }
    // No version becomes active but those that the engine brought.
    prop_assert!(
        inner
            .active
            .iter()
            .all(|active| inner.brought.contains(active))
    );
    // A held version is not brought.
    for change in &inner.changes[changes_before..] {
        prop_assert!(!held_before.contains(&change.version), "{change:?} is held");
        prop_assert!(!change.is_held, "{change:?} is held meanwhile");
    }
    Ok(())
}

/// No deploy command is run again for a deployment once its end is written down. Where `current`
/// tells which version is active, it is not run again once it has had its effect either.
fn check_changes(
    changes: &[Change],
    records: &[Record],
    current: Option<bool>,
) -> Result<(), TestCaseError> {
    let mut ended = BTreeSet::new();
    for record in records {
        match &record.event {
            // One that could not be started did not run.
            Event::PhaseEnded {
                deployment,
                phase: Phase::Deploy,
                verdict: Verdict::Passed | Verdict::Warned | Verdict::Failed,
                ..
            } => {
                ended.insert(deployment);
            }
            Event::PhaseStarted {
                deployment,
                phase: Phase::Deploy,
                ..
            } => {
                prop_assert!(
                    !ended.contains(deployment),
                    "{deployment} is deployed again"
                );
            }
            _ => {}
        }
    }
    for (at, change) in changes.iter().enumerate() {
        let is_again = |later: &Change| later.id == change.id && later.phase == change.phase;
        if current == Some(true) && change.phase == Phase::Deploy && change.has_effect {
            prop_assert!(
                !changes[at + 1..].iter().any(is_again),
                "{change:?} came again"
            );
        }
    }
    Ok(())
}

pub(super) fn check_told(told: &Deployment) -> Result<(), TestCaseError> {
    prop_assert!(!told.message.is_empty());
    let rollbacks = told
        .phases
        .iter()
        // One whose version a person held before its command was called is none.
        .filter(|phase| {
            phase.phase == Phase::Rollback && !matches!(phase.verdict, Verdict::Skipped(_))
        });
    prop_assert!(rollbacks.count() <= 1, "a rollback of a rollback: {told:?}");
    let is_bad = !told.verdict.is_pass();
    prop_assert_eq!(
        is_bad
            && told.remedy.is_none()
            && told.outcome != Outcome::NotDeployed
            && told.outcome != Outcome::Refused,
        false,
        "{:?}",
        told
    );
    let failed = |phase: &&crate::model::PhaseRecord| phase.verdict == Verdict::Failed;
    if told.outcome.is_success() {
        prop_assert!(told.phases.iter().find(failed).is_none(), "{told:?}");
        prop_assert_eq!(told.active.as_ref(), Some(&told.version));
    }
    // Only a failure takes a version back.
    if told.operation == crate::model::Operation::Deploy
        && told
            .phases
            .iter()
            .any(|phase| phase.phase == Phase::Rollback)
        && !told.message.contains("interrupted")
    {
        prop_assert!(told.phases.iter().find(failed).is_some(), "{told:?}");
    }
    Ok(())
}

/// The versions that are held.
pub(super) fn held(log: &Memory) -> Vec<Version> {
    let state = log.state();
    let all = ['a', 'b', 'c'].map(version).into_iter();
    all.filter(|version| state.hold_of(version).is_some())
        .collect()
}

fn tell(story: &Story) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::new(&story.planned, story.current);
        let mut log = Memory::default();
        for (asked, faults) in &story.runs {
            log.kill_at(faults.kill);
            let world = world.next_run(&faults.phases);
            let held = held(&log);
            let changes = world.lock().changes.len();
            let told = carry_out(&world, &mut log, story.rolls_back, asked).await;
            check(&world, &log, &held, changes)?;
            if let Some(told) = &told {
                check_told(told)?;
                let state = log.state();
                if state.open.is_none() && told.outcome != Outcome::Refused {
                    prop_assert_eq!(
                        told.active.as_ref(),
                        state.active.as_ref().map(|active| &active.version)
                    );
                }
            }
        }
        // One more run without faults ends settled, whatever was left behind.
        let world = world.next_run(&[]);
        let mut last = log.clone();
        last.kill_at(None);
        let wanted = ['c', 'b', 'a']
            .into_iter()
            .find(|letter| log.state().hold_of(&version(*letter)).is_none());
        let asked = Asked::Deploy(wanted.unwrap_or('c'));
        let told = carry_out(&world, &mut last, story.rolls_back, &asked).await;
        check(&world, &last, &[], 0)?;
        let state = last.state();
        prop_assert!(state.open.is_none(), "{:?}", state.open);
        let told = told.unwrap();
        check_told(&told)?;
        if wanted.is_some()
            && told.outcome != Outcome::RolledBack
            && told.outcome != Outcome::LeftFailed
        {
            prop_assert!(told.outcome.is_success(), "{told:?}");
            let active = state.active.unwrap();
            prop_assert!(active.is_verified);
            let really = world.lock().active.clone();
            prop_assert_eq!(Some(active.version), really);
        }
        check_changes(&world.lock().changes, &last.records(), story.current)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_story_ends_well(story in story()) {
        tell(&story)?;
    }
}
