//! Numbers that a line states about a subject in a form that is not read as a threshold.
//!
//! Only what looks like a rule counts: a sign or words that compare, or a percentage, right beside
//! the subject. Whatever is told in other words is prose.

use super::{
    pattern::{Pattern, pattern},
    threshold_words::{BETWEEN, Found, OTHER_THING, has_digit, is_about_part, subject, subjects},
};
use crate::model::ThresholdSubject as Subject;
use std::ops::Range;

const SIGN: &str = r"(?:[≥≤⩾⩽<>]=?|=[<>]|(?i:at least|at most|minimum of|maximum of|(?:no|not) (?:less|lower|more|higher) than))";

const NUMBER: &str = r"[-−]?\.?[0-9][0-9A-Za-z.,]*";

/// What ends a number that is not one of something: `3 browsers`.
const END: &str = r"\s*(?:$|[.,;:()|%]|(?i:(?:percent|and|as|at|for|in|of|on|or|per|when)\b))";

/// A number behind its subject.
static BEHIND: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"^(?:{BETWEEN})*?(?P<stated>{SIGN}\s*{NUMBER}(?:\s*%)?|[0-9][0-9.,]*\s*%){END}"
    ))
});

/// A number alone behind its subject, as in `Coverage: 60`.
static ALONE_BEHIND: Pattern =
    Pattern::new(|| pattern(&format!(r"^\s*[:=]\s*(?P<stated>{NUMBER})\s*[.;]?\s*$")));

/// A number in front of its subject, and what may then follow that.
static BEFORE: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"(?P<stated>{SIGN}\s*{NUMBER}(?:\s*(?:%|(?i:percent\b)))?)\s+(?:(?i:test|code|line|unit|statement|overall|total|monthly|of)\s+)*$"
    ))
});
static ENDED: Pattern = Pattern::new(|| pattern(&format!("^{END}")));

/// A further number behind one that was read: `, ≥ 80 (production)`.
static FURTHER: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"^\s*[,;/]?\s*(?i:(?:and|or)\s+)?(?P<stated>{SIGN}\s*{NUMBER}(?:\s*%)?)\s*\((?i:(?:for |in |at )?(?:development|dev|staging|production|prod)\b)"
    ))
});

/// A number that is all there is.
static ALL: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"^[^0-9:<>≥≤]*:?\s*(?P<stated>(?P<sign>{SIGN})?\s*{NUMBER}(?:\s*%)?)\s*[.;]?\s*$"
    ))
});

/// What the text around a line says that the line is about.
#[derive(Clone, Copy, Default)]
pub(super) struct About {
    /// The subject.
    pub(super) subject: Option<Subject>,
    /// Whether a number alone is one about the subject.
    pub(super) is_number_enough: bool,
}

/// Finds what a line states and nobody reads, given what was read from it.
pub(super) fn find(text: &str, found: &[Found], about: About) -> Vec<(Subject, Range<usize>)> {
    let mut doubts = Vec::new();
    let mut names_subject = false;
    let is_read = |range: &Range<usize>| {
        let mut found = found.iter();
        found.any(|one| one.range.start < range.end && range.start < one.range.end)
    };
    for word in subjects(text) {
        let Some(range) = word.get(0).map(|word| word.range()) else {
            continue;
        };
        names_subject = true;
        if !is_read(&range) {
            let stated = beside(text, &range, subject(&word));
            doubts.extend(stated.map(|stated| (subject(&word), stated)));
        }
    }
    for one in found {
        let stated = within(&FURTHER, text, one.range.end);
        let stated = stated.filter(|stated| !is_read(stated));
        doubts.extend(stated.map(|stated| (one.subject, stated)));
    }
    if let (false, true, Some(subject)) = (names_subject, found.is_empty(), about.subject)
        && let Some(all) = ALL.captures(text)
        && (about.is_number_enough || all.name("sign").is_some())
        && let Some(stated) = all.name("stated")
    {
        doubts.push((subject, stated.range()));
    }
    doubts
}

/// The number beside a subject's word.
fn beside(text: &str, word: &Range<usize>, subject: Subject) -> Option<Range<usize>> {
    let start = text.floor_char_boundary(word.start.saturating_sub(120));
    let before = &text[start..word.start];
    if subject != Subject::Uptime && OTHER_THING.is_match(before) {
        return None;
    }
    let number = has_digit(before).then(|| BEFORE.captures(before));
    if let Some(stated) = number.flatten().and_then(|found| found.name("stated")) {
        let is_rule = ENDED.is_match(&text[word.end..]) && !is_about_part(&text[word.end..]);
        return is_rule.then(|| start + stated.start()..start + stated.end());
    }
    let names_limit =
        subject != Subject::Complexity || before.trim_end().to_lowercase().ends_with("cyclomatic");
    let stated = within(&BEHIND, text, word.end).or_else(|| {
        let alone = within(&ALONE_BEHIND, text, word.end);
        alone.filter(|_| names_limit)
    });
    stated.filter(|stated| !is_about_part(&text[stated.end..]))
}

fn within(form: &Pattern, text: &str, start: usize) -> Option<Range<usize>> {
    let window = &text[start..text.floor_char_boundary(start + 160)];
    if !has_digit(window) {
        return None;
    }
    let stated = form.captures(window)?.name("stated")?.range();
    Some(start + stated.start..start + stated.end)
}
