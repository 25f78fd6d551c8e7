//! Real commands and real files.

use super::real_case::Case;
use super::support::{shell, version, words};
use crate::config::ProbePolicy;
use crate::deploy::{Log as _, deploy};
use crate::model::{DeploymentOutcome as Outcome, Ended, ErrorKind, Verdict};
use std::time::Duration;

#[tokio::test]
async fn commands_are_told_what_it_is_about() {
    let mut case = Case::new();
    case.order
        .environment
        .env
        .insert("REGION".to_owned(), "eu-{environment}".to_owned());
    case.order.environment.deploy = shell(
        "env | grep -E '^(SPEC2PROD_|REGION)' | grep -v -E '_(PROCESS|OUTPUTS|DEPLOYMENT_ID)=' | sort > told; echo \"$SPEC2PROD_DEPLOYMENT_ID\" > id; echo url=http://127.0.0.1:9/new >> \"$SPEC2PROD_OUTPUTS\"; echo replicas=3 >> \"$SPEC2PROD_OUTPUTS\"",
    );
    case.order.environment.smoke_test = Some(words(&[
        "sh",
        "-c",
        "echo \"$@\" > smoke",
        "{component}",
        "{component}",
        "{path}",
        "{version}",
        "{environment}",
        "{url}",
        "{other}",
    ]));
    let done = case.deploy('a').await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
    insta::assert_snapshot!(case.read("told"), @r"
    REGION=eu-staging
    SPEC2PROD_ARTIFACT_DIGEST=
    SPEC2PROD_ATTEMPT=1
    SPEC2PROD_COMMIT=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    SPEC2PROD_COMPONENT=shop
    SPEC2PROD_ENVIRONMENT=staging
    SPEC2PROD_ENVIRONMENT_URL=http://127.0.0.1:1/shop
    SPEC2PROD_PREVIOUS_VERSION=
    SPEC2PROD_VERSION=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    ");
    assert_eq!(case.read("id").trim(), done.id);
    insta::assert_snapshot!(case.read("smoke"), @"shop src/shop aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa staging http://127.0.0.1:9/new {other}");
    assert_eq!(done.outputs["replicas"], "3");
    assert_eq!(done.url.as_deref(), Some("http://127.0.0.1:9/new"));
}

#[tokio::test]
async fn untrusted_words_reach_no_shell() {
    let mut case = Case::new();
    case.order.version.digest = Some("sha256:$(touch hacked);`touch hacked`".to_owned());
    case.order.environment.smoke_test = Some(words(&["test", "{version}", "!=", "x"]));
    let version = case.order.version.clone();
    let done = deploy(&case.order, &case.means, &mut case.log).await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
    assert_eq!(done.active, Some(version));
    assert!(!case.path().join("hacked").exists());
}

#[tokio::test]
async fn transient_trouble_is_tried_again_and_said() {
    let mut case = Case::new();
    case.order.environment.deploy = shell(
        "echo x >> tries; test $(wc -l < tries) -ge 3 || { echo 'Connection reset by peer' >&2; exit 1; }",
    );
    let done = case.deploy('a').await;
    assert_eq!(
        (done.outcome, done.verdict),
        (Outcome::Healthy, Verdict::Warned)
    );
    let attempts = &done.phases[0].attempts;
    assert_eq!(attempts.len(), 3);
    let Ended::WithError { kind, .. } = &attempts[0].ended else {
        panic!("{attempts:?}");
    };
    assert_eq!(*kind, ErrorKind::Network);
    assert_eq!(attempts[2].exit_status, Some(0));
    assert!(
        case.read("run/logs/staging-deploy.log")
            .contains("reset by peer")
    );
}

#[tokio::test]
async fn a_deploy_command_that_fails_is_taken_back() {
    let mut case = Case::new();
    case.deploy('a').await;
    let good = case.order.environment.deploy.clone();
    let bad = format!(
        "case $SPEC2PROD_COMMIT in b*) echo broken configuration; exit 4;; esac; {}",
        good[2]
    );
    case.order.environment.deploy = shell(&bad);
    let done = case.deploy('b').await;
    assert_eq!(done.outcome, Outcome::RolledBack, "{done:?}");
    assert_eq!(done.phases[0].attempts.len(), 1, "it is not transient");
    assert!(
        done.message
            .contains("exit status 4; its last words: broken configuration"),
        "{}",
        done.message
    );
    assert_eq!(case.calls(), ["deploy a", "deploy a"]);
    assert_eq!(case.read("active").trim(), version('a').commit);
    let state = case.log.state();
    assert_eq!(state.holds[0].version, version('b'));
    assert!(state.active.unwrap().is_verified);
}

#[tokio::test]
async fn the_rollback_has_another_key_and_its_own_command() {
    let mut case = Case::new();
    case.deploy('a').await;
    case.order.environment.rollback = Some(shell(
        "echo \"$SPEC2PROD_COMMIT $SPEC2PROD_PREVIOUS_VERSION $SPEC2PROD_DEPLOYMENT_ID\" > back",
    ));
    case.order.environment.smoke_test = Some(shell("echo no answer; exit 1"));
    let done = case.deploy('b').await;
    assert_eq!(done.outcome, Outcome::RolledBack, "{done:?}");
    let (a, b) = (version('a').commit, version('b').commit);
    assert_eq!(
        case.read("back").trim(),
        format!("{a} {b} {}-rollback", done.id)
    );
}

#[tokio::test]
async fn a_command_that_cannot_be_started_deploys_nothing() {
    let mut case = Case::new();
    case.deploy('a').await;
    case.order.environment.deploy = words(&["no-such-program"]);
    let done = case.deploy('b').await;
    assert_eq!(
        (done.outcome, done.verdict.as_str()),
        (Outcome::NotDeployed, "errored")
    );
    assert_eq!(done.active, Some(version('a')));
    assert!(
        done.message.contains("could not be started"),
        "{}",
        done.message
    );
    assert!(case.log.state().active.unwrap().is_verified);
}

#[tokio::test]
async fn a_smoke_test_can_say_that_it_could_not_find_out() {
    for (script, outcome) in [
        ("exit 1", Outcome::LeftFailed),
        ("exit 75", Outcome::Unverified),
        ("kill -SEGV $$", Outcome::Unverified),
    ] {
        let mut case = Case::new();
        case.order.environment.smoke_test = Some(shell(script));
        let done = case.deploy('a').await;
        assert_eq!(done.outcome, outcome, "{script}: {done:?}");
    }
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_with_its_time() {
    let mut case = Case::new();
    case.deploy('a').await;
    let good = case.order.environment.deploy[2].clone();
    case.order.environment.deploy = shell(&format!(
        "case $SPEC2PROD_COMMIT in b*) sleep 1000;; esac; {good}"
    ));
    // Long enough for the rollback, which has the same time, on a machine that is busy.
    case.order.timeout = Duration::from_secs(8);
    let done = case.deploy('b').await;
    assert_eq!(done.outcome, Outcome::RolledBack, "{done:?}");
    assert!(
        done.phases[0].message.starts_with("not ready within 8 s"),
        "{done:?}"
    );
}

#[tokio::test]
async fn a_version_that_never_starts_is_not_ready() {
    let mut case = Case::new();
    case.order.environment.health_check.probe =
        ProbePolicy::Command(shell("echo starting; exit 1"));
    case.order.environment.health_check.failures = u32::MAX;
    case.order.timeout = Duration::from_secs(2);
    let done = case.deploy('a').await;
    assert_eq!(done.outcome, Outcome::LeftFailed);
    let health = &done.phases[1];
    assert!(
        health.message.starts_with("not ready within 2 s: "),
        "{}",
        health.message
    );
    assert!(health.message.contains("starting"), "{}", health.message);
}
