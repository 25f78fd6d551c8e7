//! Where teams keep sources and tests.

use super::BROKEN;
use crate::support::Repository;

const SOURCE: &str =
    "\"\"\"One.\"\"\"\n\n\ndef one() -> int:\n    \"\"\"One.\"\"\"\n    return 1\n";

/// A test of [`SOURCE`] in this module.
fn test_of(module: &str) -> String {
    format!("from {module} import one\n\n\ndef test_one() -> None:\n    assert one() == 1\n")
}

const ALL: [&str; 5] = [
    "test_pass_rate",
    "test_coverage",
    "linting",
    "type_checking",
    "security",
];

/// Judges a component and checks that every gate passes with all lines covered.
#[track_caller]
fn expect_all(repository: &Repository, component: &str) {
    repository.commit();
    let judged = repository.judge(component, &ALL);
    for gate in ALL {
        judged.expect(gate, "passed");
    }
    assert!((judged.number("test_coverage") - 100.0).abs() < 0.01);
    for tool in [
        "pytest",
        "ruff check",
        "ruff format",
        "pyright",
        "bandit",
        "detect-secrets",
    ] {
        assert_eq!(judged.attempts(tool), 1, "{tool}");
    }
    assert_eq!(repository.changes(), Vec::<String>::new());
}

#[test]
fn packages_modules_and_their_tests_are_found() {
    // Sources, tests, the module that the tests import.
    for (source, test, module) in [
        (
            "src/validation/__init__.py",
            "tests/validation/test_it.py",
            "validation",
        ),
        (
            "src/validation.py",
            "tests/test_validation.py",
            "validation",
        ),
        (
            "validation/__init__.py",
            "tests/test_validation_more.py",
            "validation",
        ),
        (
            "src/validation/inner.py",
            "tests/test_validator.py",
            "validation.inner",
        ),
    ] {
        let repository = Repository::new();
        repository.write(source, SOURCE);
        repository.write(test, test_of(module));
        // Another component, whose tests are none of this one's.
        repository.write("src/other/__init__.py", SOURCE);
        repository.write("tests/test_other.py", BROKEN);
        expect_all(&repository, "validation");
    }
}

#[test]
fn a_project_in_a_folder_has_its_own_root_and_settings() {
    let repository = Repository::new();
    repository.write(
        "services/api/pyproject.toml",
        "[tool.ruff.lint]\nselect = [\"F\"]\n",
    );
    repository.write("services/api/src/api/__init__.py", SOURCE);
    repository.write("services/api/tests/test_api.py", test_of("api"));
    repository.write(
        "workflow_config.yaml",
        "components:\n  api: { path: services/api/src/api, tests: [services/api/tests] }\n",
    );
    expect_all(&repository, "api");
    repository.write("services/api/tests/test_broken.py", BROKEN);
    let judged = repository.judge("api", &["test_pass_rate"]);
    assert_eq!(
        judged.findings("test_pass_rate"),
        ["failed services/api/tests/test_broken.py"]
    );
}

#[test]
fn a_component_can_be_the_whole_repository() {
    let repository = Repository::new();
    repository.write("app.py", SOURCE);
    repository.write("tests/test_app.py", test_of("app"));
    repository.write("README.md", "# App\n\n```python\nx=1\n```\n");
    repository.write(
        "workflow_config.yaml",
        "components:\n  app: { path: ., tests: [tests] }\n",
    );
    // Nobody's sources: an environment, and what an earlier run left.
    repository.make_environment("venv", &[]);
    repository.write("venv/lib/broken.py", "import os\ndef f(:\n");
    repository.run(&["run", "--component", "app", "--target", "dev"]);
    expect_all(&repository, "app");

    // Put together here, so that no scanner of this repository stumbles over it.
    let key = format!("KEY = \"AKIA{}\"\n", "ABCDEFGHIJKLMNOP");
    for file in ["deploy/settings.cfg", ".github/workflows/ci.yml"] {
        repository.write(file, &key);
        let judged = repository.judge("app", &["security"]);
        judged.expect("security", "failed");
        assert_eq!(
            judged.findings("security"),
            [format!("AWS Access Key {file}")]
        );
        repository.write(file, "");
    }
}

#[test]
fn tests_can_lie_beside_the_code() {
    let repository = Repository::new();
    repository.write("src/beside/__init__.py", SOURCE);
    repository.write("src/beside/test_beside.py", test_of("beside"));
    repository.write(
        "workflow_config.yaml",
        "components:\n  beside: { path: src/beside, tests: [src/beside] }\n",
    );
    expect_all(&repository, "beside");
}

#[test]
fn what_the_run_was_started_with_stays_on_the_path() {
    let repository = Repository::with_shop();
    repository.write("vendored/helper.py", SOURCE);
    repository.write("tests/shop/test_helper.py", test_of("helper"));
    let vendored = repository.path().join("vendored");
    let repository = repository.variable("PYTHONPATH", &vendored.to_string_lossy());
    repository
        .judge("shop", &["test_pass_rate"])
        .expect("test_pass_rate", "passed");
}
