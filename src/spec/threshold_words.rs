//! Which numbers a line of prose promises, from the words around them.
//!
//! A number counts only where the words between it and its subject are ones that people put
//! there; whatever else stands between them makes it a number about something else.

use super::{
    pattern::{Pattern, contains_any, pattern},
    topic::{level_of, level_word},
};
use crate::model::{Target, ThresholdSubject as Subject};
use std::ops::Range;

/// What a text must contain for [`SUBJECT`] to find anything in it.
const SUBJECTS: [&str; 4] = ["coverage", "uptime", "availability", "complexity"];

/// The words for the subjects.
static SUBJECT: Pattern = Pattern::new(|| {
    pattern(r"(?i)\b(?:(?P<coverage>coverage)|(?P<uptime>uptime|availability)|complexity)\b")
});

/// A word in front of a subject that makes it another thing than the one measured.
pub(super) static OTHER_THING: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)\b(?:branch|docstring|doc|documentation|type|api|requirements?|mutation|integration|e2e|end-to-end|system|time|space|cognitive|algorithmic|new[ -]code|patch|diff|current)[ -]*(?:test )?$",
    )
});

const AT_LEAST: &str = r"≥|>=|=>|⩾|>|(?i:at least|minimum(?: of)?|min\.?|no less than|no lower than|not(?: be)? (?:less|lower) than|(?:not|never) (?:be|drop|fall|go|sink) (?:below|under)|above|over|more than|greater than(?: or equal to)?)";

/// The words between a subject and its number.
pub(super) const BETWEEN: &str = r"[\s:=(–—-]|(?i:\b(?:target|goal|threshold|minimum|min|required|requirement|of|is|are|must|be|should|shall|to|reach|reaches|stay|stays|the|a|for|in|at|tests?|line|overall|total|code|unit|stage|level|development|dev|staging|production|prod)\b)|[)]";

/// The number itself; of a range, the lower one.
const NUMBER: &str = r"(?P<number>\b[0-9]{1,3}(?:[.,][0-9]{1,15})?)(?:\s*[-–]\s*[0-9]{1,3}(?:[.,][0-9]{1,15})?)?\s*(?:%|(?i:percent\b))";

const LEVEL: &str = r"(?:\s*\(\s*(?i:(?:for |in |at )?(?P<level>development|dev|staging|production|prod)\b)[^()]*\)|\s+(?i:for|in|at|by)\s+(?i:(?:the\s+)?(?P<stage>development|dev|staging|production|prod)\b))?";

/// A number behind its subject.
static AFTER: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"^(?P<between>(?:{BETWEEN})*?)(?P<operator>{AT_LEAST})?\s*{NUMBER}{LEVEL}"
    ))
});

/// A further number behind the last one: `, ≥80% (production)`.
static FURTHER: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"^(?P<between>(?:{BETWEEN}|[,;/]|(?i:\b(?:and|or)\b))*?)(?P<operator>{AT_LEAST})?\s*{NUMBER}{LEVEL}"
    ))
});

/// A number in front of its subject.
static BEFORE: Pattern = Pattern::new(|| {
    pattern(&format!(
        r"(?P<operator>{AT_LEAST})?\s*{NUMBER}\s+(?:(?i:test|code|line|unit|statement|overall|total|monthly|of)\s+)*$"
    ))
});

/// The level behind a subject that stands behind its number.
static LEVEL_BEHIND: Pattern = Pattern::new(|| pattern(&format!("^{LEVEL}")));

/// A number that is about a part of the component only: `80 % for the core`.
static PART: Pattern = Pattern::new(|| {
    pattern(r"^\s*(?i:for|of|on|in)\s+(?i:the\s+)?([0-9A-Za-z_\u{80}-\u{10FFFF}-]+)")
});

/// A limit behind `complexity`; a sign or word is needed, because the word is said of many things.
static COMPLEXITY: Pattern = Pattern::new(|| {
    pattern(
        r"^(?:[:\s(]|(?i:\b(?:per|of|a|each|every|any|function|method|must|should|is|be|stay|stays|kept|keep|score|target)\b))*?(?P<operator><=|=<|<|≤|(?i:at most|no more than|not exceed|up to|below|under|less than|max(?:imum)?\.?(?: of)?:?|limit(?: of)?:?))\s*(?P<number>[0-9]{1,3})\b",
    )
});

/// `maximum cyclomatic` in front of `complexity`, and the number behind it.
static MAXIMUM: Pattern =
    Pattern::new(|| pattern(r"(?i)\bmax(?:imum|imal)?\.?\s+(?:cyclomatic\s+|code\s+)?$"));
static PLAIN_LIMIT: Pattern =
    Pattern::new(|| pattern(r"(?i)^(?P<operator>[\s:=]*)(?:of\s+|is\s+)?(?P<number>[0-9]{1,3})\b"));

/// Days in staging, in the orders in which people say it.
static STAGING_DAYS: Pattern = Pattern::new(|| {
    pattern(
        r"(?ix)
        \b(?P<a>[0-9]{1,4})[\ -]days?\s+(?:(?:in|of|on)\s+)?(?:the\s+)?staging\b
        | \b(?P<b>[0-9]{1,4})[\ -]days?\s+(?:of\s+)?(?:stability|soak)\b
        | \bstaging\b[\s:]+(?:(?:stability|stable|time|period|soak|for|of|at\ least|a\ minimum\ of)[\s:]+|(?:≥=?|>=?)\s*)*(?P<c>[0-9]{1,4})[\ -]days?\b
        | \bstable\s+(?:in\s+staging\s+)?for\s+(?:at\s+least\s+)?(?P<d>[0-9]{1,4})\s+days?\b",
    )
});

