//! The result of one run for one component.

use super::{
    ComponentName, Deployment, Finding, GateRecord, Measurement, Requirement, Stage, Target,
    ToolRun, Verdict,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the report's schema. Readers refuse a version they do not know.
pub const REPORT_SCHEMA_VERSION: u32 = 1;

/// Who and what a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunIdentity {
    /// A UUID, version 7.
    pub id: String,
    /// When the run began, RFC 3339 in UTC.
    pub started_at: String,
    /// The version of spec2prod.
    pub spec2prod_version: String,
    /// Whether it ran in CI, where fixes are never applied.
    pub is_ci: bool,
    /// The folder of the run's logs and tool reports, relative to the workspace.
    pub folder: String,
    /// How often the workflow run of GitHub Actions was started, from 1; 1 elsewhere too. Of several
    /// reports of one workflow run the one of the latest attempt counts.
    pub attempt: u64,
}

/// What source the verdict is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceIdentity {
    /// The full commit hash; `None` outside git.
    pub commit: Option<String>,
    /// The commit at which the verdict is shown, where it is another one: on a pull request GitHub
    /// checks out a merge commit of its own, and the verdict belongs to the pull request's head.
    pub head: Option<String>,
    /// The branch, where there is one.
    pub branch: Option<String>,
    /// Whether files of the workspace differ from the commit.
    pub has_local_changes: bool,
}

/// One line of a promotion policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Criterion {
    /// The gate's id or the name of the additional requirement.
    pub name: String,
    /// The verdict and, where there is one, its reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Whether it can block.
    pub requirement: Requirement,
    /// The conditions that were judged.
    pub measurements: Vec<Measurement>,
    /// Where the evidence comes from, in a few words: `samples of spec2prod probe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the evidence was measured, RFC 3339 in UTC; `None` where this run measured it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<String>,
    /// What is still missing, in a sentence: `4.8 of 7 days; complete on 2026-03-04`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// What to do, and in which file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Why it need not hold, where it is excused: who answers for it, until when, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<String>,
}

impl Criterion {
    /// A criterion with what was judged, and nothing else to say about it.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        verdict: Verdict,
        requirement: Requirement,
        measurements: Vec<Measurement>,
    ) -> Self {
        Self {
            name: name.into(),
            verdict,
            requirement,
            measurements,
            source: None,
            measured_at: None,
            gap: None,
            remedy: None,
            exemption: None,
        }
    }

    /// Whether it stops its stage.
    #[must_use]
    pub const fn blocks(&self) -> bool {
        matches!(self.requirement, Requirement::Required) && self.verdict.stops()
    }
}

/// The result of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageRecord {
    /// The stage; the ancestor's field.
    pub stage_name: Stage,
    /// Whether the stage was completed; the ancestor's field.
    pub success: bool,
    /// The stage's verdict and, where there is one, its reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What the stage produced, by name.
    pub outputs: serde_json::Map<String, serde_json::Value>,
    /// Why it did not succeed, in sentences.
    pub errors: Vec<String>,
    /// What deserves a look.
    pub warnings: Vec<String>,
    /// When the stage began, in milliseconds since the run began.
    pub started_ms: f64,
    /// How long the stage waited for its evidence and judged it, in milliseconds.
    pub execution_time_ms: f64,
    /// The gates that were judged, by id.
    pub quality_gates: BTreeMap<String, GateRecord>,
    /// The criteria of a deployment stage, in the order of the policy.
    pub criteria: Vec<Criterion>,
    /// Findings of the stage itself, such as those about the specification.
    pub findings: Vec<Finding>,
    /// The deployment of a deployment stage, where it came to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Deployment>,
}

impl StageRecord {
    /// An empty record with a verdict.
    #[must_use]
    pub fn new(stage: Stage, verdict: Verdict) -> Self {
        Self {
            stage_name: stage,
            success: verdict.is_pass(),
            verdict,
            outputs: serde_json::Map::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            started_ms: 0.0,
            execution_time_ms: 0.0,
            quality_gates: BTreeMap::new(),
            criteria: Vec::new(),
            findings: Vec::new(),
            deployment: None,
        }
    }
}

/// A file that auto-fix changed or would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The file, relative to the workspace.
    pub file: String,
    /// The tool that changed it.
    pub tool: String,
}

