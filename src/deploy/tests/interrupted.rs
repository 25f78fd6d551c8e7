//! What the next run makes of one that was killed.

use super::{simulated_case::Case, support::version, world::Fault};
use crate::deploy::{Log as _, settle::is_version};
use crate::model::{DeploymentOutcome as Outcome, Version};

/// With `a` and `b` verified, and `b` active.
async fn two_versions(current: Option<bool>) -> Case {
    let mut case = Case::new(&[], current);
    case.deploy('a', &[]).await;
    case.deploy('b', &[]).await;
    case
}

#[tokio::test]
async fn a_settled_rollback_that_did_not_end_well_is_told_where_the_order_is_refused() {
    for (fault, outcome) in [
        (Fault::Fail(true), Outcome::RollbackFailed),
        (Fault::Unmeasurable, Outcome::RollbackFailed),
        (Fault::Pass, Outcome::Refused),
    ] {
        let mut case = two_versions(None).await;
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
