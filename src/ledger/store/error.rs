//! Why the ledger cannot be read or written, or a turn not be had.

use crate::git::{BranchError, GitError};
use crate::ledger::By;
use crate::model::{ComponentName, EnvironmentName};
use jiff::Timestamp;
use std::{io, path::PathBuf, time::Duration};

/// Why the ledger cannot be read or written. Without it nothing is known about deployments, so that
/// nothing may be deployed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A file or folder cannot be used.
    #[error("cannot use the ledger: {doing} {}: {source}", .path.display())]
    Io {
        /// What was being done, such as `reading`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A line is no record.
    #[error(
        "cannot read the ledger: {file}:{line}: found {found:?}, expected a record ({problem}); restore the file from a copy, or read it with a version of spec2prod that knows this record"
    )]
    Unreadable {
        /// The file, after the branch where it is on one.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
        /// How the line begins.
        found: String,
    },
    /// A file is larger than is read.
    #[error(
        "cannot read the ledger: {file} has {found} bytes, at most {limit} are read; move it away and begin a new one, which begins without a memory of deployments"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// Its size, in bytes.
        found: u64,
        /// How much is read, in bytes.
        limit: u64,
    },
    /// A record is longer than a line may be.
    #[error(
        "cannot write the ledger: the record has {found} bytes, at most {limit} are written; let the commands give back less"
    )]
    TooLong {
        /// Its size, in bytes.
        found: usize,
        /// How long it may be, in bytes.
        limit: usize,
    },
    /// A record cannot be written as JSON.
    #[error("cannot write the ledger: a record as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The files are part of the commit, so that whoever changes the repository could forge them.
    #[error(
        "cannot trust the ledger: {file} is tracked by git, so that a commit can change what was deployed; take it out of the repository (`git rm --cached`), add {directory} to .gitignore, and set `history.branch` to share the ledger between machines"
    )]
    Tracked {
        /// The first of the files.
        file: String,
        /// The ledger's folder.
        directory: String,
    },
    /// It cannot be said whether the files are part of the commit.
    #[error("cannot trust the ledger: whether git tracks {directory} cannot be said: {error}")]
    MaybeTracked {
        /// The ledger's folder.
        directory: String,
        /// What git said.
        error: GitError,
    },
    /// The branch cannot be read or written.
    #[error("cannot use the ledger: {0}")]
    Branch(#[from] BranchError),
    /// Others wrote to the branch again and again.
    #[error(
        "cannot write the ledger: branch {branch:?} was changed by other runs {tries} times in a row; start again when fewer of them are at work"
    )]
    Contended {
        /// The branch.
        branch: String,
        /// How often it was tried.
        tries: u32,
    },
    /// Another run wrote about the same component and environment.
    #[error(
        "cannot write the ledger: while this run was at work on {component} in {environment}, {} wrote to its ledger; nothing was written by this run: start it again", who(.by)
    )]
    Overtaken {
        /// The component.
        component: ComponentName,
        /// The environment.
        environment: EnvironmentName,
        /// Who wrote.
        by: By,
    },
}

/// Why there is no turn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TurnError {
    /// Another run is at work there.
    #[error(transparent)]
    Busy(#[from] Box<Busy>),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// This run was cancelled while it waited.
    #[error("cancelled while waiting for another run to end")]
    Cancelled,
}

/// Another run is at work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct Busy {
    /// The component.
    pub component: ComponentName,
    /// The environment.
    pub environment: EnvironmentName,
    /// Who is at work, where known.
    pub by: Option<By>,
    /// Since when, where known.
    pub since: Option<Timestamp>,
    /// Until when it may be at work on another machine.
    pub lease_until: Option<Timestamp>,
    /// How long was waited for it.
    pub patience: Duration,
}

impl Busy {
    fn text(&self) -> String {
        let by = self.by.as_ref().map_or("another run".to_owned(), who);
        let since = self.since.map(|since| format!(" since {since:.0}"));
        let lease = self.lease_until.map(|until| {
            format!(
                "; if it was killed on another machine, the environment is free after {until:.0}"
            )
        });
        format!(
            "{by} is at work on {} in {}{} and did not end within {} s: start again when it has ended{}",
            self.component,
            self.environment,
            since.unwrap_or_default(),
            self.patience.as_secs(),
            lease.unwrap_or_default(),
        )
    }
}

fn who(by: &By) -> String {
    let actor = by.actor.as_ref().map(|actor| format!(" of {actor}"));
    let url = by.url.as_ref().map(|url| format!(" ({url})"));
    format!(
        "run {}{}{}",
        by.run,
        actor.unwrap_or_default(),
        url.unwrap_or_default()
    )
}

/// An error about a file of this machine.
pub(super) fn io_error(
    doing: &'static str,
    path: &std::path::Path,
) -> impl Fn(io::Error) -> LedgerError {
    let path = path.to_owned();
    move |source| LedgerError::Io {
        doing,
        path: path.clone(),
        source,
    }
}
