//! What GitHub keeps: check runs, comments, pull requests, statuses, runs.

use super::{
    CHECK_RUNS, COMMENTS, annotations, check_run,
    client::{get, request, send},
    with_pull,
};
use crate::support::github::{ACTIONS, FakeGithub, Pull, WorkflowRun};
use serde_json::{Value, json};

/// One property of each item of a list.
#[track_caller]
pub(super) fn each(list: &Value, pointer: &str) -> Vec<Value> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item.pointer(pointer).cloned().unwrap_or_default())
        .collect()
}

#[test]
fn an_update_of_a_check_run_adds_annotations() {
    let (github, pull) = with_pull();
    let created = request(&github, "POST", CHECK_RUNS, check_run(&pull.head_sha))
        .expect(201)
        .json();
    let path = format!("{CHECK_RUNS}/{}", created["id"]);
    for count in [50, 20] {
        let body = json!({
            "check_run_id": created["id"],
            "output": {"title": "t", "summary": "s", "annotations": annotations(count)},
        });
        request(&github, "PATCH", &path, body).expect(200);
    }
    let ended = json!({"status": "completed", "conclusion": "failure", "details_url": "https://example.invalid"});
    let ended = request(&github, "PATCH", &path, ended).expect(200).json();
    assert_eq!(ended["output"]["annotations_count"], 70);
    assert_eq!(
        ended["details_url"], ended["html_url"],
        "a workflow's address is ignored"
    );
    let run = &github.check_runs()[0];
    assert_eq!(run.conclusion.as_deref(), Some("failure"));
    assert_eq!(run.annotations.len(), 70);
    let page = get(&github, &format!("{path}/annotations?per_page=50&page=2")).expect(200);
    assert_eq!(page.json().as_array().unwrap().len(), 20);
    assert_eq!(get(&github, &path).json(), ended);
    get(&github, &format!("{CHECK_RUNS}/1")).expect(404);
}

#[test]
fn check_runs_are_listed_the_latest_of_each_name() {
    let (github, pull) = with_pull();
    for name in ["gates", "gates", "summary"] {
        let mut body = check_run(&pull.head_sha);
        body["name"] = json!(name);
        request(&github, "POST", CHECK_RUNS, body).expect(201);
    }
    let list = |query: &str| {
        let path = format!(
            "/repos/octo/shop/commits/{}/check-runs{query}",
            pull.head_sha
        );
        get(&github, &path).expect(200).json()["total_count"].clone()
    };
    assert_eq!(list(""), 2);
    assert_eq!(list("?filter=all"), 3);
    assert_eq!(list("?check_name=gates"), 1);
    assert_eq!(list("?status=completed"), 0);
    assert_eq!(list("?app_id=1"), 0);
    let unknown = check_run(&"0".repeat(39));
    request(&github, "POST", CHECK_RUNS, unknown).expect(422);
}

#[test]
fn comments_are_made_changed_listed_and_deleted() {
    let (github, _) = with_pull();
    let first = github.comment(7, "somebody", "hello");
    let made = request(&github, "POST", COMMENTS, json!({"body": "mine"}))
        .expect(201)
        .json();
    assert_eq!(made["user"]["login"], ACTIONS);
    assert_eq!(made["user"]["type"], "Bot");
    let path = format!("/repos/octo/shop/issues/comments/{}", made["id"]);
    request(&github, "PATCH", &path, json!({"body": "changed"})).expect(200);
    let list = get(&github, COMMENTS).json();
    assert_eq!(each(&list, "/body"), ["hello", "changed"]);
    assert_eq!(each(&list, "/user/login"), ["somebody", ACTIONS]);
    request(&github, "DELETE", &path, None).expect(204);
    request(&github, "DELETE", &path, None).expect(404);
    assert_eq!(github.comments(7)[0].id, first);
    let elsewhere = COMMENTS.replace('7', "8");
    request(&github, "POST", &elsewhere, json!({"body": "a"})).expect(404);
}

