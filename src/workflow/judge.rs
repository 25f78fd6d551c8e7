//! From evidence to the records of the stages, in their order. Pure.

use super::excuse::{excuse, is_passed_over};
use super::gate_record::{Bench, judge_gate};
use super::level::{judge_level, left_to_criteria};
use super::plan::Plan;
use crate::config::Policy;
use crate::model::{
    Criterion, Finding, GateRecord, Reason, ReasonCode, Requirement, Severity, Stage, StageRecord,
    Target, ToolRun, Verdict,
};
use std::collections::BTreeSet;

/// The stages from testing on, one after the other.
pub(super) struct Judging<'a> {
    plan: &'a Plan,
    blocked_by: Option<Stage>,
}

impl<'a> Judging<'a> {
    /// Begins behind the stages that were judged already.
    pub(super) fn after(plan: &'a Plan, earlier: &[StageRecord]) -> Self {
        let blocker = earlier.iter().find(|record| record.verdict.stops());
        Self {
            plan,
            blocked_by: blocker.map(|record| record.stage_name),
        }
    }

    /// What the evidence says about a stage. Behind one that blocks, the gates are judged all the
    /// same: one run tells everything that there is to mend.
    pub(super) fn judge(&self, bench: &Bench<'_>, stage: Stage) -> StageRecord {
        if !is_enabled(bench.policy, stage) {
            return left_out(bench, self.plan, stage);
        }
        let mut record = judge_stage(bench, self.plan, stage);
        if let Some(blocker) = self.blocked_by {
            record.success = false;
            record.verdict = Verdict::Skipped(Reason::new(
                ReasonCode::StageBlocked,
                format!("{blocker} blocks; what is said here is for information"),
            ));
        }
        record
    }

    /// Goes on behind this record, which may have changed since it was judged.
    pub(super) fn go_on(&mut self, record: &StageRecord) {
        if record.verdict.stops() && self.blocked_by.is_none() {
            self.blocked_by = Some(record.stage_name);
        }
    }
}

/// A stage that is switched off names what is required and would have been judged only by it: it was
/// neither passed nor forgotten.
fn left_out(bench: &Bench<'_>, plan: &Plan, stage: Stage) -> StageRecord {
    let mut record = disabled(stage);
    let others = plan.stages.iter().copied();
    let judged: BTreeSet<String> = others
        .filter(|other| is_enabled(bench.policy, *other))
        .flat_map(|other| plan.asked_by(bench.policy, other))
        .map(|(name, _)| name)
        .collect();
    let missing: Vec<String> = plan
        .asked_by(bench.policy, stage)
        .into_iter()
        .filter(|(name, requirement)| {
            *requirement == Requirement::Required && !judged.contains(name)
        })
        .map(|(name, _)| name)
        .collect();
    if !missing.is_empty() {
        record.warnings.push(format!(
            "required, and not judged since the stage is switched off: {}",
            missing.join(", ")
        ));
    }
    record
}

fn judge_stage(bench: &Bench<'_>, plan: &Plan, stage: Stage) -> StageRecord {
    let (mut gates, mut criteria) = match stage {
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
    let excused = excuse(bench, &mut gates, &mut criteria);
    let is_passed_over = !excused.used.is_empty() || criteria.iter().any(is_passed_over);
    let verdict = if bench.is_interrupted {
        Verdict::Errored(Reason::new(
            ReasonCode::Interrupted,
            "the run was interrupted",
        ))
    } else {
        match combined(stage, &gates, &criteria) {
            Verdict::Passed if is_passed_over => Verdict::Warned,
            verdict => verdict,
        }
    };
    let mut record = StageRecord::new(stage, verdict);
    record.errors = blocking_sentences(&gates, &criteria);
    record.errors.extend(excused.refused);
    record.warnings = gates
        .iter()
        .flat_map(|gate| {
            gate.warnings
                .iter()
                .map(|text| format!("{}: {text}", gate.gate_name))
        })
        .collect();
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
