//! Taking a version back that has failed.
//!
//! It is held first, so that whoever comes next knows, also where this run ends here. A rollback is
//! not interrupted, goes on where the ledger cannot be written, and is never followed by another
//! one.

use super::{
    conclude,
    effects::{Call, Finding},
    engine::{Engine, Run, Stop, error_of_ledger},
    log::Trace,
};
use crate::ledger::Event;
use crate::model::{Phase, Version};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What it is that is gone back to, and from what.
pub(super) struct Way {
    /// The version that is taken back, where it is known.
    pub(super) from: Option<Version>,
    /// The version that was verified healthy before.
    pub(super) to: Version,
}

/// What the health check found of the version that was brought back, or the phase of the way back that
/// did not succeed.
pub(super) type Back = Result<Finding, (Phase, Finding)>;

impl Engine<'_> {
    /// A check of the version failed.
    pub(super) async fn failed(&mut self, run: &mut Run, phase: Phase, message: &str) -> Stop {
        if !self.order.rollback_on_failure {
            return conclude::left_failed(run, phase, message);
        }
        let reason = format!("{phase} failed: {message}");
        self.take_back(run, &reason, None).await
    }

    /// Holds the version and brings the one before back, unless an interrupted run did that before.
    pub(super) async fn take_back(
        &mut self,
        run: &mut Run,
        reason: &str,
        interrupted: Option<&Trace>,
    ) -> Stop {
        let version = run.version.clone();
        self.hold(run, &version, reason).await;
        loop {
            let Some(to) = self.log.state().version_before(&version).cloned() else {
                return conclude::nothing_to_go_back_to(run, reason);
            };
            // Since this deployment began, another version may have become the one to go back to.
            run.previous = Some(to.clone());
            let from = Some(version.clone());
            let way = Way { from, to };
            match self.go_back(run, &way, interrupted).await {
                Ok(finding) => return conclude::rolled_back(&way, reason, &finding),
                // A person held it before the command was called: the one before it is next.
                Err((Phase::Rollback, finding))
                    if !finding.is_touched && self.log.state().hold_of(&way.to).is_some() => {}
                Err((phase, finding)) => {
                    return conclude::rollback_failed(run, &way, Some(reason), phase, &finding);
                }
            }
        }
    }

    /// Holds a version, unless it is held already.
    pub(super) async fn hold(&mut self, run: &mut Run, version: &Version, reason: &str) {
        if self.log.state().hold_of(version).is_some() {
            return;
        }
        let held = Event::Held {
            version: version.clone(),
            reason: reason.to_owned(),
        };
        if let Err(error) = self.log.append(held).await {
            run.warnings.push(format!(
                "{version} could not be held: {}",
                error_of_ledger(&error).message
            ));
        }
    }

    /// Brings a version back, unless an interrupted run did that before, and looks whether it is
    /// healthy.
    pub(super) async fn go_back(
        &mut self,
        run: &mut Run,
        way: &Way,
        interrupted: Option<&Trace>,
    ) -> Back {
        let time = self.order.timeout;
        run.deadline = Instant::now() + time;
        // It also says which version the rollback command is about to bring.
        if let Err(error) = self.renew_lease(run, time).await {
            run.warnings.push(error_of_ledger(&error).message);
        }
        let is_back = match interrupted {
            Some(trace) => self.is_back(run, way, trace).await,
            None => false,
        };
        if is_back {
            run.is_touched = true;
            run.active = Some(way.to.clone());
        } else {
            let finding = self.phase_back(run, way, Phase::Rollback).await;
            if !finding.verdict.is_pass() {
                return Err((Phase::Rollback, finding));
            }
        }
        let finding = self.phase_back(run, way, Phase::HealthCheck).await;
        if finding.verdict.is_pass() {
            Ok(finding)
        } else {
            Err((Phase::HealthCheck, finding))
        }
    }

    /// A phase of the way back.
    async fn phase_back(&mut self, run: &mut Run, way: &Way, phase: Phase) -> Finding {
        // What the deploy command gave back says nothing about the version before.
        if phase == Phase::Rollback {
            run.outputs = super::log::outputs_of(&self.log.records(), &way.to);
        }
        let call = self.call_back(run, way, phase);
        let opened = match self.open_phase(run, &call).await {
            Ok(opened) => opened,
            Err(stop) => return Finding::new(stop.verdict, stop.message),
        };
        let closed = self.finish_phase(run, &call, opened).await;
        closed.unwrap_or_else(|stop| Finding::new(stop.verdict, stop.message))
    }

    /// What a phase of the way back is called with. Its commands get another key than the deploy
    /// command, because it is not a repetition of that.
    pub(super) fn call_back(&self, run: &Run, way: &Way, phase: Phase) -> Call {
        Call {
            is_rollback: true,
            version: way.to.clone(),
            previous: way.from.clone(),
            id: format!("{}-rollback", run.id),
            stop: CancellationToken::new(),
            ..self.call(run, phase)
        }
    }
}
