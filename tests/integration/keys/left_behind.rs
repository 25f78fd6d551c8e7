//! `observability`, `context_management` and `logging`: what a run leaves behind.

use super::{Case, check, configure, run, with_reports, with_test_script};
use crate::support::Repository;
use serde_json::{Value, json};
use std::fs;

fn scripted() -> Repository {
    let repository = with_test_script("ls .spec2prod/context > seen 2>/dev/null");
    let settings = json!({ "observability": { "metrics": { "metrics_dir": "metrics" } } });
    configure(&repository, &settings);
    repository
}

/// The names of the files in a folder, or nothing.
fn files(repository: &Repository, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repository.path().join(folder))
        .into_iter()
        .flatten();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// Whether a run leaves anything in a folder.
fn leaves(folder: &'static str) -> impl Fn(&Repository) -> Value {
    move |repository| {
        run(repository, "dev");
        json!(!files(repository, folder).is_empty())
    }
}

const YES_NO: [bool; 2] = [true, false];

/// A key whose first value makes a run leave something in a folder, and whose second does not.
fn switch(key: &str, values: [Value; 2], folder: &'static str) -> Case {
    Case::of_values(
        key,
        scripted,
        values,
        leaves(folder),
        YES_NO.map(Value::from),
    )
}

/// Which groups of metrics are recorded, as the names of the operations show.
fn groups(repository: &Repository) -> Value {
    run(repository, "dev");
    let file = files(repository, "metrics").remove(0);
    let text = repository.read(&format!("metrics/{file}"));
    let names = text.lines().map(|line| {
        let operation: Value = serde_json::from_str(line).unwrap();
        let name = operation["name"].as_str().unwrap().to_owned();
        name.split('.').nth(1).unwrap().to_owned()
    });
    let names: std::collections::BTreeSet<String> = names.collect();
    json!(names)
}

/// The session after a run.
fn session(repository: &Repository, target: &str) -> Value {
    let id = run(repository, target)["context_session_id"]
        .as_str()
        .unwrap()
        .to_owned();
    serde_json::from_str(&repository.read(&format!(".spec2prod/context/{id}.json"))).unwrap()
}

/// The importance of the message about a stage.
fn importance(key: &str, stage: &'static str) -> Case {
    let observe = move |repository: &Repository| {
        let session = session(repository, "production");
        let messages = session["messages"].as_array().unwrap();
        let of_stage = |message: &&Value| message["metadata"]["stage"] == stage;
        messages.iter().find(of_stage).unwrap()["importance"].clone()
    };
    Case::of_values(
        &format!("context_management.importance.{key}"),
        with_reports,
        [json!(0.11), json!(0.22)],
        observe,
        [json!(0.11), json!(0.22)],
    )
}

/// The log of a run in which something deserves a warning.
fn with_log() -> Repository {
    let repository = scripted();
    repository.write("not_a_folder", "");
    let settings = json!({
        "logging": { "file": "run.log", "format": "%(levelname)s %(message)s" },
        "observability": { "metrics": { "metrics_dir": "not_a_folder" } },
    });
    configure(&repository, &settings);
    repository
}

fn logged(repository: &Repository, file: &str, words: &str) -> Value {
    run(repository, "dev");
    let log = repository.path().join(file);
    json!(fs::read_to_string(log).is_ok_and(|log| log.contains(words)))
}

fn of_observability() -> Vec<Case> {
    vec![
        switch(
            "observability.metrics.enabled",
            YES_NO.map(Value::from),
            "metrics",
        ),
        switch(
            "observability.metrics.metrics_dir",
            [json!("numbers"), json!("metrics")],
            "numbers",
        ),
        Case::of_values(
            "observability.metrics.retention_days",
            || {
                let repository = scripted();
                repository.write("metrics/2020-01-01.jsonl", "");
                repository
            },
            [json!(3650), json!(1)],
            |repository| {
                run(repository, "dev");
                json!(files(repository, "metrics").len())
            },
            [json!(2), json!(1)],
        ),
        Case::of_values(
            "observability.track_metrics",
            scripted,
            [
                json!([
                    "stage_execution_time",
                    "quality_gate_results",
                    "retry_count"
                ]),
                json!(["success_rate"]),
            ],
            groups,
            [json!(["gate", "stage", "tool"]), json!(["workflow"])],
        ),
        Case::of_values(
            "observability.dashboard.enabled",
            scripted,
            YES_NO.map(Value::from),
            |repository| json!(run(repository, "dev")["metrics_dashboard"].is_string()),
            YES_NO.map(Value::from),
        ),
        Case::of_values(
            "observability.dashboard.auto_generate",
            scripted,
            YES_NO.map(Value::from),
            |repository| json!(run(repository, "dev")["metrics_dashboard"].is_string()),
            YES_NO.map(Value::from),
        ),
        switch(
            "observability.dashboard.output_dir",
            [json!("pages"), json!(".")],
            "pages",
        ),
    ]
}

fn of_sessions() -> Vec<Case> {
    let session_key = |key: &str| format!("context_management.session.{key}");
    let mut cases = vec![
        switch(
            &session_key("enabled"),
            YES_NO.map(Value::from),
            ".spec2prod/context",
        ),
        switch(
            &session_key("directory"),
            [json!("talk"), json!("other")],
            "talk",
        ),
        Case::of_values(
            &session_key("max_tokens"),
            scripted,
            [json!(5000), json!(6000)],
            |repository| session(repository, "dev")["max_tokens"].clone(),
            [json!(5000), json!(6000)],
        ),
        // The test script looks into the folder of the sessions.
        Case::of_values(
            &session_key("auto_save"),
            scripted,
            YES_NO.map(Value::from),
            |repository| {
                run(repository, "dev");
                json!(repository.read("seen").contains("thing-workflow-"))
            },
            YES_NO.map(Value::from),
        ),
    ];
    cases.extend(
        [
            ("requirements", "specification"),
            ("progress_updates", "dependency_check"),
            ("test_results", "testing"),
            ("refactoring_decisions", "refactoring"),
            ("deployment_status", "staging_deployment"),
            ("production_status", "production_deployment"),
        ]
        .map(|(key, stage)| importance(key, stage)),
    );
    cases
}

fn of_logging() -> Vec<Case> {
    let warning = |repository: &Repository| logged(repository, "run.log", "metrics: ");
    vec![
        Case::of_values(
            "logging.level",
            with_log,
            [json!("WARNING"), json!("ERROR")],
            warning,
            YES_NO.map(Value::from),
        ),
        Case::of_values(
            "logging.format",
            with_log,
            [json!("<%(levelname)s> %(message)s"), json!("%(message)s")],
            |repository| logged(repository, "run.log", "<WARNING>"),
            YES_NO.map(Value::from),
        ),
        Case::of_values(
            "logging.file",
            with_log,
            [json!("run.log"), json!("other.log")],
            warning,
            YES_NO.map(Value::from),
        ),
        Case::of_values(
            "logging.console",
            with_log,
            YES_NO.map(Value::from),
            |repository| {
                let ran = repository
                    .run(&["run", "--component", "thing"])
                    .expect_status(0);
                json!(ran.stderr.contains("WARNING metrics: "))
            },
            YES_NO.map(Value::from),
        ),
    ]
}

pub(super) fn cases() -> Vec<Case> {
    [of_observability(), of_sessions(), of_logging()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn a_run_leaves_behind_what_it_is_told_to() {
    check(&cases());
}
