//! The only door to YAML: text → plain data and the place of every key and value.
//!
//! Reads YAML 1.2 with `<<` merged, and refuses everything that two people could read differently
//! or that could make reading slow: duplicate keys, tabs as indentation, several documents, alias
//! bombs, deep nesting. It knows nothing about what the data means.

use crate::model::Position;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{
    DuplicateKeyPolicy, Error, ExternalMessageSource, Location, MessageFormatter,
    NonFiniteFloatPolicy, Options, Spanned, UserMessageFormatter, granit_parser::ErrorKind,
};
use std::{collections::BTreeMap, fmt};

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The deepest nesting of lists and mappings that is read.
pub const MAX_DEPTH: usize = 32;

/// The most values that are read.
const MAX_VALUES: usize = 50_000;

/// The most values that aliases (`*name`, `<<`) may stand for together.
const MAX_ALIASED: usize = 10_000;

/// A document: its data and where everything stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The data; an empty document is `null`. Keys keep their order, and are text even where they
    /// look like a number. `.inf` and `.nan` are text, because JSON has no such numbers; so are
    /// `yes`, `no`, `007` and `1_000`.
    pub value: Value,
    /// Where keys and values stand.
    pub positions: Positions,
}

/// Where the keys and values of a document stand, by JSON pointer
/// (<https://www.rfc-editor.org/rfc/rfc6901>). What comes from an alias or `<<` stands where it
/// is written, not where it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions {
    root: Option<Place>,
}

impl Positions {
    /// Where the value begins; `None` when there is no such value.
    #[must_use]
    pub fn value_at(&self, pointer: &str) -> Option<Position> {
        self.find(pointer).map(|place| place.value)
    }

    /// Where the key of the value begins; `None` when there is no such value, and for the document
    /// and the items of lists, which have no key.
    #[must_use]
    pub fn key_at(&self, pointer: &str) -> Option<Position> {
        self.find(pointer).and_then(|place| place.key)
    }

    fn find(&self, pointer: &str) -> Option<&Place> {
        let mut place = self.root.as_ref()?;
        if pointer.is_empty() {
            return Some(place);
        }
        for step in pointer.strip_prefix('/')?.split('/') {
            place = match &place.children {
                Children::None => return None,
                Children::List(items) => items.get(step.parse::<usize>().ok()?)?,
                Children::Mapping(entries) if step.contains('~') => {
                    entries.get(&step.replace("~1", "/").replace("~0", "~"))?
                }
                Children::Mapping(entries) => entries.get(step)?,
            };
        }
        Some(place)
    }
}

/// Why a text is not a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct YamlError {
    /// What was found and what was expected.
    pub message: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

/// Reads a single document.
///
/// # Errors
///
/// The text is longer than [`MAX_BYTES`], not YAML, has a duplicate key, more than one document,
/// or more nesting, values or aliases than the limits allow.
pub fn parse(text: &str) -> Result<Document, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError {
            message: format!(
                "the text has {} bytes, and at most {MAX_BYTES} are read",
                text.len()
            ),
            line: 1,
            column: 1,
        });
    }
    match serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options()) {
        Ok(node) => {
            let (value, place) = split(node, None);
            Ok(Document {
                value,
                positions: Positions { root: Some(place) },
            })
        }
        Err(error) => Err(explain(&error, text)),
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 2,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_VALUES,
            max_events: 2 * MAX_VALUES,
            max_anchors: 100,
            max_aliases: 1_000,
            max_merge_keys: 1_000,
            max_recorded_anchor_events: MAX_VALUES,
            max_recorded_anchor_bytes: MAX_BYTES,
            max_total_scalar_bytes: MAX_BYTES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_ALIASED,
            max_replay_stack_depth: 8,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// Where a value and what is inside it stand.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    key: Option<Position>,
    value: Position,
    children: Children,
}

/// A tree and not a table by pointer: long keys above many values would make long pointers many
/// times over.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Children {
    None,
    List(Vec<Place>),
    Mapping(BTreeMap<String, Place>),
}

/// A value as it is read, before data and places are split.
enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Mapping(Vec<(Spanned<String>, Spanned<Node>)>),
}

