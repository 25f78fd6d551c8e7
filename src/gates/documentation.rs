//! `documentation`: does the component have a README, documented public items and a usage example?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Does the component have a README, documented public items and a usage example?
pub struct Documentation;

/// The limits of `documentation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Whether a README is asked for.
    pub readme: bool,
    /// Whether a usage example is asked for, in the README or in the specification.
    pub usage_example: bool,
    /// Least share of public items that are documented, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub min_documented: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            readme: true,
            usage_example: true,
            min_documented: 80.0,
        }
    }
}

impl Gate for Documentation {
    const ID: &'static str = "documentation";
    const SUMMARY: &'static str =
        "Does the component have a README, documented public items and a usage example?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Source, EvidenceKind::Documents];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
