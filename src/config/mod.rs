//! The configuration file: read with positions, checked all at once, turned into a [`Policy`].

mod policy;

pub use policy::{
    AdditionalRequirement, CommandPolicy, ComponentPolicy, ContextPolicy, GatePolicy, LevelPolicy,
    LogLevel, Logging, Observability, Policy, PythonPolicy, ReportFormat, ReportPolicy,
    RequiredValue, StagePolicy, ToolchainPolicy, TypeChecker,
};

pub use crate::model::TrackedMetric;