/// What auto-fix did or offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Patch {
    /// Whether the working tree was changed. Never in CI.
    pub is_applied: bool,
    /// The patch file, relative to the workspace; apply it with `git apply`.
    pub file: String,
    /// The files it changes.
    pub changes: Vec<Change>,
}

/// Something that went wrong after the verdict and did not change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishingProblem {
    /// What was to be written or sent: `dashboard`, `context session`, `metrics`.
    pub sink: String,
    /// What happened.
    pub message: String,
}

/// Which of two configurations a setting is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicySide {
    /// The one that the run was told to go by.
    Base,
    /// The one of the files that are judged.
    Head,
}

/// A setting that the base and the files that are judged have differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyDifference {
    /// The setting, as a JSON pointer: `/quality_gates/linting/max_issues`.
    pub pointer: String,
    /// What the base says; `None` where it has no such setting.
    pub base: Option<serde_json::Value>,
    /// What the files that are judged say; `None` where they have no such setting.
    pub head: Option<serde_json::Value>,
    /// Which of the two the run obeyed.
    pub obeyed: PolicySide,
}

/// Where the rules of a run come from, where they are those of another commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyOrigin {
    /// The commit whose rules were asked for, as a hash.
    pub from: String,
    /// Whether that commit has no configuration and the files that are judged have one: the run
    /// went by its own.
    pub is_introduced: bool,
    /// What the files that are judged would have had differently.
    pub differences: Vec<PolicyDifference>,
}

impl PolicyOrigin {
    /// The same for one component: what is set about other components is left out.
    #[must_use]
    pub fn for_component(&self, name: &ComponentName) -> Self {
        let own = format!("/components/{name}/");
        let is_own = |difference: &&PolicyDifference| {
            !difference.pointer.starts_with("/components/") || difference.pointer.starts_with(&own)
        };
        Self {
            differences: self.differences.iter().filter(is_own).cloned().collect(),
            ..self.clone()
        }
    }
}

/// The result of one run for one component.
///
/// The fields above `schema_version` are those of the ancestor and keep their meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Whether every stage up to the target was completed.
    pub success: bool,
    /// The component.
    pub component_name: ComponentName,
    /// The target of the run.
    pub target_stage: Target,
    /// The stages that were completed, in order.
    pub stages_completed: Vec<Stage>,
    /// The stages that failed, in order.
    pub stages_failed: Vec<Stage>,
    /// Every stage that was judged or skipped, by name.
    pub stage_results: BTreeMap<String, StageRecord>,
    /// Wall time of the whole run, in milliseconds.
    pub total_execution_time_ms: f64,
    /// The context session that the run was recorded in.
    pub context_session_id: Option<String>,
    /// The dashboard, relative to the workspace.
    pub metrics_dashboard: Option<String>,
    /// The version of this format.
    pub schema_version: u32,
    /// The verdict of the run and, where there is one, its reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The exit status that the command ended with.
    pub exit_status: u8,
    /// Who and what the run is.
    pub run: RunIdentity,
    /// The run whose tools gave the evidence, where it is another one: a promotion judges what is
    /// already there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_from: Option<RunIdentity>,
    /// What source the verdict is about.
    pub source: SourceIdentity,
    /// The configuration file, relative to the workspace; `None` when the defaults were used.
    pub configuration: Option<String>,
    /// Where the rules come from, where they are those of another commit; `None` where they are
    /// those of `configuration`.
    #[serde(default)]
    pub policy: Option<PolicyOrigin>,
    /// The toolchain that judged the component.
    pub toolchain: String,
    /// Every tool run with its attempts.
    pub tools: Vec<ToolRun>,
    /// Names of tests that passed only when run again.
    pub flaky_tests: Vec<String>,
    /// What auto-fix did or offers.
    pub auto_fix: Option<Patch>,
    /// What went wrong after the verdict.
    pub publishing_problems: Vec<PublishingProblem>,
}

impl Report {
    /// The stage records in the order in which stages are judged.
    pub fn stages(&self) -> impl Iterator<Item = &StageRecord> {
        Stage::ALL
            .iter()
            .filter_map(|stage| self.stage_results.get(stage.as_str()))
    }
}
