//! The end-of-test summary of k6 → response times and thresholds: what `--summary-export` writes, what
//! `handleSummary` is given, and what both are with `--new-machine-readable-summary`.
//!
//! The three differ. In `--summary-export` a threshold is `true` when it was *crossed*
//! (<https://github.com/grafana/k6/issues/1498>), elsewhere `{"ok": true}` when it holds; the new one
//! has none. A metric that nothing was measured for is stated as 0, and conditions on it are called
//! holding, so that a time trend of nothing but zeros is no benchmark here, and its conditions are
//! unknown. <https://grafana.com/docs/k6/latest/results-output/end-of-test/>

use super::{
    Format, FormatError, PathBase, Place,
    json::{self, entries},
    text,
    timings::{Benchmarks, Reading, Unit},
};
use crate::model::{Benchmark, EvidenceData};
use serde::Deserialize;
use serde_json::{Map, Value};

const FORMAT: Format = Format::K6;

/// k6's own times of whole requests. Those of parts of a request, of iterations with their pauses
/// and of groups are no response times.
const RESPONSE_TIMES: [&str; 2] = ["http_req_duration", "grpc_req_duration"];
/// The beginnings of the names of k6's other trends.
const OTHER_TRENDS: [&str; 6] = [
    "http_req_",
    "grpc_",
    "iteration_duration",
    "group_duration",
    "ws_",
    "browser_",
];

#[derive(Deserialize)]
struct Summary {
    #[serde(default, deserialize_with = "entries")]
    metrics: Vec<(String, Value)>,
    /// What tells a summary from anything else that has `metrics`.
    root_group: Option<Value>,
    state: Option<Value>,
    results: Option<Results>,
}

/// The metrics of the new summary, which are a list.
#[derive(Deserialize)]
struct Results {
    metrics: Vec<Value>,
}

/// One metric, whatever the summary's form.
struct Metric<'a> {
    name: &'a str,
    values: &'a Map<String, Value>,
    /// Whether the summary says that it is a trend of times; `None` where it does not say.
    is_time: Option<bool>,
    thresholds: Vec<(&'a str, bool)>,
}

/// Reads a report.
pub(super) fn read(text: &str, _paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the end-of-test summary of k6 with `metrics`";
    let summary: Summary = json::parse(FORMAT, text, expected)?;
    let metrics: Vec<Metric<'_>> = match &summary.results {
        Some(results) => {
            let metrics = results.metrics.iter().enumerate();
            metrics
                .map(|(index, metric)| {
                    let name = metric.get("name").and_then(Value::as_str);
                    let place = format!("results.metrics[{index}]");
                    metric_of(name.unwrap_or_default(), metric, &place)
                })
                .collect::<Result<_, _>>()?
        }
        None if summary.root_group.is_some() || summary.state.is_some() => {
            let metrics = summary.metrics.iter();
            metrics
                .map(|(name, metric)| metric_of(name, metric, &format!("metrics[{name}]")))
                .collect::<Result<_, _>>()?
        }
        None => {
            let place = Place::Path("the whole report".to_owned());
            let found = "neither `root_group` nor `state` beside `metrics`";
            return Err(FormatError::unexpected(FORMAT, place, expected, found));
        }
    };
    let mut benchmarks = Benchmarks::new(FORMAT);
    for metric in &metrics {
        let is_measured = metric.is_measured();
        if is_measured && metric.is_response_time() {
            benchmarks.add(metric.name, benchmark(metric)?)?;
        }
        for (condition, holds) in &metric.thresholds {
            benchmarks.threshold(metric.name, condition, is_measured.then_some(*holds))?;
        }
    }
    Ok(benchmarks.finish())
}

