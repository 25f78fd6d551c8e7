//! The file against its JSON Schema: every mistake, in words.

use super::{
    problem::{shown, suggestion},
    settings::{dotted, escaped},
};
use crate::yaml::Positions;
use jsonschema::{
    ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
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

struct Checker {
    schema: Value,
    validator: Validator,
}

/// Built once a process: it depends on nothing but the schema that is shipped.
fn checker() -> Result<&'static Checker, &'static str> {
    static CHECKER: OnceLock<Result<Checker, String>> = OnceLock::new();
    CHECKER
        .get_or_init(|| {
            let schema = serde_json::from_str(super::SCHEMA).map_err(|error| error.to_string())?;
            let validator = jsonschema::draft202012::new(&schema).map_err(|e| e.to_string())?;
            Ok(Checker { schema, validator })
        })
        .as_ref()
        .map_err(String::as_str)
}

/// Every mistake in the file's value.
pub(super) fn mistakes(value: &Value, positions: &Positions) -> Vec<Mistake> {
    match checker() {
        Ok(checker) => checker
            .validator
            .iter_errors(value)
            .flat_map(|error| explain(&error, &checker.schema, positions))
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

fn explain(error: &ValidationError<'_>, schema: &Value, positions: &Positions) -> Vec<Mistake> {
    let pointer = error.instance_path().as_str().to_owned();
    if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
        let known = known_keys(schema, error.schema_path().as_str());
        let unknown = unexpected.iter().map(|key| Mistake {
            pointer: format!("{pointer}/{}", escaped(key)),
            is_key: true,
            message: format!(
                "unknown key `{}`{}",
                shown(key),
                inside(&pointer, positions)
            ),
            suggestion: suggestion(key, &known),
            within: Vec::new(),
        });
        return unknown.collect();
    }
    let (message, suggestion) = words(error);
    // What is wrong with a list or mapping as a whole is shown at its key.
    let is_key = error.instance().is_array() || error.instance().is_object();
    vec![Mistake {
        pointer,
        is_key,
        message,
        suggestion,
        within: Vec::new(),
    }]
}

fn inside(pointer: &str, positions: &Positions) -> String {
    match dotted(pointer, positions) {
        block if block.is_empty() => String::new(),
        block => format!(" in `{block}`"),
    }
}

fn known_keys<'a>(schema: &'a Value, schema_path: &str) -> Vec<&'a str> {
    schema_path
        .strip_suffix("/additionalProperties")
        .and_then(|parent| schema.pointer(parent))
        .and_then(|parent| parent.get("properties"))
        .and_then(Value::as_object)
        .map(|properties| properties.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

fn words(error: &ValidationError<'_>) -> (String, Option<String>) {
    let found = error.instance();
    match error.kind() {
        ValidationErrorKind::Type { kind } => {
            let kinds = match kind {
                TypeKind::Single(kind) => vec![kind.to_string()],
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
            };
            let names: Vec<&str> = kinds.iter().map(|kind| type_name(kind)).collect();
            let message = format!("expected {}, found {}", names.join(" or "), describe(found));
            (message, type_advice(&kinds, found))
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            let options: Vec<String> = options
                .map(|option| {
                    option
                        .as_str()
                        .map_or_else(|| option.to_string(), str::to_owned)
                })
                .collect();
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let message = format!("{} is not known here", describe(found));
            (
                message,
                suggestion(found.as_str().unwrap_or_default(), &options),
            )
        }
        ValidationErrorKind::Minimum { limit } => {
            (format!("expected at least {limit}, found {found}"), None)
        }
        ValidationErrorKind::Maximum { limit } => {
            (format!("expected at most {limit}, found {found}"), None)
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            (format!("the key `{key}` is missing"), None)
        }
        ValidationErrorKind::MinItems { .. } => ("the list is empty".to_owned(), None),
        ValidationErrorKind::MinLength { .. } => ("the text is empty".to_owned(), None),
        ValidationErrorKind::MaxLength { limit } => {
            (format!("the text is longer than {limit} characters"), None)
        }
        ValidationErrorKind::MinProperties { .. } => ("the mapping is empty".to_owned(), None),
        ValidationErrorKind::MaxProperties { limit } => (
            if *limit == 1 {
                "expected a single key".to_owned()
            } else {
                format!("expected at most {limit} keys in this mapping")
            },
            (*limit == 1).then(|| "begin each one with a `-` of its own".to_owned()),
        ),
        _ => (shown(&error.masked().to_string()), None),
    }
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
fn type_advice(kinds: &[String], found: &Value) -> Option<String> {
    let expects = |kind: &str| kinds.iter().any(|known| known == kind);
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
