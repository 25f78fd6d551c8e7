//! `promotion.security_review`, and what GitHub calls an environment.

use super::deployed::{next_version, staging, with_staging};
use super::promotion::{judged, with_review};
use super::{Case, check, nested};
use crate::support::{
    Repository,
    github::{FakeGithub, Level, Pull, Scope, Step, Token},
};
use serde_json::{Value, json};

/// A token that sees the teams of the organisation.
const TOKEN: &str = "ghp_organisation";

/// Runs the next version to staging in a job, where ada of the team `security` approved its pull
/// request and put the label `approved` there.
fn run_in_job(repository: &Repository) -> FakeGithub {
    let github = FakeGithub::start();
    let token = Token::with_all(Level::Write).with(Scope::Members, Level::Read);
    github.token(TOKEN, token);
    github.pull(Pull {
        head_sha: next_version(repository),
        ..Pull::new(7)
    });
    github.change(|repository| {
        repository.add_review(7, "ada", "APPROVED");
        repository.add_member("security", "ada", "active");
        repository.add_member("platform", "bob", "active");
        repository.label(7, "approved", "ada", true);
    });
    let step = Step::new(&github, "workflow_dispatch", &json!({}));
    let step = step.with("GITHUB_TOKEN", TOKEN);
    let mut command = repository.command(&["run", "--component", "thing", "--target", "staging"]);
    let output = command.envs(step.variables()).output().unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 1 | 3)),
        "{output:?}"
    );
    github
}

fn reviewed_in_job(repository: &Repository) -> Value {
    run_in_job(repository);
    let report = repository.report("thing");
    let criteria = &report["stage_results"]["staging_deployment"]["criteria"];
    let mut criteria = criteria.as_array().unwrap().iter();
    let review = criteria.find(|criterion| criterion["name"] == "security_review_complete");
    review.unwrap()["verdict"].clone()
}

/// The verdict where a file of this name is signed.
fn signed(repository: &Repository) -> Value {
    let commit = next_version(repository);
    let text = format!("commit: {commit}\nreviewer: ada\ndate: 2026-01-02\n");
    repository.write("out/one.md", text);
    verdict(repository)
}

fn verdict(repository: &Repository) -> Value {
    judged(repository, "staging", "security_review_complete")["verdict"].clone()
}

fn in_job(key: &str, values: [Value; 2]) -> Case {
    let settings = values.map(|value| {
        let mut settings = nested(&format!("promotion.security_review.{key}"), value);
        settings["github"] = json!({ "surfaces": ["summary"] });
        settings
    });
    Case::new(
        format!("promotion.security_review.{key}"),
        with_review,
        settings,
        reviewed_in_job,
        [json!("passed"), json!("failed")],
    )
}

pub(super) fn cases() -> Vec<Case> {
    let names = ["{component}-here", "{environment}"].map(|name| {
        let mut settings = staging(json!({ "github_environment": name }));
        settings["github"] = json!({ "surfaces": ["deployments"] });
        settings
    });
    vec![
        in_job("teams", [json!(["security"]), json!(["platform"])]),
        in_job("people", [json!(["ada"]), json!(["bob"])]),
        in_job("label", [json!("approved"), json!("refused")]),
        Case::of_values(
            "promotion.security_review.file",
            with_review,
            [json!("out/one.md"), json!("out/two.md")],
            signed,
            [json!("passed"), json!("failed")],
        ),
        Case::new(
            "environments.*.github_environment",
            with_staging,
            names,
            |repository| {
                let deployments = run_in_job(repository).deployments();
                let names = deployments.iter();
                names.map(|each| each.environment.clone()).collect()
            },
            [json!(["thing-here"]), json!(["staging"])],
        ),
    ]
}

#[test]
fn those_review_whom_the_file_names() {
    check(&cases());
}
