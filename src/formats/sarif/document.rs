//! The parts of a SARIF log that say something about findings. Everything else is skipped, and
//! what the specification requires but tools leave out is optional.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use std::{borrow::Cow, collections::HashMap};

type Text<'a> = Cow<'a, str>;

/// §3.13.
#[derive(Deserialize)]
pub(super) struct Log<'a> {
    #[serde(borrow)]
    pub(super) version: Text<'a>,
    #[serde(borrow)]
    pub(super) runs: Vec<Run<'a>>,
}

/// §3.14.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    #[serde(borrow)]
    pub(super) tool: Tool<'a>,
    #[serde(borrow)]
    pub(super) invocations: Option<Vec<Invocation<'a>>>,
    pub(super) external_property_file_references: Option<ExternalReferences>,
    #[serde(borrow)]
    pub(super) artifacts: Option<Vec<Artifact<'a>>>,
    /// §3.14.14.
    #[serde(borrow)]
    pub(super) original_uri_base_ids: Option<HashMap<String, ArtifactLocation<'a>>>,
    #[serde(borrow)]
    pub(super) results: Option<Vec<RunResult<'a>>>,
}

/// §3.18.
#[derive(Deserialize)]
pub(super) struct Tool<'a> {
    #[serde(borrow)]
    pub(super) driver: Component<'a>,
    #[serde(borrow)]
    pub(super) extensions: Option<Vec<Component<'a>>>,
}

/// §3.19.
#[derive(Deserialize)]
pub(super) struct Component<'a> {
    #[serde(borrow)]
    pub(super) rules: Option<Vec<Descriptor<'a>>>,
}

/// §3.20.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) execution_successful: Option<bool>,
    /// §3.20.21.
    #[serde(borrow)]
    pub(super) tool_execution_notifications: Option<Vec<Notification<'a>>>,
    /// §3.20.22.
    #[serde(borrow)]
    pub(super) tool_configuration_notifications: Option<Vec<Notification<'a>>>,
}

/// §3.58: what a tool says of its own run.
#[derive(Deserialize)]
pub(super) struct Notification<'a> {
    #[serde(borrow)]
    pub(super) level: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Message<'a>,
}

/// §3.15: parts of a run that are in files of their own.
#[derive(Deserialize)]
pub(super) struct ExternalReferences {
    pub(super) results: Option<Vec<IgnoredAny>>,
}

/// §3.24.
#[derive(Deserialize)]
pub(super) struct Artifact<'a> {
    #[serde(borrow)]
    pub(super) location: Option<ArtifactLocation<'a>>,
}

/// §3.49: a rule.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) short_description: Option<MessageString<'a>>,
    /// §3.49.11.
    #[serde(borrow)]
    pub(super) message_strings: Option<HashMap<String, MessageString<'a>>>,
    #[serde(borrow)]
    pub(super) default_configuration: Option<Configuration<'a>>,
    pub(super) properties: Option<Properties>,
}

/// §3.12.
#[derive(Deserialize)]
pub(super) struct MessageString<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
}

/// §3.50.
#[derive(Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(borrow)]
    pub(super) level: Option<Text<'a>>,
}

/// §3.8: a property bag, of which GitHub gives one property a meaning.
#[derive(Deserialize)]
pub(super) struct Properties {
    /// A number, which most tools write as text.
    #[serde(rename = "security-severity")]
    pub(super) security_severity: Option<Value>,
}

/// §3.27.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunResult<'a> {
    #[serde(borrow)]
    pub(super) rule_id: Option<Text<'a>>,
    pub(super) rule_index: Option<i64>,
    #[serde(borrow)]
    pub(super) rule: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) level: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) message: Message<'a>,
    #[serde(borrow)]
    pub(super) locations: Option<Vec<Location<'a>>>,
    #[serde(borrow)]
    pub(super) suppressions: Option<Vec<Suppression<'a>>>,
    #[serde(borrow)]
    pub(super) baseline_state: Option<Text<'a>>,
    pub(super) properties: Option<Properties>,
}

/// §3.52: a reference to a rule.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    pub(super) index: Option<i64>,
    pub(super) tool_component: Option<ComponentReference>,
}

/// §3.54.
#[derive(Deserialize)]
pub(super) struct ComponentReference {
    pub(super) index: Option<i64>,
}

/// §3.11.
#[derive(Default, Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) markdown: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) arguments: Option<Vec<Text<'a>>>,
}

/// §3.28.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(borrow)]
    pub(super) physical_location: Option<PhysicalLocation<'a>>,
}

/// §3.29.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation<'a> {
    #[serde(borrow)]
    pub(super) artifact_location: Option<ArtifactLocation<'a>>,
    pub(super) region: Option<Region>,
}

/// §3.4.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation<'a> {
    #[serde(borrow)]
    pub(super) uri: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) uri_base_id: Option<Text<'a>>,
    pub(super) index: Option<i64>,
}

/// §3.30.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: Option<i64>,
    pub(super) start_column: Option<i64>,
}

/// §3.35.
#[derive(Deserialize)]
pub(super) struct Suppression<'a> {
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
}
