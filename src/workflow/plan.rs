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
            .filter(|planned| is_enabled(planned.gate.stage))
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

    /// The names of everything required that a stage would judge.
    #[must_use]
    pub(super) fn required_by(&self, policy: &Policy, stage: Stage) -> Vec<String> {
        let level = match stage {
            Stage::StagingDeployment => Target::Staging,
            Stage::ProductionDeployment => Target::Production,
            _ => {
                let mut names: Vec<String> = self
                    .gates_of(stage)
                    .filter(|planned| planned.requirement == Requirement::Required)
                    .map(|planned| planned.gate.id.to_owned())
                    .collect();
                if stage == Stage::Refactoring && self.target == Target::Dev {
                    names.extend(beyond_gates(policy, Target::Dev));
                }
                return names;
            }
        };
        let gates = at_level(policy, level).into_iter();
        gates
            .filter(|planned| planned.requirement == Requirement::Required)
            .map(|planned| planned.gate.id.to_owned())
            .chain(beyond_gates(policy, level))
            .collect()
    }

    /// The gates that a stage judges.
    pub fn gates_of(&self, stage: Stage) -> impl Iterator<Item = &PlannedGate> {
        self.gates
            .iter()
            .filter(move |planned| planned.gate.stage == stage)
    }
}

/// What a level requires that is no gate of this version.
fn beyond_gates(policy: &Policy, level: Target) -> Vec<String> {
    let Some(level) = policy.levels.get(&level) else {
        return Vec::new();
    };
    let required = level.required.iter().map(|(id, _)| id);
    let additional = level.additional.iter().map(|asked| &asked.name);
    let unknown = required.filter(|id| find(id).is_none());
    unknown.chain(additional).cloned().collect()
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
            .any(|requirement| super::promotion::gate_for(&requirement.name).is_some())
    });
    if !asked {
        return Vec::new();
    }
    super::promotion::ANSWERED_BY_GATES
        .iter()
        .filter_map(|(_, id)| find(id))
        .flat_map(|gate| gate.needs.iter().copied())
        .collect()
}
