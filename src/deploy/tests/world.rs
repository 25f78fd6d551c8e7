//! A simulated world: which version is really active, and what goes wrong.

use super::support::Memory;
use crate::deploy::Log as _;
use crate::deploy::{
    Order,
    effects::{Call, Doing, Effects, Finding, Hooks},
    engine::Engine,
};
use crate::ledger::Event;
use crate::model::{Deployment, Phase, Reason, ReasonCode, Verdict, Version};
use std::{
    collections::{BTreeSet, VecDeque},
    future::pending,
    sync::{Arc, Mutex, MutexGuard, atomic::Ordering},
};

/// What happens in the next phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It passes.
    Pass,
    /// It fails; a command had its effect, or had not.
    Fail(bool),
    /// Nothing can be measured; a command cannot be started.
    Unmeasurable,
    /// The run is killed; a command had its effect, or had not.
    Kill(bool),
    /// A person interrupts the run; a command had its effect, or had not.
    Interrupt(bool),
    /// A hook before the phase fails.
    Hook,
    /// While the hooks before a command that changes what is active are at work, a person holds the
    /// version that it is to bring.
    HeldMeanwhile,
    /// The phase passes, and this becomes of a hook behind it.
    Behind(Trouble),
}

/// What becomes of a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It fails.
    Fails,
    /// It cannot be started.
    CannotStart,
    /// The run is killed in it.
    Kill,
    /// A person interrupts the run in it.
    Interrupt,
}

/// A call of a command that changes which version is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) id: String,
    pub(super) phase: Phase,
    pub(super) version: Version,
    /// Whether it made the version the active one.
    pub(super) has_effect: bool,
    /// Whether a person held the version when it was called.
    pub(super) is_held: bool,
}

#[derive(Default)]
pub(super) struct Inner {
    /// The version that is really active.
    pub(super) active: Option<Version>,
    pub(super) faults: VecDeque<Fault>,
    pub(super) changes: Vec<Change>,
    /// Versions that became active by a command of the engine.
    pub(super) brought: BTreeSet<Version>,
    /// Whether there is a `current` command, and whether it works.
    pub(super) current: Option<bool>,
    is_killed: bool,
    /// What becomes of the hooks behind the phase under way.
    behind: Option<Trouble>,
    /// How often hooks were run behind a deploy command that had done its work.
    pub(super) behind_deploy: usize,
    /// What people write into.
    log: Memory,
}

#[derive(Clone, Default)]
pub(super) struct World {
    inner: Arc<Mutex<Inner>>,
    pub(super) cancel: tokio_util::sync::CancellationToken,
    planned: BTreeSet<Phase>,
}

impl World {
    pub(super) fn new(planned: &[Phase], current: Option<bool>) -> Self {
        let world = Self {
            planned: planned.iter().copied().collect(),
            ..Self::default()
        };
        world.lock().current = current;
        world
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// The same world for the next run, which nobody has interrupted yet.
    pub(super) fn next_run(&self, faults: &[Fault]) -> Self {
        let world = Self {
            cancel: tokio_util::sync::CancellationToken::new(),
            ..self.clone()
        };
        let mut inner = world.lock();
        inner.faults = faults.iter().copied().collect();
        inner.is_killed = false;
        inner.behind = None;
        drop(inner);
        world
    }

    /// What becomes of the next hook behind a phase.
    pub(super) fn trouble(&self, behind: Option<Trouble>) {
        self.lock().behind = behind;
    }

    /// Lets an engine do its work; `None` where it was killed.
    pub(super) async fn carry_out<F>(
        &self,
        order: &Order,
        log: &mut Memory,
        work: F,
    ) -> Option<Deployment>
    where
        F: for<'a> FnOnce(Engine<'a>) -> Doing<'a, Deployment>,
    {
        let is_dead = Arc::clone(&log.is_dead);
        self.lock().log = log.clone();
        let engine = Engine::new(order, self, log, None, &self.cancel);
        let killed = async {
            while !self.lock().is_killed && !is_dead.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = killed => None,
            deployment = work(engine) => Some(deployment),
        }
    }

    fn next_fault(&self) -> Fault {
        self.lock().faults.pop_front().unwrap_or(Fault::Pass)
    }

