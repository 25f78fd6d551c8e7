//! What goes wrong on the way.

use super::{
    CHECK_RUNS, COMMENTS, check_run,
    client::{get, request, request_with},
    with_pull,
};
use crate::support::github::{ACTIONS, FULL_TOKEN, FakeGithub, Fault, Limit, Pull};
use serde_json::json;
use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

/// Tries to make a check run; gives the status or what broke.
fn try_to_create(github: &FakeGithub, pull: &Pull) -> Result<u16, ErrorKind> {
    let body = Some(check_run(&pull.head_sha));
    let answer = request_with(github, FULL_TOKEN, "POST", CHECK_RUNS, body);
    answer
        .map(|answer| answer.status)
        .map_err(|error| error.kind())
}

#[test]
fn trouble_before_the_write_leaves_nothing() {
    for status in [401, 404, 422, 500, 502, 503] {
        let (github, pull) = with_pull();
        github.plan(Fault::Before(status).on("POST", CHECK_RUNS));
        assert_eq!(try_to_create(&github, &pull), Ok(status));
        assert!(github.check_runs().is_empty());
        assert_eq!(try_to_create(&github, &pull), Ok(201), "it strikes once");
        github.assert_all_struck();
    }
}

#[test]
fn a_request_is_checked_though_it_comes_to_nothing() {
    let (github, _) = with_pull();
    github.plan(Fault::Before(502).on("POST", COMMENTS));
    request(&github, "POST", COMMENTS, json!({"boddy": "a"})).expect(502);
    assert_eq!(github.take_violations().len(), 2);
}

#[test]
fn trouble_after_the_write_leaves_it() {
    let (github, pull) = with_pull();
    github.plan(Fault::After(502).on("POST", "*/check-runs"));
    assert_eq!(try_to_create(&github, &pull), Ok(502));
    assert_eq!(github.check_runs().len(), 1);
}

#[test]
fn a_connection_is_reset_before_or_after_the_write() {
    let (github, pull) = with_pull();
    github.plan(Fault::ResetBefore.on("POST", CHECK_RUNS));
    github.plan(Fault::ResetAfter.on("POST", CHECK_RUNS));
    assert_eq!(
        try_to_create(&github, &pull),
        Err(ErrorKind::ConnectionReset)
    );
    assert!(github.check_runs().is_empty());
    assert_eq!(
        try_to_create(&github, &pull),
        Err(ErrorKind::ConnectionReset)
    );
    assert_eq!(github.check_runs().len(), 1);
    let statuses: Vec<Option<u16>> = github.writes().iter().map(|each| each.status).collect();
    assert_eq!(statuses, [None, None]);
}

#[test]
fn a_body_ends_in_the_middle() {
    let (github, pull) = with_pull();
    github.plan(Fault::Truncated.on("POST", CHECK_RUNS));
    assert_eq!(try_to_create(&github, &pull), Err(ErrorKind::UnexpectedEof));
    assert_eq!(github.check_runs().len(), 1);
}

#[test]
fn a_page_for_people_comes_instead_of_json() {
    let (github, pull) = with_pull();
    github.plan(Fault::Html(502).on("GET", "*"));
    let answer = get(&github, COMMENTS).expect(502);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(answer.body.starts_with(b"<!DOCTYPE html>"));
    assert_eq!(try_to_create(&github, &pull), Ok(201));
}

#[test]
fn an_answer_is_slow_and_others_are_not() {
    let (github, pull) = with_pull();
    let delay = Duration::from_millis(300);
    github.plan(Fault::Slow(delay).on("POST", CHECK_RUNS));
    let began = Instant::now();
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| try_to_create(&github, &pull));
        while github.check_runs().is_empty() {
            std::thread::yield_now();
        }
        get(&github, COMMENTS).expect(200);
        assert!(began.elapsed() < delay, "the other request waited");
        assert_eq!(slow.join().unwrap(), Ok(201));
    });
    assert!(began.elapsed() >= delay);
    assert!(github.requests()[0].at <= github.requests()[1].at);
}

#[test]
fn a_limit_passes() {
    let (github, _) = with_pull();
    let limit = Limit::Secondary {
        retry_after: Some(1),
    };
    github.plan(Fault::Limited(limit).on("POST", COMMENTS).times(2));
    let statuses: Vec<u16> = (0..3)
        .map(|_| request(&github, "POST", COMMENTS, json!({"body": "a"})).status)
        .collect();
    assert_eq!(statuses, [403, 403, 201]);
}

#[test]
fn faults_wait_for_their_turn_and_their_query() {
    let (github, _) = with_pull();
    github.plan(Fault::Before(500).on("GET", "*/comments?*page=2*"));
    github.plan(Fault::Before(503).on("GET", COMMENTS).after(1));
    let statuses: Vec<u16> = ["", "?page=2", "", ""]
        .into_iter()
        .map(|query| get(&github, &format!("{COMMENTS}{query}")).status)
        .collect();
    assert_eq!(statuses, [200, 500, 503, 200]);
}

#[test]
#[should_panic(expected = "nothing came for POST */labels")]
fn a_fault_that_never_struck_is_told() {
    let github = FakeGithub::start();
    github.plan(Fault::Before(500).on("POST", "*/labels"));
    github.assert_all_struck();
}

#[test]
fn something_else_happens_meanwhile() {
    let (github, _) = with_pull();
    let change = Fault::meanwhile(|repository| {
        repository.add_comment(7, ACTIONS, "somebody was faster");
    });
    github.plan(change.on("POST", COMMENTS));
    request(&github, "POST", COMMENTS, json!({"body": "late"})).expect(201);
    let bodies: Vec<String> = github
        .comments(7)
        .into_iter()
        .map(|each| each.body)
        .collect();
    assert_eq!(bodies, ["somebody was faster", "late"]);
}
