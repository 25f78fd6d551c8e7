//! Records a run in its context session, stage by stage. A session that cannot be used is said so,
//! and the run goes on.

use crate::config::ContextPolicy;
use crate::context::{Session, messages};
use crate::model::{ComponentName, Report, Specification, StageRecord};
use crate::workflow::{Event, Observer};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// Records one run.
pub(super) struct Recorder {
    policy: ContextPolicy,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    problems: Vec<String>,
}

impl Recorder {
    /// Opens the session of the component and the day, or continues it.
    pub(super) fn new(
        workspace: &Path,
        policy: &ContextPolicy,
        component: &ComponentName,
    ) -> Arc<Self> {
        let mut state = State::default();
        if policy.is_enabled {
            let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
            let id = format!("{component}-workflow-{today}");
            match Session::open(
                &workspace.join(&policy.sessions_dir),
                &id,
                policy.max_tokens,
            ) {
                Ok(session) => state.session = Some(session),
                Err(error) => state.problems.push(error.to_string()),
            }
        }
        Arc::new(Self {
            policy: policy.clone(),
            state: Mutex::new(state),
        })
    }

    /// The observer that records events here.
    pub(super) fn observer(self: &Arc<Self>) -> Observer {
        let recorder = Arc::clone(self);
        Arc::new(move |event| match event {
            Event::SpecificationRead(specification) => recorder.open_with(&specification),
            Event::StageJudged(record) => recorder.add(&record),
            _ => {}
        })
    }

    /// Saves what is not saved yet; gives the session's id and what went wrong.
    pub(super) fn finish(&self, report: &Report) -> (Option<String>, Vec<String>) {
        let message = messages::conclusion(report);
        self.record(message);
        self.save();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let id = state
            .session
            .as_ref()
            .map(|session| session.id().to_owned());
        (id, std::mem::take(&mut state.problems))
    }

    fn open_with(&self, specification: &Specification) {
        self.record(messages::opening(specification));
        self.auto_save();
    }

    fn add(&self, record: &StageRecord) {
        self.record(messages::stage(record));
        self.auto_save();
    }

    fn record(&self, message: messages::Message) {
        let importance = self
            .policy
            .importance
            .get(message.importance)
            .copied()
            .unwrap_or(0.5);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = &mut state.session {
            session.add(message.role, message.content, importance, message.metadata);
        }
    }

    fn auto_save(&self) {
        if self.policy.auto_save {
            self.save();
        }
    }

    fn save(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = state.session.as_mut().map(Session::save) {
            let message = error.to_string();
            if !state.problems.contains(&message) {
                state.problems.push(message);
            }
        }
    }
}
