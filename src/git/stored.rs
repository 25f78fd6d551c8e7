//! Files as a commit has them, without checking it out.

use super::command::{GitError, answer};
use super::reference::SHORT;
use crate::model::is_full_hash;
use crate::process::Processes;
use std::{collections::BTreeSet, path::Path};
use tokio_util::sync::CancellationToken;

/// How long a list of files may be, in bytes.
pub(super) const MAX_LIST: usize = 64 * 1024 * 1024;

/// Why a file of a commit cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoredFileError {
    /// Git gave no answer.
    #[error("cannot read {file} of commit {commit}: {error}")]
    Git {
        /// The file.
        file: String,
        /// The commit.
        commit: String,
        /// What git said.
        error: GitError,
    },
    /// What has this name is a folder, a link or a submodule.
    #[error("cannot read {file} of commit {commit}: it is not a file there, but {found}")]
    NotAFile {
        /// The file.
        file: String,
        /// The commit.
        commit: String,
        /// What it is.
        found: &'static str,
    },
}

/// The content of a file in a commit; `None` where the commit has no such file. `file` is relative
/// to the workspace, which may be a folder of the repository.
///
/// # Errors
///
/// When git gives no answer, the file is no file, or it is longer than `limit` bytes.
pub async fn file_of_commit(
    processes: &Processes,
    workspace: &Path,
    commit: &str,
    file: &str,
    limit: usize,
    cancel: &CancellationToken,
) -> Result<Option<Vec<u8>>, StoredFileError> {
    let failed = |error| StoredFileError::Git {
        file: file.to_owned(),
        commit: commit.to_owned(),
        error,
    };
    let arguments = ["ls-tree", "-z", commit, "--", file];
    let entry = answer(processes, workspace, &arguments, SHORT, cancel).await;
    let entry = entry.map_err(failed)?;
    let entry = String::from_utf8_lossy(&entry);
    // `100644 blob <hash>\t<name>`, <https://git-scm.com/docs/git-ls-tree#_output_format>.
    let Some((facts, _)) = entry.split_once('\t') else {
        return Ok(None);
    };
    let mut facts = facts.split(' ');
    let found = match (facts.next(), facts.next()) {
        (Some("100644" | "100755" | "100664"), Some("blob")) => None,
        (Some("120000"), _) => Some("a link"),
        (_, Some("tree")) => Some("a folder"),
        _ => Some("a submodule"),
    };
    if let Some(found) = found {
        return Err(StoredFileError::NotAFile {
            file: file.to_owned(),
            commit: commit.to_owned(),
            found,
        });
    }
    let Some(blob) = facts.next().filter(|hash| is_full_hash(hash)) else {
        return Ok(None);
    };
    let arguments = ["cat-file", "blob", blob];
    let bytes = answer(processes, workspace, &arguments, limit, cancel).await;
    bytes.map(Some).map_err(failed)
}

/// The names of all files that a commit has in the workspace, relative to it, with `/`. Bytes that
/// are not UTF-8 become `�`.
///
/// # Errors
///
/// When git gives no answer, or the names have more than 64 MiB.
pub async fn files_of_commit(
    processes: &Processes,
    workspace: &Path,
    commit: &str,
    cancel: &CancellationToken,
) -> Result<BTreeSet<String>, GitError> {
    let arguments = ["ls-tree", "-r", "-z", "--name-only", commit];
    let bytes = answer(processes, workspace, &arguments, MAX_LIST, cancel).await?;
    Ok(names(&bytes).collect())
}

/// The files at or below a path of the workspace that git tracks: those of the index, which a commit
/// brings along.
///
/// # Errors
///
/// When git gives no answer, or the names have more than 64 MiB.
pub async fn tracked_files(
    processes: &Processes,
    workspace: &Path,
    path: &str,
    cancel: &CancellationToken,
) -> Result<BTreeSet<String>, GitError> {
    // Some file systems take names that differ in case for the same.
    let pathspec = format!(":(literal,icase){path}");
    let arguments = ["ls-files", "-z", "--", &pathspec];
    let bytes = answer(processes, workspace, &arguments, MAX_LIST, cancel).await?;
    Ok(names(&bytes).collect())
}

