//! No key of the configuration is dead: each one is set to two values, and the program does
//! something else with each.
//!
//! The cases are about what is to be seen from outside: report, files, exit status, log. Keys that
//! `config check` names as not yet in effect have no case, and every other key must have one.

mod analyses;
mod components;
mod deployed;
mod deployments;
mod environments;
mod github;
mod half_open;
mod health_checks;
mod history;
mod left_behind;
mod levels;
mod limits;
mod planning;
mod promotion;
mod recovery;
mod reviews;
mod server;
mod stages;
mod suites;
mod toolchains;

use crate::support::Repository;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// One key with two settings, and what is seen of each.
struct Case {
    /// The key, with `*` for a name and `[]` for an item of a list.
    key: String,
    /// What it is set in.
    repository: fn() -> Repository,
    /// What is merged into the repository's configuration.
    settings: [Value; 2],
    /// What the program does.
    observe: Box<dyn Fn(&Repository) -> Value>,
    expected: [Value; 2],
}

impl Case {
    fn new(
        key: impl Into<String>,
        repository: fn() -> Repository,
        settings: [Value; 2],
        observe: impl Fn(&Repository) -> Value + 'static,
        expected: [Value; 2],
    ) -> Self {
        Self {
            key: key.into(),
            repository,
            settings,
            observe: Box::new(observe),
            expected,
        }
    }

    /// A key that is a chain of names, set to two values.
    fn of_values(
        key: &str,
        repository: fn() -> Repository,
        values: [Value; 2],
        observe: impl Fn(&Repository) -> Value + 'static,
        expected: [Value; 2],
    ) -> Self {
        let settings = values.map(|value| nested(key, value));
        Self::new(key, repository, settings, observe, expected)
    }

    fn check(&self) {
        assert_ne!(self.expected[0], self.expected[1], "{}", self.key);
        for (settings, expected) in self.settings.iter().zip(&self.expected) {
            let repository = (self.repository)();
            configure(&repository, settings);
            let seen = (self.observe)(&repository);
            assert_eq!(seen, *expected, "{} with {settings}", self.key);
        }
    }
}

/// Checks the cases of one file.
fn check(cases: &[Case]) {
    cases.iter().for_each(Case::check);
}

/// `{"a": {"b": value}}` for `a.b`; the component in the cases is `thing`.
fn nested(key: &str, value: Value) -> Value {
    let key = key.replace("components.*", "components.thing");
    key.rsplit('.')
        .fold(value, |inner, step| json!({ step: inner }))
}

/// Merges settings into the configuration. JSON is YAML.
fn configure(repository: &Repository, settings: &Value) {
    let file = "workflow_config.yaml";
    let mut configuration: Value = match repository.path().join(file).exists() {
        true => serde_json::from_str(&repository.read(file)).unwrap(),
        false => json!({}),
    };
    merge(&mut configuration, settings);
    repository.write(file, configuration.to_string());
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

/// A command that prints a report which is there already.
fn printing(evidence: &str, format: &str) -> Value {
    json!({
        "name": evidence,
        "command": ["cat", format!("reports/{evidence}")],
        "evidence": [evidence],
        "report": { "format": format },
    })
}

const SPECIFICATION: &str = "# Thing\n\n**Component Name:** thing\n\n## Overview\n\nIt does one thing.\n\n## \
     Requirements\n\n### Functional Requirements\n\n- FR-1: the thing MUST be done\n";

/// A component `thing` that prepared reports judge: 9 of 10 tests pass, 75 % is covered, 3 lint
/// findings, 1 unformatted file, 2 type errors, and 1 critical, 2 high and 3 medium vulnerabilities.
fn with_reports() -> Repository {
    let repository = with_commands(&[
        printing("tests", "junit"),
        printing("coverage", "lcov"),
        printing("lint", "sarif"),
        printing("format", "sarif"),
        printing("types", "sarif"),
        printing("vulnerabilities", "sarif"),
    ]);
    let mut cases: String = (1..10)
        .map(|n| format!(r#"<testcase classname="c" name="n{n}"/>"#))
        .collect();
    cases.push_str(r#"<testcase classname="c" name="broken"><failure message="no"/></testcase>"#);
    repository.write(
        "reports/tests",
        format!("<testsuite name=\"s\">{cases}</testsuite>"),
    );
    repository.write(
        "reports/coverage",
        "SF:lib/a.txt\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n",
    );
    repository.write("reports/lint", sarif(&["5.0", "5.0", "5.0"]));
    repository.write("reports/format", sarif(&["5.0"]));
    repository.write("reports/types", sarif(&["8.0", "8.0"]));
    let vulnerabilities = ["9.5", "8.0", "8.0", "5.0", "5.0", "5.0"];
    repository.write("reports/vulnerabilities", sarif(&vulnerabilities));
    repository
}

/// Findings with these scores, <https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>.
fn sarif(scores: &[&str]) -> String {
    let results: Vec<Value> = scores
        .iter()
        .enumerate()
        .map(|(number, score)| {
            json!({
                "ruleId": format!("R{number}"),
                "level": "error",
                "message": { "text": "found" },
                "properties": { "security-severity": score },
            })
        })
        .collect();
    json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "t" } }, "results": results }] }).to_string()
}

