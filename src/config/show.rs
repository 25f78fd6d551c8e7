//! The configuration in effect, for people.

use super::{Policy, Settings, problem::render_warnings, settings::escaped};
use crate::model::RuleSource;
use serde_json::{Map, Value};

/// Every setting in effect as YAML, each with the place where it was set.
#[must_use]
pub fn show(policy: &Policy) -> String {
    let mut lines = Vec::new();
    if let Some(blocks) = policy.settings.values().as_object() {
        mapping(&policy.settings, blocks, "", 0, &mut lines);
    }
    let width = lines
        .iter()
        .map(|(line, _)| line.chars().count())
        .max()
        .unwrap_or(0)
        .min(60);
    let mut text = String::new();
    for (line, rule) in lines {
        match rule {
            Some(RuleSource::Default) => text.push_str(&format!("{line:width$}  # default")),
            Some(rule) => text.push_str(&format!("{line:width$}  # {rule}")),
            None => text.push_str(&line),
        }
        text.push('\n');
    }
    text
}

/// What `config check` says about a valid configuration.
#[must_use]
pub fn check(policy: &Policy) -> String {
    let mut text = match policy.settings.file() {
        Some(file) => format!("{file} is valid\n"),
        None => "there is no workflow_config.yaml: the defaults apply\n".to_owned(),
    };
    if !policy.not_in_effect.is_empty() {
        text.push_str("\nnot in effect yet:\n");
        for remark in &policy.not_in_effect {
            text.push_str(&format!("  {remark}\n"));
        }
    }
    if !policy.warnings.is_empty() {
        let file = policy.settings.file().unwrap_or_default();
        text.push_str(&format!("\n{}\n", render_warnings(file, &policy.warnings)));
    }
    text
}

type Line = (String, Option<RuleSource>);

/// The depth is bounded by that of YAML and of the types.
fn mapping(
    settings: &Settings,
    entries: &Map<String, Value>,
    pointer: &str,
    depth: usize,
    lines: &mut Vec<Line>,
) {
    let indentation = "  ".repeat(depth);
    for (key, value) in entries {
        let pointer = format!("{pointer}/{}", escaped(key));
        let key = scalar_text(key);
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                lines.push((format!("{indentation}{key}:"), None));
                mapping(settings, inner, &pointer, depth + 1, lines);
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                lines.push((format!("{indentation}{key}:"), None));
                for (index, item) in items.iter().enumerate() {
                    let rule = settings.rule(&format!("{pointer}/{index}"));
                    lines.push((format!("{indentation}  - {}", inline(item)), Some(rule)));
                }
            }
            other => {
                let rule = settings.rule(&pointer);
                lines.push((format!("{indentation}{key}: {}", inline(other)), Some(rule)));
            }
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar_text(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{}: {}", scalar_text(key), inline(value))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// Plain where no reader of YAML could take it for anything but text, else in JSON's quotes, which
/// are also YAML's, and which leave no control character as it is.
fn scalar_text(text: &str) -> String {
    const WORDS: [&str; 11] = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        text.to_owned()
    } else {
        let mut quoted = String::new();
        for c in Value::from(text).to_string().chars() {
            if c.is_control() {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            } else {
                quoted.push(c);
            }
        }
        quoted
    }
}
