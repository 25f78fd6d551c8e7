//! Reviewers of an environment on GitHub agree to what the run deploys.

use super::deployment::{deployment, thing, version};
use crate::support::{
    Repository,
    github::{FULL_TOKEN, FakeGithub, Level, Pull, Scope, Step, Token},
};
use serde_json::{Value, json};

/// A component whose production somebody has to agree to, in a job.
fn asked() -> (Repository, FakeGithub, String) {
    let repository = thing();
    let text = repository.read("workflow_config.yaml");
    let text = text.replace("[ { rollback_tested: true } ]", "[]").replace(
        "  specification:",
        "  production_deployment: { require_manual_approval: true }\n  specification:",
    );
    repository.write("workflow_config.yaml", text);
    let commit = version(&repository, "one");
    let github = FakeGithub::start();
    github.pull(Pull {
        head_sha: commit.clone(),
        ..Pull::new(7)
    });
    (repository, github, commit)
}

/// Runs to production in a job that linus started; gives the criterion.
fn run(repository: &Repository, github: &FakeGithub, token: &str, commit: &str) -> (i32, Value) {
    let step = Step::new(github, "workflow_dispatch", &json!({}));
    let step = step
        .with("GITHUB_TOKEN", token)
        .with("GITHUB_SHA", commit)
        .with("GITHUB_ACTOR", "linus");
    let line = ["run", "--component", "thing", "--target", "production"];
    let output = repository.command(&line).envs(step.variables()).output();
    let status = output.unwrap().status.code().unwrap();
    let report = repository.report("thing");
    let criteria = &report["stage_results"]["production_deployment"]["criteria"];
    let mut criteria = criteria.as_array().unwrap().iter();
    let found = criteria.find(|criterion| criterion["name"] == "approval");
    (status, found.unwrap().clone())
}

#[test]
fn who_approved_this_run_for_production_has_agreed() {
    let (repository, github, commit) = asked();
    let (_, found) = run(&repository, &github, FULL_TOKEN, &commit);
    assert_eq!(found["verdict"], "failed", "{found:#}");
    github.change(|repository| {
        repository.review_run(4242, "linus", "approved", "production/thing");
        repository.review_run(4242, "bob", "approved", "staging/thing");
    });
    let (_, found) = run(&repository, &github, FULL_TOKEN, &commit);
    assert_eq!(found["verdict"], "failed", "{found:#}");
    github.change(|repository| {
        repository.review_run(4242, "ada", "approved", "Production/Thing");
    });
    let other = "0".repeat(40);
    let (_, found) = run(&repository, &github, FULL_TOKEN, &other);
    assert_eq!(found["verdict"], "failed", "{found:#}");
    let (status, found) = run(&repository, &github, FULL_TOKEN, &commit);
    assert_eq!(
        (status, &found["verdict"]),
        (0, &json!("passed")),
        "{found:#}"
    );
    assert_eq!(
        found["source"],
        "GitHub: environment reviewers of run 4242: ada (Ship it!)"
    );
    assert_eq!(
        deployment(&repository, "production")["approved_by"],
        json!(["ada"])
    );
    let ledger = repository.read(".spec2prod/history/deployments/production/thing.jsonl");
    assert!(ledger.contains(r#""approved_by":["ada"]"#), "{ledger}");
}

#[test]
fn a_job_that_may_not_read_approvals_is_told_so_and_the_ledger_counts() {
    let (repository, github, commit) = asked();
    let token = Token::with_all(Level::Write).with(Scope::Actions, Level::None);
    github.token("ghs_no_actions", token);
    github.change(|repository| {
        repository.review_run(4242, "ada", "approved", "production");
    });
    let (_, found) = run(&repository, &github, "ghs_no_actions", &commit);
    assert_eq!(found["verdict"], "failed", "{found:#}");
    assert!(
        found["gap"].as_str().unwrap().contains("`actions: read`"),
        "{found:#}"
    );
    let line = [
        "approve",
        "--component",
        "thing",
        "--environment",
        "production",
        "--version",
        &commit,
        "--reason",
        "seen",
    ];
    repository.run(&line).expect_status(0);
    let (status, found) = run(&repository, &github, "ghs_no_actions", &commit);
    assert_eq!(
        (status, &found["verdict"]),
        (0, &json!("passed")),
        "{found:#}"
    );
    assert!(
        found["gap"].as_str().unwrap().contains("`actions: read`"),
        "{found:#}"
    );
}
