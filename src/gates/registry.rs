//! What a gate is, and what the rest of the crate sees of it.

use crate::model::{
    Evidence, EvidenceKind, Judgement, Question, Reason, ReasonCode, Stage, Verdict,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One question about a component, answered from evidence. Pure.
pub trait Gate {
    /// The gate's id: its file, its key in `quality_gates`, its heading in `docs/gates.md`.
    const ID: &'static str;
    /// What it asks, in a sentence.
    const SUMMARY: &'static str;
    /// The stage that judges it.
    const STAGE: Stage;
    /// The evidence it is answered from.
    const NEEDS: &'static [EvidenceKind];
    /// How each verdict comes about: verdict and condition. `spec2prod explain` shows it.
    const VERDICTS: &'static [(&'static str, &'static str)];
    /// Its block in `quality_gates`. Every field has a default; doc comments become the
    /// descriptions in the JSON Schema.
    type Limits: DeserializeOwned + Serialize + JsonSchema + Default;

    /// Answers the question.
    fn judge(limits: &Self::Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement;
}

/// A gate as the rest of the crate sees it.
pub struct GateEntry {
    /// See [`Gate::ID`].
    pub id: &'static str,
    /// See [`Gate::SUMMARY`].
    pub summary: &'static str,
    /// See [`Gate::STAGE`].
    pub stage: Stage,
    /// See [`Gate::NEEDS`].
    pub needs: &'static [EvidenceKind],
    /// See [`Gate::VERDICTS`].
    pub verdicts: &'static [(&'static str, &'static str)],
    schema: fn(&mut SchemaGenerator) -> Schema,
    defaults: fn() -> Value,
    judge: fn(&Value, &Question<'_>, &Evidence) -> Judgement,
}

impl GateEntry {
    /// The entry of a gate.
    #[must_use]
    pub const fn of<G: Gate>() -> Self {
        Self {
            id: G::ID,
            summary: G::SUMMARY,
            stage: G::STAGE,
            needs: G::NEEDS,
            verdicts: G::VERDICTS,
            schema: |generator| generator.subschema_for::<G::Limits>(),
            defaults: || serde_json::to_value(G::Limits::default()).unwrap_or(Value::Null),
            judge: |limits, question, evidence| match serde_json::from_value::<G::Limits>(
                limits.clone(),
            ) {
                Ok(limits) => G::judge(&limits, question, evidence),
                Err(error) => Judgement::without_evidence(Verdict::Errored(Reason::new(
                    ReasonCode::InternalError,
                    format!("the limits of gate {} cannot be read: {error}", G::ID),
                ))),
            },
        }
    }

    /// The JSON Schema of the gate's limits.
    #[must_use]
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }

    /// The limits with all defaults.
    #[must_use]
    pub fn defaults(&self) -> Value {
        (self.defaults)()
    }

    /// Answers the gate's question.
    #[must_use]
    pub fn judge(&self, limits: &Value, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        (self.judge)(limits, question, evidence)
    }
}
