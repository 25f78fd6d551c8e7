//! Which components a change concerns, and why. Pure: no file is read and git is not asked.
//!
//! [`affected`] answers it; [`jobs`] spreads the components over the jobs of a matrix.

mod affected;
mod cause;
mod matrix;
mod paths;

pub use affected::{Outline, Part, affected};
pub use cause::{Cause, CauseKind};
pub use matrix::{Job, MAX_JOBS, Matrix, jobs};
