//! The rules of a specification, each with its stable id.

pub(super) const MISSING_TITLE: &str = "spec/missing-title";
pub(super) const MISSING_COMPONENT: &str = "spec/missing-component";
pub(super) const COMPONENT_MISMATCH: &str = "spec/component-mismatch";
pub(super) const INVALID_TARGET: &str = "spec/invalid-target";
pub(super) const DUPLICATE_METADATA: &str = "spec/duplicate-metadata";
pub(super) const MISSING_OVERVIEW: &str = "spec/missing-overview";
pub(super) const MISSING_FUNCTIONAL: &str = "spec/missing-functional-requirement";
pub(super) const MISSING_NON_FUNCTIONAL: &str = "spec/missing-non-functional-requirement";
pub(super) const MISSING_ACCEPTANCE: &str = "spec/missing-acceptance-criteria";
pub(super) const MISSING_TESTING: &str = "spec/missing-testing-requirements";
pub(super) const MISSING_API: &str = "spec/missing-api";
pub(super) const MISSING_DEPENDENCIES: &str = "spec/missing-dependencies";
pub(super) const MISSING_MATURITY: &str = "spec/missing-maturity-target";
pub(super) const MISSING_USAGE: &str = "spec/missing-usage-example";
pub(super) const EMPTY_REQUIREMENT: &str = "spec/empty-requirement";
pub(super) const DUPLICATE_ID: &str = "spec/duplicate-id";
pub(super) const CONFLICTING_THRESHOLD: &str = "spec/conflicting-threshold";
pub(super) const LAXER_THRESHOLD: &str = "spec/laxer-threshold";
pub(super) const UNREADABLE_THRESHOLD: &str = "spec/unreadable-threshold";
pub(super) const UNRESOLVED: &str = "spec/unresolved";
pub(super) const UNTICKED_CRITERION: &str = "spec/unticked-criterion";

/// Every rule: its id and what it asks.
pub const RULES: &[(&str, &str)] = &[
    (MISSING_TITLE, "the document has a title"),
    (MISSING_COMPONENT, "the metadata names the component"),
    (
        COMPONENT_MISMATCH,
        "the component named is the one that is judged",
    ),
    (
        INVALID_TARGET,
        "the target stage is development, staging or production",
    ),
    (
        DUPLICATE_METADATA,
        "no metadata is given twice with different values",
    ),
    (
        MISSING_OVERVIEW,
        "an overview says what the component is for",
    ),
    (MISSING_FUNCTIONAL, "there is a functional requirement"),
    (
        MISSING_NON_FUNCTIONAL,
        "from staging on, there is a non-functional requirement",
    ),
    (
        MISSING_ACCEPTANCE,
        "from staging on, there are acceptance criteria",
    ),
    (
        MISSING_TESTING,
        "from staging on, there are testing requirements",
    ),
    (
        MISSING_API,
        "from staging on, the API is shown, or it is said why there is none",
    ),
    (
        MISSING_DEPENDENCIES,
        "for production, there is a section on dependencies, if only to say that there are none",
    ),
    (
        MISSING_MATURITY,
        "for production, it is said what production asks",
    ),
    (
        MISSING_USAGE,
        "for production, there should be an example of usage",
    ),
    (EMPTY_REQUIREMENT, "every requirement has a text"),
    (
        DUPLICATE_ID,
        "no two requirements or acceptance criteria have the same id",
    ),
    (
        CONFLICTING_THRESHOLD,
        "no threshold is stated with two values for one level",
    ),
    (
        LAXER_THRESHOLD,
        "no stated threshold is laxer than the policy",
    ),
    (
        UNREADABLE_THRESHOLD,
        "every stated threshold is in a form that is read, such as `coverage ≥ 85 %`",
    ),
    (
        UNRESOLVED,
        "from staging on, no placeholder or open question is left",
    ),
    (
        UNTICKED_CRITERION,
        "acceptance criteria are ticked when they are met",
    ),
];
