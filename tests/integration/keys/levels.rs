//! `maturity_workflow`: what each level asks for.

use super::{Case, check, run, with_reports};
use crate::support::Repository;
use serde_json::{Value, json};

/// Each level's key, its target and the stage that holds its criteria.
const LEVELS: [(&str, &str, &str); 3] = [
    ("development", "dev", "refactoring"),
    ("staging", "staging", "staging_deployment"),
    ("production", "production", "production_deployment"),
];

pub(super) fn cases() -> Vec<Case> {
    LEVELS.into_iter().flat_map(of_level).collect()
}

fn of_level((level, target, stage): (&'static str, &'static str, &'static str)) -> Vec<Case> {
    let key = |name: &str| format!("maturity_workflow.{level}.{name}");
    let requirement = move |repository: &Repository| {
        let report = run(repository, target);
        let gates = &report["stage_results"]["refactoring"]["quality_gates"];
        gates["linting"]["requirement"].clone()
    };
    let mut cases = vec![
        Case::of_values(
            &key("required_gates"),
            with_reports,
            [json!(["linting"]), json!(["test_pass_rate"])],
            requirement,
            [json!("required"), Value::Null],
        ),
        Case::of_values(
            &key("optional_gates"),
            with_reports,
            [json!(["linting"]), json!([])],
            requirement,
            [json!("advisory"), Value::Null],
        ),
    ];
    for (name, values) in [
        ("staging_uptime_days", [json!(3), json!(4.5)]),
        ("staging_uptime_percentage", [json!(98), json!(99.5)]),
    ] {
        let expected = values.clone().map(|value| json!(value.as_f64().unwrap()));
        cases.push(Case::new(
            key(&format!("additional_requirements[].{name}")),
            with_reports,
            values.map(|value| asked(level, name, value)),
            move |repository| {
                criterion(repository, target, stage, name)["measurements"][0]["target"].clone()
            },
            expected,
        ));
    }
    for name in [
        "security_review_complete",
        "documentation_complete",
        "monitoring_configured",
        "rollback_tested",
    ] {
        // Outside git there is no version, and nothing is known about none.
        cases.push(Case::new(
            key(&format!("additional_requirements[].{name}")),
            with_reports,
            [json!(true), json!(false)].map(|value| asked(level, name, value)),
            move |repository| criterion(repository, target, stage, name)["verdict"].clone(),
            [json!("no_data"), Value::Null],
        ));
    }
    cases
}

fn asked(level: &str, name: &str, value: Value) -> Value {
    json!({ "maturity_workflow": { level: { "additional_requirements": [{ name: value }] } } })
}

/// The criterion in the report of a run, or nothing.
fn criterion(repository: &Repository, target: &str, stage: &str, name: &str) -> Value {
    let report = run(repository, target);
    let criteria = report["stage_results"][stage]["criteria"]
        .as_array()
        .unwrap();
    let criterion = criteria.iter().find(|criterion| criterion["name"] == name);
    criterion.cloned().unwrap_or_default()
}

#[test]
fn every_level_asks_for_what_it_lists() {
    check(&cases());
}
