//! How lines get into the files of this machine and onto the branch.

use super::error::{LedgerError, io_error};
use super::lines::{self, Entry, Line};
use super::lock::{Lock, held_too_long, lock};
use super::{Ledger, files};
use crate::git::{Branch, Pushed};
use crate::ledger::{By, Event, Record};
use crate::model::{ComponentName, EnvironmentName};
use jiff::{Timestamp, TimestampRound, Unit};
use std::{collections::BTreeMap, path::Path, time::Duration};
use tokio::time::{Instant, sleep};

/// How often a commit is made anew because another run was faster.
const TRIES: u32 = 30;
/// How long is waited before it: between half of this and all of it, doubled each time up to
/// `LONGEST_PAUSE`. Runs that were refused at the same time must not come back at the same time.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// How long others of this machine may write. One push may take a minute.
const PATIENCE: Duration = Duration::from_secs(180);
/// How long a text that people wrote or commands printed may be, in bytes.
const MAX_TEXT: usize = 16 * 1024;

/// Whose turn it is to write on this machine.
const LOCK: &str = "ledger.lock";

type Files<T> = BTreeMap<String, Vec<Line<T>>>;

/// What is known, and what is added to it.
struct Addition<T> {
    known: Files<T>,
    new: Files<T>,
}

impl Ledger {
    /// Adds what `make` makes of the lines that are known, and gives all entries of each file,
    /// oldest first. `make` is asked again when others wrote meanwhile, and may refuse.
    ///
    /// On a branch, nothing counts that is not there: the branch is written first. Where that fails
    /// and `is_kept`, the new lines are kept on this machine and get onto the branch with the next
    /// ones; what has happened must not be forgotten because a network fails.
    pub(super) async fn write<T: Entry>(
        &self,
        paths: &[String],
        message: &str,
        is_kept: bool,
        mut make: impl FnMut(&Files<T>) -> Result<BTreeMap<String, Vec<T>>, LedgerError>,
    ) -> Result<BTreeMap<String, Vec<T>>, LedgerError> {
        self.check_trust().await?;
        files::make_directory(&self.workspace, &self.directory)?;
        let _lock = self.lock_files().await?;
        let local: Files<T> = paths
            .iter()
            .map(|path| Ok((path.clone(), self.local_lines(path)?)))
            .collect::<Result<_, LedgerError>>()?;
        let mut make = |known: Files<T>| {
            let new = as_lines(make(&known)?)?;
            Ok(Addition { known, new })
        };
        let mut addition = make(local.clone())?;
        let Some(branch) = self.branch(&self.never) else {
            for (path, lines) in &addition.new {
                files::append(&self.directory.join(path), &lines::written(lines))?;
            }
            return Ok(together(&addition));
        };
        let pushed = self.push(&branch, message, &local, &mut make, &mut addition);
        let pushed = pushed.await;
        let is_of_the_remote = matches!(
            pushed,
            Err(LedgerError::Branch(_) | LedgerError::Contended { .. })
        );
        if pushed.is_ok() || (is_kept && is_of_the_remote) {
            self.cache(&local, &addition);
        }
        pushed.map(|()| together(&addition))
    }

    /// Gets the addition onto the branch, made anew for each try.
    async fn push<T: Entry>(
        &self,
        branch: &Branch<'_>,
        message: &str,
        local: &Files<T>,
        make: &mut impl FnMut(Files<T>) -> Result<Addition<T>, LedgerError>,
        addition: &mut Addition<T>,
    ) -> Result<(), LedgerError> {
        // Most of the time nobody wrote since this machine did; where somebody did, the remote
        // does not take the commit.
        let mut parent = match branch.known().await {
            Some(known) => Some(known),
            None => branch.fetch().await?,
        };
        for tries in 1..=TRIES {
            let mut known = Files::new();
            for (path, ours) in local {
                let theirs = self.remote_lines(parent.as_deref(), path, &self.never);
                known.insert(path.clone(), lines::merged(ours, &theirs.await?));
            }
            *addition = make(known)?;
            let contents = addition.known.iter().map(|(path, lines)| {
                let added = addition.new.get(path).map_or(&[][..], Vec::as_slice);
                (path.clone(), lines::written(&lines::merged(lines, added)))
            });
            let contents = contents.collect();
            let commit = branch.commit(parent.as_deref(), &contents, message).await?;
            match branch.push(&commit, parent.as_deref()).await? {
                Pushed::Done => {
                    *self.fetched.lock().await = None;
                    return Ok(());
                }
                Pushed::Overtaken => {
                    sleep(pause(tries)).await;
                    parent = branch.fetch().await?;
                }
            }
        }
        Err(LedgerError::Contended {
            branch: self.branch.clone().unwrap_or_default(),
            tries: TRIES,
        })
    }

