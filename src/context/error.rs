//! What can go wrong with a session. None of it stops a run.

use std::{io, path::PathBuf};

/// Why a session cannot be read, continued or written. The file is left as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContextError {
    /// The text is no session id. It becomes a file name, so paths are refused.
    #[error(
        "session id {0:?} is not valid; expected 1 to {max} ASCII letters, digits, `_`, `-` or `.`, starting with a letter or digit, without `..`, such as calculator-workflow-2025-10-20",
        max = super::session::MAX_ID_LENGTH
    )]
    InvalidId(String),
    /// An importance outside 0 to 1.
    #[error("importance {0} of a message is not valid; expected a number from 0 to 1")]
    InvalidImportance(f64),
    /// There is no such session.
    #[error("session {id} not found in {}; `spec2prod context list` shows what is there", .dir.display())]
    NotFound {
        /// The id.
        id: String,
        /// The folder of the sessions.
        dir: PathBuf,
    },
    /// Reading or writing failed.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        /// What was being done, such as `reading the session`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is not JSON, or not a session.
    #[error("{} is not a context session: {problem}; move it away to begin a new one", .path.display())]
    NotASession {
        /// The file.
        path: PathBuf,
        /// What was found and what was expected.
        problem: String,
    },
    /// The file is, or would become, larger than a session may be.
    #[error(
        "the session {} has {bytes} bytes, more than the {limit} that are read; move it away to begin a new one",
        .path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The largest size.
        limit: u64,
    },
}
