//! What the configuration leaves open about components: found by where things lie.
//!
//! Looks at names of files and folders only, and never outside of the workspace.

mod footprint;
mod places;

pub use footprint::{Footprint, components_among, footprints};

use super::{ComponentPolicy, Policy, problem::closest};
use crate::model::{Component, ComponentName};
use places::Places;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a component cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// There are no sources of this name.
    #[error(
        "no sources of component {name} found: looked for {}; {}",
        .looked_for.join(", "),
        remedy(.name, .similar)
    )]
    NoSources {
        /// The component.
        name: ComponentName,
        /// Where they were looked for, relative to the workspace.
        looked_for: Vec<String>,
        /// The component with a name like this one, else the first few that are there.
        similar: Vec<String>,
    },
    /// A path that the configuration or the command line names does not exist.
    #[error("{named_by} names {}, which does not exist in the workspace", .path.display())]
    Missing {
        /// What names it: a key of the configuration with its place, or the specification given.
        named_by: String,
        /// The path.
        path: PathBuf,
    },
    /// A path leads outside of the workspace.
    #[error("{} leads outside of the workspace; only what lies inside is read", .path.display())]
    Outside {
        /// The path.
        path: PathBuf,
    },
    /// Nothing says how the component is judged.
    #[error(
        "no toolchain for component {name}: {} has no .py file; name one with components.{name}.toolchain",
        .path.display()
    )]
    NoToolchain {
        /// The component.
        name: ComponentName,
        /// Its sources.
        path: PathBuf,
    },
    /// A path cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn remedy(name: &ComponentName, similar: &[String]) -> String {
    match similar {
        [] => format!(
            "name them with components.{name}.path, or the repository's root with --workspace where this is not it"
        ),
        [one] => format!("did you mean {one}?"),
        many => format!("the components here are {}", many.join(", ")),
    }
}

/// Finds a component's parts. What the configuration names must exist; what it leaves open is
/// looked for:
///
/// - sources: `src/<name>/`, `src/<name>.py`, `<name>/` with Python files;
/// - tests: `tests/<name>/`, `tests/test_<name>.py`, `tests/test_<name>_*.py`, the same in
///   `tests/unit/`, all also for the name with `-or` in place of `-ion`, and `tests/` itself where
///   the workspace has no other component;
/// - specification: `spec` where given, else `specs/<name>.md`;
/// - toolchain: `python` where the sources have `.py` files.
///
/// # Errors
///
/// Sources or toolchain cannot be found, something that was named does not exist, or a path leads
/// outside of the workspace.
pub fn component(
    policy: &Policy,
    workspace: &Path,
    name: &ComponentName,
    spec: Option<&Path>,
) -> Result<Component, DiscoverError> {
    component_in(&Places::of(workspace)?, policy, name, spec)
}

fn component_in(
    places: &Places,
    policy: &Policy,
    name: &ComponentName,
    spec: Option<&Path>,
) -> Result<Component, DiscoverError> {
    let unset = ComponentPolicy::default();
    let set = policy.components.get(name.as_str()).unwrap_or(&unset);
    let named_by = |key: &str| match &set.rule {
        Some(rule) => format!("components.{name}.{key} ({rule})"),
        None => format!("components.{name}.{key}"),
    };

    let path = match &set.path {
        Some(path) => places.named(path, &named_by("path"))?,
        None => sources_of(policy, places, name)?,
    };
    let tests = match &set.tests {
        Some(paths) => paths
            .iter()
            .map(|path| places.named(path, &named_by("tests")))
            .collect::<Result<_, _>>()?,
        None => tests(policy, places, name)?,
    };
    let spec = match (spec, &set.spec) {
        (Some(spec), _) => Some(places.named(spec, "the command line")?),
        (None, Some(spec)) => Some(places.named(spec, &named_by("spec"))?),
        (None, None) => places.first(places::specification(name.as_str()))?,
    };
    let toolchain = match &set.toolchain {
        Some(toolchain) => toolchain.clone(),
        None if places.has_python(&path) => "python".to_owned(),
        None => {
            return Err(DiscoverError::NoToolchain {
                name: name.clone(),
                path,
            });
        }
    };
    Ok(Component {
        name: name.clone(),
        path,
        tests,
        spec,
        toolchain,
    })
}

/// The components of the workspace: those that the configuration names; without any, the sources
/// that have a specification or tests of their own.
#[must_use]
pub fn components(policy: &Policy, workspace: &Path) -> Vec<ComponentName> {
    let named = policy.named_components();
    if !named.is_empty() {
        return named
            .into_iter()
            .filter_map(|name| name.parse().ok())
            .collect();
    }
    let Ok(places) = Places::of(workspace) else {
        return Vec::new();
    };
    let names = places.source_names().into_iter();
    names
        .filter_map(|name| name.parse().ok())
        .filter(|name: &ComponentName| {
            let has_spec = places.first(places::specification(name.as_str()));
            let has_tests = tests(policy, &places, name);
            has_spec.is_ok_and(|spec| spec.is_some())
                || has_tests.is_ok_and(|tests| !tests.is_empty())
        })
        .collect()
}

/// The names of all sources of the workspace that could be components, also those without
/// specification and tests.
#[must_use]
pub fn sources(workspace: &Path) -> Vec<ComponentName> {
    let places = Places::of(workspace);
    let names = places.map_or_else(|_| Default::default(), |places| places.source_names());
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

fn sources_of(
    policy: &Policy,
    places: &Places,
    name: &ComponentName,
) -> Result<PathBuf, DiscoverError> {
    let candidates = places::sources(name.as_str());
    for candidate in &candidates {
        let is_at_root = candidate.parent() == Some(Path::new(""));
        if places.contains(candidate)? && (!is_at_root || places.has_python(candidate)) {
            return Ok(candidate.clone());
        }
    }
    let mut known = places.source_names();
    known.extend(policy.components.keys().cloned());
    let similar = match closest(name.as_str(), known.iter().map(String::as_str)) {
        Some(similar) => vec![similar.to_owned()],
        None => known.into_iter().take(10).collect(),
    };
    Err(DiscoverError::NoSources {
        name: name.clone(),
        looked_for: candidates
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
        similar,
    })
}

fn tests(
    policy: &Policy,
    places: &Places,
    name: &ComponentName,
) -> Result<Vec<PathBuf>, DiscoverError> {
    let mut others = places.source_names();
    others.extend(policy.components.keys().cloned());
    others.remove(name.as_str());
    let found = places.tests(name.as_str(), &others)?;
    if found.is_empty() && others.is_empty() {
        return Ok(places
            .first([PathBuf::from("tests")])?
            .into_iter()
            .collect());
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