fn metric_of<'a>(name: &'a str, metric: &'a Value, place: &str) -> Result<Metric<'a>, FormatError> {
    let at = |key: &str| Place::Path(text::excerpt(&format!("{place}{key}")));
    let refused = |key: &str, expected: &str| {
        let found = metric.to_string();
        Err(FormatError::unexpected(FORMAT, at(key), expected, found))
    };
    let Some(stated) = metric.as_object().filter(|_| !name.is_empty()) else {
        return refused("", "a metric with its name and values");
    };
    let values = match stated.get("values") {
        Some(Value::Object(values)) => values,
        Some(_) => return refused(".values", "the values of the metric"),
        None => stated,
    };
    let text_of = |key: &str| stated.get(key).and_then(Value::as_str);
    let is_time =
        text_of("type").map(|kind| kind == "trend" && text_of("contains") == Some("time"));
    let mut thresholds = Vec::new();
    if let Some(conditions) = stated.get("thresholds") {
        let Some(conditions) = conditions.as_object() else {
            return refused(".thresholds", "the thresholds of the metric by condition");
        };
        for (condition, outcome) in conditions {
            let holds = match outcome {
                Value::Bool(is_crossed) => Some(!is_crossed),
                Value::Object(outcome) => outcome.get("ok").and_then(Value::as_bool),
                _ => None,
            };
            let Some(holds) = holds else {
                return refused(
                    ".thresholds",
                    "for each condition a flag, or `ok` with a flag",
                );
            };
            thresholds.push((condition.as_str(), holds));
        }
    }
    Ok(Metric {
        name,
        values,
        is_time,
        thresholds,
    })
}

impl Metric<'_> {
    /// The name without the tags of a part of the metric: `http_req_duration{status:200}`.
    fn base(&self) -> &str {
        self.name
            .split_once('{')
            .map_or(self.name, |(base, _)| base)
    }

    fn is_response_time(&self) -> bool {
        let base = self.base();
        let is_other = OTHER_TRENDS.iter().any(|other| base.starts_with(other));
        RESPONSE_TIMES.contains(&base) || self.is_time == Some(true) && !is_other
    }

    /// Whether anything was measured. Counters and gauges can be zero; a trend of nothing but zeros is
    /// one of nothing, and so is a rate of no event.
    fn is_measured(&self) -> bool {
        let has = |key: &str| self.values.contains_key(key);
        let is_not_zero = |key: &str| {
            let number = self.values.get(key).and_then(Value::as_f64);
            number.is_some_and(|number| number.abs() > 0.0)
        };
        let percentiles = || self.values.keys().filter(|key| key.starts_with("p("));
        let is_trend =
            self.is_response_time() || has("avg") || has("med") || percentiles().next().is_some();
        if is_trend {
            let mut figures = ["avg", "med", "max"].into_iter();
            figures.any(is_not_zero) || percentiles().any(|key| is_not_zero(key))
        } else if has("passes") || has("fails") || has("total") {
            ["passes", "fails", "total"].into_iter().any(is_not_zero)
        } else {
            true
        }
    }
}

/// k6 states times in milliseconds, whatever it prints them in.
fn benchmark(metric: &Metric<'_>) -> Result<Benchmark, FormatError> {
    let place = format!("metrics[{}]", metric.name);
    let reading = Reading::new(FORMAT, Unit::MILLISECONDS, place);
    let number = |key: &str| match metric.values.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let refused = || reading.refused(key, "a number", &value.to_string());
            value.as_f64().map(Some).ok_or_else(refused)
        }
    };
    let mut percentiles = Vec::from_iter(reading.percentile("med", 50.0, number("med")?)?);
    for key in metric.values.keys() {
        let percent = key
            .strip_prefix("p(")
            .and_then(|rest| rest.strip_suffix(')'));
        let percent = percent.and_then(|percent| percent.parse::<f64>().ok());
        if let Some(percent) = percent.filter(|percent| (0.0..=100.0).contains(percent)) {
            percentiles.extend(reading.percentile(key, percent, number(key)?)?);
        }
    }
    percentiles.sort_by(|a, b| a.percent.total_cmp(&b.percent));
    let count = metric.values.get("count").and_then(Value::as_u64);
    Ok(Benchmark {
        count,
        mean_ms: reading.stated("avg", number("avg")?)?,
        min_ms: reading.stated("min", number("min")?)?,
        max_ms: reading.stated("max", number("max")?)?,
        percentiles,
        ..Benchmark::default()
    })
}

#[cfg(test)]
mod tests;
