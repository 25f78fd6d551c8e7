//! Facts about the document: YAML front matter and `**Key:** value` lines.

use super::{
    document::Block,
    outline::Part,
    pattern::{Pattern, pattern},
    prose::Prose,
    source::Source,
    topic::Topic,
};
use crate::{
    model::{MetadataEntry, Position},
    yaml::{self, YamlError},
};
use serde_json::Value;

/// A line of YAML that cannot be a line of prose.
static KEY: Pattern = Pattern::new(|| pattern(r"^[A-Za-z_][0-9A-Za-z_ -]*:(?:\s|$)"));

/// YAML between `---` lines at the very beginning.
pub(super) struct FrontMatter {
    /// The entries, or why it cannot be read. Lines are those of the document.
    pub(super) entries: Result<Vec<MetadataEntry>, YamlError>,
    /// How many lines it takes with its marks.
    pub(super) lines: usize,
}

/// Reads the front matter. A line across the page at the beginning of a document is none: between
/// the marks there must be a key.
pub(super) fn front_matter(source: &Source<'_>) -> Option<FrontMatter> {
    let (first, rest) = source.lines().split_first()?;
    if first.trim_end() != "---" {
        return None;
    }
    let length = rest
        .iter()
        .position(|line| matches!(line.trim_end(), "---" | "..."));
    let inside = &rest[..length.unwrap_or(rest.len())];
    let begins = inside
        .iter()
        .find(|line| !line.trim().is_empty() && !line.starts_with('#'))?;
    if !KEY.is_match(begins) {
        return None;
    }
    let Some(length) = length else {
        let message = "it never ends; close it with a line of `---`".to_owned();
        return Some(FrontMatter {
            entries: Err(YamlError {
                message,
                line: 1,
                column: 1,
            }),
            lines: 0,
        });
    };
    let entries = match yaml::parse(&inside.join("\n")) {
        Ok(document) => Ok(entries(&document)),
        Err(error) => Err(YamlError {
            line: error.line + 1,
            ..error
        }),
    };
    Some(FrontMatter {
        entries,
        lines: length + 2,
    })
}

fn entries(document: &yaml::Document) -> Vec<MetadataEntry> {
    let mut entries = Vec::new();
    for (key, value) in document.value.as_object().into_iter().flatten() {
        let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        let at = document.positions.key_at(&pointer);
        let at = at.unwrap_or(Position { line: 1, column: 1 });
        let value = plain(value);
        if !value.is_empty() {
            entries.push(MetadataEntry {
                key: key_of(key),
                value,
                at: Position {
                    line: at.line + 1,
                    ..at
                },
            });
        }
    }
    entries
}

/// A value as a person would write it in a line; empty for nothing.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Array(values) => {
            let texts: Vec<_> = values.iter().map(plain).collect();
            texts.join(", ")
        }
        other => other.to_string(),
    }
}

/// A key in lower case with `_`.
fn key_of(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

/// Reads the `**Key:** value` lines around the title, in a section of their own, or behind a line
/// across the page at the very end.
pub(super) fn lines(parts: &[Part]) -> Vec<MetadataEntry> {
    let mut entries = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let is_first = index < 2 && part.topic.is_none() && part.requirement.is_none();
        if is_first || part.topic == Some(Topic::Metadata) {
            for block in &part.blocks {
                of_block(block, &mut entries);
            }
        } else if index + 1 == parts.len()
            && let [.., Block::Break, last @ Block::Paragraph(_)] = &part.blocks[..]
        {
            of_block(last, &mut entries);
        }
    }
    entries
}

fn of_block(block: &Block, entries: &mut Vec<MetadataEntry>) {
    match block {
        Block::Paragraph(prose) => of_prose(prose, entries),
        Block::List { items, .. } => {
            for item in items {
                if let Some((prose, _)) = item.split() {
                    of_prose(prose, entries);
                }
            }
        }
        _ => {}
    }
}

fn of_prose(prose: &Prose, entries: &mut Vec<MetadataEntry>) {
    for field in prose.fields() {
        let value = prose.flat(field.value.clone());
        if !value.is_empty() {
            entries.push(MetadataEntry {
                key: key_of(&field.key),
                value,
                at: prose.at(field.start),
            });
        }
    }
}

/// The value of the first of these keys that is there.
pub(super) fn value<'a>(entries: &'a [MetadataEntry], keys: &[&str]) -> Option<&'a MetadataEntry> {
    keys.iter()
        .find_map(|key| entries.iter().find(|entry| entry.key == *key))
}
