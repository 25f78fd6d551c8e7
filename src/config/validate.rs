//! The file against its JSON Schema: every mistake, in words.

use super::{
    problem::{shown, suggestion},
    settings::{dotted, escaped},
    violation::{Rule, Violation, violations},
};
use crate::yaml::Positions;
use serde_json::Value;
use std::sync::OnceLock;

/// A mistake before it is placed: which node, whether its key or its value, and the words.
#[derive(Debug)]
pub(super) struct Mistake {
    /// The JSON pointer of the node.
    pub(super) pointer: String,
    /// Whether the key is wrong, and not the value.
    pub(super) is_key: bool,
    /// What was found and what was expected.
    pub(super) message: String,
    /// What to do about it, where that is known.
    pub(super) suggestion: Option<String>,
    /// The mappings whose keys contradict each other, by their JSON pointers; empty when the node is
    /// wrong by itself.
    pub(super) within: Vec<String>,
}

/// Read once a process: it is the one that is shipped.
fn schema() -> Result<&'static Value, &'static str> {
    static SCHEMA: OnceLock<Result<Value, String>> = OnceLock::new();
    SCHEMA
        .get_or_init(|| {
            serde_json::from_slice(super::SCHEMA.as_bytes()).map_err(|error| error.to_string())
        })
        .as_ref()
        .map_err(String::as_str)
}

/// Every mistake in the file's value.
pub(super) fn mistakes(value: &Value, positions: &Positions) -> Vec<Mistake> {
    match schema() {
        Ok(schema) => violations(schema, value)
            .iter()
            .map(|violation| explain(violation, positions))
            .collect(),
        Err(message) => vec![Mistake {
            pointer: String::new(),
            is_key: false,
            message: format!("the schema of the configuration cannot be used: {message}"),
            suggestion: None,
            within: Vec::new(),
        }],
    }
}

fn explain(violation: &Violation<'_>, positions: &Positions) -> Mistake {
    let pointer = &violation.pointer;
    let (pointer, is_key) = match violation.rule {
        Rule::AdditionalProperties { key, .. } => (format!("{pointer}/{}", escaped(key)), true),
        // What is wrong with a list or mapping as a whole is shown at its key.
        _ => {
            let is_block = violation.found.is_array() || violation.found.is_object();
            (pointer.clone(), is_block)
        }
    };
    let (message, suggestion) = words(violation, positions);
    Mistake {
        pointer,
        is_key,
        message,
        suggestion,
        within: Vec::new(),
    }
}

fn inside(pointer: &str, positions: &Positions) -> String {
    match dotted(pointer, positions) {
        block if block.is_empty() => String::new(),
        block => format!(" in `{block}`"),
    }
}

fn words(violation: &Violation<'_>, positions: &Positions) -> (String, Option<String>) {
    let found = violation.found;
    let plain = |message: String| (message, None);
    match &violation.rule {
        Rule::Type(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|kind| type_name(kind)).collect();
            let message = format!("expected {}, found {}", names.join(" or "), describe(found));
            (message, type_advice(kinds, found))
        }
        Rule::Enum(options) => {
            let options: Vec<String> = options.iter().map(option).collect();
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let message = format!("{} is not known here", describe(found));
            (
                message,
                suggestion(found.as_str().unwrap_or_default(), &options),
            )
        }
        Rule::Const(expected) => plain(format!("expected {expected}, found {}", describe(found))),
        Rule::Minimum(limit) => plain(format!("expected at least {limit}, found {found}")),
        Rule::Maximum(limit) => plain(format!("expected at most {limit}, found {found}")),
        Rule::Required(key) => plain(format!("the key `{key}` is missing")),
        Rule::MinItems(1) => plain("the list is empty".to_owned()),
        Rule::MinItems(limit) => plain(format!("expected at least {limit} items in this list")),
        Rule::MinLength(1) => plain("the text is empty".to_owned()),
        Rule::MinLength(limit) => plain(format!("the text is shorter than {limit} characters")),
        Rule::MaxLength(limit) => plain(format!("the text is longer than {limit} characters")),
        Rule::MinProperties(1) => plain("the mapping is empty".to_owned()),
        Rule::MinProperties(limit) => {
            plain(format!("expected at least {limit} keys in this mapping"))
        }
        Rule::MaxProperties(1) => (
            "expected a single key".to_owned(),
            Some("begin each one with a `-` of its own".to_owned()),
        ),
        Rule::MaxProperties(limit) => {
            plain(format!("expected at most {limit} keys in this mapping"))
        }
        Rule::AdditionalProperties { key, known } => {
            let block = inside(&violation.pointer, positions);
            let message = format!("unknown key `{}`{block}", shown(key));
            (message, suggestion(key, known))
        }
    }
}

fn option(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn type_name(kind: &str) -> &str {
    match kind {
        "null" => "nothing",
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "text",
        "array" => "a list",
        "object" => "a mapping of keys to values",
        other => other,
    }
}

/// What was found, for people.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text `{}`", shown(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// The usual reasons for a wrong type.
fn type_advice(kinds: &[&str], found: &Value) -> Option<String> {
    let expects = |kind: &str| kinds.contains(&kind);
    match found {
        Value::String(text) if expects("boolean") => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("write `true`".to_owned()),
            "no" | "off" | "n" | "false" => Some("write `false`".to_owned()),
            _ => None,
        },
        Value::String(text) if expects("number") || expects("integer") => {
            if matches!(text.as_str(), ".inf" | "-.inf" | ".nan") {
                return Some("only finite numbers have a meaning here".to_owned());
            }
            let number: f64 = text
                .replace('_', "")
                .trim_end_matches('%')
                .trim()
                .parse()
                .ok()?;
            let is_fit = number.is_finite() && (expects("number") || number.fract() == 0.0);
            is_fit.then(|| format!("write `{number}`, without quotes, leading zeros or signs"))
        }
        Value::Number(number) if kinds == ["string"] => {
            Some(format!("put it in quotes: \"{number}\""))
        }
        Value::Bool(flag) if kinds == ["string"] => Some(format!("put it in quotes: \"{flag}\"")),
        Value::Null if expects("object") => Some("write `{}` to set nothing".to_owned()),
        Value::String(_) if kinds == ["array"] => Some("write it as a list: `[…]`".to_owned()),
        _ => None,
    }
}
