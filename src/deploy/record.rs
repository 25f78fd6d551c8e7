//! How the phases of an operation are written down, before and after.

use super::{
    DeploymentEvent, conclude,
    effects::{Call, Effects, Finding, Hooks},
    engine::{Engine, Run, Stop, error_of_ledger, ledger_unavailable},
    log::LogError,
};
use crate::ledger::{Event, Hold};
use crate::model::{Deployment, DeploymentOutcome, Operation, Phase, PhaseRecord, Verdict};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// What a lease has over the time that everything may take.
const LEASE_RESERVE: Duration = Duration::from_secs(120);

/// A phase that has begun.
pub(super) struct Opened {
    started_at: Timestamp,
    begun: Instant,
    before: Hooks,
    /// What keeps its command from bringing the version, because a person said so meanwhile.
    hold: Option<Hold>,
}

impl Opened {
    /// One that nothing came before, because another run saw its beginning.
    pub(super) fn of_another_run() -> Self {
        Self {
            started_at: Timestamp::now(),
            begun: Instant::now(),
            before: Hooks::default(),
            hold: None,
        }
    }

    /// Goes through the phase and the hooks behind it.
    pub(super) async fn finish(&self, effects: &dyn Effects, call: &Call) -> Finding {
        let finding = self.run(effects, call).await;
        self.go_behind(effects, call, finding).await
    }

    /// Goes through the phase, unless a hook before it or a hold keeps it from that.
    async fn run(&self, effects: &dyn Effects, call: &Call) -> Finding {
        let finding = match (&self.before.failure, &self.hold) {
            (None, None) => return effects.run(call).await,
            (Some((verdict, message)), _) => Finding::new(verdict.clone(), message.clone()),
            (None, Some(hold)) => conclude::held_meanwhile(&call.version, hold),
        };
        Finding {
            is_touched: false,
            ..finding
        }
    }

    /// Runs the hooks behind the phase. One that fails, or of which nobody knows whether it does,
    /// stands for a phase that has passed.
    async fn go_behind(&self, effects: &dyn Effects, call: &Call, mut finding: Finding) -> Finding {
        let is_kept = self.before.failure.is_some() || self.hold.is_some();
        if is_kept || finding.verdict.is_interrupted() {
            return finding;
        }
        let after = effects.after(call).await;
        finding.warnings.extend(after.warnings);
        match after.failure {
            Some((verdict, message)) if finding.verdict.is_pass() => {
                finding.verdict = verdict;
                finding.message = message;
            }
            Some((_, message)) => finding.warnings.push(message),
            None => {}
        }
        finding
    }

    /// Whether a hook keeps the deploy command from being started, so that there is nothing to be
    /// written down.
    fn is_kept_from_deploying(&self, call: &Call) -> bool {
        call.phase == Phase::Deploy && self.before.failure.is_some()
    }
}

