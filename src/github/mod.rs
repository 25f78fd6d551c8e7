//! GitHub: what it says about the run, and the ways in which results are shown there.
//!
//! | part | is about |
//! |---|---|
//! | `event` | what started the run, on which commit, for which pull request |
//! | `commands` | annotations in the log, as workflow commands |
//! | `files` | the job's summary and the outputs of the step |

mod commands;
mod event;
mod files;

pub use commands::annotation_commands;
pub use event::{Event, EventError, PullRequest, Repository, RunReference, Variables};
pub use files::{Outputs, append_outputs, append_summary};

#[cfg(test)]
mod tests;
