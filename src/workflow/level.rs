//! The criteria of a level: its gates, and what else it asks for. Pure.

use super::gate_record::{Bench, judge_gate};
use super::plan::at_level;
use crate::config::{AdditionalRequirement, RequiredValue};
use crate::gates::find;
use crate::model::{
    Actual, Criterion, GateRecord, Measurement, Operator, Reason, ReasonCode, Requirement,
    RuleSource, Target, Unit, Verdict,
};

/// Additional requirements that a gate answers.
pub(super) const ANSWERED_BY_GATES: &[(&str, &str)] =
    &[("documentation_complete", "documentation")];

/// The gate that answers an additional requirement.
pub(super) fn gate_for(requirement: &str) -> Option<&'static str> {
    ANSWERED_BY_GATES
        .iter()
        .find_map(|(name, gate)| (*name == requirement).then_some(*gate))
}

/// What the policy of a level says about the evidence: the gates' records and the criteria.
pub(super) fn judge_level(bench: &Bench<'_>, level: Target) -> (Vec<GateRecord>, Vec<Criterion>) {
    let records: Vec<GateRecord> = at_level(bench.policy, level)
        .iter()
        .map(|planned| judge_gate(bench, planned, level))
        .collect();
    let mut criteria: Vec<Criterion> = records.iter().map(of_gate).collect();
    criteria.extend(left_to_criteria(bench, level));
    if let Some(outside) = bench.outside {
        outside.complete(&mut criteria, level);
    }
    (records, criteria)
}

/// What a level asks for beyond the gates of this version: gates that nothing measures yet, and
/// additional requirements.
pub(super) fn left_to_criteria(bench: &Bench<'_>, level: Target) -> Vec<Criterion> {
    let Some(policy) = bench.policy.levels.get(&level) else {
        return Vec::new();
    };
    let with = |requirement| move |(id, rule)| (id, rule, requirement);
    let required = policy.required.iter().map(|(id, rule)| (id, rule));
    let optional = policy.optional.iter().map(|(id, rule)| (id, rule));
    let unknown = required
        .map(with(Requirement::Required))
        .chain(optional.map(with(Requirement::Advisory)))
        .filter(|(id, ..)| find(id).is_none());
    let additional = policy.additional.iter();
    unknown
        .map(|(id, rule, requirement)| without_source(id, rule, requirement))
        .chain(additional.map(|asked| self::additional(bench, asked, level)))
        .collect()
}

pub(super) fn of_gate(record: &GateRecord) -> Criterion {
    Criterion::new(
        record.gate_name.clone(),
        record.verdict.clone(),
        record.requirement,
        record.measurements.clone(),
    )
}

fn additional(bench: &Bench<'_>, asked: &AdditionalRequirement, level: Target) -> Criterion {
    if let Some(gate) = gate_for(&asked.name).and_then(find) {
        if let Some(known) = bench
            .judged
            .and_then(|judged| judged.criterion(&asked.name))
        {
            return known;
        }
        let planned = super::plan::PlannedGate {
            gate,
            requirement: Requirement::Required,
        };
        return Criterion {
            name: asked.name.clone(),
            ..of_gate(&judge_gate(bench, &planned, level))
        };
    }
    if let Some(outside) = bench.outside {
        return outside.judge(asked, level);
    }
    let (target, unit) = match asked.value {
        RequiredValue::Yes => (1.0, Unit::YesNo),
        RequiredValue::AtLeast(value) if asked.name.ends_with("_days") => (value, Unit::Days),
        RequiredValue::AtLeast(value) if asked.name.ends_with("_percentage") => {
            (value, Unit::Percent)
        }
        RequiredValue::AtLeast(value) => (value, Unit::Count),
    };
    let operator = match asked.value {
        RequiredValue::Yes => Operator::Equals,
        RequiredValue::AtLeast(_) => Operator::AtLeast,
    };
    Criterion {
        measurements: vec![Measurement::new(
            asked.name.replace('_', " "),
            Actual::Unknown,
            operator,
            target,
            unit,
            asked.rule.clone(),
        )],
        ..without_source(&asked.name, &asked.rule, Requirement::Required)
    }
}

/// Nothing measures it: that blocks where it is required, and says so.
fn without_source(name: &str, rule: &RuleSource, requirement: Requirement) -> Criterion {
    let asker = match rule {
        RuleSource::Default => "the built-in policy".to_owned(),
        RuleSource::File { .. } => rule.to_string(),
    };
    let reason = Reason::new(
        ReasonCode::NoSource,
        format!(
            "nothing measures {name} at this level, and what is unknown never passes (asked for by {asker})"
        ),
    );
    Criterion::new(name, Verdict::NoData(reason), requirement, Vec::new())
}
