//! Keys that are valid and do nothing yet, or not all that they promise. A key that did nothing silently would be a promise.

use super::settings::Settings;
use serde_json::Value;

/// Each key of later work, with what is missing. The keys below it belong to it.
pub(super) const LATER: &[(&str, &str)] = &[
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
        "suites.*.production_coverage",
        "the coverage of a suite is measured and shown, and no gate judges it yet",
    ),
    ("notifications", "nobody is notified yet"),
    ("gates", "gates of the repository's own are not judged yet"),
];

/// The remarks about the keys that the file sets: `key: why`.
pub(super) fn remarks(settings: &Settings) -> Vec<String> {
    let remarks = LATER.iter().flat_map(|(key, why)| {
        let keys = keys(settings.values(), key);
        let is_set = |key: &String| settings.is_set(&format!("/{}", key.replace('.', "/")));
        let set = keys.into_iter().filter(is_set);
        set.map(move |key| format!("{key}: {why}"))
    });
    remarks.collect()
}

/// The keys that a key with `*` for a name stands for.
fn keys(values: &Value, key: &str) -> Vec<String> {
    let Some((block, rest)) = key.split_once(".*") else {
        return vec![key.to_owned()];
    };
    let names = values.pointer(&format!("/{}", block.replace('.', "/")));
    let names = names.and_then(Value::as_object);
    let names = names.into_iter().flat_map(|names| names.keys());
    names
        .flat_map(|name| keys(values, &format!("{block}.{name}{rest}")))
        .collect()
}

/// Whether a setting, named by its pointer, does nothing yet.
pub(super) fn is_later(pointer: &str) -> bool {
    let is_meant = |key: &str| {
        let mut steps = pointer.split('/').skip(1);
        key.split('.').all(|wanted| steps.next() == Some(wanted))
    };
    LATER.iter().any(|(key, _)| is_meant(key))
}
