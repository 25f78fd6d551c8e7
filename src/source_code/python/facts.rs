//! All Python files of a component, put together.

use super::{functions, interface, syntax::Module};
use crate::model::{Finding, Severity, SourceFacts, fingerprint_all};
use crate::source_code::files::{self, SourceError, WorkspaceFile};
use std::{collections::BTreeSet, path::Path};

/// The Python sources at `path`, a folder or a file of the workspace, relative to the workspace.
/// Those that `.gitignore` names count where they are among the `tracked` ones.
///
/// # Errors
///
/// There is nothing at `path`, it leads out of the workspace, or a folder cannot be listed.
pub fn files(
    workspace: &Path,
    path: &Path,
    tracked: &BTreeSet<String>,
) -> Result<Vec<String>, SourceError> {
    let files = files::files_below(workspace, path, ".py", tracked)?;
    Ok(files.into_iter().map(|file| file.shown).collect())
}

/// What the Python [`files`] at `path` say about themselves.
///
/// A file that is too large, is not UTF-8 or has a syntax error is one of the `parse_errors`, and
/// nothing else is said about it.
///
/// # Errors
///
/// There is nothing at `path`, it leads out of the workspace, or a folder cannot be listed.
pub fn facts(
    workspace: &Path,
    path: &Path,
    tracked: &BTreeSet<String>,
) -> Result<SourceFacts, SourceError> {
    let root = files::resolve(workspace, path)?;
    let mut facts = SourceFacts::default();
    for file in files::files_below(workspace, path, ".py", tracked)? {
        facts.files += 1;
        if let Err(finding) = add_file(&mut facts, &root, &file) {
            facts.parse_errors.push(finding);
        }
    }
    fingerprint_all(&mut facts.parse_errors);
    Ok(facts)
}

fn add_file(facts: &mut SourceFacts, root: &Path, file: &WorkspaceFile) -> Result<(), Finding> {
    let text = files::read(&file.path).map_err(|message| {
        Finding::new("unreadable", Severity::Error, message).at(&*file.shown, None, None)
    })?;
    let module = Module::parse(&text, &file.shown)?;
    facts.functions.extend(functions::functions(&module));
    let inside = file.path.strip_prefix(root).unwrap_or(Path::new(""));
    if !interface::is_test(inside, &file.path) {
        facts
            .public_items
            .extend(interface::public_items(&module, root, inside));
    }
    Ok(())
}
