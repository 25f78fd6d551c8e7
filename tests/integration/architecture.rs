//! The house rules that the compiler does not check: who imports whom, which door leads outside,
//! how long a file may be. `docs/architecture.md` says why.

use crate::rust_source::Source;
use std::{collections::BTreeSet, fmt::Write as _, fs, io, path::PathBuf};

/// Which modules a module may import besides itself. `cli` knows everything.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("base_policy", &["config", "git", "model", "process"]),
    ("config", &["gates", "model", "recovery", "yaml"]),
    ("context", &["file_lock", "model"]),
    (
        "deploy",
        &[
            "config",
            "http",
            "ledger",
            "model",
            "process",
            "prometheus",
            "recovery",
        ],
    ),
    ("file_lock", &["inside"]),
    ("formats", &["model"]),
    ("gates", &["model"]),
    ("git", &["model", "process"]),
    ("github", &["http", "model"]),
    ("history", &["file_lock", "inside", "model"]),
    ("http", &[]),
    ("impact", &["model"]),
    ("inside", &[]),
    (
        "ledger",
        &["config", "file_lock", "git", "inside", "model", "process"],
    ),
    ("model", &[]),
    (
        "planning",
        &["base_policy", "config", "git", "impact", "model", "process"],
    ),
    ("process", &["model"]),
    (
        "promotion",
        &["config", "http", "ledger", "model", "prometheus"],
    ),
    ("prometheus", &["http"]),
    (
        "publish",
        &["config", "github", "history", "inside", "model", "render"],
    ),
    ("recovery", &["model"]),
    ("render", &["model"]),
    ("source_code", &["model", "yaml"]),
    ("spec", &["model", "yaml"]),
    ("summary", &["model"]),
    ("telemetry", &[]),
    (
        "toolchains",
        &[
            "config",
            "formats",
            "inside",
            "model",
            "process",
            "recovery",
            "source_code",
        ],
    ),
    (
        "workflow",
        &[
            "config",
            "deploy",
            "file_lock",
            "gates",
            "git",
            "http",
            "inside",
            "ledger",
            "model",
            "process",
            "prometheus",
            "promotion",
            "recovery",
            "spec",
            "toolchains",
        ],
    ),
    ("yaml", &["model"]),
];

/// Modules that may import everything: the root of the crate, the program, the command line.
const KNOW_EVERYTHING: &[&str] = &["cli", "lib", "main"];

/// What leads outside, and the only place under `src` that may use it. A door is recognised by
/// consecutive segments of a path.
const DOORS: &[(&[&str], &str)] = &[
    (&["env", "var"], "cli/environment.rs"),
    (&["env", "var_os"], "cli/environment.rs"),
    (&["env", "vars"], "cli/environment.rs"),
    (&["env", "vars_os"], "cli/environment.rs"),
    (&["process", "Command"], "process"),
    (&["hyper_rustls"], "http"),
    (&["hyper_util"], "http"),
    (&["octocrab"], "github"),
    (&["serde_saphyr"], "yaml"),
];

/// The most lines of a source file.
const LONGEST_FILE: usize = 400;

#[test]
fn modules_import_only_what_they_may() {
    let sources = sources().unwrap();
    let mut breaches = String::new();
    for source in sources.iter().filter(|source| !source.is_test) {
        let module = source.module.first().map_or("", String::as_str);
        if KNOW_EVERYTHING.contains(&module) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            let _ = writeln!(breaches, "{}: {module} is not in MAY_IMPORT", source.file);
            continue;
        };
        for (line, path) in source.paths() {
            let imported = source.imported_module(&path);
            if let Some(imported) = imported.filter(|name| name != module)
                && !allowed.contains(&imported.as_str())
            {
                let _ = writeln!(
                    breaches,
                    "{}:{line}: {module} imports {imported}",
                    source.file
                );
            }
        }
    }
    assert!(breaches.is_empty(), "\n{breaches}");
}

