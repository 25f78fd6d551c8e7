//! `toolchains`: what judges components.

use crate::{
    config::{ReportFormat, TypeChecker},
    model::EvidenceKind,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// The toolchains, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Toolchains(pub(in crate::config) BTreeMap<String, Toolchain>);

impl JsonSchema for Toolchains {
    fn schema_name() -> Cow<'static, str> {
        "Toolchains".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "The toolchains that judge components, by name.",
            "properties": { "python": variants(generator, false) },
            "additionalProperties": variants(generator, true),
        })
    }
}

/// One `if`/`then` a type, so that a mistake is told about the type that was meant.
fn variants(generator: &mut SchemaGenerator, is_type_required: bool) -> Schema {
    let python = generator.subschema_for::<PythonToolchain>();
    let command = generator.subschema_for::<CommandToolchain>();
    let required: &[&str] = if is_type_required { &["type"] } else { &[] };
    json_schema!({
        "type": "object",
        "description": "One toolchain: Python's tools, or commands of the user's own.",
        "required": required,
        "properties": {
            "type": {
                "description": "What kind of toolchain it is.",
                "enum": ["python", "command"],
            },
        },
        "allOf": [
            {
                "if": { "properties": { "type": { "const": "python" } }, "required": required },
                "then": python,
            },
            {
                "if": { "properties": { "type": { "const": "command" } }, "required": ["type"] },
                "then": command,
            },
        ],
    })
}

/// One toolchain.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::config) enum Toolchain {
    /// Python's tools.
    Python(PythonToolchain),
    /// Commands of the user's own.
    Command(CommandToolchain),
}

/// Python's tools. What is not set is detected.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(transform = with_type)]
pub(in crate::config) struct PythonToolchain {
    /// The type checker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) type_checker: Option<TypeChecker>,
    /// Requirements files to install into the run's own environment, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) requirements: Option<Vec<String>>,
    /// Further packages for the run's own environment, as pip writes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) packages: Vec<String>,
    /// Further arguments for pytest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) pytest_args: Vec<String>,
    /// The baseline of known secrets, relative to the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) secrets_baseline: Option<String>,
    /// Commands of the user's own beside Python's tools, such as benchmarks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) commands: Vec<Command>,
}

/// Commands of the user's own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_type)]
pub(in crate::config) struct CommandToolchain {
    /// The commands.
    #[schemars(length(min = 1))]
    pub(in crate::config) commands: Vec<Command>,
}

/// The tag is serde's, but a schema that allows no further keys has to name it.
fn with_type(schema: &mut Schema) {
    if let Some(properties) = schema.get_mut("properties").and_then(|p| p.as_object_mut()) {
        properties.insert("type".to_owned(), true.into());
    }
}

/// One command, its evidence and its report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Command {
    /// Its name, unique in the toolchain.
    #[schemars(length(min = 1, max = 100))]
    pub(in crate::config) name: String,
    /// Program and arguments; never given to a shell. `{component}`, `{path}` and `{report}` stand
    /// for the component's name, its folder and a file in the run's folder.
    #[schemars(length(min = 1))]
    pub(in crate::config) command: Vec<String>,
    /// The kinds of evidence it gives.
    #[schemars(length(min = 1))]
    pub(in crate::config) evidence: Vec<EvidenceKind>,
    /// What it writes and where. Without it, the exit status is the evidence.
    #[serde(default)]
    pub(in crate::config) report: Report,
    /// Further evidence that the same run leaves in files of its own, such as the coverage of the
    /// tests. `{report}` with something behind it, such as `{report}.lcov`, names further files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::config) also: Vec<FurtherEvidence>,
    /// A command that mends what this one finds, with the same placeholders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(in crate::config) fix: Option<Vec<String>>,
    /// Environment variables to set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::config) env: BTreeMap<String, String>,
    /// The folder to run it in, relative to the workspace. Without it, the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::config) working_directory: Option<String>,
}

/// Further evidence of a command, in a file of its own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct FurtherEvidence {
    /// The kinds of evidence that the file holds.
    #[schemars(length(min = 1))]
    pub(in crate::config) evidence: Vec<EvidenceKind>,
    /// What it is and where.
    pub(in crate::config) report: Report,
}

/// What a command writes and where.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Report {
    /// The format.
    pub(in crate::config) format: ReportFormat,
    /// The file, relative to the workspace, or `{report}`. Without it, standard output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::config) path: Option<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            format: ReportFormat::ExitStatus,
            path: None,
        }
    }
}
