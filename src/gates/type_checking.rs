//! `type_checking`: is the code free of type errors?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is the code free of type errors?
pub struct TypeChecking;

/// The limits of `type_checking`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most errors of the type checker. Its warnings never fail the gate.
    pub max_errors: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_errors: 0 }
    }
}

impl Gate for TypeChecking {
    const ID: &'static str = "type_checking";
    const SUMMARY: &'static str = "Is the code free of type errors?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Types];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
