//! From the changed files to the components.

use super::cause::{Cause, CauseKind};
use super::paths::{matching, touching};
use crate::model::ComponentName;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A component and what it is made of. All paths are relative to the workspace, with `/`; the
/// workspace itself is the empty text. They need not exist.
#[derive(Debug, Clone)]
pub struct Part {
    /// The component.
    pub name: ComponentName,
    /// Files and folders of its sources.
    pub sources: Vec<String>,
    /// Files and folders of its tests.
    pub tests: Vec<String>,
    /// Where its specification is or may be.
    pub specification: Vec<String>,
    /// The names of the components that it depends on.
    pub depends_on: Vec<String>,
    /// Why its parts cannot be found.
    pub problem: Option<String>,
}

/// What there is to be concerned.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The components.
    pub parts: Vec<Part>,
    /// Where the configuration is or may be.
    pub configuration: Vec<String>,
    /// Patterns of files that concern every component.
    pub shared_paths: Vec<String>,
}

/// The components that these changed files concern, each with all its causes.
#[must_use]
pub fn affected(
    outline: &Outline,
    changed: &BTreeSet<String>,
) -> BTreeMap<ComponentName, Vec<Cause>> {
    let everywhere = common_causes(outline, changed);
    let mut affected: BTreeMap<ComponentName, Vec<Cause>> = BTreeMap::new();
    for part in &outline.parts {
        let mut causes = own_causes(part, changed);
        causes.extend(everywhere.iter().cloned());
        if !causes.is_empty() {
            affected.insert(part.name.clone(), causes);
        }
    }
    // What all components have in common comes through no other component.
    let changed_itself: Vec<&Part> = outline
        .parts
        .iter()
        .filter(|part| {
            let causes = affected.get(&part.name);
            causes.is_some_and(|causes| causes.len() > everywhere.len())
        })
        .collect();
    for (name, chain) in reached(&outline.parts, &changed_itself) {
        let last = chain.last().copied().unwrap_or_default();
        let message = format!("it depends on {last}, which changed: {}", chain.join(" → "));
        affected
            .entry(name.clone())
            .or_default()
            .push(Cause::new(CauseKind::Dependency, message));
    }
    affected
}

fn common_causes(outline: &Outline, changed: &BTreeSet<String>) -> Vec<Cause> {
    let configuration = touching(changed, &outline.configuration).map(|touched| {
        Cause::of_files(
            CauseKind::Configuration,
            "the configuration changed",
            &touched,
        )
    });
    let shared = matching(changed, &outline.shared_paths).map(|touched| {
        let what = "what concerns every component changed (planning.shared_paths)";
        Cause::of_files(CauseKind::SharedPath, what, &touched)
    });
    configuration.into_iter().chain(shared).collect()
}

fn own_causes(part: &Part, changed: &BTreeSet<String>) -> Vec<Cause> {
    let own = [
        (CauseKind::Sources, "its sources changed", &part.sources),
        (CauseKind::Tests, "its tests changed", &part.tests),
        (
            CauseKind::Specification,
            "its specification changed",
            &part.specification,
        ),
    ];
    let own = own.into_iter().filter_map(|(kind, what, paths)| {
        let touched = touching(changed, paths)?;
        Some(Cause::of_files(kind, what, &touched))
    });
    let unclear = part.problem.iter().map(|problem| {
        Cause::new(
            CauseKind::Unclear,
            format!("nobody can say that it is unchanged: {problem}"),
        )
    });
    own.chain(unclear).collect()
}

