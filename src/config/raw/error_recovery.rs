//! `error_recovery`: retries and the circuit breaker.

use crate::model::Stage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a failed attempt is followed by another one. Only transient kinds of errors are retried.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct ErrorRecovery {
    /// Retries of installing tools. Without this block there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) dependency_check: Option<Retry>,
    /// Retries of the tools of `testing`.
    pub(in crate::config) testing: Retry,
    /// Retries of the tools of `refactoring`. Without this block there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) refactoring: Option<Retry>,
    /// Retries of the commands that deploy to staging.
    pub(in crate::config) staging_deployment: Retry,
    /// Retries of the commands that deploy to production.
    pub(in crate::config) production_deployment: Retry,
    /// When a tool that keeps failing is no longer started.
    pub(in crate::config) circuit_breaker: CircuitBreaker,
}

impl Default for ErrorRecovery {
    fn default() -> Self {
        Self {
            dependency_check: None,
            testing: Retry::default(),
            refactoring: None,
            staging_deployment: Retry {
                max_retries: 5,
                base_delay: 2.0,
                max_delay: 30.0,
                ..Retry::default()
            },
            production_deployment: Retry {
                base_delay: 5.0,
                exponential_base: 1.5,
                max_delay: 60.0,
                ..Retry::default()
            },
            circuit_breaker: CircuitBreaker::default(),
        }
    }
}

impl ErrorRecovery {
    /// The retries of every stage that has some.
    pub(in crate::config) fn entries(&self) -> Vec<(Stage, &Retry)> {
        let mut entries = vec![
            (Stage::Testing, &self.testing),
            (Stage::StagingDeployment, &self.staging_deployment),
            (Stage::ProductionDeployment, &self.production_deployment),
        ];
        entries.extend(
            self.dependency_check
                .as_ref()
                .map(|retry| (Stage::DependencyCheck, retry)),
        );
        entries.extend(
            self.refactoring
                .as_ref()
                .map(|retry| (Stage::Refactoring, retry)),
        );
        entries
    }
}

/// How often and when something is tried again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Retry {
    /// Retries after the first attempt.
    #[schemars(range(min = 0, max = 100))]
    pub(in crate::config) max_retries: u32,
    /// The wait before the first retry, in seconds.
    #[schemars(range(min = 0, max = 86400))]
    pub(in crate::config) base_delay: f64,
    /// Each further wait is this many times the one before.
    #[schemars(range(min = 1, max = 100))]
    pub(in crate::config) exponential_base: f64,
    /// The longest single wait, in seconds.
    #[schemars(range(min = 0, max = 86400))]
    pub(in crate::config) max_delay: f64,
    /// Whether each wait is multiplied by a random factor between 0.5 and 1.5.
    pub(in crate::config) jitter: bool,
    /// The longest total of all waits, in seconds.
    #[schemars(range(min = 0, max = 86400))]
    pub(in crate::config) total_budget: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max_retries: 3,
            base_delay: 1.0,
            exponential_base: 2.0,
            max_delay: 10.0,
            jitter: true,
            total_budget: 300.0,
        }
    }
}

/// When a tool that keeps failing is no longer started.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct CircuitBreaker {
    /// How many failures in a row open the breaker.
    #[schemars(range(min = 1, max = 1000))]
    pub(in crate::config) failure_threshold: u32,
    /// How long it stays open before a trial is allowed, in seconds.
    #[schemars(range(min = 0, max = 86400))]
    pub(in crate::config) recovery_timeout: f64,
    /// How many trials at the same time are allowed then.
    #[schemars(range(min = 1, max = 1000))]
    pub(in crate::config) half_open_max_calls: u32,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self {
            failure_threshold: 5,
            recovery_timeout: 60.0,
            half_open_max_calls: 1,
        }
    }
}
