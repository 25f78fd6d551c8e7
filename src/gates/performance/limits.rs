//! The limits of `performance`.

use crate::model::{ObservedFigure, Prometheus};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// The limits of `performance`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest response time of any benchmark, in milliseconds; 0 does not ask for it.
    #[schemars(range(min = 0.0))]
    pub max_response_time_ms: f64,
    /// Most memory of any benchmark, in mebibytes; 0 does not ask for it.
    #[schemars(range(min = 0.0))]
    pub max_memory_mb: f64,
    /// Which figure of a benchmark is its response time: the percentile 50, 90, 95 or 99, or `mean`.
    pub percentile: Figure,
    /// A report of an earlier run, relative to the workspace and in any format of benchmarks, that
    /// the benchmarks are compared with. None when empty.
    pub baseline: String,
    /// How much slower than in the baseline a benchmark may get, in percent, beyond what is noise.
    #[schemars(range(min = 0.0))]
    pub max_regression_percent: f64,
    /// How sure it must be that a slower benchmark is no noise, in percent, over all benchmarks.
    #[schemars(range(min = 50.0, max = 99.9999))]
    pub confidence: f64,
    /// The server that is asked what the monitoring saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<Prometheus>,
    /// A PromQL query for a response time in milliseconds, one number, that
    /// `max_response_time_ms` is asked of; `{component}` and `{version}` stand for what they say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 10_000))]
    pub response_time_query: Option<String>,
    /// A PromQL query for memory in mebibytes, one number, that `max_memory_mb` is asked of, with
    /// the same placeholders.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 10_000))]
    pub memory_query: Option<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_response_time_ms: 5000.0,
            max_memory_mb: 512.0,
            percentile: Figure::P95,
            baseline: String::new(),
            max_regression_percent: 10.0,
            confidence: 99.0,
            prometheus: None,
            response_time_query: None,
            memory_query: None,
        }
    }
}

impl Limits {
    /// What is to be asked of the monitoring.
    pub fn queries(&self) -> impl Iterator<Item = (ObservedFigure, &str)> {
        let queries = [
            (ObservedFigure::ResponseTime, &self.response_time_query),
            (ObservedFigure::Memory, &self.memory_query),
        ];
        queries
            .into_iter()
            .filter_map(|(figure, query)| Some((figure, query.as_deref()?)))
    }
}

/// A figure of a benchmark that is held against the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// The mean.
    Mean,
}

impl Figure {
    const ALL: [Self; 5] = [Self::P50, Self::P90, Self::P95, Self::P99, Self::Mean];

    /// Which percentile it is; `None` for the mean.
    #[must_use]
    pub const fn percent(self) -> Option<u8> {
        match self {
            Self::P50 => Some(50),
            Self::P90 => Some(90),
            Self::P95 => Some(95),
            Self::P99 => Some(99),
            Self::Mean => None,
        }
    }

    /// As it stands in the configuration.
    fn value(self) -> Value {
        self.percent().map_or_else(|| "mean".into(), Value::from)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.percent() {
            Some(percent) => write!(f, "p{percent}"),
            None => f.write_str("mean"),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let is_it = |figure: &Self| figure.value() == value;
        let found = Self::ALL.into_iter().find(is_it);
        found.ok_or_else(|| D::Error::custom("expected 50, 90, 95, 99 or mean"))
    }
}

impl JsonSchema for Figure {
    fn schema_name() -> Cow<'static, str> {
        "Figure".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Self::ALL.map(Self::value).to_vec() })
    }
}
