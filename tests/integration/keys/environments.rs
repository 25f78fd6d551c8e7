//! `environments`: the commands of a deployment, and what they are told.

use super::deployed::{
    deployed, lines_told, outcome, outcome_of_bad, phases, seen_in, staging, told, with_staging,
};
use super::{Case, check};
use crate::support::Repository;
use serde_json::{Value, json};

/// A key of an environment, set to two values.
fn of_values(
    key: &str,
    values: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [Value; 2],
) -> Case {
    let settings = values.map(|value| staging(json!({ key: value })));
    Case::new(
        format!("environments.*.{key}"),
        with_staging,
        settings,
        observe,
        expected,
    )
}

/// A key of a hook, beside the others.
fn of_hook(
    key: &str,
    hooks: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [Value; 2],
) -> Case {
    let settings = hooks.map(|hook| staging(json!({ "hooks": [hook] })));
    Case::new(
        format!("environments.*.hooks[].{key}"),
        with_staging,
        settings,
        observe,
        expected,
    )
}

/// How often the deploy command was started, where the first run was killed while it went on.
fn starts_after_a_kill(repository: &Repository) -> Value {
    let version = deployed(repository)["version"]["commit"].clone();
    let ledger = ".spec2prod/history/deployments/staging/thing.jsonl";
    let text = repository.read(ledger);
    let is_deploy_ended =
        |line: &&str| line.contains(r#""phase_ended""#) && line.contains(r#""deploy""#);
    let cut = text.lines().take_while(|line| !is_deploy_ended(line));
    let cut: Vec<&str> = cut.collect();
    assert_eq!(cut.len(), 2, "{text}");
    repository.write(ledger, format!("{}\n", cut.join("\n")));
    let ran = repository.run(&["run", "--component", "thing", "--target", "staging"]);
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    let report = repository.report("thing");
    let again = &report["stage_results"]["staging_deployment"]["deployment"];
    assert_eq!(again["version"]["commit"], version);
    let told = lines_told(repository);
    json!(told.as_array().unwrap().len())
}

fn of_commands() -> Vec<Case> {
    let script = |word: &str| json!(["sh", "deploy.sh", word]);
    vec![
        of_values(
            "deploy",
            [script("one"), script("two")],
            told,
            [json!(["one"]), json!(["two"])],
        ),
        of_values(
            "rollback",
            [script("back"), script("return")],
            |repository| {
                outcome_of_bad(repository, "staging");
                lines_told(repository)
            },
            ["back", "return"].map(|word| json!(["deploy", "deploy", word])),
        ),
        of_values(
            "current",
            [
                json!(["git", "rev-parse", "HEAD"]),
                json!(["echo", "0".repeat(40)]),
            ],
            starts_after_a_kill,
            [json!(1), json!(2)],
        ),
        of_values(
            "smoke_test",
            [json!(["true"]), json!(["false"])],
            seen_in("smoke_test", "verdict"),
            [json!("passed"), json!("failed")],
        ),
        of_values(
            "bake_time",
            [json!(0.01), json!(0)],
            phases,
            [
                json!(["deploy", "health_check", "bake_time"]),
                json!(["deploy", "health_check"]),
            ],
        ),
    ]
}

fn of_surroundings() -> Vec<Case> {
    let folders = ["lib", "reports"].map(|folder| {
        staging(json!({
            "deploy": ["sh", "-c", "basename \"$PWD\" >> ../out/told"],
            "health_check": { "command": ["true"] },
            "working_directory": folder,
        }))
    });
    let variables = ["north", "south"].map(|region| {
        staging(json!({
            "deploy": ["sh", "-c", "echo \"$REGION\" >> out/told"], "env": { "REGION": region },
        }))
    });
    let urls = ["http://one.example.test", "http://two.example.test"];
    let own = ["http://one.example.test", "http://two.example.test"].map(
        |url| json!({ "components": { "thing": { "environments": { "staging": { "url": url } } } } }),
    );
    vec![
        of_values(
            "url",
            urls.map(Value::from),
            |repository| deployed(repository)["url"].clone(),
            urls.map(Value::from),
        ),
        Case::new(
            "components.*.environments",
            with_staging,
            own,
            |repository| deployed(repository)["url"].clone(),
            urls.map(Value::from),
        ),
        Case::new(
            "environments.*.working_directory",
            with_staging,
            folders,
            told,
            [json!(["lib"]), json!(["reports"])],
        ),
        Case::new(
            "environments.*.env.*",
            with_staging,
            variables,
            told,
            [json!(["north"]), json!(["south"])],
        ),
    ]
}

fn of_hooks() -> Vec<Case> {
    let telling = |word: &str| json!(["sh", "deploy.sh", word]);
    vec![
        of_hook(
            "before",
            ["deploy", "health_check"]
                .map(|phase| json!({ "before": phase, "command": telling("hook") })),
            told,
            [json!(["hook", "deploy"]), json!(["deploy", "hook"])],
        ),
        of_hook(
            "after",
            ["deploy", "health_check"].map(|phase| json!({ "after": phase, "command": ["false"] })),
            phases,
            [json!(["deploy"]), json!(["deploy", "health_check"])],
        ),
        of_hook(
            "command",
            ["one", "two"].map(|word| json!({ "before": "deploy", "command": telling(word) })),
            told,
            [json!(["one", "deploy"]), json!(["two", "deploy"])],
        ),
        of_hook(
            "on_failure",
            ["fail", "warn"].map(
                |what| json!({ "before": "deploy", "command": ["false"], "on_failure": what }),
            ),
            outcome,
            [json!("not_deployed"), json!("healthy")],
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_commands();
    cases.extend(of_surroundings());
    cases.extend(of_hooks());
    cases
}

#[test]
fn commands_of_a_deployment_are_those_of_the_file() {
    check(&of_commands());
}

#[test]
fn what_is_around_a_deployment_is_what_the_file_says() {
    check(&of_surroundings());
    check(&of_hooks());
}
