//! Check runs: opened and completed once, whatever happens to the answers.

use super::*;
use crate::model::{Annotation, AnnotationLevel};
use serde_json::{Value, json};

const CREATE: &str = "POST /check-runs";
const CHANGE: &str = "PATCH /check-runs/";

fn key() -> CheckRunKey {
    CheckRunKey {
        name: "testing".to_owned(),
        head_sha: "5e1f".to_owned(),
        external_id: "billing/12/1".to_owned(),
    }
}

fn time() -> Timestamp {
    Timestamp::from_second(WALL).unwrap()
}

pub(super) async fn open(bench: &Bench) -> Result<CheckRun, ApiError> {
    let opening = Opening {
        started_at: time(),
        details_url: None,
        output: None,
    };
    assert_send(super::open(
        &bench.client,
        &bench.repository,
        &key(),
        &opening,
    ))
    .await
}

fn completion(annotations: usize) -> Completion {
    let annotation = |number| Annotation {
        level: AnnotationLevel::Failure,
        file: Some("src/a.py".to_owned()),
        line: Some(number),
        column: None,
        title: "linting".to_owned(),
        message: format!("finding {number}"),
    };
    Completion {
        conclusion: Conclusion::Failure,
        started_at: time(),
        completed_at: time(),
        details_url: None,
        output: CheckOutput {
            title: "3 of 9 gates failed".to_owned(),
            summary: "| gate |".to_owned(),
            text: Some("more".to_owned()),
        },
        annotations: (1..=annotations).map(|n| annotation(n as u32)).collect(),
    }
}

async fn complete(
    bench: &Bench,
    opened: Option<&CheckRun>,
    completion: &Completion,
) -> Result<CheckRun, ApiError> {
    let key = key();
    let (client, repository) = (&bench.client, &bench.repository);
    assert_send(super::complete(
        client, repository, &key, opened, completion,
    ))
    .await
}

/// The only check run there is.
fn only_run(bench: &Bench) -> Value {
    let state = bench.server.state();
    assert_eq!(state.check_runs.len(), 1, "{:?}", state.log);
    state.check_runs[0].clone()
}

