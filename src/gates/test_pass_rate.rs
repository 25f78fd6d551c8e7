//! `test_pass_rate`: do all tests that ran pass?

use super::Gate;
use crate::model::{Evidence, EvidenceKind, Judgement, Question, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Do all tests that ran pass?
pub struct TestPassRate;

/// The limits of `test_pass_rate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Least share of passing tests among those that ran, in percent. Flaky tests count as passing.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub required: f64,
    /// What a test that passes only when run again does to the verdict.
    pub flaky: FlakyPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            required: 100.0,
            flaky: FlakyPolicy::Warn,
        }
    }
}

/// What flaky tests do to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlakyPolicy {
    /// They are named, and the gate passes.
    Allow,
    /// They are named, and the gate is `warned`.
    Warn,
    /// They count as failing.
    Fail,
}

impl Gate for TestPassRate {
    const ID: &'static str = "test_pass_rate";
    const SUMMARY: &'static str = "Do all tests that ran pass?";
    const STAGE: Stage = Stage::Testing;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Tests];
    type Limits = Limits;

    fn judge(_limits: &Limits, _question: &Question<'_>, _evidence: &Evidence) -> Judgement {
        Judgement::from_measurements(Vec::new(), Vec::new())
    }
}
