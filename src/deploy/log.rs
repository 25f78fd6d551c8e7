//! What a deployment needs of the ledger.

use crate::ledger::{Event, LedgerError, Record, State, Turn};
use crate::model::{Phase, Verdict, Version};
use std::{collections::BTreeMap, future::Future, pin::Pin};

/// The records of one component in one environment, held by one run alone.
pub trait Log: Send {
    /// What follows from the records.
    fn state(&self) -> State;
    /// The records, oldest first.
    fn records(&self) -> Vec<Record>;
    /// Adds a record. It is kept when this returns.
    fn append(&mut self, event: Event) -> Appending<'_>;
}

/// A record being written, or why it cannot be.
pub type Appending<'a> = Pin<Box<dyn Future<Output = Result<(), LogError>> + Send + 'a>>;

/// Why a record cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The ledger cannot be written.
    #[error("{0}")]
    Failed(String),
    /// Another run is at work on the environment now. This one must stop, whatever it is at.
    #[error("{0}")]
    Overtaken(String),
}

impl Log for Turn {
    fn state(&self) -> State {
        self.state()
    }

    fn records(&self) -> Vec<Record> {
        self.records().to_vec()
    }

    fn append(&mut self, event: Event) -> Appending<'_> {
        Box::pin(async move {
            let written = Turn::append(self, event).await;
            written.map_err(|error| match &error {
                LedgerError::Overtaken { .. } => LogError::Overtaken(error.to_string()),
                _ => LogError::Failed(error.to_string()),
            })
        })
    }
}

/// How far a command has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Step {
    /// It was not begun.
    #[default]
    NotBegun,
    /// It was begun, and nobody saw its end.
    Begun,
    /// It did its work.
    Passed,
    /// It failed.
    Failed,
    /// It could not be started.
    NotDone,
}

/// What the records say about one deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trace {
    /// The version that was active when it began, as far as it was known.
    pub(super) active_before: Option<Version>,
    /// How far its deploy command has come.
    pub(super) deploy: Step,
    /// How far its rollback command has come.
    pub(super) rollback: Step,
    /// The version that the rollback command of a deployment that was taken back was to bring.
    pub(super) taken_back_to: Option<Version>,
    is_deploy_unseen: bool,
    is_rollback_unseen: bool,
    /// What the check said that failed.
    pub(super) failure: Option<String>,
    /// The phase that began last.
    pub(super) last: Option<Phase>,
    /// What its commands gave back.
    pub(super) outputs: BTreeMap<String, String>,
}

impl Trace {
    /// Reads the records of a deployment.
    pub(super) fn of(records: &[Record], id: &str) -> Self {
        let mut trace = Self::default();
        let mut active = None;
        let mut has_begun = false;
        let mut to = None;
        for record in records {
            match &record.event {
                Event::Started {
                    deployment,
                    previous,
                    ..
                } if deployment == id => {
                    if !has_begun {
                        trace.active_before.clone_from(&active);
                    }
                    has_begun = true;
                    to.clone_from(previous);
                }
                Event::PhaseStarted {
                    deployment,
                    phase,
                    is_rollback,
                } if deployment == id => {
                    trace.last = Some(*phase);
                    if *phase == Phase::Rollback {
                        trace.taken_back_to.clone_from(&to);
                    }
                    trace.step(*phase, *is_rollback, Step::Begun);
                }
                Event::PhaseEnded {
                    deployment,
                    phase,
                    is_rollback,
                    verdict,
                    message,
                    outputs,
                    ..
                } if deployment == id => {
                    trace.step(*phase, *is_rollback, ended(verdict));
                    trace.outputs.extend(outputs.clone());
                    let is_of_the_version = !is_rollback && *phase != Phase::EndToEndTests;
                    if *verdict == Verdict::Failed && is_of_the_version {
                        trace.failure = Some(message.clone());
                    }
                }
                Event::Ended { active: now, .. } => active.clone_from(now),
                _ => {}
            }
        }
        trace
    }

    /// Whether a command was started that may have changed which version is active.
    pub(super) fn is_touched(&self) -> bool {
        let is_nothing = |step: Step| matches!(step, Step::NotBegun | Step::NotDone);
        !is_nothing(self.deploy) || !is_nothing(self.rollback)
    }

    fn step(&mut self, phase: Phase, is_rollback: bool, step: Step) {
        let (known, is_unseen) = match phase {
            Phase::Deploy if !is_rollback => (&mut self.deploy, &mut self.is_deploy_unseen),
            Phase::Rollback => (&mut self.rollback, &mut self.is_rollback_unseen),
            _ => return,
        };
        // An earlier try whose end nobody saw may have done its work, whatever became of this one.
        *is_unseen |= *known == Step::Begun && step == Step::Begun;
        *known = match step {
            Step::NotDone if *is_unseen => Step::Begun,
            step => step,
        };
    }
}

const fn ended(verdict: &Verdict) -> Step {
    match verdict {
        Verdict::Passed | Verdict::Warned => Step::Passed,
        Verdict::Failed => Step::Failed,
        Verdict::NoData(_) | Verdict::Errored(_) | Verdict::Skipped(_) => Step::NotDone,
    }
}

/// What the commands gave back that made a version the active one the last time, such as `url`.
#[must_use]
pub fn outputs_of(records: &[Record], version: &Version) -> BTreeMap<String, String> {
    let mut begun: BTreeMap<&str, &Event> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for record in records {
        match &record.event {
            started @ Event::Started { deployment, .. } => {
                begun.entry(deployment).or_insert(started);
            }
            Event::PhaseEnded {
                deployment,
                phase: phase @ (Phase::Deploy | Phase::Rollback),
                is_rollback,
                verdict,
                outputs,
                ..
            } if verdict.is_pass() => {
                let begun = begun.get(deployment.as_str());
                let brought = begun.and_then(|begun| begun.brought_by(*phase, *is_rollback));
                if brought == Some(version) {
                    found.clone_from(outputs);
                }
            }
            _ => {}
        }
    }
    found
}
