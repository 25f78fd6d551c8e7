//! What GitHub's description does not allow, and what it does not say.

use super::{
    CHECK_RUNS, COMMENTS, annotations, check_run,
    client::{get, request, send},
    with_pull,
};
use crate::support::github::{FULL_TOKEN, FakeGithub};
use serde_json::{Value, json};

#[test]
fn every_operation_without_a_body_has_an_answer() {
    let contract = include_str!("../../fixtures/github/contract.json");
    let contract: Value = serde_json::from_str(contract).unwrap();
    let (github, _) = with_pull();
    for operation in contract["operations"].as_array().unwrap() {
        let path = operation["path"].as_str().unwrap();
        let path = path
            .replace("{owner}/{repo}", "octo/shop")
            .replace(['{', '}'], "");
        request(&github, operation["method"].as_str().unwrap(), &path, None);
        let violations = github.take_violations().join("\n");
        // The others have tests of their own. The errors that are answered are valid, too.
        let others = violations
            .lines()
            .filter(|line| !line.ends_with("needs a body, found none"));
        assert_eq!(others.count(), 0, "{violations}");
    }
}

/// The violations of one request, which the fake then forgets.
#[track_caller]
fn violations(github: &FakeGithub, method: &str, path: &str, body: Value) -> (u16, String) {
    let body = Some(body).filter(|body| !body.is_null());
    let status = request(github, method, path, body).status;
    (status, github.take_violations().join("\n"))
}

#[test]
fn an_operation_that_github_does_not_have_is_a_violation() {
    let (github, _) = with_pull();
    let found = violations(&github, "POST", "/repos/octo/shop/check-run", json!({}));
    insta::assert_snapshot!(
        format!("{} {}", found.0, found.1),
        @"404 POST /repos/octo/shop/check-run: GitHub's description, as the tests have it, has no such operation"
    );
}

#[test]
fn a_value_that_github_does_not_know_is_a_violation_and_refused() {
    let (github, pull) = with_pull();
    let mut body = check_run(&pull.head_sha);
    body["status"] = json!("done");
    let (status, found) = violations(&github, "POST", CHECK_RUNS, body);
    assert_eq!(status, 422);
    insta::assert_snapshot!(
        found,
        @r#"POST /repos/octo/shop/check-runs: /status: "done" is not one of "queued", "in_progress" or "completed""#
    );
    assert!(github.check_runs().is_empty());
}

