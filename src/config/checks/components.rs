//! `components`: names, paths, toolchains and what depends on what.

use super::{Findings, names, paths};
use crate::{
    config::{
        problem::{shown, suggestion},
        raw::{Component, Config},
        settings::escaped,
    },
    model::ComponentName,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(config: &Config, file: &Value, findings: &mut Findings) {
    let mut toolchains = names(file, "toolchains");
    toolchains.insert("python");
    let components = names(file, "components");
    for name in &components {
        if let Err(error) = name.parse::<ComponentName>() {
            let pointer = format!("/components/{}", escaped(name));
            findings.key(pointer, error.to_string(), None);
        }
    }
    for (name, component) in &config.components {
        let block = format!("/components/{}", escaped(name));
        own_paths(&block, component, findings);
        if let Some(toolchain) = &component.toolchain
            && !toolchains.contains(toolchain.as_str())
        {
            let known: Vec<&str> = toolchains.iter().copied().collect();
            findings.value(
                format!("{block}/toolchain"),
                format!("there is no toolchain `{}`", shown(toolchain)),
                suggestion(toolchain, &known),
            );
        }
        dependencies(&block, name, component, &components, findings);
    }
    circles(&config.components, findings);
}

fn own_paths(block: &str, component: &Component, findings: &mut Findings) {
    let single = [("path", &component.path), ("spec", &component.spec)];
    for (key, path) in single {
        if let Some(path) = path {
            paths::check(format!("{block}/{key}"), path, findings);
        }
    }
    for (index, path) in component
        .tests
        .iter()
        .flat_map(|tests| tests.0.iter().enumerate())
    {
        paths::check(format!("{block}/tests/{index}"), path, findings);
    }
}

fn dependencies(
    block: &str,
    name: &str,
    component: &Component,
    known: &BTreeSet<&str>,
    findings: &mut Findings,
) {
    let mut seen = BTreeSet::new();
    for (index, dependency) in component.depends_on.iter().enumerate() {
        let pointer = format!("{block}/depends_on/{index}");
        if !known.contains(dependency.as_str()) {
            let others: Vec<&str> = known
                .iter()
                .copied()
                .filter(|other| *other != name)
                .collect();
            findings.value(
                pointer,
                format!(
                    "there is no component `{}` in `components`",
                    shown(dependency)
                ),
                suggestion(dependency, &others),
            );
        } else if !seen.insert(dependency) {
            findings.value(
                pointer,
                format!("`{dependency}` is already in this list"),
                Some("remove one of the two".to_owned()),
            );
        }
    }
}

/// Whoever is left when all components without open dependencies are taken away, again and again,
/// stands in a circle or before one. Not recursive, because the file decides the depth.
fn circles(components: &BTreeMap<String, Component>, findings: &mut Findings) {
    let mut open: BTreeMap<&str, Vec<&str>> = components
        .iter()
        .map(|(name, component)| {
            let on = component.depends_on.iter().map(String::as_str);
            (
                name.as_str(),
                on.filter(|on| components.contains_key(*on)).collect(),
            )
        })
        .collect();
    loop {
        let done: BTreeSet<&str> = open
            .iter()
            .filter(|(_, on)| on.iter().all(|on| !open.contains_key(on)))
            .map(|(name, _)| *name)
            .collect();
        if done.is_empty() {
            break;
        }
        open.retain(|name, _| !done.contains(name));
    }
    while let Some(first) = open.keys().next().copied() {
        let mut walked = Vec::new();
        let mut name = first;
        while !walked.contains(&name) {
            walked.push(name);
            let Some(next) = open
                .get(name)
                .into_iter()
                .flatten()
                .find(|on| open.contains_key(*on))
            else {
                break;
            };
            name = next;
        }
        if let Some(start) = walked.iter().position(|other| *other == name)
            && open
                .get(name)
                .is_some_and(|on| on.iter().any(|on| open.contains_key(on)))
        {
            let circle = &walked[start..];
            let told: Vec<&str> = circle.iter().copied().chain([name]).collect();
            findings.key(
                format!("/components/{}/depends_on", escaped(name)),
                format!(
                    "components depend on each other in a circle: {}",
                    told.join(" → ")
                ),
                Some("remove one of these dependencies".to_owned()),
            );
        }
        open.retain(|name, _| !walked.contains(name));
    }
}
