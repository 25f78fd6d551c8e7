//! `stages` and `error_recovery` of the deployments: time, tries, going back, agreement.

use super::deployed::{next_version, outcome_of_bad, phase, stage, with_production, with_staging};
use super::recovery::{QUICK, of_stage};
use super::{Case, check, configure, nested, status};
use crate::support::Repository;
use serde_json::{Value, json};

/// A target, and a component that can be deployed to it.
type Place = (&'static str, fn() -> Repository);

/// The environments that are deployed to.
const PLACES: [Place; 2] = [("staging", with_staging), ("production", with_production)];

fn of_time_and_rollback() -> Vec<Case> {
    let cases = PLACES.into_iter().flat_map(|(target, repository)| {
        let key = format!("stages.{target}_deployment");
        let slow = [60, 1].map(|seconds| {
            let slow = json!({ "environments": { target: { "deploy": ["sleep", "2"] } } });
            let mut settings = nested(&format!("{key}.timeout_seconds"), json!(seconds));
            super::merge(&mut settings, &slow);
            settings
        });
        let outcome = move |repository: &Repository| {
            stage(repository, target)["deployment"]["outcome"].clone()
        };
        [
            Case::new(
                format!("{key}.timeout_seconds"),
                repository,
                slow,
                outcome,
                [json!("healthy"), json!("left_failed")],
            ),
            Case::of_values(
                &format!("{key}.rollback_on_failure"),
                repository,
                [json!(true), json!(false)],
                move |repository| outcome_of_bad(repository, target),
                [json!("rolled_back"), json!("left_failed")],
            ),
        ]
    });
    cases.collect()
}

/// A deploy command that never reaches the network.
fn without_network(repository: Repository) -> Repository {
    let text = "echo 'Connection refused' >&2\nexit 7\n";
    repository.write("deploy.sh", text);
    let retries = PLACES.map(|(target, _)| nested(&format!("{target}_deployment"), QUICK.clone()));
    for retry in retries {
        configure(&repository, &json!({ "error_recovery": retry }));
    }
    let breaker = json!({ "circuit_breaker": { "failure_threshold": 1000 } });
    configure(&repository, &json!({ "error_recovery": breaker }));
    repository
}

/// The waits before the tries of the deploy command, in milliseconds.
fn waits(repository: &Repository, target: &str) -> Value {
    let deployment = stage(repository, target)["deployment"].clone();
    let record = phase(&deployment, "deploy");
    let attempts = record["attempts"].as_array().unwrap().iter();
    attempts
        .skip(1)
        .map(|attempt| attempt["delay_ms"].clone())
        .collect()
}

fn of_retries() -> Vec<Case> {
    let mut cases = of_stage(
        "staging_deployment",
        || without_network(with_staging()),
        |repository| waits(repository, "staging"),
    );
    cases.extend(of_stage(
        "production_deployment",
        || without_network(with_production()),
        |repository| waits(repository, "production"),
    ));
    cases
}

fn with_somebody() -> Repository {
    with_production().variable("USER", "ada")
}

/// What approvals lead to, after these people agreed and another one deploys.
pub(super) fn after_approvals_of(people: &[&str]) -> impl Fn(&Repository) -> Value + use<> {
    let people: Vec<String> = people.iter().map(|&name| name.to_owned()).collect();
    move |repository| {
        let version = next_version(repository);
        for person in &people {
            let words = [
                "approve",
                "--component",
                "thing",
                "--environment",
                "production",
                "--version",
                &version,
                "--reason",
                "seen",
            ];
            let agreed = repository.command(&words).env("USER", person).output();
            let agreed = agreed.unwrap();
            assert!(agreed.status.success(), "{agreed:?}");
        }
        status(repository, "production")
    }
}

/// Production, where the cases say who has to agree.
pub(super) fn with_approval() -> Repository {
    let repository = with_somebody();
    let asked = nested(
        "stages.production_deployment.require_manual_approval",
        json!(true),
    );
    configure(&repository, &asked);
    repository
}

fn of_approvals() -> Vec<Case> {
    vec![
        Case::of_values(
            "stages.production_deployment.require_manual_approval",
            with_somebody,
            [json!(false), json!(true)],
            after_approvals_of(&[]),
            [json!(0), json!(1)],
        ),
        Case::of_values(
            "promotion.approvers",
            with_approval,
            [json!(["grace"]), json!(["linus"])],
            after_approvals_of(&["grace"]),
            [json!(0), json!(1)],
        ),
        Case::of_values(
            "promotion.approvals",
            with_approval,
            [json!(1), json!(2)],
            after_approvals_of(&["grace"]),
            [json!(0), json!(1)],
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_time_and_rollback();
    cases.extend(of_retries());
    cases.extend(of_approvals());
    cases
}

#[test]
fn deployments_take_time_and_go_back_as_the_file_says() {
    check(&of_time_and_rollback());
}

#[test]
fn deploy_commands_are_tried_again_as_the_file_says() {
    check(&of_retries());
}

#[test]
fn those_agree_who_are_asked() {
    check(&of_approvals());
}
