//! What tokens may do, and how often.

use super::{
    CHECK_RUNS, COMMENTS, check_run,
    client::{Response, get, request_with, send},
    with_pull,
};
use crate::support::github::{FULL_TOKEN, FakeGithub, Level, Limit, READ_ONLY_TOKEN, Scope, Token};
use serde_json::json;

#[track_caller]
fn message(response: &Response) -> String {
    response.json()["message"].as_str().unwrap().to_owned()
}

#[test]
fn without_a_token_nothing_is_answered() {
    let (github, _) = with_pull();
    let none = send(&github, "GET", COMMENTS, &[("user-agent", "test")], None);
    assert_eq!(
        message(&none.unwrap().expect(401)),
        "Requires authentication"
    );
    let wrong = request_with(&github, "ghs_wrong", "GET", COMMENTS, None);
    assert_eq!(message(&wrong.unwrap().expect(401)), "Bad credentials");
}

#[test]
fn a_token_that_only_reads_cannot_write() {
    let (github, pull) = with_pull();
    let read = request_with(&github, READ_ONLY_TOKEN, "GET", COMMENTS, None);
    read.unwrap().expect(200);
    let writes = [
        (CHECK_RUNS, check_run(&pull.head_sha)),
        (COMMENTS, json!({"body": "a"})),
        (
            "/repos/octo/shop/deployments",
            json!({"ref": "main", "auto_merge": false, "required_contexts": []}),
        ),
    ];
    for (path, body) in writes {
        let refused = request_with(&github, READ_ONLY_TOKEN, "POST", path, Some(body));
        let refused = refused.unwrap().expect(403);
        assert_eq!(message(&refused), "Resource not accessible by integration");
    }
    assert!(github.check_runs().is_empty() && github.comments(7).is_empty());
    assert!(github.deployments().is_empty());
}

#[test]
fn a_permission_can_be_missing() {
    let (github, pull) = with_pull();
    let token = Token::with_all(Level::Write);
    github.token("no_checks", token.clone().with(Scope::Checks, Level::None));
    github.token(
        "no_pulls",
        token.clone().with(Scope::PullRequests, Level::Read),
    );
    github.token("somebody", token.of("somebody"));
    let post = |token: &str, path: &str, body| {
        request_with(&github, token, "POST", path, Some(body))
            .unwrap()
            .status
    };
    let (run, comment) = (check_run(&pull.head_sha), json!({"body": "a"}));
    assert_eq!(post("no_checks", CHECK_RUNS, run.clone()), 403);
    assert_eq!(post("no_checks", COMMENTS, comment.clone()), 201);
    assert_eq!(post("no_pulls", CHECK_RUNS, run), 201);
    assert_eq!(post("no_pulls", COMMENTS, comment.clone()), 403);
    assert_eq!(post("somebody", COMMENTS, comment), 201);
    let authors: Vec<String> = github
        .comments(7)
        .into_iter()
        .map(|each| each.author)
        .collect();
    assert_eq!(authors, ["github-actions[bot]", "somebody"]);
}

#[test]
fn every_permission_has_its_operations() {
    let (github, pull) = with_pull();
    let sha = &pull.head_sha;
    let places = [
        (Scope::Actions, "/actions/artifacts".to_owned()),
        (Scope::Checks, format!("/commits/{sha}/check-runs")),
        (Scope::Contents, "/contents/README.md".to_owned()),
        (Scope::Contents, "/git/ref/heads/main".to_owned()),
        (Scope::Deployments, "/deployments".to_owned()),
        (Scope::PullRequests, format!("/commits/{sha}/pulls")),
        (Scope::Statuses, format!("/commits/{sha}/status")),
    ];
    for (scope, rest) in places {
        let path = format!("/repos/octo/shop{rest}");
        for level in [Level::Read, Level::None] {
            github.token("t", Token::with_all(Level::Write).with(scope, level));
            let status = request_with(&github, "t", "GET", &path, None)
                .unwrap()
                .status;
            let expected = if level == Level::Read { 200 } else { 403 };
            assert_eq!(status, expected, "{path} {scope:?} {level:?}");
        }
        // Nothing else is needed.
        github.token("t", Token::with_all(Level::None).with(scope, Level::Read));
        request_with(&github, "t", "GET", &path, None)
            .unwrap()
            .expect(200);
    }
    get(&github, "/repos/octo/shop").expect(200);
    get(&github, "/repos/octo/other").expect(404);
}

#[test]
fn limits_are_answered_with_their_headers() {
    let github = FakeGithub::start();
    let primary = |status, retry_after| Limit::Primary {
        status,
        retry_after,
        resets_in: 60,
    };
    let limits = [
        (
            403,
            primary(403, None),
            None,
            "0",
            "API rate limit exceeded",
        ),
        (
            429,
            primary(429, Some(5)),
            Some("5"),
            "0",
            "API rate limit exceeded",
        ),
        (
            403,
            Limit::Secondary {
                retry_after: Some(60),
            },
            Some("60"),
            "900",
            "You have exceeded a secondary rate limit",
        ),
    ];
    for (status, limit, retry_after, remaining, text) in limits {
        github.token("t", Token::with_all(Level::Write).limited(limit));
        let answer = request_with(&github, "t", "GET", "/repos/octo/shop", None)
            .unwrap()
            .expect(status);
        assert!(message(&answer).starts_with(text), "{answer:?}");
        assert_eq!(answer.header("retry-after"), retry_after);
        assert!(answer.header("x-ratelimit-reset").is_some());
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(remaining));
    }
}

#[test]
fn requests_are_counted() {
    let github = FakeGithub::start();
    let remaining = |path: &str| {
        let answer = get(&github, path).expect(200);
        answer.header("x-ratelimit-remaining").unwrap().to_owned()
    };
    assert_eq!(remaining("/repos/octo/shop"), "999");
    assert_eq!(remaining("/rate_limit"), "999");
    assert_eq!(remaining("/repos/octo/shop"), "998");
    let answer = get(&github, "/rate_limit").json();
    assert_eq!(answer["resources"]["core"]["remaining"], 998);
    assert!(github.requests().iter().all(|request| {
        request.header("authorization") == Some(&format!("Bearer {FULL_TOKEN}"))
    }));
}
