//! How git is called.

use crate::process::{CommandLine, EndedBy, Finished, Limits, Processes, StartError};
use std::{path::Path, time::Duration};
use tokio_util::sync::CancellationToken;

/// How long git may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How much of git's own complaints is kept, in bytes.
const MAX_COMPLAINT: usize = 4 * 1024;

/// Variables that point git at another repository, index or program. Most are set while a hook
/// runs (`git rev-parse --local-env-vars`).
pub(super) const MISLEADING: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// A git that asks nobody and pages nothing.
pub(super) fn git(folder: &Path) -> CommandLine {
    let mut command = CommandLine::new("git", folder)
        .arg("--no-pager")
        // Never takes the lock of the index, which a person may need at this moment.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C");
    for name in MISLEADING {
        command = command.env_remove(*name);
    }
    command
}

/// Why git gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Git refused, crashed, or was ended.
    #[error("git {command} {said}")]
    Refused {
        /// The subcommand.
        command: String,
        /// How it ended and what it said.
        said: String,
        /// Its exit status, where it ended by itself.
        status: Option<i32>,
    },
    /// The answer is too long to be kept.
    #[error("git {command} gave {found} bytes, at most {limit} are read")]
    TooLong {
        /// The subcommand.
        command: String,
        /// How long the answer is, in bytes.
        found: u64,
        /// How much is read, in bytes.
        limit: usize,
    },
}

impl GitError {
    /// The exit status of a git that ended by itself.
    pub(super) const fn status(&self) -> Option<i32> {
        match self {
            Self::Refused { status, .. } => *status,
            Self::Start(_) | Self::TooLong { .. } => None,
        }
    }

    /// Whether git refused because there is no repository.
    #[must_use]
    pub fn is_without_repository(&self) -> bool {
        match self {
            Self::Refused { said, .. } => said.contains("not a git repository"),
            Self::Start(_) | Self::TooLong { .. } => false,
        }
    }
}

/// What git answers in a folder, whole or not at all. The first argument is the subcommand.
pub(super) async fn answer(
    processes: &Processes,
    folder: &Path,
    arguments: &[&str],
    limit: usize,
    cancel: &CancellationToken,
) -> Result<Vec<u8>, GitError> {
    answer_of(processes, git(folder), arguments, limit, cancel).await
}

/// The same for a git that was given more than a folder.
pub(super) async fn answer_of(
    processes: &Processes,
    git: CommandLine,
    arguments: &[&str],
    limit: usize,
    cancel: &CancellationToken,
) -> Result<Vec<u8>, GitError> {
    let subcommand = || arguments.first().copied().unwrap_or_default().to_owned();
    let line = git
        // It names a program that git starts to learn which files changed.
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments.iter().copied());
    let finished = processes.run(&line, &limits(limit), cancel).await?;
    if finished.ended_by != EndedBy::Exit || finished.status != Some(0) {
        let has_ended = finished.ended_by == EndedBy::Exit;
        return Err(GitError::Refused {
            command: subcommand(),
            said: complaint(&finished),
            status: finished.status.filter(|_| has_ended),
        });
    }
    if finished.stdout.is_cut() {
        return Err(GitError::TooLong {
            command: subcommand(),
            found: finished.stdout.total(),
            limit,
        });
    }
    Ok(finished.stdout.bytes())
}

/// Paths that git leaves out, as it matches paths.
pub(super) fn excluded(patterns: &[String]) -> Vec<String> {
    let patterns = patterns.iter();
    patterns
        .map(|pattern| format!(":(exclude,glob){pattern}"))
        .collect()
}

/// What git may use.
pub(super) const fn limits(max_stdout: usize) -> Limits {
    Limits {
        timeout: TIMEOUT,
        max_stdout,
        max_stderr: MAX_COMPLAINT,
    }
}

/// What git said when it gave no answer.
pub(super) fn complaint(finished: &Finished) -> String {
    let said = finished.stderr.text_lossy();
    let first = said.lines().next().unwrap_or("nothing").to_owned();
    match (finished.ended_by, finished.status) {
        (EndedBy::Timeout, _) => format!("did not end within {} s", TIMEOUT.as_secs()),
        (EndedBy::Cancelled, _) => "was cancelled".to_owned(),
        (EndedBy::Exit, Some(status)) => format!("ended with {status} and said {first:?}"),
        (EndedBy::Exit, None) => format!("was ended by a signal and said {first:?}"),
    }
}
