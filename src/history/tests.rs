use super::{OperationSummary, operations, record, summary};
use crate::model::{
    Actual, Attempt, Ended, ErrorKind, GateRecord, Measurement, Operator, REPORT_SCHEMA_VERSION,
    Reason, ReasonCode, Report, Requirement, RuleSource, RunIdentity, SourceIdentity, Stage,
    StageRecord, Target, ToolRun, TrackedMetric, Unit, Verdict,
};
use std::{collections::BTreeMap, fs, path::Path, sync::Barrier, thread};

const ALL: [TrackedMetric; 5] = [
    TrackedMetric::StageExecutionTime,
    TrackedMetric::QualityGateResults,
    TrackedMetric::RetryCount,
    TrackedMetric::ErrorTypes,
    TrackedMetric::SuccessRate,
];
const DAY: &str = "2025-10-20.jsonl";

fn gate(id: &str, verdict: Verdict, execution_time_ms: f64) -> GateRecord {
    GateRecord {
        passed: verdict.is_pass(),
        gate_name: id.to_owned(),
        verdict,
        requirement: Requirement::Required,
        details: serde_json::Map::new(),
        measurements: Vec::new(),
        findings: Vec::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
        execution_time_ms,
        reproduce: None,
    }
}

/// Testing fails by one gate, after a retry of pytest; the stages behind it are skipped.
fn report() -> Report {
    let mut coverage = gate("test_coverage", Verdict::Failed, 900.0);
    coverage.measurements = vec![Measurement::new(
        "line coverage",
        Actual::Number(65.5),
        Operator::AtLeast,
        70.0,
        Unit::Percent,
        RuleSource::Default,
    )];
    coverage.errors = vec!["line coverage is 65.5 %".to_owned()];
    let missing = Reason::new(ReasonCode::ReportMissing, "there is no junit.xml");
    let mut testing = StageRecord::new(Stage::Testing, Verdict::Failed);
    testing.started_ms = 250.5;
    testing.execution_time_ms = 1_000.0;
    testing.errors = vec!["test_coverage failed".to_owned(), "so there".to_owned()];
    for judged in [
        coverage,
        gate("test_pass_rate", Verdict::NoData(missing), 0.25),
    ] {
        testing
            .quality_gates
            .insert(judged.gate_name.clone(), judged);
    }
    let mut specification = StageRecord::new(Stage::Specification, Verdict::Warned);
    specification.execution_time_ms = 3.0;
    let blocked = Reason::new(ReasonCode::StageBlocked, "testing blocked");
    let skipped = StageRecord::new(Stage::Refactoring, Verdict::Skipped(blocked));

    let attempt = |number, started_at: &str, ended| Attempt {
        number,
        started_at: started_at.to_owned(),
        duration_ms: 400,
        delay_ms: 0,
        exit_status: Some(1),
        ended,
    };
    let refused = Ended::WithError {
        kind: ErrorKind::Network,
        reason: Reason::new(ReasonCode::ToolCrashed, "connection refused"),
    };
    Report {
        success: false,
        component_name: "calculator".parse().unwrap(),
        target_stage: Target::Staging,
        stages_completed: vec![Stage::Specification],
        stages_failed: vec![Stage::Testing],
        stage_results: [specification, testing, skipped]
            .into_iter()
            .map(|stage| (stage.stage_name.to_string(), stage))
            .collect(),
        total_execution_time_ms: 1_260.125,
        context_session_id: None,
        metrics_dashboard: None,
        schema_version: REPORT_SCHEMA_VERSION,
        verdict: Verdict::Failed,
        exit_status: 1,
        run: RunIdentity {
            id: "run-1".to_owned(),
            started_at: "2025-10-20T23:59:59.5Z".to_owned(),
            spec2prod_version: "0.1.0".to_owned(),
            is_ci: false,
            folder: ".spec2prod/runs/run-1".to_owned(),
            attempt: 1,
        },
        evidence_from: None,
        source: SourceIdentity::default(),
        configuration: None,
        policy: None,
        toolchain: "python".to_owned(),
        tools: vec![ToolRun {
            tool: "pytest".to_owned(),
            version: Some("8.4.2".to_owned()),
            command: "uv run pytest".to_owned(),
            evidence: vec!["tests".to_owned()],
            started_ms: 10,
            duration_ms: 900,
            attempts: vec![
                attempt(1, "2025-10-20T23:59:59.51Z", refused),
                attempt(2, "2025-10-21T00:00:00.01Z", Ended::WithEvidence),
            ],
            log: None,
            notes: Vec::new(),
        }],
        flaky_tests: Vec::new(),
        auto_fix: None,
        publishing_problems: Vec::new(),
    }
}

