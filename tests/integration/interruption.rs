//! Ctrl-C and SIGTERM at every point of a run: nothing is passed by accident, the working tree of CI
//! stays the commit's, and a report is left.

use crate::support::{Repository, WRITES_A_PASS, finish, is_alive, signal, wait_for, with_script};
use serde_json::json;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
};

/// Lines of a script that say that it has begun and never end.
const NEVER_ENDS: &str = "touch begun\nwhile :; do sleep 1; done\n";

#[test]
fn an_interrupted_installation_is_no_completed_stage() {
    let repository = Repository::with_shop().variable("VIRTUAL_ENV", "");
    let begun = repository.path().join("begun");
    repository.write(
        "bin/uv",
        format!(
            "#!/bin/sh\ntouch {}\nwhile :; do sleep 1; done\n",
            begun.display()
        ),
    );
    let runnable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(repository.path().join("bin/uv"), runnable).unwrap();
    let path = format!(
        "{}/bin:{}",
        repository.path().display(),
        std::env::var("PATH").unwrap()
    );
    let repository = repository.variable("PATH", &path);
    let mut child = repository
        .command(&["run", "--component", "shop"])
        .spawn()
        .unwrap();
    wait_for(&repository, "begun", &mut child);
    signal(&child, "TERM");
    finish(child).expect_status(143);
    let report = repository.report("shop");
    assert_eq!(report["exit_status"], 143);
    assert_eq!(report["success"], false);
    assert_eq!(report["stages_completed"], json!(["specification"]));
    assert_eq!(report["stages_failed"], json!(["dependency_check"]));
    for tool in report["tools"].as_array().unwrap() {
        assert_eq!(tool["attempts"], json!([]), "{tool:#}");
    }
}

