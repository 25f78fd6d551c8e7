//! Whether a promotion statement says what is expected of it. Pure and offline.
//!
//! What is read comes from outside. Everything that does not fit is said at once. Signatures are not
//! checked here: `gh attestation verify` does that, and knows whom to trust.

mod check;
#[cfg(test)]
mod tests;
mod unpack;

use super::statement::{EXTENSION, PREDICATE_TYPE, STATEMENT_TYPE, digest_parts};
use crate::model::{ComponentName, Criterion, Target, Version, is_deceptive};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// How many subjects, levels or reports are looked at; `actions/attest` takes as many subjects.
const MOST_ENTRIES: usize = 1024;
/// How much of a text from outside is shown, in characters.
const LONGEST_SHOWN: usize = 100;

/// What a statement is expected to be about. What is `None` is not asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expectation<'a> {
    /// The component.
    pub component: Option<&'a str>,
    /// The full commit hash.
    pub commit: Option<&'a str>,
    /// The artifact's digest, such as `sha256:…`.
    pub digest: Option<&'a str>,
    /// The level that must have been reached at least.
    pub level: Option<Target>,
    /// The SHA-256 of the effective policy.
    pub policy: Option<&'a str>,
}

/// What a statement was wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Nothing: it is not signed.
    Statement,
    /// A DSSE envelope. Its signatures were not checked.
    Envelope,
    /// A Sigstore bundle. Its signature was not checked.
    Bundle,
}

/// A statement that says what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The component.
    pub component: ComponentName,
    /// The level that it reached.
    pub level: Target,
    /// The version.
    pub version: Version,
    /// When it was decided.
    pub at: Timestamp,
    /// The SHA-256 of the policy.
    pub policy: String,
    /// Why it is a hotfix, where it is one.
    pub hotfix: Option<String>,
    /// Who agreed.
    pub approved_by: Vec<String>,
    /// Everything that was asked.
    pub criteria: Vec<Criterion>,
    /// What it was wrapped in.
    pub container: Container,
}

impl Verified {
    /// What was not checked, for people.
    #[must_use]
    pub const fn signature_text(&self) -> &'static str {
        match self.container {
            Container::Statement => {
                "the statement is not signed: what it says is consistent, and anybody could have written it"
            }
            Container::Envelope | Container::Bundle => {
                "the signature was not checked: gh attestation verify does that, with --predicate-type https://slsa.dev/verification_summary/v1"
            }
        }
    }
}

/// Checks a promotion statement against the report it was made from and what is expected of it.
/// `statement` is the statement itself, a DSSE envelope or a Sigstore bundle.
///
/// # Errors
///
/// Everything that does not fit.
pub fn verify(
    statement: &[u8],
    report: &[u8],
    expectation: &Expectation<'_>,
) -> Result<Verified, Vec<String>> {
    let (statement, container) = unpack::unpack(statement).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let Some(verified) = read(&statement, container, &mut problems) else {
        return Err(problems);
    };
    check::verdict(&statement, &verified, &mut problems);
    check::subjects(&statement, &verified, report, &mut problems);
    check::report(&statement, &verified, report, &mut problems);
    check::expectation(&verified, expectation, &mut problems);
    match problems.is_empty() {
        true => Ok(verified),
        false => Err(problems),
    }
}

/// Reads everything that a statement must have. `None` where that is not there.
fn read(statement: &Value, container: Container, problems: &mut Vec<String>) -> Option<Verified> {
    for (pointer, expected) in [
        ("/_type", STATEMENT_TYPE),
        ("/predicateType", PREDICATE_TYPE),
        ("/predicate/verificationResult", "PASSED"),
    ] {
        if text(statement, pointer) != Some(expected) {
            let found = shown(statement.pointer(pointer));
            problems.push(format!("`{pointer}` is {found}, expected {expected:?}"));
        }
    }
    for pointer in [
        "/predicate/verifier/id",
        "/predicate/resourceUri",
        "/predicate/policy/uri",
    ] {
        needed::<String>(statement, pointer, problems);
    }
    let at: Option<String> = needed(statement, "/predicate/timeVerified", problems);
    let at = at.and_then(|at| match at.parse::<Timestamp>() {
        Ok(at) => Some(at),
        Err(error) => {
            problems.push(format!(
                "`/predicate/timeVerified`: {}",
                cut(&error.to_string())
            ));
            None
        }
    });
    let policy = needed(statement, "/predicate/policy/digest/sha256", problems);
    let Some(own) = statement.pointer(&format!("/predicate/{EXTENSION}")) else {
        problems.push(format!(
            "the predicate has no field {EXTENSION:?}, so it is of another program"
        ));
        return None;
    };
    let component = needed(own, "/component", problems);
    let level = needed(own, "/level", problems);
    let commit = needed(own, "/commit", problems);
    let criteria = needed(own, "/criteria", problems);
    let digest: Option<Option<String>> = needed(own, "/artifactDigest", problems);
    let hotfix = needed(own, "/hotfix", problems);
    let approved_by = needed(own, "/approvedBy", problems);
    let digest = digest?;
    if let Some(found) = digest.as_ref().filter(|d| digest_parts(d).is_none()) {
        problems.push(format!(
            "`/artifactDigest` is {}, expected a digest such as sha256:…",
            cut(found)
        ));
    }
    Some(Verified {
        component: component?,
        level: level?,
        version: Version {
            commit: commit?,
            digest,
        },
        at: at?,
        policy: policy?,
        hotfix: hotfix?,
        approved_by: approved_by?,
        criteria: criteria?,
        container,
    })
}

/// A value that must be there and of its type.
fn needed<'a, T: Deserialize<'a>>(
    value: &'a Value,
    pointer: &str,
    problems: &mut Vec<String>,
) -> Option<T> {
    let Some(found) = value.pointer(pointer) else {
        problems.push(format!("`{pointer}` is missing"));
        return None;
    };
    match T::deserialize(found) {
        Ok(found) => Some(found),
        Err(error) => {
            problems.push(format!("`{pointer}`: {}", cut(&error.to_string())));
            None
        }
    }
}

/// A list that must be there.
fn array<'a>(value: &'a Value, pointer: &str, problems: &mut Vec<String>) -> &'a [Value] {
    match value.pointer(pointer).and_then(Value::as_array) {
        Some(entries) if (1..=MOST_ENTRIES).contains(&entries.len()) => entries,
        Some(entries) => {
            problems.push(format!(
                "`{pointer}` has {} entries, expected 1 to {MOST_ENTRIES}",
                entries.len()
            ));
            &[]
        }
        None => {
            problems.push(format!("`{pointer}` is no list"));
            &[]
        }
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The beginning of a text from outside, without characters that do something to a terminal or
/// deceive the eye.
fn cut(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_deceptive(*c));
    let shown = shown.take(LONGEST_SHOWN);
    shown
        .map(|c| if c.is_control() { '�' } else { c })
        .collect()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "missing".to_owned(), |value| cut(&value.to_string()))
}
