//! When a failed attempt is followed by another one.

use std::{fmt, future::Future, time::Duration};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How often and when something is tried again. Only transient kinds of errors are.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// The wait before the first retry.
    pub base_delay: Duration,
    /// Each further wait is this many times the one before.
    pub exponential_base: f64,
    /// The longest single wait.
    pub max_delay: Duration,
    /// Whether each wait is multiplied by a random factor between 0.5 and 1.5.
    pub has_jitter: bool,
    /// The longest total of all waits.
    pub budget: Duration,
}

impl RetryPolicy {
    /// Never again.
    #[must_use]
    pub const fn never() -> Self {
        Self {
            max_retries: 0,
            base_delay: Duration::ZERO,
            exponential_base: 1.0,
            max_delay: Duration::ZERO,
            has_jitter: false,
            budget: Duration::ZERO,
        }
    }
}

/// The waits of one operation, in order; at most as many as there are retries, and none that would
/// take their total over the budget.
pub struct Delays {
    policy: RetryPolicy,
    retries: u32,
    waited: Duration,
    random: Box<dyn FnMut() -> f64 + Send>,
}

impl Delays {
    /// The waits of a policy.
    #[must_use]
    pub fn new(policy: &RetryPolicy) -> Self {
        Self::with_random(policy, fastrand::f64)
    }

    /// The waits of a policy with a source of random numbers in `0.0..1.0`.
    #[must_use]
    pub fn with_random(policy: &RetryPolicy, random: impl FnMut() -> f64 + Send + 'static) -> Self {
        Self {
            policy: policy.clone(),
            retries: 0,
            waited: Duration::ZERO,
            random: Box::new(random),
        }
    }
}

impl Iterator for Delays {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let policy = &self.policy;
        if self.retries >= policy.max_retries {
            return None;
        }
        let factor = policy.exponential_base.powf(f64::from(self.retries));
        let jitter = if policy.has_jitter {
            0.5 + (self.random)()
        } else {
            1.0
        };
        // What is too large for a duration, or no number, is also too large for the policy. The
        // limit comes before the jitter, so that those that wait longest still spread, and again
        // after it, because it is a limit.
        let seconds = policy.base_delay.as_secs_f64() * factor;
        let delay = Duration::try_from_secs_f64(seconds)
            .unwrap_or(policy.max_delay)
            .min(policy.max_delay);
        let delay = Duration::try_from_secs_f64(delay.as_secs_f64() * jitter)
            .unwrap_or(policy.max_delay)
            .min(policy.max_delay);
        let waited = self.waited.saturating_add(delay);
        if waited > policy.budget {
            return None;
        }
        self.retries += 1;
        self.waited = waited;
        Some(delay)
    }
}

impl fmt::Debug for Delays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delays")
            .field("policy", &self.policy)
            .field("retries", &self.retries)
            .field("waited", &self.waited)
            .finish_non_exhaustive()
    }
}

/// An attempt that has ended, for whoever watches.
#[derive(Debug)]
pub struct Tried<'a, T, E> {
    /// Counted from 1.
    pub number: u32,
    /// How long was waited before it.
    pub waited: Duration,
    /// How long it took.
    pub duration: Duration,
    /// What came of it.
    pub result: &'a Result<T, E>,
    /// How long is waited before the next attempt; `None` when this was the last.
    pub retry_in: Option<Duration>,
}

