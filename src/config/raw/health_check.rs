//! `environments.*.health_check`: how a version shows that it is healthy.

use super::{
    command_words::CommandWords,
    layers::{Layer, layered},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

layered! {
    /// How a version shows that it is healthy: exactly one of `http`, `tcp` and `command`, and when
    /// it is believed.
    HealthCheck {
        /// A GET request.
        http: HttpProbe,
        /// A connection: `host:port`.
        #[schemars(length(min = 1, max = 300))]
        tcp: String,
        /// A command, as a list or one program as text. Exit status 0 is healthy.
        command: CommandWords,
        /// How long is waited before the first look, in seconds; 0 without it.
        #[schemars(range(min = 0, max = 86400))]
        start_delay: f64,
        /// How long is waited between two looks, in seconds; 5 without it.
        #[schemars(range(min = 0, max = 86400))]
        interval: f64,
        /// How long one look may take, in seconds; 5 without it.
        #[schemars(range(min = 0.001, max = 3600))]
        timeout: f64,
        /// How many good looks in a row make a version healthy; 3 without it.
        #[schemars(range(min = 1, max = 1000))]
        successes: u32,
        /// How many bad looks are too many: in a row while waiting for health, in all while baking;
        /// 3 without it.
        #[schemars(range(min = 1, max = 1000))]
        failures: u32,
        /// How many looks in a row that gave no answer about the version are too many; 5 without
        /// it.
        #[schemars(range(min = 1, max = 1000))]
        errors: u32,
    }
}

impl Layer for HealthCheck {
    /// A look of another kind replaces the one for all components.
    fn over(&self, below: &Self) -> Self {
        let merged = self.by_key(below);
        let has_kind = self.http.is_some() || self.tcp.is_some() || self.command.is_some();
        if !has_kind {
            return merged;
        }
        Self {
            http: self.http.as_ref().and(merged.http),
            tcp: self.tcp.clone(),
            command: self.command.clone(),
            ..merged
        }
    }
}

impl HealthCheck {
    /// What nobody set.
    pub(super) fn with_defaults(&self) -> Self {
        let defaults = Self {
            start_delay: Some(0.0),
            interval: Some(5.0),
            timeout: Some(5.0),
            successes: Some(3),
            failures: Some(3),
            errors: Some(5),
            ..Self::default()
        };
        let http = self.http.as_ref().map(|http| HttpProbe {
            status: http.status.clone().or_else(|| Some(vec![200])),
            ..http.clone()
        });
        Self {
            http,
            ..self.by_key(&defaults)
        }
    }
}

layered! {
    /// A GET request, and what its answer must be.
    HttpProbe {
        /// The address. May have `{url}`, `{component}`, `{path}`, `{version}` and
        /// `{environment}`.
        #[schemars(length(min = 1, max = 2000))]
        url: String,
        /// Headers to send.
        headers: BTreeMap<String, String>,
        /// The statuses that are good; 200 without it.
        #[schemars(length(min = 1), inner(range(min = 100, max = 599)))]
        status: Vec<u16>,
        /// What the body must have in it.
        #[schemars(length(min = 1, max = 10_000))]
        body_contains: String,
        /// What a place in the JSON body must be.
        json: JsonCondition,
    }
}

impl Layer for HttpProbe {
    fn over(&self, below: &Self) -> Self {
        self.by_key(below)
    }
}

/// What a place in a JSON body must be.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct JsonCondition {
    /// The place, as a JSONPath of RFC 9535 that leads to one value: `$.status`.
    #[schemars(length(min = 1, max = 2000))]
    pub(in crate::config) path: String,
    /// The value that must be there.
    pub(in crate::config) equals: Value,
}

impl Layer for JsonCondition {}
