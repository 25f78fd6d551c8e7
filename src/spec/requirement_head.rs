//! The first line of a requirement: its id, priority and title.

use super::{
    pattern::{Pattern, pattern},
    prose::Prose,
    topic,
};
use crate::model::{Priority, RequirementKind};
use std::ops::Range;

/// What the first line of a requirement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequirementHead {
    /// The id as written.
    pub(super) id: Option<String>,
    /// The title: the bold words, or else the first sentence.
    pub(super) title: String,
    /// Whether the title is set as one, in bold or as a heading.
    pub(super) has_title: bool,
    /// What follows the title; empty when nothing does.
    pub(super) rest: String,
    /// The priority in parentheses behind the id or title.
    pub(super) priority: Option<Priority>,
}

/// `FR-1`, `NFR2`, `FR-001`, `FR-AUTH-1`, `REQ-3.1`, at the beginning, also in brackets. A hyphen behind
/// it makes it part of another word.
static ID: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)^\[?((?:N?FR|REQ)(?:[-_ ]?[A-Z]{2,12}[-_])?[-_ ]?[0-9]{1,6}(?:\.[0-9]{1,4})*[a-z]?)(?:\]|\b{end-half}(-)?)",
    )
});

/// What stands between an id and a title.
static SEPARATOR: Pattern = Pattern::new(|| pattern(r"^(?:\s*(?:[:.)|–—-]+|\s))\s*"));

/// A priority in parentheses or brackets.
static PRIORITY: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)^[\[(]\s*(?:priority\s*[:=]?\s*)?(P[0-9]|critical|high|must|medium|should|low|could)(?:[ -](?:priority|have))?\s*[\])]",
    )
});
static PRIORITY_AT_END: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)\s*[\[(]\s*(?:priority\s*[:=]?\s*)?(P[0-9]|critical|high|must|medium|should|low|could)(?:[ -](?:priority|have))?\s*[\])]$",
    )
});

impl RequirementHead {
    /// Reads a heading, whose whole text after the id is the title.
    pub(super) fn of_heading(prose: &Prose) -> Self {
        let text = prose.line();
        let (id, after) = split_id(&text);
        let (title, priority) = split_priority(text[after..].trim());
        Self {
            id,
            title: title.to_owned(),
            has_title: true,
            rest: String::new(),
            priority,
        }
    }

    /// Reads the first lines of an item or paragraph.
    pub(super) fn of_item(prose: &Prose, range: Range<usize>) -> Self {
        let start = prose.skip_space(range.start).min(range.end);
        let text = &prose.text()[start..range.end];
        let (id, mut after) = split_id(text);
        let mut priority = None;
        if id.is_some()
            && let Some(found) = PRIORITY.captures(&text[after..])
        {
            priority = priority_of(&found[1]);
            after += found[0].len();
            after += separator(&text[after..]);
        }
        let title_start = start + after;
        let bold_end = prose.bold_end(title_start).min(range.end);
        let behind = &prose.text()[bold_end..range.end];
        let bold = prose.flat(title_start..bold_end);
        // Bold words inside a sentence are no title.
        let is_title = !bold.is_empty()
            && (bold.ends_with([':', '.']) || behind.trim().is_empty() || is_cut(behind));
        let (title, rest) = if is_title {
            let rest = bold_end + separator(behind);
            let title = bold.trim_end_matches([':', '.']).trim_end().to_owned();
            (title, prose.flat(rest..range.end))
        } else {
            first_sentence(&prose.flat(title_start..range.end))
        };
        let (title, at_end) = split_priority(&title);
        Self {
            id,
            title: title.to_owned(),
            has_title: is_title,
            rest,
            priority: priority.or(at_end),
        }
    }

    /// The kind that the id tells; `None` when it does not.
    pub(super) fn kind(&self) -> Option<RequirementKind> {
        let id = self.id.as_ref()?.to_ascii_uppercase();
        match id.get(..2)? {
            "NF" => Some(RequirementKind::NonFunctional),
            "FR" => Some(RequirementKind::Functional),
            _ => None,
        }
    }

    /// Whether the title begins with the name of a quality, such as performance.
    pub(super) fn names_quality(&self) -> bool {
        let words = topic::words(&self.title);
        let first = words.first();
        first.is_some_and(|word| topic::QUALITIES.contains(&word.as_str()))
    }
}

