//! Keeping others out while a deployment is under way.
//!
//! Two things keep them out. On one machine it is the lock of a file, which the operating system
//! takes back when the process ends, however it ends. Between machines that share a branch it is the
//! lease of the deployment that is open: whoever wants to begin one writes that it began, and the
//! remote takes it from one of them only.
//!
//! A turn is given when no deployment is open, or the one that is open is dead, that is: nobody can
//! be at work on it. Without a branch this is so as soon as the lock is free. With a branch the lock
//! says so only about deployments that were begun under it, which it remembers by their id; any
//! other one is dead a minute after its lease is over.

use super::error::{Busy, LedgerError, TurnError, io_error};
use super::lines::Line;
use super::lock::{Lock, lock};
use super::{Ledger, deployments, entries, write};
use crate::ledger::{By, Event, Open, Record, State};
use crate::model::{ComponentName, EnvironmentName};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{Read as _, Seek as _, Write as _},
    time::Duration,
};
use tokio::time::{Instant, sleep, sleep_until};

/// How long after its lease a deployment of another machine is taken for dead: clocks differ.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How long is waited before the branch is asked again whether the other run has ended.
const PAUSE: Duration = Duration::from_secs(5);
/// How much of a lock's file is read, in bytes.
const MAX_HOLDER: u64 = 64 * 1024;

/// Who holds a lock, as it stands in the lock's file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Holder {
    by: By,
    #[serde(default)]
    since: Option<Timestamp>,
    /// The deployment that was begun last under this lock.
    #[serde(default)]
    deployment: Option<String>,
}

/// The right to deploy one component to one environment, for as long as this lives.
///
/// A deployment that is open in [`Turn::state`] is dead: the run that began it cannot be at work any
/// more, and this one may go on with it or close it. The first thing that is written about it says
/// that this run took it over, with a lease as long as the first one.
#[derive(Debug)]
pub struct Turn {
    ledger: Ledger,
    component: ComponentName,
    environment: EnvironmentName,
    by: By,
    holder: Holder,
    lock: Lock,
    records: Vec<Record>,
    /// Whether something was written yet.
    has_written: bool,
    /// The deployment that this turn began or took over.
    claimed: Option<String>,
}

pub(super) async fn take(
    ledger: &Ledger,
    component: &ComponentName,
    environment: EnvironmentName,
    by: By,
    patience: Duration,
) -> Result<Turn, TurnError> {
    let taken = wait_for(ledger, component, environment, by, patience).await;
    match taken {
        // Git was ended with the run, and has nothing to say about the ledger.
        Err(TurnError::Ledger(_)) if ledger.cancel.is_cancelled() => Err(TurnError::Cancelled),
        taken => taken,
    }
}

async fn wait_for(
    ledger: &Ledger,
    component: &ComponentName,
    environment: EnvironmentName,
    by: By,
    patience: Duration,
) -> Result<Turn, TurnError> {
    let deadline = Instant::now() + patience;
    ledger.check_trust().await?;
    let busy = |holder: Option<Holder>, open: Option<&Open>| {
        let since = holder.as_ref().and_then(|holder| holder.since);
        let by = holder.map(|holder| holder.by);
        Box::new(Busy {
            component: component.clone(),
            environment,
            by: by.or_else(|| open.map(|open| open.by.clone())),
            since,
            lease_until: open.map(|open| open.lease_until),
            patience,
        })
    };
    let path = ledger.turn_file(component, environment)?;
    let taken = tokio::select! {
        taken = lock(&path, deadline) => taken?,
        () = ledger.cancel.cancelled() => return Err(TurnError::Cancelled),
    };
    let Some(mut lock) = taken else {
        let holder = std::fs::read(&path).ok();
        let holder = holder.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        return Err(busy(holder, None).into());
    };
    let before = read_holder(&mut lock);
    let records = loop {
        let tip = ledger.fetch(&ledger.cancel).await?;
        let path = deployments(component, environment);
        let records = entries::<Record>(ledger.lines(tip.as_deref(), &path).await?);
        let Some(open) = State::of(&records).open else {
            break records;
        };
        let has_branch = ledger.branch.is_some();
        if is_dead(
            &open,
            before.deployment.as_deref(),
            has_branch,
            (ledger.clock)(),
        ) {
            break records;
        }
        if Instant::now() >= deadline {
            let since = began(&records, &open.deployment).map(|record| record.at);
            let by = open.by.clone();
            let deployment = None;
            let holder = Holder {
                by,
                since,
                deployment,
            };
            return Err(busy(Some(holder), Some(&open)).into());
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = sleep_until(deadline) => {}
            () = ledger.cancel.cancelled() => return Err(TurnError::Cancelled),
        }
    };
    let holder = Holder {
        by: by.clone(),
        since: Some((ledger.clock)()),
        deployment: before.deployment,
    };
    let mut turn = Turn {
        ledger: ledger.clone(),
        component: component.clone(),
        environment,
        by,
        holder,
        lock,
        records,
        has_written: false,
        claimed: None,
    };
    turn.write_holder()?;
    Ok(turn)
}

/// Whether nobody can be at work on an open deployment, by one who holds the lock of this machine.
fn is_dead(open: &Open, begun_under_lock: Option<&str>, has_branch: bool, now: Timestamp) -> bool {
    let is_of_this_machine = begun_under_lock == Some(open.deployment.as_str());
    let lease_until = open.lease_until.checked_add(GRACE);
    !has_branch || is_of_this_machine || lease_until.is_ok_and(|until| now > until)
}

/// The last record that says that this deployment began.
fn began<'a>(records: &'a [Record], id: &str) -> Option<&'a Record> {
    records.iter().rev().find(
        |record| matches!(&record.event, Event::Started { deployment, .. } if deployment == id),
    )
}

