//! Evidence and questions for the gates' tests.

use crate::model::{
    Evidence, EvidenceData, EvidenceKind, ExitStatusFact, Finding, FindingSet, Judgement, Position,
    Question, Reason, ReasonCode, RuleSource, Severity, StatedThreshold, Target, TestRun,
    ThresholdSubject, Unavailable,
};
use std::{collections::BTreeMap, sync::Arc};

/// Evidence of these kinds, each given by a tool of the kind's name.
pub(super) fn evidence(
    entries: impl IntoIterator<Item = (EvidenceKind, EvidenceData)>,
) -> Evidence {
    let mut evidence = Evidence::default();
    for (kind, data) in entries {
        evidence.add(kind, format!("{kind}-tool"), Ok(Arc::new(data)));
    }
    evidence
}

/// A crashed tool.
pub(super) fn crashed() -> Unavailable {
    Unavailable::Errored(Reason::new(ReasonCode::ToolCrashed, "the tool crashed"))
}

/// Findings of these severities, one a line of `a.py`.
pub(super) fn findings(severities: &[Severity]) -> EvidenceData {
    let findings = severities
        .iter()
        .zip(1..)
        .map(|(severity, line)| Finding::new("R1", *severity, "found").at("a.py", line, 1))
        .collect();
    EvidenceData::Findings(FindingSet {
        findings,
        inspected: Some(3),
        ..FindingSet::default()
    })
}

/// A command that ended with this status.
pub(super) fn exit_status(status: i32) -> EvidenceData {
    EvidenceData::ExitStatus(ExitStatusFact {
        status,
        output: "line 1\nline 2".to_owned(),
    })
}

/// A test run with these counts and without cases.
pub(super) fn test_run(passed: u64, failed: u64, skipped: u64, flaky: u64) -> EvidenceData {
    EvidenceData::Tests(TestRun {
        total: passed + failed + skipped + flaky,
        passed,
        failed,
        skipped,
        flaky,
        ..TestRun::default()
    })
}

/// A threshold of the specification.
pub(super) fn stated(
    subject: ThresholdSubject,
    level: Option<Target>,
    value: f64,
) -> StatedThreshold {
    StatedThreshold {
        subject,
        level,
        value,
        text: format!("stated {value}"),
        file: "specs/calculator.md".to_owned(),
        at: Position {
            line: 12,
            column: 3,
        },
    }
}

/// Asks a gate with these limits, all of them set in line 7 of the configuration.
pub(super) fn ask<G: super::Gate>(
    limits: &G::Limits,
    target: Target,
    stated: &[StatedThreshold],
    evidence: &Evidence,
) -> Judgement {
    let keys = serde_json::to_value(limits).expect("limits are plain data");
    let rules: BTreeMap<String, RuleSource> = keys
        .as_object()
        .expect("limits are an object")
        .keys()
        .map(|key| (key.clone(), configured(key)))
        .collect();
    G::judge(
        limits,
        &Question {
            target,
            rules: &rules,
            stated,
        },
        evidence,
    )
}

/// Line 7 of the configuration.
pub(super) fn configured(key: &str) -> RuleSource {
    RuleSource::File {
        file: "workflow_config.yaml".to_owned(),
        line: 7,
        key: key.to_owned(),
    }
}

/// The answer as a person would read it, for snapshots.
pub(super) fn shown(judgement: &Judgement) -> String {
    let mut lines = vec![judgement.verdict.to_string()];
    if let Some(reason) = judgement.verdict.reason() {
        lines.push(format!("reason {}: {reason}", reason.code));
    }
    for m in &judgement.measurements {
        let sign = if m.holds { "+" } else { "-" };
        lines.push(format!(
            "{sign} {} {} {} ({})",
            m.what,
            m.actual_text(),
            m.condition_text(),
            m.rule_from
        ));
    }
    for f in &judgement.findings {
        lines.push(
            format!("{} {} {}: {}", f.severity, f.rule, f.location(), f.message)
                .replace(" : ", ": "),
        );
    }
    lines.extend(judgement.notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}
