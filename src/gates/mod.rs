//! Quality gates: each one question about a component, answered from evidence and limits. Pure.
//!
//! One file a gate, one line in [`REGISTRY`]; the configuration's schema, the report, the
//! documentation table and the suggestions for misspelt ids follow from the registry. Gates import
//! [`crate::model`] and never each other.

mod answer;
mod comparison;
pub mod complexity;
pub mod documentation;
mod explain;
mod forms;
pub mod instructions_validation;
pub mod linting;
pub mod performance;
mod registry;
pub mod security;
pub mod test_coverage;
pub mod test_pass_rate;
pub mod type_checking;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use explain::{explain, explain_code};
pub use registry::{Gate, GateEntry};

/// Every gate, in the order in which they are shown.
pub const REGISTRY: &[GateEntry] = &[
    GateEntry::of::<test_pass_rate::TestPassRate>(),
    GateEntry::of::<test_coverage::TestCoverage>(),
    GateEntry::of::<linting::Linting>(),
    GateEntry::of::<type_checking::TypeChecking>(),
    GateEntry::of::<security::Security>(),
    GateEntry::of::<documentation::Documentation>(),
    GateEntry::of::<complexity::Complexity>(),
    GateEntry::of::<instructions_validation::InstructionsValidation>(),
    GateEntry::of::<performance::Performance>(),
];

/// The gate with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static GateEntry> {
    REGISTRY.iter().find(|entry| entry.id == id)
}
