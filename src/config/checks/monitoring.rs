//! What `quality_gates.performance` asks of the monitoring, for all components and for single ones.

use super::{Findings, environments::prometheus, words};
use crate::{
    config::{
        raw::Config,
        settings::{Settings, escaped},
    },
    gates::performance::Limits,
};
use serde_json::Value;

/// The gate that asks.
const GATE: &str = "performance";

/// What stands for something else in queries. A run is about a version, and about no environment.
const PLACEHOLDERS: [&str; 2] = ["component", "version"];

/// The keys with queries.
const QUERIES: [&str; 2] = ["response_time_query", "memory_query"];

pub(super) fn check(config: &Config, settings: &Settings, findings: &mut Findings) {
    let nothing = Value::Null;
    let general = config.quality_gates.0.get(GATE).unwrap_or(&nothing);
    let block = format!("/quality_gates/{GATE}");
    layer(&block, general, findings);
    let mut is_asked_somewhere = is_asked(general);
    let own = config.components.iter().filter_map(|(name, component)| {
        let own = component.thresholds.0.get(GATE)?;
        Some((
            format!("/components/{}/thresholds/{GATE}", escaped(name)),
            own,
        ))
    });
    for (own_block, own) in own {
        layer(&own_block, own, findings);
        is_asked_somewhere |= is_asked(own);
        let merged = |key: &str| own.get(key).or_else(|| general.get(key));
        let has_server = merged("prometheus").is_some();
        for key in QUERIES.into_iter().filter(|key| own.get(*key).is_some()) {
            if !has_server {
                without_server(&own_block, key, findings);
            }
        }
        if own.get("prometheus").is_some() && !QUERIES.iter().any(|key| merged(key).is_some()) {
            without_query(&own_block, findings);
        }
    }
    for key in QUERIES
        .into_iter()
        .filter(|key| general.get(*key).is_some())
    {
        if general.get("prometheus").is_none() {
            without_server(&block, key, findings);
        }
    }
    if settings.is_set(&format!("{block}/prometheus")) && !is_asked_somewhere {
        without_query(&block, findings);
    }
}

fn is_asked(limits: &Value) -> bool {
    QUERIES.iter().any(|key| limits.get(key).is_some())
}

/// What is to be said of one layer by itself.
fn layer(block: &str, limits: &Value, findings: &mut Findings) {
    let Ok(limits) = serde_json::from_value::<Limits>(limits.clone()) else {
        return;
    };
    if let Some(server) = &limits.prometheus {
        prometheus(&format!("{block}/prometheus"), server, findings);
    }
    for (key, query) in QUERIES
        .into_iter()
        .zip([&limits.response_time_query, &limits.memory_query])
    {
        let Some(query) = query else {
            continue;
        };
        let pointer = format!("{block}/{key}");
        if query.trim().is_empty() {
            findings.value(pointer, "the query is empty".to_owned(), None);
        } else {
            words::placeholders(&pointer, query, &PLACEHOLDERS, findings);
        }
    }
}

fn without_server(block: &str, key: &str, findings: &mut Findings) {
    findings.key(
        format!("{block}/{key}"),
        format!("`{key}` measures nothing: there is no server to ask"),
        Some("add `prometheus` beside it".to_owned()),
    );
    findings.within(block);
}

fn without_query(block: &str, findings: &mut Findings) {
    findings.key(
        format!("{block}/prometheus"),
        "`prometheus` measures nothing: nothing is asked of it".to_owned(),
        Some("add `response_time_query` or `memory_query` beside it".to_owned()),
    );
    findings.within(block);
}
