//! A command of the user's own.

use super::{components::OneOrMany, layers::Layer};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// Program and arguments as a list, or one program as text. Never given to a shell.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(in crate::config) struct CommandWords {
    /// The program, and its arguments.
    pub(in crate::config) words: Vec<String>,
    /// Whether it is written as text.
    #[serde(skip)]
    pub(in crate::config) is_text: bool,
}

impl Layer for CommandWords {}

impl<'de> Deserialize<'de> for CommandWords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = serde_json::Value::deserialize(deserializer)?;
        let is_text = written.is_string();
        let OneOrMany(words) = OneOrMany::deserialize(written).map_err(serde::de::Error::custom)?;
        Ok(Self { words, is_text })
    }
}

impl JsonSchema for CommandWords {
    fn schema_name() -> Cow<'static, str> {
        "CommandWords".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        OneOrMany::json_schema(generator)
    }
}
