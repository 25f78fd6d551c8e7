//! Commands: contradictions that only show between their keys, and one text for a list of one.

use super::refused;

#[test]
fn further_evidence_of_a_command_is_checked() {
    let text = "\
toolchains:
  shell:
    type: command
    commands:
      - name: ../a
        command: [x, \"{report}\"]
        evidence: [tests]
        report: {format: junit, path: \"{report}\"}
        also:
          - {evidence: [tests, lint], report: {format: lcov, path: \"{report}\"}}
          - {evidence: [coverage], report: {format: lcov}}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: the command name `../a` is not allowed
     --> workflow_config.yaml:5:15
      |
    5 |       - name: ../a
      |               ^^^^ `toolchains.shell.commands[0].name`
      |
      = help: a name has letters, digits, spaces, `_`, `-` or `.`, and begins with a letter or digit

    error: `tests` is already among the evidence of this command
      --> workflow_config.yaml:10:25
       |
    10 |           - {evidence: [tests, lint], report: {format: lcov, path: "{report}"}}
       |                         ^^^^^ `toolchains.shell.commands[0].also[0].evidence[0]`

    error: a report of format `lcov` says nothing about `lint`
      --> workflow_config.yaml:10:32
       |
    10 |           - {evidence: [tests, lint], report: {format: lcov, path: "{report}"}}
       |                                ^^^^ `toolchains.shell.commands[0].also[0].evidence[1]`
       |
       = help: set `report.format` to `sarif` or `exit_status`

    error: `{report}` is already a report of this command
      --> workflow_config.yaml:10:68
       |
    10 |           - {evidence: [tests, lint], report: {format: lcov, path: "{report}"}}
       |                                                                    ^^^^^^^^^^ `toolchains.shell.commands[0].also[0].report.path`
       |
       = help: give each report a file of its own, such as `{report}.lcov`

    error: further evidence needs a file to be read from
      --> workflow_config.yaml:11:44
       |
    11 |           - {evidence: [coverage], report: {format: lcov}}
       |                                            ^^^^^^^ `toolchains.shell.commands[0].also[1].report`
       |
       = help: set `format` to what the file holds, and `path`
    "#);
}

#[test]
fn one_text_for_a_list_is_told_where_it_stands() {
    let text = "\
logging: {level: DEBUG}
components:
  billing: {tests: /srv/tests}
environments:
  staging: {deploy: \"{nothing}\", health_check: {tcp: 'a:1'}}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: the path `/srv/tests` is not relative to the workspace
     --> workflow_config.yaml:3:20
      |
    3 |   billing: {tests: /srv/tests}
      |                    ^^^^^^^^^^ `components.billing.tests`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: unknown placeholder `{nothing}`
     --> workflow_config.yaml:5:21
      |
    5 |   staging: {deploy: "{nothing}", health_check: {tcp: 'a:1'}}
      |                     ^^^^^^^^^^^ `environments.staging.deploy`
      |
      = help: known here: `{component}`, `{path}`, `{version}`, `{environment}`, `{url}`
    "#);
}

#[test]
fn two_commands_do_not_write_the_same_report() {
    let text = "\
toolchains:
  shell:
    type: command
    commands:
      - {name: a, command: [x, \"{report}\"], evidence: [tests], report: {format: junit, path: \"{report}\"}}
      - {name: b, command: [x, \"{report}\"], evidence: [tests], report: {format: junit, path: \"{report}\"}}
      - {name: c, command: [x], evidence: [tests], report: {format: junit, path: \"{component}.xml\"}}
      - {name: d, command: [x], evidence: [tests], report: {format: junit, path: \"./{component}.xml\"}}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: `./{component}.xml` is already the report of the command `c`
     --> workflow_config.yaml:8:82
      |
    8 |       - {name: d, command: [x], evidence: [tests], report: {format: junit, path: "./{component}.xml"}}
      |                                                                                  ^^^^^^^^^^^^^^^^^^^ `toolchains.shell.commands[3].report.path`
      |
      = help: give each command a file of its own, such as `{report}`
    "#);
}
