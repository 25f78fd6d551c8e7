//! Runs that ended before their target.

use super::parts::{self, base, gate, measurement, number, stage, tool, tools_of_a_good_run};
use crate::model::{
    Actual, Change, Finding, Operator, Patch, PublishingProblem, Reason, ReasonCode, Report,
    Severity, Stage, StageRecord, Target, Unit, Verdict, fingerprint_all,
};

/// Tests fail, coverage is low, lint finds much, one tool is missing and one reports nothing.
pub(crate) fn red() -> Report {
    let mut report = base(Target::Staging);
    report.tools = tools_of_a_good_run();
    report.tools[0].attempts = parts::attempts_after_a_lost_connection();
    report.tools[0].duration_ms = 3391;
    report.tools[1] = tool(
        "pyright",
        None,
        "pyright --outputjson components/parcel_pricing",
        18,
        2,
    );
    report.tools[1].attempts = vec![parts::failed_to_start()];
    report.total_execution_time_ms = 3894.0;
    let mut specification = stage(Stage::Specification, Verdict::Warned, 3.0, 14.0);
    specification.findings = vec![
        Finding::new(
            "vague_word",
            Severity::Warning,
            "requirement FR-6 says \"fast\": give a number and a unit",
        )
        .at("specs/parcel_pricing.md", 58, 12),
    ];
    let mut testing = stage(Stage::Testing, Verdict::Failed, 17.0, 3392.0);
    let mut coverage = gate("test_coverage", Verdict::Failed);
    coverage.measurements = vec![number(
        "line coverage",
        61.239,
        Operator::AtLeast,
        70.0,
        Unit::Percent,
        9,
    )];
    coverage.findings = vec![
        uncovered(
            "components/parcel_pricing/src/customs.py",
            12,
            "lines 12-40, 44 and 51-77 are not covered",
        ),
        uncovered(
            "components/parcel_pricing/src/surcharges.py",
            41,
            "lines 41-58 are not covered",
        ),
    ];
    coverage.reproduce = Some(report.tools[0].command.clone());
    let mut pass_rate = gate("test_pass_rate", Verdict::Failed);
    pass_rate.measurements = vec![number(
        "passed tests",
        95.3125,
        Operator::AtLeast,
        100.0,
        Unit::Percent,
        13,
    )];
    pass_rate.findings = failing_tests();
    pass_rate.reproduce = coverage.reproduce.clone();
    for (key, count) in [("total", 64), ("passed", 60), ("failed", 3), ("flaky", 1)] {
        pass_rate.details.insert(key.to_owned(), count.into());
    }
    testing.add(coverage).add(pass_rate);
    let mut refactoring = stage(Stage::Refactoring, Verdict::Failed, 3409.0, 480.0);
    let mut linting = gate("linting", Verdict::Failed);
    linting.measurements = vec![number(
        "lint and format findings",
        37.0,
        Operator::AtMost,
        0.0,
        Unit::Count,
        17,
    )];
    linting.findings = lint_findings(37);
    linting.reproduce = Some(report.tools[2].command.clone());
    let missing = Reason::new(ReasonCode::ToolMissing, "pyright was not found in .venv/bin or on PATH")
        .remedy("install it with `uv pip install 'pyright[nodejs]'` or set `stages.dependency_check.install: true`");
    let mut types = gate("type_checking", Verdict::Errored(missing));
    types.reproduce = Some("pyright --outputjson components/parcel_pricing".to_owned());
    let empty = Reason::new(ReasonCode::ReportEmpty, "detect-secrets inspected 0 files: nothing below components/parcel_pricing is tracked by git")
        .remedy("add the files with `git add`, since detect-secrets reads `git ls-files`");
    let mut security = gate("security", Verdict::NoData(empty));
    security.measurements = vec![measurement(
        "critical findings",
        Actual::Unknown,
        Operator::AtMost,
        0.0,
        Unit::Count,
        Some(24),
    )];
    security.reproduce = Some(report.tools[3].command.clone());
    refactoring.add(linting).add(types).add(security);
    let blocked = Reason::new(ReasonCode::StageBlocked, "testing and refactoring blocked");
    let staging = StageRecord::new(Stage::StagingDeployment, Verdict::Skipped(blocked));
    report.flaky_tests = vec!["tests/test_rates.py::test_rates_are_cached".to_owned()];
    report.auto_fix = Some(Patch {
        is_applied: false,
        file: ".spec2prod/runs/0199a3f2/auto-fix.patch".to_owned(),
        changes: ["src/zones.py", "src/rates.py"]
            .map(|file| Change {
                file: format!("components/parcel_pricing/{file}"),
                tool: "ruff".to_owned(),
            })
            .to_vec(),
    });
    report.publishing_problems = vec![PublishingProblem {
        sink: "metrics".to_owned(),
        message: "cannot append to .metrics/2025-10-20.jsonl: permission denied".to_owned(),
    }];
    report.judge([specification, testing, refactoring, staging]);
    report
}

