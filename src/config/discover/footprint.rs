//! Where a component's files lie, or lay before they were deleted.

use super::component;
use super::places::{self, Places, tests_among};
use crate::config::Policy;
use crate::model::ComponentName;
use std::{
    collections::BTreeSet,
    path::{Component as Part, Path, PathBuf},
};

/// The files and folders by which a change concerns a component, relative to the workspace, with
/// `/`; the workspace itself is the empty text. They need not exist: a file that was deleted
/// concerned its component too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footprint {
    /// The sources.
    pub sources: BTreeSet<String>,
    /// The tests.
    pub tests: BTreeSet<String>,
    /// The specification.
    pub specification: BTreeSet<String>,
    /// Why the component cannot be judged as the workspace is now.
    pub problem: Option<String>,
}

/// Where the files of these components lie. `changed` are files that differ from an earlier commit,
/// which may be gone.
#[must_use]
pub fn footprints(
    policy: &Policy,
    workspace: &Path,
    names: &[ComponentName],
    changed: &BTreeSet<String>,
) -> Vec<Footprint> {
    let places = Places::of(workspace);
    let mut known = places.map_or_else(|_| BTreeSet::new(), |places| places.source_names());
    known.extend(policy.components.keys().cloned());
    let one = |name: &ComponentName| {
        let mut others = known.clone();
        others.remove(name.as_str());
        footprint(policy, workspace, name, &others, changed)
    };
    names.iter().map(one).collect()
}

fn footprint(
    policy: &Policy,
    workspace: &Path,
    name: &ComponentName,
    others: &BTreeSet<String>,
    changed: &BTreeSet<String>,
) -> Footprint {
    let mut footprint = Footprint::default();
    match component(policy, workspace, name, None) {
        Ok(found) => {
            extend(&mut footprint.sources, workspace, [&found.path]);
            extend(&mut footprint.tests, workspace, &found.tests);
            extend(&mut footprint.specification, workspace, &found.spec);
        }
        Err(error) => footprint.problem = Some(error.to_string()),
    }
    let set = policy.components.get(name.as_str());
    match set.and_then(|set| set.path.as_ref()) {
        Some(path) => extend(&mut footprint.sources, workspace, [path]),
        None => {
            let usual = places::sources(name.as_str());
            extend(&mut footprint.sources, workspace, &usual);
        }
    }
    match set.and_then(|set| set.spec.as_ref()) {
        Some(path) => extend(&mut footprint.specification, workspace, [path]),
        None => {
            let usual = places::specification(name.as_str());
            extend(&mut footprint.specification, workspace, &usual);
        }
    }
    match set.and_then(|set| set.tests.as_ref()) {
        Some(paths) => extend(&mut footprint.tests, workspace, paths),
        None => {
            let named = tests_among(name.as_str(), others, changed);
            footprint.tests.extend(named.map(str::to_owned));
            if others.is_empty() {
                footprint.tests.insert("tests".to_owned());
            }
        }
    }
    footprint
}

fn extend<'a>(
    to: &mut BTreeSet<String>,
    workspace: &Path,
    paths: impl IntoIterator<Item = &'a PathBuf>,
) {
    for path in paths {
        to.extend(spellings_of(workspace, path));
    }
}

/// The components that these files make, as [`super::components`] finds them in a workspace: those
/// that the configuration names; without any, the sources that have a specification or tests of
/// their own.
#[must_use]
pub fn components_among(policy: &Policy, files: &BTreeSet<String>) -> BTreeSet<ComponentName> {
    if !policy.components.is_empty() {
        let names = policy.components.keys();
        return names.filter_map(|name| name.parse().ok()).collect();
    }
    let sources: BTreeSet<String> = files.iter().filter_map(|file| source_name(file)).collect();
    let has_specification = |name: &str| {
        let mut candidates = places::specification(name).into_iter();
        candidates.any(|path| files.contains(&with_slashes(&path)))
    };
    let has_tests = |name: &str| {
        let mut others = sources.clone();
        others.remove(name);
        tests_among(name, &others, files).next().is_some()
    };
    sources
        .iter()
        .filter(|name| has_specification(name) || has_tests(name))
        .filter_map(|name| name.parse().ok())
        .collect()
}

/// The name of the sources that a file belongs to by where it lies.
fn source_name(file: &str) -> Option<String> {
    let steps: Vec<&str> = file.split('/').collect();
    let name = match steps.as_slice() {
        ["src", module] => module.strip_suffix(".py")?,
        ["src", folder, ..] => folder,
        [folder, .., module]
            if module.ends_with(".py") && !places::NOT_COMPONENTS.contains(folder) =>
        {
            folder
        }
        _ => return None,
    };
    places::is_source_name(name).then(|| name.to_owned())
}

/// A path as git writes it, and the place it really has where it is reached through a link: a
/// change is told by the real place.
fn spellings_of(workspace: &Path, path: &Path) -> Vec<String> {
    let mut spellings = vec![with_slashes(path)];
    let real = workspace.join(path).canonicalize();
    let root = workspace.canonicalize();
    if let (Ok(real), Ok(root)) = (real, root)
        && let Ok(real) = real.strip_prefix(root)
    {
        spellings.push(with_slashes(real));
    }
    spellings
}

/// `src/./a` as `src/a`.
fn with_slashes(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|part| !matches!(part, Part::CurDir))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
