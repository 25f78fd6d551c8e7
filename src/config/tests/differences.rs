//! What two configurations judge differently, and whose rules hold.

use super::load_ok;
use crate::{
    config::{Policy, components_among, differences},
    model::Target,
};
use serde_json::json;
use std::collections::BTreeSet;

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
            "logging: {level: DEBUG}\nplanning: {shared_paths: [x]}\nnotifications: {enabled: true}"
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

#[test]
fn where_and_how_is_deployed_is_the_word_of_the_base() {
    let environment = |deploy: &str, checks: &str| {
        format!("environments: {{staging: {{deploy: [{deploy}], health_check: {{{checks}}}}}}}\n")
    };
    let base = environment("a", "tcp: 'a:1'")
        + "components: {billing: {environments: {staging: {health_check: {successes: 9}}}}}\n\
           promotion: {approvals: 2}\nhistory: {branch: ledger}\n";
    let head = environment("b", "tcp: 'b:1'")
        + "exemptions: [{component: billing, criterion: linting, reason: r, owner: o, expires: 9999-01-01}]\n";
    insta::assert_snapshot!(told(&base, &head), @r#"
    /components/billing/environments/staging/health_check/successes: 9 → none, obeyed: "base"
    /environments/staging/deploy: ["a"] → ["b"], obeyed: "base"
    /environments/staging/health_check/tcp: "a:1" → "b:1", obeyed: "base"
    /promotion/approvals: 2 → 1, obeyed: "base"
    /exemptions: none → [{"component":"billing","criterion":"linting","reason":"r","owner":"o","expires":"9999-01-01"}], obeyed: "base"
    /history/branch: "ledger" → none, obeyed: "base"
    "#);
    let (base, head) = (load_ok(&base), load_ok(&head));
    let policy = head.under_rules_of(&base);
    assert_eq!(policy.promotion, base.promotion);
    assert_eq!(policy.history, base.history);
    for name in ["billing", "other"] {
        let environments = |policy: &Policy| policy.for_component(name).environments;
        assert_eq!(environments(&policy), environments(&base));
    }
}

#[test]
fn a_suite_is_judged_by_the_base_wherever_its_tests_lie_now() {
    let base = "
suites:
  integration: {tests: [tests/old], pass_rate: 100}
  end_to_end: {marker: e2e, pass_rate: 95}
components: {billing: {suites: {integration: {retries: 0}}}}
";
    let head = "
suites:
  integration: {tests: [tests/new], pass_rate: 10}
components:
  billing: {suites: {integration: {marker: own, pass_rate: 20}}}
  added: {suites: {end_to_end: {marker: x, pass_rate: 30}}}
";
    insta::assert_snapshot!(told(base, head), @r#"
    /components/billing/suites/integration/retries: 0 → none, obeyed: "base"
    /components/billing/suites/integration/marker: none → "own", obeyed: "head"
    /components/billing/suites/integration/pass_rate: none → 20, obeyed: "base"
    /components/added/suites/end_to_end/marker: none → "x", obeyed: "head"
    /components/added/suites/end_to_end/pass_rate: none → 30, obeyed: "base"
    /suites/integration/tests: ["tests/old"] → ["tests/new"], obeyed: "head"
    /suites/integration/pass_rate: 100 → 10, obeyed: "base"
    /suites/end_to_end/marker: "e2e" → none, obeyed: "base"
    /suites/end_to_end/pass_rate: 95 → none, obeyed: "base"
    /suites/end_to_end/retries: 1 → none, obeyed: "base"
    /suites/end_to_end/timeout: 600 → none, obeyed: "base"
    /suites/end_to_end/production_coverage: false → none, obeyed: "base"
    "#);
    let policy = load_ok(head).under_rules_of(&load_ok(base));
    let mut seen = String::new();
    for name in ["billing", "added", "other"] {
        for suite in policy.for_component(name).suites.values() {
            seen += &format!(
                "{name} {}: {:?}, {} %, {} retries\n",
                suite.name.as_str(),
                suite.tests,
                suite.pass_rate,
                suite.retries
            );
        }
    }
    insta::assert_snapshot!(seen, @r#"
    billing integration: Marker("own"), 100 %, 0 retries
    billing end_to_end: Marker("e2e"), 95 %, 1 retries
    added integration: Paths(["tests/new"]), 100 %, 1 retries
    added end_to_end: Marker("x"), 95 %, 1 retries
    other integration: Paths(["tests/new"]), 100 %, 1 retries
    other end_to_end: Marker("e2e"), 95 %, 1 retries
    "#);
}

#[test]
fn rules_of_the_base_make_no_component() {
    let base = load_ok("components: {gone: {thresholds: {linting: {max_issues: 1}}}}");
    let head = load_ok("components: {here: {}}");
    let policy = head.under_rules_of(&base);
    let names = components_among(&policy, &BTreeSet::new());
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["here"]);
}
