//! What a deployment stage does beside judging gates: it asks what is known outside, and deploys.

mod carry_out;
mod kept;
mod known;
mod order;
mod outside;
mod probe;
mod promote;
mod rollback;
mod status;
mod word;

pub(super) use carry_out::Deployments;
pub(super) use order::version;
pub(super) use outside::Outside;
pub use probe::{Look, probe};
pub use promote::promote;
pub use rollback::{Rollback, roll_back};
pub use status::{FoundStatus, status};
pub use word::say;