/// A number found in a line.
pub(super) struct Found {
    /// What it limits.
    pub(super) subject: Subject,
    /// The number.
    pub(super) value: f64,
    /// The level that the line names for it.
    pub(super) level: Option<Target>,
    /// The words it was read from.
    pub(super) range: Range<usize>,
    has_operator: bool,
}

impl Found {
    fn new(subject: Subject, number: &str, range: Range<usize>) -> Option<Self> {
        Some(Self {
            subject,
            value: number.replace(',', ".").parse().ok()?,
            level: None,
            range,
            has_operator: true,
        })
    }
}

/// Finds the numbers of a line in order. `about` and `level` are what the text around the line says
/// that it is about, which counts where the line itself names no subject.
pub(super) fn find(text: &str, about: Option<Subject>, level: Option<Target>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut names_subject = false;
    for word in subjects(text) {
        let Some(whole) = word.get(0) else { continue };
        names_subject = true;
        let before =
            &text[text.floor_char_boundary(whole.start().saturating_sub(120))..whole.start()];
        match subject(&word) {
            Subject::Uptime => percents(text, whole.range(), before, Subject::Uptime, &mut found),
            _ if OTHER_THING.is_match(before) => {}
            Subject::Complexity => found.extend(complexity(text, whole.range(), before)),
            subject => percents(text, whole.range(), before, subject, &mut found),
        }
    }
    if let (false, Some(subject)) = (names_subject, about) {
        let start = text.len() - text.trim_start().len();
        let name = text[start..].split_once(':').map(|(name, _)| name);
        let name = name
            .filter(|name| level_of(name).is_some())
            .unwrap_or_default();
        let word = start..start + name.len();
        if subject == Subject::Complexity {
            // Where the level is known, a number alone is its limit, as it is for a percentage.
            let alone = level.filter(|_| text.trim().bytes().all(|byte| byte.is_ascii_digit()));
            let before = if alone.is_some() { "maximum " } else { "" };
            found.extend(complexity(text, word, before));
        } else {
            percents(text, word, name, subject, &mut found);
        }
        found.retain(|one| one.has_operator || one.level.or(level).is_some());
    }
    let days = contains_any(text, &["day"]).then(|| STAGING_DAYS.captures_iter(text));
    for days in days.into_iter().flatten() {
        let number = ["a", "b", "c", "d"].iter().find_map(|name| days.name(name));
        if let (Some(whole), Some(number)) = (days.get(0), number) {
            found.extend(Found::new(
                Subject::StagingDays,
                number.as_str(),
                whole.range(),
            ));
        }
    }
    found.retain(|one| !is_percent(one.subject) || one.value <= 100.0);
    found.sort_by_key(|one| one.range.start);
    found
}

/// The subject that a heading, label or column announces.
pub(super) fn subject_of(name: &str) -> Option<Subject> {
    let word = subjects(name).next()?;
    let is_other = OTHER_THING.is_match(&name[..word.get(0)?.start()]);
    (name.chars().count() <= 40 && !is_other).then(|| subject(&word))
}

/// The subjects that a text names.
pub(super) fn subjects(text: &str) -> impl Iterator<Item = regex_lite::Captures<'_>> {
    let found = contains_any(text, &SUBJECTS).then(|| SUBJECT.captures_iter(text));
    found.into_iter().flatten()
}

/// Which of the [`subjects`] this is.
pub(super) fn subject(word: &regex_lite::Captures<'_>) -> Subject {
    match (word.name("coverage"), word.name("uptime")) {
        (Some(_), _) => Subject::Coverage,
        (_, Some(_)) => Subject::Uptime,
        _ => Subject::Complexity,
    }
}

const fn is_percent(subject: Subject) -> bool {
    matches!(subject, Subject::Coverage | Subject::Uptime)
}

/// Whether there can be a number. Compiling a pattern for none would be in vain.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Finds the percentages in front of or behind a subject.
fn percents(
    text: &str,
    word: Range<usize>,
    before: &str,
    subject: Subject,
    found: &mut Vec<Found>,
) {
    if has_digit(before)
        && let Some(number) = BEFORE.captures(before)
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
        let rest = window(text, end);
        let number = has_digit(rest).then(|| form.captures(rest));
        let Some(number) = number.flatten() else {
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

/// Finds the limit behind `complexity`. Below ten is at most nine, because complexity is a count.
fn complexity(text: &str, word: Range<usize>, before: &str) -> Option<Found> {
    let behind = window(text, word.end);
    let plain = MAXIMUM
        .is_match(before)
        .then(|| PLAIN_LIMIT.captures(behind));
    let limit = plain.flatten().or_else(|| COMPLEXITY.captures(behind))?;
    let end = word.end + limit[0].len();
    let mut found = Found::new(Subject::Complexity, &limit["number"], word.start..end)?;
    let operator = limit["operator"].to_lowercase();
    if matches!(operator.as_str(), "<" | "below" | "under" | "less than") {
        found.value = (found.value - 1.0).max(0.0);
    }
    Some(found)
}

/// The text from an offset on, as far as a number can belong to what stands there.
fn window(text: &str, start: usize) -> &str {
    &text[start..text.floor_char_boundary(start + 160)]
}

/// The level behind a number. What stands behind an uptime without parentheses is where it is
/// measured, and not which level asks for it.
fn level_behind(number: &regex_lite::Captures<'_>, subject: Subject) -> Option<Target> {
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

/// Whether what stands behind a number makes it one about a part of the component.
pub(super) fn is_about_part(behind: &str) -> bool {
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
