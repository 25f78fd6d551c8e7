//! The report: its schema, its file, and what becomes of it when things go wrong.

use crate::support::{Repository, WRITES_A_PASS, finish, signal, wait_for, with_script};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const RUN: &[&str] = &["run", "--component", "thing"];

fn committed(schema: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    fs::read_to_string(folder.join(schema)).unwrap()
}

/// Says what in a report is not as the schema has it, or not as the ancestor's readers expect it.
#[track_caller]
fn check(report: &Value) {
    let schema: Value = serde_json::from_str(&committed("report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = validator
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");

    assert!(report["success"].is_boolean());
    assert!(report["component_name"].is_string());
    assert!(report["target_stage"].is_string());
    assert!(report["total_execution_time_ms"].is_f64());
    for list in ["stages_completed", "stages_failed"] {
        assert!(
            report[list]
                .as_array()
                .unwrap()
                .iter()
                .all(Value::is_string)
        );
    }
    for text in ["context_session_id", "metrics_dashboard"] {
        assert!(report[text].is_string() || report[text].is_null());
    }
    for (name, stage) in report["stage_results"].as_object().unwrap() {
        assert_eq!(stage["stage_name"], name.as_str());
        check_record(stage);
        assert!(stage["success"].is_boolean());
        assert!(stage["outputs"].is_object());
        for (name, gate) in stage["quality_gates"].as_object().unwrap() {
            assert_eq!(gate["gate_name"], name.as_str());
            check_record(gate);
            assert!(gate["passed"].is_boolean());
            assert!(gate["details"].is_object());
        }
    }
}

#[track_caller]
fn check_record(record: &Value) {
    for list in ["errors", "warnings"] {
        assert!(
            record[list]
                .as_array()
                .unwrap()
                .iter()
                .all(Value::is_string)
        );
    }
    assert!(record["execution_time_ms"].is_f64(), "{record:#}");
}

/// Runs a script as the tests of a component; gives its report, checked.
fn report_of(script: &str, target: &str, status: i32) -> Value {
    let repository = with_script(script);
    repository
        .run(&[RUN, &["--target", target]].concat())
        .expect_status(status);
    let report = repository.report("thing");
    check(&report);
    assert_eq!(report["exit_status"], status);
    report
}

#[test]
fn reports_of_every_outcome_keep_to_the_schema() {
    let failed = WRITES_A_PASS.replace(
        "time=\"0.1\"/>",
        "time=\"0.1\"><failure message=\"no\">a</failure></testcase>",
    );
    assert_eq!(report_of(WRITES_A_PASS, "dev", 0)["verdict"], "passed");
    assert_eq!(report_of(&failed, "dev", 1)["verdict"], "failed");
    assert_eq!(report_of("exit 0\n", "dev", 3)["verdict"], "no_data");
    assert_eq!(report_of("exit 9\n", "dev", 3)["verdict"], "errored");
    // The specification lacks what production asks for.
    assert_eq!(report_of(WRITES_A_PASS, "production", 1)["success"], false);
}

#[test]
fn the_report_of_real_tools_keeps_to_the_schema() {
    let repository = Repository::with_shop();
    repository.write("src/shop/untidy.py", "import os\n");
    repository
        .run(&["run", "--component", "shop", "--target", "staging"])
        .expect_status(1);
    check(&repository.report("shop"));
}

#[test]
fn an_interrupted_run_leaves_a_whole_report_and_nothing_beside_it() {
    let repository = with_script("touch begun\nwhile :; do sleep 1; done\n");
    fs::create_dir(repository.path().join("out")).unwrap();
    let mut child = repository
        .command(&[RUN, &["--output", "out/report.json"]].concat())
        .spawn()
        .unwrap();
    wait_for(&repository, "begun", &mut child);
    signal(&child, "INT");
    finish(child).expect_status(130);
    let report: Value = serde_json::from_str(&repository.read("out/report.json")).unwrap();
    check(&report);
    assert_eq!(report["reason"]["code"], "interrupted");
    assert_eq!(
        fs::read_dir(repository.path().join("out")).unwrap().count(),
        1
    );
}

#[test]
fn a_folder_that_vanishes_is_made_again() {
    let repository = with_script(&format!("rm -rf out\n{WRITES_A_PASS}"));
    fs::create_dir(repository.path().join("out")).unwrap();
    repository
        .run(&[RUN, &["--output", "out/report.json"]].concat())
        .expect_status(0);
    let report: Value = serde_json::from_str(&repository.read("out/report.json")).unwrap();
    check(&report);
}

#[test]
fn a_report_that_cannot_be_written_is_said_and_changes_no_verdict() {
    // A file takes the place of the folder while the tests run.
    let repository = with_script(&format!("rm -rf out\ntouch out\n{WRITES_A_PASS}"));
    fs::create_dir(repository.path().join("out")).unwrap();
    let output = ["--output", "out/report.json"];
    let ran = repository.run(&[RUN, &output].concat()).expect_status(0);
    assert!(ran.stdout.contains("Publishing problems"), "{}", ran.stdout);
    assert!(ran.stdout.contains("out/report.json: "), "{}", ran.stdout);
    let shown = ran.stdout.lines().last().unwrap();
    assert!(!shown.contains("out/report.json"), "{shown}");
}

#[test]
fn whoever_reads_while_runs_write_reads_whole_reports() {
    let repository = with_script(WRITES_A_PASS);
    repository.run(RUN).expect_status(0);
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = std::thread::spawn({
        let file = repository.path().join("workflow_report_thing.json");
        let is_over = Arc::clone(&is_over);
        move || {
            let mut read = 0;
            while !is_over.load(Ordering::Relaxed) {
                let text = fs::read_to_string(&file).unwrap();
                let report: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(report["component_name"], "thing");
                read += 1;
            }
            read
        }
    });
    for _ in 0..3 {
        repository.run(RUN).expect_status(0);
    }
    is_over.store(true, Ordering::Relaxed);
    assert!(reader.join().unwrap() > 0);
}

#[test]
fn the_schemas_that_the_program_prints_are_the_committed_ones() {
    let repository = Repository::new();
    for (arguments, file) in [
        (&["config", "schema"][..], "workflow_config.schema.json"),
        (
            &["config", "schema", "--of", "report"],
            "report.schema.json",
        ),
    ] {
        let ran = repository.run(arguments).expect_status(0);
        assert_eq!(ran.stdout, committed(file), "{file}");
    }
}

#[test]
fn a_link_is_followed_and_stays() {
    let repository = with_script(WRITES_A_PASS);
    let path = |name: &str| repository.path().join(name);
    fs::create_dir(path("kept")).unwrap();
    std::os::unix::fs::symlink("kept/report.json", path("link.json")).unwrap();
    for _ in 0..2 {
        repository
            .run(&[RUN, &["--output", "link.json"]].concat())
            .expect_status(0);
        assert!(path("link.json").is_symlink());
        assert!(path("kept/report.json").is_file());
        check(&serde_json::from_str(&repository.read("kept/report.json")).unwrap());
    }
    std::os::unix::fs::symlink("circle.json", path("circle.json")).unwrap();
    let ran = repository.run(&[RUN, &["--output", "circle.json"]].concat());
    let ran = ran.expect_status(2);
    assert!(ran.stderr.contains("lead in a circle"), "{}", ran.stderr);
    // What nobody named is replaced: a repository cannot send the report elsewhere.
    std::os::unix::fs::symlink("kept/other.json", path("workflow_report_thing.json")).unwrap();
    repository.run(RUN).expect_status(0);
    assert!(!path("workflow_report_thing.json").is_symlink());
    assert!(!path("kept/other.json").exists());
}

#[test]
fn a_pipe_gets_the_report_once_and_stays() {
    use std::os::unix::fs::FileTypeExt as _;
    let repository = with_script(WRITES_A_PASS);
    let pipe = repository.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let commands: [&[&str]; 2] = [RUN, &["summarize", ".", "--component", "thing"]];
    for command in commands {
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
        };
        repository
            .run(&[command, &["--output", "pipe"]].concat())
            .expect_status(0);
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        let value: Value = serde_json::from_str(&reader.join().unwrap()).unwrap();
        assert_eq!(value["verdict"], "passed");
        repository.run(RUN).expect_status(0);
    }
}
