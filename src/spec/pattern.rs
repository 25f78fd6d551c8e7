//! Regular expressions that are part of the program.
//!
//! Compiling them is much of what reading a specification takes. A letter of any language is written
//! `\u{80}-\u{10FFFF}` beside the ASCII ones, because the 700 ranges of `\w` take ten times as long;
//! words are matched by `(?i-u:…)`, whose letters have no other cases than the ASCII ones.

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
