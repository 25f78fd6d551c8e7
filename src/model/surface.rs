//! Where results are shown on GitHub.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A place on GitHub where results are shown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// The summary of the job. Needs no token.
    Summary,
    /// Remarks at lines of files, through the log. Needs no token.
    Annotations,
    /// Check runs of the commit. Needs `checks: write`.
    Checks,
    /// One comment on the pull request. Needs `pull-requests: write`.
    Comment,
    /// Deployments and their statuses, where something is deployed. Needs `deployments: write`.
    Deployments,
}

impl Surface {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Summary,
        Self::Annotations,
        Self::Checks,
        Self::Comment,
        Self::Deployments,
    ];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Annotations => "annotations",
            Self::Checks => "checks",
            Self::Comment => "comment",
            Self::Deployments => "deployments",
        }
    }
}

/// A text that names no surface.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no surface {0:?}; expected summary, annotations, checks, comment or deployments")]
pub struct UnknownSurface(String);

impl FromStr for Surface {
    type Err = UnknownSurface;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|surface| surface.as_str() == text)
            .ok_or_else(|| UnknownSurface(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
