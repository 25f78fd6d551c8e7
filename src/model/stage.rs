//! The steps of the workflow.

use super::Target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A step of the workflow, in the order in which the stages are judged.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Is the specification complete, unambiguous and free of conflicts?
    Specification,
    /// Does an implementation exist? Off by default.
    Implementation,
    /// Are the tools there, in the right versions?
    DependencyCheck,
    /// Do all tests pass, is coverage high enough?
    Testing,
    /// Lint, format, types, secrets, vulnerabilities, complexity, documentation.
    Refactoring,
    /// Are all dev→staging criteria met; deploy to staging.
    StagingDeployment,
    /// Are all staging→production criteria met; deploy to production.
    ProductionDeployment,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Self; 7] = [
        Self::Specification,
        Self::Implementation,
        Self::DependencyCheck,
        Self::Testing,
        Self::Refactoring,
        Self::StagingDeployment,
        Self::ProductionDeployment,
    ];

    /// The key of the stage in the configuration and in the report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Specification => "specification",
            Self::Implementation => "implementation",
            Self::DependencyCheck => "dependency_check",
            Self::Testing => "testing",
            Self::Refactoring => "refactoring",
            Self::StagingDeployment => "staging_deployment",
            Self::ProductionDeployment => "production_deployment",
        }
    }

    /// The least ambitious target whose run includes this stage.
    #[must_use]
    pub const fn first_target(self) -> Target {
        match self {
            Self::StagingDeployment => Target::Staging,
            Self::ProductionDeployment => Target::Production,
            _ => Target::Dev,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
