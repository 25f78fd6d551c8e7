//! `quality_gates`, and the overrides of a component.

use super::{Case, check, judged, printing, run, with_commands, with_python, with_reports};
use crate::support::Repository;
use serde_json::{Value, json};

/// One limit: gate, key, level, two values, the verdict with each.
type Limit = (
    &'static str,
    &'static str,
    &'static str,
    [Value; 2],
    [&'static str; 2],
    fn() -> Repository,
);

fn with_flaky_test() -> Repository {
    let repository = with_reports();
    repository.write(
        "reports/tests",
        r#"<testsuite name="s"><testcase classname="c" name="n"><flakyFailure message="first"/></testcase></testsuite>"#,
    );
    repository
}

fn limits() -> Vec<Limit> {
    let between = ["passed", "failed"];
    let numbers = |holds: f64, breaks: f64| [json!(holds), json!(breaks)];
    let counts = |holds: u64, breaks: u64| [json!(holds), json!(breaks)];
    let flags = [json!(false), json!(true)];
    vec![
        (
            "test_pass_rate",
            "required",
            "dev",
            numbers(90.0, 90.1),
            between,
            with_reports,
        ),
        (
            "test_pass_rate",
            "flaky",
            "dev",
            [json!("allow"), json!("fail")],
            between,
            with_flaky_test,
        ),
        (
            "test_coverage",
            "dev_threshold",
            "dev",
            numbers(75.0, 75.1),
            between,
            with_reports,
        ),
        (
            "test_coverage",
            "staging_threshold",
            "staging",
            numbers(75.0, 75.1),
            between,
            with_reports,
        ),
        (
            "test_coverage",
            "production_threshold",
            "production",
            numbers(75.0, 75.1),
            between,
            with_reports,
        ),
        (
            "linting",
            "max_issues",
            "dev",
            counts(4, 3),
            between,
            with_reports,
        ),
        (
            "type_checking",
            "max_errors",
            "dev",
            counts(2, 1),
            between,
            with_reports,
        ),
        (
            "documentation",
            "readme",
            "dev",
            flags.clone(),
            between,
            with_documents,
        ),
        (
            "documentation",
            "usage_example",
            "dev",
            flags,
            between,
            with_documents,
        ),
        (
            "documentation",
            "min_documented",
            "dev",
            numbers(60.0, 70.0),
            between,
            with_documents,
        ),
        (
            "complexity",
            "max_per_function",
            "dev",
            counts(3, 2),
            between,
            with_python,
        ),
        (
            "instructions_validation",
            "max_errors",
            "dev",
            counts(2, 0),
            between,
            with_python,
        ),
        (
            "performance",
            "max_response_time_ms",
            "dev",
            numbers(118.0, 117.9),
            between,
            with_benchmark,
        ),
        (
            "performance",
            "max_memory_mb",
            "dev",
            numbers(20.0, 19.9),
            between,
            with_benchmark,
        ),
        (
            "performance",
            "percentile",
            "dev",
            [json!(50), json!(99)],
            between,
            || with_limits(&json!({ "max_response_time_ms": 115 })),
        ),
        (
            "performance",
            "baseline",
            "dev",
            [json!(""), json!("reports/earlier")],
            between,
            with_benchmark,
        ),
        (
            "performance",
            "max_regression_percent",
            "dev",
            numbers(200.0, 50.0),
            between,
            || with_limits(&json!({ "baseline": "reports/earlier" })),
        ),
        (
            "performance",
            "confidence",
            "dev",
            numbers(99.0, 90.0),
            between,
            with_overlapping_benchmark,
        ),
    ]
}

/// A report of pytest-benchmark with these measurements, in milliseconds, and 20 MiB.
fn measured(milliseconds: &[f64]) -> String {
    let seconds: Vec<f64> = milliseconds.iter().map(|ms| ms / 1000.0).collect();
    json!({
        "machine_info": {},
        "benchmarks": [{
            "name": "add",
            "extra_info": { "peak_memory_mb": 20 },
            "stats": {
                "min": 0, "max": 0, "mean": 0, "stddev": 0, "median": 0,
                "rounds": seconds.len(), "data": seconds,
            },
        }],
    })
    .to_string()
}

/// 20 measurements from 100 to 119 ms, twice as slow as in an earlier report.
fn with_benchmark() -> Repository {
    let repository = with_commands(&[printing("performance", "pytest_benchmark")]);
    let now: Vec<f64> = (100..120).map(f64::from).collect();
    let earlier: Vec<f64> = (50..70).map(f64::from).collect();
    repository.write("reports/performance", measured(&now));
    repository.write("reports/earlier", measured(&earlier));
    repository
}

/// The same with limits.
fn with_limits(limits: &Value) -> Repository {
    let repository = with_benchmark();
    super::configure(
        &repository,
        &json!({ "quality_gates": { "performance": limits } }),
    );
    repository
}

/// Five measurements, four of which are above four of five earlier ones: by chance in 7.5 % of all.
fn with_overlapping_benchmark() -> Repository {
    let repository = with_limits(&json!({ "baseline": "reports/earlier" }));
    repository.write(
        "reports/performance",
        measured(&[20.0, 21.0, 22.0, 23.0, 24.0]),
    );
    repository.write("reports/earlier", measured(&[1.0, 2.0, 3.0, 4.0, 100.0]));
    repository
}

/// Nothing but the documented share of the public interface is asked for, and that is two thirds.
fn with_documents() -> Repository {
    let repository = with_python();
    let lenient = json!({ "documentation": { "readme": false, "usage_example": false, "min_documented": 1 } });
    super::configure(&repository, &json!({ "quality_gates": lenient }));
    repository
}

/// The two ways to set a limit: for all components, and for one.
fn both(gate: &str, key: &str) -> [String; 2] {
    [
        format!("quality_gates.{gate}.{key}"),
        format!("components.*.thresholds.{gate}.{key}"),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (gate, key, target, values, verdicts, repository) in limits() {
        for path in both(gate, key) {
            cases.push(Case::of_values(
                &path,
                repository,
                values.clone(),
                move |repository| judged(repository, target, gate)["verdict"].clone(),
                verdicts.map(Value::from),
            ));
        }
    }
    // The gate asks for three limits at once, so that only one of its measurements changes.
    for (key, (holds, breaks)) in [
        ("max_critical", (1, 0)),
        ("max_high", (2, 1)),
        ("max_medium", (3, 2)),
    ] {
        for path in both("security", key) {
            let what = key.replace("max_", "") + " findings";
            let observe = move |repository: &Repository| {
                let gate = judged(repository, "dev", "security");
                let measurements = gate["measurements"].as_array().unwrap().clone();
                let measurement = measurements
                    .into_iter()
                    .find(|m| m["what"] == what.as_str());
                measurement.unwrap()["holds"].clone()
            };
            cases.push(Case::of_values(
                &path,
                with_reports,
                [json!(holds), json!(breaks)],
                observe,
                [json!(true), json!(false)],
            ));
        }
    }
    for path in both("linting", "check_format") {
        let observe = |repository: &Repository| {
            judged(repository, "dev", "linting")["measurements"][0]["actual"]["number"].clone()
        };
        let values = [json!(true), json!(false)];
        cases.push(Case::of_values(
            &path,
            with_reports,
            values,
            observe,
            [json!(4.0), json!(3.0)],
        ));
    }
    for path in both("linting", "auto_fix") {
        let values = [json!(true), json!(false)];
        cases.push(Case::of_values(
            &path,
            with_fixer,
            values,
            mended,
            [json!("mended\n"), json!("a\n")],
        ));
    }
    cases
}

/// A linter that finds something until its fixer has worked, and a stage that asks for fixes.
pub(super) fn with_fixer() -> Repository {
    let repository = with_commands(&[json!({
        "name": "lint",
        "command": ["grep", "-q", "mended", "lib/a.txt"],
        "evidence": ["lint"],
        "report": { "format": "exit_status" },
        "fix": ["sh", "-c", "echo mended > lib/a.txt"],
    })]);
    let settings = json!({
        "maturity_workflow": { "development": { "required_gates": ["linting"] } },
        "quality_gates": { "linting": { "auto_fix": true, "check_format": false } },
        "stages": { "refactoring": { "auto_fix_linting": true } },
    });
    super::configure(&repository, &settings);
    repository
}

/// What is in the file after a run.
pub(super) fn mended(repository: &Repository) -> Value {
    run(repository, "dev");
    json!(repository.read("lib/a.txt"))
}

#[test]
fn every_limit_is_applied() {
    check(&cases());
}
