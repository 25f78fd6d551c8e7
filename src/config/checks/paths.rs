//! Paths that the file names: inside the workspace, by their form alone.

use super::Findings;
use crate::config::problem::shown;
use globset::GlobBuilder;
use std::path::{Component, Path};

/// A path in which `*` and `**` stand for others.
pub(super) fn check_glob(pointer: &str, glob: &str, findings: &mut Findings) {
    check(pointer, glob, findings);
    if let Err(error) = GlobBuilder::new(glob).literal_separator(true).build() {
        findings.value(
            pointer,
            format!(
                "`{}` is no pattern for paths: {}",
                shown(glob),
                error.kind()
            ),
            Some("write a path, in which `*` and `**` stand for others".to_owned()),
        );
    }
}

pub(super) fn check(pointer: impl Into<String>, path: &str, findings: &mut Findings) {
    if path.is_empty() {
        findings.value(pointer, "the path is empty".to_owned(), None);
        return;
    }
    let fault = if path.contains(['\0', '\n', '\r']) {
        "has a character that no path should have"
    } else if Path::new(path).is_absolute() || path.starts_with('~') {
        "is not relative to the workspace"
    } else if Path::new(path)
        .components()
        .any(|part| part == Component::ParentDir)
    {
        "leads outside with `..`"
    } else if path.starts_with('-') {
        "could be read as an option"
    } else {
        return;
    };
    findings.value(
        pointer,
        format!("the path `{}` {fault}", shown(path)),
        Some("write it relative to the workspace, such as `src/orders`".to_owned()),
    );
}
