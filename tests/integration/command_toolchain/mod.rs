//! Components that are judged by commands of the user's own.

mod coverage;
mod fixed_place;

use crate::support::{Judged, Repository, finish, signal, wait_for};
use std::{fs, os::unix::fs::PermissionsExt as _};

/// A component whose only command is a script of the test's own: `tools/check`.
fn with_command(settings: &str, script: &str) -> Repository {
    with_commands(&[settings], script)
}

fn with_commands(settings: &[&str], script: &str) -> Repository {
    let repository = Repository::new();
    repository.write("lib/a.txt", "a\n");
    repository.write("tools/check", format!("#!/bin/sh\n{script}"));
    let script = repository.path().join("tools/check");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    let commands: String = settings
        .iter()
        .map(|settings| format!("      - {}\n", settings.replace('\n', "\n        ")))
        .collect();
    repository.write(
        "workflow_config.yaml",
        format!(
            "components:\n  thing: {{ path: lib, toolchain: own }}\n\
             toolchains:\n  own:\n    type: command\n    commands:\n{commands}"
        ),
    );
    repository
}

fn judge(repository: &Repository, gate: &str) -> Judged {
    repository.judge("thing", &[gate])
}

/// A script that writes this text to the file that it is given, and ends with this status.
fn writing(text: &str, status: u8) -> String {
    format!("cat > \"$1\" <<'END'\n{text}\nEND\nexit {status}\n")
}

fn to_file(evidence: &str, format: &str) -> String {
    format!(
        "name: check\ncommand: [./tools/check, \"{{report}}\"]\nevidence: [{evidence}]\nreport: {{ format: {format}, path: \"{{report}}\" }}"
    )
}

const PASSING: &str = r#"<testsuites><testsuite name="s"><testcase classname="c" name="n"/></testsuite></testsuites>"#;
const FAILING: &str = r#"<testsuites><testsuite name="s"><testcase classname="c" name="n"/><testcase classname="c" name="m"><failure message="no"/></testcase></testsuite></testsuites>"#;
const LCOV: &str = "SF:lib/a.txt\nDA:1,1\nDA:2,0\nDA:3,1\nDA:4,1\nend_of_record";
const COVERAGE_JSON: &str = r#"{"files": {}, "totals": {"covered_lines": 3, "num_statements": 4, "percent_covered": 75.0}}"#;
const COBERTURA: &str = r#"<coverage line-rate="0.75"><packages><package name="p"><classes><class name="a" filename="lib/a.txt"><lines><line number="1" hits="1"/><line number="2" hits="0"/><line number="3" hits="1"/><line number="4" hits="1"/></lines></class></classes></package></packages></coverage>"#;

/// A SARIF log with one result of this level, or with none.
fn sarif(level: Option<&str>) -> String {
    let result = level.map_or(String::new(), |level| {
        format!(r#"{{"ruleId": "R1", "level": "{level}", "message": {{"text": "found"}}, "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "lib/a.txt"}}, "region": {{"startLine": 1}}}}}}]}}"#)
    });
    format!(
        r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "checker"}}}}, "results": [{result}]}}]}}"#
    )
}

#[test]
fn the_exit_status_and_the_report_have_to_agree() {
    let error = sarif(Some("error"));
    let clean = sarif(None);
    // Evidence, gate, format, report, exit status → verdict.
    for (evidence, gate, format, report, status, verdict) in [
        ("tests", "test_pass_rate", "junit", PASSING, 0, "passed"),
        (
            "tests",
            "test_pass_rate",
            "junit",
            PASSING,
            1,
            "errored tool_crashed",
        ),
        ("tests", "test_pass_rate", "junit", FAILING, 1, "failed"),
        ("tests", "test_pass_rate", "junit", FAILING, 0, "failed"),
        (
            "tests",
            "test_pass_rate",
            "junit",
            "<testsuites/>",
            0,
            "no_data no_tests_collected",
        ),
        ("lint, format", "linting", "sarif", &clean, 0, "passed"),
        (
            "lint, format",
            "linting",
            "sarif",
            &clean,
            2,
            "errored tool_crashed",
        ),
        ("lint, format", "linting", "sarif", &error, 1, "failed"),
        ("lint, format", "linting", "sarif", &error, 0, "failed"),
        ("types", "type_checking", "sarif", &error, 0, "failed"),
        ("vulnerabilities", "security", "sarif", &error, 0, "failed"),
        (
            "lint, format",
            "linting",
            "sarif",
            "",
            0,
            "errored report_unreadable",
        ),
    ] {
        let repository = with_command(&to_file(evidence, format), &writing(report, status));
        let judged = judge(&repository, gate);
        assert_eq!(
            judged.verdict(gate),
            verdict,
            "{format}, exit status {status}: {report}"
        );
        assert_eq!(judged.attempts("check"), 1);
    }
}

