//! What a section is about, from the words of its heading.
//!
//! People number their headings, decorate them and write `&` for `and`; none of that matters here.

use super::pattern::{Pattern, pattern};
use crate::model::Target;

/// What a section is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// What the component is for.
    Overview,
    /// Requirements of any kind.
    Requirements,
    /// What the component does.
    Functional,
    /// How well it does it.
    NonFunctional,
    /// User stories and their scenarios.
    Scenarios,
    /// The interface.
    Api,
    /// What is asked of the tests.
    Testing,
    /// What the component depends on.
    Dependencies,
    /// Acceptance or success criteria.
    Acceptance,
    /// What is asked of each level of maturity.
    Maturity,
    /// How the component is used.
    Usage,
    /// Facts about the document.
    Metadata,
    /// Plans, risks, history: what stands here is no promise about the component.
    Aside,
    /// Something else that is not part of the section around it.
    Other,
}

/// The words of a heading in lower case, without numbering, decoration and remarks in parentheses.
pub(super) fn words(title: &str) -> Vec<String> {
    let title = without_parentheses(title).replace('&', " and ");
    let plain: String = title
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let plain = plain.to_lowercase();
    let words = plain.split_whitespace().map(str::to_owned);
    let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
    words.skip_while(is_number).collect()
}

/// A text with a space in place of each pair of parentheses and what it holds; of nested ones, the
/// inner pair.
fn without_parentheses(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = rest.find(')') {
        match rest[..end].rfind('(') {
            Some(start) => {
                left.push_str(&rest[..start]);
                left.push(' ');
            }
            None => left.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    left + rest
}

impl Topic {
    /// The topic that a heading announces; `None` when it does not say.
    pub(super) fn of(title: &str) -> Option<Self> {
        let words = words(title);
        let title = words.join(" ");
        let first = words.first().map_or("", String::as_str);
        let last = words.last().map_or("", String::as_str);
        let is = |known: &[&str]| known.contains(&title.as_str());
        let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
        let says = |phrases: &[&str]| {
            let title = format!(" {title} ");
            phrases
                .iter()
                .any(|phrase| title.contains(&format!(" {phrase} ")))
        };
        let topic = if has(&["maturity"]) {
            Self::Maturity
        } else if says(ACCEPTANCE) {
            Self::Acceptance
        } else if has(ASIDE_WORDS)
            || says(ASIDE_PHRASES)
            || is(&["tasks", "notes"])
            || (has(&["plan"]) && !has(&["test", "testing"]))
        {
            Self::Aside
        } else if title.starts_with("non functional")
            || title.starts_with("nonfunctional")
            || is(&["nfr", "nfrs", "quality attributes"])
            || (last == "requirements" && QUALITIES.contains(&first))
        {
            Self::NonFunctional
        } else if ["test", "tests", "testing"].contains(&first)
            || says(&[
                "test strategy",
                "test plan",
                "testing strategy",
                "testing requirements",
            ])
        {
            Self::Testing
        } else if says(&[
            "user story",
            "user stories",
            "user scenario",
            "user scenarios",
            "use cases",
        ]) || is(&["scenarios"])
        {
            Self::Scenarios
        } else if has(&["dependencies"])
            || is(&["dependency", "required components", "optional components"])
        {
            Self::Dependencies
        } else if title.starts_with("functional") || says(&["functional requirements"]) {
            Self::Functional
        } else if first == "requirements" || last == "requirements" {
            Self::Requirements
        } else if is(OTHER) || has(&["documentation"]) {
            Self::Other
        } else if has(&["api", "apis", "interface", "interfaces", "endpoints"]) || is(&["cli"]) {
            Self::Api
        } else if has(&["usage"])
            || says(&[
                "quick start",
                "getting started",
                "code example",
                "code examples",
            ])
            || is(&["example", "examples", "quickstart"])
        {
            Self::Usage
        } else if has(OVERVIEW) {
            Self::Overview
        } else if is(&[
            "metadata",
            "document information",
            "document control",
            "component information",
        ]) {
            Self::Metadata
        } else {
            return None;
        };
        Some(topic)
    }

    /// Whether the section lists requirements.
    pub(super) const fn is_requirements(self) -> bool {
        matches!(
            self,
            Self::Requirements | Self::Functional | Self::NonFunctional
        )
    }
}

const ACCEPTANCE: &[&str] = &[
    "acceptance criteria",
    "acceptance scenario",
    "acceptance scenarios",
    "success criteria",
    "definition of done",
];
const ASIDE_WORDS: &[&str] = &[
    "alternatives",
    "appendix",
    "backlog",
    "changelog",
    "future",
    "glossary",
    "history",
    "milestones",
    "phase",
    "phases",
    "references",
    "risk",
    "risks",
    "roadmap",
    "rollback",
    "schedule",
    "timeline",
    "traceability",
];
const ASIDE_PHRASES: &[&str] = &[
    "change log",
    "next steps",
    "non goals",
    "open questions",
    "out of scope",
];
const OTHER: &[&str] = &[
    "architecture",
    "assumptions",
    "constraints",
    "edge cases",
    "entities",
    "error handling",
    "implementation notes",
    "key entities",
    "key features",
    "related components",
];
const OVERVIEW: &[&str] = &[
    "abstract",
    "description",
    "goal",
    "goals",
    "introduction",
    "objective",
    "objectives",
    "overview",
    "purpose",
    "summary",
];

/// Words that name a quality: a heading or title that begins with one announces how well.
pub(super) const QUALITIES: &[&str] = &[
    "accessibility",
    "availability",
    "compatibility",
    "maintainability",
    "observability",
    "performance",
    "portability",
    "privacy",
    "quality",
    "reliability",
    "scalability",
    "security",
    "usability",
];

static NOTHING: Pattern = Pattern::new(|| {
    pattern(
        r"(?i)^[\s\[(*_]*(?:(?:there (?:are|is) )?(?:none|nothing|n/?a|not applicable)(?: yet| so far)?|-+)[\s\])*_.!]*$",
    )
});

/// Whether a text says no more than that there is nothing, as in `None` or `N/A`. With a reason it
/// says more.
pub(super) fn is_nothing(text: &str) -> bool {
    text.trim().is_empty() || NOTHING.is_match(text)
}

/// The level that a single word names.
pub(super) fn level_word(word: &str) -> Option<Target> {
    word.parse().ok()
}

/// The level that a heading or label announces: `Staging Stage`, `Production Criteria`. Words that
/// do not belong to such a heading make it one about something else: `Staging Database`.
pub(super) fn level_of(title: &str) -> Option<Target> {
    let words = words(title);
    let mut levels = words.iter().filter_map(|word| level_word(word));
    let level = levels.next()?;
    let is_known =
        |word: &String| level_word(word).is_some() || LEVEL_COMPANIONS.contains(&word.as_str());
    (levels.next().is_none() && words.iter().all(is_known)).then_some(level)
}

const LEVEL_COMPANIONS: &[&str] = &[
    "acceptance",
    "coverage",
    "criteria",
    "definition",
    "done",
    "environment",
    "exit",
    "for",
    "gate",
    "gates",
    "level",
    "maturity",
    "of",
    "promotion",
    "quality",
    "readiness",
    "requirements",
    "stage",
    "target",
    "targets",
    "the",
    "to",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_matched_whatever_their_decoration() {
        let cases = [
            ("3.1 Functional Requirements", Some(Topic::Functional)),
            ("🎯 FUNCTIONAL REQUIREMENTS:", Some(Topic::Functional)),
            ("Non-Functional Requirements", Some(Topic::NonFunctional)),
            ("4) Nonfunctional requirements", Some(Topic::NonFunctional)),
            (
                "Performance & Security Requirements",
                Some(Topic::NonFunctional),
            ),
            ("Requirements (mandatory)", Some(Topic::Requirements)),
            (
                "User Scenarios & Testing (mandatory)",
                Some(Topic::Scenarios),
            ),
            (
                "User Story 1 - Log in (Priority: P1)",
                Some(Topic::Scenarios),
            ),
            ("Testing Requirements", Some(Topic::Testing)),
            ("Test Plan", Some(Topic::Testing)),
            ("Implementation Plan", Some(Topic::Aside)),
            ("Phase 1: Core Implementation", Some(Topic::Aside)),
            ("✅ Acceptance Criteria", Some(Topic::Acceptance)),
            ("Success Criteria", Some(Topic::Acceptance)),
            ("Maturity Stage Targets", Some(Topic::Maturity)),
            ("Dependencies", Some(Topic::Dependencies)),
            ("Required Components", Some(Topic::Dependencies)),
            ("Dependency Resolution", None),
            ("API Design", Some(Topic::Api)),
            ("Public Interface", Some(Topic::Api)),
            ("API Documentation", Some(Topic::Other)),
            ("Example Usage", Some(Topic::Usage)),
            ("Purpose", Some(Topic::Overview)),
            ("Key Entities", Some(Topic::Other)),
            ("Calculator Class", None),
            ("", None),
            ("12", None),
        ];
        for (title, topic) in cases {
            assert_eq!(Topic::of(title), topic, "{title}");
        }
    }

    #[test]
    fn a_level_is_announced_by_its_word_among_fitting_ones() {
        let cases = [
            ("Development", Some(Target::Dev)),
            ("### Staging Stage:", Some(Target::Staging)),
            ("2. Production (final)", Some(Target::Production)),
            (
                "Acceptance Criteria for Production",
                Some(Target::Production),
            ),
            ("Staging to Production", None),
            ("Staging Database", None),
            ("Development of the parser", None),
            ("Overview", None),
        ];
        for (title, level) in cases {
            assert_eq!(level_of(title), level, "{title}");
        }
    }

    #[test]
    fn what_is_in_parentheses_does_not_count() {
        for (title, left) in [
            ("Tests (unit)", "Tests  "),
            ("A *(of)* B", "A * * B"),
            ("((a) b)", "(  b)"),
            ("a) b (c", "a) b (c"),
            ("(x) y (z)", "  y  "),
        ] {
            assert_eq!(without_parentheses(title), left);
        }
    }
}
