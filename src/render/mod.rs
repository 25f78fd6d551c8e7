//! The report as text: pure functions from [`crate::model::Report`], or the status of a component, to a
//! string.
//!
//! | renderer | reader |
//! |---|---|
//! | [`json`] | programs: `workflow_report_<component>.json` and its schema |
//! | [`terminal`] | a person at a terminal, and the log of a CI job |
//! | [`markdown`] | a person on GitHub: job summary, check run, comment; `MATURITY.md` |
//! | [`dashboard`] | a person in a browser: `workflow_dashboard_<component>.html` |
//!
//! Nothing here reads a file, knows the clock or decides a verdict. Names, messages and output of
//! tools are written by strangers: every renderer sends them through [`text::plain`] and its own
//! escaping.

mod age;
mod annotations;
mod blockers;
pub mod dashboard;
mod deployment;
mod excused;
pub mod json;
pub mod markdown;
mod maturity;
mod rules;
pub mod terminal;
mod text;

pub use annotations::annotations;
pub use text::{plain, without_command};

#[cfg(test)]
pub(crate) mod samples;
