//! Deployments: made once, followed to their end, read as data of strangers.

use super::*;
use crate::model::{Operation, Version};
use serde_json::{Value, json};

const CREATE: &str = "POST /deployments";
const ENVIRONMENT: &str = "staging/shop";
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn payload() -> DeploymentPayload {
    DeploymentPayload {
        component: "shop".parse().unwrap(),
        deployment: ID.to_owned(),
        operation: Operation::Deploy,
        version: Version::of_commit("5e1f".repeat(10)),
        previous: None,
        is_hotfix: false,
        is_restoration: false,
    }
}

async fn open_with(bench: &Bench, payload: &DeploymentPayload) -> Result<Deployment, ApiError> {
    let opening = DeploymentOpening {
        environment: ENVIRONMENT,
        is_production: false,
        description: "shop 5e1f",
        payload,
    };
    assert_send(open_deployment(&bench.client, &bench.repository, opening)).await
}

async fn open(bench: &Bench) -> Result<Deployment, ApiError> {
    open_with(bench, &payload()).await
}

async fn say(
    bench: &Bench,
    state: DeploymentState,
    url: Option<&str>,
) -> Result<DeploymentStatus, ApiError> {
    let new = NewDeploymentStatus {
        state,
        description: "checking\nthe version",
        log_url: "https://github.test/octo/shop/actions/runs/7",
        environment_url: url,
    };
    let (client, repository) = (&bench.client, &bench.repository);
    assert_send(add_deployment_status(client, repository, 1, new)).await
}

async fn statuses(bench: &Bench, most: usize) -> (Vec<DeploymentStatus>, bool) {
    let (client, repository) = (&bench.client, &bench.repository);
    assert_send(deployment_statuses(client, repository, 1, most))
        .await
        .unwrap()
}

async fn listed(bench: &Bench, most: usize) -> (Vec<Deployment>, bool) {
    let (client, repository) = (&bench.client, &bench.repository);
    assert_send(deployments(client, repository, ENVIRONMENT, most))
        .await
        .unwrap()
}

/// Puts deployments there that somebody else made.
fn others(bench: &Bench, count: u64) {
    let mut state = bench.server.state();
    for number in 0..count {
        state.deployments.push(json!({
            "id": 1000 + number, "sha": "5e1f".repeat(10), "environment": ENVIRONMENT,
            "creator": null, "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
            "payload": "", "description": null,
        }));
    }
}

