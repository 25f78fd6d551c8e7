//! Trying again, and knowing when not to: error kinds, retries with backoff, circuit breakers.
//!
//! Imports nothing of ours but [`crate::model`].

mod circuit_breaker;
mod classify;
mod retry;

#[cfg(test)]
mod tests;

pub use circuit_breaker::{BreakerPolicy, CircuitBreakers, CircuitOpen, Permit};
pub use classify::{classify, explain};
pub use retry::{Delays, RetryPolicy, Tried, retry};
