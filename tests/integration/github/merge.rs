//! Many reports: one check run of a fixed name, one comment; results of forks.

use super::{FAILS, Setting};
use crate::support::{
    Repository, WRITES_A_PASS,
    github::{
        FakeGithub, Pull, Step, WorkflowRun,
        events::{pull_request, workflow_run},
    },
    with_script,
};
use serde_json::json;
use std::fs;

/// Judges a component in a job without the API, and moves its report where artifacts lie.
fn judged(setting: &Setting, component: &str) {
    let file = format!("reports/spec2prod-{component}/workflow_report_{component}.json");
    let place = setting.repository.path().join(&file);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let mut command =
        setting
            .repository
            .command(&["run", "--component", component, "--output", &file]);
    command.env("SPEC2PROD_SURFACES", "none");
    assert!(
        command
            .output()
            .unwrap()
            .status
            .code()
            .is_some_and(|code| code < 2)
    );
}

#[test]
fn all_legs_become_one_check_run_and_one_comment() {
    let setting = Setting::new(WRITES_A_PASS);
    judged(&setting, "thing");
    setting.repository.write("check.sh", FAILS);
    judged(&setting, "other");
    let arguments = [
        "summarize",
        "--component",
        "thing",
        "--component",
        "other",
        "--",
        "reports",
    ];
    setting.repository.run(&arguments).expect_status(1);
    let checks = setting.github.check_runs();
    let names: Vec<(&str, Option<&str>)> = checks
        .iter()
        .map(|check| (check.name.as_str(), check.conclusion.as_deref()))
        .collect();
    assert_eq!(
        names,
        [
            ("spec2prod", Some("failure")),
            ("spec2prod: other", Some("failure")),
            ("spec2prod: thing", Some("success")),
        ]
    );
    let comments = setting.github.comments(7);
    assert_eq!(comments.len(), 1);
    assert!(comments[0].body.contains("1 of 2 components is blocked"));
    let outputs = setting.step.outputs().unwrap();
    assert_eq!(outputs["verdict"], "failed");
    assert_eq!(outputs["artifact-name"], "spec2prod_summary-linux-1");
}

#[test]
fn a_leg_that_is_missing_fails_by_name_and_nothing_to_do_is_success() {
    let setting = Setting::new(WRITES_A_PASS);
    judged(&setting, "thing");
    let arguments = [
        "summarize",
        "--component=thing",
        "--component=other",
        "--",
        "reports",
    ];
    let ran = setting.repository.run(&arguments).expect_status(3);
    assert!(
        ran.stdout.contains("other: has no report"),
        "{}",
        ran.stdout
    );
    let check = &setting.github.check_runs()[0];
    assert_eq!(check.conclusion.as_deref(), Some("failure"));

    let setting = Setting::new(WRITES_A_PASS);
    let nothing = ["summarize", "--component=-", "--", "nothing-here"];
    let ran = setting.repository.run(&nothing).expect_status(0);
    assert!(ran.stdout.contains("nothing to judge"), "{}", ran.stdout);
    assert!(setting.github.comments(7).is_empty());
    assert_eq!(
        setting.github.check_runs()[0].conclusion.as_deref(),
        Some("success")
    );
}

#[test]
fn a_comment_is_made_for_something_and_changed_for_nothing() {
    let setting = Setting::new(FAILS);
    judged(&setting, "thing");
    let arguments = ["summarize", "--component", "thing", "--", "reports"];
    setting.repository.run(&arguments).expect_status(1);
    assert!(setting.github.comments(7)[0].body.contains("is blocked"));
    let nothing = ["summarize", "--component=-", "--", "nothing-here"];
    setting.repository.run(&nothing).expect_status(0);
    let comments = setting.github.comments(7);
    assert_eq!(comments.len(), 1);
    let body = &comments[0].body;
    assert!(body.contains("nothing to judge"), "{body}");
}

