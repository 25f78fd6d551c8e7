//! `complexity`: is every function simple enough?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is every function simple enough?
pub struct Complexity;

/// The limits of `complexity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Highest cyclomatic complexity of a function.
    pub max_per_function: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_per_function: 10,
        }
    }
}

impl Gate for Complexity {
    const ID: &'static str = "complexity";
    const SUMMARY: &'static str = "Is every function simple enough?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Source];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
