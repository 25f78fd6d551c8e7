//! `github`: what is shown on GitHub.

use crate::model::Surface;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is shown on GitHub. Has an effect only in GitHub Actions.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct GitHub {
    /// Where results are shown. The action's input `surfaces` goes before it.
    pub(in crate::config) surfaces: Vec<Surface>,
    /// Whether every gate has a check run of its own beside the component's.
    pub(in crate::config) check_per_gate: bool,
}

impl Default for GitHub {
    fn default() -> Self {
        Self {
            surfaces: Surface::ALL.to_vec(),
            check_per_gate: false,
        }
    }
}
