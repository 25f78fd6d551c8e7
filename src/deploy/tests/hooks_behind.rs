//! Hooks behind the deploy command, and what they leave of what that command did.

use super::{
    real_case::Case as RealCase,
    simulated_case::Case,
    support::{shell, version, words},
    world::{Fault, Trouble},
};
use crate::config::{HookMoment, HookPolicy, OnHookFailure};
use crate::deploy::Log as _;
use crate::ledger::Event;
use crate::model::{DeploymentOutcome as Outcome, Phase, RuleSource, Verdict};
use std::time::Duration;

fn hook(command: Vec<String>) -> HookPolicy {
    HookPolicy {
        moment: HookMoment::After(Phase::Deploy),
        command,
        on_failure: OnHookFailure::Fail,
        rule: RuleSource::Default,
    }
}

#[tokio::test]
async fn one_that_cannot_be_started_takes_nothing_back() {
    let mut case = RealCase::new();
    case.deploy('a').await;
    case.order.environment.hooks = vec![hook(words(&["no-such-program"]))];
    let done = case.deploy('b').await;
    assert_eq!(
        (done.outcome, done.verdict.as_str()),
        (Outcome::Unverified, "errored"),
        "{done:?}"
    );
    assert_eq!(done.active, Some(version('b')));
    assert_eq!(case.read("active").trim(), version('b').commit);
    let state = case.log.state();
    assert!(state.holds.is_empty());
    assert_eq!(state.active.unwrap().version, version('b'));
}

#[tokio::test]
async fn one_that_fails_takes_the_version_back_of_which_is_known_that_it_is_active() {
    let mut case = Case::new(&[], None);
    case.deploy('a', &[]).await;
    let faults = [Fault::Behind(Trouble::Fails)];
    let bad = case.deploy('b', &faults).await.unwrap();
    assert_eq!(bad.outcome, Outcome::RolledBack);
    assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
    let alone = &mut Case::new(&[], None);
    let left = alone.deploy('a', &faults).await.unwrap();
    assert_eq!(
        (left.outcome, left.active),
        (Outcome::LeftFailed, Some(version('a')))
    );
}

#[tokio::test]
async fn after_an_interruption_in_one_the_deploy_command_is_not_called_again() {
    let mut case = RealCase::new();
    case.deploy('a').await;
    let good = vec![hook(shell("echo $SPEC2PROD_COMMIT >> behind"))];
    let marker = case.path().join("begun");
    case.order.environment.hooks = vec![hook(shell("touch begun; sleep 1000"))];
    let cancel = case.means.cancel.clone();
    let (cut, ()) = tokio::join!(case.deploy('b'), async {
        while !marker.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        cancel.cancel();
    });
    assert_eq!(
        (cut.outcome, &cut.active),
        (Outcome::Interrupted, &Some(version('b')))
    );
    let state = case.log.state();
    assert_eq!(state.active.unwrap().version, version('b'));
    case.means.cancel = tokio_util::sync::CancellationToken::new();
    case.order.environment.hooks = good;
    let next = case.deploy('b').await;
    assert_eq!(
        (next.outcome, &next.id),
        (Outcome::Healthy, &cut.id),
        "{next:?}"
    );
    assert_eq!(case.calls(), ["deploy a", "deploy b"]);
    // Nobody saw the end of the hook, so it is run again.
    assert_eq!(case.read("behind").trim(), version('b').commit);
}

#[tokio::test]
async fn after_a_kill_in_one_only_the_hooks_and_the_checks_are_done_again() {
    for (trouble, outcome) in [
        (None, Outcome::Healthy),
        (Some(Trouble::Fails), Outcome::RolledBack),
        (Some(Trouble::CannotStart), Outcome::Unverified),
    ] {
        let mut case = Case::new(&[], None);
        case.deploy('a', &[]).await;
        let kill = [Fault::Behind(Trouble::Kill)];
        assert!(case.deploy('b', &kill).await.is_none());
        case.world.lock().behind_deploy = 0;
        let next = case.deploy_again('b', trouble).await;
        assert_eq!(next.outcome, outcome, "{next:?}");
        assert_eq!(case.changes()[..2], ["deploy a", "deploy b"]);
        assert!(!case.changes()[2..].contains(&"deploy b".to_owned()));
        assert_eq!(case.world.lock().behind_deploy, 1);
        assert_eq!(next.phases[0].phase, Phase::Deploy);
    }
}

#[tokio::test]
async fn one_that_was_interrupted_leaves_the_version_active_for_another_order() {
    let mut case = Case::new(&[], None);
    case.deploy('a', &[]).await;
    let cut = [Fault::Behind(Trouble::Interrupt)];
    let cut = case.deploy('b', &cut).await.unwrap();
    assert_eq!(cut.outcome, Outcome::Interrupted);
    case.hold('c');
    let refused = case.deploy('c', &[]).await.unwrap();
    assert_eq!(refused.outcome, Outcome::Refused);
    let said = case.log.records().into_iter().rev();
    let said = said.map(|record| record.event);
    let mut ended = said.filter_map(|event| match event {
        Event::Ended { active, .. } => Some(active),
        _ => None,
    });
    assert_eq!(ended.next(), Some(Some(version('b'))));
    let state = case.log.state();
    assert_eq!(state.active.unwrap().version, version('b'));
    assert_ne!(cut.verdict, Verdict::Failed);
}
