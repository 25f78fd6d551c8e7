//! GitHub: what it says about the run, and the ways in which results are shown there.
//!
//! | part | is about |
//! |---|---|
//! | `event` | what started the run, on which commit, for which pull request |
//! | `commands` | annotations in the log, as workflow commands |
//! | `files` | the job's summary and the outputs of the step |
//! | `api` | the REST API: check runs, the comment, what must be read for them |

pub mod api;
mod commands;
mod event;
mod files;

#[cfg(test)]
mod tests;

pub use api::Repository;
pub use commands::annotation_commands;
pub use event::{Event, EventError, Head, PullRequest, RunReference, Variables};
pub use files::{Outputs, append_outputs, append_summary};
