//! What need not hold for a while, in the records of a stage. Pure.

use super::gate_record::Bench;
use super::level::of_gate;
use crate::model::{Criterion, GateRecord, ReasonCode, Verdict};
use crate::promotion;

/// Excuses the gates and criteria that the policy exempts; gives what was excused, and what was not
/// although an exemption is there.
pub(super) fn excuse(
    bench: &Bench<'_>,
    gates: &mut [GateRecord],
    criteria: &mut Vec<Criterion>,
) -> promotion::Excused {
    let has_criterion = |gate: &GateRecord| criteria.iter().any(|one| one.name == gate.gate_name);
    let alone = gates.iter().filter(|gate| !has_criterion(gate));
    let mut all: Vec<Criterion> = alone.map(of_gate).collect();
    let alone = all.len();
    all.append(criteria);
    let mut records: Vec<&mut GateRecord> = gates.iter_mut().collect();
    let excused = promotion::excuse(
        &mut all,
        &mut records,
        &bench.policy.promotion.exemptions,
        &bench.component.name,
        bench.outside.is_some_and(|outside| outside.is_hotfix()),
        bench.now,
    );
    *criteria = all.split_off(alone);
    excused
}

/// What was passed over deserves a look, whatever else passed.
pub(super) fn is_passed_over(criterion: &Criterion) -> bool {
    matches!(
        &criterion.verdict,
        Verdict::Skipped(reason) if matches!(reason.code, ReasonCode::Exempted | ReasonCode::Hotfix)
    )
}
