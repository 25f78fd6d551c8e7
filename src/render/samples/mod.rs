//! Reports for the tests of all renderers, about a made-up component `parcel_pricing`.

mod blocked;
mod hostile;
mod parts;
mod passing;

pub(crate) use blocked::{interrupted, red, with_findings};
pub(crate) use hostile::hostile;
pub(crate) use parts::criterion_of;
pub(crate) use passing::{green, production_blocked};
