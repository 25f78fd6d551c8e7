//! What the sources say about themselves: functions and public items, README and usage example,
//! instruction files for AI agents.
//!
//! Reads files of the workspace and nothing else: starts no process, writes nothing, judges nothing.
//! A file that cannot be read is a finding, never a silent gap.

mod documents;
mod files;
mod instructions;
mod markup;
pub mod python;

pub use documents::documents;
pub use files::SourceError;
pub use instructions::instructions;