/// The priority that a word or phrase names; `None` when it names none or several.
pub(super) fn priority_of(text: &str) -> Option<Priority> {
    let mut found = None;
    for word in topic::words(text) {
        let priority = match word.as_str() {
            "critical" | "high" | "must" | "p0" | "p1" => Priority::High,
            "medium" | "should" | "p2" => Priority::Medium,
            "low" | "could" => Priority::Low,
            word => match word.strip_prefix('p') {
                Some(number) if number.len() == 1 && number.parse::<u8>().is_ok() => Priority::Low,
                _ => continue,
            },
        };
        if found.is_some_and(|found| found != priority) {
            return None;
        }
        found = Some(priority);
    }
    found
}

/// The id at the beginning of a text and where the text after it begins.
fn split_id(text: &str) -> (Option<String>, usize) {
    let found = ID.captures(text).filter(|found| found.get(2).is_none());
    let Some(id) = found.and_then(|found| found.get(1)) else {
        return (None, 0);
    };
    let bracket = usize::from(text[id.end()..].starts_with(']'));
    let after = id.end() + bracket;
    let after = after + separator(&text[after..]);
    (Some(id.as_str().to_owned()), after)
}

fn separator(text: &str) -> usize {
    SEPARATOR.find(text).map_or(0, |found| found.end())
}

/// Whether a text begins with a sign that ends a title.
fn is_cut(text: &str) -> bool {
    text.starts_with('\n') || text.trim_start().starts_with([':', '–', '—', '-', '('])
}

fn split_priority(title: &str) -> (&str, Option<Priority>) {
    let is_closed = title.ends_with([']', ')']);
    match is_closed.then(|| PRIORITY_AT_END.captures(title)).flatten() {
        Some(found) => {
            let end = title.len() - found[0].len();
            (&title[..end], priority_of(&found[1]))
        }
        None => (title, None),
    }
}

/// The first sentence and the rest. A sentence ends where a capital letter follows the full stop.
fn first_sentence(text: &str) -> (String, String) {
    let ends = text.match_indices(". ").find(|(index, _)| {
        let next = text[index + 2..].chars().next();
        next.is_some_and(char::is_uppercase)
    });
    match ends {
        Some((index, _)) => (text[..=index].to_owned(), text[index + 2..].to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|text| split_id(text).0).collect()
    }

    #[test]
    fn ids_are_read_in_all_their_forms() {
        let texts = [
            "FR-1: a",
            "FR1. a",
            "fr-2 a",
            "NFR-002 – a",
            "[FR-3] a",
            "FR-AUTH-01: a",
            "REQ-3.1) a",
            "FR 4: a",
            "FR-5",
        ];
        let expected = [
            "FR-1",
            "FR1",
            "fr-2",
            "NFR-002",
            "FR-3",
            "FR-AUTH-01",
            "REQ-3.1",
            "FR 4",
            "FR-5",
        ];
        assert_eq!(ids(&texts), expected.map(|id| Some(id.to_owned())));
        let others = [
            "FRP-1: a", "FR: a", "Free 1", "FR-1-2 a", "a FR-1", "FR-1a2", "",
        ];
        assert_eq!(ids(&others), vec![None; others.len()]);
    }

    #[test]
    fn a_priority_is_one_word_and_not_a_choice() {
        assert_eq!(priority_of("High"), Some(Priority::High));
        assert_eq!(priority_of("🔴 must-have"), Some(Priority::High));
        assert_eq!(priority_of("P2"), Some(Priority::Medium));
        assert_eq!(priority_of("P4"), Some(Priority::Low));
        assert_eq!(priority_of("[High | Medium | Low]"), None);
        assert_eq!(priority_of("soon"), None);
    }

    #[test]
    fn sentences_end_before_a_capital_letter() {
        let split = |text| {
            let (first, rest) = first_sentence(text);
            format!("{first}|{rest}")
        };
        assert_eq!(
            split("Adds, e.g. two. Then stops."),
            "Adds, e.g. two.|Then stops."
        );
        assert_eq!(split("Adds 1.5 of it"), "Adds 1.5 of it|");
    }
}
