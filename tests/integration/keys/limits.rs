//! `quality_gates`, and the overrides of a component.

use super::deployed::with_tokens;
use super::{
    Case, check, judged, nested, printing, run, server, with_commands, with_python, with_reports,
};
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

/// The same with a monitoring that saw one millisecond.
fn with_monitoring() -> Repository {
    let limits = json!({ "prometheus": { "url": server::url("") }, "response_time_query": "1" });
    with_tokens(with_limits(&limits))
}

/// What the monitoring is asked, and whom: key, two settings of the gate, the verdict with each.
fn of_monitoring() -> Vec<Case> {
    let guarded = |name: &str| {
        let prometheus = json!({ "url": server::url(""), "token_env": name });
        json!({ "prometheus": prometheus, "response_time_query": "guarded" })
    };
    let keys = [
        (
            "prometheus.url",
            [server::url(""), "http://127.0.0.1:1".to_owned()]
                .map(|url| json!({ "prometheus": { "url": url } })),
            ["passed", "errored"],
        ),
        (
            "prometheus.token_env",
            ["FIRST_TOKEN", "SECOND_TOKEN"].map(guarded),
            ["passed", "errored"],
        ),
        (
            "response_time_query",
            ["4999", "5001"].map(|query| json!({ "response_time_query": query })),
            ["passed", "failed"],
        ),
        (
            "memory_query",
            ["512", "none"].map(|query| json!({ "memory_query": query })),
            ["passed", "no_data"],
        ),
    ];
    let blocks = both("performance", "").map(|block| block.trim_end_matches('.').to_owned());
    let mut cases = Vec::new();
    for block in blocks {
        for (key, settings, verdicts) in &keys {
            cases.push(Case::new(
                format!("{block}.{key}"),
                with_monitoring,
                settings.clone().map(|settings| nested(&block, settings)),
                |repository| judged(repository, "dev", "performance")["verdict"].clone(),
                verdicts.map(Value::from),
            ));
        }
    }
    cases
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
    cases.extend(of_monitoring());
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
fn the_monitoring_is_a_source_of_its_own() {
    let repository = with_monitoring();
    let level = json!({ "required_gates": ["performance"] });
    super::configure(
        &repository,
        &json!({ "maturity_workflow": { "development": level } }),
    );
    let report = run(&repository, "dev");
    let tools = report["tools"].as_array().unwrap();
    let tool = tools
        .iter()
        .find(|tool| tool["tool"] == "Prometheus response time");
    let tool = tool.expect("the monitoring was asked");
    let asked = format!("asked Prometheus at {}: 1", server::url(""));
    assert_eq!(tool["notes"], json!([asked]));
    assert_eq!(tool["attempts"].as_array().unwrap().len(), 1);
    let gate = &report["stage_results"]["refactoring"]["quality_gates"]["performance"];
    let measurements = gate["measurements"].as_array().unwrap();
    let of = |what: &str| {
        let mut measurements = measurements.iter();
        let found = measurements.find(|measurement| measurement["what"] == what);
        found.map(|measurement| measurement["actual"]["number"].clone())
    };
    assert_eq!(of("response time in monitoring"), Some(json!(1.0)));
    assert_eq!(of("response time (p95)"), Some(json!(118.0)));
}

#[test]
fn every_limit_is_applied() {
    check(&cases());
}
