//! The log of a run.

use std::path::PathBuf;

/// Logging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// `DEBUG`, `INFO`, `WARNING` or `ERROR`.
    pub level: LogLevel,
    /// Python's `logging` format: `%(asctime)s`, `%(name)s`, `%(levelname)s`, `%(message)s`.
    pub format: String,
    /// The log file, relative to the workspace; `None` for none.
    pub file: Option<PathBuf>,
    /// Whether the log also goes to standard error.
    pub console: bool,
}

/// A log level by Python's names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// What happens.
    Info,
    /// What deserves a look.
    Warning,
    /// What went wrong.
    Error,
    /// The same as `ERROR`.
    Critical,
}
