//! The way of a version through the phases, from the ledger and the effects. Reads top to bottom.
//!
//! A run that is interrupted leaves its deployment open in the ledger, exactly as one that is
//! killed does, and gives its lease back, so that the next run goes on at once. Only a deployment
//! that touched nothing is ended. A rollback that has begun is not interrupted: it is the shortest
//! way back to something that is known.

use super::{
    DeploymentEvent, Order, Watcher,
    conclude::{self, Conclusion},
    decision::{Decision, decide},
    effects::{Call, Effects, Finding},
    log::{Log, LogError},
};
use crate::ledger::Open;
use crate::model::{
    Deployment, DeploymentOutcome, Operation, Phase, PhaseRecord, Reason, ReasonCode, Verdict,
    Version,
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often it is decided anew: an interrupted operation is closed or settled at most once.
const DECISIONS: usize = 3;

/// Carries out an order.
pub(super) struct Engine<'a> {
    pub(super) order: &'a Order,
    pub(super) effects: &'a dyn Effects,
    pub(super) log: &'a mut dyn Log,
    watcher: Option<Watcher>,
    pub(super) cancel: CancellationToken,
    /// What it is about.
    pub(super) operation: Operation,
}

/// An operation under way.
pub(super) struct Run {
    pub(super) id: String,
    pub(super) operation: Operation,
    pub(super) version: Version,
    pub(super) previous: Option<Version>,
    /// The version that is active, as far as it is known.
    pub(super) active: Option<Version>,
    /// Whether a command was started that changes which version is active.
    pub(super) is_touched: bool,
    /// What was active before the last command of that kind.
    before: Option<Version>,
    pub(super) deadline: Instant,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) phases: Vec<PhaseRecord>,
    /// What went wrong beside the phases.
    pub(super) warnings: Vec<String>,
    /// What the interrupted run had come to, where there was one.
    pub(super) earlier: Option<String>,
}

impl Run {
    /// A command begins that changes which version is active.
    pub(super) fn begin_change(&mut self) {
        self.before = self.active.take();
        self.is_touched = true;
    }

    /// It was not started after all.
    pub(super) fn undo_change(&mut self) {
        self.active = self.before.take();
    }
}

/// Why an operation goes no further.
pub(super) struct Stop {
    pub(super) outcome: DeploymentOutcome,
    pub(super) verdict: Verdict,
    pub(super) message: String,
    pub(super) remedy: Option<String>,
}

/// The forward phases that the time of a deployment is for.
const CHECKS: [Phase; 3] = [
    Phase::HealthCheck,
    Phase::SmokeTest,
    Phase::IntegrationTests,
];

impl<'a> Engine<'a> {
    pub(super) fn new(
        order: &'a Order,
        effects: &'a dyn Effects,
        log: &'a mut dyn Log,
        watcher: Option<Watcher>,
        cancel: &CancellationToken,
    ) -> Self {
        Self {
            order,
            effects,
            log,
            watcher,
            cancel: cancel.clone(),
            operation: Operation::Deploy,
        }
    }

    /// Deploys the version of the order.
    pub(super) async fn deploy(mut self) -> Deployment {
        let version = &self.order.version;
        // What was settled and did not end well: it would be left out where the order is refused.
        let mut unwell = None;
        for _ in 0..DECISIONS {
            let (state, records) = (self.log.state(), self.log.records());
            match decide(&state, &records, version, self.order.rollback_on_failure) {
                Decision::LookAgain if self.order.checks_again => {
                    let previous = state.version_before(version).cloned();
                    return self.begin(previous).await;
                }
                Decision::Refuse(hold) => {
                    let stop = conclude::held(version, &hold);
                    return match unwell {
                        Some(settled) => conclude::also_refused(settled, &stop),
                        None => self.refuse(stop),
                    };
                }
                Decision::LookAgain => return self.look_again().await,
                Decision::Begin { previous } => return self.begin(previous).await,
                Decision::GoOn(open, point) => return self.go_on(&open, point).await,
                Decision::Settle(open, point) => {
                    let settled = self.go_on(&open, point).await;
                    if self.log.state().open.is_some() {
                        return settled;
                    }
                    unwell = Some(settled).filter(conclude::is_unwell);
                }
                Decision::Close(open, closing) => {
                    if let Err(error) = self.close(&open, closing).await {
                        return self.refuse(ledger_unavailable(error));
                    }
                }
            }
        }
        let state = self.log.state();
        self.refuse(conclude::not_settled(&state))
    }

