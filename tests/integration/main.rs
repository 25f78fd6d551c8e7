//! Runs the real binary as its users do. One file a feature.

mod architecture;
mod rust_source;
