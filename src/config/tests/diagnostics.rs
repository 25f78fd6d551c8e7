//! What a person reads about a configuration that is refused.

use super::{load_ok, refused};
use crate::config::load_text;

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

    error: expected a mapping of keys to values, found a list
      --> workflow_config.yaml:11:1
       |
    11 | logging: []
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
     --> workflow_config.yaml:3:1
      |
    3 | stages: {}
      | ^^^^^^
    ");
}

#[test]
fn an_anchors_bomb_is_refused() {
    let bomb = (1..20).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let again = vec![format!("*a{}", n - 1); 9].join(", ");
        text + &format!("a{n}: &a{n} [{again}]\n")
    });
    insta::assert_snapshot!(refused(&bomb), @r"
    error: too much to read: at most 32 levels of nesting, 50000 values and 10000 values behind aliases are allowed
     --> workflow_config.yaml:1:14
      |
    1 | a0: &a0 [x, x]
      |              ^
    ");
}

#[test]
fn maturity_levels_are_checked() {
    let text = "\
maturity_workflow:
  staging:
    required_gates: [linting, coverage, test_covrage]
    optional_gates:
      - linting
      - security
      - security
    additional_requirements:
      - staging_uptime_days: -1
        rollback_tested: true
      - rollback_tested: soon
      - staging_uptime: 3
      - monitoring_configured: true
      - monitoring_configured: true
";
    insta::assert_snapshot!(refused(text), @r"
    error: the text `coverage` is not known here
     --> workflow_config.yaml:3:31
      |
    3 |     required_gates: [linting, coverage, test_covrage]
      |                               ^^^^^^^^ `maturity_workflow.staging.required_gates[1]`
      |
      = help: known here: `test_pass_rate`, `test_coverage`, `linting`, `type_checking`, `security`, `documentation`, `complexity`, `instructions_validation`, `performance`

    error: the text `test_covrage` is not known here
     --> workflow_config.yaml:3:41
      |
    3 |     required_gates: [linting, coverage, test_covrage]
      |                                         ^^^^^^^^^^^^ `maturity_workflow.staging.required_gates[2]`
      |
      = help: did you mean `test_coverage`?

    error: the gate `linting` is both required and optional
     --> workflow_config.yaml:5:9
      |
    5 |       - linting
      |         ^^^^^^^ `maturity_workflow.staging.optional_gates[0]`
      |
      = help: remove one of the two

    error: the gate `security` is already in this list
     --> workflow_config.yaml:7:9
      |
    7 |       - security
      |         ^^^^^^^^ `maturity_workflow.staging.optional_gates[2]`
      |
      = help: remove one of the two

    error: expected a single key
     --> workflow_config.yaml:9:9
      |
    9 |       - staging_uptime_days: -1
      |         ^^^^^^^^^^^^^^^^^^^ `maturity_workflow.staging.additional_requirements[0]`
      |
      = help: begin each one with a `-` of its own

    error: expected at least 0, found -1
     --> workflow_config.yaml:9:30
      |
    9 |       - staging_uptime_days: -1
      |                              ^^ `maturity_workflow.staging.additional_requirements[0].staging_uptime_days`

    error: expected `true` or `false`, found the text `soon`
      --> workflow_config.yaml:11:26
       |
    11 |       - rollback_tested: soon
       |                          ^^^^ `maturity_workflow.staging.additional_requirements[1].rollback_tested`

    error: unknown key `staging_uptime` in `maturity_workflow.staging.additional_requirements[2]`
      --> workflow_config.yaml:12:9
       |
    12 |       - staging_uptime: 3
       |         ^^^^^^^^^^^^^^ `maturity_workflow.staging.additional_requirements[2].staging_uptime`
       |
       = help: known here: `staging_uptime_days`, `staging_uptime_percentage`, `security_review_complete`, `documentation_complete`, `monitoring_configured`, `rollback_tested`

    error: the requirement `monitoring_configured` is already in this list
      --> workflow_config.yaml:14:9
       |
    14 |       - monitoring_configured: true
       |         ^^^^^^^^^^^^^^^^^^^^^ `maturity_workflow.staging.additional_requirements[4].monitoring_configured`
       |
       = help: remove one of the two
    ");
}

#[test]
fn components_are_checked() {
    let text = "\
components:
  ../orders: {}
  billing:
    path: /srv/billing
    spec: ../billing.md
    tests: [tests/billing, \"\"]
    toolchain: pyhton
    depends_on: [ledger, billling, ledger]
    thresholds:
      lint: {max_issues: 1}
      linting: {max_issue: 1}
  ledger:
    depends_on: [audit]
  audit:
    depends_on: [billing]
";
    insta::assert_snapshot!(refused(text), @r#"
    error: component name "../orders" is a path; a name has 1 to 100 letters, digits, `_`, `-` or `.` and starts with a letter or digit
     --> workflow_config.yaml:2:3
      |
    2 |   ../orders: {}
      |   ^^^^^^^^^ `components.../orders`

    error: the path `/srv/billing` is not relative to the workspace
     --> workflow_config.yaml:4:11
      |
    4 |     path: /srv/billing
      |           ^^^^^^^^^^^^ `components.billing.path`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: the path `../billing.md` leads outside with `..`
     --> workflow_config.yaml:5:11
      |
    5 |     spec: ../billing.md
      |           ^^^^^^^^^^^^^ `components.billing.spec`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: the path `` is empty
     --> workflow_config.yaml:6:28
      |
    6 |     tests: [tests/billing, ""]
      |                            ^^ `components.billing.tests[1]`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: there is no toolchain `pyhton`
     --> workflow_config.yaml:7:16
      |
    7 |     toolchain: pyhton
      |                ^^^^^^ `components.billing.toolchain`
      |
      = help: did you mean `python`?

    error: there is no component `billling` in `components`
     --> workflow_config.yaml:8:26
      |
    8 |     depends_on: [ledger, billling, ledger]
      |                          ^^^^^^^^ `components.billing.depends_on[1]`
      |
      = help: known here: `../orders`, `audit`, `ledger`

    error: `ledger` is already in this list
     --> workflow_config.yaml:8:36
      |
    8 |     depends_on: [ledger, billling, ledger]
      |                                    ^^^^^^ `components.billing.depends_on[2]`
      |
      = help: remove one of the two

    error: unknown key `lint` in `components.billing.thresholds`
      --> workflow_config.yaml:10:7
       |
    10 |       lint: {max_issues: 1}
       |       ^^^^ `components.billing.thresholds.lint`
       |
       = help: did you mean `linting`?

    error: unknown key `max_issue` in `components.billing.thresholds.linting`
      --> workflow_config.yaml:11:17
       |
    11 |       linting: {max_issue: 1}
       |                 ^^^^^^^^^ `components.billing.thresholds.linting.max_issue`
       |
       = help: did you mean `max_issues`?

    error: components depend on each other in a circle: audit → billing → ledger → audit
      --> workflow_config.yaml:15:5
       |
    15 |     depends_on: [billing]
       |     ^^^^^^^^^^ `components.audit.depends_on`
       |
       = help: remove one of these dependencies
    "#);
}

#[test]
fn toolchains_are_checked() {
    let text = "\
toolchains:
  own tools: {type: command, commands: []}
  untyped: {packages: [x]}
  mixed: {type: python, commands: []}
  mistyped: {type: pyhton}
  python: {packages: [--index-url=x], requirements: [/etc/x]}
  shell:
    type: command
    commands:
      - {name: a, command: [\"\"], evidence: [lint], command_line: x}
      - command: [x]
      - {name: b, command: [x, \"{reports}\"], evidence: [lint, lints]}
      - {name: b, command: [x, '{\"json\": 1}', \"{component}\"], evidence: [tests, coverage], report: {format: junit}}
      - {name: c, command: [x], evidence: [source], report: {format: sarif, path: \"{report}\"}}
      - {name: d, command: [x, \"{report}\"], evidence: [lint, lint], env: {A-B: x, C: 1}}
      - {name: e, command: [x], evidence: [types], report: {format: exit_status, path: out.txt}, working_directory: ..}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: the list is empty
     --> workflow_config.yaml:2:30
      |
    2 |   own tools: {type: command, commands: []}
      |                              ^^^^^^^^ `toolchains.own tools.commands`

    error: the key `type` is missing
     --> workflow_config.yaml:3:3
      |
    3 |   untyped: {packages: [x]}
      |   ^^^^^^^ `toolchains.untyped`

    error: unknown key `commands` in `toolchains.mixed`
     --> workflow_config.yaml:4:25
      |
    4 |   mixed: {type: python, commands: []}
      |                         ^^^^^^^^ `toolchains.mixed.commands`
      |
      = help: known here: `type_checker`, `requirements`, `packages`, `pytest_args`, `secrets_baseline`, `type`

    error: the text `pyhton` is not known here
     --> workflow_config.yaml:5:20
      |
    5 |   mistyped: {type: pyhton}
      |                    ^^^^^^ `toolchains.mistyped.type`
      |
      = help: did you mean `python`?

    error: `--index-url=x` is not a package
     --> workflow_config.yaml:6:23
      |
    6 |   python: {packages: [--index-url=x], requirements: [/etc/x]}
      |                       ^^^^^^^^^^^^^ `toolchains.python.packages[0]`
      |
      = help: write it as pip does: `requests>=2`

    error: the path `/etc/x` is not relative to the workspace
     --> workflow_config.yaml:6:54
      |
    6 |   python: {packages: [--index-url=x], requirements: [/etc/x]}
      |                                                      ^^^^^^ `toolchains.python.requirements[0]`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: the command has no program
      --> workflow_config.yaml:10:29
       |
    10 |       - {name: a, command: [""], evidence: [lint], command_line: x}
       |                             ^^ `toolchains.shell.commands[0].command[0]`

    error: unknown key `command_line` in `toolchains.shell.commands[0]`
      --> workflow_config.yaml:10:52
       |
    10 |       - {name: a, command: [""], evidence: [lint], command_line: x}
       |                                                    ^^^^^^^^^^^^ `toolchains.shell.commands[0].command_line`
       |
       = help: known here: `name`, `command`, `evidence`, `report`, `fix`, `env`, `working_directory`

    error: the key `name` is missing
      --> workflow_config.yaml:11:9
       |
    11 |       - command: [x]
       |         ^^^^^^^ `toolchains.shell.commands[1]`

    error: the key `evidence` is missing
      --> workflow_config.yaml:11:9
       |
    11 |       - command: [x]
       |         ^^^^^^^ `toolchains.shell.commands[1]`

    error: unknown placeholder `{reports}`
      --> workflow_config.yaml:12:32
       |
    12 |       - {name: b, command: [x, "{reports}"], evidence: [lint, lints]}
       |                                ^^^^^^^^^^^ `toolchains.shell.commands[2].command[1]`
       |
       = help: did you mean `{report}`?

    error: the text `lints` is not known here
      --> workflow_config.yaml:12:63
       |
    12 |       - {name: b, command: [x, "{reports}"], evidence: [lint, lints]}
       |                                                               ^^^^^ `toolchains.shell.commands[2].evidence[1]`
       |
       = help: did you mean `lint`?

    error: there is already a command `b`
      --> workflow_config.yaml:13:16
       |
    13 |       - {name: b, command: [x, '{"json": 1}', "{component}"], evidence: [tests, coverage], report: {format: junit}}
       |                ^ `toolchains.shell.commands[3].name`
       |
       = help: give each command of a toolchain its own name

    error: a report of format `junit` says nothing about `coverage`
      --> workflow_config.yaml:13:81
       |
    13 |       - {name: b, command: [x, '{"json": 1}', "{component}"], evidence: [tests, coverage], report: {format: junit}}
       |                                                                                 ^^^^^^^^ `toolchains.shell.commands[3].evidence[1]`
       |
       = help: set `report.format` to `coverage_json` or `lcov` or `cobertura`

    error: `source` is read by spec2prod itself, no command gives it
      --> workflow_config.yaml:14:44
       |
    14 |       - {name: c, command: [x], evidence: [source], report: {format: sarif, path: "{report}"}}
       |                                            ^^^^^^ `toolchains.shell.commands[4].evidence[0]`

    error: the report is read from `{report}`, but the command does not write it
      --> workflow_config.yaml:14:83
       |
    14 |       - {name: c, command: [x], evidence: [source], report: {format: sarif, path: "{report}"}}
       |                                                                                   ^^^^^^^^^^ `toolchains.shell.commands[4].report.path`
       |
       = help: use `{report}` in `command`

    error: `lint` is already in this list
      --> workflow_config.yaml:15:62
       |
    15 |       - {name: d, command: [x, "{report}"], evidence: [lint, lint], env: {A-B: x, C: 1}}
       |                                                              ^^^^ `toolchains.shell.commands[5].evidence[1]`

    error: `A-B` is not the name of an environment variable
      --> workflow_config.yaml:15:75
       |
    15 |       - {name: d, command: [x, "{report}"], evidence: [lint, lint], env: {A-B: x, C: 1}}
       |                                                                           ^^^ `toolchains.shell.commands[5].env.A-B`
       |
       = help: a name has letters, digits and `_`, and begins with no digit

    error: expected text, found the number 1
      --> workflow_config.yaml:15:86
       |
    15 |       - {name: d, command: [x, "{report}"], evidence: [lint, lint], env: {A-B: x, C: 1}}
       |                                                                                      ^ `toolchains.shell.commands[5].env.C`
       |
       = help: put it in quotes: "1"

    error: an exit status has no file
      --> workflow_config.yaml:16:82
       |
    16 |       - {name: e, command: [x], evidence: [types], report: {format: exit_status, path: out.txt}, working_directory: ..}
       |                                                                                  ^^^^ `toolchains.shell.commands[6].report.path`
       |
       = help: remove `path`, or set `format` to what the file holds

    error: the path `..` leads outside with `..`
      --> workflow_config.yaml:16:117
       |
    16 |       - {name: e, command: [x], evidence: [types], report: {format: exit_status, path: out.txt}, working_directory: ..}
       |                                                                                                                     ^^ `toolchains.shell.commands[6].working_directory`
       |
       = help: write it relative to the workspace, such as `src/orders`
    "#);
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

    error: the path `` is empty
     --> workflow_config.yaml:3:27
      |
    3 |   dashboard: {output_dir: ""}
      |                           ^^ `observability.dashboard.output_dir`
      |
      = help: write it relative to the workspace, such as `src/orders`

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

    error: unknown placeholder `%(levelnam)s `
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

#[test]
fn text_of_the_file_reaches_no_terminal_as_it_is() {
    let text = "\"sta\\e[31mges\": 1\nlogging: {level: \"\\a\\e]0;x\\a\"}\n";
    let message = refused(text);
    assert!(!message.contains(['\u{1b}', '\u{7}']), "{message:?}");
    insta::assert_snapshot!(message, @r#"
    error: unknown key `sta\u{1b}[31mges`
     --> workflow_config.yaml:1:1
      |
    1 | "sta\e[31mges": 1
      | ^^^^^^^^^^^^^^ `sta\u{1b}[31mges`
      |
      = help: known here: `version`, `quality_gates`, `error_recovery`, `observability`, `context_management`, `maturity_workflow`, `stages`, `execution`, `components`, `toolchains`, `logging`, `notifications`, `environments`, `gates`, `history`, `github`

    error: the text `\u{7}\u{1b}]0;x\u{7}` is not known here
     --> workflow_config.yaml:2:18
      |
    2 | logging: {level: "\a\e]0;x\a"}
      |                  ^^^^^^^^^^^^ `logging.level`
      |
      = help: known here: `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`
    "#);
}

#[test]
fn colours_are_used_when_asked_for() {
    let error = load_text("a: 1\n", "workflow_config.yaml").unwrap_err();
    assert!(error.render(true).contains("\u{1b}["));
    assert!(!error.render(false).contains('\u{1b}'));
}

#[test]
fn thousands_of_mistakes_are_told_in_part() {
    let text: String = (0..20_000).map(|n| format!("k{n}: 1\n")).collect();
    let error = load_text(&text, "workflow_config.yaml").unwrap_err();
    assert_eq!(error.problems.len(), 20_000);
    assert!(error.to_string().ends_with("and 19950 more"));
}

#[test]
fn a_circle_of_many_components_is_told_once() {
    let text = (0..900).fold("components:\n".to_owned(), |text, n| {
        text + &format!("  c{n}: {{depends_on: [c{}]}}\n", (n + 1) % 900)
    });
    let error = load_text(&text, "workflow_config.yaml").unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(error.problems[0].message.contains("c0 → c1 → c2"));
    let chain = (0..900).fold("components:\n".to_owned(), |text, n| {
        text + &format!("  c{n}: {{depends_on: [c{}]}}\n", n + 1)
    });
    assert_eq!(load_ok(&(chain + "  c900: {}\n")).components.len(), 901);
}

proptest::proptest! {
    /// Whatever is written, it is refused in words or obeyed, and nothing else.
    #[test]
    fn any_change_of_a_valid_file_is_refused_or_obeyed(
        position in 0..super::EVERY_KEY.len(),
        insert in "[-a-z0-9:{}\\[\\]\"'&*~ \\n\\t#]{0,8}",
        cut in 0usize..12,
    ) {
        let mut text = super::EVERY_KEY.to_owned();
        let end = (position + cut).min(text.len());
        if text.is_char_boundary(position) && text.is_char_boundary(end) {
            text.replace_range(position..end, &insert);
        }
        if let Err(error) = load_text(&text, "workflow_config.yaml") {
            proptest::prop_assert!(!error.problems.is_empty());
            proptest::prop_assert!(error.to_string().starts_with("error: "));
        }
    }
}