fn lines(dir: &Path) -> Vec<String> {
    let text = fs::read_to_string(dir.join(DAY)).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn one_line_an_operation_and_no_failure_called_success() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join(".metrics");
    record(&dir, &report(), &ALL, 30).unwrap();
    insta::assert_snapshot!(lines(&dir).join("\n"), @r#"
    {"name":"calculator.stage.specification","started_at":"2025-10-20T23:59:59.500000+00:00","ended_at":"2025-10-20T23:59:59.503000+00:00","duration_ms":3.0,"status":"success","metadata":{"verdict":"warned","run_id":"run-1","commit":null},"error":null}
    {"name":"calculator.stage.testing","started_at":"2025-10-20T23:59:59.750500+00:00","ended_at":"2025-10-21T00:00:00.750500+00:00","duration_ms":1000.0,"status":"failed","metadata":{"verdict":"failed","run_id":"run-1","commit":null},"error":"test_coverage failed; so there"}
    {"name":"calculator.gate.test_coverage","started_at":"2025-10-20T23:59:59.850500+00:00","ended_at":"2025-10-21T00:00:00.750500+00:00","duration_ms":900.0,"status":"failed","metadata":{"verdict":"failed","requirement":"required","stage":"testing","measurements":[{"what":"line coverage","actual":{"number":65.5},"operator":">=","target":70.0,"unit":"percent","holds":false,"rule_from":{"from":"default"}}],"findings":0,"run_id":"run-1","commit":null},"error":"line coverage is 65.5 %"}
    {"name":"calculator.gate.test_pass_rate","started_at":"2025-10-21T00:00:00.750250+00:00","ended_at":"2025-10-21T00:00:00.750500+00:00","duration_ms":0.25,"status":"no_data","metadata":{"verdict":"no_data","requirement":"required","stage":"testing","measurements":[],"findings":0,"run_id":"run-1","commit":null},"error":"there is no junit.xml"}
    {"name":"calculator.tool.pytest","started_at":"2025-10-20T23:59:59.510000+00:00","ended_at":"2025-10-21T00:00:00.410000+00:00","duration_ms":900.0,"status":"success","metadata":{"attempts":2,"retries":1,"version":"8.4.2","run_id":"run-1","commit":null},"error":null}
    {"name":"calculator.error.network","started_at":"2025-10-20T23:59:59.510000+00:00","ended_at":"2025-10-20T23:59:59.910000+00:00","duration_ms":400.0,"status":"errored","metadata":{"tool":"pytest","attempt":1,"kind":"network","code":"tool_crashed","exit_status":1,"run_id":"run-1","commit":null},"error":"connection refused"}
    {"name":"calculator.workflow","started_at":"2025-10-20T23:59:59.500000+00:00","ended_at":"2025-10-21T00:00:00.760125+00:00","duration_ms":1260.125,"status":"failed","metadata":{"verdict":"failed","target":"staging","stages_completed":["specification"],"stages_failed":["testing"],"flaky_tests":0,"exit_status":1,"run_id":"run-1","commit":null},"error":"stage testing failed"}
    "#);
}

#[test]
fn only_what_is_tracked_is_recorded() {
    for (metric, expected) in [
        (
            TrackedMetric::StageExecutionTime,
            vec!["calculator.stage.specification", "calculator.stage.testing"],
        ),
        (
            TrackedMetric::QualityGateResults,
            vec![
                "calculator.gate.test_coverage",
                "calculator.gate.test_pass_rate",
            ],
        ),
        (TrackedMetric::RetryCount, vec!["calculator.tool.pytest"]),
        (TrackedMetric::ErrorTypes, vec!["calculator.error.network"]),
        (TrackedMetric::SuccessRate, vec!["calculator.workflow"]),
    ] {
        let found = operations(&report(), &[metric]).unwrap();
        let names: Vec<_> = found.iter().map(|o| o.name.as_str()).collect();
        assert_eq!(names, expected);
    }
    let folder = tempfile::tempdir().unwrap();
    record(folder.path(), &report(), &[], 30).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_report_without_a_time_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = report();
    report.run.started_at = "yesterday".to_owned();
    let error = record(folder.path(), &report, &ALL, 30).unwrap_err();
    assert!(error.to_string().contains("\"yesterday\""), "{error}");
}

#[test]
fn runs_at_the_same_time_keep_their_lines_whole_and_together() {
    const RUNS: usize = 8;
    const TIMES: usize = 10;
    let folder = tempfile::tempdir().unwrap();
    let start = Barrier::new(RUNS);
    thread::scope(|scope| {
        for run in 0..RUNS {
            let (dir, start) = (folder.path(), &start);
            scope.spawn(move || {
                let mut report = report();
                start.wait();
                for time in 0..TIMES {
                    report.run.id = format!("run-{run}-{time}");
                    record(dir, &report, &ALL, 30).unwrap();
                }
            });
        }
    });
    let runs: Vec<String> = lines(folder.path())
        .iter()
        .map(|line| {
            let operation: serde_json::Value = serde_json::from_str(line).unwrap();
            operation["metadata"]["run_id"].as_str().unwrap().to_owned()
        })
        .collect();
    let together: Vec<_> = runs.chunk_by(|a, b| a == b).collect();
    assert_eq!(together.len(), RUNS * TIMES);
    assert!(together.iter().all(|run| run.len() == 7));
}

#[test]
fn half_a_line_swallows_no_other() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(DAY), "{\"name\": \"cut sh").unwrap();
    record(folder.path(), &report(), &[TrackedMetric::SuccessRate], 30).unwrap();
    let found = summary(folder.path()).unwrap();
    assert_eq!(found.unreadable_lines, 1);
    assert_eq!(found.operations.len(), 1);
    assert_eq!(found.operations[0].name, "calculator.workflow");
}