#[test]
fn a_report_can_stand_on_standard_output() {
    let settings = "name: check\ncommand: [./tools/check]\nevidence: [lint, format]\nreport: { format: sarif }";
    for (level, verdict) in [(None, "passed"), (Some("error"), "failed")] {
        let script = format!("cat <<'END'\n{}\nEND\necho progress >&2\n", sarif(level));
        judge(&with_command(settings, &script), "linting").expect("linting", verdict);
    }
    let cut = "head -c 400000000 /dev/zero | tr '\\0' ' '\necho '{}'\n";
    judge(&with_command(settings, cut), "linting").expect("linting", "errored report_unreadable");
}

#[test]
fn an_exit_status_alone_says_passed_or_failed() {
    let settings = "name: check\ncommand: [./tools/check]\nevidence: [tests]";
    for (script, verdict) in [
        ("exit 0\n", "passed"),
        ("echo one is wrong\nexit 3\n", "failed"),
        ("kill -9 $$\n", "errored tool_crashed"),
        ("sh -c 'kill -SEGV $$'\n", "errored tool_crashed"),
    ] {
        let repository = with_command(settings, script);
        let config = repository.read("workflow_config.yaml");
        repository.write(
            "workflow_config.yaml",
            format!("{config}error_recovery:\n  testing: {{ max_retries: 0 }}\n"),
        );
        judge(&repository, "test_pass_rate").expect("test_pass_rate", verdict);
    }
}

