//! Each reason for which a component is judged.

use super::{components, kinds, planned, three};
use crate::support::Repository;
use serde_json::json;
use std::fs;

#[test]
fn nothing_changed_is_success_and_said() {
    let repository = three();
    let plan = planned(&repository, &["--base", "HEAD"]);
    assert_eq!(plan["components"], json!([]));
    assert_eq!(plan["matrix"], json!({ "include": [] }));
    assert_eq!(plan["changed_files"], 0);
    assert_eq!(plan["base"], repository.git(&["rev-parse", "HEAD"]));
    let text = repository.run(&["plan", "--base", "HEAD"]).expect_status(0);
    assert!(
        text.stdout
            .starts_with("nothing to do: no change concerns any of 3 components"),
        "{}",
        text.stdout
    );
    repository.write("README.md", "# Changed\n");
    repository.commit_all();
    assert!(components(&repository, &["--base", "HEAD~1"]).is_empty());
}

#[test]
fn sources_tests_and_specification_are_reasons_of_their_own() {
    let repository = three();
    repository.write("src/a/new.py", "x = 1\n");
    repository.write("tests/b/test_b.py", "x = 2\n");
    repository.write("specs/c.md", "# Changed\n");
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    assert_eq!(kinds(&plan, "a"), ["sources"]);
    assert_eq!(kinds(&plan, "b"), ["tests"]);
    assert_eq!(kinds(&plan, "c"), ["specification"]);
    assert_eq!(
        plan["reasons"]["a"],
        json!([{ "kind": "sources", "message": "its sources changed: src/a/new.py", "file": "src/a/new.py", "files": 1 }])
    );
}

#[test]
fn what_was_deleted_concerned_its_component() {
    let repository = three();
    repository.write("tests/test_a_more.py", "x = 1\n");
    repository.commit_all();
    for (file, kind) in [
        ("src/a/__init__.py", "sources"),
        ("tests/a/test_a.py", "tests"),
        ("tests/test_a_more.py", "tests"),
        ("specs/a.md", "specification"),
    ] {
        // The component stays one by its other files.
        repository.write("src/a/other.py", "x = 1\n");
        repository.commit_all();
        repository.delete(file);
        repository.commit_all();
        let plan = planned(&repository, &["--base", "HEAD~1"]);
        assert_eq!(kinds(&plan, "a"), [kind], "{file}");
        repository.git(&["revert", "--no-edit", "HEAD"]);
    }
}

#[test]
fn a_renamed_file_concerns_the_old_place_and_the_new_one() {
    let repository = three();
    repository.write(
        "src/a/moved.py",
        "a = 'long enough to be told as a rename'\n".repeat(9),
    );
    repository.commit_all();
    repository.git(&["mv", "src/a/moved.py", "src/b/moved.py"]);
    repository.commit_all();
    assert_eq!(components(&repository, &["--base", "HEAD~1"]), ["a", "b"]);
}

#[test]
fn a_component_that_is_gone_is_named_as_removed() {
    let repository = three();
    repository.git(&["rm", "-r", "--quiet", "src/b", "tests/b", "specs/b.md"]);
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    assert_eq!(plan["components"], json!([]));
    assert_eq!(plan["removed"], json!(["b"]));
    let text = repository
        .run(&["plan", "--base", "HEAD~1"])
        .expect_status(0);
    assert!(text.stdout.contains("\nremoved: b"), "{}", text.stdout);

    // By the configuration of the base, where that names them.
    repository.write(
        "workflow_config.yaml",
        "components: {a: {}, c: {path: src/c}}\n",
    );
    repository.commit_all();
    repository.write("workflow_config.yaml", "components: {a: {}}\n");
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    assert_eq!(plan["removed"], json!(["c"]));
    assert_eq!(kinds(&plan, "a"), ["configuration"]);
}

