//! `components`: what is set about single components.

use super::{Environments, Suites, quality_gates::Thresholds};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::{borrow::Cow, fmt};

/// What is set about one component. What is not set is discovered.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Component {
    /// Folder or file of the sources, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) path: Option<String>,
    /// Folders and files of the tests, relative to the workspace: a list, or one as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) tests: Option<OneOrMany>,
    /// The specification, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) spec: Option<String>,
    /// The name of the toolchain that judges it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) toolchain: Option<String>,
    /// Components that this one depends on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) depends_on: Vec<String>,
    /// What this component overrides in `quality_gates`.
    pub(in crate::config) thresholds: Thresholds,
    /// What this component overrides in `environments`, key by key. What is nowhere else set up can
    /// be set up here alone.
    #[serde(skip_serializing_if = "Environments::is_empty")]
    pub(in crate::config) environments: Environments,
    /// What this component overrides in `suites`, key by key. What is nowhere else set up can be
    /// set up here alone.
    #[serde(skip_serializing_if = "Suites::is_empty")]
    pub(in crate::config) suites: Suites,
}

/// A list of texts, or one text.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(in crate::config) struct OneOrMany(pub(in crate::config) Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany(texts))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "array"],
            "items": { "type": "string" },
            "minItems": 1,
        })
    }
}
