//! The ledger as files of this machine, and on a branch where one is configured.
//!
//! A record of a deployment is never forgotten and never made up: a file that cannot be read is an
//! error, and so is a branch that gives no answer. What [`Ledger::append`] or [`Turn::append`] gave
//! `Ok` for is on the disk, and on the branch where there is one.

mod error;
mod files;
mod lines;
mod lock;
mod trust;
mod turn;
mod write;

#[cfg(test)]
mod tests;

pub use error::{Busy, LedgerError, TurnError};
pub use turn::Turn;

use super::{By, Event, Record, Sample, State};
use crate::config::HistoryPolicy;
use crate::git::{Branch, BranchError, GitError};
use crate::model::{ComponentName, EnvironmentName};
use crate::process::Processes;
use jiff::{Timestamp, tz::TimeZone};
use lines::{Entry, Line};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Mutex, OnceCell};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long what the remote said is believed by those who only read.
const FRESH: Duration = Duration::from_secs(10);

/// What the remote said, and when.
type Fetched = (Instant, Option<String>);
/// Gives the time.
type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The record of what was deployed where, for all components and environments of a workspace.
#[derive(Clone)]
pub struct Ledger {
    workspace: PathBuf,
    /// The folder, as it is configured.
    configured: PathBuf,
    /// The folder, as it is opened.
    directory: PathBuf,
    branch: Option<String>,
    remote: String,
    processes: Arc<Processes>,
    /// Ends waiting and reading. Writing goes on: what has happened must be written.
    cancel: CancellationToken,
    never: CancellationToken,
    clock: Clock,
    is_trusted: Arc<OnceCell<()>>,
    fetched: Arc<Mutex<Option<Fetched>>>,
}

