//! Regular expressions that are part of the program.

use regex::Regex;
use std::sync::LazyLock;

/// A regular expression that is compiled when it is first used.
pub(super) type Pattern = LazyLock<Regex>;

/// Compiles a regular expression of the program's own.
#[expect(
    clippy::expect_used,
    reason = "the text is a constant of this crate, and the tests compile every one"
)]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant regular expression is valid")
}