    /// A deployment from its beginning.
    async fn begin(&mut self, previous: Option<Version>) -> Deployment {
        let active = self.log.state().active.map(|active| active.version);
        let version = self.order.version.clone();
        let mut run = self.run(Operation::Deploy, version, previous, active);
        if let Err(stop) = self.start(&run, self.order.timeout).await {
            return self.refuse(stop);
        }
        let end = match self.before_deploy(&mut run).await {
            Err(stop) => stop,
            Ok(()) => match self.deploy_version(&mut run).await {
                Err(stop) => stop,
                Ok(()) => self.checks(&mut run).await,
            },
        };
        self.end(run, end).await
    }

    /// The end-to-end tests, before anything is touched.
    async fn before_deploy(&mut self, run: &mut Run) -> Result<(), Stop> {
        if self.effects.is_planned(Phase::EndToEndTests) {
            let finding = self.phase(run, Phase::EndToEndTests).await?;
            if !finding.verdict.is_pass() {
                return Err(conclude::not_deployed(&finding, Phase::EndToEndTests));
            }
        }
        // The tests may have taken long: somebody may have held the version meanwhile.
        match self.log.state().hold_of(&run.version) {
            Some(hold) => Err(conclude::held(&run.version, hold)),
            None => Ok(()),
        }
    }

    /// The deploy command.
    pub(super) async fn deploy_version(&mut self, run: &mut Run) -> Result<(), Stop> {
        let finding = self.phase(run, Phase::Deploy).await?;
        self.unless_deployed(run, &finding).await
    }

    /// What follows from the deploy command and the hooks behind it.
    pub(super) async fn unless_deployed(
        &mut self,
        run: &mut Run,
        finding: &Finding,
    ) -> Result<(), Stop> {
        if finding.verdict.is_pass() {
            return Ok(());
        }
        let state = self.log.state();
        let hold = state.hold_of(&run.version);
        // What an interrupted run did to the environment is not undone by not doing it again.
        match (finding.is_touched, &run.earlier, hold) {
            (true, ..) if finding.verdict == Verdict::Failed => {}
            // The command did its work, and of a hook behind it nobody knows.
            (true, ..) => return Err(conclude::unverified(finding, Phase::Deploy)),
            (false, None, Some(hold)) => return Err(conclude::held(&run.version, hold)),
            (false, None, None) => return Err(conclude::not_deployed(finding, Phase::Deploy)),
            (false, Some(_), hold) if hold.is_some() || finding.verdict == Verdict::Failed => {}
            (false, Some(_), _) => return Err(conclude::unverified(finding, Phase::Deploy)),
        }
        Err(self.failed(run, Phase::Deploy, &finding.message).await)
    }

    /// Everything behind the deploy command.
    pub(super) async fn checks(&mut self, run: &mut Run) -> Stop {
        for phase in CHECKS {
            if !self.effects.is_planned(phase) {
                continue;
            }
            let finding = match self.phase(run, phase).await {
                Ok(finding) => finding,
                Err(stop) => return stop,
            };
            if let Some(stop) = self.unless_passed(run, phase, &finding).await {
                return stop;
            }
        }
        match self.watch(run).await {
            Err(stop) => return stop,
            Ok(findings) => {
                // What failed comes first: an answer that is missing does not hide it.
                let is_failure =
                    |(_, finding): &&(Phase, Finding)| finding.verdict == Verdict::Failed;
                let first = findings.iter().find(is_failure);
                for (phase, finding) in first.into_iter().chain(&findings) {
                    if let Some(stop) = self.unless_passed(run, *phase, finding).await {
                        return stop;
                    }
                }
            }
        }
        conclude::healthy(run)
    }

    async fn unless_passed(
        &mut self,
        run: &mut Run,
        phase: Phase,
        finding: &Finding,
    ) -> Option<Stop> {
        match &finding.verdict {
            Verdict::Passed | Verdict::Warned | Verdict::Skipped(_) => None,
            Verdict::Failed => Some(self.failed(run, phase, &finding.message).await),
            Verdict::NoData(_) | Verdict::Errored(_) => Some(conclude::unverified(finding, phase)),
        }
    }

