//! The kind of trouble.

/// The kind of trouble.
pub fn classify() {}
