//! `environments.*.analysis` and `prometheus`: what the monitoring is asked.

use super::deployed::{seen_in, staging, takes_two_seconds, with_staging, with_tokens};
use super::{Case, check, configure, server};
use crate::support::Repository;
use serde_json::{Value, json};

/// Staging and its monitoring.
fn with_monitoring() -> Repository {
    let repository = with_staging();
    configure(
        &repository,
        &staging(json!({ "prometheus": { "url": server::url("") } })),
    );
    with_tokens(repository)
}

/// One question, with some keys set differently.
fn question(changes: &Value) -> Value {
    let mut question = json!({
        "name": "load", "query": "0.5", "at_most": 1, "interval": 0.01, "count": 1,
    });
    super::merge(&mut question, changes);
    question
}

fn case(
    key: &str,
    changes: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [Value; 2],
) -> Case {
    let settings = changes.map(|changes| staging(json!({ "analysis": [question(&changes)] })));
    Case::new(
        format!("environments.*.analysis[].{key}"),
        with_monitoring,
        settings,
        observe,
        expected,
    )
}

fn of_limits() -> Vec<Case> {
    let verdict = seen_in("analysis", "verdict");
    let message = seen_in("analysis", "message");
    let at_least = [json!(0.4), json!(0.6)].map(|limit| {
        let question = json!({
            "name": "load", "query": "0.5", "at_least": limit, "interval": 0.01, "count": 1,
        });
        staging(json!({ "analysis": [question] }))
    });
    vec![
        case(
            "name",
            ["one", "two"].map(|name| json!({ "name": name })),
            |repository| {
                let measurements = seen_in("analysis", "measurements")(repository);
                measurements[0]["what"].clone()
            },
            [json!("one"), json!("two")],
        ),
        case(
            "query",
            ["0.25", "0.75"].map(|query| json!({ "query": query })),
            message,
            ["0.25", "0.75"]
                .map(|value| json!(format!("load: at worst {value} in 1 answers, required ≤ 1"))),
        ),
        case(
            "at_most",
            [json!({ "at_most": 0.6 }), json!({ "at_most": 0.4 })],
            verdict,
            [json!("passed"), json!("failed")],
        ),
        Case::new(
            "environments.*.analysis[].at_least",
            with_monitoring,
            at_least,
            verdict,
            [json!("passed"), json!("failed")],
        ),
        case(
            "count",
            [json!({ "count": 2 }), json!({ "count": 3 })],
            message,
            [2, 3].map(|count| {
                json!(format!(
                    "load: at worst 0.5 in {count} answers, required ≤ 1"
                ))
            }),
        ),
        case(
            "failures",
            [0, 1].map(|failures| json!({ "at_most": 0.1, "count": 2, "failures": failures })),
            |repository| {
                let message = seen_in("analysis", "message")(repository);
                let message = message.as_str().unwrap();
                json!(message.rsplit("; ").next().unwrap())
            },
            [
                json!("1 of 1 did not hold, 0 may"),
                json!("2 of 2 did not hold, 1 may"),
            ],
        ),
        case(
            "errors",
            [0, 1].map(|errors| json!({ "query": "guarded", "count": 2, "errors": errors })),
            |repository| {
                let message = seen_in("analysis", "message")(repository);
                let message = message.as_str().unwrap();
                json!(message.split(" answers").next().unwrap())
            },
            [json!("load: 1"), json!("load: 2")],
        ),
        case(
            "inconclusive",
            ["block", "fail"].map(|what| json!({ "query": "none", "inconclusive": what })),
            verdict,
            [json!("no_data"), json!("failed")],
        ),
        case(
            "interval",
            [json!({ "interval": 2 }), json!({ "interval": 0 })],
            takes_two_seconds("analysis"),
            [json!(true), json!(false)],
        ),
    ]
}

fn of_server() -> Vec<Case> {
    let servers = |servers: [Value; 2], query: &str| {
        servers.map(|server| {
            let questions = [question(&json!({ "query": query }))];
            staging(json!({ "prometheus": server, "analysis": questions }))
        })
    };
    let verdict = seen_in("analysis", "verdict");
    vec![
        Case::new(
            "environments.*.prometheus.url",
            with_monitoring,
            servers(
                [server::url(""), server::url("/elsewhere")].map(|url| json!({ "url": url })),
                "1",
            ),
            verdict,
            [json!("passed"), json!("errored")],
        ),
        Case::new(
            "environments.*.prometheus.token_env",
            with_monitoring,
            servers(
                ["FIRST_TOKEN", "SECOND_TOKEN"]
                    .map(|name| json!({ "url": server::url(""), "token_env": name })),
                "guarded",
            ),
            verdict,
            [json!("passed"), json!("errored")],
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_limits();
    cases.extend(of_server());
    cases
}

#[test]
fn the_monitoring_is_asked_what_the_file_says() {
    check(&cases());
}
