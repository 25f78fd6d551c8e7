//! Where a Prometheus server is, as the configuration says it.

use super::{Reason, ReasonCode};
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

impl Prometheus {
    /// Its bearer token, from the environment variable that the configuration names.
    ///
    /// # Errors
    ///
    /// When there is no such variable, or nothing in it, as for a secret that GitHub does not know. The
    /// reason has this code.
    pub fn token(
        &self,
        code: ReasonCode,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<String>, Reason> {
        let Some(name) = &self.token_env else {
            return Ok(None);
        };
        match variable(name).filter(|token| !token.is_empty()) {
            Some(token) => Ok(Some(token)),
            None => Err(Reason::new(
                code,
                format!(
                    "Prometheus at {} wants the token in the environment variable {name}, which is not set or empty",
                    self.url
                ),
            )
            .remedy(format!(
                "set {name} for this run; in GitHub Actions, by the `env` of the step, from a secret"
            ))),
        }
    }
}
