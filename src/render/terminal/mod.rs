//! The result of a run for a person at a terminal, or reading the log of a CI job.
//!
//! Top to bottom as a person acts on it: every stage with its gates, then what else happened, then
//! what blocks, then the summary, so that the last lines on the screen say how it ended.

mod answers;
mod deployment;
mod lines;
mod overall;
mod questions;
mod stages;
mod status;
mod summary;

pub use answers::{evidence, gates, specification};
pub use deployment::{
    deployment, deployment_ended, deployment_started, phase_ended, phase_started,
};
pub use overall::summary;
pub use status::status;

use crate::model::Report;
use lines::Lines;

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are used.
    pub color: bool,
    /// The width of the terminal, in characters. Messages are cut or broken there; commands are
    /// not, since they are for copying.
    pub width: usize,
}

impl Default for Style {
    /// No colours, 100 characters.
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
        }
    }
}

/// The result of a run. `report_file` is where the report was written, if it could be.
#[must_use]
pub fn result(report: &Report, report_file: Option<&str>, style: Style) -> String {
    let mut lines = Lines::new(style);
    stages::write(report, &mut lines);
    summary::write_events(report, &mut lines);
    summary::write_excused(report, &mut lines);
    summary::write_blockers(report, &mut lines);
    summary::write_summary(report, report_file, &mut lines);
    lines.into_text()
}

#[cfg(test)]
mod tests;
