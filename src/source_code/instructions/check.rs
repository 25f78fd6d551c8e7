//! Finding and checking the files, each error at its line and column.

use crate::model::{Finding, InstructionFacts, Position, Severity, fingerprint_all};
use crate::source_code::files::{self, WorkspaceFile};
use crate::yaml::{self, Document};
use globset::GlobBuilder;
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

/// The folders that hold instruction files, in themselves or below.
/// <https://docs.github.com/en/copilot/how-tos/configure-custom-instructions/add-repository-instructions>
pub(super) const FOLDERS: [&str; 2] = [".augment/instructions", ".github/instructions"];

/// How the names of instruction files end.
const ENDING: &str = ".instructions.md";

/// The fewest characters of text below the front matter that are worth being read.
const LEAST_TEXT: usize = 100;

/// The longest pattern in characters. A longer one takes long to read for people and machines.
const LONGEST_PATTERN: usize = 1_000;

/// Checks every `*.instructions.md` of the workspace.
///
/// Errors: no front matter, or front matter that is not YAML; `applyTo` that is not a pattern, a
/// list of patterns, or text with patterns between commas; a `description` that is missing or
/// blank. Warnings: no heading of level 2, or less than 100 characters of text.
#[must_use]
pub fn instructions(workspace: &Path) -> InstructionFacts {
    let mut facts = InstructionFacts::default();
    for folder in FOLDERS {
        if workspace.join(folder).symlink_metadata().is_err() {
            continue;
        }
        match files::files_below(workspace, Path::new(folder), ENDING, &BTreeSet::new()) {
            Ok(found) => {
                for file in found {
                    facts.files += 1;
                    facts.findings.extend(check_file(&file));
                }
            }
            Err(error) => facts.findings.push(
                Finding::new("unreadable", Severity::Error, error.to_string())
                    .at(folder, None, None),
            ),
        }
    }
    fingerprint_all(&mut facts.findings);
    facts
}

fn check_file(file: &WorkspaceFile) -> Vec<Finding> {
    let text = match files::read(&file.path) {
        Ok(text) => text,
        Err(message) => {
            return vec![Finding::new("unreadable", Severity::Error, message).at(
                &*file.shown,
                None,
                None,
            )];
        }
    };
    let mut check = Check {
        file: &file.shown,
        findings: Vec::new(),
    };
    check.text(&text);
    check.findings
}

/// The check of one file.
struct Check<'a> {
    file: &'a str,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn add(&mut self, rule: &str, severity: Severity, message: impl Into<String>, at: Position) {
        self.findings
            .push(Finding::new(rule, severity, message).at(self.file, at.line, at.column));
    }

    fn error(&mut self, rule: &str, message: impl Into<String>, at: Position) {
        self.add(rule, Severity::Error, message, at);
    }

    fn text(&mut self, text: &str) {
        let top = Position { line: 1, column: 1 };
        let Some((front_matter, body)) = split(text) else {
            self.error(
                "front_matter",
                "the file has no front matter; begin it with a line `---`, `applyTo` and `description`, and a line `---`",
                top,
            );
            return;
        };
        match yaml::parse(front_matter) {
            Ok(document) => self.front_matter(&document),
            Err(error) => self.error(
                "front_matter",
                format!("the front matter is not valid YAML: {}", error.message),
                below_dashes(Position {
                    line: error.line,
                    column: error.column,
                }),
            ),
        }
        let body_line = u32::try_from(front_matter.lines().count()).unwrap_or(u32::MAX - 3) + 3;
        self.body(body, body_line);
    }

    fn front_matter(&mut self, document: &Document) {
        let at = |pointer: &str| {
            let found = document.positions.value_at(pointer);
            found.map_or(Position { line: 1, column: 1 }, below_dashes)
        };
        if !document.value.is_object() {
            self.error(
                "front_matter",
                "the front matter is not a mapping; expected `applyTo` and `description`",
                at(""),
            );
            return;
        }
        match document.value.get("applyTo") {
            None => self.error("apply_to", "`applyTo` is missing", at("/applyTo")),
            Some(Value::String(text)) => self.patterns(text, at("/applyTo")),
            Some(Value::Array(items)) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    let at = at(&format!("/applyTo/{index}"));
                    match item {
                        Value::String(text) => self.patterns(text, at),
                        other => self.error(
                            "apply_to",
                            format!("expected a pattern in `applyTo`, found {}", kind(other)),
                            at,
                        ),
                    }
                }
            }
            Some(other) => self.error(
                "apply_to",
                format!(
                    "expected `applyTo` to be a pattern or a list of patterns, found {}",
                    kind(other)
                ),
                at("/applyTo"),
            ),
        }
        match document.value.get("description") {
            Some(Value::String(text)) if !text.trim().is_empty() => {}
            None => self.error(
                "description",
                "`description` is missing",
                at("/description"),
            ),
            Some(Value::String(_)) => {
                self.error("description", "`description` is blank", at("/description"));
            }
            Some(other) => self.error(
                "description",
                format!("expected `description` to be text, found {}", kind(other)),
                at("/description"),
            ),
        }
    }

    /// One pattern, or several with commas between them.
    fn patterns(&mut self, text: &str, at: Position) {
        for pattern in split_patterns(text) {
            let pattern = pattern.trim();
            let problem = if pattern.is_empty() {
                Some("a pattern is blank".to_owned())
            } else if pattern.chars().count() > LONGEST_PATTERN {
                Some(format!("is longer than {LONGEST_PATTERN} characters"))
            } else {
                let glob = GlobBuilder::new(pattern).literal_separator(true).build();
                glob.err().map(|error| error.to_string())
            };
            if let Some(problem) = problem {
                self.error("apply_to", format!("`applyTo` is not valid: {problem}"), at);
            }
        }
    }

    fn body(&mut self, body: &str, line: u32) {
        let at = Position { line, column: 1 };
        let mut fence: Option<&str> = None;
        let has_heading = body.lines().any(|line| {
            let line = line.trim_start();
            let mark = ["```", "~~~"]
                .into_iter()
                .find(|mark| line.starts_with(mark));
            match (fence, mark) {
                (None, Some(_)) => fence = mark,
                (Some(open), Some(mark)) if open == mark => fence = None,
                _ => {}
            }
            fence.is_none() && line.starts_with("## ")
        });
        if !has_heading {
            self.add(
                "heading",
                Severity::Warning,
                "the text has no `##` heading",
                at,
            );
        }
        let length = body.trim().chars().count();
        if length < LEAST_TEXT {
            self.add(
                "short",
                Severity::Warning,
                format!("the text has {length} characters, expected at least {LEAST_TEXT}"),
                at,
            );
        }
    }
}

/// The front matter without its `---` lines, and the text below.
fn split(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut offset = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&rest[..offset], &rest[offset + line.len()..]));
        }
        offset += line.len();
    }
    None
}

/// A place of the front matter as a place of the file: the first `---` is a line above.
const fn below_dashes(at: Position) -> Position {
    Position {
        line: at.line.saturating_add(1),
        column: at.column,
    }
}

/// Splits at commas that do not stand in `{}`.
fn split_patterns(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    text.split(move |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(items) if items.is_empty() => "an empty list",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
