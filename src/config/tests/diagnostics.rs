//! What a person reads about a configuration that is refused.

use super::refused;

#[test]
fn an_unknown_key_comes_with_the_key_that_was_meant() {
    insta::assert_snapshot!(refused("stages:\n  testing:\n    timeout_second: 600  # ten minutes\n"), @r"
    error: unknown key `timeout_second` in `stages.testing`
     --> workflow_config.yaml:3:5
      |
    3 |     timeout_second: 600  # ten minutes
      |     ^^^^^^^^^^^^^^ `stages.testing.timeout_second`
      |
      = help: did you mean `timeout_seconds`?
    ");
}

#[test]
fn what_stands_far_behind_in_a_line_is_told_with_its_own_place() {
    let text = format!("planning: {{{}shared_paths: 1}}\n", " ".repeat(500));
    insta::assert_snapshot!(refused(&text), @"error: workflow_config.yaml:1:526: expected a list, found the number 1 (`planning.shared_paths`)");
}

#[test]
fn an_unknown_key_that_is_like_nothing_comes_with_the_known_ones() {
    insta::assert_snapshot!(refused("observability:\n  metrics:\n    folder: x\n"), @r"
    error: unknown key `folder` in `observability.metrics`
     --> workflow_config.yaml:3:5
      |
    3 |     folder: x
      |     ^^^^^^ `observability.metrics.folder`
      |
      = help: known here: `enabled`, `metrics_dir`, `retention_days`
    ");
}

#[test]
fn wrong_types_say_what_was_found_and_what_to_write() {
    let text = "\
stages:
  testing:
    enabled: yes
    timeout_seconds: \"600\"
  refactoring: 300
quality_gates:
  linting: {max_issues: .inf, auto_fix: 1}
  security: {max_high: 1.5}
components:
  orders: {path: 8080, tests: true}
  billing:
logging: []
";
    insta::assert_snapshot!(refused(text), @r#"
    error: expected `true` or `false`, found the text `yes`
     --> workflow_config.yaml:3:14
      |
    3 |     enabled: yes
      |              ^^^ `stages.testing.enabled`
      |
      = help: write `true`

    error: expected a whole number, found the text `600`
     --> workflow_config.yaml:4:22
      |
    4 |     timeout_seconds: "600"
      |                      ^^^^^ `stages.testing.timeout_seconds`
      |
      = help: write `600`, without quotes, leading zeros or signs

    error: expected a mapping of keys to values, found the number 300
     --> workflow_config.yaml:5:16
      |
    5 |   refactoring: 300
      |                ^^^ `stages.refactoring`

    error: expected a whole number, found the text `.inf`
     --> workflow_config.yaml:7:25
      |
    7 |   linting: {max_issues: .inf, auto_fix: 1}
      |                         ^^^^ `quality_gates.linting.max_issues`
      |
      = help: only finite numbers have a meaning here

    error: expected `true` or `false`, found the number 1
     --> workflow_config.yaml:7:41
      |
    7 |   linting: {max_issues: .inf, auto_fix: 1}
      |                                         ^ `quality_gates.linting.auto_fix`

    error: expected a whole number, found the number 1.5
     --> workflow_config.yaml:8:24
      |
    8 |   security: {max_high: 1.5}
      |                        ^^^ `quality_gates.security.max_high`

    error: expected text, found the number 8080
      --> workflow_config.yaml:10:18
       |
    10 |   orders: {path: 8080, tests: true}
       |                  ^^^^ `components.orders.path`
       |
       = help: put it in quotes: "8080"

    error: expected text or a list, found `true`
      --> workflow_config.yaml:10:31
       |
    10 |   orders: {path: 8080, tests: true}
       |                               ^^^^ `components.orders.tests`

    error: expected a mapping of keys to values, found nothing
      --> workflow_config.yaml:11:10
       |
    11 |   billing:
       |          ^ `components.billing`
       |
       = help: write `{}` to set nothing

    error: expected a mapping of keys to values, found a list
      --> workflow_config.yaml:12:1
       |
    12 | logging: []
       | ^^^^^^^ `logging`
    "#);
}

#[test]
fn numbers_that_cannot_be_are_refused() {
    let text = "\
error_recovery:
  testing:
    max_retries: -1
    base_delay: -0.5
    exponential_base: 0.5
    total_budget: 1e999
  refactoring:
    max_retries: 1000
  circuit_breaker: {failure_threshold: 0}
quality_gates:
  test_coverage: {staging_threshold: 170}
  linting: {max_issues: 99999999999999999999}
";
    insta::assert_snapshot!(refused(text), @r"
    error: expected at least 0, found -1
     --> workflow_config.yaml:3:18
      |
    3 |     max_retries: -1
      |                  ^^ `error_recovery.testing.max_retries`

    error: expected at least 0, found -0.5
     --> workflow_config.yaml:4:17
      |
    4 |     base_delay: -0.5
      |                 ^^^^ `error_recovery.testing.base_delay`

    error: expected at least 1, found 0.5
     --> workflow_config.yaml:5:23
      |
    5 |     exponential_base: 0.5
      |                       ^^^ `error_recovery.testing.exponential_base`

    error: expected a number, found the text `.inf`
     --> workflow_config.yaml:6:19
      |
    6 |     total_budget: 1e999
      |                   ^^^^^ `error_recovery.testing.total_budget`
      |
      = help: only finite numbers have a meaning here

    error: expected at most 100, found 1000
     --> workflow_config.yaml:8:18
      |
    8 |     max_retries: 1000
      |                  ^^^^ `error_recovery.refactoring.max_retries`

    error: expected at least 1, found 0
     --> workflow_config.yaml:9:40
      |
    9 |   circuit_breaker: {failure_threshold: 0}
      |                                        ^ `error_recovery.circuit_breaker.failure_threshold`

    error: expected at most 100, found 170
      --> workflow_config.yaml:11:38
       |
    11 |   test_coverage: {staging_threshold: 170}
       |                                      ^^^ `quality_gates.test_coverage.staging_threshold`

    error: expected at most 9007199254740991, found 1e+20
      --> workflow_config.yaml:12:25
       |
    12 |   linting: {max_issues: 99999999999999999999}
       |                         ^^^^^^^^^^^^^^^^^^^^ `quality_gates.linting.max_issues`
    ");
}

#[test]
fn a_longest_wait_below_the_first_is_refused_where_it_is_set() {
    insta::assert_snapshot!(
        refused("error_recovery:\n  testing:\n    base_delay: 5\n    max_delay: 2\n"),
        @r"
    error: the longest wait (`max_delay`, 2 s) is shorter than the first one (`base_delay`, 5 s)
     --> workflow_config.yaml:4:16
      |
    4 |     max_delay: 2
      |                ^ `error_recovery.testing.max_delay`
      |
      = help: raise `max_delay`, or lower `base_delay`
    "
    );
    insta::assert_snapshot!(refused("error_recovery:\n  testing: {base_delay: 20}\n"), @r"
    error: the longest wait (`max_delay`, 10 s) is shorter than the first one (`base_delay`, 20 s)
     --> workflow_config.yaml:2:25
      |
    2 |   testing: {base_delay: 20}
      |                         ^^ `error_recovery.testing.base_delay`
      |
      = help: set a higher `max_delay` beside it
    ");
}

#[test]
fn a_contradiction_to_a_mistake_is_not_told() {
    let text = "error_recovery:\n  testing: {base_delay: 20, max_delay: long}\n";
    insta::assert_snapshot!(refused(text), @r"
    error: expected a number, found the text `long`
     --> workflow_config.yaml:2:40
      |
    2 |   testing: {base_delay: 20, max_delay: long}
      |                                        ^^^^ `error_recovery.testing.max_delay`
    ");
}

#[test]
fn yaml_that_cannot_be_read_is_shown() {
    insta::assert_snapshot!(refused("stages:\n  testing:\n    enabled: true\n  testing:\n    enabled: false\n"), @r"
    error: the key `testing` is already there in this mapping; remove one of the two
     --> workflow_config.yaml:4:3
      |
    4 |   testing:
      |   ^^^^^^^
    ");
    insta::assert_snapshot!(refused("stages:\n\ttesting:\n"), @r"
    error: a tab stands in the indentation; YAML is indented with spaces
     --> workflow_config.yaml:2:1
      |
    2 |     testing:
      | ^^^^^^^^^^^
    ");
    insta::assert_snapshot!(refused("stages: {}\n---\nstages: {}\n"), @r"
    error: a second document begins here (`---`); a file has exactly one
     --> workflow_config.yaml:2:1
      |
    2 | ---
      | ^^^
    ");
}

#[test]
fn paths_and_the_log_format_are_checked() {
    let text = "\
observability:
  metrics: {metrics_dir: ../metrics}
  dashboard: {output_dir: \"\"}
context_management:
  session: {directory: ~/sessions}
logging:
  level: info
  file: /var/log/workflow.log
  format: \"%(asctime)s %(levelnam)s %(msg\"
";
    insta::assert_snapshot!(refused(text), @r#"
    error: the path `../metrics` leads outside with `..`
     --> workflow_config.yaml:2:26
      |
    2 |   metrics: {metrics_dir: ../metrics}
      |                          ^^^^^^^^^^ `observability.metrics.metrics_dir`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: the path is empty
     --> workflow_config.yaml:3:27
      |
    3 |   dashboard: {output_dir: ""}
      |                           ^^ `observability.dashboard.output_dir`

    error: the path `~/sessions` is not relative to the workspace
     --> workflow_config.yaml:5:24
      |
    5 |   session: {directory: ~/sessions}
      |                        ^^^^^^^^^^ `context_management.session.directory`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: the text `info` is not known here
     --> workflow_config.yaml:7:10
      |
    7 |   level: info
      |          ^^^^ `logging.level`
      |
      = help: did you mean `INFO`?

    error: the path `/var/log/workflow.log` is not relative to the workspace
     --> workflow_config.yaml:8:9
      |
    8 |   file: /var/log/workflow.log
      |         ^^^^^^^^^^^^^^^^^^^^^ `logging.file`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: unknown placeholder `%(levelnam)s`
     --> workflow_config.yaml:9:11
      |
    9 |   format: "%(asctime)s %(levelnam)s %(msg"
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `logging.format`
      |
      = help: did you mean `%(levelname)s`?

    error: unknown placeholder `%(msg`
     --> workflow_config.yaml:9:11
      |
    9 |   format: "%(asctime)s %(levelnam)s %(msg"
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `logging.format`
      |
      = help: known here: `%(asctime)s`, `%(name)s`, `%(levelname)s`, `%(message)s`

    error: the log would have no messages: `%(message)s` is missing
     --> workflow_config.yaml:9:11
      |
    9 |   format: "%(asctime)s %(levelnam)s %(msg"
      |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `logging.format`
    "#);
}

#[test]
fn later_work_is_checked_too() {
    let text = "\
notifications: {channels: [slak], events: [workflow_complete], urgent: true}
environments: {staging: prod}
quality_gates: {performance: {max_memory: 1}}
version: 2
";
    insta::assert_snapshot!(refused(text), @r"
    error: the text `slak` is not known here
     --> workflow_config.yaml:1:28
      |
    1 | notifications: {channels: [slak], events: [workflow_complete], urgent: true}
      |                            ^^^^ `notifications.channels[0]`
      |
      = help: did you mean `slack`?

    error: unknown key `urgent` in `notifications`
     --> workflow_config.yaml:1:64
      |
    1 | notifications: {channels: [slak], events: [workflow_complete], urgent: true}
      |                                                                ^^^^^^ `notifications.urgent`
      |
      = help: known here: `enabled`, `channels`, `events`

    error: expected a mapping of keys to values, found the text `prod`
     --> workflow_config.yaml:2:25
      |
    2 | environments: {staging: prod}
      |                         ^^^^ `environments.staging`

    error: unknown key `max_memory` in `quality_gates.performance`
     --> workflow_config.yaml:3:31
      |
    3 | quality_gates: {performance: {max_memory: 1}}
      |                               ^^^^^^^^^^ `quality_gates.performance.max_memory`
      |
      = help: did you mean `max_memory_mb`?

    error: expected at most 1, found 2
     --> workflow_config.yaml:4:10
      |
    4 | version: 2
      |          ^ `version`
    ");
}

#[test]
fn a_file_that_is_no_mapping_is_refused() {
    insta::assert_snapshot!(refused("- stages\n"), @r"
    error: expected a mapping of keys to values, found a list
     --> workflow_config.yaml:1:1
      |
    1 | - stages
      | ^^^^^^^^
    ");
}
