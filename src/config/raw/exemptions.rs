//! `exemptions`: criteria that need not hold for a while.

use super::{GateId, maturity_workflow::AdditionalRequirement};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A criterion that need not hold for a while.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Exemption {
    /// The component that is excused.
    #[schemars(length(min = 1))]
    pub(in crate::config) component: String,
    /// The gate or the requirement that need not hold.
    pub(in crate::config) criterion: CriterionId,
    /// Why.
    #[schemars(length(min = 1, max = 1000))]
    pub(in crate::config) reason: String,
    /// Who answers for it.
    #[schemars(length(min = 1, max = 100))]
    pub(in crate::config) owner: String,
    /// The last day on which it holds, in UTC: `2026-12-31`.
    pub(in crate::config) expires: String,
}

/// The id of a gate, or the key of an additional requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::config) struct CriterionId(pub(in crate::config) String);

impl JsonSchema for CriterionId {
    fn schema_name() -> Cow<'static, str> {
        "CriterionId".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let gates = GateId::json_schema(generator).to_value();
        let gates = gates.get("enum").and_then(Value::as_array);
        let requirements = AdditionalRequirement::json_schema(generator).to_value();
        let requirements = requirements.get("properties").and_then(Value::as_object);
        let requirements = requirements.into_iter().flat_map(|keys| keys.keys());
        let ids: Vec<Value> = gates
            .into_iter()
            .flatten()
            .cloned()
            .chain(requirements.map(|key| Value::from(key.as_str())))
            .collect();
        json_schema!({
            "type": "string",
            "description": "The id of a gate, or the key of an additional requirement.",
            "enum": ids,
        })
    }
}