#[tokio::test]
async fn a_deployment_is_made_of_the_full_commit_and_asks_for_nothing() {
    let bench = Bench::new().await;
    let made = open(&bench).await.unwrap();
    assert_eq!(made.payload.ours(), Some(&payload()));
    assert_eq!(made.creator.as_deref(), Some("github-actions[bot]"));
    let state = bench.server.state();
    insta::assert_json_snapshot!(state.bodies.last().unwrap(), @r#"
    {
      "ref": "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f",
      "auto_merge": false,
      "required_contexts": [],
      "environment": "staging/shop",
      "production_environment": false,
      "transient_environment": false,
      "description": "shop 5e1f",
      "payload": {
        "spec2prod": 1,
        "component": "shop",
        "deployment": "01890a5d-ac96-774b-bcce-b302099a8057",
        "operation": "deploy",
        "version": {
          "commit": "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f"
        },
        "previous": null,
        "is_hotfix": false,
        "is_restoration": false
      }
    }
    "#);
    assert_eq!(
        state.log,
        [
            "GET /repos/octo/shop/deployments?sha=5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f&environment=staging%2Fshop&per_page=100&page=1",
            "POST /repos/octo/shop/deployments",
        ]
    );
}

#[tokio::test]
async fn one_that_is_there_is_found_among_many() {
    let bench = Bench::new().await;
    others(&bench, 130);
    let made = open(&bench).await.unwrap();
    others(&bench, 130);
    assert_eq!(open(&bench).await.unwrap().id, made.id);
    assert_eq!(bench.count(CREATE), 1);
    let restored = DeploymentPayload {
        is_restoration: true,
        ..payload()
    };
    assert_ne!(open_with(&bench, &restored).await.unwrap().id, made.id);
    let other = DeploymentPayload {
        deployment: ID.replace("0189", "0190"),
        ..payload()
    };
    assert_ne!(open_with(&bench, &other).await.unwrap().id, made.id);
}

#[tokio::test]
async fn a_lost_answer_never_makes_two() {
    for fault in [
        Fault::CloseAfter,
        Fault::HalfAfter,
        Fault::After(502, r#"{"message": "Server Error"}"#),
        Fault::After(201, "<html>"),
        Fault::CloseBefore,
        status(503),
    ] {
        let bench = Bench::new().await;
        bench.fault(CREATE, fault);
        let made = open(&bench).await.unwrap();
        let state = bench.server.state();
        assert_eq!(state.deployments.len(), 1, "{:?}", state.log);
        assert_eq!(state.deployments[0]["id"], made.id);
    }
}

#[tokio::test]
async fn limits_are_waited_for_and_nothing_is_looked_up() {
    let bench = Bench::new().await;
    let body = r#"{"message": "You have exceeded a secondary rate limit."}"#;
    let headers = vec![("retry-after", "7".to_owned())];
    bench.fault(CREATE, Fault::Instead(403, headers, body.to_owned()));
    open(&bench).await.unwrap();
    assert_eq!(bench.count("GET /deployments"), 1);
    assert!(bench.slept()[0] >= 7.0, "{:?}", bench.slept());
}

#[tokio::test]
async fn what_github_does_not_take_is_said() {
    let said = async |fault: Fault| {
        let bench = Bench::new().await;
        bench.fault(CREATE, fault);
        let error = open(&bench).await.unwrap_err();
        assert_eq!(bench.count(CREATE), 1, "{error}");
        assert!(bench.server.state().deployments.is_empty());
        format!("{:?}: {error}", error.missing_permission())
    };
    let merged = r#"{"message": "Auto-merged main into 5e1f on deployment."}"#;
    let all = [
        said(refusal(403, "Resource not accessible by integration")).await,
        said(refusal(404, "Not Found")).await,
        said(refusal(
            409,
            "Conflict: Commit status checks failed for 5e1f.",
        ))
        .await,
        said(refusal(422, "No ref found for: 5e1f")).await,
        said(Fault::Instead(202, Vec::new(), merged.to_owned())).await,
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    Some("deployments: write"): creating the deployment to "staging/shop": GitHub answered 403 "Resource not accessible by integration" (request AB:12); the job's `permissions:` need `deployments: write`; the token of a pull request from a fork or of Dependabot stays read-only
    Some("deployments: write"): creating the deployment to "staging/shop": GitHub answered 404 "Not Found" (request AB:12); it is not there, or the token may not change it, for which the job's `permissions:` need `deployments: write`
    None: creating the deployment to "staging/shop": GitHub answered 409 "Conflict: Commit status checks failed for 5e1f." (request AB:12) and made no deployment; it merges, or asks for checks of the commit, though the request forbids both; something between here and GitHub changes the request, or the repository has a rule of its own for deployments
    None: creating the deployment to "staging/shop": GitHub answered 422 "No ref found for: 5e1f" (request AB:12)
    None: creating the deployment to "staging/shop": GitHub answered 202 "Auto-merged main into 5e1f on deployment." (request AB:12) and made no deployment; it merges, or asks for checks of the commit, though the request forbids both; something between here and GitHub changes the request, or the repository has a rule of its own for deployments
    "#);
}

#[tokio::test]
async fn a_branch_is_never_deployed() {
    let bench = Bench::new().await;
    for commit in ["main", "5e1f", &"5E1F".repeat(10), &"g".repeat(40)] {
        let payload = DeploymentPayload {
            version: Version::of_commit(commit),
            ..payload()
        };
        let error = open_with(&bench, &payload).await.unwrap_err();
        assert!(matches!(error, ApiError::Invalid { .. }), "{error}");
    }
    assert_eq!(bench.server.state().log.len(), 0);
}

#[tokio::test]
async fn nothing_is_made_when_it_cannot_be_looked_up() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        bench.fault("GET /deployments", status(500));
    }
    open(&bench).await.unwrap_err();
    assert_eq!(bench.count(CREATE), 0);
}

#[tokio::test]
async fn a_status_is_added_once() {
    for fault in [
        Fault::No,
        Fault::CloseAfter,
        Fault::CloseBefore,
        status(500),
    ] {
        let bench = Bench::new().await;
        open(&bench).await.unwrap();
        bench.fault("POST /statuses", fault);
        let url = Some("https://staging.test");
        say(&bench, DeploymentState::InProgress, url).await.unwrap();
        let (found, is_whole) = statuses(&bench, 10).await;
        assert!(is_whole);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].state, Some(DeploymentState::InProgress));
        assert_eq!(found[0].description, "checking the version");
        assert_eq!(found[0].environment_url, "https://staging.test");
        assert_eq!(bench.server.state().statuses[0].1["auto_inactive"], false);
    }
}

