//! What a run is asked to do, and why it may not even begin.

use super::collect::Sharing;
use super::{Event, Observer, event};
use crate::config::{ConfigError, DiscoverError, Policy};
use crate::deploy::Watcher;
use crate::model::{ComponentName, EnvironmentName, PolicyOrigin, Target};
use crate::process::Environment;
use crate::promotion::Forge;
use std::{path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

pub use crate::recovery::CircuitBreakers;

/// How a run deploys, where it comes to that.
#[derive(Clone, Default)]
pub struct DeploymentRequest {
    /// Why the criteria are judged and nothing is deployed, where that is so.
    pub left_out: Option<&'static str>,
    /// The digest of the artifact that was built from the commit.
    pub artifact_digest: Option<String>,
    /// Why the days in staging are skipped, where they are.
    pub hotfix: Option<String>,
    /// The person or bot who deploys.
    pub actor: Option<String>,
    /// Where the run is seen.
    pub run_url: Option<String>,
    /// The service that hosts the repository.
    pub forge: Option<Arc<dyn Forge>>,
    /// Watches the deployments.
    pub watcher: Option<Watcher>,
}

/// What a run is asked to do.
#[derive(Clone)]
pub struct Request {
    /// The repository's root.
    pub workspace: PathBuf,
    /// The component.
    pub component: ComponentName,
    /// How far to take it.
    pub target: Target,
    /// The specification, relative to the workspace; found by the component's name when absent.
    pub spec: Option<PathBuf>,
    /// The configuration file, relative to the workspace; `workflow_config.yaml` when absent and
    /// there.
    pub config: Option<PathBuf>,
    /// The configuration where it was read already; else the run reads it from `config`.
    pub policy: Option<Arc<Policy>>,
    /// Where the rules of `policy` come from, where they are those of another commit; the report
    /// says it.
    pub policy_origin: Option<PolicyOrigin>,
    /// Whether this is CI, where the working tree is never changed.
    pub is_ci: bool,
    /// The environment variables that tools inherit.
    pub environment: Environment,
    /// The circuit breakers that this run shares with others of the process; its own when absent.
    pub breakers: Option<Arc<CircuitBreakers>>,
    /// How the steps of a job share what they collect; `None` where every run collects for itself.
    pub sharing: Option<Sharing>,
    /// How it deploys, where it comes to that.
    pub deployment: DeploymentRequest,
    /// Watches the run.
    pub observer: Option<Observer>,
    /// Ends the run early; what was judged by then is still reported.
    pub cancel: CancellationToken,
}

impl Request {
    /// A request with everything detected and nothing inherited but `environment`.
    #[must_use]
    pub fn new(
        workspace: impl Into<PathBuf>,
        component: ComponentName,
        target: Target,
        environment: Environment,
    ) -> Self {
        Self {
            workspace: workspace.into(),
            component,
            target,
            spec: None,
            config: None,
            policy: None,
            policy_origin: None,
            is_ci: false,
            environment,
            breakers: None,
            sharing: None,
            deployment: DeploymentRequest::default(),
            observer: None,
            cancel: CancellationToken::new(),
        }
    }

    /// Tells whoever watches.
    pub(super) fn tell(&self, event: Event) {
        event::tell(self.observer.as_ref(), event);
    }
}

/// Why a run could not begin. Everything later is a verdict in the report.
#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The component cannot be found.
    #[error(transparent)]
    Component(#[from] DiscoverError),
    /// The workspace cannot be used.
    #[error("the workspace {path} cannot be used: {source}", path = path.display())]
    Workspace {
        /// The workspace.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A gate was asked for that does not exist.
    #[error("unknown gate {id:?}; known are {known}")]
    UnknownGate {
        /// What was asked for.
        id: String,
        /// The known gates, separated by commas.
        known: String,
    },
    /// An environment is not set up.
    #[error(
        "{environment} is not set up for component {component}; set environments.{environment} or \
         components.{component}.environments.{environment}"
    )]
    NoEnvironment {
        /// The component.
        component: ComponentName,
        /// The environment.
        environment: EnvironmentName,
    },
    /// Something about a deployment cannot be begun.
    #[error("{0}")]
    Deployment(String),
    /// The toolchain of the component does not exist.
    #[error(
        "component {component} asks for the toolchain {toolchain:?}, which is not configured; set toolchains.{toolchain} or components.{component}.toolchain"
    )]
    UnknownToolchain {
        /// The component.
        component: ComponentName,
        /// The toolchain's name.
        toolchain: String,
    },
}
