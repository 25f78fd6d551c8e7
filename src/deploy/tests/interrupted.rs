//! What the next run makes of one that was killed.

use super::{simulated_case::Case, support::version, world::Fault};
use crate::deploy::{Log as _, settle::is_version};
use crate::model::{DeploymentOutcome as Outcome, Version};

#[tokio::test]
async fn a_settled_rollback_that_did_not_end_well_is_told_where_the_order_is_refused() {
    for (fault, outcome) in [
        (Fault::Fail(true), Outcome::RollbackFailed),
        (Fault::Unmeasurable, Outcome::RollbackFailed),
        (Fault::Pass, Outcome::Refused),
    ] {
        let mut case = Case::two_versions(None).await;
        let killed = [Fault::Pass, Fault::Fail(true), Fault::Kill(false)];
        assert!(case.deploy('c', &killed).await.is_none());
        case.hold('d');
        let told = case.deploy('d', &[Fault::Pass, fault]).await.unwrap();
        assert_eq!(told.outcome, outcome, "{told:?}");
        assert!(
            told.message.contains("dddddddddddd is held"),
            "{}",
            told.message
        );
        if outcome == Outcome::RollbackFailed {
            assert_eq!(told.version, version('c'));
            assert_eq!(told.verdict.as_str(), "failed");
        }
        assert!(case.log.state().open.is_none());
    }
}

#[tokio::test]
async fn a_rollback_that_passed_counts_only_for_the_version_that_it_brought() {
    for (current, calls) in [(None, 2), (Some(true), 2)] {
        let mut case = Case::two_versions(current).await;
        // Killed in the health check of the way back.
        let faults = [
            Fault::Pass,
            Fault::Fail(true),
            Fault::Pass,
            Fault::Kill(true),
        ];
        assert!(case.deploy('c', &faults).await.is_none());
        case.hold('b');
        let next = case.deploy('c', &[]).await.unwrap();
        assert_eq!(next.outcome, Outcome::RolledBack, "{next:?}");
        assert_eq!(next.previous, Some(version('a')));
        let changes = case.changes();
        assert_eq!(
            changes[changes.len() - calls..],
            ["rollback b", "rollback a"]
        );
        assert_eq!(case.world.lock().active, Some(version('a')));
        assert_eq!(case.active(), Some(version('a')));
    }
}

#[tokio::test]
async fn a_rollback_that_passed_is_not_done_again() {
    let mut case = Case::two_versions(None).await;
    let faults = [
        Fault::Pass,
        Fault::Fail(true),
        Fault::Pass,
        Fault::Kill(true),
    ];
    assert!(case.deploy('c', &faults).await.is_none());
    let next = case.deploy('c', &[]).await.unwrap();
    assert_eq!(next.outcome, Outcome::RolledBack, "{next:?}");
    assert_eq!(
        case.changes(),
        ["deploy a", "deploy b", "deploy c", "rollback b"]
    );
}

#[tokio::test]
async fn the_ledger_knows_which_version_a_rollback_brings_that_another_run_goes_on_with() {
    let mut case = Case::two_versions(None).await;
    assert!(case.deploy('c', &[Fault::Kill(true)]).await.is_none());
    case.hold('b');
    case.hold('c');
    let killed = [Fault::Pass, Fault::Kill(true)];
    assert!(case.deploy('c', &killed).await.is_none());
    assert_eq!(case.world.lock().active, Some(version('a')));
    // Its rollback command has ended, and its health check has not.
    let state = case.log.state();
    assert_eq!(state.active.unwrap().version, version('a'));
    assert_eq!(state.open.unwrap().previous, Some(version('a')));
}

#[tokio::test]
async fn a_person_goes_back_from_the_version_that_is_active() {
    // The run is killed at its second record: the beginning of the deploy command.
    for is_started in [false, true] {
        let mut case = Case::two_versions(None).await;
        case.log.kill_at(Some((1, is_started)));
        assert!(case.deploy('c', &[]).await.is_none());
        case.log.kill_at(None);
        let back = case.roll_back(None).await;
        let (from, to) = match is_started {
            false => ('b', 'a'),
            true => ('c', 'b'),
        };
        assert_eq!(
            (back.outcome, &back.previous, &back.active),
            (
                Outcome::RolledBack,
                &Some(version(from)),
                &Some(version(to))
            ),
            "{back:?}"
        );
        let holds = case.log.state().holds;
        assert_eq!(holds.len(), 1);
        assert_eq!(holds[0].version, version(from));
    }
}

#[tokio::test]
async fn a_person_goes_back_from_where_a_deploy_command_could_not_be_started() {
    let mut case = Case::two_versions(None).await;
    // Killed at the record that says how it ended.
    case.log.kill_at(Some((3, false)));
    assert!(case.deploy('c', &[Fault::Unmeasurable]).await.is_none());
    case.log.kill_at(None);
    let back = case.roll_back(None).await;
    assert_eq!(back.previous, Some(version('b')), "{back:?}");
    assert_eq!(back.active, Some(version('a')));
}

#[tokio::test]
async fn a_person_goes_back_from_the_version_of_a_drill() {
    let mut case = Case::two_versions(None).await;
    let killed = case.drill(&[Fault::Pass, Fault::Kill(false)]).await;
    assert!(killed.is_none());
    let back = case.roll_back(None).await;
    assert_eq!(back.outcome, Outcome::RolledBack, "{back:?}");
    assert_eq!(back.previous, Some(version('b')));
    assert_eq!(back.active, Some(version('a')));
}

#[test]
fn a_commit_does_not_prove_which_of_its_artifacts_is_active() {
    let commit = version('a');
    let artifact = Version {
        digest: Some("sha256:1".to_owned()),
        ..version('a')
    };
    let says = |name: &str, version: &Version| is_version(Some(&Ok(name.to_owned())), version);
    assert!(says(&commit.commit, &commit));
    assert!(says("sha256:1", &artifact));
    assert!(!says("sha256:2", &artifact));
    assert!(!says(&commit.commit, &artifact));
    assert!(!is_version(Some(&Err(commit.commit.clone())), &commit));
    assert!(!is_version(None, &commit));
}
