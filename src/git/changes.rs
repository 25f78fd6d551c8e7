//! Which files differ from where a line of work branched off.

use super::command::{GitError, answer, excluded};
use super::reference::{SHORT, commit_of};
use super::stored::{MAX_LIST, names};
use crate::model::is_full_hash;
use crate::process::Processes;
use std::{collections::BTreeSet, path::Path};
use tokio_util::sync::CancellationToken;

/// What a line of work changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The commit that was compared with, as a hash.
    pub base: String,
    /// The commit that is checked out, as a hash.
    pub head: String,
    /// Where the two branched off; several after merges in both directions.
    pub merge_bases: Vec<String>,
    /// The files that differ, relative to the workspace, with `/`: also those that are no longer
    /// there, so that a renamed file is here by both names. Bytes that are not UTF-8 become `�`.
    pub files: BTreeSet<String>,
}

/// Why it cannot be said what changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// There is no git, or no repository.
    #[error("cannot compare: {} is no git repository that can be read: {error}", .workspace)]
    NoRepository {
        /// The workspace.
        workspace: String,
        /// What git said.
        error: GitError,
    },
    /// Nothing was committed yet.
    #[error("cannot compare: there is no commit yet: {0}")]
    NoCommit(GitError),
    /// The base is not a commit that is here.
    #[error("cannot compare with {base:?}, which is no commit here: {error}; {}", remedy(*.is_shallow))]
    UnknownBase {
        /// What was asked for.
        base: String,
        /// Whether the history is cut off.
        is_shallow: bool,
        /// What git said.
        error: GitError,
    },
    /// The two have no common commit here.
    #[error("cannot compare with {base:?}: it has no commit in common with the one that is checked out; {}", remedy(*.is_shallow))]
    NoMergeBase {
        /// What was asked for.
        base: String,
        /// Whether the history is cut off.
        is_shallow: bool,
    },
    /// Git gave no answer.
    #[error("cannot compare: {0}")]
    Git(GitError),
}

const fn remedy(is_shallow: bool) -> &'static str {
    if is_shallow {
        "the history is cut off here: check out with `fetch-depth: 0`, or run `git fetch --unshallow`"
    } else {
        "fetch it first (with actions/checkout: `fetch-depth: 0`), or name another base"
    }
}

/// The files of the workspace that differ between the commit that is checked out and the one where
/// it branched off from `base`; with `has_local`, also those that differ from the commit now:
/// staged, not staged, and new files that are not ignored.
///
/// # Errors
///
/// When it cannot be said: no git, no repository, an unknown base, no common commit. An empty list
/// always means that nothing changed.
pub async fn changes(
    processes: &Processes,
    workspace: &Path,
    base: &str,
    has_local: bool,
    cancel: &CancellationToken,
) -> Result<Changes, ChangesError> {
    let place = Place::of(processes, workspace, cancel)
        .await
        .map_err(|error| ChangesError::NoRepository {
            workspace: workspace.display().to_string(),
            error,
        })?;
    let is_shallow = place.is_shallow;
    let head = commit_of(processes, workspace, "HEAD", cancel).await;
    let head = head.map_err(ChangesError::NoCommit)?;
    let found = commit_of(processes, workspace, base, cancel).await;
    let found = found.map_err(|error| ChangesError::UnknownBase {
        base: base.to_owned(),
        is_shallow,
        error,
    })?;
    let no_merge_base = || ChangesError::NoMergeBase {
        base: base.to_owned(),
        is_shallow,
    };
    let arguments = ["merge-base", "--all", &found, &head];
    let merge_bases = match answer(processes, workspace, &arguments, SHORT, cancel).await {
        Ok(bytes) => hashes(&bytes),
        // <https://git-scm.com/docs/git-merge-base#_description>: 1 where there is none.
        Err(error) if error.status() == Some(1) => return Err(no_merge_base()),
        Err(error) => return Err(ChangesError::Git(error)),
    };
    if merge_bases.is_empty() {
        return Err(no_merge_base());
    }
    let mut files = BTreeSet::new();
    for merge_base in &merge_bases {
        let differing = between(processes, workspace, merge_base, &head, cancel).await;
        files.extend(differing.map_err(ChangesError::Git)?);
    }
    if has_local {
        let differing = local(processes, workspace, &place.prefix, &[], cancel).await;
        files.extend(differing.map_err(ChangesError::Git)?);
    }
    Ok(Changes {
        base: found,
        head,
        merge_bases,
        files,
    })
}