/// A run that `env` with this option becomes.
fn running(repository: &Repository, option: &str) -> Child {
    let plain = repository.command(&["run", "--component", "thing"]);
    let variables = plain.get_envs();
    Command::new("env")
        .arg(option)
        .arg(plain.get_program())
        .args(plain.get_args())
        .current_dir(repository.path())
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The tools are in sessions of their own, so the terminal does not end them.
#[test]
fn a_closed_terminal_ends_the_run_with_its_tools() {
    let repository = with_script(&format!("echo $$ > pid\n{NEVER_ENDS}"));
    // The tests may be run by nohup themselves.
    let mut child = running(&repository, "--default-signal=HUP");
    wait_for(&repository, "begun", &mut child);
    signal(&child, "HUP");
    finish(child).expect_status(129);
    assert_eq!(repository.report("thing")["exit_status"], 129);
    assert!(!is_alive(&repository.read("pid")));
}

#[test]
fn with_nohup_a_closed_terminal_changes_nothing() {
    let repository = with_script(&format!(
        "touch begun\nwhile ! test -f go; do sleep 0.05; done\n{WRITES_A_PASS}"
    ));
    let mut child = running(&repository, "--ignore-signal=HUP");
    wait_for(&repository, "begun", &mut child);
    signal(&child, "HUP");
    repository.write("go", "");
    finish(child).expect_status(0);
}

#[test]
fn in_ci_an_interrupted_fix_leaves_no_trace() {
    let repository = Repository::new().variable("CI", "true");
    repository.write(
        "specs/thing.md",
        "# Thing\n\n## Overview\n\nIt is.\n\n## Requirements\n\n- FR-1: it MUST be\n",
    );
    repository.write("lib/changed.sh", "before\n");
    repository.write("lib/removed.txt", "still here\n");
    let runnable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(repository.path().join("lib/removed.txt"), runnable).unwrap();
    repository.write(
        "fix.sh",
        format!("echo after > lib/changed.sh\nrm lib/removed.txt\necho new > lib/added.txt\necho new > other.txt\n{NEVER_ENDS}"),
    );
    repository.write(
        "workflow_config.yaml",
        "components: { thing: { path: lib, toolchain: own } }\n\
         quality_gates: { linting: { auto_fix: true, check_format: false } }\n\
         stages: { refactoring: { auto_fix_linting: true } }\n\
         maturity_workflow: { development: { required_gates: [linting] } }\n\
         toolchains:\n  own:\n    type: command\n    commands:\n      - name: lint\n        command: [\"false\"]\n        \
         evidence: [lint]\n        report: { format: exit_status }\n        fix: [sh, fix.sh]\n",
    );
    let mut child = repository
        .command(&["run", "--component", "thing"])
        .spawn()
        .unwrap();
    wait_for(&repository, "begun", &mut child);
    assert!(!repository.path().join("lib/removed.txt").exists());
    signal(&child, "INT");
    finish(child).expect_status(130);
    assert_eq!(repository.read("lib/changed.sh"), "before\n");
    assert_eq!(repository.read("lib/removed.txt"), "still here\n");
    for new in ["lib/added.txt", "other.txt", "begun"] {
        assert!(!repository.path().join(new).exists(), "{new}");
    }
    let mode = fs::metadata(repository.path().join("lib/removed.txt")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o755);
    assert!(repository.report("thing")["auto_fix"].is_null());
}

#[test]
fn a_component_that_nobody_came_to_is_not_passed() {
    let repository = with_script(NEVER_ENDS);
    let both = [
        "run",
        "--component",
        "thing",
        "--component",
        "other",
        "--format",
        "json",
    ];
    let mut child = repository.command(&both).spawn().unwrap();
    wait_for(&repository, "begun", &mut child);
    signal(&child, "INT");
    let ran = finish(child).expect_status(130);
    let reports = ran.json();
    assert_eq!(reports.as_array().unwrap().len(), 1, "{reports:#}");
    assert_eq!(reports[0]["exit_status"], 130);
    assert!(
        !repository
            .path()
            .join("workflow_report_other.json")
            .exists()
    );
}

#[test]
fn the_worst_of_several_components_counts() {
    let fails = "<testsuite name=\\\"s\\\"><testcase classname=\\\"c\\\" name=\\\"n\\\"><failure message=\\\"no\\\"/></testcase></testsuite>";
    // (the first component's tests, the second one's) → exit status
    for (first, second, status) in [
        (WRITES_A_PASS.to_owned(), WRITES_A_PASS.to_owned(), 0),
        (WRITES_A_PASS.to_owned(), "exit 0\n".to_owned(), 3),
        (
            "exit 0\n".to_owned(),
            format!("echo \"{fails}\" > \"$1\"\n"),
            1,
        ),
        (
            format!("echo \"{fails}\" > \"$1\"\n"),
            "exit 0\n".to_owned(),
            1,
        ),
    ] {
        let repository = with_script(&format!(
            "if [ -f second ]; then\n{second}\nelse\ntouch second\n{first}\nfi\n"
        ));
        repository
            .run(&["run", "--component", "thing", "--component", "other"])
            .expect_status(status);
    }
}

/// Else the last component's "success" would be the last word.
#[test]
fn after_several_components_comes_what_came_of_all() {
    let fails_first = "if [ -f second ]; then\n{second}\nelse\ntouch second\nexit 1\nfi\n";
    let repository = with_script(&fails_first.replace("{second}", WRITES_A_PASS));
    let ran = repository
        .run(&["run", "--component", "thing,other"])
        .expect_status(3);
    let last: Vec<&str> = ran.stdout.lines().rev().take(3).collect();
    insta::assert_snapshot!(last.into_iter().rev().collect::<Vec<_>>().join("\n"), @"
    ⊘ thing  dev  errored  test_pass_rate: check ended with exit status 1 (and wrote no report); it printed nothing
    ✓ other  dev  passed
    ⊘ errored: 1 of 2 components is blocked
    ");

    let repository = with_script(NEVER_ENDS);
    let mut child = repository
        .command(&["run", "--component", "thing,other"])
        .spawn()
        .unwrap();
    wait_for(&repository, "begun", &mut child);
    signal(&child, "INT");
    let ran = finish(child).expect_status(130);
    assert!(
        ran.stdout
            .ends_with("! other was not judged: the run was interrupted\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn an_unknown_component_is_said_before_another_one_takes_its_time() {
    let repository = with_script("touch begun\n");
    let ran = repository
        .run(&["run", "--component", "thing", "--component", "nobody"])
        .expect_status(2);
    assert!(ran.stderr.contains("nobody"), "{}", ran.stderr);
    assert!(!repository.path().join("begun").exists());
}

#[test]
fn whoever_interrupts_twice_waits_for_nothing() {
    // The first signal is answered by ending the tools, for which this one takes its time.
    let repository = with_script(
        "trap 'touch asked' TERM\necho $$ > begun.tmp\nmv begun.tmp begun\nwhile :; do sleep 0.1; done\n",
    );
    let mut child = repository
        .command(&["run", "--component", "thing"])
        .spawn()
        .unwrap();
    wait_for(&repository, "begun", &mut child);
    signal(&child, "INT");
    wait_for(&repository, "asked", &mut child);
    signal(&child, "INT");
    let ran = finish(child);
    assert_eq!(ran.status, Some(130));
    assert!(
        ran.stderr.contains("once more ends at once"),
        "{}",
        ran.stderr
    );
    assert!(!is_alive(&repository.read("begun")), "the tool is left");
}

#[test]
fn gates_that_are_interrupted_say_so() {
    let repository = with_script(NEVER_ENDS);
    let arguments = ["gates", "--component", "thing", "--format", "json"];
    let mut child = repository.command(&arguments).spawn().unwrap();
    wait_for(&repository, "begun", &mut child);
    signal(&child, "TERM");
    let results = finish(child).expect_status(143).json();
    assert_eq!(results["exit_status"], 143);
    assert_eq!(results["reason"]["code"], "interrupted");
}
