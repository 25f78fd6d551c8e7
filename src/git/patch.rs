//! The changes between two folders.

use super::command::{complaint, git, limits};
use crate::process::{EndedBy, Processes, StartError};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio_util::sync::CancellationToken;

/// How large a patch may be, in bytes.
const MAX_PATCH: usize = 16 * 1024 * 1024;

/// Why there is no patch.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// Git could not be started.
    #[error("cannot make a patch: {0}")]
    Start(StartError),
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
        .env_remove("GIT_CONFIG_COUNT")
        .env_remove("GIT_CONFIG_PARAMETERS")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", null_device())
        .env("GIT_ATTR_NOSYSTEM", "1")
        .args(["-c", &format!("core.attributesFile={attributes}")])
        .args(["diff", "--no-index", "--no-color", "--no-ext-diff"])
        .args(["--no-textconv", "--no-renames", "--binary", "--no-prefix"])
        .args(["--", "a/", "b/"]);
    let finished = processes
        .run(&command, &limits(MAX_PATCH), cancel)
        .await
        .map_err(PatchError::Start)?;
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
