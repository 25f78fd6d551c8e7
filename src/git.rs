//! What git knows about the workspace, and patches that git applies.
//!
//! The repository may be hostile: nothing that its configuration names is executed as far as git
//! lets that be said, branch names are data, and variables that point git elsewhere are taken out.

use crate::{
    model::SourceIdentity,
    process::{CommandLine, EndedBy, Finished, Limits, Processes, StartError},
};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How long git may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How much of a list of changed files is kept, in bytes. One entry is enough to know that there
/// are changes.
const MAX_STATUS: usize = 64 * 1024;
/// How large a patch may be, in bytes.
const MAX_PATCH: usize = 16 * 1024 * 1024;
/// How much of git's own complaints is kept, in bytes.
const MAX_COMPLAINT: usize = 4 * 1024;

/// Variables that point git at another repository, index, configuration or program. Those of
/// `git rev-parse --local-env-vars` are set while a hook runs.
const MISLEADING: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
];

/// Why there is no patch.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// Git could not be started.
    #[error("cannot make a patch: {0}")]
    Start(#[from] StartError),
    /// A folder or a link to it is not what it should be.
    #[error("cannot make a patch: {path:?}: {error}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Git refused, crashed, or was ended.
    #[error("cannot make a patch: git diff {0}")]
    Git(String),
    /// The patch is too large to be kept.
    #[error("cannot make a patch: it has {0} bytes, the limit is {MAX_PATCH}")]
    TooLarge(u64),
}

/// What source a verdict about this workspace is about, from one `git status`.
///
/// Nothing is known where git is missing, refuses, takes longer than a minute, or the workspace is
/// no repository. Untracked files that are not ignored count as local changes; files of the
/// repository outside the workspace do not.
pub async fn identity(
    processes: &Processes,
    workspace: &Path,
    cancel: &CancellationToken,
) -> SourceIdentity {
    // `core.fsmonitor` names a program that `git status` starts.
    let command = git(workspace)
        .args(["-c", "core.fsmonitor=false"])
        .args(["status", "--porcelain=v2", "--branch", "-z"])
        .args(["--untracked-files=normal", "--no-renames", "--", "."]);
    match processes.run(&command, &limits(MAX_STATUS), cancel).await {
        Ok(finished) if finished.ended_by == EndedBy::Exit && finished.status == Some(0) => {
            parse_status(&finished.stdout.bytes())
        }
        Ok(finished) => {
            tracing::debug!(reason = complaint(&finished), "git status gave nothing");
            SourceIdentity::default()
        }
        Err(error) => {
            tracing::debug!(%error, "git status gave nothing");
            SourceIdentity::default()
        }
    }
}

/// The changes between two folders as a patch that `git apply` accepts, with paths relative to the
/// folders; empty when there are none. Files that are not UTF-8 are in it as binary changes.
///
/// # Errors
///
/// When a folder is missing, git is missing, or the patch is larger than 16 MiB.
pub async fn patch(
    processes: &Processes,
    before: &Path,
    after: &Path,
    cancel: &CancellationToken,
) -> Result<String, PatchError> {
    // The names of two folders become the first parts of the paths in the patch, so they are given
    // the names that `git apply` strips: `a` and `b`.
    let names = tempfile::tempdir().map_err(|error| PatchError::Folder {
        path: std::env::temp_dir(),
        error,
    })?;
    for (folder, name) in [(before, "a"), (after, "b")] {
        link(folder, &names.path().join(name)).map_err(|error| PatchError::Folder {
            path: folder.to_owned(),
            error,
        })?;
    }
    let attributes = names.path().join("attributes");
    let text = diff(processes, names.path(), "", cancel).await?;
    let bytes = match String::from_utf8(text) {
        Ok(patch) => return Ok(patch),
        // Told that every file is binary, git writes ASCII only.
        Err(_) => {
            std::fs::write(&attributes, "* -diff\n").map_err(|error| PatchError::Folder {
                path: attributes.clone(),
                error,
            })?;
            let attributes = attributes.to_string_lossy();
            diff(processes, names.path(), &attributes, cancel).await?
        }
    };
    String::from_utf8(bytes)
        .map_err(|_| PatchError::Git("gave a patch that is not UTF-8".to_owned()))
}

