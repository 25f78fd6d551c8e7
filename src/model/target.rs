//! How far a run should take a component.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How far this run should take the component. Ordered: `dev` < `staging` < `production`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Development: no deployment stage.
    Dev,
    /// Up to and including the staging deployment.
    Staging,
    /// Up to and including the production deployment.
    Production,
}

impl Target {
    /// All targets in the order of promotion.
    pub const ALL: [Self; 3] = [Self::Dev, Self::Staging, Self::Production];

    /// The word used on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Target {
    type Err = String;

    /// Accepts the three words, `development` and `prod`, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "dev" | "development" => Ok(Self::Dev),
            "staging" => Ok(Self::Staging),
            "prod" | "production" => Ok(Self::Production),
            _ => Err(format!(
                "expected dev, staging or production, found {text:?}"
            )),
        }
    }
}
