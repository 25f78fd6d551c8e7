//! The configuration as it is shown.

use super::{EVERY_KEY, effect, load_ok};
use crate::config::{Policy, check, show};

#[test]
fn what_is_shown_is_the_configuration() {
    for text in ["", EVERY_KEY] {
        let policy = load_ok(text);
        let shown = load_ok(&show(&policy));
        assert_eq!(
            effect(&shown).split("not_in_effect").next(),
            effect(&policy).split("not_in_effect").next()
        );
    }
}

#[test]
fn every_setting_is_shown_with_its_place() {
    let policy = load_ok(
        "quality_gates:\n  linting:\n    max_issues: 2\n\
         logging: {file: \"a b\\u001b[31m.log\"}\n\
         maturity_workflow:\n  staging:\n    required_gates: [linting]\n    \
         additional_requirements:\n      - rollback_tested: true\n",
    );
    let shown = show(&policy);
    let lines: Vec<&str> = shown
        .lines()
        .filter(|line| {
            [
                "  linting:",
                "max_issues",
                "auto_fix:",
                "  staging:",
                "linting]",
                "rollback_tested",
                "a b",
            ]
            .iter()
            .any(|part| line.contains(part))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    linting:
      max_issues: 2                                             # workflow_config.yaml:3
      auto_fix: false                                           # default
      required_gates: [test_pass_rate, linting]                 # default
    staging:
      required_gates: [linting]                                 # workflow_config.yaml:7
        - {rollback_tested: true}                               # workflow_config.yaml:9
        - {rollback_tested: true}                               # default
    file: "a b\u001b[31m.log"                                   # workflow_config.yaml:4
    "#);
}

#[test]
fn check_tells_what_is_valid_and_does_nothing_yet() {
    insta::assert_snapshot!(check(&Policy::default()), @"there is no workflow_config.yaml: the defaults apply");
    insta::assert_snapshot!(check(&load_ok("execution: {max_parallel: 1}")), @"workflow_config.yaml is valid");
    let text = "\
notifications:
  enabled: false
stages:
  implementation: {enabled: true}
maturity_workflow:
  staging: {optional_gates: [linting]}
quality_gates:
  test_coverage:
    dev_threshold: 60
    staging_threshold: 40
components:
  billing:
    thresholds:
      test_coverage: {production_threshold: 30}
";
    insta::assert_snapshot!(check(&load_ok(text)), @r"
    workflow_config.yaml is valid

    not in effect yet:
      stages.implementation: the stage is not judged yet, implementing is left to people and agents
      notifications: nobody is notified yet

    warning: no gate is required at this level, so none can block it
     --> workflow_config.yaml:6:3
      |
    6 |   staging: {optional_gates: [linting]}
      |   ^^^^^^^ `maturity_workflow.staging`
      |
      = help: the block of a level is complete: list its gates in `required_gates`

    warning: staging asks for less (40) than dev (60)
      --> workflow_config.yaml:10:5
       |
    10 |     staging_threshold: 40
       |     ^^^^^^^^^^^^^^^^^ `quality_gates.test_coverage.staging_threshold`
       |
       = help: thresholds usually rise from dev to production

    warning: production asks for less (30) than staging (40)
      --> workflow_config.yaml:14:23
       |
    14 |       test_coverage: {production_threshold: 30}
       |                       ^^^^^^^^^^^^^^^^^^^^ `components.billing.thresholds.test_coverage.production_threshold`
       |
       = help: thresholds usually rise from dev to production
    ");
}

#[test]
fn one_half_of_auto_fix_is_told_where_the_other_is_forgotten() {
    let gate = "quality_gates:\n  linting: {auto_fix: true}\n";
    let stage = "stages:\n  refactoring: {auto_fix_linting: true}\n";
    insta::assert_snapshot!(check(&load_ok(gate)), @r"
    workflow_config.yaml is valid

    warning: nothing is fixed automatically as long as `stages.refactoring.auto_fix_linting` does not ask for it
     --> workflow_config.yaml:2:13
      |
    2 |   linting: {auto_fix: true}
      |             ^^^^^^^^ `quality_gates.linting.auto_fix`
      |
      = help: set `stages.refactoring.auto_fix_linting` to `true`, or to `false` where this is meant
    ");
    insta::assert_snapshot!(check(&load_ok(stage)), @r"
    workflow_config.yaml is valid

    warning: nothing is fixed automatically as long as `quality_gates.linting.auto_fix` does not ask for it
     --> workflow_config.yaml:2:17
      |
    2 |   refactoring: {auto_fix_linting: true}
      |                 ^^^^^^^^^^^^^^^^ `stages.refactoring.auto_fix_linting`
      |
      = help: set `quality_gates.linting.auto_fix` to `true`, or to `false` where this is meant
    ");
    let decided = format!("{gate}stages:\n  refactoring: {{auto_fix_linting: false}}\n");
    let own = "components:\n  shop:\n    thresholds: {linting: {auto_fix: true}}\n";
    insta::assert_snapshot!(check(&load_ok(own)), @r"
    workflow_config.yaml is valid

    warning: nothing is fixed automatically as long as `stages.refactoring.auto_fix_linting` does not ask for it
     --> workflow_config.yaml:3:28
      |
    3 |     thresholds: {linting: {auto_fix: true}}
      |                            ^^^^^^^^ `components.shop.thresholds.linting.auto_fix`
      |
      = help: set `stages.refactoring.auto_fix_linting` to `true`, or to `false` where this is meant
    ");
    for text in [format!("{gate}{stage}"), format!("{own}{stage}"), decided] {
        assert_eq!(load_ok(&text).warnings, []);
    }
}