async fn diff(
    processes: &Processes,
    folder: &Path,
    attributes: &str,
    cancel: &CancellationToken,
) -> Result<Vec<u8>, PatchError> {
    // Neither a repository around the folder nor a configuration has a say, so that the patch is
    // the same everywhere; line endings stay as they are.
    let ceiling = folder.parent().unwrap_or(folder);
    let command = git(folder)
        .env("GIT_CEILING_DIRECTORIES", ceiling.to_string_lossy())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", null_device())
        .env("GIT_ATTR_NOSYSTEM", "1")
        .args(["-c", &format!("core.attributesFile={attributes}")])
        .args(["diff", "--no-index", "--no-color", "--no-ext-diff"])
        .args(["--no-textconv", "--no-renames", "--binary", "--no-prefix"])
        .args(["--", "a/", "b/"]);
    let finished = processes.run(&command, &limits(MAX_PATCH), cancel).await?;
    if finished.stdout.is_cut() {
        return Err(PatchError::TooLarge(finished.stdout.total()));
    }
    // 1 stands for differences, and also for some errors, which print no differences.
    let is_answered = match finished.status {
        Some(0) => true,
        Some(1) => finished.stdout.total() > 0,
        _ => false,
    };
    if finished.ended_by == EndedBy::Exit && is_answered {
        Ok(finished.stdout.bytes())
    } else {
        Err(PatchError::Git(complaint(&finished)))
    }
}

fn git(folder: &Path) -> CommandLine {
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

const fn limits(max_stdout: usize) -> Limits {
    Limits {
        timeout: TIMEOUT,
        max_stdout,
        max_stderr: MAX_COMPLAINT,
    }
}

/// What git said when it gave no answer.
fn complaint(finished: &Finished) -> String {
    let said = finished.stderr.text_lossy();
    let first = said.lines().next().unwrap_or("nothing").to_owned();
    match (finished.ended_by, finished.status) {
        (EndedBy::Timeout, _) => format!("did not end within {} s", TIMEOUT.as_secs()),
        (EndedBy::Cancelled, _) => "was cancelled".to_owned(),
        (EndedBy::Exit, Some(status)) => format!("ended with {status} and said {first:?}"),
        (EndedBy::Exit, None) => format!("was ended by a signal and said {first:?}"),
    }
}

/// Reads `git status --porcelain=v2 --branch -z`,
/// <https://git-scm.com/docs/git-status#_porcelain_format_version_2>.
fn parse_status(output: &[u8]) -> SourceIdentity {
    let mut identity = SourceIdentity::default();
    for entry in output.split(|&byte| byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        if let Some(header) = entry.strip_prefix("# ") {
            match header.split_once(' ') {
                Some(("branch.oid", commit)) if is_commit(commit) => {
                    identity.commit = Some(commit.to_owned());
                }
                Some(("branch.head", branch)) if branch != "(detached)" => {
                    identity.branch = Some(branch.to_owned());
                }
                _ => {}
            }
        } else if !entry.is_empty() {
            identity.has_local_changes = true;
        }
    }
    identity
}

/// A hash of SHA-1 or SHA-256; before the first commit git writes `(initial)`.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn link(folder: &Path, name: &Path) -> io::Result<()> {
    let folder = folder.canonicalize()?;
    if !folder.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    #[cfg(unix)]
    return std::os::unix::fs::symlink(folder, name);
    #[cfg(windows)]
    return std::os::windows::fs::symlink_dir(folder, name);
    #[cfg(not(any(unix, windows)))]
    return Err(io::Error::from(io::ErrorKind::Unsupported));
}

const fn null_device() -> &'static str {
    if cfg!(windows) { "NUL" } else { "/dev/null" }
}
