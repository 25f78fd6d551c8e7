//! Whether the instruction files for AI agents have valid front matter.

mod check;

pub use check::instructions;

#[cfg(test)]
mod tests;