    /// Adds what this machine does not have yet. The branch has it, or will not get it otherwise,
    /// so that a failure here is only told.
    fn cache<T: Entry>(&self, local: &Files<T>, addition: &Addition<T>) {
        for (path, lines) in &addition.known {
            let ours = local.get(path).map_or(&[][..], Vec::as_slice);
            let added = addition.new.get(path).into_iter().flatten();
            let absent = lines::missing(lines, ours).into_iter().chain(added);
            let file = self.directory.join(path);
            if let Err(error) = files::append(&file, &lines::written(absent)) {
                tracing::warn!("{error}");
            }
        }
    }

    async fn lock_files(&self) -> Result<Lock, LedgerError> {
        let path = self.directory.join(LOCK);
        let taken = lock(&path, Instant::now() + PATIENCE).await?;
        taken.ok_or_else(|| held_too_long(&path, PATIENCE))
    }

    /// The file whose lock is a turn.
    pub(super) fn turn_file(
        &self,
        component: &ComponentName,
        environment: EnvironmentName,
    ) -> Result<std::path::PathBuf, LedgerError> {
        files::make_directory(&self.workspace, &self.directory)?;
        let folder = self.directory.join(format!("deployments/{environment}"));
        make_folder(&folder)?;
        Ok(folder.join(format!("{component}.lock")))
    }
}

fn make_folder(folder: &Path) -> Result<(), LedgerError> {
    let made = std::fs::create_dir_all(folder);
    made.map_err(io_error("making the folder", folder))
}

fn as_lines<T: Entry>(files: BTreeMap<String, Vec<T>>) -> Result<Files<T>, LedgerError> {
    let files = files.into_iter().map(|(path, entries)| {
        let lines = entries.into_iter().map(Line::new);
        Ok((path, lines.collect::<Result<_, LedgerError>>()?))
    });
    files.collect()
}

/// All entries of each file.
fn together<T: Entry>(addition: &Addition<T>) -> BTreeMap<String, Vec<T>> {
    let files = addition.known.iter().map(|(path, lines)| {
        let added = addition.new.get(path).map_or(&[][..], Vec::as_slice);
        (path.clone(), super::entries(lines::merged(lines, added)))
    });
    files.collect()
}

fn pause(tries: u32) -> Duration {
    let longest = PAUSE.saturating_mul(2_u32.saturating_pow(tries - 1));
    longest
        .min(LONGEST_PAUSE)
        .mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// A record of now, behind all others. Texts are cut where they are too long to be read.
pub(super) fn record(by: &By, mut event: Event, now: Timestamp, last: Option<Timestamp>) -> Record {
    match &mut event {
        Event::PhaseEnded { message: text, .. }
        | Event::Ended { message: text, .. }
        | Event::Held { reason: text, .. }
        | Event::Released { reason: text, .. }
        | Event::Demoted { reason: text, .. } => cut(text),
        Event::Approved(approval) => cut(&mut approval.reason),
        Event::Started { .. } | Event::PhaseStarted { .. } => {}
    }
    let to_micros = TimestampRound::new().smallest(Unit::Microsecond);
    let now = now.round(to_micros).unwrap_or(now);
    Record {
        at: lines::next_time(now, last),
        by: by.clone(),
        event,
    }
}

fn cut(text: &mut String) {
    if text.len() > MAX_TEXT {
        let end = text.floor_char_boundary(MAX_TEXT);
        text.truncate(end);
        text.push('…');
    }
}

/// The title of a commit.
pub(super) fn title(
    component: &ComponentName,
    environment: EnvironmentName,
    event: &Event,
) -> String {
    let what = match event {
        Event::Started { version, .. } => format!("deployment of {version} begins"),
        Event::PhaseStarted { phase, .. } => format!("{phase} begins"),
        Event::PhaseEnded { phase, verdict, .. } => format!("{phase} {}", verdict.as_str()),
        Event::Ended { outcome, .. } => format!("deployment ended {outcome}"),
        Event::Held { version, .. } => format!("{version} is held"),
        Event::Released { version, .. } => format!("{version} is released"),
        Event::Approved(approval) => format!("{} is approved", approval.version),
        Event::Demoted { .. } => "demoted".to_owned(),
    };
    format!("{component} in {environment}: {what}")
}
