//! What follows from the ledger, case by case.

use super::{
    simulated_case::Case,
    support::{Memory, version},
    world::Fault,
};
use crate::deploy::{Log as _, LogError, outputs_of};
use crate::ledger::Event;
use crate::model::{DeploymentOutcome as Outcome, Phase, Verdict};

const NO: &[Phase] = &[];

#[tokio::test]
async fn a_version_that_is_active_and_verified_is_only_looked_at() {
    let mut case = Case::new(NO, None);
    assert_eq!(
        case.deploy('a', &[]).await.unwrap().outcome,
        Outcome::Healthy
    );
    let again = case.deploy('a', &[]).await.unwrap();
    assert_eq!(again.outcome, Outcome::AlreadyActive);
    assert_eq!(case.changes(), ["deploy a"]);
    let sick = case.deploy('a', &[Fault::Fail(false)]).await.unwrap();
    assert_eq!(sick.outcome, Outcome::LeftFailed);
    insta::assert_snapshot!(sick.message, @"aaaaaaaaaaaa was active and verified before, and is not healthy any more: it is broken. Nothing was changed");
    let again = case.deploy('a', &[]).await.unwrap();
    assert_eq!(again.outcome, Outcome::Healthy);
    assert_eq!(case.changes(), ["deploy a", "deploy a"]);
}

#[tokio::test]
async fn a_failed_version_is_held_taken_back_and_refused() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    let bad = case
        .deploy('b', &[Fault::Pass, Fault::Fail(true)])
        .await
        .unwrap();
    assert_eq!(bad.outcome, Outcome::RolledBack);
    insta::assert_snapshot!(bad.message, @"health_check failed: it is broken. It was taken back: aaaaaaaaaaaa is active again and fine");
    assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
    let refused = case.deploy('b', &[]).await.unwrap();
    assert_eq!(refused.outcome, Outcome::Refused);
    assert_eq!(case.changes().len(), 3);
    case.log.push(Event::Released {
        version: version('b'),
        reason: "mended outside".to_owned(),
    });
    let good = case.deploy('b', &[]).await.unwrap();
    assert_eq!(good.outcome, Outcome::Healthy);
}

#[tokio::test]
async fn what_cannot_be_measured_takes_nothing_back() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    let faults = [Fault::Pass, Fault::Unmeasurable];
    let unverified = case.deploy('b', &faults).await.unwrap();
    assert_eq!(unverified.outcome, Outcome::Unverified);
    assert_eq!(unverified.verdict.as_str(), "errored");
    assert_eq!(case.active(), Some(version('b')));
    assert!(case.log.state().holds.is_empty());
}

#[tokio::test]
async fn a_failed_rollback_is_not_rolled_back() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    case.deploy('b', &[]).await;
    let faults = [
        Fault::Pass,
        Fault::Fail(true),
        Fault::Pass,
        Fault::Fail(true),
    ];
    let bad = case.deploy('c', &faults).await.unwrap();
    assert_eq!(bad.outcome, Outcome::RollbackFailed);
    insta::assert_snapshot!(bad.message, @"health_check failed: it is broken. The rollback to bbbbbbbbbbbb did not succeed: health_check: it is broken. bbbbbbbbbbbb is active, nothing else is tried, and somebody has to look");
    assert_eq!(
        case.changes(),
        ["deploy a", "deploy b", "deploy c", "rollback b"]
    );
}

#[tokio::test]
async fn without_a_version_to_go_back_to_it_is_said() {
    let mut case = Case::new(NO, None);
    let bad = case.deploy('a', &[Fault::Fail(true)]).await.unwrap();
    assert_eq!(bad.outcome, Outcome::LeftFailed);
    insta::assert_snapshot!(bad.message, @"deploy failed: it is broken. it is not known which version is active, and it is held: no other version was verified healthy here that could be gone back to");
    assert!(case.log.state().is_unknown);
}

#[tokio::test]
async fn a_hook_before_the_deploy_command_keeps_it_from_being_started() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    let kept = case.deploy('b', &[Fault::Hook]).await.unwrap();
    assert_eq!(kept.outcome, Outcome::NotDeployed);
    assert_eq!(kept.active, Some(version('a')));
    assert_eq!(case.changes(), ["deploy a"]);
    assert!(case.log.state().active.unwrap().is_verified);
}

