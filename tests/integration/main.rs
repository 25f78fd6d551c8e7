//! Runs the real binary as its users do. One file a feature.

mod architecture;
mod auto_fix;
mod bad_input;
mod commands;
mod recovery;
mod run;
mod rust_source;
mod support;