/// Tries until it succeeds, fails for good, has no more `delays`, or is cancelled.
///
/// `attempt` gets its number, counted from 1; it is never dropped half-way, so it has to look at
/// the cancellation itself. A cancellation while waiting ends with the error of the attempt before.
///
/// # Errors
///
/// The error of the last attempt.
pub async fn retry<T, E, F>(
    mut delays: Delays,
    cancel: &CancellationToken,
    mut attempt: impl FnMut(u32) -> F,
    is_transient: impl Fn(&E) -> bool,
    mut on_attempt: impl FnMut(&Tried<'_, T, E>),
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut number = 1;
    let mut waited = Duration::ZERO;
    loop {
        let begun = Instant::now();
        let result = attempt(number).await;
        let may_retry = result.as_ref().is_err_and(&is_transient) && !cancel.is_cancelled();
        let retry_in = if may_retry { delays.next() } else { None };
        on_attempt(&Tried {
            number,
            waited,
            duration: begun.elapsed(),
            result: &result,
            retry_in,
        });
        let Some(delay) = retry_in else {
            return result;
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => return result,
            () = sleep(delay) => {}
        }
        waited = delay;
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::RefCell;

    fn policy(max_retries: u32, base: f64, factor: f64, max: f64) -> RetryPolicy {
        RetryPolicy {
            max_retries,
            base_delay: Duration::from_secs_f64(base),
            exponential_base: factor,
            max_delay: Duration::from_secs_f64(max),
            has_jitter: false,
            budget: Duration::from_secs(3600),
        }
    }

    fn seconds(delays: Delays) -> Vec<f64> {
        delays.map(|delay| delay.as_secs_f64()).collect()
    }

    #[test]
    fn the_default_policies_wait_as_documented() {
        assert_eq!(
            seconds(Delays::new(&policy(3, 1.0, 2.0, 10.0))),
            [1.0, 2.0, 4.0]
        );
        assert_eq!(
            seconds(Delays::new(&policy(5, 2.0, 2.0, 30.0))),
            [2.0, 4.0, 8.0, 16.0, 30.0]
        );
        assert_eq!(
            seconds(Delays::new(&policy(3, 5.0, 1.5, 60.0))),
            [5.0, 7.5, 11.25]
        );
    }

    #[test]
    fn jitter_spreads_between_half_and_one_and_a_half() {
        let policy = RetryPolicy {
            has_jitter: true,
            ..policy(2, 4.0, 1.0, 60.0)
        };
        assert_eq!(seconds(Delays::with_random(&policy, || 0.0)), [2.0, 2.0]);
        assert_eq!(seconds(Delays::with_random(&policy, || 0.5)), [4.0, 4.0]);
        let largest = seconds(Delays::with_random(&policy, || 0.999_999));
        assert!(largest.iter().all(|&delay| delay > 5.99 && delay < 6.0));
    }

    #[test]
    fn the_budget_ends_the_retries() {
        let policy = RetryPolicy {
            budget: Duration::from_secs(7),
            ..policy(10, 1.0, 2.0, 60.0)
        };
        assert_eq!(seconds(Delays::new(&policy)), [1.0, 2.0, 4.0]);
    }

    proptest! {
        #[test]
        fn no_policy_breaks_the_limits(
            max_retries in 0_u32..200,
            base in 0.0..1e6,
            factor in prop_oneof![0.0..1e3, Just(f64::NAN), Just(f64::INFINITY), Just(-1.0), Just(1e300)],
            max in 0.0..1e6,
            budget in 0_u64..1_000_000,
            seed: u64,
        ) {
            let policy = RetryPolicy {
                has_jitter: true,
                budget: Duration::from_secs(budget),
                ..policy(max_retries, base, factor, max)
            };
            let mut random = fastrand::Rng::with_seed(seed);
            let delays: Vec<Duration> = Delays::with_random(&policy, move || random.f64()).collect();
            prop_assert!(delays.len() <= max_retries as usize);
            prop_assert!(delays.iter().all(|&delay| delay <= policy.max_delay));
            prop_assert!(delays.iter().sum::<Duration>() <= policy.budget);
        }
    }

    /// Runs attempts that give these results, and notes number, wait and next wait of each.
    async fn run(
        results: &[Result<&'static str, &'static str>],
        cancel: &CancellationToken,
    ) -> (
        Result<&'static str, &'static str>,
        Vec<(u32, u64, Option<u64>)>,
    ) {
        let seen = RefCell::new(Vec::new());
        let result = retry(
            Delays::new(&policy(3, 1.0, 2.0, 10.0)),
            cancel,
            |number| {
                let result = results[number as usize - 1];
                async move { result }
            },
            |error| *error == "transient",
            |tried| {
                seen.borrow_mut().push((
                    tried.number,
                    tried.waited.as_secs(),
                    tried.retry_in.map(|delay| delay.as_secs()),
                ));
            },
        )
        .await;
        (result, seen.into_inner())
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_ends_it() {
        let begun = Instant::now();
        let cancel = CancellationToken::new();
        let (result, seen) = run(&[Err("transient"), Err("transient"), Ok("done")], &cancel).await;
        assert_eq!(result, Ok("done"));
        assert_eq!(seen, [(1, 0, Some(1)), (2, 1, Some(2)), (3, 2, None)]);
        assert_eq!(begun.elapsed().as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_permanent_error_ends_it() {
        let cancel = CancellationToken::new();
        let (result, seen) = run(&[Err("transient"), Err("permanent")], &cancel).await;
        assert_eq!(result, Err("permanent"));
        assert_eq!(seen, [(1, 0, Some(1)), (2, 1, None)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_retry_ends_it() {
        let cancel = CancellationToken::new();
        let (result, seen) = run(&[Err("transient"); 4], &cancel).await;
        assert_eq!(result, Err("transient"));
        assert_eq!(seen.len(), 4);
        assert_eq!(seen[3], (4, 4, None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancellation_ends_the_wait() {
        let begun = Instant::now();
        let cancel = CancellationToken::new();
        let results = [Err("transient"); 4];
        let ((result, seen), ()) = tokio::join!(run(&results, &cancel), async {
            sleep(Duration::from_millis(1500)).await;
            cancel.cancel();
        });
        assert_eq!(result, Err("transient"));
        assert_eq!(seen, [(1, 0, Some(1)), (2, 1, Some(2))]);
        assert_eq!(begun.elapsed().as_millis(), 1500);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_tried_again_after_a_cancellation() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let (_, seen) = run(&[Err("transient"); 4], &cancel).await;
        assert_eq!(seen, [(1, 0, None)]);
    }
}
