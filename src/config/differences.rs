//! What two configurations judge differently, and the rules of one for the components of another.

use super::{Policy, not_in_effect::is_later, settings::escaped};
use crate::model::{PolicyDifference, PolicySide};
use serde_json::Value;
use std::collections::BTreeSet;

/// The blocks that decide a verdict.
const JUDGING: [&str; 6] = [
    "quality_gates",
    "maturity_workflow",
    "stages",
    "error_recovery",
    "components",
    "toolchains",
];

/// Every setting in effect that can decide a verdict and that two configurations have differently,
/// in the order of the file. Lists are compared as a whole.
///
/// What is obeyed of each is what [`Policy::under_rules_of`] takes.
#[must_use]
pub fn differences(base: &Policy, head: &Policy) -> Vec<PolicyDifference> {
    let mut found = Vec::new();
    let (base, head) = (base.settings.values(), head.settings.values());
    for block in JUDGING {
        let pointer = format!("/{block}");
        compare(pointer, base.get(block), head.get(block), &mut found);
    }
    found
}

/// The depth is bounded by that of YAML and of the types.
fn compare(
    pointer: String,
    base: Option<&Value>,
    head: Option<&Value>,
    found: &mut Vec<PolicyDifference>,
) {
    if base == head || is_later(&pointer) {
        return;
    }
    let entries = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    let is_block = |value: Option<&Value>| value.is_none_or(Value::is_object);
    if is_block(base) && is_block(head) {
        let (base, head) = (
            entries(base).unwrap_or_default(),
            entries(head).unwrap_or_default(),
        );
        let mut seen = BTreeSet::new();
        for key in base.keys().chain(head.keys()) {
            if seen.insert(key) {
                let pointer = format!("{pointer}/{}", escaped(key));
                compare(pointer, base.get(key), head.get(key), found);
            }
        }
        return;
    }
    found.push(PolicyDifference {
        obeyed: obeyed(&pointer),
        pointer,
        base: base.cloned(),
        head: head.cloned(),
    });
}

/// Whose setting is obeyed: rules are the base's; where a component lies and how its tools are
/// started goes with its files.
fn obeyed(pointer: &str) -> PolicySide {
    let mut steps = pointer.split('/').skip(1);
    match (steps.next(), steps.nth(1)) {
        (Some("components"), Some("thresholds")) => PolicySide::Base,
        (Some("components" | "toolchains"), _) => PolicySide::Head,
        _ => PolicySide::Base,
    }
}

impl Policy {
    /// These components and toolchains under the rules of another policy: its limits (also those of
    /// single components), levels, stages and retries.
    #[must_use]
    pub fn under_rules_of(&self, base: &Self) -> Self {
        let mut policy = Self {
            gates: base.gates.clone(),
            levels: base.levels.clone(),
            stages: base.stages.clone(),
            retries: base.retries.clone(),
            circuit_breaker: base.circuit_breaker.clone(),
            ..self.clone()
        };
        for component in policy.components.values_mut() {
            component.thresholds.clear();
        }
        for (name, component) in &base.components {
            if component.thresholds.is_empty() {
                continue;
            }
            // A limit does not vanish with the lines that set up its component.
            let own = policy.components.entry(name.clone());
            own.or_default()
                .thresholds
                .clone_from(&component.thresholds);
        }
        policy
    }
}