#[test]
fn old_days_go_by_their_name_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    // The run is of 20 October: 30 days before is 20 September.
    let kept = [
        "2025-09-20.jsonl",
        "2025-10-19.jsonl",
        "2026-01-01.jsonl",
        "2025-09-19.json",
        "2025-09-19.jsonl.bak",
        "x2025-09-19.jsonl",
        "20250919.jsonl",
        "2025-13-01.jsonl",
        "notes.jsonl",
        ".jsonl",
    ];
    let gone = ["2025-09-19.jsonl", "2024-12-31.jsonl", "0001-01-01.jsonl"];
    for name in kept.iter().chain(&gone) {
        fs::write(folder.path().join(name), "").unwrap();
    }
    fs::create_dir(folder.path().join("2020-01-01.jsonl")).unwrap();
    record(folder.path(), &report(), &ALL, 30).unwrap();

    let mut left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    let mut expected = kept.to_vec();
    expected.extend([DAY, "2020-01-01.jsonl"]);
    expected.sort_unstable();
    assert_eq!(left, expected);

    record(folder.path(), &report(), &ALL, u32::MAX).unwrap();
}

#[test]
fn the_summary_counts_by_name() {
    let folder = tempfile::tempdir().unwrap();
    // The ancestor's lines have the same fields and may lack a duration.
    fs::write(
        folder.path().join("2025-10-01.jsonl"),
        r#"{"name": "b", "started_at": "2025-10-01T10:00:00", "ended_at": "2025-10-01T10:00:01", "duration_ms": 1000.0, "status": "success", "metadata": {}, "error": null}
{"name": "b", "started_at": "2025-10-01T10:00:00", "ended_at": null, "duration_ms": null, "status": "failed", "metadata": {}, "error": "x"}

"#,
    )
    .unwrap();
    let mut second =
        String::from("{\"name\": \"b\", \"duration_ms\": 250, \"status\": \"success\"}\n");
    second.push_str("{\"name\": \"a\", \"status\": \"no_data\"}\nnot json\n{\"name\": \"a\"}\n");
    second.push_str(&"x".repeat(3 * 1024 * 1024));
    second.push_str("\n{\"name\": \"a\", \"duration_ms\": 7, \"status\": \"success\"}");
    fs::write(folder.path().join("2025-10-02.jsonl"), second).unwrap();
    fs::write(folder.path().join("other.jsonl"), "ignored").unwrap();

    let found = summary(folder.path()).unwrap();
    let statuses = |pairs: &[(&str, u64)]| -> BTreeMap<String, u64> {
        pairs.iter().map(|(s, n)| ((*s).to_owned(), *n)).collect()
    };
    assert_eq!(
        found.operations,
        [
            OperationSummary {
                name: "a".to_owned(),
                count: 2,
                statuses: statuses(&[("no_data", 1), ("success", 1)]),
                success_rate: 0.5,
                average_ms: Some(7.0),
                minimum_ms: Some(7.0),
                maximum_ms: Some(7.0),
            },
            OperationSummary {
                name: "b".to_owned(),
                count: 3,
                statuses: statuses(&[("failed", 1), ("success", 2)]),
                success_rate: 2.0 / 3.0,
                average_ms: Some(625.0),
                minimum_ms: Some(250.0),
                maximum_ms: Some(1_000.0),
            },
        ]
    );
    assert_eq!(found.unreadable_lines, 3, "no JSON, no status, too long");

    let missing = summary(&folder.path().join("missing")).unwrap();
    assert_eq!(missing, super::MetricsSummary::default());
}