/// The files of the workspace that differ from the commit that is checked out: staged, not staged, gone,
/// and new ones that are not ignored. Without those that `written` names, as git matches paths. Their
/// names are as in [`Changes::files`].
///
/// # Errors
///
/// When git gives no answer.
pub async fn local_files(
    processes: &Processes,
    workspace: &Path,
    written: &[String],
    cancel: &CancellationToken,
) -> Result<BTreeSet<String>, GitError> {
    let place = Place::of(processes, workspace, cancel).await?;
    let files = local(processes, workspace, &place.prefix, written, cancel).await?;
    Ok(files.into_iter().collect())
}

/// Where a workspace is in its repository.
struct Place {
    /// The workspace's folder in the repository, with `/` at the end; empty at the root.
    prefix: Vec<u8>,
    /// Whether the history is cut off.
    is_shallow: bool,
}

impl Place {
    async fn of(
        processes: &Processes,
        workspace: &Path,
        cancel: &CancellationToken,
    ) -> Result<Self, GitError> {
        let arguments = ["rev-parse", "--show-prefix", "--is-shallow-repository"];
        let bytes = answer(processes, workspace, &arguments, SHORT, cancel).await?;
        // Two lines; the name of a folder may have line breaks of its own.
        let lines = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let end = lines.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
        let (prefix, last) = lines.split_at(end);
        Ok(Self {
            prefix: prefix.to_vec(),
            is_shallow: last.ends_with(b"true"),
        })
    }
}

fn hashes(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().filter(|line| is_full_hash(line));
    lines.map(str::to_owned).collect()
}

/// The files that two commits have differently.
async fn between(
    processes: &Processes,
    workspace: &Path,
    before: &str,
    after: &str,
    cancel: &CancellationToken,
) -> Result<Vec<String>, GitError> {
    // Without renames, a file that moved is one that is gone and one that is new: both count.
    let arguments = [
        "diff-tree",
        "-r",
        "-z",
        "--name-only",
        "--no-renames",
        "--no-ext-diff",
        "--ignore-submodules=none",
        "--relative",
        before,
        after,
    ];
    let bytes = answer(processes, workspace, &arguments, MAX_LIST, cancel).await?;
    Ok(names(&bytes).collect())
}

/// The files that differ from the commit that is checked out.
async fn local(
    processes: &Processes,
    workspace: &Path,
    prefix: &[u8],
    written: &[String],
    cancel: &CancellationToken,
) -> Result<Vec<String>, GitError> {
    let without = excluded(written);
    let mut arguments = vec![
        "status",
        "--porcelain=v2",
        "-z",
        "--untracked-files=all",
        "--no-renames",
        "--ignore-submodules=none",
        "--",
        ".",
    ];
    arguments.extend(without.iter().map(String::as_str));
    let bytes = answer(processes, workspace, &arguments, MAX_LIST, cancel).await?;
    let entries = bytes.split(|&byte| byte == 0);
    let paths = entries.filter_map(path_of_status);
    let paths = paths.map(|path| path.strip_prefix(prefix).unwrap_or(path));
    // A repository inside of this one is told as a folder.
    let paths = paths.map(|path| path.strip_suffix(b"/").unwrap_or(path));
    let paths = paths.filter(|path| !path.is_empty());
    Ok(paths
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect())
}

/// The path of an entry, which stands behind a number of fields that depends on its kind
/// (<https://git-scm.com/docs/git-status#_changed_tracked_entries>).
fn path_of_status(entry: &[u8]) -> Option<&[u8]> {
    let fields = match entry.first()? {
        b'?' => 1,
        b'1' => 8,
        b'2' => 9,
        b'u' => 10,
        _ => return None,
    };
    entry.splitn(fields + 1, |&byte| byte == b' ').nth(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_entry_may_have_spaces() {
        let path = |entry: &str| {
            path_of_status(entry.as_bytes()).map(|path| String::from_utf8_lossy(path).into_owned())
        };
        assert_eq!(path("? a b.py").as_deref(), Some("a b.py"));
        let changed = "1 .M N... 100644 100644 100644 1111 2222 src/a b\nc.py";
        assert_eq!(path(changed).as_deref(), Some("src/a b\nc.py"));
        let unmerged = "u UU N... 100644 100644 100644 100644 1 2 3 x y";
        assert_eq!(path(unmerged).as_deref(), Some("x y"));
        assert_eq!(path("# branch.oid 1"), None);
        assert_eq!(path(""), None);
    }
}
