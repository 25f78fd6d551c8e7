//! `components`: where a component's parts are, and what judges it.

use super::{
    Case, SPECIFICATION, check, configure, nested, run, script, with_commands, with_python,
};
use crate::support::Repository;
use serde_json::{Value, json};

/// A component with two of everything.
fn twofold() -> Repository {
    let repository = with_commands(&[json!({
        "name": "check",
        "command": ["sh", "check.sh", "{path}"],
        "evidence": ["tests"],
        "report": { "format": "exit_status" },
    })]);
    repository.write("check.sh", "test -f \"$1/good\"\n");
    repository.write("lib/good", "");
    repository.write("bad/a.txt", "");
    repository.write("documents/thing.md", SPECIFICATION);
    let other =
        json!({ "type": "command", "commands": [script("other", "tests", "junit", "check.sh")] });
    configure(&repository, &json!({ "toolchains": { "other": other } }));
    repository
}

fn with_two_test_folders() -> Repository {
    let repository = with_python();
    for folder in ["one", "two"] {
        repository.write(
            &format!("{folder}/test_{folder}.py"),
            "def test_it() -> None:\n    assert True\n",
        );
    }
    repository
}

/// The command of a tool.
fn command(report: &Value, tool: &str) -> String {
    let tools = report["tools"].as_array().unwrap();
    let tool = tools.iter().find(|run| run["tool"] == tool).unwrap();
    tool["command"].as_str().unwrap().to_owned()
}

pub(super) fn cases() -> Vec<Case> {
    let case =
        |key: &str, repository, values: [Value; 2], observe: fn(&Repository) -> Value, expected| {
            let key = format!("components.*.{key}");
            let settings = values.map(|value| nested(&key, value));
            Case::new(key, repository, settings, observe, expected)
        };
    vec![
        case(
            "path",
            twofold as fn() -> Repository,
            [json!("lib"), json!("bad")],
            |repository| run(repository, "dev")["exit_status"].clone(),
            [json!(0), json!(1)],
        ),
        case(
            "tests",
            with_two_test_folders,
            [json!(["one"]), json!(["one", "two"])],
            |repository| {
                let command = command(&run(repository, "dev"), "pytest");
                json!(command.ends_with("two") || command.contains("two "))
            },
            [json!(false), json!(true)],
        ),
        case(
            "spec",
            twofold,
            [json!("specs/thing.md"), json!("documents/thing.md")],
            |repository| {
                run(repository, "dev")["stage_results"]["specification"]["outputs"]["file"].clone()
            },
            [json!("specs/thing.md"), json!("documents/thing.md")],
        ),
        case(
            "toolchain",
            twofold,
            [json!("scripts"), json!("other")],
            |repository| run(repository, "dev")["tools"][0]["tool"].clone(),
            [json!("check"), json!("other")],
        ),
    ]
}

#[test]
fn a_component_is_what_the_file_says() {
    check(&cases());
}