/// The files of the workspace that git tracks although its ignore rules name them. They are part of
/// every commit like any other file, and tools that walk by the ignore rules pass them by.
///
/// # Errors
///
/// When git gives no answer, or the names have more than 64 MiB.
pub async fn tracked_but_ignored(
    processes: &Processes,
    workspace: &Path,
    cancel: &CancellationToken,
) -> Result<BTreeSet<String>, GitError> {
    let arguments = [
        "ls-files",
        "-z",
        "--cached",
        "--ignored",
        "--exclude-standard",
    ];
    let bytes = answer(processes, workspace, &arguments, MAX_LIST, cancel).await?;
    Ok(names(&bytes).collect())
}

/// The names in a list that git wrote with `-z`.
pub(super) fn names(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let entries = bytes.split(|&byte| byte == 0);
    entries
        .filter(|entry| !entry.is_empty())
        .map(|entry| String::from_utf8_lossy(entry).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::git::tests::{processes, repository, run_git};
    use std::fs;

    #[tokio::test]
    async fn a_file_is_read_as_the_commit_has_it() {
        let folder = repository().await;
        let path = folder.path();
        fs::write(path.join("component/code.py"), "x = 2\n").unwrap();
        std::os::unix::fs::symlink("component/code.py", path.join("link")).unwrap();
        fs::write(path.join("[a]*?"), "odd").unwrap();
        run_git(path, &["add", "--all"]).await;
        run_git(path, &["commit", "-q", "-m", "second"]).await;
        let home = tempfile::tempdir().unwrap();
        let processes = processes(home.path());
        let cancel = CancellationToken::new();
        let read = async |workspace: &Path, commit: &str, file: &str, limit: usize| {
            let read = file_of_commit(&processes, workspace, commit, file, limit, &cancel);
            let bytes = read.await.map_err(|error| error.to_string())?;
            Ok::<_, String>(bytes.map(|bytes| String::from_utf8(bytes).unwrap()))
        };
        let file = "component/code.py";
        assert_eq!(
            read(path, "HEAD~1", file, 100).await,
            Ok(Some("x = 1\n".to_owned()))
        );
        assert_eq!(
            read(path, "HEAD", file, 100).await,
            Ok(Some("x = 2\n".to_owned()))
        );
        let inner = path.join("component");
        assert_eq!(
            read(&inner, "HEAD", "code.py", 100).await,
            Ok(Some("x = 2\n".to_owned()))
        );
        assert_eq!(
            read(path, "HEAD", "[a]*?", 100).await,
            Ok(Some("odd".to_owned()))
        );
        assert_eq!(read(path, "HEAD", "absent", 100).await, Ok(None));
        assert_eq!(
            read(&inner, "HEAD", "component/code.py", 100).await,
            Ok(None)
        );
        let refused = |outcome: Result<Option<String>, String>| outcome.unwrap_err();
        insta::assert_snapshot!(refused(read(path, "HEAD", "link", 100).await), @"cannot read link of commit HEAD: it is not a file there, but a link");
        insta::assert_snapshot!(refused(read(path, "HEAD", "component", 100).await), @"cannot read component of commit HEAD: it is not a file there, but a folder");
        insta::assert_snapshot!(refused(read(path, "HEAD", file, 3).await), @"cannot read component/code.py of commit HEAD: git cat-file gave 6 bytes, at most 3 are read");
        let files = files_of_commit(&processes, &inner, "HEAD", &cancel)
            .await
            .unwrap();
        assert_eq!(files.into_iter().collect::<Vec<_>>(), ["code.py"]);
    }
}
