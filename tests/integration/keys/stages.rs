//! `stages` and `execution`: what is judged, for how long, and how much at the same time.

use super::limits::{mended, with_fixer};
use super::{
    Case, check, configure, run, script, with_commands, with_installer, with_reports,
    with_test_script,
};
use crate::support::Repository;
use serde_json::{Value, json};

/// Every stage up to production, with evidence that lets all of them be judged.
fn to_production() -> Repository {
    let repository = with_reports();
    let level = json!({ "required_gates": ["type_checking"], "optional_gates": ["test_coverage"] });
    let settings = json!({
        "maturity_workflow": { "development": level, "staging": level, "production": level },
        "quality_gates": { "type_checking": { "max_errors": 9 } },
    });
    configure(&repository, &settings);
    repository
}

fn enabled(stage: &'static str) -> Case {
    Case::of_values(
        &format!("stages.{stage}.enabled"),
        to_production,
        [json!(true), json!(false)],
        move |repository| {
            let record = run(repository, "production")["stage_results"][stage].clone();
            json!(record["reason"]["code"] == "stage_disabled")
        },
        [json!(false), json!(true)],
    )
}

/// Tests and linter that take longer than a second.
fn slow() -> Repository {
    let repository = with_commands(&[
        script("check", "tests", "junit", "slow.sh"),
        script("lint", "lint", "sarif", "slow.sh"),
    ]);
    repository.write("slow.sh", "sleep 2\n");
    let settings = json!({
        "maturity_workflow": { "development": { "required_gates": ["test_pass_rate", "linting"] } },
        "quality_gates": { "linting": { "check_format": false } },
    });
    configure(&repository, &settings);
    repository
}

fn time_limit(stage: &'static str, gate: &'static str) -> Case {
    Case::of_values(
        &format!("stages.{stage}.timeout_seconds"),
        slow,
        [json!(1), json!(600)],
        move |repository| {
            let record =
                run(repository, "dev")["stage_results"][stage]["quality_gates"][gate].clone();
            json!(record["reason"]["code"] == "tool_timed_out")
        },
        [json!(true), json!(false)],
    )
}

/// A specification that takes a program without optimisation several seconds to read.
fn with_long_specification() -> Repository {
    let repository = with_reports();
    let headings = (0..100_000).map(|number| format!("# h{number}\n"));
    let text = repository.read("specs/thing.md") + &headings.collect::<String>();
    repository.write("specs/thing.md", text);
    repository
}

/// An installer that works longer than a second and then fails.
fn slow_installer() -> Repository {
    with_installer("sleep 2\necho 'no such package' >&2\nexit 1\n")
}

/// Why there is no environment for the tools.
fn why_without_environment(repository: &Repository) -> String {
    let record = run(repository, "dev")["stage_results"]["dependency_check"].clone();
    record["warnings"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Two tools that are at work for a moment.
fn two_tools() -> Repository {
    let repository = with_commands(&[
        script("first", "tests", "junit", "moment.sh"),
        script("second", "lint", "sarif", "moment.sh"),
    ]);
    repository.write("moment.sh", "sleep 0.5\n");
    let settings =
        json!({ "maturity_workflow": { "development": { "optional_gates": ["linting"] } } });
    configure(&repository, &settings);
    repository
}

/// Whether the two were at work at the same time.
fn overlap(repository: &Repository) -> Value {
    let report = run(repository, "dev");
    let times: Vec<(u64, u64)> = report["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| {
            let start = tool["started_ms"].as_u64().unwrap();
            (start, start + tool["duration_ms"].as_u64().unwrap())
        })
        .collect();
    let [first, second] = times[..] else {
        panic!("{report:#}")
    };
    json!(first.0.max(second.0) < first.1.min(second.1))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        "specification",
        "dependency_check",
        "testing",
        "refactoring",
        "staging_deployment",
        "production_deployment",
    ]
    .into_iter()
    .map(enabled)
    .collect();
    cases.extend([
        Case::of_values(
            "stages.specification.timeout_seconds",
            with_long_specification,
            [json!(1), json!(600)],
            |repository| {
                let record = run(repository, "dev")["stage_results"]["specification"].clone();
                json!(record["reason"]["code"] == "tool_timed_out")
            },
            [json!(true), json!(false)],
        ),
        Case::of_values(
            "stages.dependency_check.timeout_seconds",
            slow_installer,
            [json!(1), json!(600)],
            |repository| {
                json!(why_without_environment(repository).contains("did not end within 1 s"))
            },
            [json!(true), json!(false)],
        ),
        Case::of_values(
            "stages.dependency_check.install",
            slow_installer,
            [json!(true), json!(false)],
            |repository| json!(why_without_environment(repository).contains("installing failed")),
            [json!(true), json!(false)],
        ),
        time_limit("testing", "test_pass_rate"),
        time_limit("refactoring", "linting"),
        Case::of_values(
            "stages.refactoring.auto_fix_linting",
            with_fixer,
            [json!(true), json!(false)],
            mended,
            [json!("mended\n"), json!("a\n")],
        ),
        Case::of_values(
            "stages.testing.parallel_execution",
            || {
                let repository = two_tools();
                configure(&repository, &json!({ "execution": { "max_parallel": 2 } }));
                repository
            },
            [json!(true), json!(false)],
            overlap,
            [json!(true), json!(false)],
        ),
        Case::of_values(
            "execution.max_parallel",
            two_tools,
            [json!(2), json!(1)],
            overlap,
            [json!(true), json!(false)],
        ),
        Case::of_values(
            "version",
            || with_test_script(""),
            [json!(1), json!(2)],
            |repository| json!(repository.run(&["config", "check"]).status),
            [json!(0), json!(2)],
        ),
    ]);
    cases
}

#[test]
fn stages_judge_what_and_as_long_as_they_are_told() {
    check(&cases());
}
