//! `action.yml`, `scripts/action.sh` and `docs/github.md` name the same inputs and outputs.

use regex::Regex;
use serde_json::{Map, Value};
use spec2prod::yaml;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A file of the repository.
pub(super) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A YAML text as data.
#[track_caller]
pub(super) fn data(text: &str) -> Value {
    yaml::parse(text)
        .unwrap_or_else(|error| panic!("{error:?}:\n{text}"))
        .value
}

/// `action.yml`.
pub(super) fn action() -> Value {
    data(&file("action.yml"))
}

/// The keys of a mapping.
pub(super) fn keys(value: &Value) -> BTreeSet<String> {
    let mapping = value.as_object();
    mapping.into_iter().flat_map(Map::keys).cloned().collect()
}

/// The rows of the table under a heading of the document, by their first cell, without the marks of code.
pub(super) fn table(heading: &str) -> BTreeMap<String, Vec<String>> {
    let page = file("docs/github.md");
    let section = page.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let row = row.trim_start_matches("| ").trim_end_matches(" |");
        let mut cells = row.split('|').map(|cell| cell.trim().replace('`', ""));
        (cells.next().unwrap(), cells.collect())
    })
    .collect()
}

#[test]
fn the_document_has_every_input_with_its_default() {
    let action = action();
    let told = table("Inputs");
    let inputs = action["inputs"].as_object().unwrap();
    let names: BTreeSet<&String> = inputs.keys().collect();
    assert_eq!(told.keys().collect::<BTreeSet<_>>(), names);
    for (name, input) in inputs {
        assert_eq!(input["default"].as_str().unwrap(), told[name][0], "{name}");
        assert!(input["description"].is_string(), "{name}");
        assert!(input.get("required").is_none(), "{name}");
    }
}

#[test]
fn the_document_has_every_output() {
    let told = table("Outputs");
    let outputs = action()["outputs"].clone();
    assert_eq!(
        told.keys().cloned().collect::<BTreeSet<_>>(),
        keys(&outputs)
    );
    for (name, output) in outputs.as_object().unwrap() {
        let value = output["value"].as_str().unwrap();
        assert!(
            value.contains(&format!("steps.spec2prod.outputs.{name} ")) || name == "artifact-name"
        );
    }
}

#[test]
fn every_input_is_used_and_every_variable_is_read() {
    let action = action();
    let steps = action["runs"]["steps"].as_array().unwrap();
    let used = Regex::new(r"\binputs\.([a-z-]+)").unwrap();
    let text = action["runs"].to_string();
    let used: BTreeSet<String> = used
        .captures_iter(&text)
        .map(|found| found[1].to_owned())
        .collect();
    assert_eq!(used, keys(&action["inputs"]));

    let read = Regex::new(r"\$\{(SPEC2PROD_(?:INPUT_[A-Z_]+|BINARY))[-:]").unwrap();
    let script = file("scripts/action.sh");
    let read: BTreeSet<String> = read
        .captures_iter(&script)
        .map(|found| found[1].to_owned())
        .collect();
    let step = steps.iter().find(|step| step["id"] == "spec2prod").unwrap();
    let mut set = keys(&step["env"]);
    // These are the program's own.
    assert!(set.remove("SPEC2PROD_TOKEN") && set.remove("SPEC2PROD_SURFACES"));
    assert_eq!(read, set);
    for name in set
        .iter()
        .filter_map(|name| name.strip_prefix("SPEC2PROD_INPUT_"))
    {
        let input = name.to_lowercase().replace('_', "-");
        let value = &step["env"][format!("SPEC2PROD_INPUT_{name}")];
        assert_eq!(*value, format!("${{{{ inputs.{input} }}}}"));
    }
}

#[test]
fn the_token_says_what_every_surface_needs() {
    let needed: BTreeSet<String> = table("Where the result is shown")
        .into_values()
        .filter_map(|cells| {
            cells
                .last()
                .filter(|needs| needs.ends_with(": write"))
                .cloned()
        })
        .collect();
    assert!(needed.contains("deployments: write"), "{needed:?}");
    let told = &table("Inputs")["token"][1];
    let action = action();
    let description = action["inputs"]["token"]["description"].as_str().unwrap();
    for permission in needed {
        assert!(description.contains(&permission), "{permission}");
        assert!(told.contains(&permission), "{permission}");
    }
}

#[test]
fn the_token_reaches_two_steps_only() {
    let action = action();
    let steps = action["runs"]["steps"].as_array().unwrap();
    let with_token: Vec<&str> = steps
        .iter()
        .filter(|step| step.to_string().contains("inputs.token"))
        .map(|step| step["id"].as_str().unwrap())
        .collect();
    assert_eq!(with_token, ["install", "spec2prod"]);
    let runs = steps.iter().filter_map(|step| step["run"].as_str());
    for run in runs {
        assert!(!run.contains("TOKEN"), "{run}");
    }
}

#[test]
fn the_verdict_is_the_exit_status_of_the_program() {
    let action = action();
    for step in action["runs"]["steps"].as_array().unwrap() {
        let is_own = step.get("run").is_some();
        // A cache or an upload that fails changes nothing.
        assert_ne!(is_own, step["continue-on-error"] == true, "{step:#}");
        assert_eq!(is_own, step["shell"] == "bash", "{step:#}");
    }
    let last = action["runs"]["steps"].as_array().unwrap().last().unwrap();
    assert!(last["if"].as_str().unwrap().starts_with("${{ always() && "));
}

#[test]
fn the_file_of_checksums_names_what_the_installation_looks_for() {
    let list = file("checksums.txt");
    let line = Regex::new(r"^(#.*|[0-9a-f]{64}  spec2prod-[0-9.]+-[a-z0-9_-]+\.tar\.gz)$").unwrap();
    for found in list.lines() {
        assert!(line.is_match(found), "{found}");
    }
    // Every folder that the program is compiled from is part of what identifies its sources.
    let sources = file("scripts/sources.sh");
    assert!(sources.contains("find schemas src templates -type f"));
    assert!(
        sources.contains(".cargo/config.toml Cargo.lock Cargo.toml build.rs rust-toolchain.toml")
    );
}
