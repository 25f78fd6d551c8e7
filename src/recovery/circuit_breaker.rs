//! A circuit breaker per tool.
//!
//! ```text
//!            failure_threshold failures in a row
//!  closed ─────────────────────────────────────────▶ open ◀────────────┐
//!    ▲                                                │                │
//!    │                               recovery_timeout │                │ a trial fails
//!    │             a trial succeeds                   ▼                │
//!    └───────────────────────────────────────────  half-open ──────────┘
//! ```

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// When something that keeps failing is no longer tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// How many failures in a row open the breaker.
    pub failure_threshold: u32,
    /// How long it stays open before a trial is allowed.
    pub recovery_timeout: Duration,
    /// How many trials at the same time are allowed then.
    pub half_open_max_calls: u32,
}

/// The breakers of one process, by name. Clones share them.
///
/// The clock is tokio's, so that a test that pauses it decides what time it is.
#[derive(Debug, Clone)]
pub struct CircuitBreakers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    policy: BreakerPolicy,
    breakers: Mutex<HashMap<String, Breaker>>,
}

#[derive(Debug, Default)]
struct Breaker {
    /// Failures in a row, also those of trials.
    failures: u32,
    state: State,
    /// Counts the changes of state. A permit from before the last one no longer counts: what was
    /// started before the breaker opened says nothing about whether the trouble is over.
    epoch: u64,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    Open {
        since: Instant,
    },
    HalfOpen {
        trials: u32,
    },
}

/// The breaker is open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{name} failed {failures} times in a row and is not started for another {} s; see error_recovery.circuit_breaker",
    retry_in.as_secs_f64().ceil()
)]
pub struct CircuitOpen {
    /// What is not tried.
    pub name: String,
    /// How often it failed in a row.
    pub failures: u32,
    /// When a trial is allowed at the earliest; zero while trials are under way.
    pub retry_in: Duration,
}

/// Leave to try once. Dropping it without a result counts as neither success nor failure.
#[derive(Debug)]
#[must_use = "without a result, the try counts as neither success nor failure"]
pub struct Permit {
    shared: Arc<Shared>,
    name: String,
    epoch: u64,
}

impl CircuitBreakers {
    /// Breakers that are all closed.
    #[must_use]
    pub fn new(policy: BreakerPolicy) -> Self {
        Self {
            shared: Arc::new(Shared {
                policy,
                breakers: Mutex::default(),
            }),
        }
    }

    /// Asks whether `name` may be tried now. Say what came of it with [`Permit::succeeded`] or
    /// [`Permit::failed`].
    ///
    /// # Errors
    ///
    /// When the breaker is open, or half-open with as many trials as are allowed.
    pub fn try_acquire(&self, name: &str) -> Result<Permit, CircuitOpen> {
        let policy = &self.shared.policy;
        let mut breakers = self.shared.lock();
        let breaker = breakers.entry(name.to_owned()).or_default();
        let refused = |failures, retry_in| CircuitOpen {
            name: name.to_owned(),
            failures,
            retry_in,
        };
        if let State::Open { since } = breaker.state {
            let retry_in = policy.recovery_timeout.saturating_sub(since.elapsed());
            if !retry_in.is_zero() {
                return Err(refused(breaker.failures, retry_in));
            }
            breaker.change(State::HalfOpen { trials: 0 });
        }
        if let State::HalfOpen { trials } = &mut breaker.state {
            if *trials >= policy.half_open_max_calls.max(1) {
                return Err(refused(breaker.failures, Duration::ZERO));
            }
            *trials += 1;
        }
        Ok(Permit {
            shared: Arc::clone(&self.shared),
            name: name.to_owned(),
            epoch: breaker.epoch,
        })
    }
}

impl Permit {
    /// The try succeeded: the failures in a row are over.
    pub fn succeeded(self) {
        self.settle(|breaker, _| match breaker.state {
            State::Closed => breaker.failures = 0,
            State::Open { .. } | State::HalfOpen { .. } => {
                breaker.failures = 0;
                breaker.change(State::Closed);
            }
        });
    }

