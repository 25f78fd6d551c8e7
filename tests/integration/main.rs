//! Runs the real binary as its users do. One file a feature.

#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests start the program like its users, and fail by panicking, also in their helpers"
)]

mod action;
mod actions;
mod approval;
mod architecture;
mod auto_fix;
mod bad_input;
mod command_toolchain;
mod commands;
mod dashboard;
mod deployment;
mod documentation;
mod fake_github;
mod github;
mod init;
mod interruption;
mod keys;
mod library;
mod links;
mod log;
mod maturity;
mod planning;
mod policy;
mod python;
mod recovery;
mod report;
mod run;
mod rust_source;
mod schemas;
mod support;
