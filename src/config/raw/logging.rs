//! `logging`: the log of a run.

use crate::config::LogLevel;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The log of a run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Logging {
    /// The least severe messages that are logged.
    pub(in crate::config) level: LogLevel,
    /// Each line, with the placeholders `%(asctime)s`, `%(name)s`, `%(levelname)s` and
    /// `%(message)s`.
    pub(in crate::config) format: String,
    /// The log file, relative to the workspace. Without it, none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) file: Option<String>,
    /// Whether the log also goes to standard error.
    pub(in crate::config) console: bool,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            level: LogLevel::Info,
            format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s".to_owned(),
            file: None,
            console: false,
        }
    }
}