#[tokio::test]
async fn a_status_has_a_short_line_and_web_addresses() {
    let bench = Bench::new().await;
    open(&bench).await.unwrap();
    let url = Some("javascript:alert(1)");
    say(&bench, DeploymentState::Success, url).await.unwrap();
    let long = "ü".repeat(1000);
    let new = NewDeploymentStatus {
        state: DeploymentState::Failure,
        description: &long,
        log_url: "",
        environment_url: None,
    };
    let (client, repository) = (&bench.client, &bench.repository);
    let status = add_deployment_status(client, repository, 1, new).await;
    let sent = status.unwrap().description.chars().count();
    assert_eq!(sent, MAX_DEPLOYMENT_TEXT);
    let state = bench.server.state();
    assert_eq!(state.statuses[0].1.get("environment_url"), None);
}

#[tokio::test]
async fn the_newest_are_read_and_no_more() {
    let bench = Bench::new().await;
    others(&bench, 250);
    for (most, expected, requests) in [(1, 1, 1), (10, 10, 1), (100, 100, 1), (150, 150, 2)] {
        let before = bench.count("GET /deployments");
        let (found, is_whole) = listed(&bench, most).await;
        assert_eq!((found.len(), is_whole), (expected, false));
        assert_eq!(found[0].id, 1249);
        assert_eq!(bench.count("GET /deployments") - before, requests);
    }
    let (found, is_whole) = listed(&bench, 1000).await;
    assert_eq!((found.len(), is_whole), (250, true));
    let (found, is_whole) = listed(&bench, 250).await;
    assert_eq!((found.len(), is_whole), (250, true));
}

#[tokio::test]
async fn what_strangers_wrote_is_data() {
    let bench = Bench::new().await;
    open(&bench).await.unwrap();
    let written = bench.server.state().deployments[0]["payload"].clone();
    let sha = "5e1f".repeat(10);
    let hostile = |id: usize, payload: Value| {
        json!({
            "id": id, "sha": sha, "environment": ENVIRONMENT, "creator": { "login": "<img>" },
            "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
            "payload": payload, "description": "\u{1b}[31m",
        })
    };
    let mut stolen = written.clone();
    stolen["version"]["commit"] = "0".repeat(40).into();
    let payloads = [
        json!(null),
        json!([1, 2]),
        json!({ "spec2prod": { "deep": [[[[]]]] } }),
        stolen,
        json!(written.to_string()),
    ];
    for (index, payload) in payloads.into_iter().enumerate() {
        let mut state = bench.server.state();
        state.deployments.push(hostile(100 - index, payload));
    }
    let (found, _) = listed(&bench, 10).await;
    let kinds: Vec<&str> = found
        .iter()
        .map(|found| match &found.payload {
            Payload::Ours(_) => "ours",
            Payload::Unreadable(_) => "unreadable",
            Payload::Foreign => "foreign",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "foreign",
            "foreign",
            "unreadable",
            "unreadable",
            "ours",
            "ours"
        ]
    );
    let path = "/repos/octo/shop/deployments/1/statuses".to_owned();
    let odd = json!([
        { "id": 1, "state": "waiting", "creator": null, "created_at": "2026-11-01T00:00:00Z" },
        { "id": 2, "state": 7, "creator": null, "created_at": "2026-11-01T00:00:00Z" },
        { "id": 3, "state": "success", "description": null, "creator": null, "created_at": "2026-11-01T00:00:00Z" },
    ]);
    bench.server.state().canned.insert(path, (200, odd));
    let (found, _) = statuses(&bench, 10).await;
    let states: Vec<_> = found.iter().map(|status| status.state).collect();
    assert_eq!(states, [Some(DeploymentState::Success), None, None]);
}

#[tokio::test]
async fn a_time_that_is_none_makes_the_list_unreadable() {
    let bench = Bench::new().await;
    others(&bench, 1);
    bench.server.state().deployments[0]["created_at"] = "yesterday".into();
    let (client, repository) = (&bench.client, &bench.repository);
    let error = deployments(client, repository, ENVIRONMENT, 10).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
}