#[tokio::test]
async fn a_killed_deploy_command_is_asked_about_or_run_again_under_the_same_id() {
    for (current, effect, calls) in [
        (Some(true), true, 1),
        (Some(true), false, 2),
        (None, true, 2),
    ] {
        let mut case = Case::new(NO, current);
        assert!(case.deploy('a', &[Fault::Kill(effect)]).await.is_none());
        let next = case.deploy('a', &[]).await.unwrap();
        assert_eq!(next.outcome, Outcome::Healthy, "{next:?}");
        let inner = case.world.lock();
        assert_eq!(inner.changes.len(), calls);
        assert!(inner.changes.iter().all(|change| change.id == next.id));
    }
}

#[tokio::test]
async fn after_a_kill_in_the_checks_only_the_checks_are_done() {
    let mut case = Case::new(&[Phase::SmokeTest], None);
    let faults = [Fault::Pass, Fault::Pass, Fault::Kill(true)];
    assert!(case.deploy('a', &faults).await.is_none());
    let next = case.deploy('a', &[]).await.unwrap();
    assert_eq!(next.outcome, Outcome::Healthy);
    assert_eq!(case.changes(), ["deploy a"]);
    let phases: Vec<_> = next.phases.iter().map(|phase| phase.phase).collect();
    assert_eq!(phases, [Phase::HealthCheck, Phase::SmokeTest]);
}

#[tokio::test]
async fn a_killed_rollback_is_finished_also_for_an_order_that_is_refused() {
    for held in [false, true] {
        let mut case = Case::new(NO, None);
        case.deploy('a', &[]).await;
        let faults = [Fault::Pass, Fault::Fail(true), Fault::Kill(false)];
        assert!(case.deploy('b', &faults).await.is_none());
        let next = if held {
            case.log.push(Event::Held {
                version: version('c'),
                reason: "by hand".to_owned(),
            });
            case.deploy('c', &[]).await.unwrap()
        } else {
            case.deploy('b', &[]).await.unwrap()
        };
        let expected = if held {
            Outcome::Refused
        } else {
            Outcome::RolledBack
        };
        assert_eq!(next.outcome, expected, "{next:?}");
        assert_eq!(case.active(), Some(version('a')));
        assert_eq!(
            case.changes(),
            ["deploy a", "deploy b", "rollback a", "rollback a"]
        );
    }
}

#[tokio::test]
async fn another_version_closes_what_was_interrupted() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    assert!(case.deploy('b', &[Fault::Kill(true)]).await.is_none());
    let next = case.deploy('c', &[]).await.unwrap();
    assert_eq!(next.outcome, Outcome::Healthy);
    assert_eq!(next.previous, Some(version('a')));
    assert!(!case.log.state().verified.contains(&version('b')));
}

#[tokio::test]
async fn an_interrupted_run_leaves_what_a_killed_one_leaves() {
    let mut case = Case::new(NO, None);
    let faults = [Fault::Pass, Fault::Interrupt(true)];
    let cut = case.deploy('a', &faults).await.unwrap();
    assert_eq!(cut.outcome, Outcome::Interrupted);
    assert!(cut.verdict.is_interrupted());
    let open = case.log.state().open.unwrap();
    assert!(
        open.lease_until <= jiff::Timestamp::now(),
        "the lease is given back"
    );
    let next = case.deploy('a', &[]).await.unwrap();
    assert_eq!((next.outcome, &next.id), (Outcome::Healthy, &cut.id));
    assert_eq!(case.changes(), ["deploy a"]);
}

#[tokio::test]
async fn a_rollback_is_not_interrupted() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    let faults = [Fault::Pass, Fault::Fail(true), Fault::Interrupt(true)];
    let bad = case.deploy('b', &faults).await.unwrap();
    assert_eq!(bad.outcome, Outcome::RolledBack);
}

#[tokio::test]
async fn a_person_goes_back_and_the_version_is_held() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    case.deploy('b', &[]).await;
    case.deploy('c', &[]).await;
    let back = case.roll_back(None).await;
    assert_eq!(
        (back.outcome, back.verdict.as_str()),
        (Outcome::RolledBack, "passed")
    );
    insta::assert_snapshot!(back.message, @"cccccccccccc, which is held now, was taken back: bbbbbbbbbbbb is active and fine");
    let further = case.roll_back(Some('a')).await;
    assert_eq!(further.active, Some(version('a')));
    let nowhere = case.roll_back(None).await;
    assert_eq!(nowhere.outcome, Outcome::Refused);
    insta::assert_snapshot!(nowhere.message, @"there is no version to go back to from aaaaaaaaaaaa that is not held; verified healthy here: cccccccccccc, bbbbbbbbbbbb, aaaaaaaaaaaa");
    assert_eq!(case.log.state().drills.len(), 2);
}

