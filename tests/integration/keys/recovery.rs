//! `error_recovery`: attempts, waits and the circuit breaker.

use super::{Case, check, configure, nested, run, script, with_commands, with_installer};
use crate::support::Repository;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Three short waits, each twice as long as the one before.
pub(super) static QUICK: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "max_retries": 3, "base_delay": 0.01, "exponential_base": 2, "max_delay": 10, "jitter": false, "total_budget": 100,
    })
});

/// A tool that never reaches the network, for each stage with tools.
fn without_network() -> Repository {
    let repository = with_commands(&[
        script("check", "tests", "junit", "fail.sh"),
        script("lint", "lint", "sarif", "fail.sh"),
    ]);
    repository.write(
        "fail.sh",
        "echo x >> tries\necho 'Connection refused' >&2\nexit 7\n",
    );
    let settings = json!({
        "maturity_workflow": { "development": { "required_gates": ["test_pass_rate", "linting"] } },
        "quality_gates": { "linting": { "check_format": false } },
        "error_recovery": { "testing": *QUICK, "refactoring": *QUICK, "circuit_breaker": { "failure_threshold": 1000 } },
    });
    configure(&repository, &settings);
    repository
}

/// The waits before the attempts of a tool, in milliseconds.
fn waits(repository: &Repository, tool: &str) -> Value {
    let report = run(repository, "dev");
    let tools = report["tools"].as_array().unwrap();
    let tool = tools.iter().find(|run| run["tool"] == tool).unwrap();
    let attempts = tool["attempts"].as_array().unwrap().iter();
    attempts
        .skip(1)
        .map(|attempt| attempt["delay_ms"].clone())
        .collect()
}

/// The cases of a stage's tries, where something never reaches the network.
pub(super) fn of_stage(
    stage: &str,
    repository: fn() -> Repository,
    waits: impl Fn(&Repository) -> Value + Copy + 'static,
) -> Vec<Case> {
    let case = |key: &str, values: [Value; 2], expected: [Value; 2]| {
        let key = format!("error_recovery.{stage}.{key}");
        Case::of_values(&key, repository, values, waits, expected)
    };
    let usual = json!([10, 20, 40]);
    let key = format!("error_recovery.{stage}.jitter");
    // That all of six waits are what they are without jitter happens once in 10^9 runs.
    let jitter = [true, false].map(|jitter| {
        let retry = json!({ "max_retries": 6, "base_delay": 0.02, "exponential_base": 1, "jitter": jitter });
        nested(&format!("error_recovery.{stage}"), retry)
    });
    let is_regular = move |r: &Repository| json!(waits(r) == json!([20, 20, 20, 20, 20, 20]));
    vec![
        case(
            "max_retries",
            [json!(3), json!(1)],
            [usual.clone(), json!([10])],
        ),
        case(
            "base_delay",
            [json!(0.01), json!(0.02)],
            [usual.clone(), json!([20, 40, 80])],
        ),
        case(
            "exponential_base",
            [json!(2), json!(1)],
            [usual.clone(), json!([10, 10, 10])],
        ),
        case(
            "max_delay",
            [json!(10), json!(0.015)],
            [usual.clone(), json!([10, 15, 15])],
        ),
        case(
            "total_budget",
            [json!(1), json!(0.03)],
            [usual, json!([10, 20])],
        ),
        Case::new(
            key,
            repository,
            jitter,
            is_regular,
            [json!(false), json!(true)],
        ),
    ]
}

/// An installer that never reaches the network, and nothing else to run tools with.
fn without_installation() -> Repository {
    let repository =
        with_installer("echo x >> \"$HOME/tries\"\necho 'Connection refused' >&2\nexit 7\n");
    configure(
        &repository,
        &json!({ "error_recovery": { "dependency_check": *QUICK } }),
    );
    repository
}

/// How often the installer was started: what does not fit into the budget is not waited for.
fn installations(repository: &Repository) -> Value {
    run(repository, "dev");
    json!(repository.read("tries").lines().count())
}

fn of_installation() -> Vec<Case> {
    // Waits of 10, 20 and 40 ms, as far as the budget allows.
    let case = |key: &str, values: [Value; 2], budget: f64, expected: [u32; 2]| {
        let name = format!("error_recovery.dependency_check.{key}");
        let settings = values.map(|value| {
            let mut retry = json!({ "total_budget": budget });
            retry[key] = value;
            json!({ "error_recovery": { "dependency_check": retry } })
        });
        Case::new(
            name,
            without_installation,
            settings,
            installations,
            expected.map(Value::from),
        )
    };
    vec![
        case("max_retries", [json!(3), json!(1)], 100.0, [4, 2]),
        case("base_delay", [json!(0.01), json!(0.04)], 0.08, [4, 2]),
        case("exponential_base", [json!(2), json!(10)], 0.08, [4, 2]),
        case("max_delay", [json!(0.01), json!(10)], 0.03, [4, 3]),
        case("total_budget", [json!(0.07), json!(0.03)], 0.0, [4, 3]),
        jitter_of_installation(),
    ]
}

/// Without jitter 99 of 100 waits fit into the budget. With it a wait is 7/8 as long on average,
/// since the limit of a wait cuts off what is longer, and all fit but once in 10^11 runs.
fn jitter_of_installation() -> Case {
    let settings = [false, true].map(|jitter| {
        let retry = json!({
            "max_retries": 100, "base_delay": 0.002, "exponential_base": 1, "max_delay": 0.002, "total_budget": 0.198,
            "jitter": jitter,
        });
        json!({ "error_recovery": { "dependency_check": retry } })
    });
    Case::new(
        "error_recovery.dependency_check.jitter",
        without_installation,
        settings,
        installations,
        [json!(100), json!(101)],
    )
}

fn two_components() -> Repository {
    let repository = without_network();
    repository.write(
        "specs/other.md",
        repository.read("specs/thing.md").replace("thing", "other"),
    );
    let settings = json!({
        "components": { "other": { "path": "lib", "toolchain": "scripts" } },
        "maturity_workflow": { "development": { "required_gates": ["test_pass_rate"] } },
        "error_recovery": { "testing": { "max_retries": 0 } },
    });
    configure(&repository, &settings);
    repository
}

fn tries_of_two(repository: &Repository) -> Value {
    repository
        .run(&["run", "--component", "thing", "--component", "other"])
        .expect_status(3);
    json!(repository.read("tries").lines().count())
}

pub(super) fn cases() -> Vec<Case> {
    let breaker = "error_recovery.circuit_breaker";
    let opened = [600.0, 0.0].map(|timeout| {
        nested(
            breaker,
            json!({ "failure_threshold": 1, "recovery_timeout": timeout }),
        )
    });
    let mut cases = of_stage("testing", without_network, |r| waits(r, "check"));
    let linting = of_stage("refactoring", without_network, |r| waits(r, "lint"));
    cases.extend(linting);
    cases.extend(of_installation());
    cases.push(Case::of_values(
        &format!("{breaker}.failure_threshold"),
        two_components,
        [json!(1), json!(2)],
        tries_of_two,
        [json!(1), json!(2)],
    ));
    cases.push(Case::new(
        format!("{breaker}.recovery_timeout"),
        two_components,
        opened,
        tries_of_two,
        [json!(1), json!(2)],
    ));
    cases
}

#[test]
fn attempts_and_waits_are_those_of_the_policy() {
    check(&cases());
}
