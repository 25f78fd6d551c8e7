//! Keys that are valid and do nothing yet, or not all that they promise. A key that did nothing silently would be a promise.

use super::{
    problem::shown,
    settings::{Settings, escaped},
};
use serde_json::Value;

/// Each key of later work, with what is missing. The keys below it belong to it, and `*` stands for
/// any name.
pub(super) const LATER: &[(&str, &str)] = &[
    (
        "quality_gates.performance",
        "nothing measures performance yet, so a level that requires it is not passed",
    ),
    (
        "error_recovery.staging_deployment",
        "nothing is deployed yet, so there is nothing to try again",
    ),
    (
        "error_recovery.production_deployment",
        "nothing is deployed yet, so there is nothing to try again",
    ),
    (
        "context_management.importance.architectural_decisions",
        "runs record no message of this kind, and nothing else writes to sessions yet",
    ),
    (
        "context_management.importance.implementation_completion",
        "runs record no message of this kind, and nothing else writes to sessions yet",
    ),
    (
        "context_management.pruning",
        "sessions are not pruned yet, only their importance is recorded",
    ),
    (
        "stages.implementation",
        "the stage is not judged yet, implementing is left to people and agents",
    ),
    (
        "stages.staging_deployment.rollback_on_failure",
        "nothing is deployed yet, so there is nothing to roll back",
    ),
    (
        "stages.staging_deployment.timeout_seconds",
        "nothing is deployed yet, so there is nothing to wait for",
    ),
    (
        "stages.production_deployment.rollback_on_failure",
        "nothing is deployed yet, so there is nothing to roll back",
    ),
    (
        "stages.production_deployment.require_manual_approval",
        "nothing is deployed yet, so there is nothing to approve",
    ),
    (
        "stages.production_deployment.timeout_seconds",
        "nothing is deployed yet, so there is nothing to wait for",
    ),
    (
        "components.*.depends_on",
        "planning goes by it, and the maturity of other components is not judged yet",
    ),
    ("notifications", "nobody is notified yet"),
    ("environments", "nothing is deployed yet"),
    ("gates", "gates of the repository's own are not judged yet"),
    ("history", "only the metrics of runs are kept yet"),
];

/// The remarks about the keys that the file sets: `key: why`.
pub(super) fn remarks(settings: &Settings) -> Vec<String> {
    let remark = |(key, why): &(&str, &str)| {
        let keys = meant(key, settings).into_iter();
        let keys = keys.filter(|steps| settings.is_set(&pointer(steps)));
        keys.map(|steps| format!("{}: {why}", shown(&steps.join("."))))
            .collect::<Vec<_>>()
    };
    LATER.iter().flat_map(remark).collect()
}

/// The keys that one of [`LATER`] stands for, step by step.
fn meant(key: &str, settings: &Settings) -> Vec<Vec<String>> {
    let steps = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    let Some((block, below)) = key.split_once(".*.") else {
        return vec![steps(key)];
    };
    let names = settings.values().pointer(&pointer(&steps(block)));
    let names = names.and_then(Value::as_object).into_iter().flatten();
    names
        .map(|(name, _)| [steps(block), vec![name.clone()], steps(below)].concat())
        .collect()
}

/// Whether a setting, named by its pointer, does nothing yet.
pub(super) fn is_later(pointer: &str) -> bool {
    let is_meant = |key: &str| {
        let mut steps = pointer.split('/').skip(1);
        key.split('.').all(|wanted| {
            steps
                .next()
                .is_some_and(|step| wanted == "*" || wanted == step)
        })
    };
    LATER.iter().any(|(key, _)| is_meant(key))
}

fn pointer(steps: &[String]) -> String {
    let step = |step: &String| format!("/{}", escaped(step));
    steps.iter().map(step).collect()
}
