//! The parts that the sample reports are made of.

use crate::model::{
    Actual, Attempt, Criterion, Ended, ErrorKind, GateRecord, Measurement, Operator,
    REPORT_SCHEMA_VERSION, Reason, ReasonCode, Report, Requirement, RuleSource, RunIdentity,
    SourceIdentity, Stage, StageRecord, Target, ToolRun, Unit, Verdict,
};
use std::collections::BTreeMap;

/// A report without stages and tools.
pub(super) fn base(target: Target) -> Report {
    Report {
        success: true,
        component_name: "parcel_pricing".parse().unwrap(),
        target_stage: target,
        stages_completed: Vec::new(),
        stages_failed: Vec::new(),
        stage_results: BTreeMap::new(),
        total_execution_time_ms: 2803.0,
        context_session_id: Some("parcel_pricing-workflow-2025-10-20".to_owned()),
        metrics_dashboard: Some(
            "workflow_dashboards/workflow_dashboard_parcel_pricing.html".to_owned(),
        ),
        schema_version: REPORT_SCHEMA_VERSION,
        verdict: Verdict::Passed,
        exit_status: 0,
        run: RunIdentity {
            id: "0199a3f2-6c1e-7d3a-9b57-2f4c8e1a6d90".to_owned(),
            started_at: "2025-10-20T09:14:07Z".to_owned(),
            spec2prod_version: "0.1.0".to_owned(),
            is_ci: true,
            folder: ".spec2prod/runs/0199a3f2".to_owned(),
            attempt: 1,
        },
        evidence_from: None,
        source: SourceIdentity {
            commit: Some("4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790".to_owned()),
            head: None,
            branch: Some("island-zones".to_owned()),
            has_local_changes: false,
        },
        configuration: Some("workflow_config.yaml".to_owned()),
        policy: None,
        toolchain: "python".to_owned(),
        tools: Vec::new(),
        flaky_tests: Vec::new(),
        auto_fix: None,
        publishing_problems: Vec::new(),
    }
}

impl Report {
    /// Takes the stages in and draws from them what the workflow would.
    pub(super) fn judge(&mut self, stages: impl IntoIterator<Item = StageRecord>) {
        let stages: Vec<StageRecord> = stages.into_iter().collect();
        let named = |keep: fn(&StageRecord) -> bool| {
            let kept = stages.iter().filter(|stage| keep(stage));
            kept.map(|stage| stage.stage_name).collect()
        };
        self.stages_completed = named(|stage| stage.verdict.is_pass());
        self.stages_failed = named(|stage| stage.verdict.stops());
        self.success = self.stages_failed.is_empty();
        self.verdict = if self.success {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        self.exit_status = u8::from(!self.success);
        let keyed = stages.into_iter();
        self.stage_results = keyed
            .map(|stage| (stage.stage_name.as_str().to_owned(), stage))
            .collect();
    }
}

impl StageRecord {
    /// Takes a gate in.
    pub(super) fn add(&mut self, gate: GateRecord) -> &mut Self {
        self.quality_gates.insert(gate.gate_name.clone(), gate);
        self
    }
}

/// A stage with its times in milliseconds.
pub(super) fn stage(stage: Stage, verdict: Verdict, started_ms: f64, time_ms: f64) -> StageRecord {
    let mut record = StageRecord::new(stage, verdict);
    record.started_ms = started_ms;
    record.execution_time_ms = time_ms;
    record
}

/// A required gate without measurements.
pub(super) fn gate(id: &str, verdict: Verdict) -> GateRecord {
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
        execution_time_ms: 214.0,
        reproduce: None,
    }
}

/// A number held against a limit of the configuration's `line`.
pub(super) fn number(
    what: &str,
    actual: f64,
    operator: Operator,
    target: f64,
    unit: Unit,
    line: u32,
) -> Measurement {
    measurement(
        what,
        Actual::Number(actual),
        operator,
        target,
        unit,
        Some(line),
    )
}

/// A measurement whose limit stands in the configuration's `line`, or is built in.
pub(super) fn measurement(
    what: &str,
    actual: Actual,
    operator: Operator,
    target: f64,
    unit: Unit,
    line: Option<u32>,
) -> Measurement {
    let rule = line.map_or(RuleSource::Default, |line| RuleSource::File {
        file: "workflow_config.yaml".to_owned(),
        line,
        key: "threshold".to_owned(),
    });
    Measurement::new(what, actual, operator, target, unit, rule)
}

