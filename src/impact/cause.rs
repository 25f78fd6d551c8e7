//! Why a component is judged.

use super::paths::Touched;
use serde::Serialize;

/// What about a component makes it worth judging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// It was named.
    AskedFor,
    /// All components are judged.
    Everything,
    /// Its sources changed.
    Sources,
    /// Its tests changed.
    Tests,
    /// Its specification changed.
    Specification,
    /// A component that it depends on changed.
    Dependency,
    /// The configuration changed.
    Configuration,
    /// A file changed that concerns every component.
    SharedPath,
    /// Its parts cannot be found, so that nobody can say that they are unchanged.
    Unclear,
}

/// Why a component is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What about it.
    pub kind: CauseKind,
    /// The whole sentence, for people. Names of files stand in it as they are.
    pub message: String,
    /// The first of the files that changed, where it is about files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// How many files changed, where it is about files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
}

impl Cause {
    /// A cause that no file shows.
    #[must_use]
    pub fn new(kind: CauseKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            file: None,
            files: None,
        }
    }

    /// A cause that files show; `what` says what they are: `its tests changed`.
    pub(super) fn of_files(kind: CauseKind, what: &str, touched: &Touched) -> Self {
        let more = match touched.count.saturating_sub(1) {
            0 => String::new(),
            1 => " and 1 more file".to_owned(),
            more => format!(" and {more} more files"),
        };
        Self {
            kind,
            message: format!("{what}: {}{more}", touched.first),
            file: Some(touched.first.clone()),
            files: Some(touched.count),
        }
    }
}