#[test]
fn a_program_or_folder_that_is_not_there_is_named() {
    for (settings, words) in [
        (
            "name: check\ncommand: [no-such-program]\nevidence: [tests]",
            "no-such-program",
        ),
        (
            "name: check\ncommand: [./tools/gone]\nevidence: [tests]",
            "./tools/gone",
        ),
        (
            "name: check\ncommand: [./lib/a.txt]\nevidence: [tests]",
            "./lib/a.txt",
        ),
        (
            "name: check\ncommand: [sh, -c, \"true\"]\nevidence: [tests]\nworking_directory: nowhere",
            "working_directory",
        ),
    ] {
        let judged = judge(&with_command(settings, ""), "test_pass_rate");
        judged.expect("test_pass_rate", "errored tool_missing");
        let reason = judged.reason("test_pass_rate");
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn folder_variables_and_placeholders_reach_the_command() {
    let settings = "name: check\ncommand: [../tools/check, \"{component}\", \"{path}\", \"{report}\"]\nevidence: [tests]\n\
                    report: { format: junit, path: \"{report}\" }\nworking_directory: lib\nenv: { NAME: \"of {component}\", PATH: /usr/bin:/bin }";
    let script = format!(
        "[ \"$1 $2 $NAME $(basename \"$PWD\")\" = 'thing lib of thing lib' ] || exit 9\nshift 2\n{}",
        writing(PASSING, 0)
    );
    judge(&with_command(settings, &script), "test_pass_rate").expect("test_pass_rate", "passed");
}

#[test]
fn a_fix_is_applied_locally_and_offered_in_ci() {
    let settings = "name: check\ncommand: [./tools/check, \"{path}\"]\nevidence: [lint, format]\nfix: [./tools/check, \"{path}\", fix]";
    let script =
        "if [ \"$2\" = fix ]; then echo good > \"$1/a.txt\"; fi\ngrep -q good \"$1/a.txt\"\n";
    for is_ci in [false, true] {
        let mut repository = with_command(settings, script);
        let config = repository.read("workflow_config.yaml");
        repository.write(
            "workflow_config.yaml",
            format!(
                "{config}quality_gates:\n  linting: {{ auto_fix: true }}\nstages:\n  refactoring: {{ auto_fix_linting: true }}\nmaturity_workflow:\n  development:\n    required_gates: [linting]\n"
            ),
        );
        repository.write("specs/thing.md", "# Thing\n\n**Component Name:** thing\n\n## Overview\n\nIt does one thing.\n\n## Requirements\n\n### Functional Requirements\n\n- FR-1: the thing MUST be done\n");
        repository.commit();
        if is_ci {
            repository = repository.variable("CI", "true");
        }
        let ran = repository.run(&["run", "--component", "thing", "--target", "dev"]);
        let (status, text) = if is_ci { (1, "a\n") } else { (0, "good\n") };
        assert_eq!(ran.status, Some(status), "{}\n{}", ran.stdout, ran.stderr);
        assert_eq!(repository.read("lib/a.txt"), text);
    }
}

#[test]
fn a_crash_behind_a_shell_is_no_finding() {
    let error = sarif(Some("error"));
    for (status, verdict) in [
        (1, "failed"),
        (128, "failed"),
        (129, "errored tool_crashed"),
        (139, "errored tool_crashed"),
        (192, "errored tool_crashed"),
        (193, "failed"),
    ] {
        let repository = with_command(&to_file("lint, format", "sarif"), &writing(&error, status));
        let config = repository.read("workflow_config.yaml");
        let config = format!("{config}error_recovery:\n  refactoring: {{ max_retries: 0 }}\n");
        repository.write("workflow_config.yaml", config);
        let judged = judge(&repository, "linting");
        judged.expect("linting", verdict);
        if status == 139 {
            insta::assert_snapshot!(judged.reason("linting"), @"check ended with exit status 139, by which a shell says that signal 11 ended its command; it printed nothing");
        }
    }
}

#[test]
fn the_last_words_of_a_command_are_shown_whatever_it_said_before() {
    let line = "x".repeat(80);
    let script = format!(
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo {line}; done\necho 'FATAL: the real reason'\nexit 3\n"
    );
    let with_report = format!("{}\n{script}", writing(PASSING, 0).replace("exit 0\n", ""));
    for (settings, script) in [
        (to_file("tests", "junit"), with_report),
        (
            "name: check\ncommand: [./tools/check]\nevidence: [tests]".to_owned(),
            script,
        ),
    ] {
        let repository = with_command(&settings, &script);
        let ran = repository.run(&["gates", "--component", "thing", "test_pass_rate"]);
        assert!(ran.stdout.contains("the real reason"), "{}", ran.stdout);
    }
}

#[test]
fn a_command_that_is_killed_in_silence_has_no_last_words() {
    let repository = with_command(&to_file("tests", "junit"), "kill -9 $$\n");
    let judged = judge(&repository, "test_pass_rate");
    judged.expect("test_pass_rate", "errored tool_crashed");
    assert_eq!(
        judged.reason("test_pass_rate"),
        "check was ended by signal 9; it printed nothing"
    );
}

#[test]
fn what_a_tool_printed_before_it_crashed_is_kept_in_the_file_that_is_named() {
    let script = format!("echo hello\n{}", writing(PASSING, 3));
    let repository = with_command(&to_file("tests", "junit"), &script);
    let judged = judge(&repository, "test_pass_rate");
    let remedy = &judged.gate("test_pass_rate")["reason"]["remedy"];
    let log = remedy.as_str().unwrap().rsplit(' ').next().unwrap();
    assert_eq!(repository.read(log), "hello\n");
}

#[test]
fn a_program_that_may_not_be_executed_is_not_missing() {
    let repository = with_command(&to_file("tests", "junit"), "exit 0\n");
    let program = repository.path().join("tools/check");
    fs::set_permissions(program, fs::Permissions::from_mode(0o644)).unwrap();
    let judged = judge(&repository, "test_pass_rate");
    judged.expect("test_pass_rate", "errored tool_missing");
    let reason = judged.reason("test_pass_rate");
    assert!(reason.contains("may not be executed"), "{reason}");
    let remedy = judged.gate("test_pass_rate")["reason"]["remedy"].to_string();
    assert!(remedy.contains("chmod +x"), "{remedy}");
}

#[test]
fn evidence_that_no_command_gives_is_not_asked_of_commands() {
    let repository = with_command(&to_file("tests", "junit"), &writing(PASSING, 0));
    for gate in ["documentation", "complexity", "instructions_validation"] {
        let judged = judge(&repository, gate);
        judged.expect(gate, "no_data no_evidence");
        let remedy = judged.gate(gate)["reason"]["remedy"].to_string();
        assert!(remedy.contains("only the Python toolchain"), "{remedy}");
    }
}
