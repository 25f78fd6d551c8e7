//! Deployments on GitHub while they go on, and what is left of them there.

use crate::support::github::{
    FULL_TOKEN, FakeGithub, Fault, Level, READ_ONLY_TOKEN, Scope, Token as FakeToken,
};
use spec2prod::{
    cli::deployment_posting::DeploymentPoster,
    deploy::{DeploymentEvent, Watcher},
    github::api::{Client, ClientLimits, ClientSettings, Token},
    http::Proxies,
    model::{
        Deployment, DeploymentOutcome, EnvironmentName, Operation, Phase, Reason, ReasonCode,
        Verdict, Version,
    },
    publish::DeploymentFacts,
};
use std::time::Duration;

pub(super) const ENVIRONMENT: &str = "staging/shop";
const RUN_URL: &str = "https://github.com/octo/shop/actions/runs/42/attempts/1";

/// A client of the fake that does not pause between writes.
pub(super) fn client(github: &FakeGithub, token: &str) -> Client {
    let limits = ClientLimits {
        spacing: Duration::ZERO,
        ..ClientLimits::default()
    };
    Client::new(&ClientSettings {
        api_url: github.url().to_owned(),
        token: Token::new(token),
        limits,
        proxies: Proxies::default(),
    })
    .unwrap()
}

pub(super) fn facts() -> DeploymentFacts {
    DeploymentFacts {
        repository: "octo/shop".parse().unwrap(),
        run_url: RUN_URL.to_owned(),
        jobs_url: "https://github.com/octo/shop/actions/runs/42/job/".to_owned(),
        component: "shop".parse().unwrap(),
        environment: ENVIRONMENT.to_owned(),
        is_production: false,
    }
}

/// A deployment that began.
pub(super) fn deployment(version: &Version, previous: Option<&Version>) -> Deployment {
    Deployment {
        id: uuid::Uuid::now_v7().to_string(),
        environment: EnvironmentName::Staging,
        operation: Operation::Deploy,
        version: version.clone(),
        previous: previous.cloned(),
        active: previous.cloned(),
        outcome: DeploymentOutcome::Interrupted,
        verdict: Verdict::Passed,
        message: String::new(),
        remedy: None,
        url: Some("http://127.0.0.1:8101".to_owned()),
        is_hotfix: false,
        approved_by: Vec::new(),
        phases: Vec::new(),
        outputs: std::collections::BTreeMap::new(),
    }
}

/// The same at its end.
pub(super) fn ended(
    begun: &Deployment,
    outcome: DeploymentOutcome,
    active: Option<&Version>,
) -> Deployment {
    Deployment {
        outcome,
        active: active.cloned(),
        verdict: match outcome {
            DeploymentOutcome::Healthy | DeploymentOutcome::AlreadyActive => Verdict::Passed,
            DeploymentOutcome::Unverified | DeploymentOutcome::Interrupted => {
                Verdict::Errored(Reason::new(ReasonCode::Interrupted, "x"))
            }
            _ => Verdict::Failed,
        },
        message: format!("why: {outcome}"),
        ..begun.clone()
    }
}

/// Versions of the fake's repository.
pub(super) fn versions<const N: usize>(github: &FakeGithub) -> [Version; N] {
    std::array::from_fn(|number| {
        github.file("main", &format!("{number}.txt"), "");
        Version::of_commit(github.change(|repository| repository.head()))
    })
}

/// Shows what the deployments say; gives what went wrong.
pub(super) async fn posted(
    github: &FakeGithub,
    token: &str,
    tell: impl AsyncFnOnce(&Watcher),
) -> Vec<String> {
    let (watcher, poster) = DeploymentPoster::start(client(github, token), facts());
    tell(&watcher).await;
    // The watcher lives on.
    let problems = poster.finish().await.into_iter();
    problems
        .map(|(sink, text)| format!("{sink}: {text}"))
        .collect()
}

/// A deployment from its beginning to its end.
pub(super) async fn whole(github: &FakeGithub, begun: &Deployment, end: &Deployment) {
    let problems = posted(github, FULL_TOKEN, async |watcher| {
        watcher(DeploymentEvent::Started(Box::new(begun.clone())));
        watcher(DeploymentEvent::Ended(Box::new(end.clone())));
    })
    .await;
    assert_eq!(problems, [""; 0]);
}

/// Every deployment with its statuses, oldest first.
fn shown(github: &FakeGithub) -> Vec<String> {
    let deployments = github.deployments().into_iter();
    deployments
        .map(|deployment| {
            let statuses: Vec<&str> = deployment
                .statuses
                .iter()
                .map(|status| status.state.as_str())
                .collect();
            format!(
                "{} {}: {}",
                deployment.environment,
                deployment.payload["operation"].as_str().unwrap_or("-"),
                statuses.join(" ")
            )
        })
        .collect()
}

