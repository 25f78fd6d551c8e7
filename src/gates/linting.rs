//! `linting`: is the code free of lint findings, and formatted?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is the code free of lint findings, and formatted?
pub struct Linting;

/// The limits of `linting`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most findings of the linter, and files that the formatter would change, together.
    pub max_issues: u64,
    /// Whether the linter's and formatter's own fixes are applied (locally) or offered as a patch
    /// (in CI).
    pub auto_fix: bool,
    /// Whether files that the formatter would change count.
    pub check_format: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_issues: 0,
            auto_fix: false,
            check_format: true,
        }
    }
}

impl Gate for Linting {
    const ID: &'static str = "linting";
    const SUMMARY: &'static str = "Is the code free of lint findings, and formatted?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Lint, EvidenceKind::Format];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
