//! What every run stands on: policy, component, folders, the door to processes.

use super::collect::{Collector, Earlier, Place, Subject};
use super::durations::Durations;
use super::{Request, WorkflowError, monitoring};
use crate::config::{self, Policy};
use crate::git;
use crate::http;
use crate::inside::inside;
use crate::model::{
    Component, EvidenceKind, RunIdentity, SourceIdentity, Specification, Stage, ToolRun,
};
use crate::process::Processes;
use crate::recovery::{CircuitBreakers, RetryPolicy};
use crate::toolchains::{self, Preparation, Prepared, Readings, Toolchain};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// The folder of everything that spec2prod keeps in a workspace.
const FOLDER: &str = ".spec2prod";
/// Runs older than a day beyond this many are removed.
const KEPT_RUNS: usize = 20;

/// What every run stands on.
pub(super) struct Groundwork {
    pub(super) begun: Instant,
    /// The repository's root, absolute and without symbolic links.
    pub(super) workspace: PathBuf,
    pub(super) policy: Arc<Policy>,
    pub(super) component: Arc<Component>,
    pub(super) toolchain: Arc<dyn Toolchain>,
    pub(super) identity: RunIdentity,
    pub(super) run_folder: PathBuf,
    pub(super) cache_folder: PathBuf,
    pub(super) processes: Arc<Processes>,
    /// One for the run, so that what requests need is made ready once.
    pub(super) http: http::Client,
    pub(super) breakers: Arc<CircuitBreakers>,
}

impl Groundwork {
    /// Reads the configuration, finds the component and makes the run's folder.
    ///
    /// # Errors
    ///
    /// When the run may not begin: bad configuration, unknown component, unusable workspace.
    pub(super) fn lay(request: &Request) -> Result<Self, WorkflowError> {
        let begun = Instant::now();
        let started_at = jiff::Timestamp::now();
        let unusable = |path: &Path, source| WorkflowError::Workspace {
            path: path.to_path_buf(),
            source,
        };
        let workspace = fs::canonicalize(&request.workspace)
            .map_err(|error| unusable(&request.workspace, error))?;
        let policy = match &request.policy {
            Some(policy) => Arc::clone(policy),
            None => Arc::new(config::load(&workspace, request.config.as_deref())?),
        };
        let component = config::component(
            &policy,
            &workspace,
            &request.component,
            request.spec.as_deref(),
        )?;
        let policy = policy.for_component(request.component.as_str());
        let toolchain = toolchains::for_component(&policy, &component).ok_or_else(|| {
            WorkflowError::UnknownToolchain {
                component: request.component.clone(),
                toolchain: component.toolchain.clone(),
            }
        })?;
        let id = uuid::Uuid::now_v7().to_string();
        let folder = workspace.join(FOLDER);
        let run_folder = folder.join("runs").join(&id);
        let cache_folder = folder.join("cache");
        make_folders(
            &workspace,
            &folder,
            &[&run_folder.join("logs"), &cache_folder],
        )
        .map_err(|error| unusable(&folder, error))?;
        remove_old_runs(&folder.join("runs"));
        let breakers = request
            .breakers
            .clone()
            .unwrap_or_else(|| Arc::new(CircuitBreakers::new(policy.circuit_breaker.clone())));
        Ok(Self {
            begun,
            identity: RunIdentity {
                id: id.clone(),
                started_at: started_at.to_string(),
                spec2prod_version: env!("CARGO_PKG_VERSION").to_owned(),
                is_ci: request.is_ci,
                folder: format!("{FOLDER}/runs/{id}"),
                attempt: 1,
            },
            processes: Arc::new(Processes::new(request.environment.clone())),
            http: http::Client::default(),
            policy: Arc::new(policy),
            component: Arc::new(component),
            toolchain: Arc::from(toolchain),
            workspace,
            run_folder,
            cache_folder,
            breakers,
        })
    }

    /// Lets the toolchain find its tools, or install them where the policy allows it. Beside them the
    /// monitoring is asked.
    pub(super) async fn prepare(
        &self,
        request: &Request,
        needed: &BTreeSet<EvidenceKind>,
        specification: Option<Arc<Specification>>,
    ) -> Prepared {
        let mut prepared = self
            .prepare_with(request, needed, specification, self.may_install())
            .await;
        if needed.contains(&EvidenceKind::Performance) {
            prepared
                .tools
                .extend(monitoring::tools(self, request).await);
        }
        prepared
    }

    /// Whether the policy lets missing tools be installed.
    pub(super) fn may_install(&self) -> bool {
        let stage = self.policy.stages.get(&Stage::DependencyCheck);
        stage.is_none_or(|stage| stage.is_enabled && stage.may_install)
    }

    /// The same, with a word of its own on installing.
    pub(super) async fn prepare_with(
        &self,
        request: &Request,
        needed: &BTreeSet<EvidenceKind>,
        specification: Option<Arc<Specification>>,
        may_install: bool,
    ) -> Prepared {
        let mut preparation = self.preparation(request, needed, specification, may_install);
        let (processes, cancel) = (&self.processes, &request.cancel);
        // Without a repository there is no such file.
        preparation.tracked_but_ignored =
            git::tracked_but_ignored(processes, &self.workspace, cancel)
                .await
                .unwrap_or_default();
        let mut prepared = self.toolchain.prepare(&preparation).await;
        if let Some(file) = self.baseline() {
            toolchains::with_baseline(&mut prepared.tools, &self.workspace, file);
        }
        prepared
    }

