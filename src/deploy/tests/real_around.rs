//! What is around the commands: hooks, suites, breaker, interruption, rollbacks by hand.

use super::real_case::Case;
use super::support::{shell, version};
use crate::config::{HookMoment, HookPolicy, OnHookFailure};
use crate::deploy::{
    DeploymentEvent, Log as _, RollbackRequest, SuiteAnswer, SuiteCall, drill, roll_back,
};
use crate::model::{
    DeploymentOutcome as Outcome, EnvironmentName, Phase, RuleSource, SuiteCoverage, SuiteResult,
    Verdict,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

fn hook(moment: HookMoment, command: Vec<String>, on_failure: OnHookFailure) -> HookPolicy {
    HookPolicy {
        moment,
        command,
        on_failure,
        rule: RuleSource::File {
            file: "workflow_config.yaml".to_owned(),
            line: 7,
            key: "hooks".to_owned(),
        },
    }
}

#[tokio::test]
async fn hooks_warn_or_fail() {
    let mut case = Case::new();
    case.order.environment.hooks = vec![
        hook(
            HookMoment::Before(Phase::Deploy),
            shell("echo one >> hooks; exit 1"),
            OnHookFailure::Warn,
        ),
        hook(
            HookMoment::After(Phase::HealthCheck),
            shell("echo two >> hooks"),
            OnHookFailure::Fail,
        ),
    ];
    let done = case.deploy('a').await;
    assert_eq!(
        (done.outcome, &done.verdict),
        (Outcome::Healthy, &Verdict::Warned)
    );
    assert_eq!(case.read("hooks"), "one\ntwo\n");
    insta::assert_snapshot!(done.phases[0].warnings.join("\n"), @"the hook before deploy (workflow_config.yaml:7) (sh -c 'echo one >> hooks; exit 1') ended with exit status 1 and printed nothing");
    case.order.environment.hooks = vec![hook(
        HookMoment::Before(Phase::Deploy),
        shell("echo a freeze is on; exit 1"),
        OnHookFailure::Fail,
    )];
    let kept = case.deploy('b').await;
    assert_eq!(
        (kept.outcome, &kept.verdict),
        (Outcome::NotDeployed, &Verdict::Failed)
    );
    case.order.environment.hooks = vec![hook(
        HookMoment::After(Phase::HealthCheck),
        shell("case $SPEC2PROD_COMMIT in b*) exit 1;; esac"),
        OnHookFailure::Fail,
    )];
    let bad = case.deploy('b').await;
    assert_eq!(bad.outcome, Outcome::RolledBack, "{bad:?}");
}

#[tokio::test]
async fn a_hook_stops_no_rollback() {
    let mut case = Case::new();
    case.deploy('a').await;
    case.order.environment.smoke_test = Some(shell("exit 1"));
    case.order.environment.hooks = vec![hook(
        HookMoment::Before(Phase::Rollback),
        shell("exit 1"),
        OnHookFailure::Fail,
    )];
    let done = case.deploy('b').await;
    assert_eq!(done.outcome, Outcome::RolledBack);
    let back = done
        .phases
        .iter()
        .find(|phase| phase.phase == Phase::Rollback)
        .unwrap();
    assert_eq!(back.warnings.len(), 1, "{back:?}");
}

#[tokio::test]
async fn left_failed_where_the_configuration_says_so() {
    let mut case = Case::new();
    case.deploy('a').await;
    case.order.rollback_on_failure = false;
    case.order.environment.smoke_test = Some(shell("exit 1"));
    let done = case.deploy('b').await;
    assert_eq!(done.outcome, Outcome::LeftFailed);
    assert_eq!(done.active, Some(version('b')));
    assert!(case.log.state().holds.is_empty());
    assert!(
        done.message
            .ends_with("because `rollback_on_failure` is false"),
        "{}",
        done.message
    );
}

#[tokio::test]
async fn the_breaker_stops_deploying_and_no_rollback() {
    let mut case = Case::new();
    case.deploy('a').await;
    for _ in 0..5 {
        case.means
            .breakers
            .try_acquire("deploy:staging")
            .unwrap()
            .failed();
    }
    let done = case.deploy('b').await;
    assert_eq!(
        (done.outcome, done.verdict.as_str()),
        (Outcome::NotDeployed, "errored")
    );
    assert_eq!(case.calls().len(), 1);
    case.deploy('a').await;
    // The breaker opens within the tries of a deployment that is then taken back.
    let mut case = Case::new();
    case.deploy('a').await;
    case.order.retry.max_retries = 9;
    let good = case.order.environment.deploy[2].clone();
    case.order.environment.deploy = shell(&format!(
        "case $SPEC2PROD_COMMIT in b*) echo Connection refused; exit 1;; esac; {good}"
    ));
    let done = case.deploy('b').await;
    assert_eq!(done.outcome, Outcome::RolledBack, "{done:?}");
    assert_eq!(done.phases[0].attempts.len(), 5);
}

#[tokio::test]
async fn suites_run_where_they_belong() {
    let mut case = Case::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    for phase in [Phase::EndToEndTests, Phase::IntegrationTests] {
        let calls = Arc::clone(&calls);
        let suite = move |call: SuiteCall| {
            let env = &call.env;
            let line = format!(
                "{phase} {} {}",
                env["SPEC2PROD_ENVIRONMENT"],
                call.url.unwrap()
            );
            calls.lock().unwrap().push(line);
            let result = SuiteResult {
                total: 1,
                passed: 1,
                failed: 0,
                skipped: 0,
                flaky: Vec::new(),
                failures: Vec::new(),
                coverage_percent: None,
            };
            let answer = (Verdict::Passed, "1 of 1 passed".to_owned(), Some(result));
            Box::pin(std::future::ready(answer.into())) as crate::deploy::SuiteRun
        };
        case.means.suites.insert(phase, Arc::new(suite));
    }
    let mut staging = case.order.environment.clone();
    staging.url = Some("http://staging.test/{component}".to_owned());
    case.order.staging = Some(staging);
    case.order.environment.name = EnvironmentName::Production;
    let done = case.deploy('a').await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
    assert_eq!(done.phases[0].tests.as_ref().unwrap().passed, 1);
    let calls = calls.lock().unwrap().join("\n");
    insta::assert_snapshot!(calls, @r"
    end_to_end_tests staging http://staging.test/shop
    integration_tests production http://127.0.0.1:1/shop
    ");
}

#[tokio::test]
async fn what_was_never_measured_is_measured_though_the_version_is_active() {
    let mut case = Case::new();
    let suite = |_: SuiteCall| {
        let mut answer = SuiteAnswer::from((Verdict::Passed, "1 of 1 passed".to_owned(), None));
        answer.coverage = Some(SuiteCoverage {
            percent: 75.0,
            lines_covered: 3,
            lines_total: 4,
            branches_covered: None,
            branches_total: None,
        });
        Box::pin(std::future::ready(answer)) as crate::deploy::SuiteRun
    };
    assert_eq!(case.deploy('a').await.outcome, Outcome::Healthy);
    case.means
        .suites
        .insert(Phase::IntegrationTests, Arc::new(suite));
    assert_eq!(case.deploy('a').await.outcome, Outcome::AlreadyActive);
    assert!(case.log.state().covered.is_empty());
    case.order.checks_again = true;
    assert_eq!(case.deploy('a').await.outcome, Outcome::Healthy);
    let state = case.log.state();
    let known = state.coverage_of(&version('a')).unwrap();
    assert_eq!(known.coverage.percent, 75.0);
    // It goes on with its time in the environment.
    assert_eq!(state.periods.len(), 1);
}

#[tokio::test]
async fn who_watches_sees_every_step() {
    let mut case = Case::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&seen);
    case.means.watcher = Some(Arc::new(move |event| {
        let line = match event {
            DeploymentEvent::Started(_) => "started".to_owned(),
            DeploymentEvent::PhaseStarted { phase, .. } => format!("{phase} begins"),
            DeploymentEvent::PhaseEnded { record, .. } => {
                format!("{} {}", record.phase, record.verdict)
            }
            DeploymentEvent::Ended(deployment) => deployment.outcome.to_string(),
        };
        shared.lock().unwrap().push(line);
    }));
    case.deploy('a').await;
    let seen = seen.lock().unwrap().join("\n");
    insta::assert_snapshot!(seen, @r"
    started
    deploy begins
    deploy passed
    health_check begins
    health_check passed
    healthy
    ");
}

#[tokio::test]
async fn an_interruption_ends_the_command_and_the_next_run_goes_on() {
    let mut case = Case::new();
    let marker = case.path().join("begun");
    case.order.environment.deploy = shell("touch begun; sleep 1000");
    let cancel = case.means.cancel.clone();
    let (cut, ()) = tokio::join!(case.deploy('a'), async {
        while !marker.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        cancel.cancel();
    });
    assert_eq!(cut.outcome, Outcome::Interrupted);
    assert!(cut.verdict.is_interrupted());
    assert!(case.log.state().open.is_some());
    case.means.cancel = tokio_util::sync::CancellationToken::new();
    case.order.environment.current = Some(shell(&format!("echo {}", version('a').commit)));
    let next = case.deploy('a').await;
    assert_eq!(
        (next.outcome, &next.id),
        (Outcome::Healthy, &cut.id),
        "{next:?}"
    );
}

#[tokio::test]
async fn a_drill_and_a_rollback_by_hand_with_real_commands() {
    let mut case = Case::new();
    case.deploy('a').await;
    case.deploy('b').await;
    let done = drill(&case.order, &case.means, &mut case.log).await;
    assert_eq!(done.outcome, Outcome::Healthy, "{done:?}");
    assert_eq!(
        case.calls(),
        ["deploy a", "deploy b", "deploy a", "deploy b"]
    );
    let request = RollbackRequest {
        to: None,
        reason: "too slow".to_owned(),
    };
    let back = roll_back(&case.order, &request, &case.means, &mut case.log).await;
    assert_eq!(
        (back.outcome, back.verdict),
        (Outcome::RolledBack, Verdict::Passed)
    );
    assert_eq!(case.read("active").trim(), version('a').commit);
}

#[tokio::test]
async fn end_to_end_tests_never_run_against_production() {
    let mut case = Case::new();
    let suite = |_: SuiteCall| -> crate::deploy::SuiteRun { panic!("it was run") };
    case.means
        .suites
        .insert(Phase::EndToEndTests, Arc::new(suite));
    case.order.environment.name = EnvironmentName::Production;
    let done = case.deploy('a').await;
    assert_eq!(done.outcome, Outcome::NotDeployed, "{done:?}");
    assert_eq!(done.verdict.as_str(), "errored");
}
