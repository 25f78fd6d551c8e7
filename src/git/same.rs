//! Whether two commits have the same content.

use super::command::{GitError, answer};
use super::reference::SHORT;
use crate::process::Processes;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// Whether the workspace is the same in two commits, one file aside.
///
/// # Errors
///
/// When git gives no answer, as for a commit that is not here.
pub async fn is_same_but_for(
    processes: &Processes,
    workspace: &Path,
    commits: (&str, &str),
    file: &str,
    cancel: &CancellationToken,
) -> Result<bool, GitError> {
    let without = format!(":(exclude,literal){file}");
    let arguments = [
        "diff",
        "--quiet",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=none",
        "--end-of-options",
        commits.0,
        commits.1,
        "--",
        ".",
        &without,
    ];
    match answer(processes, workspace, &arguments, SHORT, cancel).await {
        Ok(_) => Ok(true),
        Err(error) if error.status() == Some(1) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::git::tests::{processes, repository, run_git};

    async fn is_same(workspace: &Path, before: &str, after: &str) -> bool {
        let home = tempfile::tempdir().unwrap();
        is_same_but_for(
            &processes(home.path()),
            workspace,
            (before, after),
            "review.md",
            &CancellationToken::new(),
        )
        .await
        .unwrap()
    }

    /// Moves the submodule `library` to another commit, which need not be here.
    async fn move_submodule(workspace: &Path, to: char) -> String {
        let entry = format!("160000,{},library", to.to_string().repeat(40));
        let update = ["update-index", "--add", "--cacheinfo", &entry];
        run_git(workspace, &update).await;
        run_git(workspace, &["commit", "-q", "-m", "move"]).await;
        run_git(workspace, &["rev-parse", "HEAD"]).await
    }

    #[tokio::test]
    async fn a_moved_submodule_is_other_content_whatever_the_repository_says() {
        let folder = repository().await;
        let path = folder.path();
        let ignoring =
            "[submodule \"library\"]\n\tpath = library\n\turl = ./library\n\tignore = all\n";
        std::fs::write(path.join(".gitmodules"), ignoring).unwrap();
        run_git(path, &["add", "."]).await;
        let before = move_submodule(path, 'a').await;
        let after = move_submodule(path, 'b').await;
        assert!(!is_same(path, &before, &after).await);
        run_git(path, &["config", "diff.ignoreSubmodules", "all"]).await;
        assert!(!is_same(path, &before, &after).await);
    }

    #[tokio::test]
    async fn the_file_that_names_the_other_commit_may_differ_and_nothing_else() {
        let folder = repository().await;
        let path = folder.path();
        let before = run_git(path, &["rev-parse", "HEAD"]).await;
        let mut commits = Vec::new();
        for name in ["review.md", "component/code.py"] {
            std::fs::write(path.join(name), "changed\n").unwrap();
            run_git(path, &["add", "."]).await;
            run_git(path, &["commit", "-q", "-m", name]).await;
            commits.push(run_git(path, &["rev-parse", "HEAD"]).await);
        }
        assert!(is_same(path, &before, &commits[0]).await);
        assert!(!is_same(path, &before, &commits[1]).await);
    }
}
