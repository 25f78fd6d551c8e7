//! What the program finds around it in a step of a workflow.

use crate::support::{
    Repository,
    github::{FakeGithub, Pull, Step, events},
};
use std::{collections::BTreeMap, fs};

#[test]
fn a_step_has_the_variables_of_its_event() {
    let github = FakeGithub::start();
    let pull = github.pull(Pull::new(7));
    let variables = |event: &str, payload| {
        let step = Step::new(&github, event, &payload);
        let variables = step.variables();
        let variables: BTreeMap<&str, String> = variables
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        ["GITHUB_REF", "GITHUB_REF_NAME", "GITHUB_SHA"].map(|name| variables[name].clone())
    };
    let of_pull = variables("pull_request", events::pull_request("opened", &pull));
    assert_eq!(of_pull[..2], ["refs/pull/7/merge", "7/merge"]);
    assert_ne!(of_pull[2], pull.head_sha);
    let of_push = variables("push", events::push("main", &pull.base_sha, &pull.head_sha));
    assert_eq!(of_push, ["refs/heads/main", "main", &pull.head_sha]);
    let of_group = variables(
        "merge_group",
        events::merge_group(&pull.head_sha, &pull.base_sha),
    );
    assert_eq!(of_group[2], pull.head_sha);
    let dispatched = variables(
        "workflow_dispatch",
        events::payload("workflow_dispatch", ""),
    );
    assert_eq!(dispatched, ["refs/heads/main", "main", &pull.base_sha]);
}

#[test]
fn outputs_are_read_as_the_runner_reads_them() {
    let github = FakeGithub::start();
    let step = Step::new(&github, "push", &events::push("main", "a", "b"));
    let variables: BTreeMap<&str, &str> = step.variables().collect();
    let (output, summary) = (variables["GITHUB_OUTPUT"], variables["GITHUB_STEP_SUMMARY"]);
    let read = |text: &str| {
        fs::write(output, text).unwrap();
        step.outputs().map(|outputs| format!("{outputs:?}"))
    };
    assert_eq!(read(""), Ok("{}".to_owned()));
    assert_eq!(
        read("verdict=passed\nreport<<E1\na=b\n\nc\nE1\n"),
        Ok(r#"{"report": "a=b\n\nc", "verdict": "passed"}"#.to_owned())
    );
    assert_eq!(
        read("report<<E1\na\nE2\n"),
        Err("matching delimiter not found: E1".to_owned())
    );
    assert_eq!(read("report\n"), Err("invalid format: report".to_owned()));
    assert_eq!(read("=a\n"), Err("a name must not be empty: =a".to_owned()));
    fs::write(summary, "# Passed\n").unwrap();
    assert_eq!(step.summary(), "# Passed\n");
}

#[test]
fn the_program_runs_in_a_step() {
    let github = FakeGithub::start();
    let pull = github.pull(Pull::new(7));
    let payload = events::pull_request("synchronize", &pull);
    let step = Step::new(&github, "pull_request", &payload).with("GITHUB_RUN_ATTEMPT", "2");
    let repository = Repository::new().in_step(&step);
    repository.run(&["config", "schema"]).expect_status(0);
    assert!(github.requests().is_empty());
}