/// A component `thing` that these commands judge. Every test gate is required for development.
fn with_commands(commands: &[Value]) -> Repository {
    let repository = Repository::new();
    repository.write("lib/a.txt", "a\n");
    repository.write("specs/thing.md", SPECIFICATION);
    let configuration = json!({
        "components": { "thing": { "path": "lib", "toolchain": "scripts" } },
        "toolchains": { "scripts": { "type": "command", "commands": commands } },
        "maturity_workflow": { "development": { "required_gates": ["test_pass_rate"] } },
    });
    repository.write("workflow_config.yaml", configuration.to_string());
    repository
}

/// A test report with one test that passes.
const ONE_PASSES: &str = "<testsuite name=\"s\"><testcase classname=\"c\" name=\"n\"/></testsuite>";

/// A test report with one test that fails.
const ONE_FAILS: &str = "<testsuite name=\"s\"><testcase classname=\"c\" name=\"n\"><failure message=\"no\"/></testcase></testsuite>";

/// A command that runs a script, which prints its report last.
fn script(name: &str, evidence: &str, format: &str, file: &str) -> Value {
    json!({
        "name": name,
        "command": ["sh", file],
        "evidence": [evidence],
        "report": { "format": format },
    })
}

/// A component whose tests are one script.
fn with_test_script(text: &str) -> Repository {
    let repository = with_commands(&[script("check", "tests", "junit", "check.sh")]);
    repository.write("check.sh", format!("{text}\necho '{ONE_PASSES}'\n"));
    repository
}

/// A Python component `thing`: without README and example, with one of two public functions
/// documented, a function of complexity 4, and one bad instruction file.
fn with_python() -> Repository {
    let repository = Repository::new();
    repository.write(
        "src/thing/__init__.py",
        "\"\"\"Thing.\"\"\"\n\n\ndef one(a: int) -> int:\n    \"\"\"One.\"\"\"\n    if a > 1:\n        return 2\n    \
         if a > 2:\n        return 3\n    return 4 if a else 5\n\n\ndef two() -> None:\n    pass\n",
    );
    repository.write("specs/thing.md", SPECIFICATION);
    repository.write(
        ".github/instructions/a.instructions.md",
        "no front matter\n",
    );
    repository
}

/// The same on a machine without tools, where `uv` would install them: a script of the test's own.
fn with_installer(uv: &str) -> Repository {
    let repository = with_python().variable("VIRTUAL_ENV", "");
    repository.write("bin/uv", format!("#!/bin/sh\n{uv}"));
    let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(repository.path().join("bin/uv"), runnable).unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}/bin:{path}", repository.path().display());
    let home = repository.path().to_string_lossy().into_owned();
    repository.variable("PATH", &path).variable("HOME", &home)
}

/// The run to a target; gives its report.
fn run(repository: &Repository, target: &str) -> Value {
    let ran = repository.run(&["run", "--component", "thing", "--target", target]);
    assert!(matches!(ran.status, Some(0 | 1 | 3)), "{ran:#?}");
    repository.report("thing")
}