#[test]
fn the_configuration_and_shared_files_concern_all() {
    let repository = three();
    repository.write("pyproject.toml", "[project]\nname = \"four\"\n");
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    assert_eq!(plan["components"], json!(["a", "b", "c"]));
    assert_eq!(kinds(&plan, "b"), ["shared_path"]);

    repository.write("workflow_config.yaml", "version: 1\n");
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    assert_eq!(kinds(&plan, "c"), ["configuration"]);
    repository.delete("workflow_config.yaml");
    repository.commit_all();
    assert_eq!(components(&repository, &["--base", "HEAD~1"]).len(), 3);

    // Another file by name: the usual one is then a file like any other.
    repository.write("workflow_config.yaml", "version: 1\n");
    repository.write("rules/own.yaml", "version: 1\n");
    repository.commit_all();
    repository.write("workflow_config.yaml", "version: 1.0\n");
    repository.commit_all();
    let own = ["--base", "HEAD~1", "--config", "rules/own.yaml"];
    assert!(components(&repository, &own).is_empty());
    repository.write("rules/own.yaml", "version: 1.0\n");
    repository.commit_all();
    assert_eq!(components(&repository, &own).len(), 3);
}

#[test]
fn dependencies_are_followed() {
    let repository = three();
    repository.write(
        "workflow_config.yaml",
        "components: {a: {depends_on: [b]}, b: {depends_on: [c]}, c: {}}\n",
    );
    repository.commit_all();
    repository.write("src/c/x.py", "x = 1\n");
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    assert_eq!(plan["components"], json!(["a", "b", "c"]));
    assert_eq!(
        plan["reasons"]["a"][0]["message"],
        "it depends on c, which changed: a → b → c"
    );
    repository.write("src/a/x.py", "x = 1\n");
    repository.commit_all();
    assert_eq!(components(&repository, &["--base", "HEAD~1"]), ["a"]);
}

#[test]
fn a_component_whose_parts_are_gone_is_judged() {
    let repository = three();
    repository.write(
        "workflow_config.yaml",
        "components: {a: {path: lib/gone}, b: {}}\n",
    );
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD"]);
    assert_eq!(plan["components"], json!(["a"]));
    assert_eq!(kinds(&plan, "a"), ["unclear"]);
}

#[test]
fn a_component_behind_a_link_or_in_a_submodule_is_concerned() {
    let repository = three();
    repository.write("packages/tool/main.py", "x = 1\n");
    std::os::unix::fs::symlink("../packages/tool", repository.path().join("src/linked")).unwrap();
    let other = Repository::new();
    other.write("inner/__init__.py", "x = 1\n");
    other.commit();
    let address = other.path().to_string_lossy().into_owned();
    repository.git(&["submodule", "--quiet", "add", &address, "vendor"]);
    repository.write(
        "workflow_config.yaml",
        "components: {linked: {path: src/linked}, sub: {path: vendor/inner}, a: {}}\n",
    );
    repository.commit_all();
    repository.write("packages/tool/main.py", "x = 2\n");
    repository.commit_all();
    assert_eq!(components(&repository, &["--base", "HEAD~1"]), ["linked"]);

    other.write("inner/more.py", "x = 1\n");
    other.commit_all();
    repository.git(&["-C", "vendor", "pull", "--quiet"]);
    repository.commit_all();
    assert_eq!(components(&repository, &["--base", "HEAD~1"]), ["sub"]);
}

#[test]
fn files_may_have_any_name() {
    let repository = three();
    let names = [
        "line\nbreak.py",
        "::error::x.py",
        "\"quoted\" 'x'.py",
        "ünï 日本.py",
        "$(touch x) `y` | z.py",
        "##[add-mask]x\u{1b}[31m.py",
        " blank .py",
    ];
    for name in names {
        repository.write(&format!("src/b/{name}"), "x = 1\n");
    }
    let bytes = std::ffi::OsStr::new("src/b");
    let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff\xfe.py");
    fs::write(repository.path().join(bytes).join(odd), "x = 1\n").unwrap();
    let not_committed = planned(&repository, &["--base", "HEAD"]);
    repository.commit_all();
    let plan = planned(&repository, &["--base", "HEAD~1"]);
    for plan in [not_committed, plan] {
        assert_eq!(plan["components"], json!(["b"]));
        assert_eq!(plan["changed_files"], names.len() + 1);
    }
    let text = repository
        .run(&["plan", "--base", "HEAD~1"])
        .expect_status(0);
    assert_eq!(text.stdout.lines().count(), 2, "{}", text.stdout);
    assert!(!text.stdout.contains(['\u{1b}']) && !text.stdout.contains("##["));
}
