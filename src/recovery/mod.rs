//! Trying again, and knowing when not to: error kinds, retries with backoff, circuit breakers.
//!
//! Imports nothing of ours but [`crate::model`].

mod circuit_breaker;
mod classify;
mod retry;

pub use circuit_breaker::{BreakerPolicy, CircuitBreakers, CircuitOpen};
pub use classify::classify;
pub use retry::{Delays, RetryPolicy};
