//! What a specification lacks, contradicts or leaves open, for a target. Pure.

mod completeness;
mod consistency;
mod judge;
mod limits;
mod rules;

pub use judge::{SpecPolicy, check};
pub(super) use limits::condition;
pub use limits::stricter;
pub use rules::RULES;