    /// The try failed.
    pub fn failed(self) {
        self.settle(|breaker, policy| {
            breaker.failures = breaker.failures.saturating_add(1);
            let is_trial = !matches!(breaker.state, State::Closed);
            if is_trial || breaker.failures >= policy.failure_threshold {
                breaker.change(State::Open {
                    since: Instant::now(),
                });
            }
        });
    }

    fn settle(&self, result: impl FnOnce(&mut Breaker, &BreakerPolicy)) {
        let mut breakers = self.shared.lock();
        if let Some(breaker) = breakers.get_mut(&self.name)
            && breaker.epoch == self.epoch
        {
            result(breaker, &self.shared.policy);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // A trial gives its place back. After a result the epoch is another one, or the breaker is
        // closed, so that nothing happens.
        self.settle(|breaker, _| {
            if let State::HalfOpen { trials } = &mut breaker.state {
                *trials = trials.saturating_sub(1);
            }
        });
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Breaker>> {
        // Nothing panics while it holds the lock, and every state is a valid one.
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Breaker {
    const fn change(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn policy(half_open_max_calls: u32) -> BreakerPolicy {
        BreakerPolicy {
            failure_threshold: 3,
            recovery_timeout: Duration::from_secs(60),
            half_open_max_calls,
        }
    }

    fn fail(breakers: &CircuitBreakers, times: usize) {
        for _ in 0..times {
            breakers.try_acquire("ruff").unwrap().failed();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_and_says_so() {
        let breakers = CircuitBreakers::new(policy(1));
        fail(&breakers, 2);
        breakers.try_acquire("ruff").unwrap().succeeded();
        fail(&breakers, 3);
        advance(Duration::from_millis(500)).await;
        let refused = breakers.clone().try_acquire("ruff").unwrap_err();
        assert_eq!(
            (refused.failures, refused.retry_in.as_millis()),
            (3, 59_500)
        );
        insta::assert_snapshot!(
            refused,
            @"ruff failed 3 times in a row and is not started for another 60 s; see error_recovery.circuit_breaker"
        );
        assert!(
            breakers.try_acquire("mypy").is_ok(),
            "another tool is not concerned"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_trial_decides() {
        let breakers = CircuitBreakers::new(policy(1));
        fail(&breakers, 3);
        advance(Duration::from_secs(60)).await;
        let trial = breakers.try_acquire("ruff").unwrap();
        assert_eq!(
            breakers.try_acquire("ruff").unwrap_err().retry_in,
            Duration::ZERO
        );
        trial.failed();
        let refused = breakers.try_acquire("ruff").unwrap_err();
        assert_eq!((refused.failures, refused.retry_in.as_secs()), (4, 60));
        advance(Duration::from_secs(60)).await;
        breakers.try_acquire("ruff").unwrap().succeeded();
        fail(&breakers, 2);
        assert!(breakers.try_acquire("ruff").is_ok(), "the count began anew");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_trial_gives_its_place_back() {
        let breakers = CircuitBreakers::new(policy(2));
        fail(&breakers, 3);
        advance(Duration::from_secs(60)).await;
        let first = breakers.try_acquire("ruff").unwrap();
        let second = breakers.try_acquire("ruff").unwrap();
        assert!(breakers.try_acquire("ruff").is_err());
        drop(first);
        let third = breakers.try_acquire("ruff").unwrap();
        assert!(breakers.try_acquire("ruff").is_err());
        drop((second, third));
    }

    #[tokio::test(start_paused = true)]
    async fn what_began_before_it_opened_does_not_close_it() {
        let breakers = CircuitBreakers::new(policy(1));
        let early = breakers.try_acquire("ruff").unwrap();
        fail(&breakers, 3);
        early.succeeded();
        assert!(breakers.try_acquire("ruff").is_err());
    }
}
