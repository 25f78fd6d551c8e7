//! Bake time and analysis, which go on at the same time.

use super::{
    conclude,
    effects::{Call, Finding},
    engine::{Engine, Run, Stop, error_of_ledger},
    record::Opened,
};
use crate::model::{Phase, Reason, ReasonCode, Verdict};
use std::time::Duration;

/// How long one answer of the monitoring may take.
const ANSWER: Duration = Duration::from_secs(30);

impl Engine<'_> {
    /// Bake time and analysis, at the same time. One that fails ends the other.
    pub(super) async fn watch(&mut self, run: &mut Run) -> Result<Vec<(Phase, Finding)>, Stop> {
        let mut planned = vec![Phase::BakeTime, Phase::Analysis];
        planned.retain(|phase| self.effects.is_planned(*phase));
        let Some(first) = planned.first() else {
            return Ok(Vec::new());
        };
        let lease = self.watching_time();
        if let Err(error) = self.renew_lease(run, lease).await {
            return Err(conclude::unverified(&error_of_ledger(&error), *first));
        }
        let stop = self.cancel.child_token();
        let mut calls = Vec::new();
        for phase in planned {
            let call = Call {
                deadline: None,
                stop: stop.clone(),
                ..self.call(run, phase)
            };
            calls.push((self.open_phase(run, &call).await?, call));
        }
        let effects = self.effects;
        let one = |at: usize| {
            let (calls, stop) = (&calls, &stop);
            async move {
                let (opened, call) = calls.get(at)?;
                let finding = opened.finish(effects, call).await;
                if finding.verdict == Verdict::Failed {
                    stop.cancel();
                }
                Some(finding)
            }
        };
        let (first, second) = tokio::join!(one(0), one(1));
        let mut ended: Vec<(Opened, Call, Finding)> = calls
            .into_iter()
            .zip([first, second])
            .filter_map(|((opened, call), finding)| Some((opened, call, finding?)))
            .collect();
        // What failed is written down first, and no later trouble hides it.
        ended.sort_by_key(|(_, _, finding)| finding.verdict != Verdict::Failed);
        let mut has_failed = false;
        let mut findings = Vec::new();
        let before = run.phases.len();
        for (opened, call, mut finding) in ended {
            if has_failed && finding.verdict.is_interrupted() {
                finding.message = "ended early, because the version failed".to_owned();
                let reason = Reason::new(ReasonCode::NotNeeded, finding.message.clone());
                finding.verdict = Verdict::Skipped(reason);
            }
            has_failed |= finding.verdict == Verdict::Failed;
            match self.close_phase(run, &call, opened, finding).await {
                Ok(finding) => findings.push((call.phase, finding)),
                Err(stop) if findings.is_empty() || !has_failed => return Err(stop),
                Err(stop) => run.warnings.push(stop.message),
            }
        }
        if let Some(phases) = run.phases.get_mut(before..) {
            phases.sort_by_key(|phase| phase.phase);
        }
        Ok(findings)
    }

    /// How long bake time and analysis may take.
    fn watching_time(&self) -> Duration {
        let environment = &self.order.environment;
        let health = &environment.health_check;
        let looks = health.failures.saturating_add(health.errors);
        let bake = health
            .interval
            .saturating_add(health.timeout)
            .saturating_mul(looks);
        let questions = environment.analysis.iter().map(|rule| {
            let questions = rule.count.saturating_mul(rule.errors.saturating_add(1));
            rule.interval
                .saturating_add(ANSWER)
                .saturating_mul(questions)
        });
        let bake = environment.bake_time.saturating_add(bake);
        bake.max(questions.max().unwrap_or_default())
    }
}
