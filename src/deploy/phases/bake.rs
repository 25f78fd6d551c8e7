//! Watching the health of a version for a while.
//!
//! The health is looked at at once, and again each time `interval` has passed. `failures` bad looks
//! in all are a failure; `errors` looks in a row without an answer are an error, which is none. It
//! ends with the first good look at or after its time, so that a version never counts as healthy
//! while it is not.

use super::{errored, health_check::looks, pause};
use crate::deploy::{
    commands::seconds,
    effects::{Call, Finding, Real},
    health::{Health, Probe},
    hooks::interrupted,
};
use crate::model::{ReasonCode, Verdict};
use std::time::Duration;
use tokio::time::Instant;

pub(in crate::deploy) async fn run(real: &Real<'_>, call: &Call) -> Finding {
    let environment = &real.order.environment;
    let policy = &environment.health_check;
    let place = real.place(call);
    let probe = Probe::new(real.means, environment, &place, &call.stop);
    let end = Instant::now() + environment.bake_time;
    let (mut count, mut bad, mut unanswered, mut all_unanswered) = (0, 0, 0, 0);
    loop {
        let look = probe.look(Duration::MAX).await;
        if call.stop.is_cancelled() {
            return stopped();
        }
        count += 1;
        match look.health {
            Health::Up(_) => {
                unanswered = 0;
                if Instant::now() >= end {
                    return passed(environment.bake_time, count, bad, all_unanswered);
                }
            }
            Health::Down(seen) => {
                (bad, unanswered) = (bad + 1, 0);
                if bad >= policy.failures.max(1) {
                    let message = format!(
                        "not healthy in {bad} of {} within the bake time: {seen}",
                        looks(count)
                    );
                    return Finding::new(Verdict::Failed, message);
                }
            }
            Health::Unknown(seen) => {
                (unanswered, all_unanswered) = (unanswered + 1, all_unanswered + 1);
                if unanswered >= policy.errors.max(1) {
                    let message = format!(
                        "the health could not be measured in {} in a row within the bake time: {seen}",
                        looks(unanswered)
                    );
                    let verdict = errored(ReasonCode::HealthNotMeasured, message.clone());
                    return Finding::new(verdict, message);
                }
            }
        }
        // The last look is at the end of the bake time.
        let left = end.saturating_duration_since(Instant::now());
        let wait = match left.is_zero() {
            true => policy.interval,
            false => policy.interval.min(left),
        };
        if !pause(call, wait).await {
            return stopped();
        }
    }
}

fn passed(time: Duration, count: u32, bad: u32, unanswered: u32) -> Finding {
    let time = seconds(time);
    if bad + unanswered == 0 {
        let message = format!("healthy for {time}, in {}", looks(count));
        return Finding::new(Verdict::Passed, message);
    }
    let message = format!(
        "healthy at the end of {time}, in {}, {bad} of them bad and {unanswered} without an answer",
        looks(count)
    );
    Finding::new(Verdict::Warned, message)
}

fn stopped() -> Finding {
    let message = "ended before the bake time was over";
    Finding::new(interrupted(message), message)
}
