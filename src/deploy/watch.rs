//! Bake time and analysis, which go on at the same time.

use super::{
    effects::{Call, Finding},
    engine::{Engine, Run, Stop},
};
use crate::model::{Phase, Reason, ReasonCode, Verdict};
use std::time::Duration;

/// How long one answer of the monitoring may take.
const ANSWER: Duration = Duration::from_secs(30);

impl Engine<'_> {
    /// Bake time and analysis, at the same time. One that fails ends the other.
    pub(super) async fn watch(&mut self, run: &mut Run) -> Result<Vec<(Phase, Finding)>, Stop> {
        let stop = self.cancel.child_token();
        let mut calls = Vec::new();
        for phase in [Phase::BakeTime, Phase::Analysis] {
            if self.effects.is_planned(phase) {
                let call = Call {
                    deadline: None,
                    stop: stop.clone(),
                    ..self.call(run, phase)
                };
                calls.push((self.open_phase(run, &call).await?, call));
            }
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
        let is_stopped = stop.is_cancelled() && !self.cancel.is_cancelled();
        let mut findings = Vec::new();
        for ((opened, call), finding) in calls.into_iter().zip([first, second]) {
            let Some(mut finding) = finding else { continue };
            if is_stopped && finding.verdict.is_interrupted() {
                finding.message = "ended early, because the version failed".to_owned();
                let reason = Reason::new(ReasonCode::NotNeeded, finding.message.clone());
                finding.verdict = Verdict::Skipped(reason);
            }
            let finding = self.close_phase(run, &call, opened, finding).await?;
            findings.push((call.phase, finding));
        }
        Ok(findings)
    }

    /// How long bake time and analysis may take.
    pub(super) fn watching_time(&self) -> Duration {
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
