//! `history`: where the ledger of deployments is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the ledger of deployments is kept.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct History {
    /// The folder, relative to the workspace.
    pub(in crate::config) directory: String,
    /// A branch that keeps it between machines. Without it, none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) branch: Option<String>,
    /// The remote of the branch.
    pub(in crate::config) remote: String,
}

impl Default for History {
    fn default() -> Self {
        Self {
            directory: ".spec2prod/history".to_owned(),
            branch: None,
            remote: "origin".to_owned(),
        }
    }
}
