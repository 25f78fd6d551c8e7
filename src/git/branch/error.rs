//! Why a branch cannot be read or written.

use crate::git::GitError;
use std::io;

/// Why a branch cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BranchError {
    /// No branch can have this name.
    #[error(
        "{0:?} is no name of a branch: letters, digits, `-`, `_`, `.` and single `/` between them are allowed"
    )]
    InvalidName(String),
    /// The remote gives no answer, or there is no repository.
    #[error(
        "cannot read branch {branch:?} of remote {remote:?}: {error}; check that the workspace is a git repository with this remote, that the remote can be reached, and that git has credentials for it (with actions/checkout: `persist-credentials: true`)"
    )]
    Read {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
        /// What git said.
        error: GitError,
    },
    /// The remote does not take it, or it could not be made.
    #[error(
        "cannot write branch {branch:?} of remote {remote:?}: {error}; check that git may push there (in GitHub Actions: `permissions: contents: write`, and `persist-credentials: true` of actions/checkout), and that no rule protects the branch"
    )]
    Write {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
        /// What git said.
        error: GitError,
    },
    /// What has this name is a link or a submodule.
    #[error("cannot read {path} of branch {branch:?}: it is not a file there")]
    NotAFile {
        /// The branch.
        branch: String,
        /// The path.
        path: String,
    },
    /// A temporary file cannot be written.
    #[error("cannot write a temporary file for a commit: {0}; check that there is space")]
    Scratch(io::Error),
}

/// What git says when trying again has no sense.
const LASTING: &[&str] = &[
    "Authentication failed",
    "Permission",
    "could not read Username",
    "could not read Password",
    "denied",
    "does not appear to be a git repository",
    "error: 401",
    "error: 403",
    "error: 404",
    "hook declined",
    "not a git repository",
    "not found",
    "protected branch",
    "was cancelled",
];

/// Whether the same would be said again.
pub(super) fn is_lasting(error: &GitError) -> bool {
    match error {
        GitError::Start(_) | GitError::TooLong { .. } => true,
        GitError::Refused { said, .. } => LASTING.iter().any(|cause| said.contains(cause)),
    }
}
