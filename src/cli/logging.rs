//! The log of a command.

use super::output::line_to_stderr;
use crate::config::{LogLevel, Logging};
use crate::inside::inside;
use crate::telemetry::{self, LogFormat, LogSettings, TelemetryError};
use std::path::Path;

/// Starts the log, as the configuration says; gives what went wrong, which stops nothing.
pub(super) fn start(workspace: &Path, logging: &Logging) -> Option<String> {
    let format = match LogFormat::parse(&logging.format) {
        Ok(format) => format,
        Err(error) => return Some(error.to_string()),
    };
    let file = logging.file.as_ref().map(|file| {
        inside(workspace, file).map_err(|source| TelemetryError::File {
            path: workspace.join(file),
            source,
        })
    });
    let (file, problem) = match file.transpose() {
        Ok(file) => (file, None),
        Err(error) => (None, Some(error)),
    };
    let settings = LogSettings {
        level: match logging.level {
            LogLevel::Debug => tracing::Level::DEBUG,
            LogLevel::Info => tracing::Level::INFO,
            LogLevel::Warning => tracing::Level::WARN,
            LogLevel::Error | LogLevel::Critical => tracing::Level::ERROR,
        },
        format,
        file,
        console: logging.console.then_some(line_to_stderr as fn(&str)),
    };
    telemetry::init(&settings)
        .err()
        .or(problem)
        .map(|error| error.to_string())
}
