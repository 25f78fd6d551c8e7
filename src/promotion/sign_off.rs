//! A signed-off file: who reviewed which commit, and when. Pure.
//!
//! Markdown or YAML with three lines, in any order and among other text:
//!
//! ```text
//! commit: 0123456789abcdef0123456789abcdef01234567
//! reviewer: Ada Lovelace
//! date: 2026-03-04
//! ```

use crate::model::is_full_hash;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// What stands in a signed-off file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignOff {
    /// The full hash of the commit.
    pub(super) commit: String,
    /// Who reviewed it.
    pub(super) reviewer: String,
    /// The beginning of the day on which it was signed, in UTC.
    pub(super) at: Timestamp,
}

/// Reads a signed-off file.
///
/// # Errors
///
/// What is missing or wrong, with its line.
pub(super) fn read(text: &str, now: Timestamp) -> Result<SignOff, String> {
    let commit = only(text, "commit")?;
    let reviewer = only(text, "reviewer")?;
    let date = only(text, "date")?;
    if !is_full_hash(&commit.1) {
        return Err(format!(
            "line {}: `commit` is {:?}, expected the full hash of a commit",
            commit.0, commit.1
        ));
    }
    let wrong = |problem: &str| format!("line {}: `date` is {:?}, {problem}", date.0, date.1);
    let day: Date = date
        .1
        .parse()
        .map_err(|_| wrong("expected a day such as 2026-03-04"))?;
    let at = day
        .to_zoned(TimeZone::UTC)
        .map_err(|_| wrong("which is out of range"))?
        .timestamp();
    // Somewhere on earth it may be tomorrow already.
    let latest = now.as_second().saturating_add(24 * 60 * 60);
    if at.as_second() > latest {
        return Err(wrong("which is in the future"));
    }
    Ok(SignOff {
        commit: commit.1.to_ascii_lowercase(),
        reviewer: reviewer.1,
        at,
    })
}

/// The one line with this key, by its number.
fn only(text: &str, key: &str) -> Result<(usize, String), String> {
    let mut found = text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| Some((index + 1, value(line, key)?)));
    let first = found
        .next()
        .ok_or_else(|| format!("it has no line `{key}: …`"))?;
    if let Some((line, _)) = found.next() {
        return Err(format!(
            "lines {} and {line}: `{key}` is there twice",
            first.0
        ));
    }
    match first.1.is_empty() {
        true => Err(format!("line {}: `{key}` is empty", first.0)),
        false => Ok(first),
    }
}

/// The value of a line `key: value`, without the marks of Markdown and YAML around either.
fn value(line: &str, key: &str) -> Option<String> {
    let marks: &[char] = &['*', '_', '`', '-', '>', '#', '"', '\'', ' ', '\t'];
    let (name, value) = line.split_once(':')?;
    let is_it = name.trim_matches(marks).eq_ignore_ascii_case(key);
    is_it.then(|| value.trim_matches(marks).to_owned())
}
