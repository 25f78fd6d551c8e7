//! `maturity_workflow`, and thresholds that differ by level.

use super::Findings;
use crate::config::{
    raw::{Config, Level},
    settings::{Settings, escaped},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub(super) fn check(config: &Config, settings: &Settings, findings: &mut Findings) {
    for (name, _, level) in config.maturity_workflow.entries() {
        let block = format!("/maturity_workflow/{name}");
        if settings.is_set(&block) {
            gates(&block, level, findings);
            requirements(&block, level, findings);
        }
    }
}

fn gates(block: &str, level: &Level, findings: &mut Findings) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let lists = [
        ("required_gates", &level.required_gates),
        ("optional_gates", &level.optional_gates),
    ];
    for (list, ids) in lists {
        for (index, id) in ids.iter().enumerate() {
            let Some(first) = seen.insert(&id.0, list) else {
                continue;
            };
            let message = if first == list {
                format!("the gate `{}` is already in this list", id.0)
            } else {
                format!("the gate `{}` is both required and optional", id.0)
            };
            findings.value(
                format!("{block}/{list}/{index}"),
                message,
                Some("remove one of the two".to_owned()),
            );
        }
    }
    if level.required_gates.is_empty() {
        findings.warning(
            block,
            "no gate is required at this level, so none can block it".to_owned(),
            "the block of a level is complete: list its gates in `required_gates`",
        );
    }
}

fn requirements(block: &str, level: &Level, findings: &mut Findings) {
    let mut seen = Vec::new();
    for (index, requirement) in level.additional_requirements.iter().enumerate() {
        for (name, _) in requirement.entries() {
            if seen.contains(&name) {
                findings.key(
                    format!("{block}/additional_requirements/{index}/{name}"),
                    format!("the requirement `{name}` is already in this list"),
                    Some("remove one of the two".to_owned()),
                );
            }
            seen.push(name);
        }
    }
}

/// The levels, in the order of promotion, as the keys of gate limits begin.
const LEVELS: [&str; 3] = ["dev", "staging", "production"];

/// A component that is promoted should not be asked for less.
pub(super) fn falling_thresholds(config: &Config, settings: &Settings, findings: &mut Findings) {
    for (gate, limits) in &config.quality_gates.0 {
        let block = format!("/quality_gates/{gate}");
        if let Some(limits) = limits.as_object().filter(|_| settings.is_set(&block)) {
            falling(&block, limits, settings, findings);
        }
    }
    for (name, component) in &config.components {
        for (gate, overrides) in &component.thresholds.0 {
            let Some(overrides) = overrides.as_object() else {
                continue;
            };
            let general = config.quality_gates.0.get(gate).and_then(Value::as_object);
            let mut limits = general.cloned().unwrap_or_default();
            limits.extend(overrides.clone());
            let block = format!("/components/{}/thresholds/{gate}", escaped(name));
            falling(&block, &limits, settings, findings);
        }
    }
}

fn falling(block: &str, limits: &Map<String, Value>, settings: &Settings, findings: &mut Findings) {
    let threshold = |level: &str| limits.get(&format!("{level}_threshold"))?.as_f64();
    for pair in LEVELS.windows(2) {
        let (Some(lower), Some(higher)) = (threshold(pair[0]), threshold(pair[1])) else {
            continue;
        };
        if higher < lower {
            let pointers = [pair[1], pair[0]].map(|level| format!("{block}/{level}_threshold"));
            // What a component inherits is told where it is set.
            let set = pointers
                .into_iter()
                .find(|pointer| settings.is_set(pointer));
            let Some(pointer) = set else {
                continue;
            };
            let message = format!(
                "{} asks for less ({higher}) than {} ({lower})",
                pair[1], pair[0]
            );
            findings.warning(
                pointer,
                message,
                "thresholds usually rise from dev to production",
            );
        }
    }
}
