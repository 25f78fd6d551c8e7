//! Going on with what an interrupted run left behind.

use super::{
    DeploymentEvent, conclude,
    decision::{Closing, Point},
    effects::{Call, Finding},
    engine::{Engine, Run, Stop, ledger_unavailable},
    log::{LogError, Step, Trace},
    place::name_of,
    record::Opened,
    rollback::Way,
};
use crate::ledger::{Event, Open};
use crate::model::{Deployment, DeploymentOutcome, Operation, Phase, Verdict, Version};

impl Engine<'_> {
    /// Writes down that an interrupted operation is not gone on with.
    pub(super) async fn close(&mut self, open: &Open, closing: Closing) -> Result<(), LogError> {
        if let Some(reason) = closing.hold {
            let version = open.version.clone();
            self.log.append(Event::Held { version, reason }).await?;
        }
        let run = &self.order.by.run;
        self.log
            .append(Event::Ended {
                deployment: open.deployment.clone(),
                outcome: DeploymentOutcome::Interrupted,
                active: closing.active,
                message: format!("it was interrupted, and run {run} did not go on with it"),
            })
            .await
    }

    /// Goes on with an interrupted operation, under its own id, and brings it to its end.
    pub(super) async fn go_on(&mut self, open: &Open, point: Point) -> Deployment {
        let trace = Trace::of(&self.log.records(), &open.deployment);
        let mut run = self.taken_over(open);
        run.is_touched = true;
        run.outputs.clone_from(&trace.outputs);
        run.earlier = Some(match (trace.last, &open.by.url) {
            (Some(phase), Some(url)) => format!("run {} ({url}) in {phase}", open.by.run),
            (Some(phase), None) => format!("run {} in {phase}", open.by.run),
            (None, _) => format!("run {}", open.by.run),
        });
        if let Err(error) = self.renew_lease(&run, self.order.timeout).await {
            return self.refuse(ledger_unavailable(error));
        }
        self.tell(DeploymentEvent::Started(Box::new(
            self.deployment(&run, &conclude::under_way()),
        )));
        let stop = match (point, open.operation) {
            (Point::Deploy, _) => self.deploy_again(&mut run).await,
            (Point::Checks, _) => self.checks_again(&mut run, &trace).await,
            (Point::Rollback, Operation::Rollback) => self.rollback_again(&mut run, &trace).await,
            (Point::Rollback, _) => self.take_back_again(&mut run, &trace).await,
            (Point::Return, _) => self.come_back(&mut run, None).await,
        };
        self.end(run, stop).await
    }

    /// The deploy command had done its work: the checks, and before them the hooks behind that
    /// command where nobody saw their end.
    async fn checks_again(&mut self, run: &mut Run, trace: &Trace) -> Stop {
        run.active = Some(run.version.clone());
        if trace.last == Some(Phase::Deploy) {
            let call = self.call(run, Phase::Deploy);
            let message = "the deploy command of the interrupted run did its work";
            let finding = Finding::new(Verdict::Passed, message);
            if let Err(stop) = self.hooks_again(run, &call, finding, Ok(())).await {
                return stop;
            }
        }
        self.checks(run).await
    }

    /// Nobody saw the end of the deploy command: asks which version is active, and deploys again
    /// where it is not this one.
    async fn deploy_again(&mut self, run: &mut Run) -> Stop {
        let call = self.call(run, Phase::Deploy);
        let current = self.effects.current(&call).await;
        let deployed = if is_version(current.as_ref(), &run.version) {
            let message =
                "the deploy command of the interrupted run has done its work, as `current` says";
            let finding = Finding {
                outputs: run.outputs.clone(),
                ..Finding::new(Verdict::Passed, message)
            };
            run.active = Some(run.version.clone());
            let written = self.append_end(run, &call, &finding).await;
            self.hooks_again(run, &call, finding, written).await
        } else {
            self.deploy_version(run).await
        };
        match deployed {
            Ok(()) => self.checks(run).await,
            Err(stop) => stop,
        }
    }

    /// The hooks behind a deploy command that another run called.
    async fn hooks_again(
        &mut self,
        run: &mut Run,
        call: &Call,
        finding: Finding,
        written: Result<(), LogError>,
    ) -> Result<(), Stop> {
        let opened = Opened::of_another_run();
        let finding = self
            .finish_change(run, call, opened, finding, written)
            .await?;
        self.unless_deployed(run, &finding).await
    }

    /// The version had failed: it is taken back, unless that was done before.
    async fn take_back_again(&mut self, run: &mut Run, trace: &Trace) -> Stop {
        let reason = trace.failure.as_ref().map_or_else(
            || "it is held, and its deployment was interrupted".to_owned(),
            |failure| format!("an interrupted run found: {failure}"),
        );
        self.take_back(run, &reason, Some(trace)).await
    }

    /// A rollback by hand is finished.
    async fn rollback_again(&mut self, run: &mut Run, trace: &Trace) -> Stop {
        let way = Way {
            from: run.previous.clone(),
            to: run.version.clone(),
        };
        self.roll_back_along(run, &way, Some(trace)).await
    }

    /// Whether the rollback command of the interrupted run has brought the version that is gone back
    /// to now. Where it was another one, or nobody saw its end, `current` tells.
    pub(super) async fn is_back(&mut self, run: &Run, way: &Way, trace: &Trace) -> bool {
        let brought = match run.operation {
            Operation::Deploy => trace.taken_back_to.as_ref(),
            Operation::Rollback | Operation::Drill => Some(&run.version),
        };
        match trace.rollback {
            Step::NotBegun => false,
            Step::Passed if brought == Some(&way.to) => true,
            Step::Passed | Step::Begun | Step::Failed | Step::NotDone => {
                let call = self.call_back(run, way, Phase::Rollback);
                let current = self.effects.current(&call).await;
                is_version(current.as_ref(), &way.to)
            }
        }
    }
}

/// Whether `current` answered with this version. A commit says nothing about which artifact of it is
/// active.
pub(super) fn is_version(current: Option<&Result<String, String>>, version: &Version) -> bool {
    matches!(current, Some(Ok(name)) if name == name_of(version))
}