#[test]
fn lists_come_in_pages_with_links() {
    let (github, _) = with_pull();
    for number in 0..65 {
        github.comment(7, "somebody", &format!("{number}"));
    }
    let mut path = COMMENTS.to_owned();
    let mut bodies = Vec::new();
    let mut pages = 0;
    loop {
        let page = get(&github, &path).expect(200);
        bodies.extend(each(&page.json(), "/body"));
        pages += 1;
        let Some(next) = page.link("next") else { break };
        path = next;
    }
    assert_eq!((bodies.len(), pages), (65, 3));
    let middle = get(&github, &format!("{COMMENTS}?per_page=20&page=2"));
    assert_eq!(middle.json().as_array().unwrap().len(), 20);
    let relations = ["prev", "next", "last", "first"].map(|name| {
        let link = middle.link(name).unwrap();
        link.replace(github.url(), "")
    });
    insta::assert_snapshot!(relations.join("\n"), @r"
    /repos/octo/shop/issues/7/comments?per_page=20&page=1
    /repos/octo/shop/issues/7/comments?per_page=20&page=3
    /repos/octo/shop/issues/7/comments?per_page=20&page=4
    /repos/octo/shop/issues/7/comments?per_page=20&page=1
    ");
    let all = get(&github, &format!("{COMMENTS}?per_page=100"));
    assert_eq!(all.header("link"), None);
}

#[test]
fn pull_requests_of_forks_are_not_found_by_their_commit() {
    let (github, pull) = with_pull();
    let fork = github.pull(Pull::new(8).of_fork("stranger/shop"));
    let of_commit = |sha: &str| {
        let list = get(&github, &format!("/repos/octo/shop/commits/{sha}/pulls"))
            .expect(200)
            .json();
        each(&list, "/number")
    };
    assert_eq!(of_commit(&pull.head_sha), [7]);
    assert!(of_commit(&fork.head_sha).is_empty());
    let list = get(
        &github,
        "/repos/octo/shop/pulls?head=stranger:topic-8&state=all",
    )
    .json();
    assert_eq!(each(&list, "/number"), [8]);
    assert_eq!(each(&list, "/head/sha"), [fork.head_sha.as_str()]);
    assert_eq!(each(&list, "/head/repo/full_name"), ["stranger/shop"]);
    let one = get(&github, "/repos/octo/shop/pulls/8").expect(200).json();
    assert_eq!(one["head"]["repo"]["fork"], true);
    assert_eq!(one["base"]["sha"], pull.base_sha.as_str());
    get(&github, "/repos/octo/shop/pulls/9").expect(404);
}

#[test]
fn statuses_of_a_commit_are_combined() {
    let (github, pull) = with_pull();
    let path = format!("/repos/octo/shop/statuses/{}", pull.head_sha);
    for (context, state) in [("a", "failure"), ("a", "success"), ("b", "pending")] {
        let body =
            json!({"context": context, "state": state, "target_url": "https://example.invalid/"});
        request(&github, "POST", &path, body).expect(201);
    }
    let of_commit = |rest: &str| {
        get(
            &github,
            &format!("/repos/octo/shop/commits/{}/{rest}", pull.head_sha),
        )
    };
    let combined = of_commit("status").expect(200).json();
    assert_eq!(
        (&combined["state"], &combined["total_count"]),
        (&json!("pending"), &json!(2))
    );
    assert_eq!(
        each(&of_commit("statuses").json(), "/state"),
        ["pending", "success", "failure"]
    );
    assert_eq!(github.statuses().len(), 3);
}

#[test]
fn runs_have_jobs_and_artifacts() {
    let github = FakeGithub::start();
    github.run(WorkflowRun {
        id: 42,
        name: "CI".to_owned(),
        event: "pull_request".to_owned(),
        head_branch: "topic".to_owned(),
        head_sha: github.change(|repository| repository.head()),
        head_repository: "stranger/shop".to_owned(),
        conclusion: Some("success".to_owned()),
        jobs: vec![
            ("test".to_owned(), Some("success".to_owned())),
            ("report".to_owned(), None),
        ],
    });
    github.artifact(42, "report-shop", b"zip of the first attempt");
    let id = github.artifact(42, "report-shop", b"zip");
    github.artifact(43, "other", b"other");
    let actions = |rest: &str| get(&github, &format!("/repos/octo/shop/actions{rest}"));
    let run = actions("/runs/42").expect(200).json();
    assert_eq!(run["head_repository"]["full_name"], "stranger/shop");
    assert_eq!(run["pull_requests"], json!([]));
    assert_eq!(
        actions("/runs?event=pull_request&status=success").json()["total_count"],
        1
    );
    assert_eq!(
        each(&actions("/runs/42/jobs").json()["jobs"], "/status"),
        ["completed", "in_progress"]
    );
    assert_eq!(actions("/artifacts").json()["total_count"], 3);
    assert_eq!(
        actions("/runs/42/artifacts?name=report-shop").json()["artifacts"][0]["id"],
        id
    );
    let place = actions(&format!("/artifacts/{id}/zip")).expect(302);
    let place = place.header("location").unwrap();
    let bytes = send(&github, "GET", place, &[("user-agent", "test")], None)
        .unwrap()
        .expect(200);
    assert_eq!(bytes.body, b"zip");
    get(&github, place).expect(200);
    assert_eq!(
        github.take_violations().len(),
        1,
        "the token was sent to the storage"
    );
    let dispatch = json!({"ref": "main", "inputs": {"target": "staging"}});
    request(
        &github,
        "POST",
        "/repos/octo/shop/actions/workflows/ci.yml/dispatches",
        dispatch,
    )
    .expect(204);
}

#[test]
fn a_server_of_ones_own_has_the_api_below_a_path() {
    let (github, _) = with_pull();
    let path = github.enterprise_url().replace(github.url(), "");
    get(&github, &format!("{path}{COMMENTS}")).expect(200);
    github.repository("octo/other");
    assert_eq!(
        get(&github, "/repos/octo/other").expect(200).json()["default_branch"],
        "main"
    );
}
