//! The only door to child processes.
//!
//! A child is started from a program and its arguments, never through a shell, with a closed
//! standard input and an environment that holds no secrets of the run. It has a deadline, can be
//! cancelled, and whatever it started is gone when [`Processes::run`] returns, also what went its
//! own ways as a daemon. Its output is read to the end and kept up to a limit.
//!
//! Nothing here knows which tools exist or what their output means.

mod captured;
mod command_line;
mod environment;
mod members;
mod pipe;
mod run;
mod start;
mod tree;

#[cfg(test)]
mod tests;

pub use captured::Captured;
pub use command_line::CommandLine;
pub use environment::Environment;
pub use run::{EndedBy, Finished, Limits, Processes};
pub use start::StartError;
pub use tree::kill_all;
