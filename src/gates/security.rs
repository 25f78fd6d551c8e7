//! `security`: is the code free of new secrets and of vulnerabilities beyond the limits?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is the code free of new secrets and of vulnerabilities beyond the limits?
pub struct Security;

/// The limits of `security`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most critical findings. A secret that is not in the baseline counts as critical.
    pub max_critical: u64,
    /// Most findings of high severity.
    pub max_high: u64,
    /// Most findings of medium severity.
    pub max_medium: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_critical: 0,
            max_high: 0,
            max_medium: 5,
        }
    }
}

impl Gate for Security {
    const ID: &'static str = "security";
    const SUMMARY: &'static str =
        "Is the code free of new secrets and of vulnerabilities beyond the limits?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Secrets, EvidenceKind::Vulnerabilities];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