    /// Looks again at the health of a version that is active and verified. Nothing is changed, so
    /// nothing is written before it is known.
    async fn look_again(&mut self) -> Deployment {
        let version = self.order.version.clone();
        let active = Some(version.clone());
        let mut run = self.run(Operation::Deploy, version.clone(), None, active);
        run.outputs = super::log::outputs_of(&self.log.records(), &version);
        self.tell(DeploymentEvent::Started(Box::new(
            self.deployment(&run, &conclude::under_way()),
        )));
        let call = self.call(&run, Phase::HealthCheck);
        let finding = self.look_only(&mut run, &call).await;
        let stop = match &finding.verdict {
            Verdict::Passed | Verdict::Warned => conclude::already_active(&run, &finding),
            Verdict::Failed => conclude::not_healthy_any_more(&run, &finding),
            _ if finding.verdict.is_interrupted() => conclude::interrupted(&run, &finding.message),
            _ => return self.told(run, conclude::unverified(&finding, Phase::HealthCheck)),
        };
        if stop.outcome == DeploymentOutcome::Interrupted {
            return self.told(run, stop);
        }
        match self.renew_lease(&run, Duration::ZERO).await {
            Err(error) => self.told(run, ledger_unavailable(error)),
            Ok(()) => self.end(run, stop).await,
        }
    }

    /// What a phase is called with.
    pub(super) fn call(&self, run: &Run, phase: Phase) -> Call {
        Call {
            phase,
            is_rollback: false,
            version: run.version.clone(),
            previous: run.previous.clone(),
            id: run.id.clone(),
            url: run.outputs.get("url").cloned(),
            deadline: Some(run.deadline),
            timeout: self.order.timeout,
            stop: self.cancel.child_token(),
        }
    }

    /// An operation that begins now.
    pub(super) fn run(
        &self,
        operation: Operation,
        version: Version,
        previous: Option<Version>,
        active: Option<Version>,
    ) -> Run {
        Run {
            id: uuid::Uuid::now_v7().to_string(),
            operation,
            version,
            previous,
            active,
            is_touched: false,
            before: None,
            deadline: Instant::now() + self.order.timeout,
            outputs: BTreeMap::new(),
            phases: Vec::new(),
            warnings: Vec::new(),
            earlier: None,
        }
    }

    /// An operation that was interrupted, under its own id.
    pub(super) fn taken_over(&self, open: &Open) -> Run {
        let active = self.log.state().active.map(|active| active.version);
        let previous = open.previous.clone();
        Run {
            id: open.deployment.clone(),
            ..self.run(open.operation, open.version.clone(), previous, active)
        }
    }

    /// Nothing is touched.
    pub(super) fn refuse(&mut self, stop: Stop) -> Deployment {
        let state = self.log.state();
        let version = self.order.version.clone();
        let previous = state.version_before(&version).cloned();
        let active = state.active.map(|active| active.version);
        let run = self.run(self.operation, version, previous, active);
        let stop = Stop {
            outcome: DeploymentOutcome::Refused,
            ..stop
        };
        self.told(run, stop)
    }

    pub(super) fn deployment(&self, run: &Run, stop: &Stop) -> Deployment {
        Conclusion {
            order: self.order,
            run,
            stop,
        }
        .deployment()
    }

    pub(super) fn tell(&self, event: DeploymentEvent) {
        event.log();
        if let Some(watcher) = &self.watcher {
            watcher(event);
        }
    }
}

/// The finding that the ledger cannot be written.
pub(super) fn error_of_ledger(error: &LogError) -> Finding {
    let message = format!("the ledger cannot be written: {error}");
    let reason = Reason::new(ReasonCode::LedgerUnavailable, message.clone());
    Finding::new(Verdict::Errored(reason), message)
}

/// Nothing is begun that cannot be written down.
pub(super) fn ledger_unavailable(error: LogError) -> Stop {
    let finding = error_of_ledger(&error);
    Stop {
        outcome: DeploymentOutcome::NotDeployed,
        verdict: finding.verdict,
        message: finding.message,
        remedy: Some("mend what the message names, and run it again".to_owned()),
    }
}
