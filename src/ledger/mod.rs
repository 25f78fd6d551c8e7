//! The record of what was deployed where: an append-only list for each component and environment,
//! and what follows from it.
//!
//! The list is the only memory of deployments. [`State`] is a pure function of it, so that a run
//! that is killed at any point leaves nothing behind that the next one does not see.

mod activity;
mod fold;
mod record;
mod sample;
mod state;
mod store;

#[cfg(test)]
mod tests;

pub use record::{Approval, By, Event, Record};
pub use sample::Sample;
pub use state::{Active, Drill, Hold, Hotfix, MeasuredCoverage, Open, Period, State};
pub use store::{Busy, Ledger, LedgerError, Turn, TurnError};
