//! A rollback that a person asks for.

use super::{
    conclude,
    engine::{Engine, Run, Stop, ledger_unavailable},
    log::Trace,
    rollback::Way,
};
use crate::ledger::State;
use crate::model::{Deployment, Operation, Version};

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackRequest {
    /// The version to go back to; the last one that was verified healthy where it is not said.
    pub to: Option<Version>,
    /// Why.
    pub reason: String,
}

impl Engine<'_> {
    /// Goes back from the version that is active to the last one that was verified healthy before
    /// it, and holds the one that was active.
    ///
    /// An interrupted deployment is closed first: it is what the person goes back from.
    pub(super) async fn roll_back(mut self, request: &RollbackRequest) -> Deployment {
        self.operation = Operation::Rollback;
        let state = self.log.state();
        let trace = state
            .open
            .as_ref()
            .map(|open| Trace::of(&self.log.records(), &open.deployment));
        let from = from(&state, trace.as_ref());
        let to = match target(&state, from.as_ref(), request.to.as_ref()) {
            Ok(to) => to,
            Err(stop) => return self.refuse(stop),
        };
        if let (Some(open), Some(trace)) = (&state.open, &trace) {
            let rolls_back = self.order.rollback_on_failure;
            let closing = super::decision::closing(&state, open, trace, rolls_back);
            if let Err(error) = self.close(open, closing).await {
                return self.refuse(ledger_unavailable(error));
            }
        }
        let active = self.log.state().active.map(|active| active.version);
        let mut run = self.run(Operation::Rollback, to.clone(), from.clone(), active);
        if let Err(stop) = self.start(&run, self.order.timeout).await {
            return self.refuse(stop);
        }
        if let Some(from) = &from {
            self.hold(&mut run, from, &request.reason).await;
        }
        let way = Way { from, to };
        let stop = self.roll_back_along(&mut run, &way, None).await;
        self.end(run, stop).await
    }

    /// Goes back, and says what came of it.
    pub(super) async fn roll_back_along(
        &mut self,
        run: &mut Run,
        way: &Way,
        interrupted: Option<&Trace>,
    ) -> Stop {
        match self.go_back(run, way, interrupted).await {
            Ok(finding) => conclude::rolled_back_by_hand(run, way, &finding),
            Err((phase, finding)) => conclude::rollback_failed(run, way, None, phase, &finding),
        }
    }
}

/// The version that is gone back from: that of an interrupted operation, as far as it may have become
/// active, or the active one.
fn from(state: &State, trace: Option<&Trace>) -> Option<Version> {
    let active = state.active.as_ref().map(|active| active.version.clone());
    let (Some(open), Some(trace)) = (&state.open, trace) else {
        return active;
    };
    match open.operation {
        Operation::Deploy if trace.is_touched() => Some(open.version.clone()),
        Operation::Deploy => active.or_else(|| trace.active_before.clone()),
        Operation::Rollback => open.previous.clone().or(active),
        Operation::Drill => active.or_else(|| Some(open.version.clone())),
    }
}

fn target(state: &State, from: Option<&Version>, asked: Option<&Version>) -> Result<Version, Stop> {
    let nowhere = Version::of_commit("");
    let found = match asked {
        None => state.version_before(from.unwrap_or(&nowhere)).cloned(),
        Some(asked) => {
            if let Some(hold) = state.hold_of(asked) {
                return Err(conclude::held(asked, hold));
            }
            let is_good = state.verified.contains(asked) && Some(asked) != from;
            is_good.then(|| asked.clone())
        }
    };
    found.ok_or_else(|| conclude::no_target(state, from, asked))
}