    /// The report that benchmarks are compared with.
    fn baseline(&self) -> Option<&str> {
        let gate = self.policy.gates.get("performance")?;
        let file = gate.limits.get("baseline")?.as_str()?;
        (!file.is_empty()).then_some(file)
    }

    /// What the toolchain is told.
    pub(super) fn preparation(
        &self,
        request: &Request,
        needed: &BTreeSet<EvidenceKind>,
        specification: Option<Arc<Specification>>,
        may_install: bool,
    ) -> Preparation {
        let stage = self.policy.stages.get(&Stage::DependencyCheck);
        Preparation {
            workspace: self.workspace.clone(),
            component: Arc::clone(&self.component),
            specification,
            tracked_but_ignored: BTreeSet::new(),
            run_folder: self.run_folder.clone(),
            cache_folder: self.cache_folder.clone(),
            needed: needed.clone(),
            suites: self.policy.suites.values().cloned().collect(),
            may_install,
            install_timeout: stage.map_or(Duration::from_secs(600), |stage| stage.timeout),
            install_retry: self
                .policy
                .retries
                .get(&Stage::DependencyCheck)
                .cloned()
                .unwrap_or_else(RetryPolicy::never),
            processes: Arc::clone(&self.processes),
            cancel: request.cancel.clone(),
        }
    }

    /// What runs the tools.
    pub(super) async fn collector(&self, request: &Request) -> Arc<Collector> {
        let sharing = request.sharing.as_ref();
        let earlier = match sharing {
            Some(sharing) => match self.subject(request).await {
                Ok(subject) => Earlier::read(sharing, &subject),
                Err(error) => {
                    tracing::warn!("what earlier steps collected is not used: {error}");
                    Earlier::default()
                }
            },
            None => Earlier::default(),
        };
        Arc::new(Collector {
            durations: self.durations().read(),
            earlier,
            starts_commands: !sharing.is_some_and(|sharing| sharing.is_conclusion),
            keeps_readings: sharing.is_some(),
            ..self.bare_collector(request)
        })
    }

    /// What runs tools and shares nothing with other steps.
    pub(super) fn bare_collector(&self, request: &Request) -> Collector {
        Collector {
            workspace: self.workspace.clone(),
            logs: self.run_folder.join("logs"),
            policy: Arc::clone(&self.policy),
            processes: Arc::clone(&self.processes),
            breakers: Arc::clone(&self.breakers),
            observer: request.observer.clone(),
            cancel: request.cancel.clone(),
            begun: self.begun,
            durations: BTreeMap::new(),
            earlier: Earlier::default(),
            starts_commands: true,
            keeps_readings: false,
        }
    }

    /// Keeps what was collected for the steps behind this one, beside what those before it collected. A
    /// problem costs only time: they run the tools again.
    pub(super) async fn share(
        &self,
        request: &Request,
        earlier: &Earlier,
        readings: Vec<(ToolRun, Readings)>,
    ) {
        let Some(sharing) = &request.sharing else {
            return;
        };
        let written = self.subject(request).await.and_then(|subject| {
            let written = earlier.write(sharing, subject, readings);
            written.map_err(|error| error.to_string())
        });
        if let Err(error) = written {
            tracing::warn!("what was collected cannot be kept for the next step: {error}");
        }
    }

    /// Which commit is judged, and whether the files differ from it.
    pub(super) async fn source(&self, request: &Request) -> SourceIdentity {
        let written = self.policy.written();
        git::identity(&self.processes, &self.workspace, &written, &request.cancel).await
    }

    async fn subject(&self, request: &Request) -> Result<Subject, String> {
        let identity = self.source(request).await;
        let policy = format!("{:?}", self.policy);
        let place = Place {
            processes: &self.processes,
            workspace: &self.workspace,
            component: &self.component,
            policy: &self.policy,
            cancel: &request.cancel,
        };
        let policy = blake3::hash(policy.as_bytes()).to_string();
        Subject::of(identity.commit, policy, place).await
    }

    /// How long the component's tools took earlier.
    pub(super) fn durations(&self) -> Durations {
        Durations::new(&self.cache_folder, self.component.name.as_str())
    }
}

/// Makes the folders and keeps everything in them out of git.
fn make_folders(workspace: &Path, folder: &Path, inner: &[&Path]) -> io::Result<()> {
    for path in inner {
        fs::create_dir_all(inside(workspace, path)?)?;
    }
    let ignore = inside(workspace, &folder.join(".gitignore"))?;
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    Ok(())
}

/// Removes the folders of old runs. The ids sort by time. Failing to do so harms nothing.
fn remove_old_runs(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut runs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    runs.sort();
    let is_old = |path: &PathBuf| {
        let age = fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
            .and_then(|time| time.elapsed().ok());
        age.is_some_and(|age| age > Duration::from_secs(24 * 60 * 60))
    };
    let surplus = runs.len().saturating_sub(KEPT_RUNS);
    for run in runs.iter().take(surplus).take_while(|path| is_old(path)) {
        if let Err(error) = fs::remove_dir_all(run) {
            tracing::debug!("old run {} could not be removed: {error}", run.display());
        }
    }
}
