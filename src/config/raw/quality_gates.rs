//! `quality_gates`: the limits of every gate, assembled from the registry.

use crate::{config::settings::whole_numbers, gates::REGISTRY};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The limits of every gate, by id. The schema is the registry's, so a value that passed it is
/// what the gate reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct QualityGates(pub(in crate::config) Map<String, Value>);

impl Default for QualityGates {
    fn default() -> Self {
        let limits = REGISTRY.iter().map(|entry| {
            let mut limits = entry.defaults();
            whole_numbers(&mut limits);
            (entry.id.to_owned(), limits)
        });
        Self(limits.collect())
    }
}

impl JsonSchema for QualityGates {
    fn schema_name() -> Cow<'static, str> {
        "QualityGates".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let properties = gate_schemas(generator);
        json_schema!({
            "type": "object",
            "description": "The limits of every quality gate, by id.",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

/// A component's overrides of gate limits: the same blocks as in `quality_gates`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct Thresholds(pub(in crate::config) Map<String, Value>);

impl JsonSchema for Thresholds {
    fn schema_name() -> Cow<'static, str> {
        "Thresholds".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "What this component overrides in `quality_gates`.",
            "properties": gate_schemas(generator),
            "additionalProperties": false,
        })
    }
}

fn gate_schemas(generator: &mut SchemaGenerator) -> Map<String, Value> {
    REGISTRY
        .iter()
        .map(|entry| (entry.id.to_owned(), entry.schema(generator).to_value()))
        .collect()
}

/// The id of a gate in the lists of `maturity_workflow`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct GateId(pub(in crate::config) String);

impl JsonSchema for GateId {
    fn schema_name() -> Cow<'static, str> {
        "GateId".into()
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        let ids: Vec<&str> = REGISTRY.iter().map(|entry| entry.id).collect();
        json_schema!({
            "type": "string",
            "description": "The id of a quality gate.",
            "enum": ids,
        })
    }
}
