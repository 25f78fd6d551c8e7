//! What a person reads about values that make no sense together.

use super::refused;

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

    error: the path is empty
     --> workflow_config.yaml:6:28
      |
    6 |     tests: [tests/billing, ""]
      |                            ^^ `components.billing.tests[1]`

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
  mixed: {type: python, commands: [{name: mypy, command: [x], evidence: [types]}], tests: x}
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
    error: the toolchain name `own tools` is not allowed
     --> workflow_config.yaml:2:3
      |
    2 |   own tools: {type: command, commands: []}
      |   ^^^^^^^^^ `toolchains.own tools`
      |
      = help: a name has 1 to 100 letters, digits, `_` or `-`

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

    error: `mypy` is a tool of Python's own
     --> workflow_config.yaml:4:43
      |
    4 |   mixed: {type: python, commands: [{name: mypy, command: [x], evidence: [types]}], tests: x}
      |                                           ^^^^ `toolchains.mixed.commands[0].name`
      |
      = help: give the command another name

    error: unknown key `tests` in `toolchains.mixed`
     --> workflow_config.yaml:4:84
      |
    4 |   mixed: {type: python, commands: [{name: mypy, command: [x], evidence: [types]}], tests: x}
      |                                                                                    ^^^^^ `toolchains.mixed.tests`
      |
      = help: known here: `type_checker`, `requirements`, `packages`, `pytest_args`, `secrets_baseline`, `commands`, `type`

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
       = help: known here: `name`, `command`, `evidence`, `report`, `also`, `fix`, `env`, `working_directory`

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

    error: `lint` is already among the evidence of this command
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