impl Turn {
    /// Whose turn it is.
    #[must_use]
    pub const fn component(&self) -> &ComponentName {
        &self.component
    }

    /// Where.
    #[must_use]
    pub const fn environment(&self) -> EnvironmentName {
        self.environment
    }

    /// Every record that this turn knows, oldest first.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What follows from them.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(&self.records)
    }

    /// Writes down what happens. `Ok` means that it will be read by every run after this one.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or another run wrote about the same deployments since this turn
    /// looked at them, which is [`LedgerError::Overtaken`] and means that this run has to stop.
    /// What has happened, which is everything but a beginning, is kept on this machine where only
    /// the branch cannot be written, and gets there with the next record.
    pub async fn append(&mut self, event: Event) -> Result<(), LedgerError> {
        let takeover = self.takeover(&event);
        let begins = takeover.as_ref().unwrap_or(&event);
        if let Event::Started { deployment, .. } = begins {
            self.holder.deployment = Some(deployment.clone());
            self.write_holder()?;
        }
        let message = write::title(&self.component, self.environment, &event);
        let is_start = matches!(event, Event::Started { .. });
        let path = deployments(&self.component, self.environment);
        // More time for what this run has begun claims nothing.
        let is_claim = match &event {
            Event::Started { deployment, .. } => self.claimed.as_ref() != Some(deployment),
            _ => !self.has_written,
        };
        let events: Vec<Event> = takeover.into_iter().chain([event]).collect();
        let paths = [path.clone()];
        let written = self
            .ledger
            .write(&paths, &message, !is_start, |known| {
                let lines = known.get(&path).map_or(&[][..], Vec::as_slice);
                self.check_not_overtaken(lines, is_claim)?;
                let mut last = lines.last().map(|line| line.entry.at);
                let records = events.iter().map(|event| {
                    let now = (self.ledger.clock)();
                    let record = write::record(&self.by, event.clone(), now, last);
                    last = Some(record.at);
                    record
                });
                Ok(BTreeMap::from([(path.clone(), records.collect())]))
            })
            .await;
        let mut written = match written {
            Ok(written) => written,
            Err(error) => {
                self.read_what_is_kept();
                return Err(error);
            }
        };
        self.records = written.remove(&path).unwrap_or_default();
        self.has_written = true;
        self.claimed.clone_from(&self.holder.deployment);
        Ok(())
    }

    /// What says that this run goes on with the deployment of one that is dead, where the event is
    /// about it and does not end it.
    fn takeover(&self, event: &Event) -> Option<Event> {
        let (Event::PhaseStarted { deployment, .. } | Event::PhaseEnded { deployment, .. }) = event
        else {
            return None;
        };
        if self.claimed.as_ref() == Some(deployment) {
            return None;
        }
        let open = self.state().open;
        open.filter(|open| open.deployment == *deployment)?;
        let began = began(&self.records, deployment)?;
        let mut takeover = began.event.clone();
        if let Event::Started { lease_until, .. } = &mut takeover {
            let length = lease_until.duration_since(began.at);
            let until = (self.ledger.clock)().checked_add(length);
            *lease_until = until.unwrap_or(*lease_until);
        }
        Some(takeover)
    }

    /// Nobody else may have written about deployments here since this turn looked; and when it
    /// claims the environment, nobody may have held or released anything either.
    fn check_not_overtaken(
        &self,
        lines: &[Line<Record>],
        is_claim: bool,
    ) -> Result<(), LedgerError> {
        let overtakes = |event: &Event| match event {
            Event::Started { .. }
            | Event::PhaseStarted { .. }
            | Event::PhaseEnded { .. }
            | Event::Ended { .. } => true,
            Event::Held { .. } | Event::Released { .. } => is_claim,
            Event::Approved(_) | Event::Demoted { .. } => false,
        };
        // A push whose answer was lost may have brought a record of this run there.
        let others = lines.iter().map(|line| &line.entry);
        let others = others.filter(|record| record.by.run != self.by.run);
        let mut new = others.filter(|record| !self.records.contains(record));
        match new.find(|record| overtakes(&record.event)) {
            None => Ok(()),
            Some(record) => Err(LedgerError::Overtaken {
                component: self.component.clone(),
                environment: self.environment,
                by: record.by.clone(),
            }),
        }
    }

    /// After a failure, what was kept on this machine is known.
    fn read_what_is_kept(&mut self) {
        let path = deployments(&self.component, self.environment);
        if let Ok(lines) = self.ledger.local_lines::<Record>(&path) {
            let own = lines.into_iter().map(|line| line.entry);
            let own = own.filter(|record| record.by == self.by);
            let new: Vec<Record> = own
                .filter(|record| !self.records.contains(record))
                .collect();
            self.records.extend(new);
        }
    }

    /// Writes into the lock's file who holds it. Whoever waits reads it.
    fn write_holder(&mut self) -> Result<(), LedgerError> {
        let bytes = serde_json::to_vec(&self.holder)?;
        let file = &mut self.lock.file;
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(&bytes))
            .and_then(|()| file.sync_data());
        written.map_err(io_error("writing", &self.lock.path))
    }
}

/// What the lock's file says. One that cannot be read says nothing, so that a deployment of another
/// machine is waited for.
fn read_holder(lock: &mut Lock) -> Holder {
    let mut bytes = Vec::new();
    let read = lock.file.rewind().and_then(|()| {
        let mut file = (&lock.file).take(MAX_HOLDER);
        file.read_to_end(&mut bytes)
    });
    let holder = read.ok().and_then(|_| serde_json::from_slice(&bytes).ok());
    holder.unwrap_or_default()
}