impl Ledger {
    /// The ledger of a workspace. Nothing is read or made yet.
    #[must_use]
    pub fn new(
        workspace: &Path,
        policy: &HistoryPolicy,
        processes: Arc<Processes>,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            workspace: workspace.to_owned(),
            configured: policy.directory.clone(),
            directory: workspace.join(&policy.directory),
            branch: policy.branch.clone(),
            remote: policy.remote.clone(),
            processes,
            cancel,
            never: CancellationToken::new(),
            clock: Arc::new(Timestamp::now),
            is_trusted: Arc::default(),
            fetched: Arc::default(),
        }
    }

    /// The same ledger with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Every record of a component in an environment, oldest first.
    ///
    /// # Errors
    ///
    /// When a file or the branch cannot be read.
    pub async fn records(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
    ) -> Result<Vec<Record>, LedgerError> {
        let tip = self.recent_tip().await?;
        let path = deployments(component, environment);
        Ok(entries(self.lines(tip.as_deref(), &path).await?))
    }

    /// What follows from the records of a component in an environment.
    ///
    /// # Errors
    ///
    /// When a file or the branch cannot be read.
    pub async fn state(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
    ) -> Result<State, LedgerError> {
        let records = self.records(component, environment).await?;
        Ok(State::of(&records))
    }

    /// Writes down what happens beside a deployment: a hold, a release, an approval, a demotion. A
    /// deployment itself needs a [`Turn`].
    ///
    /// # Errors
    ///
    /// When it cannot be written, or the ledger cannot be read. Nothing is written then.
    pub async fn append(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
        by: &By,
        event: Event,
    ) -> Result<(), LedgerError> {
        let path = deployments(component, environment);
        let message = write::title(component, environment, &event);
        let paths = [path.clone()];
        let written = self.write(&paths, &message, false, |known| {
            let last = known.get(&path).and_then(|lines| lines.last());
            let last = last.map(|line: &Line<Record>| line.entry.at);
            let record = write::record(by, event.clone(), (self.clock)(), last);
            Ok(BTreeMap::from([(path.clone(), vec![record])]))
        });
        written.await.map(|_| ())
    }

    /// Takes over records that were made elsewhere, as they are.
    ///
    /// # Errors
    ///
    /// When they cannot be written, or the ledger cannot be read.
    pub async fn adopt(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
        records: Vec<Record>,
    ) -> Result<(), LedgerError> {
        let path = deployments(component, environment);
        let message = format!("Take over what is known about {component} in {environment}");
        let paths = [path.clone()];
        self.write(&paths, &message, true, |_| {
            Ok(BTreeMap::from([(path.clone(), records.clone())]))
        })
        .await
        .map(|_| ())
    }

    /// Waits until nobody else is at work on a component in an environment, at most for `patience`,
    /// and keeps others out for as long as the [`Turn`] lives.
    ///
    /// # Errors
    ///
    /// When another run is still at work then, or the ledger cannot be read.
    pub async fn take_turn(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
        by: By,
        patience: Duration,
    ) -> Result<Turn, TurnError> {
        turn::take(self, component, environment, by, patience).await
    }

    /// Writes down one look at an environment.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or the file or branch cannot be read.
    pub async fn add_sample(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
        sample: &Sample,
    ) -> Result<(), LedgerError> {
        let sample = (component.clone(), environment, sample.clone());
        self.add_samples(&[sample]).await
    }

    /// Writes down looks at several environments, on a branch by one commit.
    ///
    /// # Errors
    ///
    /// When they cannot be written, or a file or the branch cannot be read. On this machine they are
    /// kept all the same where only the branch cannot be written, and get there with the next ones.
    pub async fn add_samples(
        &self,
        samples: &[(ComponentName, EnvironmentName, Sample)],
    ) -> Result<(), LedgerError> {
        let mut by_file: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
        for (component, environment, sample) in samples {
            let folder = samples_folder(component, *environment);
            let path = format!("{folder}/{}.jsonl", month(sample.at));
            by_file.entry(path).or_default().push(sample.clone());
        }
        let paths: Vec<String> = by_file.keys().cloned().collect();
        let message = "Record samples of health";
        self.write(&paths, message, true, |_| Ok(by_file.clone()))
            .await
            .map(|_| ())
    }

    /// The looks at an environment since then, oldest first.
    ///
    /// # Errors
    ///
    /// When a file or the branch cannot be read.
    pub async fn samples(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
        since: Timestamp,
    ) -> Result<Vec<Sample>, LedgerError> {
        let tip = self.recent_tip().await?;
        let folder = samples_folder(component, environment);
        let first = month(since);
        let mut samples = Vec::new();
        for path in self.files(tip.as_deref(), &folder).await? {
            let name = path.rsplit('/').next().unwrap_or_default();
            if name >= first.as_str() {
                samples.extend(entries::<Sample>(self.lines(tip.as_deref(), &path).await?));
            }
        }
        samples.retain(|sample| sample.at >= since);
        samples.sort_by_key(|sample| sample.at);
        Ok(samples)
    }

    /// The components that something was written down about, with the environments.
    ///
    /// # Errors
    ///
    /// When a folder or the branch cannot be read.
    pub async fn components_with_records(
        &self,
    ) -> Result<BTreeMap<ComponentName, BTreeSet<EnvironmentName>>, LedgerError> {
        let tip = self.recent_tip().await?;
        let mut components: BTreeMap<ComponentName, BTreeSet<EnvironmentName>> = BTreeMap::new();
        for environment in EnvironmentName::ALL {
            let folder = format!("deployments/{environment}");
            for path in self.files(tip.as_deref(), &folder).await? {
                let name = path.rsplit('/').next().unwrap_or_default();
                let name = name.strip_suffix(".jsonl").unwrap_or(name);
                if let Ok(component) = name.parse() {
                    components.entry(component).or_default().insert(environment);
                }
            }
        }
        Ok(components)
    }

    /// The files right below a folder, here and in a commit of the branch.
    async fn files(
        &self,
        commit: Option<&str>,
        folder: &str,
    ) -> Result<BTreeSet<String>, LedgerError> {
        let here = files::names(&self.directory.join(folder), ".jsonl")?;
        let here = here.iter().map(|name| format!("{folder}/{name}.jsonl"));
        let mut paths: BTreeSet<String> = here.collect();
        if let (Some(branch), Some(commit)) = (self.branch(&self.cancel), commit) {
            let there = branch.files(commit, &format!("{folder}/")).await?;
            let there = there.into_keys().filter(|path| {
                let name = path.strip_prefix(folder).unwrap_or_default();
                name.ends_with(".jsonl") && name.matches('/').count() == 1
            });
            paths.extend(there);
        }
        Ok(paths)
    }

    /// The lines of a file, of this machine and of a commit of the branch.
    async fn lines<T: Entry>(
        &self,
        commit: Option<&str>,
        path: &str,
    ) -> Result<Vec<Line<T>>, LedgerError> {
        let here = self.local_lines(path)?;
        let there = self.remote_lines(commit, path, &self.cancel).await?;
        Ok(lines::merged(&here, &there))
    }

    fn local_lines<T: Entry>(&self, path: &str) -> Result<Vec<Line<T>>, LedgerError> {
        let file = self.directory.join(path);
        let shown = self.configured.join(path).display().to_string();
        lines::read(&shown, &files::read(&file)?)
    }

    async fn remote_lines<T: Entry>(
        &self,
        commit: Option<&str>,
        path: &str,
        cancel: &CancellationToken,
    ) -> Result<Vec<Line<T>>, LedgerError> {
        let (Some(branch), Some(commit)) = (self.branch(cancel), commit) else {
            return Ok(Vec::new());
        };
        let files = branch.files(commit, path).await?;
        let Some(hash) = files.get(path) else {
            return Ok(Vec::new());
        };
        let shown = format!("{}:{path}", self.branch.as_deref().unwrap_or_default());
        let bytes = branch.content(hash, files::MAX_FILE).await;
        let bytes = bytes.map_err(|error| match error {
            BranchError::Read {
                error: GitError::TooLong { found, limit, .. },
                ..
            } => LedgerError::TooLarge {
                file: shown.clone(),
                found,
                limit: limit as u64,
            },
            error => error.into(),
        })?;
        lines::read(&shown, &bytes)
    }

    /// What the remote has, as of a moment ago.
    async fn recent_tip(&self) -> Result<Option<String>, LedgerError> {
        self.check_trust().await?;
        let mut fetched = self.fetched.lock().await;
        match fetched.as_ref() {
            Some((at, tip)) if at.elapsed() < FRESH => return Ok(tip.clone()),
            _ => {}
        }
        let tip = self.fetch(&self.cancel).await?;
        *fetched = Some((Instant::now(), tip.clone()));
        Ok(tip)
    }

    /// What the remote has now.
    async fn fetch(&self, cancel: &CancellationToken) -> Result<Option<String>, LedgerError> {
        match self.branch(cancel) {
            Some(branch) => Ok(branch.fetch().await?),
            None => Ok(None),
        }
    }

    fn branch<'a>(&'a self, cancel: &'a CancellationToken) -> Option<Branch<'a>> {
        let name = self.branch.as_deref()?;
        Some(Branch::new(
            &self.processes,
            &self.workspace,
            &self.remote,
            name,
            cancel,
        ))
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("directory", &self.directory)
            .field("branch", &self.branch)
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

/// Where the records of a component in an environment are, below the ledger's folder.
fn deployments(component: &ComponentName, environment: EnvironmentName) -> String {
    format!("deployments/{environment}/{component}.jsonl")
}

fn samples_folder(component: &ComponentName, environment: EnvironmentName) -> String {
    format!("samples/{environment}/{component}")
}

/// The month of a file of samples, in UTC.
fn month(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

fn entries<T>(lines: Vec<Line<T>>) -> Vec<T> {
    lines.into_iter().map(|line| line.entry).collect()
}