    async fn go_through(&self, call: &Call) -> Finding {
        let mut fault = self.next_fault();
        if call.stop.is_cancelled() {
            return interrupted();
        }
        // What must not be interrupted is not: the phase goes on.
        let is_deaf = call.is_rollback || call.phase == Phase::Rollback;
        if let Fault::Interrupt(_) = fault {
            self.cancel.cancel();
            if is_deaf || !call.stop.is_cancelled() {
                fault = Fault::Pass;
            }
        }
        let is_change = matches!(call.phase, Phase::Deploy | Phase::Rollback);
        if is_change && fault != Fault::Unmeasurable {
            let has_effect = match fault {
                Fault::Pass | Fault::Hook | Fault::HeldMeanwhile | Fault::Behind(_) => true,
                Fault::Fail(effect) | Fault::Kill(effect) | Fault::Interrupt(effect) => effect,
                Fault::Unmeasurable => false,
            };
            let mut inner = self.lock();
            let is_held = inner.log.state().hold_of(&call.version).is_some();
            inner.changes.push(Change {
                is_held,
                id: call.id.clone(),
                phase: call.phase,
                version: call.version.clone(),
                has_effect,
            });
            if has_effect {
                inner.active = Some(call.version.clone());
                inner.brought.insert(call.version.clone());
            }
        }
        tokio::task::yield_now().await;
        match fault {
            Fault::Kill(_) => {
                self.lock().is_killed = true;
                pending().await
            }
            Fault::Interrupt(_) => return interrupted(),
            Fault::Behind(trouble) => self.lock().behind = Some(trouble),
            _ => {}
        }
        match fault {
            Fault::Fail(_) => Finding::new(Verdict::Failed, "it is broken"),
            Fault::Unmeasurable => Finding {
                is_touched: false,
                ..Finding::new(unmeasurable(), "nobody knows")
            },
            _ => Finding::new(Verdict::Passed, "fine"),
        }
    }
}

impl World {
    fn hold_meanwhile(&self, version: &Version) {
        let mut inner = self.lock();
        if inner.faults.front() == Some(&Fault::HeldMeanwhile) {
            inner.faults.pop_front();
            inner.log.push(Event::Held {
                version: version.clone(),
                reason: "a person says so".to_owned(),
            });
        }
    }

    async fn go_behind(&self, call: &Call) -> Hooks {
        let trouble = {
            let mut inner = self.lock();
            inner.behind_deploy += usize::from(call.phase == Phase::Deploy);
            inner.behind.take()
        };
        let (verdict, message) = match trouble {
            None => return Hooks::default(),
            Some(Trouble::Fails) => (Verdict::Failed, "the hook behind failed"),
            Some(Trouble::CannotStart) => (unmeasurable(), "the hook behind could not be started"),
            Some(Trouble::Kill) => {
                self.lock().is_killed = true;
                return pending().await;
            }
            Some(Trouble::Interrupt) => {
                self.cancel.cancel();
                match call.stop.is_cancelled() {
                    true => (interrupted().verdict, "interrupted"),
                    false => return Hooks::default(),
                }
            }
        };
        let message = message.to_owned();
        let mut hooks = Hooks::default();
        match call.is_rollback {
            true => hooks.warnings.push(message),
            false => hooks.failure = Some((verdict, message)),
        }
        hooks
    }
}

fn unmeasurable() -> Verdict {
    Verdict::Errored(Reason::new(ReasonCode::HealthNotMeasured, "nobody knows"))
}

fn interrupted() -> Finding {
    let reason = Reason::new(ReasonCode::Interrupted, "interrupted");
    Finding::new(Verdict::Errored(reason), "interrupted")
}

impl Effects for World {
    fn is_planned(&self, phase: Phase) -> bool {
        let always = [Phase::Deploy, Phase::HealthCheck, Phase::Rollback];
        always.contains(&phase) || self.planned.contains(&phase)
    }

    fn before<'a>(&'a self, call: &'a Call) -> Doing<'a, Hooks> {
        if matches!(call.phase, Phase::Deploy | Phase::Rollback) {
            self.hold_meanwhile(&call.version);
        }
        let is_hook = self.lock().faults.front() == Some(&Fault::Hook);
        let mut hooks = Hooks::default();
        if is_hook {
            self.lock().faults.pop_front();
            let message = "the hook failed".to_owned();
            if call.is_rollback {
                hooks.warnings.push(message);
            } else {
                hooks.failure = Some((Verdict::Failed, message));
            }
        }
        Box::pin(async move { hooks })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Doing<'a, Finding> {
        Box::pin(self.go_through(call))
    }

    fn after<'a>(&'a self, call: &'a Call) -> Doing<'a, Hooks> {
        Box::pin(self.go_behind(call))
    }

    fn current<'a>(&'a self, _call: &'a Call) -> Doing<'a, Option<Result<String, String>>> {
        let inner = self.lock();
        let answer = inner.current.map(|works| match (&inner.active, works) {
            (Some(active), true) => Ok(active.commit.clone()),
            _ => Err("nobody knows".to_owned()),
        });
        Box::pin(async move { answer })
    }
}