/// Every component that depends on one of these, with the shortest chain from it to the one that
/// changed. Not recursive, because the file decides the depth.
fn reached<'a>(
    parts: &'a [Part],
    changed: &[&'a Part],
) -> BTreeMap<&'a ComponentName, Vec<&'a str>> {
    let mut dependents: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        for dependency in &part.depends_on {
            dependents.entry(dependency).or_default().push(part);
        }
    }
    let mut chains: BTreeMap<&ComponentName, Vec<&str>> = BTreeMap::new();
    let mut open: VecDeque<(&Part, Vec<&str>)> = changed
        .iter()
        .map(|part| (*part, vec![part.name.as_str()]))
        .collect();
    while let Some((part, chain)) = open.pop_front() {
        for dependent in dependents.get(part.name.as_str()).into_iter().flatten() {
            if chains.contains_key(&dependent.name) {
                continue;
            }
            let mut longer = vec![dependent.name.as_str()];
            longer.extend(&chain);
            chains.insert(&dependent.name, longer.clone());
            open.push_back((dependent, longer));
        }
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, depends_on: &[&str]) -> Part {
        Part {
            name: name.parse().unwrap(),
            sources: vec![format!("src/{name}")],
            tests: vec![format!("tests/{name}")],
            specification: vec![format!("specs/{name}.md")],
            depends_on: depends_on.iter().map(|&name| name.to_owned()).collect(),
            problem: None,
        }
    }

    fn outline(parts: Vec<Part>) -> Outline {
        Outline {
            parts,
            configuration: vec!["workflow_config.yaml".to_owned()],
            shared_paths: vec!["shared".to_owned()],
        }
    }

    fn told(outline: &Outline, changed: &[&str]) -> String {
        let changed = changed.iter().map(|&file| file.to_owned()).collect();
        let affected = affected(outline, &changed);
        let line = |(name, causes): (&ComponentName, &Vec<Cause>)| {
            let causes: Vec<&str> = causes.iter().map(|cause| cause.message.as_str()).collect();
            format!("{name}: {}", causes.join("; "))
        };
        affected.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_part_of_a_component_is_a_cause() {
        let outline = outline(vec![part("a", &[]), part("b", &[])]);
        insta::assert_snapshot!(
            told(&outline, &["src/a/x.py", "src/a/y.py", "src/a/z.py", "tests/b/t.py", "specs/b.md", "README.md"]),
            @r"
        a: its sources changed: src/a/x.py and 2 more files
        b: its tests changed: tests/b/t.py; its specification changed: specs/b.md
        "
        );
        assert_eq!(told(&outline, &["README.md", "src/ab/x.py"]), "");
        assert_eq!(told(&outline, &[]), "");
    }

    #[test]
    fn the_configuration_and_shared_paths_concern_all() {
        let outline = outline(vec![part("a", &["b"]), part("b", &[])]);
        insta::assert_snapshot!(told(&outline, &["workflow_config.yaml"]), @r"
        a: the configuration changed: workflow_config.yaml
        b: the configuration changed: workflow_config.yaml
        ");
        insta::assert_snapshot!(told(&outline, &["shared/deep/x.py", "src/b/x.py"]), @r"
        a: what concerns every component changed (planning.shared_paths): shared/deep/x.py; it depends on b, which changed: a → b
        b: its sources changed: src/b/x.py; what concerns every component changed (planning.shared_paths): shared/deep/x.py
        ");
    }

    #[test]
    fn dependencies_are_followed_to_the_end() {
        let parts = vec![
            part("a", &["b"]),
            part("b", &["c"]),
            part("c", &[]),
            part("d", &["a", "c"]),
            part("e", &[]),
        ];
        insta::assert_snapshot!(told(&outline(parts), &["src/c/x.py"]), @r"
        a: it depends on c, which changed: a → b → c
        b: it depends on c, which changed: b → c
        c: its sources changed: src/c/x.py
        d: it depends on c, which changed: d → c
        ");
    }

    #[test]
    fn a_circle_and_a_long_chain_come_to_an_end() {
        let circle = outline(vec![part("a", &["b"]), part("b", &["a"])]);
        assert!(told(&circle, &["src/a/x"]).contains("b → a"));
        let mut parts = vec![part("c0", &[])];
        parts.extend((1..1000).map(|n| part(&format!("c{n}"), &[&format!("c{}", n - 1)])));
        let changed = ["src/c0/x".to_owned()].into();
        assert_eq!(affected(&outline(parts), &changed).len(), 1000);
    }

    #[test]
    fn what_cannot_be_found_is_judged() {
        let mut lost = part("a", &[]);
        lost.problem = Some("no sources".to_owned());
        assert_eq!(
            told(&outline(vec![lost]), &["README.md"]),
            "a: nobody can say that it is unchanged: no sources"
        );
    }
}
