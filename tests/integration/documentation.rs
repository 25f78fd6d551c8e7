//! The documents say what the program does: every key, command, option, rule and field is in them,
//! their configurations load, their links lead somewhere.

use crate::support::Repository;
use regex::Regex;
use serde_json::Value;
use spec2prod::{config, render::json, spec};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every document for people, by its path.
fn documents() -> BTreeMap<PathBuf, String> {
    let folder = root().join("docs");
    let pages = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name));
    let read = |path: PathBuf| (path.clone(), fs::read_to_string(path).unwrap());
    pages.chain(top).map(read).collect()
}

/// The text of every block of code in this language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let begin = format!("\n```{language}\n");
    let after = text.split(begin.as_str()).skip(1);
    after
        .map(|block| block.split("\n```\n").next().unwrap())
        .collect()
}

/// The rows of all tables whose first cell is code, by that cell; the marks of code taken off.
fn rows(text: &str) -> BTreeMap<String, Vec<String>> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells = row.trim_matches('|').replace(r"\|", "/");
        let mut cells = cells.split(" | ").map(|cell| cell.trim().replace('`', ""));
        (cells.next().unwrap(), cells.collect())
    })
    .collect()
}

/// Every key of a schema with its default, as the page names it: what several keys have in common
/// is told once, for `<name>`, `<level>`, `<stage>`, `<environment>` or `<suite>`.
fn keys(root: &Value, schema: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
    let referred = schema.get("$ref").and_then(Value::as_str);
    let referred = referred.map(|name| root.pointer(name.trim_start_matches('#')).unwrap());
    for part in [Some(schema), referred].into_iter().flatten() {
        let branches = part.get("allOf").and_then(Value::as_array);
        for branch in branches.into_iter().flatten() {
            keys(root, &branch["then"], path, found);
        }
        for (key, property) in part["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            found.insert(as_told(&path), property["default"].clone());
            keys(root, property, &path, found);
        }
        for (below, mark) in [("additionalProperties", ".<name>"), ("items", "[]")] {
            if part[below].is_object() {
                keys(root, &part[below], &format!("{path}{mark}"), found);
            }
        }
    }
}

/// Keys that are told once, and how.
static SHARED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let shared = [
        (r"^\.toolchains\.python\.", ".toolchains.<name>."),
        (
            r"^\.maturity_workflow\.\w+\.",
            ".maturity_workflow.<level>.",
        ),
        (
            r"^\.stages\.\w+\.(enabled|timeout_seconds)$",
            ".stages.<stage>.$1",
        ),
        (
            r"^\.error_recovery\.(?:dependency_check|testing|refactoring|staging_deployment|production_deployment)\.",
            ".error_recovery.<stage>.",
        ),
        (
            r"^(\.components\.<name>\.(?:thresholds|environments|suites))\..*$",
            "$1",
        ),
        (r"^\.environments\.\w+\.", ".environments.<environment>."),
        (r"^\.suites\.\w+\.", ".suites.<suite>."),
    ];
    let shared = shared.into_iter();
    shared
        .map(|(many, one)| (Regex::new(many).unwrap(), one))
        .collect()
});

fn as_told(path: &str) -> String {
    let told = SHARED.iter().fold(path.to_owned(), |told, (many, one)| {
        many.replace(&told, *one).into_owned()
    });
    told.trim_start_matches('.').to_owned()
}

#[test]
fn every_key_of_the_configuration_is_described_with_its_default() {
    let page = document("docs/configuration.md");
    let rows = rows(&page);
    let mut keys_of_schema = BTreeMap::new();
    let schema = config::schema();
    keys(&schema, &schema, "", &mut keys_of_schema);
    assert!(keys_of_schema.len() > 120, "{}", keys_of_schema.len());

    let absent: Vec<_> = keys_of_schema
        .keys()
        .filter(|key| !page.contains(&format!("`{key}`")))
        .collect();
    assert!(absent.is_empty(), "not described: {absent:#?}");

    let blocks: BTreeSet<&str> = keys_of_schema
        .keys()
        .filter_map(|key| key.split('.').next())
        .collect();
    let unknown: Vec<_> = rows
        .keys()
        .filter(|key| !key.contains(", ") && !key.contains(".*."))
        .filter(|key| key.contains('.') && blocks.contains(key.split('.').next().unwrap()))
        .filter(|key| !keys_of_schema.contains_key(*key))
        .collect();
    assert!(unknown.is_empty(), "described, but no key: {unknown:#?}");

    for (key, default) in &keys_of_schema {
        let told = rows.get(key).and_then(|cells| cells.get(1));
        let is_told_once = key.contains(".<") || key.contains("[]");
        let Some(told) = told.filter(|_| !is_told_once) else {
            continue;
        };
        match default {
            Value::Bool(_) | Value::String(_) => {
                let text = default.as_str().map(str::to_owned);
                assert_eq!(*told, text.unwrap_or_else(|| default.to_string()), "{key}");
            }
            Value::Number(number) => {
                assert_eq!(told.parse::<f64>().ok(), number.as_f64(), "{key}");
            }
            _ => {}
        }
    }
}