#[test]
fn a_misspelt_property_is_a_violation_though_github_ignores_it() {
    let (github, pull) = with_pull();
    let mut body = check_run(&pull.head_sha);
    body["detail_url"] = json!("https://example.invalid");
    body["output"] = json!({"title": "t", "summary": "s", "annotation": []});
    let (status, found) = violations(&github, "POST", CHECK_RUNS, body);
    assert_eq!(status, 201);
    insta::assert_snapshot!(found, @r"
    POST /repos/octo/shop/check-runs: /detail_url: no property is called so
    POST /repos/octo/shop/check-runs: /output/annotation: no property is called so
    ");
}

#[test]
fn a_payload_of_the_users_own_has_any_names() {
    let (github, pull) = with_pull();
    let body = json!({
        "ref": pull.head_sha, "auto_merge": false, "required_contexts": [], "environment": "staging",
        "payload": {"anything": {"at": ["all"]}},
    });
    request(&github, "POST", "/repos/octo/shop/deployments", body).expect(201);
}

#[test]
fn a_parameter_that_github_does_not_have_is_a_violation() {
    let (github, _) = with_pull();
    get(&github, &format!("{COMMENTS}?perpage=3&page=x")).expect(200);
    insta::assert_snapshot!(github.take_violations().join("\n"), @r#"
    GET /repos/octo/shop/issues/7/comments?perpage=3&page=x: query: no parameter is called `perpage`
    GET /repos/octo/shop/issues/7/comments?perpage=3&page=x: query page: : "x" is not of type "integer"
    "#);
}

#[test]
fn a_body_is_needed_where_github_needs_one_and_only_there() {
    let (github, _) = with_pull();
    let (status, found) = violations(&github, "POST", COMMENTS, Value::Null);
    assert_eq!(status, 422);
    assert!(
        found.contains("this operation needs a body, found none"),
        "{found}"
    );
    let (_, found) = violations(&github, "GET", COMMENTS, json!({"a": 1}));
    assert!(found.contains("this operation takes no body"), "{found}");
}

#[test]
fn headers_are_looked_at() {
    let (github, _) = with_pull();
    let bearer = format!("Bearer {FULL_TOKEN}");
    let version = ("x-github-api-version", "2022-11-28");
    let headers = [("authorization", bearer.as_str()), version, version];
    send(&github, "GET", COMMENTS, &headers, None)
        .unwrap()
        .expect(200);
    insta::assert_snapshot!(github.take_violations().join("\n"), @"
    GET /repos/octo/shop/issues/7/comments: there is no header `User-Agent`
    GET /repos/octo/shop/issues/7/comments: the header `X-GitHub-Api-Version` was sent twice
    ");
}

#[test]
fn the_limits_of_check_runs_hold() {
    let (github, pull) = with_pull();
    let run = |change: &dyn Fn(&mut Value)| {
        let mut body = check_run(&pull.head_sha);
        body["output"] = json!({"title": "t", "summary": "s", "annotations": annotations(1)});
        change(&mut body);
        body
    };
    let long = "x".repeat(65_536);
    let cases: [(&str, Value); 9] = [
        (
            "/output/summary",
            run(&|body| body["output"]["summary"] = json!(long)),
        ),
        (
            "/output/text",
            run(&|body| body["output"]["text"] = json!(long)),
        ),
        (
            "/output/annotations",
            run(&|body| body["output"]["annotations"] = json!(annotations(51))),
        ),
        (
            "/conclusion",
            run(&|body| body["status"] = json!("completed")),
        ),
        (
            "/output/annotations/0/start_column",
            run(&|body| {
                body["output"]["annotations"][0]["end_line"] = json!(2);
                body["output"]["annotations"][0]["start_column"] = json!(1);
            }),
        ),
        (
            "/output/annotations/0/end_line",
            run(&|body| {
                body["output"]["annotations"][0]["end_line"] = json!(0);
            }),
        ),
        (
            "/output/annotations/0/title",
            run(&|body| {
                body["output"]["annotations"][0]["title"] = json!("x".repeat(256));
            }),
        ),
        (
            "/output/annotations/0/message",
            run(&|body| {
                body["output"]["annotations"][0]["message"] = json!(format!("{long}x"));
            }),
        ),
        (
            "/output/title",
            run(&|body| body["output"]["title"] = json!("x".repeat(256))),
        ),
    ];
    for (place, body) in cases {
        let answer = request(&github, "POST", CHECK_RUNS, body)
            .expect(422)
            .json();
        assert_eq!(answer["message"], "Validation Failed");
        let found = github.take_violations().join("\n");
        assert!(found.contains(&format!("{place}: ")), "{place}: {found}");
    }
    assert!(github.check_runs().is_empty());
}

#[test]
fn what_is_at_the_limit_is_taken() {
    let (github, pull) = with_pull();
    let mut body = check_run(&pull.head_sha);
    let longest = "ä".repeat(65_535);
    body["output"] = json!({
        "title": "x".repeat(255), "summary": longest, "text": longest, "annotations": annotations(50),
    });
    request(&github, "POST", CHECK_RUNS, body).expect(201);
    let comment = json!({"body": "ä".repeat(65_536)});
    request(&github, "POST", COMMENTS, comment).expect(201);
}

#[test]
fn a_comment_that_is_too_long_is_refused_and_no_violation() {
    let (github, _) = with_pull();
    let body = json!({"body": "x".repeat(65_537)});
    let answer = request(&github, "POST", COMMENTS, body).expect(422).json();
    insta::assert_json_snapshot!(answer, @r#"
    {
      "message": "Validation Failed",
      "documentation_url": "https://docs.github.com/rest",
      "errors": [
        {
          "code": "custom",
          "resource": "issues/create-comment",
          "field": "body",
          "message": "body is too long (maximum is 65536 characters)"
        }
      ],
      "status": "422"
    }
    "#);
    github.limit_comments(10);
    request(&github, "POST", COMMENTS, json!({"body": "12345678901"})).expect(422);
    request(&github, "POST", COMMENTS, json!({"body": " "})).expect(422);
    request(&github, "POST", COMMENTS, json!({"body": "1234567890"})).expect(201);
}

#[test]
fn descriptions_are_short() {
    let (github, pull) = with_pull();
    let status = |length: usize| json!({"state": "success", "description": "x".repeat(length)});
    let path = format!("/repos/octo/shop/statuses/{}", pull.head_sha);
    request(&github, "POST", &path, status(140)).expect(201);
    request(&github, "POST", &path, status(141)).expect(422);
    assert_eq!(github.take_violations().len(), 1);
}

#[test]
#[should_panic(
    expected = "POST /repos/octo/shop/issues/7/comments: : \"body\" is a required property"
)]
fn a_violation_fails_the_test_at_its_end() {
    let (github, _) = with_pull();
    request(&github, "POST", COMMENTS, json!({}));
}
