//! What earlier runs measured, kept in files that runs at the same time can share.
//!
//! Nothing here judges: a metric that cannot be recorded changes no verdict.

mod metrics;
mod operation;
mod summary;

#[cfg(test)]
mod tests;

pub use metrics::{MetricsError, record};
pub use operation::{Operation, operations};
pub use summary::{MetricsSummary, OperationSummary, summary};
