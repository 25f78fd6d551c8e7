//! Why a report could not be read.

use super::{Format, MAX_REPORT_BYTES, text};
use std::{fmt, io, path::PathBuf};

/// Why a report could not be read. Never holds more of the report than an excerpt.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The file could not be read.
    #[error("cannot read the report {}: {source}", path.display())]
    Unreadable {
        /// The report.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The report is larger than [`MAX_REPORT_BYTES`].
    #[error(
        "the report{} is too large: expected at most {MAX_REPORT_BYTES} bytes, found {size}; \
         split the tool's run or have it write less",
        path.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default()
    )]
    TooLarge {
        /// The report, where it is a file.
        path: Option<PathBuf>,
        /// Its size in bytes.
        size: u64,
    },
    /// The report has no content, which its format does not allow.
    #[error("the {} report is empty: expected {expected}, found nothing", format.title())]
    Empty {
        /// What was to be read.
        format: Format,
        /// What an empty report is missing.
        expected: String,
    },
    /// The report has something that its format does not allow.
    #[error("the {} report cannot be read, {place}: expected {expected}, found {found}", format.title())]
    Unexpected {
        /// What was to be read.
        format: Format,
        /// Where.
        place: Place,
        /// What the format has there.
        expected: String,
        /// What is there instead, in an excerpt.
        found: String,
    },
}

impl FormatError {
    /// Something that `format` does not allow; `found` is cut to an excerpt.
    pub(super) fn unexpected(
        format: Format,
        place: Place,
        expected: impl Into<String>,
        found: impl AsRef<str>,
    ) -> Self {
        Self::Unexpected {
            format,
            place,
            expected: expected.into(),
            found: text::excerpt(found.as_ref()),
        }
    }
}

/// A place in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Line and column, both counted from 1; the column in bytes.
    Line(u64, u64),
    /// Something named by the way to it: `runs[0].results[3].level`.
    Path(String),
}

impl Place {
    /// The place of a byte of `text`.
    pub(super) fn of_offset(text: &str, offset: usize) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let column = before
            .iter()
            .rev()
            .take_while(|byte| **byte != b'\n')
            .count() as u64
            + 1;
        Self::Line(line, column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line, column) => write!(f, "line {line} column {column}"),
            Self::Path(path) => f.write_str(path),
        }
    }
}