impl Engine<'_> {
    /// A phase with its hooks, written down before and after. An error is an end: the run was
    /// interrupted, or the ledger cannot be written.
    pub(super) async fn phase(&mut self, run: &mut Run, phase: Phase) -> Result<Finding, Stop> {
        if self.cancel.is_cancelled() {
            return Err(conclude::interrupted(run, &format!("before {phase}")));
        }
        let call = self.call(run, phase);
        let opened = self.open_phase(run, &call).await?;
        self.finish_phase(run, &call, opened).await
    }

    /// The hooks before a phase, and the record that it begins.
    pub(super) async fn open_phase(&mut self, run: &mut Run, call: &Call) -> Result<Opened, Stop> {
        let (started_at, begun) = (Timestamp::now(), Instant::now());
        self.tell(DeploymentEvent::PhaseStarted {
            deployment: run.id.clone(),
            phase: call.phase,
            is_rollback: call.is_rollback,
        });
        let before = self.effects.before(call).await;
        let mut opened = Opened {
            started_at,
            begun,
            before,
            hold: None,
        };
        if opened.is_kept_from_deploying(call) {
            return Ok(opened);
        }
        let event = Event::PhaseStarted {
            deployment: run.id.clone(),
            phase: call.phase,
            is_rollback: call.is_rollback,
        };
        if let Err(error) = self.log.append(event).await {
            self.unwritten(run, call, error)?;
        }
        if is_change(call) {
            run.begin_change();
            // The hooks may have taken long: somebody may have held the version meanwhile.
            opened.hold = self.log.state().hold_of(&call.version).cloned();
        }
        Ok(opened)
    }

    /// Goes through a phase that has begun, and writes down what came of it.
    ///
    /// That a command has made a version the active one is written down before the hooks behind it
    /// are run: it is not called again, whatever becomes of them.
    pub(super) async fn finish_phase(
        &mut self,
        run: &mut Run,
        call: &Call,
        opened: Opened,
    ) -> Result<Finding, Stop> {
        let finding = opened.run(self.effects, call).await;
        if !(is_change(call) && finding.verdict.is_pass()) {
            let finding = opened.go_behind(self.effects, call, finding).await;
            return self.close_phase(run, call, opened, finding).await;
        }
        run.active = Some(call.version.clone());
        let written = self.append_end(run, call, &finding).await;
        self.finish_change(run, call, opened, finding, written)
            .await
    }

    /// The hooks behind a command that has made a version the active one, which is `written` down.
    pub(super) async fn finish_change(
        &mut self,
        run: &mut Run,
        call: &Call,
        opened: Opened,
        finding: Finding,
        written: Result<(), LogError>,
    ) -> Result<Finding, Stop> {
        let finding = opened.go_behind(self.effects, call, finding).await;
        self.note(run, call, opened, &finding);
        if finding.verdict.is_interrupted() {
            return Err(conclude::interrupted(run, &finding.message));
        }
        self.unless_written(run, call, &finding, written)?;
        Ok(finding)
    }

    /// The record of what came of a phase.
    pub(super) async fn close_phase(
        &mut self,
        run: &mut Run,
        call: &Call,
        opened: Opened,
        finding: Finding,
    ) -> Result<Finding, Stop> {
        let is_kept_from_deploying = opened.is_kept_from_deploying(call);
        self.note(run, call, opened, &finding);
        if is_change(call) && !finding.is_touched && !is_kept_from_deploying {
            run.undo_change();
        }
        if finding.verdict.is_interrupted() {
            // As after a kill: nobody saw its end.
            return Err(conclude::interrupted(run, &finding.message));
        }
        if is_kept_from_deploying {
            return Ok(finding);
        }
        let written = self.append_end(run, call, &finding).await;
        self.unless_written(run, call, &finding, written)?;
        Ok(finding)
    }

    /// Keeps what came of a phase for the report, and says it.
    fn note(&self, run: &mut Run, call: &Call, opened: Opened, finding: &Finding) {
        let record = record(call, opened, finding);
        run.outputs.extend(finding.outputs.clone());
        run.phases.push(record.clone());
        self.tell(DeploymentEvent::PhaseEnded {
            deployment: run.id.clone(),
            record: Box::new(record),
        });
    }

    pub(super) async fn append_end(
        &mut self,
        run: &Run,
        call: &Call,
        finding: &Finding,
    ) -> Result<(), LogError> {
        self.log
            .append(Event::PhaseEnded {
                deployment: run.id.clone(),
                phase: call.phase,
                is_rollback: call.is_rollback,
                verdict: finding.verdict.clone(),
                message: finding.message.clone(),
                outputs: finding.outputs.clone(),
                coverage: finding.coverage,
            })
            .await
    }

    /// What it means where the end of a phase could not be written: a failure is one all the same.
    fn unless_written(
        &self,
        run: &mut Run,
        call: &Call,
        finding: &Finding,
        written: Result<(), LogError>,
    ) -> Result<(), Stop> {
        match written {
            Ok(()) => Ok(()),
            Err(error @ LogError::Failed(_)) if finding.verdict == Verdict::Failed => {
                run.warnings.push(error_of_ledger(&error).message);
                Ok(())
            }
            Err(error) => self.unwritten(run, call, error),
        }
    }

    /// The ledger cannot be written. A version that must be taken back is taken back all the same;
    /// the next run does it again where it does not see that.
    fn unwritten(&self, run: &mut Run, call: &Call, error: LogError) -> Result<(), Stop> {
        let is_overtaken = matches!(error, LogError::Overtaken(_));
        let finding = error_of_ledger(&error);
        if !is_overtaken && (call.is_rollback || run.operation == Operation::Drill) {
            run.warnings.push(finding.message);
            return Ok(());
        }
        Err(match run.is_touched {
            true => conclude::unverified(&finding, call.phase),
            false => conclude::not_deployed(&finding, call.phase),
        })
    }

    /// A phase that changes nothing and is not written down.
    pub(super) async fn look_only(&mut self, run: &mut Run, call: &Call) -> Finding {
        let deployment = run.id.clone();
        self.tell(DeploymentEvent::PhaseStarted {
            deployment: deployment.clone(),
            phase: call.phase,
            is_rollback: call.is_rollback,
        });
        let opened = Opened {
            started_at: Timestamp::now(),
            begun: Instant::now(),
            before: self.effects.before(call).await,
            hold: None,
        };
        let finding = opened.finish(self.effects, call).await;
        let record = record(call, opened, &finding);
        run.phases.push(record.clone());
        let record = Box::new(record);
        self.tell(DeploymentEvent::PhaseEnded { deployment, record });
        finding
    }

    /// Says that an operation begins, and writes it down.
    pub(super) async fn start(&mut self, run: &Run, time: Duration) -> Result<(), Stop> {
        self.append_started(run, time.saturating_add(LEASE_RESERVE))
            .await
            .map_err(ledger_unavailable)?;
        self.tell(DeploymentEvent::Started(Box::new(
            self.deployment(run, &conclude::under_way()),
        )));
        Ok(())
    }

    /// Takes more time for the operation, or takes it over from a dead run.
    pub(super) async fn renew_lease(&mut self, run: &Run, time: Duration) -> Result<(), LogError> {
        self.append_started(run, time.saturating_add(LEASE_RESERVE))
            .await
    }

    async fn append_started(&mut self, run: &Run, lease: Duration) -> Result<(), LogError> {
        let lease = SignedDuration::try_from(lease).unwrap_or(SignedDuration::MAX);
        let lease_until = Timestamp::now().checked_add(lease);
        self.log
            .append(Event::Started {
                deployment: run.id.clone(),
                operation: run.operation,
                version: run.version.clone(),
                previous: run.previous.clone(),
                lease_until: lease_until.unwrap_or(Timestamp::MAX),
                is_hotfix: self.order.hotfix.is_some(),
                hotfix: self.order.hotfix.clone(),
                approved_by: self.order.approved_by.clone(),
            })
            .await
    }

    /// Writes down how it ended, and says it.
    pub(super) async fn end(&mut self, run: Run, mut stop: Stop) -> Deployment {
        let written = if stop.outcome == DeploymentOutcome::Interrupted && run.is_touched {
            self.append_started(&run, Duration::ZERO).await
        } else {
            self.log
                .append(Event::Ended {
                    deployment: run.id.clone(),
                    outcome: stop.outcome,
                    active: run.active.clone(),
                    message: stop.message.clone(),
                })
                .await
        };
        if let Err(error) = written {
            stop = match error {
                LogError::Failed(error) => conclude::not_recorded(stop, &error),
                LogError::Overtaken(error) => conclude::overtaken(stop, &error),
            };
        }
        self.told(run, stop)
    }

    pub(super) fn told(&self, run: Run, stop: Stop) -> Deployment {
        let deployment = self.deployment(&run, &stop);
        self.tell(DeploymentEvent::Ended(Box::new(deployment.clone())));
        deployment
    }
}

/// Whether a phase has a command that changes which version is active.
const fn is_change(call: &Call) -> bool {
    matches!(call.phase, Phase::Deploy | Phase::Rollback)
}

fn record(call: &Call, opened: Opened, finding: &Finding) -> PhaseRecord {
    let mut warnings = opened.before.warnings;
    warnings.extend(finding.warnings.iter().cloned());
    PhaseRecord {
        phase: call.phase,
        is_rollback: call.is_rollback,
        verdict: finding.verdict.clone(),
        message: finding.message.clone(),
        started_at: opened.started_at.to_string(),
        duration_ms: u64::try_from(opened.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        attempts: finding.attempts.clone(),
        measurements: finding.measurements.clone(),
        tests: finding.tests.clone(),
        warnings,
    }
}
