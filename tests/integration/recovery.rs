//! Retries, circuit breaker, time limits and interruptions, seen from outside.

use crate::support::{Repository, finish, gate, is_alive, signal, wait_for};
use serde_json::{Value, json};

/// A component that is judged by one script of the test's own.
fn with_script(script: &str, settings: &str) -> Repository {
    let repository = Repository::new();
    repository.write("lib/a.txt", "a\n");
    repository.write("specs/thing.md", "# Thing\n\n**Component Name:** thing\n\n## Overview\n\nIt does one thing.\n\n## Requirements\n\n### Functional Requirements\n\n- FR-1: the thing MUST be done\n");
    repository.write(
        "specs/other.md",
        repository
            .read("specs/thing.md")
            .replace("** thing", "** other"),
    );
    repository.write("check.sh", script);
    repository.write(
        "workflow_config.yaml",
        format!(
            "components:\n  thing: {{ path: lib, toolchain: scripts }}\n  other: {{ path: lib, toolchain: scripts }}\n\
             toolchains:\n  scripts:\n    type: command\n    commands:\n      - name: check\n        command: [sh, check.sh, \"{{report}}\"]\n        \
             evidence: [tests]\n        report: {{ format: junit, path: \"{{report}}\" }}\n\
             maturity_workflow:\n  development:\n    required_gates: [test_pass_rate]\n{settings}"
        ),
    );
    repository
}

const PASSING_JUNIT: &str = r#"cat > "$1" <<'XML'
<testsuites><testsuite name="s"><testcase classname="c" name="n" time="0.1"/></testsuite></testsuites>
XML
"#;

const QUICK_RETRIES: &str = "error_recovery:\n  testing: { max_retries: 3, base_delay: 0.01, exponential_base: 1.0, max_delay: 0.05, jitter: false }\n";

#[test]
fn a_network_error_is_tried_again_and_every_attempt_is_in_the_report() {
    let script = format!(
        "echo x >> tries\nif [ $(wc -l < tries) -lt 3 ]; then echo 'curl: (7) Failed to connect: Connection refused' >&2; exit 7; fi\n{PASSING_JUNIT}"
    );
    let repository = with_script(&script, QUICK_RETRIES);
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(0);
    let report = repository.report("thing");
    let attempts = report["tools"][0]["attempts"].as_array().unwrap();
    let ends: Vec<&Value> = attempts.iter().map(|attempt| &attempt["ended"]).collect();
    assert_eq!(
        ends,
        [
            &json!("with_error"),
            &json!("with_error"),
            &json!("with_evidence")
        ]
    );
    assert_eq!(attempts[0]["kind"], "network");
    assert_eq!(attempts[1]["delay_ms"], 10);
    // What passes at the third attempt is not plainly passed.
    let record = gate(&report, "testing", "test_pass_rate");
    assert_eq!(record["verdict"], "warned");
    let warning = record["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("check gave its evidence at attempt 3 only; before that (network): "),
        "{warning}"
    );
}

#[test]
fn a_permanent_error_is_not_tried_again() {
    let repository = with_script(
        "echo x >> tries\necho 'no such option' >&2\nexit 64\n",
        QUICK_RETRIES,
    );
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(3);
    let report = repository.report("thing");
    assert_eq!(repository.read("tries"), "x\n");
    assert_eq!(
        gate(&report, "testing", "test_pass_rate")["reason"]["code"],
        "tool_crashed"
    );
}

#[test]
fn the_circuit_breaker_works_across_components_of_one_process() {
    let settings = format!(
        "{QUICK_RETRIES}  circuit_breaker: {{ failure_threshold: 2, recovery_timeout: 600.0, half_open_max_calls: 1 }}\n"
    );
    let repository = with_script(
        "echo x >> tries\necho 'Connection refused' >&2\nexit 7\n",
        &settings,
    );
    repository
        .run(&["run", "--component", "thing", "--component", "other"])
        .expect_status(3);
    // Two failures open the breaker; neither further retries nor the second component start it again.
    assert_eq!(repository.read("tries"), "x\nx\n");
    let report = repository.report("other");
    assert_eq!(
        gate(&report, "testing", "test_pass_rate")["reason"]["code"],
        "tool_unavailable"
    );
}

