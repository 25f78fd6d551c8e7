//! `instructions_validation`: do the instruction files for AI agents have valid front matter?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Do the instruction files for AI agents have valid front matter?
pub struct InstructionsValidation;

/// The limits of `instructions_validation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most errors in the files.
    pub max_errors: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_errors: 0 }
    }
}

impl Gate for InstructionsValidation {
    const ID: &'static str = "instructions_validation";
    const SUMMARY: &'static str = "Do the instruction files for AI agents have valid front matter?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Instructions];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
