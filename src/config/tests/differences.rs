//! What two configurations judge differently, and whose rules hold.

use super::load_ok;
use crate::{config::differences, model::Target};
use serde_json::json;

/// Each difference on a line: what was, what is, which of them holds.
fn told(base: &str, head: &str) -> String {
    let differences = differences(&load_ok(base), &load_ok(head));
    let text = |value: &Option<serde_json::Value>| {
        value
            .as_ref()
            .map_or("none".to_owned(), ToString::to_string)
    };
    let line = |difference: &crate::model::PolicyDifference| {
        format!(
            "{}: {} → {}, obeyed: {}",
            difference.pointer,
            text(&difference.base),
            text(&difference.head),
            json!(difference.obeyed),
        )
    };
    differences.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_rules_in_other_words_are_no_difference() {
    assert_eq!(told("{}", "{}"), "");
    assert_eq!(
        told(
            "{}",
            "quality_gates: {test_coverage: {dev_threshold: 50.0}}"
        ),
        ""
    );
    // Nothing that decides a verdict, or not in effect.
    assert_eq!(
        told(
            "{}",
            "logging: {level: DEBUG}\nplanning: {shared_paths: [x]}\nnotifications: {enabled: true}\n\
             quality_gates: {performance: {max_memory_mb: 1}}"
        ),
        ""
    );
}

#[test]
fn every_rule_that_differs_is_told_with_whose_is_obeyed() {
    let base = "
quality_gates:
  test_coverage: {dev_threshold: 60}
maturity_workflow:
  development: {required_gates: [test_pass_rate, linting]}
components:
  billing: {path: old, thresholds: {linting: {max_issues: 0}}}
";
    let head = "
quality_gates:
  test_coverage: {dev_threshold: 10}
maturity_workflow:
  development: {required_gates: [test_pass_rate]}
stages:
  refactoring: {enabled: false}
error_recovery:
  testing: {max_retries: 9}
components:
  billing: {path: new, thresholds: {linting: {max_issues: 100}}}
  added: {path: lib, toolchain: own, thresholds: {linting: {max_issues: 7}}}
toolchains:
  own: {type: command, commands: [{name: t, command: ['true'], evidence: [tests], report: {format: exit_status}}]}
";
    insta::assert_snapshot!(told(base, head), @r#"
    /quality_gates/test_coverage/dev_threshold: 60 → 10, obeyed: "base"
    /maturity_workflow/development/required_gates: ["test_pass_rate","linting"] → ["test_pass_rate"], obeyed: "base"
    /stages/refactoring/enabled: true → false, obeyed: "base"
    /error_recovery/testing/max_retries: 3 → 9, obeyed: "base"
    /components/billing/path: "old" → "new", obeyed: "head"
    /components/billing/thresholds/linting/max_issues: 0 → 100, obeyed: "base"
    /components/added/path: none → "lib", obeyed: "head"
    /components/added/toolchain: none → "own", obeyed: "head"
    /components/added/thresholds/linting/max_issues: none → 7, obeyed: "base"
    /toolchains/own/type: none → "command", obeyed: "head"
    /toolchains/own/commands: none → [{"name":"t","command":["true"],"evidence":["tests"],"report":{"format":"exit_status"}}], obeyed: "head"
    "#);
    let policy = load_ok(head).under_rules_of(&load_ok(base));
    let limit = |component: &str, gate: &str, key: &str| {
        policy.for_component(component).gates[gate].limits[key].clone()
    };
    assert_eq!(
        limit("billing", "test_coverage", "dev_threshold"),
        json!(60)
    );
    assert_eq!(limit("billing", "linting", "max_issues"), json!(0));
    assert_eq!(limit("added", "linting", "max_issues"), json!(0));
    assert_eq!(policy.levels[&Target::Dev].required.len(), 2);
    assert!(
        policy
            .stages
            .values()
            .filter(|stage| stage.is_enabled)
            .count()
            > 3
    );
    // The components are those of the head.
    let path = policy.components["billing"].path.as_ref().unwrap();
    assert_eq!(path.to_str(), Some("new"));
    assert!(policy.components.contains_key("added") && policy.toolchains.contains_key("own"));
}

#[test]
fn a_limit_does_not_vanish_with_the_lines_of_its_component() {
    let base = load_ok("components: {billing: {thresholds: {test_coverage: {dev_threshold: 90}}}}");
    let policy = load_ok("{}").under_rules_of(&base).for_component("billing");
    assert_eq!(
        policy.gates["test_coverage"].limits["dev_threshold"],
        json!(90)
    );
}
