//! What a gate is asked, what it answers, and how the answer is recorded.

use super::{Finding, Measurement, RuleSource, StatedThreshold, Target, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a gate's verdict can block the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// It blocks when it does not pass.
    Required,
    /// It is shown, and never blocks.
    Advisory,
}

/// What a gate is asked besides its limits and the evidence.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The level whose thresholds apply.
    pub target: Target,
    /// Where each key of the gate's limits was set; absent means built-in default.
    pub rules: &'a BTreeMap<String, RuleSource>,
    /// The thresholds that the specification states for this level.
    pub stated: &'a [StatedThreshold],
}

impl Question<'_> {
    /// Where the limit of this key comes from.
    #[must_use]
    pub fn rule(&self, key: &str) -> RuleSource {
        self.rules.get(key).cloned().unwrap_or(RuleSource::Default)
    }
}

/// A gate's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What was decided.
    pub verdict: Verdict,
    /// The conditions that were judged.
    pub measurements: Vec<Measurement>,
    /// What should be mended, most relevant first.
    pub findings: Vec<Finding>,
    /// Remarks that belong to the answer: names of flaky tests, a laxer specification.
    pub notes: Vec<String>,
}

impl Judgement {
    /// The answer that follows from the measurements: failed when one does not hold.
    #[must_use]
    pub fn from_measurements(measurements: Vec<Measurement>, findings: Vec<Finding>) -> Self {
        let verdict = if measurements.iter().all(|m| m.holds) {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        Self {
            verdict,
            measurements,
            findings,
            notes: Vec::new(),
        }
    }

    /// An answer without measurements: the evidence is missing.
    #[must_use]
    pub const fn without_evidence(verdict: Verdict) -> Self {
        Self {
            verdict,
            measurements: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// A judged gate as it stands in the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateRecord {
    /// Whether the gate passed; the ancestor's field.
    pub passed: bool,
    /// The gate's id.
    pub gate_name: String,
    /// The verdict and, where there is one, its reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Whether it can block.
    pub requirement: Requirement,
    /// The measured values by name; the ancestor's field.
    pub details: serde_json::Map<String, serde_json::Value>,
    /// The conditions that were judged.
    pub measurements: Vec<Measurement>,
    /// The findings, most relevant first.
    pub findings: Vec<Finding>,
    /// Why it does not pass, in sentences.
    pub errors: Vec<String>,
    /// What deserves a look.
    pub warnings: Vec<String>,
    /// Time spent on the gate's evidence and on judging it, in milliseconds.
    pub execution_time_ms: f64,
    /// The command that reproduces the measurement at the workspace's root.
    pub reproduce: Option<String>,
}

impl GateRecord {
    /// Whether this gate stops its stage.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.requirement == Requirement::Required && self.verdict.stops()
    }
}
