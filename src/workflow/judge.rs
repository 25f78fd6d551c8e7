//! From evidence to the records of the stages, in their order. Pure.

use super::plan::{Plan, PlannedGate};
use super::promotion::judge_level;
use crate::config::Policy;
use crate::model::{
    Component, Criterion, Evidence, GateRecord, Judgement, Question, Reason, ReasonCode,
    Requirement, Severity, Specification, Stage, StageRecord, Target, ToolRun, Verdict,
};
use crate::spec;
use serde_json::{Map, Value, json};

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
                        "{} is {}, needs {} ({})",
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

/// Judges the stages from testing on, in order. `earlier` are the records of the stages before.
pub(super) fn judge_stages(
    bench: &Bench<'_>,
    plan: &Plan,
    earlier: &[StageRecord],
    mut judged: impl FnMut(&StageRecord),
) -> Vec<StageRecord> {
    let mut blocked_by = earlier
        .iter()
        .find(|record| record.verdict.stops())
        .map(|record| record.stage_name);
    let mut records = Vec::new();
    for stage in plan
        .stages
        .iter()
        .copied()
        .filter(|stage| *stage >= Stage::Testing)
    {
        let mut record = if is_enabled(bench.policy, stage) {
            judge_stage(bench, plan, stage)
        } else {
            disabled(stage)
        };
        if let Some(blocker) = blocked_by {
            // The gates were judged all the same: one run tells everything that there is to mend.
            record.success = false;
            record.verdict = Verdict::Skipped(Reason::new(
                ReasonCode::StageBlocked,
                format!("{blocker} blocks; what is said here is for information"),
            ));
        } else if record.verdict.stops() {
            blocked_by = Some(stage);
        }
        judged(&record);
        records.push(record);
    }
    records
}

fn judge_stage(bench: &Bench<'_>, plan: &Plan, stage: Stage) -> StageRecord {
    let (gates, criteria) = match stage {
        Stage::StagingDeployment => judge_level(bench, Target::Staging),
        Stage::ProductionDeployment => judge_level(bench, Target::Production),
        _ => {
            let gates = plan
                .gates_of(stage)
                .map(|planned| judge_gate(bench, planned, plan.target))
                .collect();
            (gates, Vec::new())
        }
    };
    let verdict = if bench.is_interrupted {
        Verdict::Errored(Reason::new(
            ReasonCode::Interrupted,
            "the run was interrupted",
        ))
    } else {
        combined(stage, &gates, &criteria)
    };
    let mut record = StageRecord::new(stage, verdict);
    record.errors = blocking_sentences(&gates, &criteria);
    record.warnings = gates
        .iter()
        .flat_map(|gate| {
            gate.warnings
                .iter()
                .map(|text| format!("{}: {text}", gate.gate_name))
        })
        .collect();
    if matches!(
        stage,
        Stage::StagingDeployment | Stage::ProductionDeployment
    ) && record.verdict.is_pass()
    {
        record.outputs.insert(
            "deployment".to_owned(),
            json!({
                "verdict": "skipped",
                "reason": {
                    "code": ReasonCode::NoEnvironment,
                    "message": "no environment configured",
                },
            }),
        );
    }
    timed(&mut record, bench.tools, &gates);
    record.quality_gates = gates
        .into_iter()
        .map(|gate| (gate.gate_name.clone(), gate))
        .collect();
    record.criteria = criteria;
    record
}

/// The stage's time is that of its evidence: from the start of the first of its tools to the end of
/// the last. Deployment stages judge evidence that is there.
fn timed(record: &mut StageRecord, tools: &[ToolRun], gates: &[GateRecord]) {
    if record.stage_name > Stage::Refactoring {
        return;
    }
    let kinds: Vec<&str> = gates
        .iter()
        .filter_map(|gate| crate::gates::find(&gate.gate_name))
        .flat_map(|gate| gate.needs.iter().map(|kind| kind.as_str()))
        .collect();
    let own = || {
        tools.iter().filter(|tool| {
            tool.evidence
                .iter()
                .any(|kind| kinds.contains(&kind.as_str()))
        })
    };
    let start = own().map(|tool| tool.started_ms).min().unwrap_or(0);
    let end = own()
        .map(|tool| tool.started_ms + tool.duration_ms)
        .max()
        .unwrap_or(0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of a run are far below 2^52"
    )]
    {
        record.started_ms = start as f64;
        record.execution_time_ms = end.saturating_sub(start) as f64;
    }
}