/// The run's exit status.
fn status(repository: &Repository, target: &str) -> Value {
    json!(run(repository, target)["exit_status"])
}

/// The record of one gate that is judged alone.
fn judged(repository: &Repository, target: &str, gate: &str) -> Value {
    let arguments = [
        "gates",
        "--component",
        "thing",
        "--format",
        "json",
        "--target",
    ];
    let ran = repository.run(&[&arguments[..], &[target, gate]].concat());
    assert!(matches!(ran.status, Some(0 | 1 | 3)), "{ran:#?}");
    ran.json()["gates"][0].clone()
}

fn cases() -> Vec<Case> {
    [
        analyses::cases(),
        components::cases(),
        deployments::cases(),
        environments::cases(),
        github::cases(),
        half_open::cases(),
        health_checks::cases(),
        history::cases(),
        left_behind::cases(),
        levels::cases(),
        limits::cases(),
        planning::cases(),
        promotion::cases(),
        recovery::cases(),
        reviews::cases(),
        stages::cases(),
        suites::cases(),
        toolchains::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A schema, what it refers to, and what it asks for under conditions.
fn parts<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let referred = schema.get("$ref").and_then(Value::as_str);
    let referred = referred.map(|name| root.pointer(name.trim_start_matches('#')).unwrap());
    let branches = schema.get("allOf").and_then(Value::as_array);
    let branches = branches.into_iter().flatten();
    let branches = branches.filter_map(|branch| branch.get("then"));
    let below = referred.into_iter().chain(branches);
    let below = below.flat_map(|part| parts(root, part));
    std::iter::once(schema).chain(below).collect()
}

/// Blocks of which a component overrides any keys, which is one thing to be seen.
const OVERRIDES: [&str; 2] = ["components.*.environments", "components.*.suites"];

/// The leaves of the schema, with `*` for names.
fn leaves(root: &Value, schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    let mut is_leaf = true;
    let is_override = OVERRIDES.contains(&path);
    for part in parts(root, schema).into_iter().filter(|_| !is_override) {
        let properties = part.get("properties").and_then(Value::as_object);
        for (key, property) in properties.into_iter().flatten() {
            // `toolchains.python` is a toolchain like all others, and the two environments and
            // suites have the same keys.
            let key = match path {
                "toolchains" | "environments" | "suites" => "*",
                _ => key,
            };
            let below = match path {
                "" => key.to_owned(),
                _ => format!("{path}.{key}"),
            };
            leaves(root, property, &below, found);
            is_leaf = false;
        }
        for (below, mark) in [("additionalProperties", ".*"), ("items", "[]")] {
            if let Some(below) = part.get(below).filter(|below| below.is_object()) {
                leaves(root, below, &format!("{path}{mark}"), found);
                is_leaf = false;
            }
        }
    }
    if is_leaf {
        found.insert(path.trim_end_matches("[]").to_owned());
    }
}

/// The keys that are not yet in effect, as the program tells them about a file that sets every key.
fn told() -> Vec<String> {
    let file = include_str!("../../fixtures/config/every_key.yaml");
    let policy = spec2prod::config::load_text(file, "workflow_config.yaml").unwrap();
    let remarks = policy.not_in_effect.iter();
    remarks
        .map(|remark| remark.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_key_in_effect_has_a_case() {
    let schema = spec2prod::config::schema();
    let mut keys = BTreeSet::new();
    leaves(&schema, &schema, "", &mut keys);
    let told = told();
    keys.retain(|key| {
        let is_below = |told: &String| key == told || key.starts_with(&format!("{told}."));
        !told.iter().any(is_below)
    });
    let with_case: BTreeSet<String> = cases().into_iter().map(|case| case.key).collect();
    let without: Vec<_> = keys.difference(&with_case).collect();
    assert!(without.is_empty(), "keys without a case: {without:#?}");
    let unknown: Vec<_> = with_case.difference(&keys).collect();
    assert!(
        unknown.is_empty(),
        "cases without a key in effect: {unknown:#?}"
    );
    assert!(keys.len() > 100, "{}", keys.len());
}
