//! Regular expressions that are part of the program.
//!
//! Most of them are used a few times in a run, so that making them ready takes longer than using them:
//! `regex-lite` does that ten times as fast as `regex`. Its `\b`, `\s` and `(?i)` know ASCII only. White
//! space beyond it is none in [`Prose`](super::prose::Prose), a letter of any language is written
//! `\u{80}-\u{10FFFF}` beside the ASCII ones, and where a word of the author's could begin or end with one,
//! [`is_whole_word`] looks.

use regex_lite::Regex;
use std::{ops::Range, sync::LazyLock};

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

/// Whether no letter or digit of any language stands right before or behind a range.
pub(super) fn is_whole_word(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let behind = text[range.end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
}

/// Whether a text contains one of these, in upper or lower case. Few lines of a document do, and looking
/// for words takes a tenth of what looking for a pattern takes.
pub(super) fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let mut parts = text.as_bytes().windows(word.len());
        parts.any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    })
}
