//! Where a Prometheus server is, as the configuration says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Prometheus server. Set anew, it replaces as a whole, so that a token goes to no other server
/// than the one that it is written beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prometheus {
    /// Its address, without `/api/v1`.
    #[schemars(length(min = 1, max = 2000))]
    pub url: String,
    /// The environment variable with a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_env: Option<String>,
}
