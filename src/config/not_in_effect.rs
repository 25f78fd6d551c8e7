//! Keys that are valid and do nothing yet, or not all that they promise. A key that did nothing silently would be a promise.

use super::settings::Settings;

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
    let set = LATER
        .iter()
        .filter(|(key, _)| settings.is_set(&pointer(key)));
    set.map(|(key, why)| format!("{key}: {why}")).collect()
}

/// Whether a setting, named by its pointer, does nothing yet.
pub(super) fn is_later(setting: &str) -> bool {
    LATER.iter().any(|(key, _)| {
        let below = setting.strip_prefix(&pointer(key));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    })
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}