/// The depth of the recursion is bounded by [`MAX_DEPTH`].
fn split(node: Spanned<Node>, key: Option<Position>) -> (Value, Place) {
    let (value, children) = match node.value {
        Node::Scalar(value) => (value, Children::None),
        Node::List(items) => {
            let (values, places) = items.into_iter().map(|item| split(item, None)).unzip();
            (Value::Array(values), Children::List(places))
        }
        Node::Mapping(entries) => {
            let mut values = Map::new();
            let mut places = BTreeMap::new();
            for (key, node) in entries {
                let (value, place) = split(node, Some(position(key.defined)));
                values.insert(key.value.clone(), value);
                places.insert(key.value, place);
            }
            (Value::Object(values), Children::Mapping(places))
        }
    };
    let place = Place {
        key,
        value: position(node.defined),
        children,
    };
    (value, place)
}

fn position(location: Location) -> Position {
    let counted = |number: u64| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    Position {
        line: counted(location.line()),
        column: counted(location.column()),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or a mapping")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Bool(flag)))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Scalar(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Scalar(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Node, E> {
        let number = Number::from_f64(number)
            .ok_or_else(|| E::custom(format!("the number {number} is not finite")))?;
        Ok(Node::Scalar(Value::Number(number)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Scalar(Value::String(text.to_owned())))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Node, E> {
        Ok(Node::Scalar(Value::String(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut mapping: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = mapping.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Mapping(entries))
    }
}

/// Says it in the words of the person who wrote the file.
fn explain(error: &Error, text: &str) -> YamlError {
    let error = innermost(error);
    let at = error
        .location()
        .map_or(Position { line: 1, column: 1 }, position);
    if let Some(tab) = tab_in_indentation(text, at.line, error) {
        return YamlError {
            message: "a tab stands in the indentation; YAML is indented with spaces".to_owned(),
            line: tab.line,
            column: tab.column,
        };
    }
    let at = match error {
        Error::MultipleDocuments { .. } => mark_above(text, at),
        _ => at,
    };
    YamlError {
        message: message(error),
        line: at.line,
        column: at.column,
    }
}

/// The mark of the document that has its first content at `content`.
fn mark_above(text: &str, content: Position) -> Position {
    let lines = text.lines().zip(1..=content.line);
    let marks = lines.filter(|(line, _)| line.starts_with("---"));
    marks
        .last()
        .map_or(content, |(_, line)| Position { line, column: 1 })
}

fn innermost(error: &Error) -> &Error {
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => innermost(error),
        other => other,
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the key `{key}` is already there in this mapping; remove one of the two")
        }
        Error::DuplicateMappingKey { key: None, .. } => {
            "a key is there twice in this mapping; remove one of the two".to_owned()
        }
        Error::MultipleDocuments { .. } => {
            "a second document begins here (`---`); a file has exactly one".to_owned()
        }
        Error::ExternalMessage { source, .. } if is_nested_too_deep(source) => too_much(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. } => too_much(),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            "an alias refers to something that it is itself a part of".to_owned()
        }
        Error::UnknownAnchor { .. } => {
            "an alias (`*name`) refers to an anchor (`&name`) that is not defined before it"
                .to_owned()
        }
        Error::NullIntoString { .. } => "a key is missing before the `:`".to_owned(),
        Error::Unexpected { .. } | Error::SerdeInvalidType { .. } => {
            "a key must be plain text".to_owned()
        }
        other => UserMessageFormatter.format_message(other).into_owned(),
    }
}

fn too_much() -> String {
    format!(
        "too much to read: at most {MAX_DEPTH} levels of nesting, {MAX_VALUES} values and \
         {MAX_ALIASED} values behind aliases are allowed"
    )
}

fn is_nested_too_deep(source: &ExternalMessageSource) -> bool {
    matches!(source, ExternalMessageSource::Parser(error)
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded))
}

/// The parser's own words for a tab depend on what it was looking for, so a syntax error on a line
/// that is indented with a tab, or next to one, is put down to the tab.
fn tab_in_indentation(text: &str, line: u32, error: &Error) -> Option<Position> {
    if !matches!(
        error,
        Error::Message { .. } | Error::ExternalMessage { .. } | Error::Eof { .. }
    ) {
        return None;
    }
    [line, line + 1, line.saturating_sub(1)]
        .into_iter()
        .find_map(|line| {
            let content = text
                .lines()
                .nth(usize::try_from(line.checked_sub(1)?).ok()?)?;
            let indentation = content.len() - content.trim_start_matches([' ', '\t']).len();
            let column = content[..indentation].find('\t')?;
            Some(Position {
                line,
                column: u32::try_from(column + 1).ok()?,
            })
        })
}

#[cfg(test)]
mod tests;
