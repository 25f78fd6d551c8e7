//! What two configurations judge differently, and the rules of one for the components of another.

use super::{Policy, SuiteName, SuitePolicy, not_in_effect::is_later, settings::escaped};
use crate::model::{PolicyDifference, PolicySide};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The blocks that decide a verdict.
const JUDGING: [&str; 11] = [
    "quality_gates",
    "maturity_workflow",
    "stages",
    "error_recovery",
    "components",
    "toolchains",
    "environments",
    "suites",
    "promotion",
    "exemptions",
    "history",
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
    for difference in &mut found {
        difference.obeyed = obeyed(&difference.pointer, base, head);
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
        obeyed: PolicySide::Base,
        pointer,
        base: base.cloned(),
        head: head.cloned(),
    });
}

/// The keys of a suite that say what a good result is; the others say where its tests lie.
const RULES_OF_SUITES: [&str; 4] = ["pass_rate", "retries", "timeout", "production_coverage"];

/// Whose setting is obeyed: rules are the base's; where a component or a suite lies and how its tools
/// are started goes with its files. A suite does not vanish with the lines that set it up.
fn obeyed(pointer: &str, base: &Value, head: &Value) -> PolicySide {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let of_suite = |places: &[String], keys: &[&str]| {
        let is_in = |values: &Value| places.iter().any(|place| values.pointer(place).is_some());
        let is_rule = keys
            .first()
            .is_some_and(|key| RULES_OF_SUITES.contains(key));
        if is_in(base) && (is_rule || !is_in(head)) {
            PolicySide::Base
        } else {
            PolicySide::Head
        }
    };
    match steps.as_slice() {
        ["suites", suite, keys @ ..] => of_suite(&[format!("/suites/{suite}")], keys),
        ["components", component, "suites", suite, keys @ ..] => {
            let own = format!("/components/{component}/suites/{suite}");
            of_suite(&[format!("/suites/{suite}"), own], keys)
        }
        ["components", _, "thresholds" | "environments", ..] => PolicySide::Base,
        ["components" | "toolchains", ..] => PolicySide::Head,
        _ => PolicySide::Base,
    }
}

type Suites = BTreeMap<SuiteName, SuitePolicy>;

/// The suites of the base by its rules, with their tests where they lie now, and those that are new.
fn suites(own: &Suites, base: &Suites) -> Suites {
    let mut suites = base.clone();
    for (name, own) in own {
        let suite = suites.entry(*name).or_insert_with(|| own.clone());
        suite.tests.clone_from(&own.tests);
    }
    suites
}

impl Policy {
    /// These components, toolchains and suites under the rules of another policy: its limits (also
    /// those of single components), levels, stages, retries, environments, and where the evidence of
    /// a promotion comes from.
    #[must_use]
    pub fn under_rules_of(&self, base: &Self) -> Self {
        let mut policy = Self {
            gates: base.gates.clone(),
            levels: base.levels.clone(),
            stages: base.stages.clone(),
            retries: base.retries.clone(),
            circuit_breaker: base.circuit_breaker.clone(),
            environments: base.environments.clone(),
            suites: suites(&self.suites, &base.suites),
            promotion: base.promotion.clone(),
            history: base.history.clone(),
            ..self.clone()
        };
        // A limit does not vanish with the lines that set up its component.
        for (name, component) in &base.components {
            let has_rules = !(component.thresholds.is_empty()
                && component.environments.is_empty()
                && component.suites.is_empty());
            if has_rules {
                policy.components.entry(name.clone()).or_default();
            }
        }
        for (name, component) in &mut policy.components {
            let of_base = base.components.get(name).cloned().unwrap_or_default();
            component.thresholds = of_base.thresholds;
            component.environments = of_base.environments;
            let (own, base) = (self.for_component(name), base.for_component(name));
            component.suites = suites(&own.suites, &base.suites);
        }
        policy
    }
}