/// The lines of the annotations, in order.
fn lines(run: &Value) -> Vec<u64> {
    let annotations = run["output"]["annotations"].as_array().unwrap();
    annotations
        .iter()
        .map(|annotation| annotation["start_line"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_check_run_is_opened_and_completed() {
    let bench = Bench::new().await;
    let opened = open(&bench).await.unwrap();
    assert!(!opened.is_completed);
    assert_eq!(
        only_run(&bench),
        json!({
            "id": 1,
            "name": "testing",
            "head_sha": "5e1f",
            "external_id": "billing/12/1",
            "started_at": "2026-11-25T12:00:00Z",
            "status": "in_progress",
            "output": { "annotations": [], "annotations_count": 0 },
        })
    );
    let completed = complete(&bench, Some(&opened), &completion(1))
        .await
        .unwrap();
    assert!(completed.is_completed);
    assert_eq!(completed.annotations, 1);
    let run = only_run(&bench);
    assert_eq!(run["conclusion"], "failure");
    assert_eq!(run["completed_at"], "2026-11-25T12:00:00Z");
    assert_eq!(run["output"]["summary"], "| gate |");
    assert_eq!(
        bench.server.state().log,
        [
            "GET /repos/octo/shop/commits/5e1f/check-runs?check_name=testing&filter=all&per_page=100&page=1",
            "POST /repos/octo/shop/check-runs",
            "PATCH /repos/octo/shop/check-runs/1",
        ]
    );
}

#[tokio::test]
async fn one_that_is_there_is_found_among_many() {
    let bench = Bench::new().await;
    for number in 0..250 {
        let run = json!({ "id": 1000 + number, "external_id": format!("other/{number}") });
        bench.server.state().check_runs.push(run);
    }
    bench.server.state().check_runs[3] = json!({
        "id": 77, "external_id": "billing/12/1", "status": "in_progress",
        "output": { "annotations_count": 2 },
    });
    let opened = open(&bench).await.unwrap();
    assert_eq!((opened.id, opened.annotations), (77, 2));
    assert_eq!(bench.count("GET /check-runs"), 3);
    assert_eq!(bench.count(CREATE), 0);
}

#[tokio::test]
async fn a_lost_answer_never_makes_two() {
    for fault in [
        Fault::After(502, "Bad Gateway"),
        Fault::After(200, "<html>Unicorn!</html>"),
        Fault::CloseAfter,
        Fault::HalfAfter,
    ] {
        let bench = Bench::new().await;
        bench.fault(CREATE, fault);
        assert_eq!(open(&bench).await.unwrap().id, 1);
        only_run(&bench);
        assert_eq!(bench.count(CREATE), 1);
        assert_eq!(bench.slept().len(), 1);
    }
}

#[tokio::test]
async fn a_request_that_was_not_done_is_sent_again_after_looking() {
    for fault in [status(502), Fault::CloseBefore] {
        let bench = Bench::new().await;
        bench.fault(CREATE, fault);
        open(&bench).await.unwrap();
        only_run(&bench);
        assert_eq!(bench.count(CREATE), 2);
        assert_eq!(bench.count("GET /check-runs"), 2);
    }
}

#[tokio::test]
async fn after_a_limit_there_is_nothing_to_look_for() {
    let bench = Bench::new().await;
    bench.fault(
        CREATE,
        with_headers(429, &[("retry-after", "5".to_owned())]),
    );
    open(&bench).await.unwrap();
    assert_eq!(bench.count(CREATE), 2);
    assert_eq!(bench.count("GET /check-runs"), 1);
}

#[tokio::test]
async fn the_last_attempt_may_have_been_the_one() {
    let bench = Bench::new().await;
    for _ in 0..4 {
        bench.fault(CREATE, status(502));
    }
    bench.fault(CREATE, Fault::CloseAfter);
    assert_eq!(open(&bench).await.unwrap().id, 1);
    only_run(&bench);
}

#[tokio::test]
async fn nothing_is_created_when_it_cannot_be_looked_up() {
    let bench = Bench::new().await;
    bench.fault(CREATE, Fault::CloseAfter);
    bench.server.state().hooks.push((
        CREATE.to_owned(),
        Box::new(|state| {
            for _ in 0..5 {
                state
                    .faults
                    .push_back(("GET /check-runs".to_owned(), status(500)));
            }
        }),
    ));
    let error = open(&bench).await.unwrap_err();
    assert!(
        error.to_string().starts_with("looking for the check run"),
        "{error}"
    );
    assert_eq!(bench.count(CREATE), 1);
}

#[tokio::test]
async fn annotations_go_out_in_pages_and_arrive_once() {
    for fault in [
        None,
        Some((0, Fault::After(502, ""))),
        Some((0, status(502))),
        Some((1, Fault::CloseAfter)),
        Some((1, Fault::CloseBefore)),
        Some((2, Fault::HalfAfter)),
    ] {
        let bench = Bench::new().await;
        let opened = open(&bench).await.unwrap();
        if let Some((page, fault)) = fault {
            for _ in 0..page {
                bench.fault(CHANGE, Fault::No);
            }
            bench.fault(CHANGE, fault);
        }
        let completed = complete(&bench, Some(&opened), &completion(120))
            .await
            .unwrap();
        assert_eq!(completed.annotations, 120);
        let run = only_run(&bench);
        assert_eq!(lines(&run), (1..=120).collect::<Vec<_>>());
        assert_eq!(run["conclusion"], "failure");
        assert_eq!(run["output"]["text"], "more");
    }
}

#[tokio::test]
async fn every_page_may_lose_its_answer() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        bench.fault(CHANGE, Fault::CloseAfter);
    }
    let opened = open(&bench).await.unwrap();
    complete(&bench, Some(&opened), &completion(150))
        .await
        .unwrap();
    assert_eq!(lines(&only_run(&bench)), (1..=150).collect::<Vec<_>>());
    assert_eq!(bench.count(CHANGE), 3);
    assert_eq!(bench.count("GET /check-runs/1"), 3);
}

#[tokio::test]
async fn another_process_goes_on_where_the_first_ended() {
    let bench = Bench::new().await;
    let opened = open(&bench).await.unwrap();
    complete(&bench, Some(&opened), &completion(70))
        .await
        .unwrap();
    let again = complete(&bench, None, &completion(120)).await.unwrap();
    assert_eq!(again.annotations, 120);
    assert_eq!(lines(&only_run(&bench)), (1..=120).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_that_was_never_opened_is_created_complete() {
    for fault in [None, Some(Fault::CloseAfter)] {
        let bench = Bench::new().await;
        if let Some(fault) = fault {
            bench.fault(CREATE, fault);
        }
        complete(&bench, None, &completion(60)).await.unwrap();
        let run = only_run(&bench);
        assert_eq!(run["status"], "completed");
        assert_eq!(run["started_at"], "2026-11-25T12:00:00Z");
        assert_eq!(lines(&run).len(), 60);
        assert_eq!(bench.count(CREATE), 1);
    }
}

#[tokio::test]
async fn a_text_that_github_refuses_is_found_before_anything_is_sent() {
    let bench = Bench::new().await;
    let mut fits = completion(0);
    fits.output.summary = "é".repeat(MAX_CHECK_TEXT);
    fits.output.title = "t".repeat(300);
    complete(&bench, None, &fits).await.unwrap();
    assert_eq!(
        only_run(&bench)["output"]["title"].as_str().unwrap().len(),
        255
    );
    let requests = bench.server.state().log.len();
    let mut too_long = completion(0);
    too_long.output.text = Some("é".repeat(MAX_CHECK_TEXT + 1));
    let error = complete(&bench, None, &too_long).await.unwrap_err();
    insta::assert_snapshot!(error, @r#"completing the check run "testing": the text has 65536 characters, and GitHub takes 65535; it has to be cut by whole rows before"#);
    assert_eq!(bench.server.state().log.len(), requests);
}

#[tokio::test]
async fn names_from_outside_are_encoded() {
    let bench = Bench::new().await;
    let mut key = key();
    key.name = "a&filter=latest #é/..".to_owned();
    find(&bench.client, &bench.repository, &key).await.unwrap();
    assert_eq!(
        bench.server.state().log,
        [
            "GET /repos/octo/shop/commits/5e1f/check-runs?check_name=a%26filter%3Dlatest%20%23%C3%A9%2F..&filter=all&per_page=100&page=1"
        ]
    );
}
