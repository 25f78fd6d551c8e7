//! The client library that the program uses understands every answer, and its requests are valid.

use super::{check_run, with_pull};
use crate::support::github::{ACTIONS, FULL_TOKEN, FakeGithub, Fault, WorkflowRun};
use hyper::{
    Uri,
    header::{HeaderValue, USER_AGENT},
};
use octocrab::{
    AuthState, OctoBody, Octocrab, OctocrabBuilder,
    models::{StatusState, repos::DeploymentStatusState},
    params::{
        checks::{CheckRunConclusion, CheckRunOutput, CheckRunStatus},
        repos::{Commitish, Reference},
    },
    service::middleware::{
        auth_header::AuthHeaderLayer, base_uri::BaseUriLayer, extra_headers::ExtraHeadersLayer,
    },
};
use spec2prod::http::{Connector, Proxies};
use std::sync::Arc;

/// Does something with a client of the fake, which repeats nothing: that feature is off.
fn with_client(github: &FakeGithub, act: impl AsyncFnOnce(Octocrab)) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        let connector = Connector::new(Proxies::default(), None);
        let base: Uri = github.url().parse().unwrap();
        let token = format!("Bearer {FULL_TOKEN}").parse().unwrap();
        let user_agent = (USER_AGENT, HeaderValue::from_static("test"));
        let Ok(client) = OctocrabBuilder::new_empty()
            .with_service(connector.connections::<OctoBody>(None).unwrap())
            .with_layer(&ExtraHeadersLayer::new(Arc::new(vec![user_agent])))
            .with_layer(&BaseUriLayer::new(base.clone()))
            .with_layer(&AuthHeaderLayer::new(Some(token), base.clone(), base))
            .with_auth(AuthState::None)
            .build();
        act(client).await;
    });
}

#[test]
fn check_runs_are_made_and_ended() {
    let (github, pull) = with_pull();
    with_client(&github, async |client| {
        let checks = client.checks("octo", "shop");
        let run = checks
            .create_check_run("gates", &pull.head_sha)
            .status(CheckRunStatus::InProgress)
            .external_id("shop")
            .send()
            .await
            .unwrap();
        let output = CheckRunOutput {
            title: "1 gate failed".to_owned(),
            summary: "summary".to_owned(),
            text: None,
            annotations: Vec::new(),
            images: Vec::new(),
        };
        let ended = checks
            .update_check_run(run.id)
            .conclusion(CheckRunConclusion::Failure)
            .output(output)
            .send()
            .await
            .unwrap();
        assert_eq!(ended.conclusion.as_deref(), Some("failure"));
        checks.list_annotations(run.id).send().await.unwrap();
        let list = checks.list_check_runs_for_git_ref(Commitish(pull.head_sha.clone()));
        assert_eq!(list.send().await.unwrap().total_count, 1);
    });
    assert_eq!(
        github.check_runs()[0].title.as_deref(),
        Some("1 gate failed")
    );
}

#[test]
fn comments_are_found_on_all_pages() {
    let (github, _) = with_pull();
    for number in 0..5 {
        github.comment(7, "somebody", &format!("{number}"));
    }
    with_client(&github, async |client| {
        let issues = client.issues("octo", "shop");
        let made = issues.create_comment(7, "mine").await.unwrap();
        assert_eq!(made.user.login, ACTIONS);
        // Its `update_comment` sends POST, which GitHub does not describe.
        let path = format!("/repos/octo/shop/issues/comments/{}", made.id);
        let body = serde_json::json!({"body": "changed"});
        let changed: octocrab::models::issues::Comment =
            client.patch(path, Some(&body)).await.unwrap();
        assert_eq!(changed.body.as_deref(), Some("changed"));
        let first = issues.list_comments(7).per_page(2).send().await.unwrap();
        let all = client.all_pages(first).await.unwrap();
        assert_eq!(all.len(), 6);
        issues.delete_comment(made.id).await.unwrap();
    });
    assert_eq!(github.comments(7).len(), 5);
}

#[test]
fn a_pull_request_and_its_commits_are_read() {
    let (github, pull) = with_pull();
    github.file(&pull.head_sha, "src/a.py", "a = 1\n");
    with_client(&github, async |client| {
        let pulls = client.pulls("octo", "shop");
        assert_eq!(pulls.get(7).await.unwrap().head.sha, pull.head_sha);
        assert_eq!(pulls.list().send().await.unwrap().items.len(), 1);
        pulls.list_files(7).await.unwrap();
        let repository = client.repos("octo", "shop");
        repository.get().await.unwrap();
        repository
            .list_pulls(pull.head_sha.clone())
            .send()
            .await
            .unwrap();
        repository
            .get_ref(&Reference::Branch("main".to_owned()))
            .await
            .unwrap();
        let compared = repository
            .compare_commits("main", "topic-7")
            .send()
            .await
            .unwrap();
        assert_eq!(compared.ahead_by, 1);
        let content = repository.get_content().path("src/a.py").r#ref("topic-7");
        let content = content.send().await.unwrap();
        assert_eq!(
            content.items[0].decoded_content().as_deref(),
            Some("a = 1\n")
        );
        let status = repository.create_status(pull.head_sha.clone(), StatusState::Success);
        status.context("gates".to_owned()).send().await.unwrap();
        repository
            .list_statuses(pull.head_sha.clone())
            .send()
            .await
            .unwrap();
    });
}

#[test]
fn deployments_are_made() {
    let (github, pull) = with_pull();
    with_client(&github, async |client| {
        let repository = client.repos("octo", "shop");
        let deployments = repository.deployments();
        let made = deployments.create(&pull.head_sha).environment("staging");
        let made = made
            .auto_merge(false)
            .required_contexts(Vec::<String>::new());
        let made = made.send().await.unwrap();
        let statuses = deployments.statuses(made.id);
        statuses
            .create(DeploymentStatusState::Success)
            .send()
            .await
            .unwrap();
        assert_eq!(statuses.list().send().await.unwrap().items.len(), 1);
        assert_eq!(deployments.list().send().await.unwrap().items.len(), 1);
    });
}

#[test]
fn runs_and_artifacts_are_read() {
    let github = FakeGithub::start();
    github.run(WorkflowRun {
        id: 42,
        name: "CI".to_owned(),
        event: "push".to_owned(),
        head_branch: "main".to_owned(),
        head_sha: github.change(|repository| repository.head()),
        head_repository: "octo/shop".to_owned(),
        conclusion: Some("success".to_owned()),
        jobs: vec![("test".to_owned(), Some("success".to_owned()))],
    });
    github.artifact(42, "report", b"zip");
    with_client(&github, async |client| {
        let workflows = client.workflows("octo", "shop");
        workflows.get(42.into()).await.unwrap();
        workflows.list_jobs(42.into()).send().await.unwrap();
        let artifacts = client.actions();
        let artifacts = artifacts.list_workflow_run_artifacts("octo", "shop", 42.into());
        artifacts.send().await.unwrap();
    });
}

#[test]
fn errors_are_read_as_such() {
    let (github, pull) = with_pull();
    github.plan(Fault::Before(502).on("POST", "*/check-runs"));
    with_client(&github, async |client| {
        let path = "/repos/octo/shop/check-runs";
        let body = check_run(&pull.head_sha);
        let error = client.post::<_, serde_json::Value>(path, Some(&body)).await;
        let Err(octocrab::Error::GitHub { source, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!(source.status_code.as_u16(), 502);
        assert_eq!(source.message, "Server Error");
    });
    assert_eq!(github.writes().len(), 1);
}
