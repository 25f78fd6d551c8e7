//! What a run will judge, decided before anything runs. Pure.

use crate::config::{LevelPolicy, Policy};
use crate::gates::{GateEntry, find};
use crate::model::{EvidenceKind, Requirement, Stage, Target};
use std::collections::BTreeSet;

/// A gate at one level.
#[derive(Clone, Copy)]
pub struct PlannedGate {
    /// The gate.
    pub gate: &'static GateEntry,
    /// Whether it can block.
    pub requirement: Requirement,
}

/// What a run will judge.
pub struct Plan {
    /// How far the component is taken.
    pub target: Target,
    /// The stages up to the target, also those that are switched off.
    pub stages: Vec<Stage>,
    /// The gates of the target's level: those that the testing and refactoring stages judge.
    pub gates: Vec<PlannedGate>,
    /// The kinds of evidence that anything up to the target asks for.
    pub needed: BTreeSet<EvidenceKind>,
}

impl Plan {
    /// The plan for a target.
    #[must_use]
    pub fn new(policy: &Policy, target: Target) -> Self {
        let stages: Vec<Stage> = Stage::ALL
            .into_iter()
            .filter(|stage| stage.first_target() <= target)
            .collect();
        let is_enabled = |stage: Stage| policy.stages.get(&stage).is_none_or(|s| s.is_enabled);
        let gates = at_level(policy, target);
        let is_dev = target == Target::Dev && is_enabled(Stage::Refactoring);
        let mut needed: BTreeSet<EvidenceKind> = gates
            .iter()
            .filter(|planned| is_enabled(judging_stage(planned.gate, target)))
            .flat_map(|planned| planned.gate.needs.iter().copied())
            .collect();
        if is_dev {
            needed.extend(documentation_needs(policy, target));
        }
        let deployments = [
            (Stage::StagingDeployment, Target::Staging),
            (Stage::ProductionDeployment, Target::Production),
        ];
        for (stage, level) in deployments {
            if stages.contains(&stage) && is_enabled(stage) {
                let gates = at_level(policy, level);
                needed.extend(gates.iter().flat_map(|planned| planned.gate.needs).copied());
                needed.extend(documentation_needs(policy, level));
            }
        }
        Self {
            target,
            stages,
            gates,
            needed,
        }
    }

    /// A plan that judges just these gates, all of them required.
    #[must_use]
    pub fn of_gates(gates: Vec<PlannedGate>, target: Target) -> Self {
        Self {
            target,
            stages: Vec::new(),
            needed: gates
                .iter()
                .flat_map(|planned| planned.gate.needs)
                .copied()
                .collect(),
            gates,
        }
    }

    /// Everything that a stage judges, by name.
    #[must_use]
    pub(super) fn asked_by(&self, policy: &Policy, stage: Stage) -> Vec<(String, Requirement)> {
        let names = |planned: &PlannedGate| (planned.gate.id.to_owned(), planned.requirement);
        let level = match stage {
            Stage::StagingDeployment => Target::Staging,
            Stage::ProductionDeployment => Target::Production,
            _ => {
                let mut asked: Vec<_> = self.gates_of(stage).map(names).collect();
                if stage == Stage::Refactoring && self.target == Target::Dev {
                    asked.extend(beyond_gates(policy, Target::Dev));
                }
                return asked;
            }
        };
        let gates = at_level(policy, level);
        let gates = gates.iter().map(names);
        gates.chain(beyond_gates(policy, level)).collect()
    }

    /// The gates that a stage judges.
    pub fn gates_of(&self, stage: Stage) -> impl Iterator<Item = &PlannedGate> {
        self.gates
            .iter()
            .filter(move |planned| judging_stage(planned.gate, self.target) == stage)
    }
}

/// The stage that judges a gate of the target's level. Development has no deployment stage, so that
/// refactoring judges what a deployment stage would.
fn judging_stage(gate: &GateEntry, target: Target) -> Stage {
    match target {
        Target::Dev => gate.stage.min(Stage::Refactoring),
        Target::Staging | Target::Production => gate.stage,
    }
}

/// What a level asks for that is no gate of this version.
fn beyond_gates(policy: &Policy, level: Target) -> Vec<(String, Requirement)> {
    let Some(level) = policy.levels.get(&level) else {
        return Vec::new();
    };
    let required = level.required.iter().map(|(id, _)| id);
    let optional = level.optional.iter().map(|(id, _)| id);
    let additional = level.additional.iter().map(|asked| &asked.name);
    let as_required = |name: &String| (name.clone(), Requirement::Required);
    required
        .filter(|id| find(id).is_none())
        .map(as_required)
        .chain(additional.map(as_required))
        .chain(
            optional
                .filter(|id| find(id).is_none())
                .map(|name| (name.clone(), Requirement::Advisory)),
        )
        .collect()
}

/// The gates of one level that exist in this version, each once, the required ones first.
#[must_use]
pub(super) fn at_level(policy: &Policy, level: Target) -> Vec<PlannedGate> {
    let nothing = LevelPolicy::default();
    let level = policy.levels.get(&level).unwrap_or(&nothing);
    let planned = |ids: &[(String, crate::model::RuleSource)], requirement| {
        ids.iter()
            .filter_map(|(id, _)| find(id))
            .map(|gate| PlannedGate { gate, requirement })
            .collect::<Vec<_>>()
    };
    let mut gates = planned(&level.required, Requirement::Required);
    gates.extend(planned(&level.optional, Requirement::Advisory));
    let mut seen = BTreeSet::new();
    gates.retain(|planned| seen.insert(planned.gate.id));
    gates
}

/// `documentation_complete` is answered by the documentation gate.
fn documentation_needs(policy: &Policy, level: Target) -> Vec<EvidenceKind> {
    let asked = policy.levels.get(&level).is_some_and(|level| {
        level
            .additional
            .iter()
            .any(|requirement| super::level::gate_for(&requirement.name).is_some())
    });
    if !asked {
        return Vec::new();
    }
    super::level::ANSWERED_BY_GATES
        .iter()
        .filter_map(|(_, id)| find(id))
        .flat_map(|gate| gate.needs.iter().copied())
        .collect()
}
