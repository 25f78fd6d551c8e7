//! A remark at a line of a file, as a code host shows it beside the source.

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnnotationLevel {
    /// Something that blocks.
    Failure,
    /// Something that deserves a look.
    Warning,
    /// For information.
    Notice,
}

/// A remark at a line of a file, or about the run as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// How loud it is.
    pub level: AnnotationLevel,
    /// The file, relative to the repository's root, with `/` as separator; `None` for a remark about
    /// the run as a whole.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The column, counted from 1.
    pub column: Option<u32>,
    /// What it is about, in a few words: `linting: F401`.
    pub title: String,
    /// What is to be said.
    pub message: String,
}
