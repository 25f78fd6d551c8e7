//! `environments.*.health_check`: what is looked at, and when it is believed.

use super::deployed::{outcome, seen_in, staging, takes_two_seconds, with_staging, without_look};
use super::{Case, check, server};
use crate::support::Repository;
use serde_json::{Value, json};

fn case(
    key: &str,
    repository: fn() -> Repository,
    looks: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [Value; 2],
) -> Case {
    let settings = looks.map(|look| staging(json!({ "health_check": look })));
    Case::new(
        format!("environments.*.health_check.{key}"),
        repository,
        settings,
        observe,
        expected,
    )
}

/// What is healthy by the first look, and not by the second.
fn of_probe(key: &str, looks: [Value; 2]) -> Case {
    let expected = [json!("healthy"), json!("left_failed")];
    case(key, without_look, looks, outcome, expected)
}

fn of_probes() -> Vec<Case> {
    let address = server::url("/health");
    // `{"status": "ok", "who": …}`
    let http = |key: &str, values: [Value; 2]| {
        let looks = values.map(|value| {
            let mut http = json!({ "url": address });
            http[key] = value;
            json!({ "http": http })
        });
        of_probe(&format!("http.{key}"), looks)
    };
    let json_at = |key: &str, conditions: [[&str; 2]; 2]| {
        let looks = conditions.map(|[path, equals]| {
            json!({ "http": { "url": address, "json": { "path": path, "equals": equals } } })
        });
        of_probe(&format!("http.json.{key}"), looks)
    };
    let headers = ["ada", "bob"].map(|who| {
        json!({ "http": { "url": address, "headers": { "X-Who": who }, "body_contains": "ada" } })
    });
    vec![
        http(
            "url",
            [json!(server::url("/health")), json!(server::url("/sick"))],
        ),
        http("status", [json!([200, 204]), json!([503])]),
        http("body_contains", [json!("ok"), json!("absent")]),
        json_at("path", [["$.status", "ok"], ["$.state", "ok"]]),
        json_at("equals", [["$.status", "ok"], ["$.status", "good"]]),
        of_probe("http.headers.*", headers),
        // Nobody listens at port 1.
        of_probe(
            "tcp",
            [server::address(), "127.0.0.1:1"].map(|address| json!({ "tcp": address })),
        ),
        of_probe(
            "command",
            [["true"], ["false"]].map(|words| json!({ "command": words })),
        ),
    ]
}

fn of_counts() -> Vec<Case> {
    let message = seen_in("health_check", "message");
    let count = |key: &str, script: &'static str, expected: [&'static str; 2]| {
        let looks = [1, 2].map(|count| {
            let mut look = json!({ "command": ["sh", "-c", script] });
            look[key] = json!(count);
            look
        });
        let observe = move |repository: &Repository| {
            let message = message(repository);
            let message = message.as_str().unwrap();
            let found = expected.iter().find(|words| message.contains(*words));
            json!(found.unwrap_or(&message))
        };
        case(key, with_staging, looks, observe, expected.map(Value::from))
    };
    vec![
        count(
            "successes",
            "exit 0",
            ["healthy after 1 look:", "healthy after 2 looks:"],
        ),
        count(
            "failures",
            "exit 1",
            [
                "not healthy in 1 look in a row",
                "not healthy in 2 looks in a row",
            ],
        ),
        count(
            "errors",
            "exit 75",
            [
                "not be measured in 1 look in a row",
                "not be measured in 2 looks in a row",
            ],
        ),
    ]
}

fn of_times() -> Vec<Case> {
    vec![
        case(
            "start_delay",
            with_staging,
            [json!({ "start_delay": 2 }), json!({ "start_delay": 0 })],
            takes_two_seconds("health_check"),
            [json!(true), json!(false)],
        ),
        case(
            "interval",
            with_staging,
            [json!(2), json!(0)].map(|interval| json!({ "interval": interval, "successes": 2 })),
            takes_two_seconds("health_check"),
            [json!(true), json!(false)],
        ),
        case(
            "timeout",
            with_staging,
            [json!(30), json!(0.05)]
                .map(|timeout| json!({ "command": ["sleep", "0.5"], "timeout": timeout })),
            seen_in("health_check", "verdict"),
            [json!("passed"), json!("failed")],
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_probes();
    cases.extend(of_counts());
    cases.extend(of_times());
    cases
}

#[test]
fn what_is_looked_at_is_what_the_file_says() {
    check(&of_probes());
}

#[test]
fn health_is_believed_as_the_file_says() {
    check(&of_counts());
    check(&of_times());
}
