//! `github`: what is shown on GitHub.

use super::{Case, check, with_test_script};
use crate::support::{
    Repository,
    github::{FakeGithub, Step},
};
use serde_json::{Value, json};

fn passing() -> Repository {
    with_test_script("")
}

/// The check runs after a run in a job, and whether its summary says anything.
fn shown(repository: &Repository) -> Value {
    let github = FakeGithub::start();
    let step = Step::new(&github, "workflow_dispatch", &json!({}));
    let mut command = repository.command(&["run", "--component", "thing"]);
    command.envs(step.variables());
    let output = command.output().unwrap();
    assert!(output.status.code() != Some(2), "{output:?}");
    let checks: Vec<String> = github
        .check_runs()
        .into_iter()
        .map(|check| check.name)
        .collect();
    json!({ "checks": checks, "has_summary": !step.summary().is_empty() })
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::of_values(
            "github.surfaces",
            passing,
            [json!(["summary"]), json!(["checks"])],
            shown,
            [
                json!({ "checks": [], "has_summary": true }),
                json!({ "checks": ["spec2prod: thing"], "has_summary": false }),
            ],
        ),
        Case::of_values(
            "github.check_per_gate",
            passing,
            [json!(false), json!(true)],
            |repository| {
                let checks = shown(repository)["checks"].clone();
                let names = checks.as_array().unwrap().iter();
                json!(
                    names
                        .filter(|name| *name == "spec2prod: thing / test_pass_rate")
                        .count()
                )
            },
            [json!(0), json!(1)],
        ),
    ]
}

#[test]
fn results_are_shown_where_the_file_says() {
    check(&cases());
}