#[test]
fn two_hundred_components_fit_one_comment() {
    let setting = Setting::new(FAILS);
    judged(&setting, "thing");
    let text = setting
        .repository
        .read("reports/spec2prod-thing/workflow_report_thing.json");
    for number in 0..200 {
        let name = format!("component_{number:03}");
        let file = format!("reports/{name}/workflow_report_{name}.json");
        setting
            .repository
            .write(&file, text.replace("\"thing\"", &format!("\"{name}\"")));
    }
    let mut command = setting.repository.command(&["summarize", "reports"]);
    command.env("SPEC2PROD_SURFACES", "summary,comment");
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    let body = &setting.github.comments(7)[0].body;
    assert!(body.chars().count() <= 60_200, "{}", body.chars().count());
    assert!(body.contains("component_000") && body.contains("component_199"));
}

/// What a run for a fork left, and the run that publishes it.
fn of_fork(script: &str, head_sha: Option<&str>) -> (FakeGithub, Repository) {
    let github = FakeGithub::start();
    let repository = with_script(script);
    repository.git(&["init", "--quiet", "--initial-branch", "main"]);
    let base = repository.commit_all();
    let mut pull = github.pull(Pull::new(9).of_fork("stranger/shop"));
    pull.base_sha = base;
    let first = Step::new(&github, "pull_request", &pull_request("synchronize", &pull))
        .with("GITHUB_TOKEN", "")
        .with("SPEC2PROD_SURFACES", "summary");
    let repository = repository.in_step(&first);
    fs::create_dir(repository.path().join("reports")).unwrap();
    let arguments = [
        "run",
        "--component",
        "thing",
        "--output",
        "reports/workflow_report_thing.json",
    ];
    repository.run(&arguments);
    let run = WorkflowRun {
        id: 4242,
        name: "CI".to_owned(),
        event: "pull_request".to_owned(),
        head_branch: pull.head_branch.clone(),
        head_sha: head_sha.unwrap_or(&pull.head_sha).to_owned(),
        head_repository: "stranger/shop".to_owned(),
        conclusion: Some("success".to_owned()),
        jobs: Vec::new(),
    };
    let second = Step::new(&github, "workflow_run", &workflow_run("completed", &run));
    let repository = repository
        .in_step(&second)
        .without_variable("SPEC2PROD_SURFACES");
    // The files of the first step are gone with it.
    repository.run(&["publish", "reports"]);
    drop((first, second));
    (github, repository)
}

#[test]
fn results_of_a_fork_are_posted_by_a_run_that_may() {
    let (github, _repository) = of_fork(FAILS, None);
    let comments = github.comments(9);
    assert_eq!(comments.len(), 1);
    assert!(
        comments[0].body.contains("thing is blocked"),
        "{}",
        comments[0].body
    );
    let names: Vec<String> = github
        .check_runs()
        .into_iter()
        .map(|check| check.name)
        .collect();
    assert_eq!(
        names,
        ["spec2prod: thing"],
        "no check run that a branch's rules ask for"
    );
}

#[test]
fn results_about_another_commit_are_not_believed() {
    let (github, _repository) = of_fork(WRITES_A_PASS, Some(&"a".repeat(40)));
    assert!(github.comments(9).is_empty());
    assert!(github.check_runs().is_empty());
}

#[test]
fn a_plan_is_handed_on() {
    let setting = Setting::new(WRITES_A_PASS);
    setting.repository.write("lib/a.txt", "changed\n");
    setting.repository.commit_all();
    setting.repository.run(&["plan"]).expect_status(0);
    let outputs = setting.step.outputs().unwrap();
    let matrix: serde_json::Value = serde_json::from_str(&outputs["matrix"]).unwrap();
    assert_eq!(outputs["components"], "other,thing");
    assert_eq!(outputs["has-components"], "true");
    assert_eq!(matrix["include"][1]["component"], json!("thing"));
}