#[test]
fn gates_never_import_each_other() {
    let sources = sources().unwrap();
    let gates: Vec<&Source> = sources
        .iter()
        .filter(|source| source.gate_id().is_some())
        .collect();
    let ids: BTreeSet<&str> = gates.iter().filter_map(|source| source.gate_id()).collect();
    let mut breaches = String::new();
    for source in &gates {
        for (line, path) in source.paths() {
            let absolute = source.absolute(&path).unwrap_or_default();
            if let [first, other, ..] = absolute.as_slice()
                && first == "gates"
                && Some(other.as_str()) != source.gate_id()
                && ids.contains(other.as_str())
            {
                let _ = writeln!(breaches, "{}:{line}: imports gate {other}", source.file);
            }
        }
    }
    assert!(breaches.is_empty(), "\n{breaches}");
}

#[test]
fn each_door_outside_is_in_one_place() {
    let mut breaches = String::new();
    for source in sources().unwrap().iter().filter(|source| !source.is_test) {
        for (line, path) in source.paths() {
            for (door, place) in DOORS {
                let uses = path.windows(door.len()).any(|part| part == *door);
                if uses && !source.is_in(place) {
                    let door = door.join("::");
                    let _ = writeln!(
                        breaches,
                        "{}:{line}: {door} outside src/{place}",
                        source.file
                    );
                }
            }
        }
    }
    assert!(breaches.is_empty(), "\n{breaches}");
}

#[test]
fn files_are_short_documented_and_finished() {
    let mut breaches = String::new();
    for source in sources().unwrap() {
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE {
            let _ = writeln!(
                breaches,
                "{}: {lines} lines, at most {LONGEST_FILE}",
                source.file
            );
        }
        if !source.is_test && !source.text.starts_with("//!") {
            let _ = writeln!(breaches, "{}:1: does not start with `//!`", source.file);
        }
        for (number, line) in source.code.lines().enumerate() {
            for word in ["todo!", "unimplemented!", "dbg!"] {
                if line.contains(word) {
                    let _ = writeln!(breaches, "{}:{}: {word}", source.file, number + 1);
                }
            }
        }
        for (number, line) in source.comments.lines().enumerate() {
            // A word between backticks is spoken about: `TODO` is a marker in specifications.
            let prose: String = line.split('`').step_by(2).collect();
            for word in ["TODO", "FIXME", "XXX"] {
                if prose
                    .split(|c: char| !c.is_ascii_alphabetic())
                    .any(|found| found == word)
                {
                    let _ = writeln!(breaches, "{}:{}: {word}", source.file, number + 1);
                }
            }
        }
    }
    assert!(breaches.is_empty(), "\n{breaches}");
}

#[test]
fn each_gate_has_its_file_and_its_heading_in_the_documentation() {
    let sources = sources().unwrap();
    let documentation = fs::read_to_string(root().join("docs/gates.md")).unwrap_or_default();
    let headings: BTreeSet<&str> = documentation
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_matches(|c: char| matches!(c, '#' | '`' | ' ')))
        .collect();
    let mut breaches = String::new();
    let mut gates = 0;
    for source in &sources {
        let Some(id) = source.gate_id() else { continue };
        gates += 1;
        if !source.is_in(&format!("gates/{id}.rs")) && !source.is_in(&format!("gates/{id}")) {
            let _ = writeln!(
                breaches,
                "{}: gate {id} belongs in src/gates/{id}.rs",
                source.file
            );
        }
        if !headings.contains(id) {
            let _ = writeln!(
                breaches,
                "{}: gate {id} has no heading in docs/gates.md",
                source.file
            );
        }
    }
    assert!(gates > 0, "no gate was found in src/gates");
    assert!(breaches.is_empty(), "\n{breaches}");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under `src`.
fn sources() -> io::Result<Vec<Source>> {
    let src = root().join("src");
    let mut folders = vec![src.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(&src).unwrap_or(&path).to_string_lossy();
                let file = file.replace('\\', "/");
                sources.push(Source::new(file, fs::read_to_string(&path)?));
            }
        }
    }
    sources.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(sources)
}
