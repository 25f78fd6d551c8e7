//! Which numbers a line of prose promises, from the words around them.
//!
//! A number counts only where the words between it and its subject are ones that people put
//! there; whatever else stands between them makes it a number about something else.

use super::{
    pattern::{Pattern, pattern},
    percentages::percents,
    topic::level_of,
};
use crate::model::{Target, ThresholdSubject as Subject};
use std::ops::Range;

/// The words for the subjects.
static SUBJECT: Pattern = Pattern::new(|| {
    pattern(r"(?i)\b(?:(?P<coverage>coverage)|(?P<uptime>uptime|availability)|complexity)\b")
});

/// A word in front of a subject that makes it another thing than the one measured.
static OTHER_THING: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)\b(?:branch|docstring|doc|documentation|type|api|requirements?|mutation|integration|e2e|end-to-end|system|time|space|cognitive|algorithmic|new[ -]code|patch|diff|current)[ -]*(?:test )?$",
    )
});

/// A limit behind `complexity`; a sign or word is needed, because the word is said of many things.
static COMPLEXITY: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)^(?:[:\s(]|\b(?:per|of|a|each|every|any|function|method|must|should|is|be|stay|stays|kept|keep|score|target)\b)*?(?P<operator><=|=<|<|≤|at most|no more than|not exceed|up to|below|under|less than|max(?:imum)?\.?(?: of)?:?|limit(?: of)?:?)\s*(?P<number>\d{1,3})\b",
    )
});

/// `maximum cyclomatic` in front of `complexity`, and the number behind it.
static MAXIMUM: Pattern =
    Pattern::new(|| pattern(r"(?i)\bmax(?:imum|imal)?\.?\s+(?:cyclomatic\s+|code\s+)?$"));
static PLAIN_LIMIT: Pattern =
    Pattern::new(|| pattern(r"(?i)^(?P<operator>[\s:=]*)(?:of\s+|is\s+)?(?P<number>\d{1,3})\b"));

