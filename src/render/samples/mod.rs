//! Reports for the tests of all renderers, about a made-up component `parcel_pricing`.

mod blocked;
mod deployed;
mod hostile;
mod maturity;
mod parts;
mod passing;

pub(crate) use blocked::{interrupted, red, with_findings};
pub(crate) use deployed::{blocked_by_soak, deployed, deployment_of, rolled_back, unverified};
pub(crate) use hostile::hostile;
pub(crate) use maturity::{demoted, hostile_status, soaking};
pub(crate) use parts::criterion_of;
pub(crate) use passing::{green, production_blocked};
