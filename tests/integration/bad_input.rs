//! Input that nobody should give, and what is said to whoever does.

use crate::support::Repository;
use std::fs;

#[test]
fn component_names_that_could_do_harm_are_refused_before_anything_runs() {
    let repository = Repository::with_shop();
    let long = "a".repeat(300);
    for name in [
        "../../etc",
        "/etc",
        "",
        "two words",
        "$(touch owned)",
        "a\nb",
        &long,
        "-x",
        "a/b",
        "..",
    ] {
        let argument = format!("--component={name}");
        let ran = repository.run(&["run", &argument]).expect_status(2);
        assert!(
            ran.stderr.contains("component name"),
            "{name:?}: {}",
            ran.stderr
        );
    }
    assert!(!repository.path().join("owned").exists());
    assert!(
        !repository.path().join(".spec2prod").exists(),
        "something ran"
    );
}

#[test]
fn a_component_that_does_not_exist_is_said_with_what_was_looked_for() {
    let repository = Repository::with_shop();
    let ran = repository
        .run(&["run", "--component", "shpo"])
        .expect_status(2);
    assert!(ran.stderr.contains("src/shpo"), "{}", ran.stderr);
    assert!(ran.stderr.contains("shop"), "no suggestion: {}", ran.stderr);
}

#[test]
fn specifications_that_cannot_be_read_block_with_their_own_words() {
    let repository = Repository::with_shop();
    let cases: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (b"# T\x00\x01\x02", "binary"),
        (b"# Caf\xe9\n", "UTF-8"),
        (&[b'#'; 50 * 1024 * 1024], "at most 1048576"),
    ];
    for (bytes, words) in cases {
        repository.write("specs/shop.md", bytes);
        let ran = repository.run(&["run", "--component", "shop"]);
        assert!(
            matches!(ran.status, Some(1 | 3)),
            "{words}: {:?} {}",
            ran.status,
            ran.stderr
        );
        let report = repository.report("shop");
        let errors = report["stage_results"]["specification"]["errors"].to_string();
        assert!(errors.contains(words), "{words}: {errors}");
        assert_eq!(report["success"], false);
        repository
            .run(&["spec", "check", "specs/shop.md"])
            .expect_status(2);
    }
    fs::remove_file(repository.path().join("specs/shop.md")).unwrap();
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(3);
    let report = repository.report("shop");
    assert!(
        report["stage_results"]["specification"]["errors"]
            .to_string()
            .contains("specs/shop.md")
    );
}

#[test]
fn a_symbolic_link_out_of_the_workspace_is_refused() {
    let repository = Repository::with_shop();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("a.py"), "A = 1\n").unwrap();
    fs::create_dir_all(repository.path().join("tests/far")).unwrap();
    std::os::unix::fs::symlink(outside.path(), repository.path().join("src/far")).unwrap();
    let ran = repository
        .run(&["run", "--component", "far"])
        .expect_status(2);
    assert!(ran.stderr.contains("outside"), "{}", ran.stderr);
}

#[test]
fn a_report_without_a_place_to_go_stops_the_run_before_it_begins() {
    let repository = Repository::with_shop();
    let ran = repository
        .run(&[
            "run",
            "--component",
            "shop",
            "--output",
            "missing/folder/report.json",
        ])
        .expect_status(2);
    assert!(
        ran.stderr.contains("missing/folder/report.json"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("--output"), "{}", ran.stderr);
    assert!(
        !repository.path().join(".spec2prod").exists(),
        "something ran"
    );
}

#[test]
fn configuration_errors_come_all_at_once_with_their_places() {
    let repository = Repository::with_shop();
    repository.write(
        "workflow_config.yaml",
        "quality_gates:\n  test_coverge:\n    staging_threshold: 70\n  linting:\n    max_issues: many\nerror_recovery:\n  testing:\n    max_retries: -1\n    base_delay: 5.0\n    max_delay: 1.0\n",
    );
    let ran = repository.run(&["config", "check"]).expect_status(2);
    for expected in [
        "workflow_config.yaml:2:",
        "test_coverage",
        "workflow_config.yaml:5:",
        "workflow_config.yaml:8:",
    ] {
        assert!(
            ran.stderr.contains(expected),
            "no {expected} in:\n{}",
            ran.stderr
        );
    }
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(2);
    assert!(!repository.path().join("workflow_report_shop.json").exists());
}

#[test]
fn reports_that_are_hostile_or_broken_are_refused_by_inspect() {
    let repository = Repository::new();
    let nested = "<testsuite>".repeat(100_000);
    let cases: [(&str, String); 5] = [
        ("truncated.xml", "<testsuites><testsuite name=\"a\"><testcase na".to_owned()),
        ("root.xml", "<html></html>".to_owned()),
        ("bomb.xml", "<!DOCTYPE t [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><testsuites><testsuite name=\"&b;\"/></testsuites>".to_owned()),
        ("nested.xml", nested),
        ("coverage.json", r#"{"meta": {"version": "7"}, "files": {}, "totals": {"covered_lines": 1, "num_statements": 1, "percent_covered": NaN}}"#.to_owned()),
    ];
    for (name, text) in &cases {
        repository.write(name, text);
        let ran = repository.run(&["inspect", name]).expect_status(3);
        assert!(ran.stderr.contains(name), "{name}: {}", ran.stderr);
    }
    let huge = fs::File::create(repository.path().join("huge.xml")).unwrap();
    huge.set_len(200 * 1024 * 1024).unwrap();
    let ran = repository.run(&["inspect", "huge.xml"]).expect_status(3);
    assert!(ran.stderr.contains("too large"), "{}", ran.stderr);
}

#[test]
fn a_report_that_cannot_be_written_at_the_end_changes_no_verdict() {
    let repository = Repository::with_shop();
    // Files cannot grow beyond 1 KiB here, as on a disk that is full.
    let ran = std::process::Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1; exec \"$0\" run --component shop",
            env!("CARGO_BIN_EXE_spec2prod"),
        ])
        .current_dir(repository.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.code().is_some(), "{stderr}");
    assert!(
        stdout.contains("workflow_report_shop.json")
            || stderr.contains("workflow_report_shop.json"),
        "{stdout}\n{stderr}"
    );
    let leftovers: Vec<_> = fs::read_dir(repository.path())
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp"))
        .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

/// Opening a pipe waits for somebody who writes into it, and nobody does.
#[test]
fn a_pipe_in_place_of_settings_is_not_waited_for() {
    let repository = Repository::with_shop();
    for file in ["pyproject.toml", "setup.cfg"] {
        let pipe = repository.path().join(file);
        let _ = std::fs::remove_file(&pipe);
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
    }
    let ran = repository.run(&["doctor", "--component", "shop"]);
    assert!(ran.stdout.contains("shop (python)"), "{}", ran.stdout);
}