/// The run was interrupted while the tests ran.
pub(crate) fn interrupted() -> Report {
    let mut report = base(Target::Dev);
    let reason = Reason::new(
        ReasonCode::Interrupted,
        "interrupted by SIGTERM while pytest ran",
    );
    report.tools = vec![tool(
        "pytest",
        Some("8.4.2"),
        "python -m pytest components/parcel_pricing/tests",
        16,
        812,
    )];
    report.tools[0].attempts = vec![parts::failed_attempt(1, 812, 0, reason.clone())];
    report.total_execution_time_ms = 840.0;
    let specification = stage(Stage::Specification, Verdict::Passed, 3.0, 13.0);
    let mut testing = stage(
        Stage::Testing,
        Verdict::Errored(reason.clone()),
        16.0,
        824.0,
    );
    testing.errors.push(reason.message.clone());
    let skipped = Reason::new(
        ReasonCode::Interrupted,
        "the run was interrupted before this stage",
    );
    let refactoring = StageRecord::new(Stage::Refactoring, Verdict::Skipped(skipped));
    report.judge([specification, testing, refactoring]);
    report.verdict = Verdict::Errored(reason);
    report.exit_status = 143;
    report.metrics_dashboard = None;
    report.context_session_id = None;
    report
}

/// The red report with `count` lint findings, two hundred to a file.
pub(crate) fn with_findings(count: usize) -> Report {
    let mut report = red();
    for stage in report.stage_results.values_mut() {
        for gate in stage
            .quality_gates
            .values_mut()
            .filter(|gate| gate.gate_name == "linting")
        {
            gate.findings = lint_findings(count);
            gate.measurements[0].actual = Actual::Number(count as f64);
        }
    }
    report
}

fn uncovered(file: &str, line: u32, message: &str) -> Finding {
    Finding::new("uncovered", Severity::Warning, message).at(file, line, None)
}

fn failing_tests() -> Vec<Finding> {
    let file = "components/parcel_pricing/tests/test_rates.py";
    let mut findings = vec![
        Finding::new("test_failed", Severity::Error, "test_weight_is_rounded_up: assert price_of(1.01) == Decimal('7.90')\n  left: 5.90\n  right: 7.90").at(file, 48, None),
        Finding::new("test_failed", Severity::Error, "test_zone_of_islands: KeyError: 'GG'").at(file, 73, None),
        Finding::new("test_failed", Severity::Error, "test_discount_never_negative[-1]: assert Decimal('-0.30') >= 0").at(file, 91, None),
    ];
    fingerprint_all(&mut findings);
    findings
}

fn lint_findings(count: usize) -> Vec<Finding> {
    const KINDS: [(&str, &str); 4] = [
        ("F401", "`decimal.ROUND_HALF_UP` imported but unused"),
        ("E501", "Line too long (118 > 100)"),
        (
            "B006",
            "Do not use mutable data structures for argument defaults",
        ),
        (
            "SIM108",
            "Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block",
        ),
    ];
    let mut findings: Vec<Finding> = (0..count)
        .map(|index| {
            let (rule, message) = KINDS[index % KINDS.len()];
            let file = match (count > 200, index % 3) {
                (true, _) => format!(
                    "components/parcel_pricing/src/generated/table_{}.py",
                    index / 200
                ),
                (false, 0) => "components/parcel_pricing/src/rates.py".to_owned(),
                (false, 1) => "components/parcel_pricing/src/zones.py".to_owned(),
                (false, _) => "components/parcel_pricing/tests/test_rates.py".to_owned(),
            };
            Finding::new(rule, Severity::Warning, message).at(
                file,
                7 + index as u32,
                1 + index as u32 % 40,
            )
        })
        .collect();
    fingerprint_all(&mut findings);
    findings
}