/// Failed if a required question failed; else errored or without data if one of them could not be
/// answered; else warned if anything deserves a look.
fn combined(stage: Stage, gates: &[GateRecord], criteria: &[Criterion]) -> Verdict {
    let gate_verdicts = gates
        .iter()
        .map(|gate| (&gate.verdict, gate.requirement, gate.gate_name.as_str()));
    let criterion_verdicts = criteria.iter().map(|criterion| {
        (
            &criterion.verdict,
            criterion.requirement,
            criterion.name.as_str(),
        )
    });
    let all: Vec<_> = gate_verdicts.chain(criterion_verdicts).collect();
    let required = || {
        all.iter()
            .filter(|(_, requirement, _)| *requirement == Requirement::Required)
    };
    if all.is_empty() {
        return Verdict::Skipped(Reason::new(
            ReasonCode::NotNeeded,
            format!("the policy asks nothing of {stage} for this target"),
        ));
    }
    let worst = required()
        .filter(|(verdict, ..)| verdict.stops())
        .max_by_key(|(verdict, ..)| verdict.rank());
    if let Some((verdict, _, name)) = worst {
        let because = |reason: &Reason| Reason {
            message: format!("{name}: {}", reason.message),
            ..reason.clone()
        };
        return match verdict {
            Verdict::NoData(reason) => Verdict::NoData(because(reason)),
            Verdict::Errored(reason) => Verdict::Errored(because(reason)),
            _ => Verdict::Failed,
        };
    }
    let deserves_a_look = all
        .iter()
        .any(|(verdict, ..)| !matches!(verdict, Verdict::Passed | Verdict::Skipped(_)));
    if deserves_a_look {
        Verdict::Warned
    } else {
        Verdict::Passed
    }
}

/// The verdict over some gates without a stage.
pub(super) fn of_gates(gates: &[GateRecord], is_interrupted: bool) -> Verdict {
    if is_interrupted {
        return Verdict::Errored(Reason::new(
            ReasonCode::Interrupted,
            "the run was interrupted",
        ));
    }
    if gates.is_empty() {
        return Verdict::NoData(Reason::new(
            ReasonCode::NoEvidence,
            "the policy names no gate for this target, so nothing was judged",
        ));
    }
    combined(Stage::Testing, gates, &[])
}

fn blocking_sentences(gates: &[GateRecord], criteria: &[Criterion]) -> Vec<String> {
    let of_gates = gates.iter().filter(|gate| gate.blocks()).flat_map(|gate| {
        gate.errors
            .iter()
            .map(|error| format!("{}: {error}", gate.gate_name))
    });
    let of_criteria = criteria
        .iter()
        .filter(|criterion| {
            criterion.requirement == Requirement::Required && criterion.verdict.stops()
        })
        // Gates have said it themselves.
        .filter(|criterion| !gates.iter().any(|gate| gate.gate_name == criterion.name))
        .map(|criterion| match criterion.verdict.reason() {
            Some(reason) => format!("{}: {reason}", criterion.name),
            None => format!("{}: does not hold", criterion.name),
        });
    of_gates.chain(of_criteria).collect()
}

/// The record of a stage that is switched off.
pub(super) fn disabled(stage: Stage) -> StageRecord {
    StageRecord::new(
        stage,
        Verdict::Skipped(Reason::new(
            ReasonCode::StageDisabled,
            format!("switched off by stages.{stage}.enabled: false"),
        )),
    )
}

/// Whether a stage is judged at all.
pub(super) fn is_enabled(policy: &Policy, stage: Stage) -> bool {
    policy
        .stages
        .get(&stage)
        .is_none_or(|stage| stage.is_enabled)
}

/// The verdict of a stage that consists of findings: errors block, warnings are shown.
pub(super) fn of_findings(findings: &[crate::model::Finding]) -> Verdict {
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        Verdict::Failed
    } else if findings
        .iter()
        .any(|finding| finding.severity == Severity::Warning)
    {
        Verdict::Warned
    } else {
        Verdict::Passed
    }
}
