//! A component's Markdown specification: text → typed data, each item with its place, and what the
//! data lacks.
//!
//! Reads the forms in which people already write specifications and asks for no syntax of its own.
//! It judges the document only: nothing here knows whether the component does what is written.

mod check;
mod criteria;
mod dependencies;
mod document;
mod html;
mod inline;
mod metadata;
mod outline;
mod parse;
mod pattern;
mod prose;
mod read;
mod requirement_head;
mod requirements;
mod sections;
pub mod show;
mod source;
mod threshold_doubts;
mod threshold_words;
mod thresholds;
mod topic;
mod unresolved;

#[cfg(test)]
mod tests;

pub use check::{RULES, SpecPolicy, check, stricter};
pub use parse::parse;
pub use read::{MAX_SPEC_BYTES, SpecError, read};

/// The metadata that names the component, most telling first.
const COMPONENT_KEYS: &[&str] = &["component_id", "component", "component_name"];

/// The metadata that names the target.
const TARGET_KEYS: &[&str] = &["target_stage", "target"];
