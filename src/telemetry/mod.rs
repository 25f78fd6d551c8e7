//! The log: events of [`tracing`] as lines in Python's `logging` format, to a file and to standard
//! error.
//!
//! Nothing here decides what is logged or reads the environment, and a log that cannot be written
//! stops nothing. Imports nothing of ours.

mod format;
mod log;

pub use format::{InvalidLogFormat, LogFormat};
pub use log::{LogSettings, TelemetryError, init};
