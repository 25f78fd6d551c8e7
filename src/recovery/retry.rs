//! When a failed attempt is followed by another one.

use std::time::Duration;

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

/// The waits of one operation.
#[derive(Debug)]
pub struct Delays;