#[test]
fn a_stale_report_is_no_data() {
    let repository = with_script("cp kept.xml old.xml; touch -t 200101010000 old.xml\n", "");
    let config = repository.read("workflow_config.yaml");
    repository.write(
        "workflow_config.yaml",
        config.replace("\"{report}\"", "old.xml"),
    );
    repository.write("kept.xml", "<testsuites><testsuite name='s'><testcase classname='c' name='n'/></testsuite></testsuites>");
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(3);
    let report = repository.report("thing");
    let record = gate(&report, "testing", "test_pass_rate");
    assert_eq!(record["verdict"], "no_data");
    assert_eq!(record["reason"]["code"], "report_stale");
}

#[test]
fn bad_reports_and_crashes_are_errored() {
    for (script, code, words) in [
        (
            "echo '<testsuites><testsuite' > \"$1\"\n",
            "report_unreadable",
            "junit",
        ),
        ("echo '<html/>' > \"$1\"\n", "report_unreadable", "html"),
        ("exit 0\n", "report_missing", "wrote no report"),
        ("kill -SEGV $$\n", "tool_crashed", "signal 11"),
        (
            "head -c 1000000000 /dev/zero\nexit 9\n",
            "tool_crashed",
            "9",
        ),
    ] {
        let repository = with_script(script, "");
        repository
            .run(&["run", "--component", "thing"])
            .expect_status(3);
        let report = repository.report("thing");
        let record = gate(&report, "testing", "test_pass_rate");
        assert_eq!(record["reason"]["code"], code, "{script}: {record:#}");
        let message = record["reason"]["message"].as_str().unwrap().to_lowercase();
        assert!(message.contains(words), "{script}: {message}");
    }
}

#[test]
fn a_time_limit_ends_the_whole_tree_also_with_a_session_of_its_own() {
    let script = "setsid sh -c 'trap \"\" TERM; echo $$ > child.pid; while :; do sleep 1; done' &\nwhile :; do sleep 1; done\n";
    let repository = with_script(script, "stages:\n  testing: { timeout_seconds: 1 }\n");
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(3);
    let report = repository.report("thing");
    let record = gate(&report, "testing", "test_pass_rate");
    assert_eq!(record["reason"]["code"], "tool_timed_out");
    assert!(!is_alive(&repository.read("child.pid")), "a child is left");
}

#[test]
fn an_interruption_ends_the_tools_and_leaves_a_partial_report() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let script = "setsid sh -c 'echo $$ > child.tmp; mv child.tmp child.pid; while :; do sleep 1; done' &\nwhile :; do sleep 1; done\n";
        let repository = with_script(script, "");
        let mut child = repository
            .command(&["run", "--component", "thing"])
            .spawn()
            .unwrap();
        wait_for(&repository, "child.pid", &mut child);
        signal(&child, name);
        finish(child).expect_status(status);
        let report = repository.report("thing");
        assert_eq!(report["success"], false);
        assert_eq!(report["exit_status"], status);
        assert_eq!(report["reason"]["code"], "interrupted");
        assert_eq!(report["stage_results"]["specification"]["success"], true);
        assert!(!is_alive(&repository.read("child.pid")), "a child is left");
    }
}

#[test]
fn a_daemon_that_is_left_behind_is_ended_and_named() {
    let script = format!(
        "setsid sh -c 'echo $$ > daemon.tmp; mv daemon.tmp daemon.pid; while :; do sleep 1; done' &\nwhile [ ! -f daemon.pid ]; do sleep 0.05; done\n{PASSING_JUNIT}"
    );
    let repository = with_script(&script, "");
    repository
        .run(&["run", "--component", "thing"])
        .expect_status(0);
    let report = repository.report("thing");
    assert!(
        report["tools"][0]["notes"][0]
            .as_str()
            .unwrap()
            .contains("left behind"),
        "{:#}",
        report["tools"][0]
    );
    assert!(
        !is_alive(&repository.read("daemon.pid")),
        "the daemon is left"
    );
}
