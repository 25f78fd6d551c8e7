//! A component's specification as typed data, each item with its place in the document.

use super::Target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a document, both counted from 1; the column counts characters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// One entry of the metadata, from a `**Key:** value` line or from the YAML front matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MetadataEntry {
    /// The key in lower case with `_`: `component_name`.
    pub key: String,
    /// The value without code marks.
    pub value: String,
    /// Where it stands.
    pub at: Position,
}

/// A heading and what it holds, for questions like "is there an overview".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// The heading's text.
    pub title: String,
    /// 1 to 6.
    pub level: u8,
    /// Where the heading stands.
    pub at: Position,
    /// Whether anything but further headings follows before the next heading of the same level.
    pub has_content: bool,
}

/// Whether a requirement says what the component does or how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequirementKind {
    /// What the component does.
    Functional,
    /// How well it does it.
    NonFunctional,
}

/// How urgent a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// High, or `P1`.
    High,
    /// Medium, or `P2`.
    Medium,
    /// Low, or `P3` and beyond.
    Low,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// `FR-1`, `NFR-2`, `FR-001`: as written, or given by kind and order where the document
    /// numbers its requirements without ids.
    pub id: String,
    /// Whether the id stands in the document.
    pub id_is_explicit: bool,
    /// Functional or non-functional.
    pub kind: RequirementKind,
    /// The bold title or heading; the first sentence where there is none.
    pub title: String,
    /// The text below it, one entry a bullet or paragraph.
    pub details: Vec<String>,
    /// Its priority, where stated.
    pub priority: Option<Priority>,
    /// Its own acceptance criteria.
    pub criteria: Vec<AcceptanceCriterion>,
    /// Where it stands.
    pub at: Position,
}

/// One acceptance criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptanceCriterion {
    /// Its id where it has one: `SC-001`, `AC-2`.
    pub id: Option<String>,
    /// Its text without the tick.
    pub text: String,
    /// `Some(true)` for ticked (`[x]`, `✅`), `Some(false)` for `[ ]` or `❌`, `None` without a box.
    pub is_ticked: Option<bool>,
    /// The level it belongs to, where the document groups them by level.
    pub level: Option<Target>,
    /// Where it stands.
    pub at: Position,
}

/// A fenced block of code in the API section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiBlock {
    /// The heading it stands under.
    pub title: String,
    /// The language of the fence; empty when not stated.
    pub language: String,
    /// The code.
    pub code: String,
    /// Where the fence opens.
    pub at: Position,
}

/// What a dependency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DependencyKind {
    /// Another component of the repository.
    Component,
    /// A package, runtime or service.
    External,
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// Component or external.
    pub kind: DependencyKind,
    /// Whether the document lists it as optional.
    pub is_optional: bool,
    /// The version or stage in parentheses or after the name, as written.
    pub constraint: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// Where it stands.
    pub at: Position,
}

/// What a stated threshold limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdSubject {
    /// Test coverage in percent: at least.
    Coverage,
    /// Cyclomatic complexity of a function: at most.
    Complexity,
    /// Uptime in percent: at least.
    Uptime,
    /// Days in staging: at least.
    StagingDays,
}

/// A threshold that the document states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatedThreshold {
    /// What it limits.
    pub subject: ThresholdSubject,
    /// The level it is stated for; `None` when stated without one.
    pub level: Option<Target>,
    /// The number, in the subject's unit.
    pub value: f64,
    /// The words it was read from.
    pub text: String,
    /// The document, relative to the workspace.
    pub file: String,
    /// Where it stands.
    pub at: Position,
}

/// A number that the document states about a subject in a form that is not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreadableThreshold {
    /// What it seems to limit.
    pub subject: ThresholdSubject,
    /// The words.
    pub text: String,
    /// Where they stand.
    pub at: Position,
}

/// What the document asks of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MaturityTarget {
    /// The level.
    pub level: Target,
    /// One entry a bullet.
    pub items: Vec<String>,
    /// Where the heading stands.
    pub at: Position,
}

/// Something the author has yet to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnresolvedMarker {
    /// The marker as written, at most 80 characters.
    pub text: String,
    /// Where it stands.
    pub at: Position,
}

/// A component's specification.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Specification {
    /// The document, relative to the workspace.
    pub file: String,
    /// The first heading of level 1.
    pub title: Option<String>,
    /// The component it is about, from the metadata.
    pub component: Option<String>,
    /// The target stage it states.
    pub target: Option<Target>,
    /// All metadata in order.
    pub metadata: Vec<MetadataEntry>,
    /// All headings in order.
    pub sections: Vec<Section>,
    /// All requirements in order.
    pub requirements: Vec<Requirement>,
    /// Acceptance criteria of the whole component.
    pub acceptance_criteria: Vec<AcceptanceCriterion>,
    /// The API.
    pub api: Vec<ApiBlock>,
    /// The testing requirements, one entry a bullet.
    pub testing_requirements: Vec<String>,
    /// Its dependencies.
    pub dependencies: Vec<Dependency>,
    /// What it asks of each level.
    pub maturity_targets: Vec<MaturityTarget>,
    /// The thresholds it states anywhere.
    pub thresholds: Vec<StatedThreshold>,
    /// The thresholds it seems to state in a form that is not read.
    #[serde(default)]
    pub unreadable_thresholds: Vec<UnreadableThreshold>,
    /// What is yet to be filled in.
    pub unresolved: Vec<UnresolvedMarker>,
    /// Where a usage example stands (a section with a code block), if any.
    pub usage_example: Option<Position>,
}
