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
