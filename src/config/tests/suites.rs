//! `suites`: what a person reads about what makes no sense, and what is made of what does.

use super::{load_ok, refused};
use crate::{
    config::{ReportFormat, SuiteName, SuiteTests},
    model::EvidenceKind,
};
use std::path::PathBuf;

#[test]
fn tests_are_found_in_exactly_one_way() {
    let text = "\
suites:
  integration: {tests: [tests/integration], marker: slow}
  end_to_end: {pass_rate: 90}
components:
  shop: {}
";
    insta::assert_snapshot!(refused(text), @r"
    error: `marker` cannot stand beside `tests`: the tests of a suite are found in one way
     --> workflow_config.yaml:2:45
      |
    2 |   integration: {tests: [tests/integration], marker: slow}
      |                                             ^^^^^^ `suites.integration.marker`
      |
      = help: remove one of the two

    error: `suites.end_to_end` has no `tests`, `marker` or `command`, so nothing says which tests there are
     --> workflow_config.yaml:3:3
      |
    3 |   end_to_end: {pass_rate: 90}
      |   ^^^^^^^^^^ `suites.end_to_end`
      |
      = help: add one of the three
    ");
    let text = "\
suites:
  end_to_end: {pass_rate: 90}
components:
  shop: {suites: {end_to_end: {marker: e2e}}}
  tool: {}
";
    insta::assert_snapshot!(refused(text), @r"
    error: neither `suites.end_to_end` nor `components.tool.suites.end_to_end` has `tests`, `marker` or `command`, so nothing says which tests there are
     --> workflow_config.yaml:2:3
      |
    2 |   end_to_end: {pass_rate: 90}
      |   ^^^^^^^^^^ `suites.end_to_end`
      |
      = help: add one of the three
    ");
}

#[test]
fn suites_are_checked() {
    let text = "\
suites:
  integration:
    tests: [../elsewhere, \"\"]
    pass_rate: 101
    retries: 30
    timeout: 0
    production_coverage: true
  end_to_end:
    marker: not slow
    production_coverage: true
  smoke: {}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: the path `../elsewhere` leads outside with `..`
     --> workflow_config.yaml:3:13
      |
    3 |     tests: [../elsewhere, ""]
      |             ^^^^^^^^^^^^ `suites.integration.tests[0]`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: the path is empty
     --> workflow_config.yaml:3:27
      |
    3 |     tests: [../elsewhere, ""]
      |                           ^^ `suites.integration.tests[1]`

    error: expected at most 100, found 101
     --> workflow_config.yaml:4:16
      |
    4 |     pass_rate: 101
      |                ^^^ `suites.integration.pass_rate`

    error: expected at most 20, found 30
     --> workflow_config.yaml:5:14
      |
    5 |     retries: 30
      |              ^^ `suites.integration.retries`

    error: expected at least 1, found 0
     --> workflow_config.yaml:6:14
      |
    6 |     timeout: 0
      |              ^ `suites.integration.timeout`

    error: `not slow` is not a marker
     --> workflow_config.yaml:9:13
      |
    9 |     marker: not slow
      |             ^^^^^^^^ `suites.end_to_end.marker`
      |
      = help: write one name of letters, digits, `_`, `-` or `.`

    error: both suites are to give the coverage that production asks for
      --> workflow_config.yaml:10:26
       |
    10 |     production_coverage: true
       |                          ^^^^ `suites.end_to_end.production_coverage`
       |
       = help: leave `true` at one of them

    error: unknown key `smoke` in `suites`
      --> workflow_config.yaml:11:3
       |
    11 |   smoke: {}
       |   ^^^^^ `suites.smoke`
       |
       = help: known here: `integration`, `end_to_end`
    "#);
}

#[test]
fn the_command_of_a_suite_is_checked() {
    let text = "\
suites:
  integration:
    command: npx playwright test
    report: {format: lcov, path: \"{report}\"}
    also: [{evidence: [lint], report: {format: sarif, path: \"{report}.sarif\"}}]
  end_to_end:
    command: [npx, \"{rport}\", \"{report}\"]
    report: {format: junit}
    production_coverage: true
components:
  shop:
    suites:
      integration: {tests: [e2e], report: {format: junit, path: \"{report}\"}}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: a report of format `lcov` says nothing about `tests`
     --> workflow_config.yaml:2:3
      |
    2 |   integration:
      |   ^^^^^^^^^^^ `suites.integration`
      |
      = help: set `report.format` to `junit` or `exit_status`

    error: `npx playwright test` is no program: text is one program without arguments, and no shell reads it
     --> workflow_config.yaml:3:14
      |
    3 |     command: npx playwright test
      |              ^^^^^^^^^^^^^^^^^^^ `suites.integration.command`
      |
      = help: write it as a list: ["npx", "playwright", "test"]

    error: the report is read from `{report}`, but the command does not write it
     --> workflow_config.yaml:4:34
      |
    4 |     report: {format: lcov, path: "{report}"}
      |                                  ^^^^^^^^^^ `suites.integration.report.path`
      |
      = help: use `{report}` in `command`

    error: a suite gives tests and their coverage, and no `lint`
     --> workflow_config.yaml:5:24
      |
    5 |     also: [{evidence: [lint], report: {format: sarif, path: "{report}.sarif"}}]
      |                        ^^^^ `suites.integration.also[0].evidence[0]`
      |
      = help: leave it to a command of the toolchain

    error: the report is read from `{report}`, but the command does not write it
     --> workflow_config.yaml:5:61
      |
    5 |     also: [{evidence: [lint], report: {format: sarif, path: "{report}.sarif"}}]
      |                                                             ^^^^^^^^^^^^^^^^ `suites.integration.also[0].report.path`
      |
      = help: use `{report}` in `command`

    error: the command writes `{report}`, but the report is not read from it
     --> workflow_config.yaml:7:5
      |
    7 |     command: [npx, "{rport}", "{report}"]
      |     ^^^^^^^ `suites.end_to_end.command`
      |
      = help: set `report.path` to "{report}"

    error: unknown placeholder `{rport}`
     --> workflow_config.yaml:7:20
      |
    7 |     command: [npx, "{rport}", "{report}"]
      |                    ^^^^^^^^^ `suites.end_to_end.command[1]`
      |
      = help: did you mean `{report}`?

    error: the command of this suite gives no coverage
     --> workflow_config.yaml:9:26
      |
    9 |     production_coverage: true
      |                          ^^^^ `suites.end_to_end.production_coverage`
      |
      = help: add `also: [{evidence: [coverage], report: {format: lcov, path: "{report}.lcov"}}]`

    error: `report` belongs to `command`, which is not set
      --> workflow_config.yaml:13:35
       |
    13 |       integration: {tests: [e2e], report: {format: junit, path: "{report}"}}
       |                                   ^^^^^^ `components.shop.suites.integration.report`
       |
       = help: remove `report`: the component's own test tool writes its report by itself
    "#);
}

#[test]
fn only_one_suite_gives_the_coverage_of_production() {
    let text = "\
suites:
  integration: {tests: [tests/a], production_coverage: true}
  end_to_end: {tests: [tests/b], production_coverage: true}
";
    insta::assert_snapshot!(refused(text), @r"
    error: both suites are to give the coverage that production asks for
     --> workflow_config.yaml:3:55
      |
    3 |   end_to_end: {tests: [tests/b], production_coverage: true}
      |                                                       ^^^^ `suites.end_to_end.production_coverage`
      |
      = help: leave `true` at one of them
    ");
    let text = "\
suites:
  integration: {tests: [tests/a], production_coverage: true}
  end_to_end: {tests: [tests/b]}
components:
  shop: {suites: {end_to_end: {production_coverage: true}}}
";
    insta::assert_snapshot!(refused(text), @r"
    error: both suites are to give the coverage that production asks for
     --> workflow_config.yaml:5:53
      |
    5 |   shop: {suites: {end_to_end: {production_coverage: true}}}
      |                                                     ^^^^ `components.shop.suites.end_to_end.production_coverage`
      |
      = help: leave `true` at one of them
    ");
}

#[test]
fn values_reach_the_suite() {
    let policy = load_ok(super::EVERY_KEY);
    let suite = &policy.suites[&SuiteName::EndToEnd];
    assert_eq!(suite.timeout.as_secs(), 600);
    assert_eq!((suite.pass_rate, suite.retries), (100.0, 1));
    assert!(!suite.has_production_coverage);
    let SuiteTests::Command(command) = &suite.tests else {
        panic!("{suite:?}");
    };
    assert_eq!(command.name, "end_to_end");
    assert_eq!(command.evidence, [EvidenceKind::Tests]);
    assert_eq!(command.report.format, ReportFormat::Junit);
    assert_eq!(command.also[0].evidence, [EvidenceKind::Coverage]);
}

#[test]
fn the_command_of_a_suite_is_told_the_version_and_where_it_is() {
    let words = "[t, '{component}', '{path}', '{version}', '{environment}', '{url}', '{report}']";
    let text = format!(
        "suites: {{integration: {{command: {words}, report: {{format: junit, path: '{{report}}'}}}}}}\n"
    );
    let SuiteTests::Command(command) = &load_ok(&text).suites[&SuiteName::Integration].tests else {
        panic!();
    };
    assert_eq!(command.command[3..5], ["{version}", "{environment}"]);
}

#[test]
fn a_component_finds_its_tests_in_its_own_way() {
    let policy = load_ok(
        "\
suites:
  integration: {command: [run.sh, '{report}'], report: {format: junit, path: '{report}'}, pass_rate: 90}
components:
  shop: {suites: {integration: {tests: [shop/integration], retries: 4}}}
  tool: {suites: {integration: {command: [tool.sh, '{report}']}}}
  other: {suites: {end_to_end: {marker: e2e}}}
",
    );
    let of = |name: &str| policy.for_component(name).suites;
    let shop = &of("shop")[&SuiteName::Integration];
    assert_eq!(
        shop.tests,
        SuiteTests::Paths(vec![PathBuf::from("shop/integration")])
    );
    assert_eq!((shop.pass_rate, shop.retries), (90.0, 4));
    assert_eq!(shop.rule.to_string(), "workflow_config.yaml:4");
    let SuiteTests::Command(tool) = &of("tool")[&SuiteName::Integration].tests else {
        panic!();
    };
    assert_eq!(tool.command, ["tool.sh", "{report}"]);
    assert_eq!(tool.report.path.as_deref(), Some("{report}"));
    assert_eq!(of("tool").len(), 1);
    assert_eq!(of("other").len(), 2);
}
