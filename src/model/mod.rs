//! The words of the product as pure values: what is passed from one part of the crate to the next.
//!
//! Nothing here reads a file, starts a process or knows the clock, and nothing here imports
//! another module of the crate.

mod annotation;
mod commit;
mod component;
mod deployment;
mod evidence;
mod finding;
mod gate;
mod maturity;
mod measurement;
mod performance;
mod prometheus;
mod reason;
mod report;
mod specification;
mod stage;
mod summary;
mod surface;
mod target;
mod text;
mod tool_run;
mod tracked_metric;
mod verdict;

pub use annotation::{Annotation, AnnotationLevel};
pub use commit::short_commit;
pub use component::{Component, ComponentName, InvalidComponentName};
pub use deployment::{
    Deployment, DeploymentOutcome, EnvironmentName, Operation, Phase, PhaseRecord, SuiteCoverage,
    SuiteResult, Version,
};
pub use evidence::{
    CaseOutcome, Coverage, DocumentFacts, Evidence, EvidenceData, EvidenceEntry, EvidenceKind,
    ExitStatusFact, FileCoverage, FindingSet, FunctionFact, InstructionFacts, PublicItem,
    SourceFacts, TestCase, TestRun, Unavailable,
};
pub use finding::{Finding, Severity, fingerprint_all};
pub use gate::{GateRecord, Judgement, Question, Requirement};
pub use maturity::{
    ActiveStatus, ComponentStatus, Demotion, EnvironmentStatus, ExemptionStatus, HoldStatus,
    MaintenanceStatus, NextLevel, OpenStatus, Promotion, RollbackPlan,
};
pub use measurement::{
    Actual, Measurement, Operator, RuleSource, Unit, cut_decimals, percent_text,
};
pub use performance::{
    Benchmark, LONGEST_MS, Observation, ObservedFigure, Percentile, PerformanceBaseline,
    PerformanceRun, ToolThreshold,
};
pub use prometheus::Prometheus;
pub use reason::{Reason, ReasonCode};
pub use report::{
    Change, Criterion, Patch, PolicyDifference, PolicyOrigin, PolicySide, PublishingProblem,
    REPORT_SCHEMA_VERSION, Report, RunIdentity, SourceIdentity, StageRecord,
};
pub use specification::{
    AcceptanceCriterion, ApiBlock, Dependency, DependencyKind, MaturityTarget, MetadataEntry,
    Position, Priority, Requirement as SpecRequirement, RequirementKind, Section, Specification,
    StatedThreshold, ThresholdSubject, UnreadableThreshold, UnresolvedMarker,
};
pub use stage::Stage;
pub use summary::{ComponentChanges, MeasurementChange, Summary, SummaryProblem};
pub use surface::{Surface, UnknownSurface};
pub use target::Target;
pub use text::{ending_of, is_deceptive, is_full_hash, last_words};
pub use tool_run::{Attempt, Ended, ErrorKind, ToolRun};
pub use tracked_metric::TrackedMetric;
pub use verdict::Verdict;
