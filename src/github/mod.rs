//! GitHub: the only door to its API.

pub mod api;
