//! Which commit a name stands for, and which commit others are compared with.

use super::command::{GitError, answer};
use crate::model::is_full_hash;
use crate::process::Processes;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// How much of a short answer is kept, in bytes.
pub(super) const SHORT: usize = 64 * 1024;

/// Where a person's own work branches off, in the order in which it is looked for: the default
/// branch of the remote, the branch that this one follows, and the usual names.
const BRANCHES: [&str; 4] = [
    "refs/remotes/origin/HEAD",
    "@{upstream}",
    "refs/heads/main",
    "refs/heads/master",
];

/// The full hash of the commit that a name stands for: a branch, a tag, a hash, `HEAD~2`.
///
/// # Errors
///
/// When git knows no such commit, or the name could be read as an option.
pub async fn commit_of(
    processes: &Processes,
    workspace: &Path,
    name: &str,
    cancel: &CancellationToken,
) -> Result<String, GitError> {
    let unknown = |said: &str| GitError::Refused {
        command: "rev-parse".to_owned(),
        said: said.to_owned(),
        status: None,
    };
    // No branch or tag begins like this: <https://git-scm.com/docs/git-check-ref-format>.
    if name.is_empty() || name.starts_with('-') || name.contains(char::is_control) {
        return Err(unknown("was not asked: this is no name of a commit"));
    }
    let peeled = format!("{name}^{{commit}}");
    let arguments = ["rev-parse", "--verify", "--end-of-options", &peeled];
    let bytes = answer(processes, workspace, &arguments, SHORT, cancel).await?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    if is_full_hash(&text) {
        Ok(text)
    } else {
        Err(unknown("gave something that is no hash"))
    }
}

/// The branch that local work is compared with: the default branch of `origin`, else the branch
/// that this one follows, else `main` or `master`. `None` where there is none of them.
pub async fn usual_base(
    processes: &Processes,
    workspace: &Path,
    cancel: &CancellationToken,
) -> Option<String> {
    for name in BRANCHES {
        let found = commit_of(processes, workspace, name, cancel).await;
        if found.is_ok() {
            return Some(name.to_owned());
        }
    }
    None
}
