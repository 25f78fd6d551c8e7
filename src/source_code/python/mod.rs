//! Python sources: every function with its complexity, and the public interface.
//!
//! Reads the sources with tree-sitter; no Python is started. The grammar is that of Python 3.14,
//! with two known gaps: a `.` at the end of a line inside parentheses whose next line is indented
//! less than the first one, and what later versions of Python may bring. Both are syntax errors
//! here, which block and never pass.

mod facts;
mod functions;
mod interface;
mod syntax;

pub use facts::{facts, files};

#[cfg(test)]
mod tests;
