//! From a request to a report: the stages of one component, in order.
//!
//! [`run_workflow`] reads top to bottom as the way of the data. Nothing here names a concrete gate
//! or tool, and nothing here publishes.

mod collect;
mod deployment;
mod diagnosis;
mod durations;
mod event;
mod excuse;
mod fix;
mod gate_record;
mod groundwork;
mod guard;
mod judge;
mod judged;
mod kept_files;
mod level;
mod monitoring;
mod outcome;
mod plan;
mod request;
mod run;
mod some_gates;
mod specification;
mod suites;

pub use collect::Sharing;
pub use deployment::{FoundStatus, Look, Rollback, probe, promote, roll_back, say, status};
pub use diagnosis::{Diagnosis, diagnose};
pub use event::{Event, Observer};
pub use plan::{Plan, PlannedGate};
pub use request::{CircuitBreakers, DeploymentRequest, Request, WorkflowError};
pub use run::run_workflow;
pub use some_gates::{GateResults, run_quality_gates};
pub use specification::limits as specification_limits;

#[cfg(test)]
mod tests;