#[tokio::test]
async fn a_drill_goes_there_and_comes_back() {
    let mut case = Case::new(NO, None);
    assert_eq!(case.drill(&[]).await.unwrap().outcome, Outcome::Refused);
    case.deploy('a', &[]).await;
    let alone = case.drill(&[]).await.unwrap();
    insta::assert_snapshot!(alone.message, @"there is no version to go back to from aaaaaaaaaaaa that is not held; verified healthy here: aaaaaaaaaaaa");
    case.deploy('b', &[]).await;
    let drill = case.drill(&[]).await.unwrap();
    assert_eq!(drill.outcome, Outcome::Healthy, "{drill:?}");
    assert_eq!(
        case.changes(),
        ["deploy a", "deploy b", "rollback a", "deploy b"]
    );
    let state = case.log.state();
    assert!(state.drills[0].is_drill && state.active.unwrap().is_verified);
}

#[tokio::test]
async fn a_drill_that_fails_comes_back_all_the_same() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    case.deploy('b', &[]).await;
    let faults = [Fault::Pass, Fault::Pass, Fault::Fail(true)];
    let drill = case.drill(&faults).await.unwrap();
    assert_eq!(
        (drill.outcome, drill.verdict.as_str()),
        (Outcome::RolledBack, "failed")
    );
    assert_eq!(case.active(), Some(version('b')));
    let state = case.log.state();
    assert!(state.drills.is_empty() && state.active.unwrap().is_verified);
    let sick = case.drill(&[Fault::Fail(true)]).await.unwrap();
    assert_eq!(sick.outcome, Outcome::Refused);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_deployed() {
    let mut case = Case::new(NO, None);
    let full = LogError::Failed("the disk is full".to_owned());
    *case.log.fault.lock().unwrap() = Some((0, full));
    let refused = case.deploy('a', &[]).await.unwrap();
    assert_eq!(refused.outcome, Outcome::Refused);
    insta::assert_snapshot!(refused.message, @"the ledger cannot be written: the disk is full");
    assert!(case.changes().is_empty());
}

#[tokio::test]
async fn whoever_is_overtaken_stops_also_in_a_rollback() {
    let mut case = Case::new(NO, None);
    case.deploy('a', &[]).await;
    // The other run comes when the deploy command has begun.
    let from = case.log.records().len() + 2;
    let other = LogError::Overtaken("run 8 is at work".to_owned());
    *case.log.fault.lock().unwrap() = Some((from, other));
    let done = case.deploy('b', &[Fault::Fail(true)]).await.unwrap();
    assert_eq!(done.outcome, Outcome::Interrupted, "{done:?}");
    assert!(
        done.message.ends_with("run 8 is at work"),
        "{}",
        done.message
    );
    assert_eq!(case.changes(), ["deploy a", "deploy b"]);
}

#[tokio::test]
async fn what_a_version_gave_back_is_found_again() {
    let log = Memory::default();
    let start = |id: &str, letter| Event::Started {
        deployment: id.to_owned(),
        operation: crate::model::Operation::Deploy,
        version: version(letter),
        previous: None,
        lease_until: jiff::Timestamp::UNIX_EPOCH,
        is_hotfix: false,
        hotfix: None,
        approved_by: Vec::new(),
    };
    let end = |id: &str, verdict, url: &str| Event::PhaseEnded {
        deployment: id.to_owned(),
        phase: Phase::Deploy,
        is_rollback: false,
        verdict,
        message: String::new(),
        outputs: [("url".to_owned(), url.to_owned())].into(),
        coverage: None,
    };
    log.push(start("1", 'a'));
    log.push(end("1", Verdict::Passed, "http://one"));
    log.push(start("2", 'b'));
    log.push(end("2", Verdict::Passed, "http://two"));
    log.push(start("3", 'a'));
    log.push(end("3", Verdict::Failed, "http://three"));
    let url = |letter| outputs_of(&log.records(), &version(letter)).remove("url");
    assert_eq!(url('a').as_deref(), Some("http://one"));
    assert_eq!(url('b').as_deref(), Some("http://two"));
    assert_eq!(url('c'), None);
}
