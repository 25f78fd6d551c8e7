//! The configuration from the text to the policy.

mod commands;
mod contradictions;
mod diagnostics;
mod differences;
mod environment_values;
mod environments;
mod files;
mod hostile;
mod incomplete_environments;
mod monitoring;
mod no_dead_key;
mod policy;
mod promotion;
mod schema;
mod shown;
mod suites;
mod violation;

use super::*;
use regex::Regex;
use std::sync::LazyLock;

/// Every key of the configuration, each with a value that is not the default.
const EVERY_KEY: &str = include_str!("../../../tests/fixtures/config/every_key.yaml");

fn load_ok(text: &str) -> Policy {
    load_text(text, "workflow_config.yaml").unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    load_text(text, "workflow_config.yaml")
        .unwrap_err()
        .to_string()
}

/// What a run sees of a policy, without the places where it was set.
fn effect(policy: &Policy) -> String {
    static PLACES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"File \{ file: "[^"]*", line: \d+, key: "[^"]*" \}|\bDefault\b"#).unwrap()
    });
    static RULES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"rules: \{[^}]*\}").unwrap());
    let seen = Policy {
        file: None,
        settings: Settings::default(),
        warnings: Vec::new(),
        ..policy.clone()
    };
    let text = format!("{seen:?}");
    let text = PLACES.replace_all(&text, "_");
    RULES.replace_all(&text, "_").into_owned()
}
