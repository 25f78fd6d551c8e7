//! Where the tools come from, and what is said where they do not.

use crate::support::{Repository, tools};
use std::{fs, os::unix::fs::symlink};

const TESTS: &[&str] = &["test_pass_rate", "test_coverage"];

/// The shop without an active environment, with nothing installed.
fn shop() -> Repository {
    Repository::with_shop()
        .without_active_environment()
        .without_installing()
}

#[test]
fn an_environment_of_the_project_is_found() {
    for folder in [".venv", "venv"] {
        let repository = shop();
        repository.make_environment(folder, &[]);
        let judged = repository.judge("shop", TESTS);
        judged
            .expect("test_pass_rate", "passed")
            .expect("test_coverage", "passed");
        let command = judged.tool("pytest")["command"].as_str().unwrap();
        let program = format!("{folder}/bin/pytest ");
        assert!(command.contains(&program), "{command}");
    }
}

#[test]
fn an_environment_that_cannot_be_used_is_named() {
    let repository = shop().variable("VIRTUAL_ENV", "/nowhere");
    let judged = repository.judge("shop", TESTS);
    judged.expect("test_pass_rate", "errored environment_failed");
    let reason = judged.reason("test_pass_rate");
    assert!(reason.contains("VIRTUAL_ENV names /nowhere"), "{reason}");

    // The next one is used, and the remark stays.
    repository.make_environment(".venv", &[]);
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(0);
    let report = repository.report("shop");
    let check = &report["stage_results"]["dependency_check"];
    assert_eq!(check["outputs"]["environment"], "virtual environment .venv");
    let warnings = check["warnings"].to_string();
    assert!(warnings.contains("VIRTUAL_ENV names /nowhere"), "{check:#}");
    let ran = repository.run(&["gates", "--component", "shop", "linting"]);
    assert!(
        ran.stdout.contains("VIRTUAL_ENV names /nowhere"),
        "{}",
        ran.stdout
    );

    let repository = shop();
    repository.make_environment(".venv", &[]);
    let python = repository.path().join(".venv/bin/python");
    fs::remove_file(&python).unwrap();
    symlink("/nowhere/python3", &python).unwrap();
    let judged = repository.judge("shop", TESTS);
    judged.expect("test_pass_rate", "errored environment_failed");
    let reason = judged.reason("test_pass_rate");
    assert!(reason.contains(".venv has no working Python"), "{reason}");
}

#[test]
fn what_an_environment_lacks_is_told_tool_by_tool() {
    let repository = shop();
    repository.make_environment(".venv", &["pytest_cov", "ruff"]);
    let judged = repository.judge("shop", &["test_pass_rate", "test_coverage", "linting"]);
    judged
        .expect("test_pass_rate", "passed")
        .expect("test_coverage", "errored tool_missing")
        .expect("linting", "errored tool_missing");
    assert!(judged.reason("test_coverage").contains("pytest-cov"));
    assert!(judged.reason("linting").contains("ruff"));
}

#[test]
fn an_environment_that_was_moved_is_told_by_its_programs() {
    let repository = shop();
    repository.make_environment(".venv", &[]);
    fs::rename(
        repository.path().join(".venv"),
        repository.path().join("venv"),
    )
    .unwrap();
    let judged = repository.judge("shop", TESTS);
    judged.expect("test_pass_rate", "errored tool_missing");
    let reason = judged.reason("test_pass_rate");
    assert!(reason.contains("interpreter in its first line"), "{reason}");
}

#[test]
fn without_python_nothing_is_installed() {
    let repository = Repository::with_shop().without_active_environment();
    let folder = repository.path().join("empty");
    fs::create_dir(&folder).unwrap();
    let repository = repository.variable("PATH", &folder.to_string_lossy());
    let judged = repository.judge("shop", TESTS);
    judged.expect("test_pass_rate", "errored tool_missing");
    assert!(
        judged
            .reason("test_pass_rate")
            .contains("no python3 on the PATH")
    );
}

#[test]
fn an_installation_that_fails_is_tried_again_and_leaves_nothing_that_would_be_used() {
    let repository = Repository::with_shop()
        .without_active_environment()
        .variable("PIP_INDEX_URL", "http://127.0.0.1:9")
        .variable("PIP_RETRIES", "1")
        .variable("UV_DEFAULT_INDEX", "http://127.0.0.1:9")
        .variable("UV_HTTP_RETRIES", "0");
    repository.write(
        "workflow_config.yaml",
        "error_recovery:\n  dependency_check: { max_retries: 1, base_delay: 0.01, max_delay: 0.02 }\n",
    );
    let ran = repository
        .run(&["run", "--component", "shop"])
        .expect_status(3);
    let report = repository.report("shop");
    let reason = &report["stage_results"]["testing"]["quality_gates"]["test_pass_rate"]["reason"];
    assert_eq!(reason["code"], "environment_failed", "{reason:#}");
    let message = reason["message"].as_str().unwrap();
    assert!(message.contains("Connection refused"), "{message}");
    // Looking for dependencies, older versions of pip take a newer release than the pinned one.
    let pinned = "--no-deps --require-hashes";
    assert!(message.contains(pinned), "{message}");
    // It is the reason of every gate, and said once.
    let said = ran.stdout.matches("Connection refused").count();
    assert_eq!(said, 1, "{}", ran.stdout);
    let cache = repository.path().join(".spec2prod/cache/python");
    let finished = fs::read_dir(cache)
        .unwrap()
        .map(|entry| entry.unwrap().path().join(".complete"))
        .filter(|done| done.exists());
    assert_eq!(finished.count(), 0);
}

