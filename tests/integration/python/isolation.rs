//! Tools read the judged repository and import nothing of it, and what they say has to fit together.

use crate::support::Repository;
use std::{fs, os::unix::fs::PermissionsExt as _};

/// A vulnerability and an error of types.
const BAD: &str = "\"\"\"Calls.\"\"\"\n\nimport subprocess\n\n\ndef call(text: str) -> str:\n    \"\"\"Call.\"\"\"\n    \
                   return subprocess.call(text, shell=True)\n";

/// Packages by the names of tools that find nothing, below this folder.
fn write_impostors(repository: &Repository, folder: &str) {
    let bandit = "import sys\n\n\ndef main() -> None:\n    report = sys.argv[sys.argv.index(\"--output\") + 1]\n    \
                  text = '{\"errors\": [], \"metrics\": {\"src/shop/a.py\": {}}, \"results\": []}'\n    \
                  open(report, \"w\").write(text)\n";
    for (file, text) in [
        ("bandit/__init__.py", ""),
        ("bandit/cli/__init__.py", ""),
        ("bandit/cli/main.py", bandit),
        ("mypy/__init__.py", ""),
        (
            "mypy/__main__.py",
            "def console_entry() -> None:\n    pass\n",
        ),
    ] {
        repository.write(&format!("{folder}{file}"), text);
    }
}

#[test]
fn a_package_with_the_name_of_a_tool_is_not_the_tool() {
    for (folder, path) in [("", None), ("src/", None), ("vendored/", Some("vendored"))] {
        let repository = Repository::with_shop();
        repository.write("mypy.ini", "[mypy]\n");
        repository.write("src/shop/more.py", BAD);
        write_impostors(&repository, folder);
        let root = repository.path().to_path_buf();
        let repository = match path {
            Some(path) => repository.variable("PYTHONPATH", &root.join(path).to_string_lossy()),
            None => repository,
        };
        repository
            .judge("shop", &["security", "type_checking"])
            .expect("security", "failed")
            .expect("type_checking", "failed");
    }
}

#[test]
fn modules_with_names_of_the_standard_library_trouble_no_tool() {
    let repository = Repository::with_shop();
    for file in [
        "src/queue.py",
        "src/yaml/__init__.py",
        "src/logging/__init__.py",
        "json.py",
        "pip/__init__.py",
    ] {
        repository.write(
            file,
            "\"\"\"Its own.\"\"\"\n\nraise ImportError(\"not for tools\")\n",
        );
    }
    let gates = ["linting", "type_checking", "security"];
    let judged = repository.judge("shop", &gates);
    for gate in gates {
        judged.expect(gate, "passed");
    }
}

#[test]
fn type_checkers_find_what_lies_beside_the_component() {
    const ONE: &str =
        "\"\"\"One.\"\"\"\n\n\ndef one() -> int:\n    \"\"\"One.\"\"\"\n    return 1\n";
    for (component, source, other, import) in [
        ("b", "libs/b/__init__.py", "libs/a/__init__.py", "a"),
        ("b", "src/b/__init__.py", "src/a/inner.py", "a.inner"),
        ("b", "src/b/more.py", "src/b/inner.py", "b.inner"),
    ] {
        let repository = Repository::new();
        let text = format!("\"\"\"Two.\"\"\"\n\nfrom {import} import one\n\nVALUE: str = one()\n");
        repository.write(source, text);
        repository.write(other, ONE);
        let folder = source.rsplit_once('/').unwrap().0;
        repository.write(
            "workflow_config.yaml",
            format!("components:\n  {component}: {{ path: {folder} }}\n"),
        );
        let judged = repository.judge(component, &["type_checking"]);
        judged.expect("type_checking", "failed");
        // That the type is known is seen by the error that it makes.
        let expected = format!("reportAssignmentType {source}");
        assert_eq!(judged.findings("type_checking"), [expected]);
    }
}

/// A tool in the project's environment that is a script of the test's own.
fn with_stub(program: &str, script: &str) -> Repository {
    let repository = Repository::with_shop()
        .without_active_environment()
        .without_installing();
    repository.make_environment(".venv", &[]);
    let file = repository.path().join(".venv/bin").join(program);
    fs::remove_file(&file).unwrap();
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    repository
}

#[test]
fn the_exit_status_of_a_tool_and_its_report_have_to_agree() {
    const PYRIGHT: &str = r#"echo '{"generalDiagnostics": [], "summary": {"filesAnalyzed": 1, "errorCount": 0}}'; exit 1"#;
    const COUNT: &str =
        r#"echo '{"generalDiagnostics": [], "summary": {"filesAnalyzed": 1, "errorCount": 3}}'"#;
    const RUFF: &str = "if [ \"$1\" = check ]; then echo '[]'; exit 1; fi";
    const CLAIM: &str = r#"echo '{"file": "src/shop/a.py", "line": 1, "column": 1, "message": "no", "hint": null, "code": "misc", "severity": "error"}'"#;
    const CRASH: &str = "echo \"ModuleNotFoundError: No module named 'pbr'\" >&2; exit 1";
    for (program, script, gate, verdict) in [
        ("ruff", RUFF, "linting", "errored tool_crashed"),
        ("pyright", PYRIGHT, "type_checking", "errored tool_crashed"),
        (
            "pyright",
            COUNT,
            "type_checking",
            "errored report_unreadable",
        ),
        ("mypy", "exit 1", "type_checking", "errored tool_crashed"),
        ("mypy", CLAIM, "type_checking", "errored report_unreadable"),
        ("bandit", CRASH, "security", "errored tool_crashed"),
        ("bandit", "exit 0", "security", "no_data report_missing"),
        (
            "detect-secrets",
            "exit 0",
            "security",
            "no_data report_stale",
        ),
    ] {
        let repository = with_stub(program, script);
        if program == "mypy" {
            repository.write("mypy.ini", "[mypy]\n");
        }
        repository.write(
            ".secrets.baseline",
            r#"{"version": "1.5.0", "plugins_used": [{"name": "AWSKeyDetector"}], "filters_used": [], "results": {}}"#,
        );
        let judged = repository.judge("shop", &[gate]);
        assert_eq!(judged.verdict(gate), verdict, "{program}: {script}");
        if script == CRASH {
            let reason = judged.reason(gate);
            assert!(reason.contains("No module named 'pbr'"), "{reason}");
        }
    }
}
