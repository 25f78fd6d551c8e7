//! One gate, judged from the evidence and recorded with what a reader needs. Pure.

use super::deployment::Outside;
use super::judged::Judged;
use super::plan::PlannedGate;
use crate::config::{self, Policy};
use crate::model::{
    Actual, Component, Ended, Evidence, EvidenceData, EvidenceKind, GateRecord, Judgement,
    Question, Reason, ReasonCode, Specification, Target, ToolRun, Verdict,
};
use crate::process::CommandLine;
use crate::spec;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Everything that a judgement looks at.
pub(super) struct Bench<'a> {
    pub(super) policy: &'a Policy,
    pub(super) component: &'a Component,
    pub(super) specification: Option<&'a Specification>,
    pub(super) evidence: &'a Evidence,
    pub(super) tools: &'a [ToolRun],
    pub(super) is_interrupted: bool,
    /// The time at which it is judged: exemptions run out.
    pub(super) now: Timestamp,
    /// What an earlier run made of the gates, where its evidence is judged and no tool is asked.
    pub(super) judged: Option<&'a Judged<'a>>,
    /// What is known beside the component's own tools; `None` where nothing is to be deployed.
    pub(super) outside: Option<&'a Outside<'a>>,
}

/// Judges one gate at one level.
pub(super) fn judge_gate(bench: &Bench<'_>, planned: &PlannedGate, level: Target) -> GateRecord {
    let gate = planned.gate;
    if let Some(judged) = bench.judged {
        return match judged.gate(gate.id) {
            Some(record) => GateRecord {
                requirement: planned.requirement,
                ..record
            },
            None => record(bench, planned, level, not_judged(bench, gate.id, level)),
        };
    }
    let stated = bench
        .specification
        .map(|specification| spec::stricter(specification, level))
        .unwrap_or_default();
    let judgement = match bench.policy.gates.get(gate.id) {
        Some(policy) => {
            let question = Question {
                target: level,
                rules: &policy.rules,
                stated: &stated,
            };
            gate.judge(&policy.limits, &question, bench.evidence)
        }
        None => Judgement::without_evidence(Verdict::Errored(Reason::new(
            ReasonCode::InternalError,
            format!("the policy has no limits for gate {}", gate.id),
        ))),
    };
    record(bench, planned, level, judgement)
}

fn not_judged(bench: &Bench<'_>, gate: &str, level: Target) -> Judgement {
    let reason = Reason::new(
        ReasonCode::NoEvidence,
        format!("the report has no judgement of {gate} at the level of {level}"),
    );
    let judge = format!(
        "spec2prod run --component {} --target {level} --no-deploy",
        bench.component.name
    );
    Judgement::without_evidence(Verdict::NoData(
        reason.remedy(format!("let it be judged: {judge}")),
    ))
}

fn record(
    bench: &Bench<'_>,
    planned: &PlannedGate,
    level: Target,
    judgement: Judgement,
) -> GateRecord {
    let gate = planned.gate;
    let tools: Vec<&ToolRun> = bench
        .tools
        .iter()
        .filter(|tool| {
            gate.needs
                .iter()
                .any(|kind| tool.evidence.iter().any(|e| e == kind.as_str()))
        })
        .collect();
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of a run are far below 2^52"
    )]
    let execution_time_ms = tools.iter().map(|tool| tool.duration_ms).max().unwrap_or(0) as f64;
    let mut errors = Vec::new();
    let mut warnings = judgement.notes;
    let unsteady: Vec<String> = tools.iter().filter_map(|tool| unsteady(tool)).collect();
    let verdict = match judgement.verdict {
        Verdict::Passed if !unsteady.is_empty() => Verdict::Warned,
        verdict => verdict,
    };
    warnings.extend(unsteady);
    match &verdict {
        Verdict::Failed => errors.extend(
            judgement
                .measurements
                .iter()
                .filter(|measurement| !measurement.holds)
                .map(|m| {
                    format!(
                        "{}: {}, needs {} ({})",
                        m.what,
                        m.actual_text(),
                        m.condition_text(),
                        m.rule_from
                    )
                }),
        ),
        Verdict::NoData(reason) | Verdict::Errored(reason) => errors.push(reason.to_string()),
        Verdict::Skipped(reason) => warnings.push(reason.to_string()),
        Verdict::Passed | Verdict::Warned => {}
    }
    let mut details = primary_facts(bench.evidence, gate.needs);
    for measurement in &judgement.measurements {
        let name = measurement.what.replace([' ', '-'], "_");
        details.insert(name, plain_value(&measurement.actual));
    }
    GateRecord {
        passed: verdict.is_pass(),
        gate_name: gate.id.to_owned(),
        verdict,
        requirement: planned.requirement,
        details,
        measurements: judgement.measurements,
        findings: judgement.findings,
        errors,
        warnings,
        execution_time_ms,
        reproduce: Some(reproduce(bench, gate.id, level)),
    }
}

/// What is to be said of a tool that gave its evidence after an attempt that gave none: what passes
/// by that is not plainly passed.
fn unsteady(tool: &ToolRun) -> Option<String> {
    let (last, before) = tool.attempts.split_last()?;
    let (kind, reason) = before
        .iter()
        .rev()
        .find_map(|attempt| match &attempt.ended {
            Ended::WithError { kind, reason } => Some((kind, reason)),
            Ended::WithEvidence => None,
        })?;
    (last.ended == Ended::WithEvidence).then(|| {
        format!(
            "{} gave its evidence at attempt {} only; before that ({kind}): {}",
            tool.tool, last.number, reason.message
        )
    })
}

/// The command that asks the same question again, and no other, at the workspace's root.
fn reproduce(bench: &Bench<'_>, gate: &str, level: Target) -> String {
    let component = bench.component.name.to_string();
    let mut words = vec!["gates".to_owned(), "--component".to_owned(), component];
    words.extend(["--target".to_owned(), level.to_string()]);
    if let Some(file) = &bench.policy.file
        && !config::FILE_NAMES
            .iter()
            .any(|name| file == Path::new(name))
    {
        words.extend(["--config".to_owned(), file.to_string_lossy().into_owned()]);
    }
    words.push(gate.to_owned());
    CommandLine::new("spec2prod", "").args(words).display()
}

/// The counts behind a gate's first kind of evidence: what a percentage is a percentage of.
fn primary_facts(evidence: &Evidence, needs: &[EvidenceKind]) -> Map<String, Value> {
    let readings = needs.first().map_or(&[][..], |kind| evidence.of(*kind));
    let facts = readings
        .iter()
        .find_map(|(_, reading)| match reading.as_deref() {
            Ok(EvidenceData::Tests(run)) => Some(json!({
                "total": run.total,
                "passed": run.passed,
                "failed": run.failed,
                "errored": run.errored,
                "skipped": run.skipped,
                "flaky": run.flaky,
            })),
            Ok(EvidenceData::Coverage(coverage)) => Some(json!({
                "lines_covered": coverage.lines_covered,
                "lines_total": coverage.lines_total,
                "branches_covered": coverage.branches_covered,
                "branches_total": coverage.branches_total,
            })),
            _ => None,
        });
    match facts {
        Some(Value::Object(facts)) => facts,
        _ => Map::new(),
    }
}

/// `3.0` or `true`: the ancestor's details are plain values.
fn plain_value(actual: &Actual) -> Value {
    match actual {
        Actual::Number(number) => json!(number),
        Actual::Flag(flag) => json!(flag),
        Actual::Unknown => Value::Null,
    }
}
