//! What is wrong with a configuration file, and how it is told.

use crate::model::Position;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::{fmt, ops::Range};

/// How many problems of one file are told.
const MAX_TOLD: usize = 50;

/// The longest piece of the file that is shown, in characters.
const MAX_SHOWN: usize = 60;

/// The longest part of a line that is shown, in characters.
const MAX_LINE: usize = 400;

/// One thing that is wrong, or that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands; `None` for what concerns the whole file.
    pub at: Option<Position>,
    /// The key, as a dotted path (`stages.testing.timeout_seconds`); empty for the whole file.
    pub key: String,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it, where that is known.
    pub suggestion: Option<String>,
    /// The line it stands on, cut, for the picture; `None` where it stands behind the cut.
    pub(super) source_line: Option<String>,
}

impl Problem {
    /// A problem of the whole file.
    pub(super) fn of_file(message: impl Into<String>) -> Self {
        Self {
            at: None,
            key: String::new(),
            message: message.into(),
            suggestion: None,
            source_line: None,
        }
    }

    /// A problem at a place of the text, which is given as its lines.
    pub(super) fn at(
        at: Position,
        lines: &[&str],
        key: String,
        message: impl Into<String>,
    ) -> Self {
        let line = usize::try_from(at.line)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let line = lines.get(line).copied().unwrap_or_default();
        let is_shown = usize::try_from(at.column).is_ok_and(|column| column <= MAX_LINE);
        Self {
            at: Some(at),
            key,
            source_line: is_shown.then(|| line.chars().take(MAX_LINE).collect()),
            ..Self::of_file(message)
        }
    }

    /// The same with what to do about it.
    pub(super) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

/// Why a configuration is refused: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The file, as it is shown.
    pub file: String,
    /// Everything that is wrong, in the order of the file; never empty.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn new(file: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.at);
        problems.dedup();
        Self {
            file: shown(file),
            problems,
        }
    }
}

impl fmt::Display for ConfigError {
    /// Everything that is wrong, each with the line it stands on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(&self.file, Level::ERROR, &self.problems))
    }
}

/// Problems that do not refuse the file.
pub(super) fn render_warnings(file: &str, warnings: &[Problem]) -> String {
    render(file, Level::WARNING, warnings)
}

fn render(file: &str, level: Level<'_>, problems: &[Problem]) -> String {
    let renderer = Renderer::plain();
    let mut told: Vec<String> = problems
        .iter()
        .take(MAX_TOLD)
        .map(|problem| renderer.render(&[group(file, level.clone(), problem)]))
        .collect();
    if let Some(more) = problems
        .len()
        .checked_sub(MAX_TOLD)
        .filter(|&more| more > 0)
    {
        told.push(format!("and {more} more"));
    }
    told.join("\n\n")
}

fn group<'a>(file: &'a str, level: Level<'a>, problem: &'a Problem) -> Group<'a> {
    let help = problem
        .suggestion
        .as_deref()
        .map(|text| Level::HELP.message(text));
    match (&problem.at, &problem.source_line) {
        (Some(at), Some(line)) => {
            let annotation = AnnotationKind::Primary.span(span(line, at.column));
            let annotation = if problem.key.is_empty() {
                annotation
            } else {
                annotation.label(format!("`{}`", problem.key))
            };
            level.primary_title(problem.message.as_str()).element(
                Snippet::source(line.as_str())
                    .path(file)
                    .line_start(usize::try_from(at.line).unwrap_or(usize::MAX))
                    .annotation(annotation),
            )
        }
        _ => {
            let place = problem.at.map_or_else(
                || file.to_owned(),
                |at| format!("{file}:{}:{}", at.line, at.column),
            );
            let key = match problem.key.as_str() {
                "" => String::new(),
                key => format!(" (`{key}`)"),
            };
            level
                .primary_title(format!("{place}: {}{key}", problem.message))
                .elements(None::<annotate_snippets::Message<'_>>)
        }
    }
    .elements(help)
}

/// The token that begins at this column, as a range of bytes: a key without its `:`, a value
/// without the comment behind it.
fn span(line: &str, column: u32) -> Range<usize> {
    let column = usize::try_from(column).unwrap_or(usize::MAX);
    let start = line
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(line.len(), |(index, _)| index);
    let rest = &line[start..];
    let ends = [": ", " #", ",", "]", "}"].map(|end| rest.find(end));
    let quoted = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))
        .and_then(|quote| rest[1..].find(quote).map(|length| length + 2));
    let end = quoted
        .or_else(|| ends.into_iter().flatten().min())
        .unwrap_or(rest.len());
    let token = rest[..end].trim_end().trim_end_matches(':');
    start..start + token.len()
}

/// Text of the file that becomes part of a message: cut, and without control characters.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == MAX_SHOWN {
            shown.push('…');
            break;
        }
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The known word that was probably meant.
pub(super) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |word: &str| word.to_lowercase().replace('-', "_");
    let word = plain(word);
    if word.chars().count() > 100 {
        return None;
    }
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&word, &plain(known)), known))
        .filter(|(distance, known)| {
            let length = known.chars().count();
            *distance < length && *distance <= length.div_ceil(3).min(4)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// `did you mean …`, or the words that are known when none is near and they are few.
pub(super) fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    if let Some(meant) = closest(word, known.iter().copied()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    if known.is_empty() || known.len() > 20 {
        return None;
    }
    let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    Some(format!("known here: {}", known.join(", ")))
}
