//! Waiting until a version is healthy.
//!
//! After `start_delay` the health is looked at, and again each time `interval` has passed since the
//! end of a look.
//!
//! - `successes` good looks in a row: healthy. Any other look begins that count anew.
//! - `failures` bad looks in a row: failed. A look without an answer neither adds to that count nor
//!   ends it. A version that is starting refuses connections; how long it may do so is
//!   `start_delay` and `failures` times `interval`.
//! - `errors` looks in a row without an answer about the version: errored, which is no failure.
//! - The time is over: failed, since the version was never healthy for long enough; errored where
//!   no look gave a bad answer and some gave none.

use super::{errored, pause, too_late};
use crate::config::HealthCheckPolicy;
use crate::deploy::{
    commands::seconds,
    effects::{Call, Finding, Real},
    health::{Health, Probe},
    hooks::interrupted,
};
use crate::model::{ReasonCode, Verdict};

pub(in crate::deploy) async fn run(real: &Real<'_>, call: &Call) -> Finding {
    let policy = &real.order.environment.health_check;
    let place = real.place(call);
    let probe = Probe::new(real.means, &real.order.environment, &place, &call.stop);
    let mut waiting = Waiting::new(policy);
    let mut delay = policy.start_delay;
    loop {
        let left = call.time_left();
        if !delay.is_zero() && !pause(call, delay.min(left)).await {
            return stopped();
        }
        let left = call.time_left();
        if left.is_zero() {
            return waiting.too_late(call);
        }
        let look = probe.look(left).await;
        if call.stop.is_cancelled() {
            return stopped();
        }
        // A look that had less time than it may take says nothing but that the time is over.
        let is_cut = left < policy.timeout && look.health.is_up() != Some(true);
        if is_cut && call.time_left().is_zero() {
            return waiting.too_late(call);
        }
        if let Some(finding) = waiting.take(look.health) {
            return finding;
        }
        delay = policy.interval;
    }
}

fn stopped() -> Finding {
    let message = "interrupted while waiting for health";
    Finding::new(interrupted(message), message)
}

/// What was seen so far.
struct Waiting<'a> {
    policy: &'a HealthCheckPolicy,
    looks: u32,
    good: u32,
    bad: u32,
    unanswered: u32,
    /// Bad looks in all.
    all_bad: u32,
    /// Looks without an answer in all.
    all_unanswered: u32,
    last: Option<Health>,
}

impl<'a> Waiting<'a> {
    const fn new(policy: &'a HealthCheckPolicy) -> Self {
        Self {
            policy,
            looks: 0,
            good: 0,
            bad: 0,
            unanswered: 0,
            all_bad: 0,
            all_unanswered: 0,
            last: None,
        }
    }

    /// Counts a look; gives the end, where it is one.
    fn take(&mut self, health: Health) -> Option<Finding> {
        self.looks += 1;
        let finding = match &health {
            Health::Up(seen) => {
                (self.good, self.bad, self.unanswered) = (self.good + 1, 0, 0);
                (self.good >= self.policy.successes.max(1)).then(|| self.healthy(seen))
            }
            Health::Down(seen) => {
                (self.good, self.bad, self.unanswered) = (0, self.bad + 1, 0);
                self.all_bad += 1;
                (self.bad >= self.policy.failures.max(1)).then(|| self.unhealthy(seen))
            }
            Health::Unknown(seen) => {
                (self.good, self.unanswered) = (0, self.unanswered + 1);
                self.all_unanswered += 1;
                (self.unanswered >= self.policy.errors.max(1)).then(|| self.unmeasured(seen))
            }
        };
        self.last = Some(health);
        finding
    }

    fn healthy(&self, seen: &str) -> Finding {
        let message = format!("healthy after {}: {seen}", looks(self.looks));
        Finding::new(Verdict::Passed, message)
    }

    fn unhealthy(&self, seen: &str) -> Finding {
        let message = format!(
            "not healthy in {} in a row, after {} in all: {seen}",
            looks(self.bad),
            looks(self.looks),
        );
        Finding::new(Verdict::Failed, message)
    }

    fn unmeasured(&self, seen: &str) -> Finding {
        let message = format!(
            "the health could not be measured in {} in a row: {seen}",
            looks(self.unanswered)
        );
        Finding::new(
            errored(ReasonCode::HealthNotMeasured, message.clone()),
            message,
        )
    }

    fn too_late(&self, call: &Call) -> Finding {
        let (looks, last) = match &self.last {
            None => {
                let why = format!(
                    "no time was left to look at its health (start_delay is {})",
                    seconds(self.policy.start_delay)
                );
                return Finding::new(Verdict::Failed, too_late(call, &why));
            }
            Some(last) => (looks(self.looks), last.message()),
        };
        let why = format!(
            "it was not healthy {} times in a row in {looks}, {} of them bad; the last: {last}",
            self.policy.successes, self.all_bad
        );
        let message = too_late(call, &why);
        let verdict = match (self.all_bad, self.all_unanswered) {
            (0, 1..) => errored(ReasonCode::HealthNotMeasured, message.clone()),
            _ => Verdict::Failed,
        };
        Finding::new(verdict, message)
    }
}

/// `1 look`, `3 looks`.
pub(super) fn looks(count: u32) -> String {
    match count {
        1 => "1 look".to_owned(),
        count => format!("{count} looks"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ProbePolicy;
    use crate::model::RuleSource;
    use std::time::Duration;

    fn policy() -> HealthCheckPolicy {
        HealthCheckPolicy {
            probe: ProbePolicy::Tcp("127.0.0.1:1".to_owned()),
            start_delay: Duration::ZERO,
            interval: Duration::ZERO,
            timeout: Duration::from_secs(1),
            successes: 2,
            failures: 3,
            errors: 2,
            rule: RuleSource::Default,
        }
    }

    /// `+` up, `-` down, `?` no answer: how many looks it took, and the verdict.
    fn wait(looks: &str) -> Option<(usize, &'static str)> {
        let policy = policy();
        let mut waiting = Waiting::new(&policy);
        looks.chars().enumerate().find_map(|(index, look)| {
            let health = match look {
                '+' => Health::Up("ok".to_owned()),
                '-' => Health::Down("refused".to_owned()),
                _ => Health::Unknown("no name".to_owned()),
            };
            let finding = waiting.take(health)?;
            Some((index + 1, finding.verdict.as_str()))
        })
    }

    #[test]
    fn what_is_counted_in_a_row() {
        let cases = [
            ("++", Some((2, "passed"))),
            ("--++", Some((4, "passed"))),
            ("+-++", Some((4, "passed"))),
            ("+?++", Some((4, "passed"))),
            ("---", Some((3, "failed"))),
            ("--?-", Some((4, "failed"))),
            ("--+---", Some((6, "failed"))),
            ("??", Some((2, "errored"))),
            ("-?-?+?+-", None),
            ("+-+-+-+-", None),
        ];
        for (looks, expected) in cases {
            assert_eq!(wait(looks), expected, "{looks}");
        }
    }
}
