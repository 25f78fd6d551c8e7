//! `test_coverage`: is enough of the component covered by its tests?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is enough of the component covered by its tests?
pub struct TestCoverage;

/// The limits of `test_coverage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Least coverage for `dev`, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub dev_threshold: f64,
    /// Least coverage for `staging`, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub staging_threshold: f64,
    /// Least coverage for `production`, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub production_threshold: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dev_threshold: 50.0,
            staging_threshold: 70.0,
            production_threshold: 80.0,
        }
    }
}

impl Gate for TestCoverage {
    const ID: &'static str = "test_coverage";
    const SUMMARY: &'static str = "Is enough of the component covered by its tests?";
    const STAGE: Stage = Stage::Testing;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Coverage, EvidenceKind::Tests];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
