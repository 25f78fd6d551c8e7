//! Which commit and branch a workspace is at.

use super::command::{complaint, excluded, git, limits};
use crate::{
    model::{SourceIdentity, is_full_hash},
    process::{EndedBy, Processes},
};
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// How much of a list of changed files is kept, in bytes. One entry is enough to know that there
/// are changes.
const MAX_STATUS: usize = 64 * 1024;

/// What source a verdict about this workspace is about, from one `git status`.
///
/// Nothing is known where git is missing, refuses, takes longer than a minute, or the workspace is
/// no repository. Untracked files that are not ignored count as local changes; files of the
/// repository outside the workspace do not, nor do those that `written` names, as git matches paths:
/// what runs themselves write is nobody's change.
pub async fn identity(
    processes: &Processes,
    workspace: &Path,
    written: &[String],
    cancel: &CancellationToken,
) -> SourceIdentity {
    // `core.fsmonitor` names a program that `git status` starts.
    let command = git(workspace)
        .args(["-c", "core.fsmonitor=false"])
        .args(["status", "--porcelain=v2", "--branch", "-z"])
        .args(["--untracked-files=normal", "--no-renames", "--", "."])
        .args(excluded(written));
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

/// Reads `git status --porcelain=v2 --branch -z`,
/// <https://git-scm.com/docs/git-status#_porcelain_format_version_2>.
fn parse_status(output: &[u8]) -> SourceIdentity {
    let mut identity = SourceIdentity::default();
    for entry in output.split(|&byte| byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        if let Some(header) = entry.strip_prefix("# ") {
            match header.split_once(' ') {
                // Before the first commit git writes `(initial)`.
                Some(("branch.oid", commit)) if is_full_hash(commit) => {
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
