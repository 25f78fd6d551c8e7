//! What the cases about deployments share: a component that one command deploys, and what is seen of
//! it.

use super::{ONE_PASSES, configure, printing, run, with_commands};
use crate::support::Repository;
use serde_json::{Value, json};

/// A component with one passing gate at each level and nothing else asked.
pub(super) fn without_environments() -> Repository {
    let repository = with_commands(&[printing("tests", "junit")]);
    repository.write("reports/tests", ONE_PASSES);
    add_scripts(&repository);
    repository
}

/// Adds scripts that deploy and look. They write into `out`, which git ignores.
fn add_scripts(repository: &Repository) {
    repository.write(".gitignore", "out/\n");
    repository.write("out/told", "");
    // A bad version makes the environment sick, and every other one makes it well again.
    repository.write(
        "deploy.sh",
        "echo \"$*\" >> out/told\nrm -f out/sick\nif [ -e out/bad ]; then mv out/bad out/sick; fi\n",
    );
    repository.write("health.sh", "test ! -e out/sick\n");
    let level = json!({
        "required_gates": ["test_pass_rate"], "optional_gates": [], "additional_requirements": [],
    });
    let settings = json!({
        "maturity_workflow": { "development": level, "staging": level, "production": level },
        "stages": { "specification": { "enabled": false } },
    });
    configure(repository, &settings);
}

/// Adds scripts, and staging, where a version is healthy unless it is a bad one.
pub(super) fn add_staging(repository: &Repository) {
    add_scripts(repository);
    add_look(repository);
    let look = json!({ "command": ["sh", "health.sh"] });
    configure(repository, &staging(json!({ "health_check": look })));
}

fn add_look(repository: &Repository) {
    let staging = json!({ "deploy": ["sh", "deploy.sh", "deploy"], "health_check": quick_look() });
    configure(
        repository,
        &json!({ "environments": { "staging": staging } }),
    );
}

fn quick_look() -> Value {
    json!({ "interval": 0.01, "timeout": 30, "successes": 1, "failures": 1, "errors": 1 })
}

/// The same with staging, where nothing says yet what shows that a version is healthy.
pub(super) fn without_look() -> Repository {
    let repository = without_environments();
    add_look(&repository);
    repository
}

/// The same with staging, where a version is healthy unless it is a bad one.
pub(super) fn with_staging() -> Repository {
    let repository = without_environments();
    add_staging(&repository);
    repository
}

/// The same with production in place of staging.
pub(super) fn with_production() -> Repository {
    let repository = without_environments();
    let mut look = quick_look();
    look["command"] = json!(["sh", "health.sh"]);
    let production = json!({ "deploy": ["sh", "deploy.sh", "deploy"], "health_check": look });
    configure(
        &repository,
        &json!({ "environments": { "production": production } }),
    );
    repository
}

/// The same with two tokens, one of which the server of the cases likes.
pub(super) fn with_tokens(repository: Repository) -> Repository {
    repository
        .variable("FIRST_TOKEN", "right")
        .variable("SECOND_TOKEN", "wrong")
}

/// Settings of staging.
pub(super) fn staging(settings: Value) -> Value {
    json!({ "environments": { "staging": settings } })
}

/// Makes everything the next version; gives its hash.
pub(super) fn next_version(repository: &Repository) -> String {
    if !repository.path().join(".git").exists() {
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
    }
    repository.commit_all()
}

/// The record of the stage that deploys, after a run for the next version.
pub(super) fn stage(repository: &Repository, target: &str) -> Value {
    next_version(repository);
    let report = run(repository, target);
    report["stage_results"][format!("{target}_deployment")].clone()
}

/// Deploys the next version to staging; gives the deployment.
pub(super) fn deployed(repository: &Repository) -> Value {
    let record = stage(repository, "staging");
    let deployment = record["deployment"].clone();
    assert!(deployment["outcome"].is_string(), "{record:#}");
    deployment
}

/// How deploying the next version ended.
pub(super) fn outcome(repository: &Repository) -> Value {
    deployed(repository)["outcome"].clone()
}

/// How deploying a bad version ended, where a good one was before it.
pub(super) fn outcome_of_bad(repository: &Repository, target: &str) -> Value {
    let first = stage(repository, target);
    assert_eq!(first["deployment"]["outcome"], "healthy", "{first:#}");
    repository.write("out/bad", "");
    stage(repository, target)["deployment"]["outcome"].clone()
}

/// The record of a phase; null where the deployment did not come to it.
pub(super) fn phase(deployment: &Value, name: &str) -> Value {
    let mut phases = deployment["phases"].as_array().unwrap().iter();
    let found = phases.find(|phase| phase["phase"] == name);
    found.cloned().unwrap_or_default()
}

/// What one phase of deploying the next version says of it.
pub(super) fn seen_in(
    name: &'static str,
    key: &'static str,
) -> impl Fn(&Repository) -> Value + Copy {
    move |repository| phase(&deployed(repository), name)[key].clone()
}

/// The phases of deploying the next version.
pub(super) fn phases(repository: &Repository) -> Value {
    let deployment = deployed(repository);
    let phases = deployment["phases"].as_array().unwrap().iter();
    phases.map(|phase| phase["phase"].clone()).collect()
}

/// What the scripts were told while the next version was deployed, line by line.
pub(super) fn told(repository: &Repository) -> Value {
    deployed(repository);
    lines_told(repository)
}

/// What the scripts were told so far.
pub(super) fn lines_told(repository: &Repository) -> Value {
    let text = repository.read("out/told");
    text.lines().map(Value::from).collect()
}

/// Whether a phase took at least two seconds, of which nobody who does not wait comes near.
pub(super) fn takes_two_seconds(name: &'static str) -> impl Fn(&Repository) -> Value {
    move |repository| {
        let duration = seen_in(name, "duration_ms")(repository);
        json!(duration.as_u64().unwrap() >= 2000)
    }
}