fn phase(begun: &Deployment, phase: Phase, is_rollback: bool) -> DeploymentEvent {
    DeploymentEvent::PhaseStarted {
        deployment: begun.id.clone(),
        phase,
        is_rollback,
    }
}

/// Waits until the fake has so many statuses.
async fn until_said(github: &FakeGithub, count: usize) {
    loop {
        let statuses: usize = github.deployments().iter().map(|d| d.statuses.len()).sum();
        if statuses >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_deployment_is_followed_to_its_end() {
    let github = FakeGithub::start();
    let [first] = versions(&github);
    let begun = deployment(&first, None);
    let problems = posted(&github, FULL_TOKEN, async |watcher| {
        watcher(DeploymentEvent::Started(Box::new(begun.clone())));
        until_said(&github, 1).await;
        watcher(phase(&begun, Phase::Deploy, false));
        until_said(&github, 2).await;
        watcher(phase(&begun, Phase::HealthCheck, false));
        until_said(&github, 3).await;
        // Nothing new.
        watcher(phase(&begun, Phase::SmokeTest, false));
        let end = ended(&begun, DeploymentOutcome::Healthy, Some(&first));
        watcher(DeploymentEvent::Ended(Box::new(end)));
    })
    .await;
    assert_eq!(problems, [""; 0]);
    assert_eq!(
        shown(&github),
        ["staging/shop deploy: queued in_progress in_progress success"]
    );
    let made = github.deployments().remove(0);
    assert_eq!(made.sha, first.commit);
    assert!(!made.is_production && !made.is_transient);
    let said: Vec<String> = made
        .statuses
        .iter()
        .map(|status| {
            assert_eq!(status.log_url, RUN_URL);
            assert_eq!(status.environment_url, "http://127.0.0.1:8101");
            status.description.clone()
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    about to begin
    making the version the active one
    checking the version
    healthy: why: healthy
    ");
}

#[tokio::test]
async fn what_is_overtaken_is_not_said() {
    let github = FakeGithub::start();
    let [first] = versions(&github);
    let begun = deployment(&first, None);
    posted(&github, FULL_TOKEN, async |watcher| {
        watcher(DeploymentEvent::Started(Box::new(begun.clone())));
        for each in Phase::ALL {
            watcher(phase(&begun, each, false));
        }
        let end = ended(&begun, DeploymentOutcome::Healthy, Some(&first));
        watcher(DeploymentEvent::Ended(Box::new(end)));
    })
    .await;
    assert_eq!(shown(&github), ["staging/shop deploy: queued success"]);
    assert_eq!(github.writes().len(), 3);
}

#[tokio::test]
async fn a_newer_version_makes_the_one_before_inactive_and_no_sibling() {
    let github = FakeGithub::start();
    let [first, second] = versions(&github);
    // Another component in the same environment, which it should not share.
    let other = DeploymentFacts {
        component: "other".parse().unwrap(),
        ..facts()
    };
    let (watcher, poster) = DeploymentPoster::start(client(&github, FULL_TOKEN), other);
    let sibling = deployment(&first, None);
    let end = ended(&sibling, DeploymentOutcome::Healthy, Some(&first));
    watcher(DeploymentEvent::Ended(Box::new(end)));
    assert_eq!(poster.finish().await, []);
    for (version, previous) in [
        (&first, None),
        (&second, Some(&first)),
        (&second, Some(&first)),
    ] {
        let begun = deployment(version, previous);
        let end = ended(&begun, DeploymentOutcome::Healthy, Some(version));
        whole(&github, &begun, &end).await;
    }
    assert_eq!(
        shown(&github),
        [
            "staging/shop deploy: success",
            "staging/shop deploy: queued success inactive",
            "staging/shop deploy: queued success inactive",
            "staging/shop deploy: queued success",
        ]
    );
}

#[tokio::test]
async fn a_version_that_is_taken_back_is_a_failure_and_the_one_before_a_success() {
    let github = FakeGithub::start();
    let [good, bad] = versions(&github);
    let begun = deployment(&good, None);
    let end = ended(&begun, DeploymentOutcome::Healthy, Some(&good));
    whole(&github, &begun, &end).await;
    let begun = deployment(&bad, Some(&good));
    let end = ended(&begun, DeploymentOutcome::RolledBack, Some(&good));
    whole(&github, &begun, &end).await;
    assert_eq!(
        shown(&github),
        [
            "staging/shop deploy: queued success inactive",
            "staging/shop deploy: queued failure",
            "staging/shop rollback: success",
        ]
    );
    assert_eq!(github.deployments()[2].sha, good.commit);
}

#[tokio::test]
async fn every_outcome_has_its_state() {
    let github = FakeGithub::start();
    let [good, bad] = versions(&github);
    for (outcome, active, expected) in [
        (DeploymentOutcome::AlreadyActive, Some(&bad), "success"),
        (DeploymentOutcome::Unverified, Some(&bad), "error"),
        (DeploymentOutcome::LeftFailed, Some(&bad), "failure"),
        (DeploymentOutcome::RollbackFailed, None, "failure"),
        (DeploymentOutcome::NotDeployed, Some(&good), "failure"),
        (DeploymentOutcome::Refused, Some(&good), "error"),
        (DeploymentOutcome::Interrupted, None, "error"),
    ] {
        let begun = deployment(&bad, Some(&good));
        whole(&github, &begun, &ended(&begun, outcome, active)).await;
        let last = github.deployments().pop().unwrap();
        assert_eq!(last.statuses.last().unwrap().state, expected, "{outcome}");
    }
}

#[tokio::test]
async fn a_run_that_goes_on_takes_the_same_deployment() {
    let github = FakeGithub::start();
    let [version] = versions(&github);
    let begun = deployment(&version, None);
    posted(&github, FULL_TOKEN, async |watcher| {
        watcher(DeploymentEvent::Started(Box::new(begun.clone())));
    })
    .await;
    let end = ended(&begun, DeploymentOutcome::Healthy, Some(&version));
    whole(&github, &begun, &end).await;
    assert_eq!(
        shown(&github),
        ["staging/shop deploy: queued error queued success"]
    );
}

#[tokio::test]
async fn what_github_made_for_the_job_is_not_made_again() {
    for (run, expected) in [(42, 1), (41, 2), (421, 2)] {
        let github = FakeGithub::start();
        let [version] = versions(&github);
        let environment = ENVIRONMENT.to_uppercase();
        github.change(|repository| repository.add_jobs_deployment(&environment, run, 7));
        let begun = deployment(&version, None);
        let end = ended(&begun, DeploymentOutcome::Healthy, Some(&version));
        whole(&github, &begun, &end).await;
        assert_eq!(github.deployments().len(), expected, "run {run}");
        let first = github.deployments().remove(0);
        assert_eq!(first.statuses.len(), 1, "GitHub's own is left alone");
    }
}

#[tokio::test]
async fn a_missing_permission_is_said_once_and_asked_for_once() {
    for (token, level) in [(READ_ONLY_TOKEN, Level::Read), ("ghs_none", Level::None)] {
        let github = FakeGithub::start();
        let [version] = versions(&github);
        let limited = FakeToken::with_all(Level::Write).with(Scope::Deployments, level);
        github.token(token, limited);
        let begun = deployment(&version, None);
        let problems = posted(&github, token, async |watcher| {
            watcher(DeploymentEvent::Started(Box::new(begun.clone())));
            watcher(phase(&begun, Phase::Deploy, false));
            let end = ended(&begun, DeploymentOutcome::Healthy, Some(&version));
            watcher(DeploymentEvent::Ended(Box::new(end)));
        })
        .await;
        assert!(github.writes().len() <= 1, "{:?}", github.writes());
        assert_eq!(problems.len(), 1);
        insta::allow_duplicates! {
            insta::assert_snapshot!(problems[0], @"deployment: the token may not show deployments on GitHub, so they are in the report and in the history only; give the job `permissions:` with `deployments: write`, or leave `deployments` out of `surfaces` (a pull request from a fork or of Dependabot never has the right)");
        }
    }
}

#[tokio::test]
async fn trouble_is_collected_and_nothing_is_there_twice() {
    let github = FakeGithub::start();
    let [version] = versions(&github);
    github.plan(Fault::ResetAfter.on("POST", "*/deployments"));
    github.plan(Fault::Before(422).on("POST", "*/statuses"));
    let begun = deployment(&version, None);
    let problems = posted(&github, FULL_TOKEN, async |watcher| {
        watcher(DeploymentEvent::Started(Box::new(begun.clone())));
        let end = ended(&begun, DeploymentOutcome::Healthy, Some(&version));
        watcher(DeploymentEvent::Ended(Box::new(end)));
    })
    .await;
    github.assert_all_struck();
    assert_eq!(shown(&github), ["staging/shop deploy: success"]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("deployment: setting deployment"));
}