/// Days in staging, in the orders in which people say it.
static STAGING_DAYS: Pattern = Pattern::new(|| {
    pattern(
        r"(?ix)
        \b(?P<a>\d{1,4})[\ -]days?\s+(?:(?:in|of|on)\s+)?(?:the\s+)?staging\b
        | \b(?P<b>\d{1,4})[\ -]days?\s+(?:of\s+)?(?:stability|soak)\b
        | \bstaging\b[\s:]+(?:(?:stability|stable|time|period|soak|for|of|at\ least|a\ minimum\ of)[\s:]+|[≥>]=?\s*)*(?P<c>\d{1,4})[\ -]days?\b
        | \bstable\s+(?:in\s+staging\s+)?for\s+(?:at\s+least\s+)?(?P<d>\d{1,4})\s+days?\b",
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
    /// Whether a sign or word such as `≥` stands in front of the number.
    pub(super) has_operator: bool,
}

impl Found {
    pub(super) fn new(subject: Subject, number: &str, range: Range<usize>) -> Option<Self> {
        Some(Self {
            subject,
            value: number.parse().ok()?,
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
    for word in SUBJECT.captures_iter(text) {
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
            found.extend(complexity(text, word, ""));
        } else {
            percents(text, word, name, subject, &mut found);
        }
        found.retain(|one| one.has_operator || one.level.or(level).is_some());
    }
    for days in STAGING_DAYS.captures_iter(text) {
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
    let word = SUBJECT.captures(name)?;
    let is_other = OTHER_THING.is_match(&name[..word.get(0)?.start()]);
    (name.chars().count() <= 40 && !is_other).then(|| subject(&word))
}

fn subject(word: &regex::Captures<'_>) -> Subject {
    match (word.name("coverage"), word.name("uptime")) {
        (Some(_), _) => Subject::Coverage,
        (_, Some(_)) => Subject::Uptime,
        _ => Subject::Complexity,
    }
}

const fn is_percent(subject: Subject) -> bool {
    matches!(subject, Subject::Coverage | Subject::Uptime)
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
pub(super) fn window(text: &str, start: usize) -> &str {
    &text[start..text.floor_char_boundary(start + 160)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, about: Option<Subject>) -> String {
        let found = find(text, about, None);
        let found = found.iter().map(|one| {
            let level = one.level.map_or("-", Target::as_str);
            let words = &text[one.range.clone()];
            format!("{:?} {} {level} {words:?}", one.subject, one.value)
        });
        found.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn numbers_are_found_in_the_words_that_people_use() {
        let lines = [
            "Coverage ≥50%",
            "Comprehensive test coverage (≥70%)",
            "Test coverage: >= 70 %",
            "coverage of at least 70%",
            "Test coverage: ≥70% (staging), ≥80% (production)",
            "Coverage Target: ≥60% (development), ≥70% (staging), ≥80% (production)",
            "≥ 7 days in staging with ≥ 99.5 % uptime",
            "Write unit tests (≥60% coverage)",
            "at least 85.5 percent line coverage for production",
            "Staging: test coverage 75%, production coverage must be above 85%",
            "70–80% coverage",
            "Uptime: ≥99.5%",
            "99.9% availability in staging",
            "Uptime ≥99.5% (production)",
            "7-day staging stability",
            "7-day stability period complete",
            "staging: at least 10 days",
            "Cyclomatic complexity <10",
            "Complexity ≤10 per function",
            "complexity of at most 12",
            "maximum cyclomatic complexity of 8",
            "complexity must not exceed 15",
        ];
        let read = lines.map(|line| read(line, None)).join("\n");
        insta::assert_snapshot!(read, @r#"
    Coverage 50 - "Coverage ≥50%"
    Coverage 70 - "coverage (≥70%)"
    Coverage 70 - "coverage: >= 70 %"
    Coverage 70 - "coverage of at least 70%"
    Coverage 70 staging "coverage: ≥70% (staging)"; Coverage 80 production "≥80% (production)"
    Coverage 60 dev "Coverage Target: ≥60% (development)"; Coverage 70 staging "≥70% (staging)"; Coverage 80 production "≥80% (production)"
    StagingDays 7 - "7 days in staging"; Uptime 99.5 - "≥ 99.5 % uptime"
    Coverage 60 - "≥60% coverage"
    Coverage 85.5 production "at least 85.5 percent line coverage"
    Coverage 75 staging "coverage 75%"; Coverage 85 production "coverage must be above 85%"
    Coverage 70 - "70–80% coverage"
    Uptime 99.5 - "Uptime: ≥99.5%"
    Uptime 99.9 - "99.9% availability"
    Uptime 99.5 production "Uptime ≥99.5% (production)"
    StagingDays 7 - "7-day staging"
    StagingDays 7 - "7-day stability"
    StagingDays 10 - "staging: at least 10 days"
    Complexity 9 - "complexity <10"
    Complexity 10 - "Complexity ≤10"
    Complexity 12 - "complexity of at most 12"
    Complexity 8 - "complexity of 8"
    Complexity 15 - "complexity must not exceed 15"
    "#);
    }

    #[test]
    fn numbers_about_something_else_are_left_alone() {
        let lines = [
            "Error rate: <0.1%",
            "Coverage and an error rate below 0.1%",
            "Unit tests with coverage, 100% pass rate",
            "branch coverage ≥60%",
            "docstring coverage: 100%",
            "Coverage ≥90% for the parser",
            "coverage below 70% is refused",
            "Current coverage: 45%",
            "coverage 170%",
            "time complexity O(1) < 10",
            "complexity 10",
            "every 7 days",
            "coverage",
            "",
        ];
        for line in lines {
            assert_eq!(read(line, None), "", "{line}");
        }
        assert_eq!(
            read("≥80% coverage, ≥95% pass rate", None),
            r#"Coverage 80 - "≥80% coverage""#
        );
    }

    #[test]
    fn a_subject_from_around_the_line_needs_a_sign_or_a_level() {
        let about = Some(Subject::Coverage);
        assert_eq!(
            read("Staging: 70%", about),
            r#"Coverage 70 staging "Staging: 70%""#
        );
        assert_eq!(read("≥70%", about), r#"Coverage 70 - "≥70%""#);
        assert_eq!(read("90% of the parser", about), "");
        assert_eq!(read("70%", about), "");
        assert_eq!(
            read("≤ 10", Some(Subject::Complexity)),
            r#"Complexity 10 - "≤ 10""#
        );
    }
}
