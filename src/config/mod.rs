//! The configuration file: read with positions, checked all at once, turned into a [`Policy`].
//!
//! The way of the data: `load` reads the text through [`crate::yaml`], `validate` holds it against
//! the JSON Schema that `schema` makes from the types in `raw` and from the gates, along which
//! `violation` walks, `checks` finds
//! what makes no sense together, `resolve` makes the policy. `discover` finds what the file leaves
//! open about components. Nothing here judges, and nothing here reads the environment.

mod checks;
mod differences;
mod discover;
mod load;
mod not_in_effect;
mod policy;
mod problem;
mod prune;
mod raw;
mod resolve;
mod schema;
mod settings;
mod show;
mod validate;
mod violation;

#[cfg(test)]
mod tests;

pub use differences::differences;
pub use discover::{
    DiscoverError, Footprint, component, components, components_among, footprints, sources,
};
pub use load::{FILE_NAMES, MAX_BYTES, load, load_bytes, load_text};
pub use policy::{
    AdditionalRequirement, AnalysisPolicy, CommandPolicy, ComponentPolicy, ContextPolicy,
    EnvironmentPolicy, Exemption, FurtherEvidencePolicy, GatePolicy, GitHubPolicy,
    HealthCheckPolicy, HistoryPolicy, HookMoment, HookPolicy, Inconclusive, LevelPolicy, LogLevel,
    Logging, MonitoringPolicy, Observability, OnHookFailure, Policy, ProbePolicy, PromotionPolicy,
    PythonPolicy, ReportFormat, ReportPolicy, RequiredValue, ReviewPolicy, StagePolicy, SuiteName,
    SuitePolicy, SuiteTests, ToolchainPolicy, TypeChecker, UptimePolicy, UptimeSource,
};
pub use problem::{ConfigError, Problem};
pub use schema::{SCHEMA, schema};
pub use settings::Settings;
pub use show::{check, show};

pub use crate::model::TrackedMetric;