/// A required criterion with one measurement.
pub(super) fn criterion(name: &str, verdict: Verdict, measurement: Measurement) -> Criterion {
    Criterion::new(name, verdict, Requirement::Required, vec![measurement])
}

/// A tool that ran once and gave evidence.
pub(super) fn tool(
    name: &str,
    version: Option<&str>,
    command: &str,
    started_ms: u64,
    duration_ms: u64,
) -> ToolRun {
    ToolRun {
        tool: name.to_owned(),
        version: version.map(str::to_owned),
        command: command.to_owned(),
        evidence: Vec::new(),
        started_ms,
        duration_ms,
        attempts: vec![Attempt {
            number: 1,
            started_at: "2025-10-20T09:14:07.018Z".to_owned(),
            duration_ms,
            delay_ms: 0,
            exit_status: Some(0),
            ended: Ended::WithEvidence,
        }],
        log: Some(format!(".spec2prod/runs/0199a3f2/{name}.log")),
        notes: Vec::new(),
    }
}

/// Five tools that ran next to each other.
pub(super) fn tools_of_a_good_run() -> Vec<ToolRun> {
    let mut tools = vec![
        tool(
            "pytest",
            Some("8.4.2"),
            "python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json",
            17,
            2390,
        ),
        tool(
            "pyright",
            Some("1.1.406"),
            "pyright --outputjson components/parcel_pricing",
            18,
            2777,
        ),
        tool(
            "ruff",
            Some("0.14.0"),
            "ruff check --output-format=json components/parcel_pricing",
            17,
            61,
        ),
        tool(
            "detect-secrets",
            Some("1.5.0"),
            "detect-secrets scan --baseline .secrets.baseline",
            79,
            1204,
        ),
        tool("source facts", None, "", 16, 38),
    ];
    for (tool, evidence) in tools
        .iter_mut()
        .zip(["tests", "types", "lint", "secrets", "source"])
    {
        tool.evidence = vec![evidence.to_owned()];
    }
    tools[0].evidence.push("coverage".to_owned());
    tools[4].log = None;
    tools
}

/// An attempt that gave no evidence.
pub(super) fn failed_attempt(
    number: u32,
    duration_ms: u64,
    delay_ms: u64,
    reason: Reason,
) -> Attempt {
    Attempt {
        number,
        started_at: "2025-10-20T09:14:07.018Z".to_owned(),
        duration_ms,
        delay_ms,
        exit_status: None,
        ended: Ended::WithError {
            kind: ErrorKind::Permanent,
            reason,
        },
    }
}

/// An attempt at a tool that is not there.
pub(super) fn failed_to_start() -> Attempt {
    let reason = Reason::new(
        ReasonCode::ToolMissing,
        "pyright was not found in .venv/bin or on PATH",
    );
    failed_attempt(1, 2, 0, reason)
}

/// A first attempt that lost its connection, and a second one that gave evidence.
pub(super) fn attempts_after_a_lost_connection() -> Vec<Attempt> {
    let reason = Reason::new(
        ReasonCode::ToolCrashed,
        "pytest ended with status 3: ConnectionResetError: [Errno 104] Connection reset by peer",
    );
    let mut first = failed_attempt(1, 702, 0, reason.clone());
    first.exit_status = Some(3);
    first.ended = Ended::WithError {
        kind: ErrorKind::Network,
        reason,
    };
    let mut second = tool("pytest", None, "", 0, 1538).attempts.remove(0);
    second.number = 2;
    second.delay_ms = 1151;
    second.exit_status = Some(1);
    vec![first, second]
}

/// The criterion that repeats a gate of the report, with the gate's verdict.
pub(crate) fn criterion_of(report: &Report, gate: &str) -> Criterion {
    let record = report
        .stages()
        .find_map(|stage| stage.quality_gates.get(gate))
        .unwrap();
    Criterion::new(
        gate,
        record.verdict.clone(),
        record.requirement,
        record.measurements.clone(),
    )
}
