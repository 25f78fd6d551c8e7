//! Many reports → one verdict.
//!
//! The reports may come from artifacts that strangers made: whatever is wrong with one is a problem
//! of the summary by name, and no problem is ever passed over.

mod changes;
mod merge;
mod read;

pub use changes::changes;
pub use merge::{Expectation, JobResult, job_results, summarize};
pub use read::{Found, read, read_report};

#[cfg(test)]
mod tests;
