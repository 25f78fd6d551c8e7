//! One gate, judged from the evidence and recorded with what a reader needs. Pure.

use super::plan::PlannedGate;
use crate::config::Policy;
use crate::model::{
    Component, Evidence, GateRecord, Judgement, Question, Reason, ReasonCode, Specification,
    Target, ToolRun, Verdict,
};
use crate::spec;
use serde_json::{Map, Value};

/// Everything that a judgement looks at.
pub(super) struct Bench<'a> {
    pub(super) policy: &'a Policy,
    pub(super) component: &'a Component,
    pub(super) specification: Option<&'a Specification>,
    pub(super) evidence: &'a Evidence,
    pub(super) tools: &'a [ToolRun],
    pub(super) is_interrupted: bool,
}

/// Judges one gate at one level.
pub(super) fn judge_gate(bench: &Bench<'_>, planned: &PlannedGate, level: Target) -> GateRecord {
    let gate = planned.gate;
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
    match &judgement.verdict {
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
    let details: Map<String, Value> = judgement
        .measurements
        .iter()
        .map(|m| {
            (
                m.what.replace([' ', '-'], "_"),
                serde_json::to_value(&m.actual).unwrap_or(Value::Null),
            )
        })
        .map(|(name, actual)| match actual {
            // `{"number": 3.0}` → `3.0`: the ancestor's details are plain values.
            Value::Object(tagged) => (
                name,
                tagged
                    .into_iter()
                    .next()
                    .map_or(Value::Null, |(_, value)| value),
            ),
            _ => (name, Value::Null),
        })
        .collect();
    GateRecord {
        passed: judgement.verdict.is_pass(),
        gate_name: gate.id.to_owned(),
        verdict: judgement.verdict,
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

/// The command that asks the same question again, and no other.
fn reproduce(bench: &Bench<'_>, gate: &str, level: Target) -> String {
    format!(
        "spec2prod gates --component {} --target {level} {gate}",
        bench.component.name
    )
}
