//! Keys that are valid and do nothing yet. A key that did nothing silently would be a promise.

use super::settings::Settings;

/// Each key of later work, with what is missing. The keys below it belong to it.
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
        "stages.production_deployment.rollback_on_failure",
        "nothing is deployed yet, so there is nothing to roll back",
    ),
    (
        "stages.production_deployment.require_manual_approval",
        "nothing is deployed yet, so there is nothing to approve",
    ),
    ("notifications", "nobody is notified yet"),
    ("environments", "nothing is deployed yet"),
    ("gates", "gates of the repository's own are not judged yet"),
    ("history", "only the metrics of runs are kept yet"),
    ("github", "the surfaces of GitHub cannot be chosen yet"),
];

/// The remarks about the keys that the file sets: `key: why`.
pub(super) fn remarks(settings: &Settings) -> Vec<String> {
    LATER
        .iter()
        .filter(|(key, _)| settings.is_set(&format!("/{}", key.replace('.', "/"))))
        .map(|(key, why)| format!("{key}: {why}"))
        .collect()
}