/// A uv project, with uv on the path and no network.
fn uv_project() -> Repository {
    let repository = shop().variable("UV_OFFLINE", "1");
    repository.write(
        "pyproject.toml",
        "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n\n[tool.uv]\npackage = false\n",
    );
    repository.write(
        "uv.lock",
        "version = 1\nrevision = 3\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"shop\"\nversion = \"1\"\nsource = { virtual = \".\" }\n",
    );
    let programs = repository.path().join(".programs");
    fs::create_dir(&programs).unwrap();
    fs::write(programs.join(".gitignore"), "*\n").unwrap();
    symlink(tools().join("bin/uv"), programs.join("uv")).unwrap();
    let path = std::env::var("PATH").unwrap();
    repository.variable("PATH", &format!("{}:{path}", programs.display()))
}

#[test]
fn a_uv_project_is_run_by_uv_and_stays_as_it_is() {
    // Another environment being active does not matter.
    let repository = uv_project().variable("VIRTUAL_ENV", &tools().to_string_lossy());
    repository.make_environment(".venv", &[]);
    repository.commit();
    let judged = repository.judge("shop", &["test_pass_rate", "test_coverage", "linting"]);
    for gate in ["test_pass_rate", "test_coverage", "linting"] {
        judged.expect(gate, "passed");
    }
    let command = judged.tool("pytest")["command"].as_str().unwrap();
    assert!(
        command.contains("uv run --no-sync --no-progress -- pytest "),
        "{command}"
    );
    assert_eq!(repository.changes(), Vec::<String>::new());
}

#[test]
fn a_member_of_a_uv_workspace_uses_the_environment_of_the_workspace() {
    let repository = uv_project();
    repository.write(
        "members/cart/pyproject.toml",
        "[project]\nname = \"cart\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n\n[tool.uv]\npackage = false\n",
    );
    repository.write("members/cart/src/cart/__init__.py", "ONE = 1\n");
    repository.write(
        "members/cart/tests/test_cart.py",
        "from cart import ONE\n\n\ndef test_one() -> None:\n    assert ONE == 1\n",
    );
    let root = repository.read("pyproject.toml");
    repository.write(
        "pyproject.toml",
        format!("{root}\n[tool.uv.workspace]\nmembers = [\"members/*\"]\n"),
    );
    repository.write(
        "workflow_config.yaml",
        "stages:\n  dependency_check: { install: false }\n\
         components:\n  cart: { path: members/cart/src/cart, tests: [members/cart/tests] }\n",
    );
    repository.make_environment(".venv", &[]);
    repository
        .judge("cart", TESTS)
        .expect("test_pass_rate", "passed")
        .expect("test_coverage", "passed");
}

#[test]
fn an_environment_that_uv_could_not_finish_is_not_left_behind() {
    let repository = uv_project();
    let lock = repository.read("uv.lock");
    let dependency = "dependencies = [{ name = \"absent\" }]\n\n[[package]]\nname = \"absent\"\nversion = \"1\"\n\
        source = { registry = \"http://127.0.0.1:9/simple\" }\nwheels = [{ url = \"http://127.0.0.1:9/absent-1-py3-none-any.whl\", \
        hash = \"sha256:0000000000000000000000000000000000000000000000000000000000000000\" }]\n";
    repository.write("uv.lock", format!("{lock}{dependency}"));
    repository.write(
        "workflow_config.yaml",
        "error_recovery:\n  dependency_check: { max_retries: 0 }\n",
    );
    repository.commit();
    let judged = repository.judge("shop", TESTS);
    judged.expect("test_pass_rate", "errored environment_failed");
    let reason = judged.reason("test_pass_rate");
    assert!(reason.contains("absent"), "{reason}");
    assert!(!repository.path().join(".venv").exists());
    assert_eq!(repository.changes(), Vec::<String>::new());
}

#[test]
fn a_uv_project_without_an_environment_says_what_to_do() {
    let repository = uv_project();
    let judged = repository.judge("shop", TESTS);
    judged.expect("test_pass_rate", "errored environment_failed");
    let remedy = &judged.gate("test_pass_rate")["reason"]["remedy"];
    assert!(remedy.as_str().unwrap().contains("uv sync"), "{remedy}");
}