#[test]
fn every_command_and_option_is_described() {
    let page = document("docs/cli.md");
    let repository = Repository::new();
    let long = Regex::new("--[a-z-]+").unwrap();
    let mut open = vec![Vec::<String>::new()];
    let mut count = 0;
    while let Some(command) = open.pop() {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = repository.run(&arguments).expect_status(0).stdout;
        if let Some(list) = help.split("\nCommands:\n").nth(1) {
            let names = list.lines().take_while(|line| !line.is_empty());
            let names = names.filter_map(|line| line.split_whitespace().next());
            open.extend(names.filter(|name| *name != "help").map(|name| {
                let mut below = command.clone();
                below.push(name.to_owned());
                below
            }));
            continue;
        }
        let heading = format!("\n## `spec2prod {}`\n", command.join(" "));
        let section = page.split(heading.as_str()).nth(1);
        let section = section.unwrap_or_else(|| panic!("docs/cli.md has no {heading:?}"));
        let section = section.split("\n## ").next().unwrap();
        let options = help.split("\nOptions:\n").nth(1).unwrap();
        for option in long.find_iter(options).map(|found| found.as_str()) {
            assert!(
                option == "--help" || section.contains(&format!("`{option}")),
                "{heading:?} does not describe {option}"
            );
            count += 1;
        }
        assert!(
            section.contains("\n```console\n$ "),
            "{heading:?} has no example"
        );
    }
    assert!(count > 40, "{count}");
}

#[test]
fn every_configuration_in_the_documents_is_valid() {
    let repository = Repository::new();
    let mut count = 0;
    for (path, text) in documents() {
        for block in blocks(&text, "yaml") {
            repository.write("workflow_config.yaml", block);
            let ran = repository.run(&["config", "check"]);
            assert_eq!(ran.status, Some(0), "{}:\n{}", path.display(), ran.stderr);
            count += 1;
        }
    }
    assert!(count > 12, "{count}");
}

#[test]
fn the_levels_in_the_documents_are_the_defaults() {
    let page = document("docs/configuration.md");
    let block = blocks(&page, "yaml")
        .into_iter()
        .find(|block| block.starts_with("maturity_workflow:"))
        .unwrap();
    let written = config::load_text(block, "workflow_config.yaml").unwrap();
    let of = |policy: &config::Policy| policy.settings.values()["maturity_workflow"].clone();
    assert_eq!(of(&written), of(&config::Policy::default()));
}

#[test]
fn the_shared_paths_in_the_document_are_the_defaults() {
    let page = document("docs/configuration.md");
    let told = page.split("Without the key these files").nth(1).unwrap();
    let told = told.split("\n\n").next().unwrap();
    let told: BTreeSet<&str> = told.split('`').skip(1).step_by(2).collect();
    let policy = config::Policy::default();
    let known: BTreeSet<&str> = policy.shared_paths.iter().map(String::as_str).collect();
    assert_eq!(told, known);
}

#[test]
fn every_rule_for_specifications_is_described() {
    let rows = rows(&document("docs/specification.md"));
    let told: BTreeSet<&str> = rows
        .keys()
        .map(String::as_str)
        .filter(|id| id.starts_with("spec/"))
        .collect();
    let known: BTreeSet<&str> = spec::RULES.iter().map(|(id, _)| *id).collect();
    assert_eq!(told, known);
}

#[test]
fn the_example_of_a_specification_is_good_enough_for_production() {
    let page = document("docs/specification.md");
    let repository = Repository::new();
    let example = blocks(&page, "markdown")[0].replace("~~~", "```");
    repository.write("specs/currency_converter.md", &example);
    let file = "specs/currency_converter.md";
    let ran = repository
        .run(&["spec", "check", file, "--target", "production"])
        .expect_status(0);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    let shown = repository.run(&["spec", "show", file]).expect_status(0);
    for part in [
        "2 functional, 2 non-functional",
        "2 criteria, 2 of 2 ticked",
        "1 block",
        "2 dependencies",
        "coverage ≥ 85 % (production)",
        "uptime ≥ 99.9 % (production)",
        "≥ 14 days in staging (production)",
        "complexity ≤ 8",
    ] {
        assert!(shown.stdout.contains(part), "{part}:\n{}", shown.stdout);
    }
}

#[test]
fn every_field_of_the_report_is_described() {
    let page = document("docs/report.md");
    let schema = json::report_schema();
    let parts = [
        "StageRecord",
        "GateRecord",
        "Criterion",
        "Deployment",
        "Version",
        "PhaseRecord",
        "SuiteResult",
        "Measurement",
        "Finding",
        "ToolRun",
        "Attempt",
        "RunIdentity",
        "SourceIdentity",
        "Patch",
        "Change",
        "PublishingProblem",
        "PolicyOrigin",
        "PolicyDifference",
    ];
    let of_parts = parts.map(|name| &schema["$defs"][name]["properties"]);
    for fields in of_parts.into_iter().chain([&schema["properties"]]) {
        for field in fields.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{field}`")), "{field}");
        }
    }
}

#[test]
fn what_is_said_to_stop_an_attack_exists() {
    let page = document("docs/security.md");
    let path = Regex::new(r"`((?:src|scripts|tests|\.github)/[\w./-]+)`").unwrap();
    let named: BTreeSet<&str> = path
        .captures_iter(&page)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        assert!(root().join(name).exists(), "{name}");
    }
}

#[test]
fn links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let code = Regex::new(r"(?s)\n```.*?\n```|`[^`\n]*`").unwrap();
    let mut count = 0;
    for (path, text) in documents() {
        for found in link.captures_iter(&code.replace_all(&text, "")) {
            let target = &found[1];
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(file.exists(), "{}: {target}", path.display());
            if !anchor.is_empty() {
                let anchors = anchors(&fs::read_to_string(&file).unwrap());
                assert!(anchors.contains(anchor), "{}: {target}", path.display());
            }
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}
