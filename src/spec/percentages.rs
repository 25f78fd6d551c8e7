//! Percentages that a line of prose promises, and the level that each is for.

use super::{
    pattern::{Pattern, pattern},
    threshold_words::{Found, window},
    topic::level_word,
};
use crate::model::{Target, ThresholdSubject as Subject};
use std::ops::Range;

/// The words and signs that make a number a lower limit.
const AT_LEAST: &str = r"≥|>=|=>|⩾|>|at least|minimum(?: of)?|min\.?|no less than|not less than|above|over|more than|greater than(?: or equal to)?";

/// The words between a subject and its number.
const BETWEEN: &str = r"[\s:=(–—-]|\b(?:target|goal|threshold|minimum|min|required|requirement|of|is|are|must|be|should|shall|to|reach|reaches|stay|stays|the|a|for|in|at|tests?|line|overall|total|code|unit|stage|level|development|dev|staging|production|prod)\b|[)]";

/// The number itself; of a range, the lower one.
const NUMBER: &str =
    r"(?P<number>\b\d{1,3}(?:\.\d{1,4})?)(?:\s*[-–]\s*\d{1,3}(?:\.\d{1,4})?)?\s*(?:%|percent\b)";

/// The level that a number is for, behind it.
const LEVEL: &str = r"(?:\s*\(\s*(?:for |in |at )?(?P<level>development|dev|staging|production|prod)\b[^()]{0,30}\)|\s+(?:for|in|at|by)\s+(?:the\s+)?(?P<stage>development|dev|staging|production|prod)\b)?";

/// A number behind its subject.
static AFTER: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"(?i)^(?P<between>(?:{BETWEEN})*?)(?P<operator>{AT_LEAST})?\s*{NUMBER}{LEVEL}"
    ))
});

/// A further number behind the last one: `, ≥80% (production)`.
static FURTHER: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"(?i)^(?P<between>(?:{BETWEEN}|[,;/]|\b(?:and|or)\b)*?)(?P<operator>{AT_LEAST})?\s*{NUMBER}{LEVEL}"
    ))
});

/// A number in front of its subject.
static BEFORE: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"(?i)(?P<operator>{AT_LEAST})?\s*{NUMBER}\s+(?:(?:test|code|line|unit|statement|overall|total|monthly|of)\s+)*$"
    ))
});

/// The level behind a subject that stands behind its number.
static LEVEL_BEHIND: Pattern = Pattern::new(|| pattern(&format!("(?i)^{LEVEL}")));

/// A number that is about a part of the component only: `80 % for the core`.
static PART: Pattern = Pattern::new(|| pattern(r"(?i)^\s*(?:for|of|on|in)\s+(?:the\s+)?([\w-]+)"));

/// Finds the percentages in front of or behind a subject.
pub(super) fn percents(
    text: &str,
    word: Range<usize>,
    before: &str,
    subject: Subject,
    found: &mut Vec<Found>,
) {
    if let Some(number) = BEFORE.captures(before)
        && let Some(whole) = number.get(0)
        && word.start >= before.len()
    {
        let behind = LEVEL_BEHIND.captures(window(text, word.end));
        let start = word.start - before.len() + whole.start();
        let start = start + (whole.len() - whole.as_str().trim_start().len());
        if let Some(mut one) = Found::new(subject, &number["number"], start..word.end)
            && !is_about_part(&text[word.end..])
        {
            one.level = behind.and_then(|behind| level_behind(&behind, subject));
            found.push(one);
        }
        return;
    }
    let before_word = level_before(before);
    let (mut start, mut end) = (word.start, word.end);
    loop {
        let is_first = end == word.end;
        let form = if is_first { &AFTER } else { &FURTHER };
        let Some(number) = form.captures(window(text, end)) else {
            break;
        };
        let level = level_behind(&number, subject).or_else(|| {
            let named = last_level(&number["between"]).or(before_word.filter(|_| is_first));
            named.filter(|_| subject == Subject::Coverage)
        });
        // A further number without a level is one about something else.
        if !is_first && level.is_none() {
            break;
        }
        if !is_first {
            start = end + number["between"].len();
        }
        end += number[0].len();
        if !is_about_part(&text[end..])
            && let Some(mut one) = Found::new(subject, &number["number"], start..end)
        {
            let opened = text[start..end].matches('(').count();
            let closed = text[start..end].matches(')').count();
            if opened > closed && text[end..].starts_with(')') {
                one.range.end += 1;
            }
            one.level = level;
            one.has_operator = number.name("operator").is_some();
            found.push(one);
        }
    }
}

/// The level behind a number. What stands behind an uptime without parentheses is where it is
/// measured, and not which level asks for it.
fn level_behind(number: &regex::Captures<'_>, subject: Subject) -> Option<Target> {
    let stage = number
        .name("stage")
        .filter(|_| subject == Subject::Coverage);
    let level = number.name("level").or(stage)?;
    level_word(&level.as_str().to_lowercase())
}

/// The level named last in the words between a subject and its number.
fn last_level(between: &str) -> Option<Target> {
    let mut words = between.rsplit(|c: char| !c.is_alphanumeric());
    words.find_map(|word| level_word(&word.to_lowercase()))
}

/// The level named right in front of a subject: `Staging: test coverage`, `production coverage`.
fn level_before(before: &str) -> Option<Target> {
    const SKIPPED: [&str; 8] = [
        "", "stage", "level", "test", "code", "line", "unit", "minimum",
    ];
    let clause = before.rsplit([',', ';', '.']).next().unwrap_or(before);
    let words = clause.rsplit(|c: char| !c.is_alphanumeric());
    let mut words = words.map(str::to_lowercase);
    level_word(&words.find(|word| !SKIPPED.contains(&word.as_str()))?)
}

/// Whether the words behind a number make it one about a part of the component only.
fn is_about_part(behind: &str) -> bool {
    const WHOLE: [&str; 14] = [
        "all",
        "code",
        "codebase",
        "component",
        "each",
        "entire",
        "every",
        "lines",
        "module",
        "project",
        "statements",
        "tests",
        "total",
        "whole",
    ];
    PART.captures(window(behind, 0)).is_some_and(|part| {
        let word = part[1].to_lowercase();
        level_word(&word).is_none() && !WHOLE.contains(&word.as_str())
    })
}
