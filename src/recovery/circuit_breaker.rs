//! A circuit breaker per tool.

use std::time::Duration;

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

/// The breakers of one process.
#[derive(Debug)]
pub struct CircuitBreakers;

/// The breaker is open.
#[derive(Debug)]
pub struct CircuitOpen;
