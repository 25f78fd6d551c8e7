//! The rules as another commit has them: a change must not weaken the rules that judge it.

use crate::config::{self, ConfigError, FILE_NAMES, MAX_BYTES, Policy};
use crate::git::{self, GitError, StoredFileError};
use crate::model::{PolicyOrigin, short_commit};
use crate::process::Processes;
use std::path::{Component, Path};
use tokio_util::sync::CancellationToken;

/// Why the rules of a commit cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BasePolicyError {
    /// There is no such commit here.
    #[error(
        "the rules cannot be taken from {reference:?}: {error}; fetch that commit (with \
         actions/checkout: `fetch-depth: 0`)"
    )]
    UnknownCommit {
        /// What was asked for.
        reference: String,
        /// What git said.
        error: GitError,
    },
    /// The configuration is no part of the repository.
    #[error(
        "the rules cannot be taken from a commit: the configuration {0:?} lies outside of the \
         workspace, so no commit has it"
    )]
    Outside(String),
    /// The file cannot be read.
    #[error("the rules cannot be taken from a commit: {0}")]
    Stored(StoredFileError),
    /// The configuration of that commit is not valid.
    #[error(
        "the rules cannot be taken from commit {commit}, whose configuration is not valid; mend it \
         there first:\n{error}"
    )]
    Invalid {
        /// The commit.
        commit: String,
        /// What is wrong with it.
        error: ConfigError,
    },
}

/// The policy that a commit's configuration makes; `None` where the commit has no configuration.
/// `config` names the file, relative to the workspace; without it, the usual names are looked for.
///
/// # Errors
///
/// When the file cannot be read from the commit or is not valid.
pub async fn of_commit(
    processes: &Processes,
    workspace: &Path,
    commit: &str,
    config: Option<&Path>,
    cancel: &CancellationToken,
) -> Result<Option<Policy>, BasePolicyError> {
    let names = file_names(workspace, config);
    if names.is_empty() {
        let named = config.unwrap_or(Path::new("")).display().to_string();
        return Err(BasePolicyError::Outside(named));
    }
    for name in names {
        let file = git::file_of_commit(processes, workspace, commit, &name, MAX_BYTES, cancel);
        if let Some(bytes) = file.await.map_err(BasePolicyError::Stored)? {
            let short = short_commit(commit);
            let loaded = config::load_bytes(bytes, &format!("{name}@{short}"));
            return loaded.map(Some).map_err(|error| BasePolicyError::Invalid {
                commit: commit.to_owned(),
                error,
            });
        }
    }
    Ok(None)
}

/// The policy that a change is judged by: the rules of the commit that `reference` names, for the
/// components as the workspace has them. Where that commit has no configuration, the change brings
/// the first one and is judged by it.
///
/// # Errors
///
/// When there is no such commit, or its configuration cannot be used.
pub async fn judged_by(
    processes: &Processes,
    workspace: &Path,
    reference: &str,
    config: Option<&Path>,
    head: &Policy,
    cancel: &CancellationToken,
) -> Result<(Policy, PolicyOrigin), BasePolicyError> {
    let commit = git::commit_of(processes, workspace, reference, cancel).await;
    let commit = commit.map_err(|error| BasePolicyError::UnknownCommit {
        reference: reference.to_owned(),
        error,
    })?;
    let base = of_commit(processes, workspace, &commit, config, cancel).await?;
    Ok(under(base, commit, head))
}

/// The rules of `base` for the components as `head` has them; `head`'s own where the base has no
/// configuration, so that the change brings the first one.
#[must_use]
pub fn under(base: Option<Policy>, commit: String, head: &Policy) -> (Policy, PolicyOrigin) {
    match base {
        Some(base) => {
            let origin = PolicyOrigin {
                from: commit,
                is_introduced: false,
                differences: config::differences(&base, head),
            };
            (head.under_rules_of(&base), origin)
        }
        None => {
            let origin = PolicyOrigin {
                from: commit,
                is_introduced: head.file.is_some(),
                differences: Vec::new(),
            };
            (head.clone(), origin)
        }
    }
}

/// Where the configuration is or may be, relative to the workspace, with `/`; nothing where the file
/// that was named lies outside.
#[must_use]
pub fn file_names(workspace: &Path, config: Option<&Path>) -> Vec<String> {
    let Some(named) = config else {
        return FILE_NAMES.map(str::to_owned).to_vec();
    };
    let below = named.strip_prefix(workspace).unwrap_or(named);
    let mut steps: Vec<String> = Vec::new();
    for part in below.components() {
        match part {
            Component::Normal(step) => steps.push(step.to_string_lossy().into_owned()),
            Component::CurDir => {}
            Component::ParentDir if !steps.is_empty() => {
                steps.pop();
            }
            _ => return Vec::new(),
        }
    }
    match steps.is_empty() {
        true => Vec::new(),
        false => vec![steps.join("/")],
    }
}
