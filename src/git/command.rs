//! How git is called.

use crate::process::{CommandLine, EndedBy, Finished, Limits};
use std::{path::Path, time::Duration};

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
