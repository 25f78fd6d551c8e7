//! Records a run in its context session, stage by stage. A session that cannot be used is said so,
//! and the run goes on.

use crate::config::ContextPolicy;
use crate::context::{
    ContextError, Role, RunFacts, Session, SessionMessage, opening_message, session_id,
    stage_message,
};
use crate::inside::inside;
use crate::model::{ComponentName, SourceIdentity, Specification, StageRecord, Target};
use crate::workflow::{Event, Observer, Request};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Records one run.
pub(super) struct Recorder {
    policy: ContextPolicy,
    component: ComponentName,
    target: Target,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    run_id: String,
    source: Option<SourceIdentity>,
    /// What was judged before it was known of which commit.
    waiting: Vec<StageRecord>,
    session: Option<Session>,
    problems: Vec<String>,
}

impl Recorder {
    /// Opens the session of the component and the day, or continues it.
    pub(super) fn new(policy: &ContextPolicy, request: &Request) -> Arc<Self> {
        let mut state = State::default();
        if policy.is_enabled {
            let today = jiff::Timestamp::now()
                .to_zoned(jiff::tz::TimeZone::UTC)
                .date();
            let id = session_id(&request.component, today);
            let folder = inside(&request.workspace, &policy.sessions_dir);
            let folder = folder.map_err(|source| ContextError::Io {
                doing: "using the folder of the sessions",
                path: request.workspace.join(&policy.sessions_dir),
                source,
            });
            match folder.and_then(|folder| Session::open(&folder, &id, policy.max_tokens)) {
                Ok(session) => state.session = Some(session),
                Err(error) => state.problems.push(error.to_string()),
            }
        }
        Arc::new(Self {
            policy: policy.clone(),
            component: request.component.clone(),
            target: request.target,
            state: Mutex::new(state),
        })
    }

    /// The observer that records events here.
    pub(super) fn observer(self: &Arc<Self>) -> Observer {
        let recorder = Arc::clone(self);
        Arc::new(move |event| match event {
            Event::Started { run_id, .. } => recorder.state().run_id = run_id,
            Event::SpecificationRead(specification) => recorder.open_with(&specification),
            Event::SourceIdentified(source) => recorder.identify(source),
            Event::StageJudged(record) => recorder.add(*record),
            _ => {}
        })
    }

    /// Saves what is not saved yet; gives the session's id and what went wrong.
    pub(super) fn finish(&self) -> (Option<String>, Vec<String>) {
        self.add_waiting();
        self.save(Session::sync);
        let mut state = self.state();
        let id = state
            .session
            .as_ref()
            .map(|session| session.id().to_owned());
        (id, std::mem::take(&mut state.problems))
    }

    /// The specification is told once a session, and again only when it has changed.
    fn open_with(&self, specification: &Specification) {
        let message = opening_message(&self.component, specification);
        let is_known = self
            .state()
            .session
            .as_ref()
            .is_some_and(|session| session.has_message(Role::System, &message.content));
        if !is_known {
            self.record(Role::System, message);
        }
    }

    fn identify(&self, source: SourceIdentity) {
        self.state().source = Some(source);
        self.add_waiting();
    }

    fn add(&self, record: StageRecord) {
        let mut state = self.state();
        state.waiting.push(record);
        let is_identified = state.source.is_some();
        drop(state);
        if is_identified {
            self.add_waiting();
        }
    }

    fn add_waiting(&self) {
        let mut state = self.state();
        let waiting = std::mem::take(&mut state.waiting);
        let run_id = state.run_id.clone();
        let commit = state
            .source
            .as_ref()
            .and_then(|source| source.commit.clone());
        drop(state);
        let facts = RunFacts {
            component: &self.component,
            target: self.target,
            run_id: &run_id,
            commit: commit.as_deref(),
        };
        for record in &waiting {
            self.record(Role::User, stage_message(&facts, record));
        }
    }

    fn record(&self, role: Role, message: SessionMessage) {
        let importance = self
            .policy
            .importance
            .get(message.importance_key)
            .copied()
            .unwrap_or(0.5);
        if let Some(session) = &mut self.state().session
            && let Err(error) = session.add(role, &message.content, importance, message.metadata)
        {
            tracing::warn!("context session: {error}");
        }
        if self.policy.auto_save {
            self.save(|_| Ok(()));
        }
    }

    /// Saves, and does what follows a save that succeeded.
    fn save(&self, then: impl Fn(&Session) -> Result<(), ContextError>) {
        let mut state = self.state();
        let saved = state
            .session
            .as_mut()
            .map(|session| session.save().and_then(|()| then(session)));
        if let Some(Err(error)) = saved {
            let message = error.to_string();
            if !state.problems.contains(&message) {
                state.problems.push(message);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
