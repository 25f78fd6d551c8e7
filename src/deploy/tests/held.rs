//! Versions that a person holds while a run is under way, or between two runs.

use super::{simulated_case::Case, support::version, world::Fault};
use crate::deploy::Log as _;
use crate::model::DeploymentOutcome as Outcome;

#[tokio::test]
async fn a_killed_drill_does_not_bring_a_held_version_back() {
    for effect in [false, true] {
        let mut case = Case::two_versions(None).await;
        assert!(
            case.drill(&[Fault::Pass, Fault::Kill(effect)])
                .await
                .is_none()
        );
        case.hold('b');
        let refused = case.deploy('b', &[]).await.unwrap();
        assert_eq!(refused.outcome, Outcome::Refused, "{refused:?}");
        assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
        let state = case.log.state();
        assert!(state.open.is_none() && state.active.is_none() && state.is_unknown);
    }
}

#[tokio::test]
async fn a_killed_drill_still_brings_its_version_back_for_a_refused_order() {
    let mut case = Case::two_versions(None).await;
    assert!(
        case.drill(&[Fault::Pass, Fault::Kill(true)])
            .await
            .is_none()
    );
    case.hold('c');
    let refused = case.deploy('c', &[]).await.unwrap();
    assert_eq!(refused.outcome, Outcome::Refused);
    assert_eq!(case.active(), Some(version('b')));
    assert!(case.log.state().active.unwrap().is_verified);
}

#[tokio::test]
async fn a_killed_rollback_by_hand_does_not_bring_a_held_version() {
    for asked in ['a', 'c'] {
        let mut case = Case::two_versions(None).await;
        let killed = case.roll_back_with(Some('a'), &[Fault::Kill(false)]).await;
        assert!(killed.is_none());
        case.hold('a');
        case.hold('c');
        let refused = case.deploy(asked, &[]).await.unwrap();
        assert_eq!(refused.outcome, Outcome::Refused, "{refused:?}");
        assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
    }
}

#[tokio::test]
async fn a_killed_rollback_of_a_deployment_ends_healthy_whatever_is_held() {
    let mut case = Case::two_versions(None).await;
    let faults = [Fault::Pass, Fault::Fail(true), Fault::Kill(false)];
    assert!(case.deploy('c', &faults).await.is_none());
    case.hold('b');
    let next = case.deploy('c', &[]).await.unwrap();
    assert_eq!(next.outcome, Outcome::RolledBack, "{next:?}");
    assert_eq!(case.active(), Some(version('a')));
    assert!(case.log.state().active.unwrap().is_verified);
}

#[tokio::test]
async fn what_is_held_during_the_hooks_before_a_rollback_is_not_gone_back_to() {
    let mut case = Case::two_versions(None).await;
    let faults = [Fault::Pass, Fault::Fail(true), Fault::HeldMeanwhile];
    let ended = case.deploy('c', &faults).await.unwrap();
    assert_eq!(ended.outcome, Outcome::RolledBack, "{ended:?}");
    assert_eq!(case.active(), Some(version('a')));
    assert_eq!(ended.previous, Some(version('a')));
    assert_eq!(case.changes().last().unwrap(), "rollback a");
    // Where no other version is left, the bad one stays, and that is said.
    let mut case = Case::new(&[], None);
    case.deploy('a', &[]).await;
    let ended = case.deploy('b', &faults).await.unwrap();
    assert_eq!(ended.outcome, Outcome::LeftFailed, "{ended:?}");
    assert_eq!(case.active(), Some(version('b')));
}

#[tokio::test]
async fn a_version_that_is_held_during_the_hooks_before_it_is_not_deployed() {
    let mut case = Case::new(&[], None);
    case.deploy('a', &[]).await;
    let kept = case.deploy('b', &[Fault::HeldMeanwhile]).await.unwrap();
    assert_eq!(
        (kept.outcome, kept.verdict.as_str()),
        (Outcome::Refused, "failed")
    );
    insta::assert_snapshot!(kept.message, @"bbbbbbbbbbbb is held since 1970-01-01T00:00:07Z by 7: a person says so");
    insta::assert_snapshot!(kept.phases[0].message, @"bbbbbbbbbbbb is held since 1970-01-01T00:00:07Z by 7: a person says so");
    assert_eq!(kept.active, Some(version('a')));
    assert_eq!(case.changes(), ["deploy a"]);
    let active = case.log.state().active.unwrap();
    assert!(active.is_verified && active.version == version('a'));
}

#[tokio::test]
async fn an_interrupted_deployment_that_is_held_during_the_hooks_is_taken_back() {
    let mut case = Case::new(&[], None);
    case.deploy('a', &[]).await;
    assert!(case.deploy('b', &[Fault::Kill(true)]).await.is_none());
    let back = case.deploy('b', &[Fault::HeldMeanwhile]).await.unwrap();
    assert_eq!(back.outcome, Outcome::RolledBack, "{back:?}");
    assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
    assert_eq!(case.active(), Some(version('a')));
}

#[tokio::test]
async fn a_drill_does_not_return_to_a_version_that_is_held_meanwhile() {
    let mut case = Case::two_versions(None).await;
    // The health before, the way there, and its health.
    let faults = [Fault::Pass, Fault::Pass, Fault::Pass, Fault::HeldMeanwhile];
    let drill = case.drill(&faults).await.unwrap();
    assert_eq!(
        (drill.outcome, drill.verdict.as_str()),
        (Outcome::RollbackFailed, "failed"),
        "{drill:?}"
    );
    let (start, rest) = drill.message.split_once(" since ").unwrap();
    insta::assert_snapshot!(start, @"after a drill bbbbbbbbbbbb could not be brought back: deploy: bbbbbbbbbbbb is held");
    insta::assert_snapshot!(rest.split_once(". ").unwrap().1, @"aaaaaaaaaaaa is active, nothing else is tried, and somebody has to look");
    assert_eq!(case.changes(), ["deploy a", "deploy b", "rollback a"]);
    assert_eq!(case.active(), Some(version('a')));
}
