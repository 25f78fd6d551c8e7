//! From evidence to the records of the stages, in their order. Pure.

use super::gate_record::{Bench, judge_gate};
use super::plan::Plan;
use super::promotion::{judge_level, left_to_criteria};
use crate::config::Policy;
use crate::model::{
    Criterion, Finding, GateRecord, Reason, ReasonCode, Requirement, Severity, Stage, StageRecord,
    Target, ToolRun, Verdict,
};
use serde_json::json;
use std::collections::BTreeSet;

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
    let own = plan.stages.iter().copied();
    let mut records: Vec<StageRecord> = own
        .filter(|stage| *stage >= Stage::Testing)
        .map(|stage| match is_enabled(bench.policy, stage) {
            true => judge_stage(bench, plan, stage),
            false => disabled(stage),
        })
        .collect();
    say_what_is_left_out(bench, plan, &mut records);
    for record in &mut records {
        let is_disabled = !is_enabled(bench.policy, record.stage_name);
        if let Some(blocker) = blocked_by.filter(|_| !is_disabled) {
            // The gates were judged all the same: one run tells everything that there is to mend.
            record.success = false;
            record.verdict = Verdict::Skipped(Reason::new(
                ReasonCode::StageBlocked,
                format!("{blocker} blocks; what is said here is for information"),
            ));
        } else if record.verdict.stops() {
            blocked_by = Some(record.stage_name);
        }
        judged(record);
    }
    records
}

/// What is required and would have been judged only by a stage that is switched off is named by
/// that stage: it was neither passed nor forgotten.
fn say_what_is_left_out(bench: &Bench<'_>, plan: &Plan, records: &mut [StageRecord]) {
    let judged: BTreeSet<String> = records
        .iter()
        .flat_map(|record| {
            let criteria = record.criteria.iter().map(|criterion| &criterion.name);
            criteria.chain(record.quality_gates.keys()).cloned()
        })
        .collect();
    for record in records {
        let stage = record.stage_name;
        if is_enabled(bench.policy, stage) {
            continue;
        }
        let mut missing = plan.required_by(bench.policy, stage);
        missing.retain(|name| !judged.contains(name));
        if !missing.is_empty() {
            let names: Vec<&str> = missing.iter().map(String::as_str).collect();
            record.warnings.push(format!(
                "required, and not judged since the stage is switched off: {}",
                names.join(", ")
            ));
        }
    }
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
            // Development has no deployment stage that would hold its criteria.
            let criteria = match (stage, plan.target) {
                (Stage::Refactoring, Target::Dev) => left_to_criteria(bench, Target::Dev),
                _ => Vec::new(),
            };
            (gates, criteria)
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
    if all
        .iter()
        .all(|(verdict, ..)| matches!(verdict, Verdict::Skipped(_)))
    {
        return Verdict::Skipped(Reason::new(
            ReasonCode::NotNeeded,
            format!("everything that the policy asks of {stage} was skipped"),
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
    let has_shown = gates
        .iter()
        .any(|gate| gate.requirement == Requirement::Required && gate.passed);
    if !has_shown && !gates.iter().any(GateRecord::blocks) {
        return Verdict::NoData(Reason::new(
            ReasonCode::NoEvidence,
            "no required gate was judged, so nothing was shown to be good",
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
pub(super) fn of_findings(findings: &[Finding]) -> Verdict {
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
