//! On a pull request the rules are those of the base.

use super::{FAILS, Setting};
use crate::support::{Repository, github::Pull, with_script};
use std::fs;

const LAX: &str = "quality_gates: { test_pass_rate: { required: 0 } }\n";

fn weaken(repository: &Repository) {
    let text = repository.read("workflow_config.yaml");
    repository.write("workflow_config.yaml", format!("{text}{LAX}"));
    repository.commit_all();
}

#[test]
fn a_change_cannot_weaken_the_rules_that_judge_it() {
    let setting = Setting::new(FAILS);
    weaken(&setting.repository);
    setting.run().expect_status(1);
    let report = setting.repository.report("thing");
    assert_eq!(report["policy"]["from"], setting.pull.base_sha.as_str());
    let differences = report["policy"]["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{differences:#?}");
}

#[test]
fn a_shallow_clone_gets_them_from_github() {
    let setting = Setting::new(FAILS);
    let base = setting.pull.base_sha.clone();
    let rules = setting.repository.read("workflow_config.yaml");
    setting.github.file(&base, "workflow_config.yaml", rules);
    weaken(&setting.repository);
    // What `actions/checkout` leaves: a commit without what is before it.
    fs::remove_dir_all(setting.repository.path().join(".git")).unwrap();
    setting.repository.git(&["init", "--quiet"]);
    setting.repository.commit_all();
    setting.run().expect_status(1);
    assert_eq!(
        setting.repository.report("thing")["policy"]["from"],
        base.as_str()
    );
}

#[test]
fn rules_that_nobody_can_tell_block() {
    let setting = Setting::with(FAILS, Pull::new(7), |step| step.with("GITHUB_TOKEN", ""));
    weaken(&setting.repository);
    fs::remove_dir_all(setting.repository.path().join(".git")).unwrap();
    let ran = setting.run().expect_status(2);
    assert!(ran.stderr.contains("fetch-depth: 0"), "{}", ran.stderr);
}

#[test]
fn outside_a_pull_request_the_rules_are_those_of_the_commit() {
    let setting = Setting::new(FAILS);
    let repository = with_script(FAILS)
        .in_step(&setting.step)
        .variable("GITHUB_EVENT_NAME", "workflow_dispatch")
        .variable("SPEC2PROD_SURFACES", "none");
    let text = repository.read("workflow_config.yaml");
    repository.write("workflow_config.yaml", format!("{text}{LAX}"));
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(0);
}
