//! A rollback and the way back, to show that a rollback works.

use super::{
    conclude,
    effects::Finding,
    engine::{Engine, Run, Stop, error_of_ledger},
    rollback::{Back, Way},
};
use crate::model::{Deployment, Operation, Phase};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

impl Engine<'_> {
    /// Goes back to the version before, looks whether it is healthy, and returns. Only from a version
    /// that is active, verified, not held, and healthy now.
    pub(super) async fn drill(mut self) -> Deployment {
        self.operation = Operation::Drill;
        let state = self.log.state();
        let verified = state.active.iter().find(|active| active.is_verified);
        let (Some(active), None) = (verified, &state.open) else {
            return self.refuse(conclude::not_settled(&state));
        };
        let version = active.version.clone();
        if let Some(hold) = state.hold_of(&version) {
            return self.refuse(conclude::held(&version, hold));
        }
        let Some(to) = state.version_before(&version).cloned() else {
            return self.refuse(conclude::no_target(&state, Some(&version), None));
        };
        let (active, previous) = (Some(version.clone()), Some(to.clone()));
        let mut run = self.run(Operation::Drill, version.clone(), previous, active);
        run.outputs = super::log::outputs_of(&self.log.records(), &version);
        let call = self.call(&run, Phase::HealthCheck);
        let healthy = self.look_only(&mut run, &call).await;
        if !healthy.verdict.is_pass() {
            let stop = conclude::no_drill(&version, &healthy);
            return self.told(run, stop);
        }
        if let Err(stop) = self.start(&run, self.order.timeout).await {
            return self.refuse(stop);
        }
        let from = Some(version);
        let way = Way { from, to };
        let back = self.go_back(&mut run, &way, None).await;
        let stop = match &back {
            Err((Phase::Rollback, finding)) if !finding.is_touched => {
                match self.log.state().hold_of(&way.to) {
                    Some(hold) => conclude::held(&way.to, hold),
                    None => conclude::not_deployed(finding, Phase::Rollback),
                }
            }
            _ => self.come_back(&mut run, Some((&way, back))).await,
        };
        self.end(run, stop).await
    }

    /// Brings the version of a drill back. Without what the way there came to, because a run was
    /// interrupted, nothing was shown.
    pub(super) async fn come_back(&mut self, run: &mut Run, there: Option<(&Way, Back)>) -> Stop {
        let time = self.order.timeout;
        run.deadline = Instant::now() + time;
        // The way there had this much time already. Whoever goes on with a drill has just taken it.
        if there.is_some()
            && let Err(error) = self.renew_lease(run, time).await
        {
            run.warnings.push(error_of_ledger(&error).message);
        }
        run.outputs = super::log::outputs_of(&self.log.records(), &run.version);
        for phase in [Phase::Deploy, Phase::HealthCheck] {
            let finding = self.phase_of_return(run, phase).await;
            if !finding.verdict.is_pass() {
                return conclude::not_come_back(run, phase, &finding);
            }
        }
        match there {
            Some((way, Ok(_))) => conclude::drilled(run, way),
            Some((way, Err((phase, finding)))) => conclude::drill_failed(run, way, phase, &finding),
            None => conclude::drill_interrupted(run),
        }
    }

    /// A phase of the return. It is not interrupted, like a rollback.
    async fn phase_of_return(&mut self, run: &mut Run, phase: Phase) -> Finding {
        let mut call = self.call(run, phase);
        call.stop = CancellationToken::new();
        let opened = match self.open_phase(run, &call).await {
            Ok(opened) => opened,
            Err(stop) => return Finding::new(stop.verdict, stop.message),
        };
        let closed = self.finish_phase(run, &call, opened).await;
        closed.unwrap_or_else(|stop| Finding::new(stop.verdict, stop.message))
    }
}
