//! What is to be planned, and why it cannot be.

use crate::config::{ConfigError, DiscoverError};
use crate::git::{ChangesError, GitError};
use crate::impact::MAX_JOBS;
use crate::model::{ComponentName, Target};
use crate::process::Environment;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// What is to be planned.
#[derive(Clone)]
pub struct PlanRequest {
    /// The repository's root.
    pub workspace: PathBuf,
    /// The configuration file, relative to the workspace; `workflow_config.yaml` when absent and
    /// there.
    pub config: Option<PathBuf>,
    /// What to compare with: a branch, a tag, a hash. Outside CI the default branch when absent; in
    /// CI everything is judged then. An event's hash of only zeros means that there is nothing to
    /// compare with.
    pub base: Option<String>,
    /// Whether all components are judged, whatever changed.
    pub is_everything: bool,
    /// The components to judge, whatever changed; empty for those that the change concerns.
    pub components: Vec<ComponentName>,
    /// How far the components are to be taken; it is passed on to the jobs.
    pub target: Option<Target>,
    /// The most jobs, 1 to 256.
    pub max_jobs: usize,
    /// Whether this is CI, where the working tree has no changes of its own.
    pub is_ci: bool,
    /// The environment variables that git inherits.
    pub environment: Environment,
    /// Ends the work early.
    pub cancel: CancellationToken,
}

impl PlanRequest {
    /// A request for what changed since the default branch, outside CI.
    #[must_use]
    pub fn new(workspace: impl Into<PathBuf>, environment: Environment) -> Self {
        Self {
            workspace: workspace.into(),
            config: None,
            base: None,
            is_everything: false,
            components: Vec::new(),
            target: None,
            max_jobs: MAX_JOBS,
            is_ci: false,
            environment,
            cancel: CancellationToken::new(),
        }
    }
}

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A matrix cannot have so many jobs.
    #[error("a matrix has 1 to {MAX_JOBS} jobs, but at most {0} were asked for")]
    Jobs(usize),
    /// The workspace cannot be used.
    #[error("the workspace {path} cannot be used: {source}", path = path.display())]
    Workspace {
        /// The workspace.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A component that was named cannot be found.
    #[error(transparent)]
    Component(#[from] DiscoverError),
    /// It cannot be said what changed.
    #[error(transparent)]
    Changes(#[from] ChangesError),
    /// There is no repository, or nothing was committed.
    #[error("cannot compare: {0}")]
    NoCommit(GitError),
    /// Nothing says what to compare with.
    #[error("{0}")]
    NoBase(&'static str),
}

impl PlanError {
    /// Whether there is nothing to compare with, as opposed to something that went wrong.
    pub(super) const fn is_about_nothing(&self) -> bool {
        matches!(self, Self::NoBase(_))
    }
}
