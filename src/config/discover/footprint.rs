//! Where a component's files lie, or lay before they were deleted.

use super::component_in;
use super::places::{self, Places, tests_among};
use crate::config::{Policy, SuiteName, SuiteTests};
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
    /// The tests, also those of its suites.
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
    let mut known = match &places {
        Ok(places) => places.source_names(),
        Err(_) => BTreeSet::new(),
    };
    known.extend(policy.components.keys().cloned());
    let one = |name: &ComponentName| {
        let mut footprint = places_of(policy, name, &known, changed);
        let found = match &places {
            Ok(places) => {
                component_in(places, policy, name, None).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        match found {
            Ok(found) => {
                footprint.sources.insert(with_slashes(&found.path));
                let tests = found.tests.iter();
                footprint.tests.extend(tests.map(|path| with_slashes(path)));
                let spec = found.spec.iter();
                footprint
                    .specification
                    .extend(spec.map(|path| with_slashes(path)));
            }
            Err(problem) => footprint.problem = Some(problem),
        }
        for paths in [
            &mut footprint.sources,
            &mut footprint.tests,
            &mut footprint.specification,
        ] {
            let real: Vec<String> = paths
                .iter()
                .filter_map(|path| real(workspace, path))
                .collect();
            paths.extend(real);
        }
        footprint
    };
    names.iter().map(one).collect()
}

/// Where the files of a component are or may be, by what is set and by the usual names.
fn places_of(
    policy: &Policy,
    name: &ComponentName,
    known: &BTreeSet<String>,
    changed: &BTreeSet<String>,
) -> Footprint {
    let set = policy.components.get(name.as_str());
    let all = |paths: &[PathBuf]| paths.iter().map(|path| with_slashes(path)).collect();
    let one_or = |path: Option<&PathBuf>, usual: Vec<PathBuf>| match path {
        Some(path) => all(std::slice::from_ref(path)),
        None => all(&usual),
    };
    let mut tests: BTreeSet<String> = match set.and_then(|set| set.tests.as_ref()) {
        Some(paths) => all(paths),
        None => {
            let mut others = known.clone();
            others.remove(name.as_str());
            let named = tests_among(name.as_str(), &others, changed);
            let mut tests: BTreeSet<String> = named.map(str::to_owned).collect();
            if others.is_empty() {
                tests.insert("tests".to_owned());
            }
            tests
        }
    };
    let suite_of = |name| {
        let own = set.and_then(|set| set.suites.get(&name));
        own.or_else(|| policy.suites.get(&name))
    };
    for suite in SuiteName::ALL.into_iter().filter_map(suite_of) {
        if let SuiteTests::Paths(paths) = &suite.tests {
            tests.extend(paths.iter().map(|path| with_slashes(path)));
        }
    }
    Footprint {
        sources: one_or(
            set.and_then(|set| set.path.as_ref()),
            places::sources(name.as_str()),
        ),
        tests,
        specification: one_or(
            set.and_then(|set| set.spec.as_ref()),
            places::specification(name.as_str()),
        ),
        problem: None,
    }
}

/// The components that these files make, as [`super::components`] finds them in a workspace: those
/// that the configuration names; without any, the sources that have a specification or tests of
/// their own.
#[must_use]
pub fn components_among(policy: &Policy, files: &BTreeSet<String>) -> BTreeSet<ComponentName> {
    let named = policy.named_components();
    if !named.is_empty() {
        let names = named.into_iter();
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

/// The place that a path really has where it is reached through a link: git tells a change by it.
fn real(workspace: &Path, path: &str) -> Option<String> {
    let real = workspace.join(path).canonicalize().ok()?;
    let root = workspace.canonicalize().ok()?;
    real.strip_prefix(root).ok().map(with_slashes)
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
