//! Keys that are valid and do nothing yet, or not all that they promise. A key that did nothing silently would be a promise.

use super::settings::{Settings, escaped};
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
    ("notifications", "nobody is notified yet"),
    ("gates", "gates of the repository's own are not judged yet"),
];

/// The remarks about the keys that the file sets: `key: why`.
pub(super) fn remarks(settings: &Settings) -> Vec<String> {
    let remarks = LATER.iter().flat_map(|(key, why)| {
        let wanted: Vec<&str> = key.split('.').collect();
        let is_set = |steps: &Vec<String>| {
            let steps = steps.iter().map(|step| format!("/{}", escaped(step)));
            settings.is_set(&steps.collect::<String>())
        };
        let set = places(settings.values(), &wanted).into_iter();
        let set = set.filter(is_set);
        set.map(move |steps| format!("{}: {why}", steps.join(".")))
    });
    remarks.collect()
}

/// The steps to every place that a key with `*` for names stands for.
fn places(values: &Value, key: &[&str]) -> Vec<Vec<String>> {
    let Some((first, rest)) = key.split_first() else {
        return vec![Vec::new()];
    };
    let names: Vec<&str> = match (*first, values.as_object()) {
        ("*", values) => values
            .into_iter()
            .flat_map(|values| values.keys().map(String::as_str))
            .collect(),
        (name, _) => vec![name],
    };
    let below = |name: &str| {
        let below = places(values.get(name).unwrap_or(&Value::Null), rest);
        let name = name.to_owned();
        below
            .into_iter()
            .map(move |steps| [vec![name.clone()], steps].concat())
    };
    names.into_iter().flat_map(below).collect()
}

/// Whether a setting, named by its pointer, does nothing yet.
pub(super) fn is_later(pointer: &str) -> bool {
    let is_meant = |key: &str| {
        let mut steps = pointer.split('/').skip(1);
        let mut wanted = key.split('.');
        wanted.all(|wanted| {
            steps
                .next()
                .is_some_and(|step| wanted == "*" || wanted == step)
        })
    };
    LATER.iter().any(|(key, _)| is_meant(key))
}
