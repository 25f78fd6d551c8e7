//! ruff, the type checkers, bandit and detect-secrets, with the settings that projects give them.

use crate::support::{Repository, tools};
use std::process::Command;

/// Put together here, so that no scanner of this repository stumbles over it.
fn secret() -> String {
    format!(
        "\"\"\"Keys.\"\"\"\n\nKEY = \"AKIA{}\"\n",
        "ABCDEFGHIJKLMNOP"
    )
}

/// The shop with a file.
fn with(file: &str, text: &str) -> Repository {
    let repository = Repository::with_shop();
    repository.write(file, text);
    repository
}

#[test]
fn ruff_obeys_the_projects_settings() {
    let code = "\"\"\"Unused.\"\"\"\n\nimport os\n";
    let judged = with("src/shop/more.py", code).judge("shop", &["linting"]);
    judged.expect("linting", "failed");
    assert_eq!(judged.findings("linting"), ["F401 src/shop/more.py"]);

    for (file, text) in [
        ("ruff.toml", "[lint]\nignore = [\"F401\"]\n"),
        ("pyproject.toml", "[tool.ruff.lint]\nignore = [\"F401\"]\n"),
    ] {
        let repository = with("src/shop/more.py", code);
        repository.write(file, text);
        repository
            .judge("shop", &["linting"])
            .expect("linting", "passed");
    }
    let unnoticed = code.replace("import os", "import os  # noqa: F401");
    with("src/shop/more.py", &unnoticed)
        .judge("shop", &["linting"])
        .expect("linting", "passed");
}

#[test]
fn the_format_is_the_projects_own() {
    // The preview style would put the bracket of the list beside that of the call.
    let stable = "\"\"\"Calls.\"\"\"\n\n\ndef call(items: list[int]) -> object:\n    \"\"\"Call.\"\"\"\n    return call(\n        \
                  [\n            1111111111111111111111111111111,\n            22222222222222222222222222222222222222222222222222222,\n        ]\n    )\n";
    let repository = with("src/shop/more.py", stable);
    repository
        .judge("shop", &["linting"])
        .expect("linting", "passed");
    repository.write("ruff.toml", "[format]\npreview = true\n");
    let judged = repository.judge("shop", &["linting"]);
    assert_eq!(judged.findings("linting"), ["unformatted src/shop/more.py"]);
}

#[test]
fn what_cannot_be_parsed_is_found_by_everyone() {
    let judged = with("src/shop/broken.py", "def f(:\n").judge(
        "shop",
        &["linting", "type_checking", "security", "complexity"],
    );
    for gate in ["linting", "type_checking", "security"] {
        judged.expect(gate, "failed");
        let findings = judged.findings(gate);
        assert!(
            findings
                .iter()
                .all(|finding| finding.ends_with(" src/shop/broken.py")),
            "{findings:?}"
        );
    }
    judged.expect("complexity", "errored report_unreadable");
}

#[test]
fn zero_files_are_no_evidence() {
    let repository = with("pyproject.toml", "[tool.ruff]\ninclude = [\"*.pyi\"]\n");
    repository
        .judge("shop", &["linting"])
        .expect("linting", "no_data report_empty");
    with(
        "pyproject.toml",
        "[tool.bandit]\nexclude_dirs = [\"src\"]\n",
    )
    .judge("shop", &["security"])
    .expect("security", "no_data report_empty");
    with("pyrightconfig.json", "{\"exclude\": [\"src\"]}")
        .judge("shop", &["type_checking"])
        .expect("type_checking", "no_data report_empty");
    with("mypy.ini", "[mypy]\nexclude = src\n")
        .judge("shop", &["type_checking"])
        .expect("type_checking", "errored tool_crashed");
}

/// Every way to keep ruff from the component's sources while it looks at their tests.
#[test]
fn a_linter_that_saw_no_source_file_says_nothing_about_the_component() {
    for (file, text) in [
        ("pyproject.toml", "[tool.ruff.lint]\nexclude = [\"*\"]\n"),
        (
            "pyproject.toml",
            "[tool.ruff.lint]\nexclude = [\"src/**\"]\n",
        ),
        (
            "pyproject.toml",
            "[tool.ruff]\ninclude = [\"tests/**/*.py\"]\n",
        ),
        (
            "ruff.toml",
            "force-exclude = true\nextend-exclude = [\"src\"]\n",
        ),
        ("src/shop/ruff.toml", "exclude = [\"*\"]\n"),
        ("pyproject.toml", "[tool.ruff.format]\nexclude = [\"*\"]\n"),
        ("ruff.toml", "[format]\nexclude = [\"src/**\"]\n"),
    ] {
        let judged = with(file, text).judge("shop", &["linting"]);
        judged.expect("linting", "no_data report_empty");
        let reason = judged.reason("linting");
        let words = "looked at none of the 1 source file in src/shop";
        assert!(reason.contains(words), "{file} {text}: {reason}");
    }
}

#[test]
fn source_files_that_a_tool_left_out_are_named() {
    let left_out = |tool: &str| {
        format!("{tool} did not look at 1 of 2 source files, the first is src/shop/more.py; see ")
    };
    for (text, gate, tool) in [
        (
            "[tool.ruff.lint]\nexclude = [\"more.py\"]\n",
            "linting",
            "ruff check",
        ),
        (
            "[tool.ruff.format]\nexclude = [\"more.py\"]\n",
            "linting",
            "ruff format",
        ),
        (
            "[tool.bandit]\nexclude_dirs = [\"more.py\"]\n",
            "security",
            "bandit",
        ),
    ] {
        let repository = with("src/shop/more.py", "\"\"\"More.\"\"\"\n");
        repository.write("pyproject.toml", text);
        let judged = repository.judge("shop", &[gate]);
        judged.expect(gate, "passed");
        let notes = judged.gate(gate)["warnings"].as_array().unwrap();
        let [note] = &notes[..] else {
            panic!("{notes:?}");
        };
        assert!(
            note.as_str().unwrap().starts_with(&left_out(tool)),
            "{note}"
        );
    }
}

#[test]
fn what_git_tracks_is_judged_whatever_it_ignores() {
    let code =
        "\"\"\"Unused.\"\"\"\n\nimport os\n\n\ndef f(a: int) -> int:\n    return 1 if a else 2\n";
    for ignored in ["more.py\n", "src/\n", "*.py\n"] {
        let repository = with("src/shop/more.py", code);
        repository.commit();
        repository.write(".gitignore", ignored);
        let judged = repository.judge("shop", &["linting", "documentation"]);
        judged.expect("linting", "failed");
        assert_eq!(judged.findings("linting"), ["F401 src/shop/more.py"]);
        let findings = judged.findings("documentation");
        let is_read = |finding: &String| finding.ends_with(" src/shop/more.py");
        assert!(findings.iter().any(is_read), "{ignored}: {findings:?}");
    }
}

#[test]
fn settings_that_a_tool_refuses_are_its_own_failure() {
    for (file, text, gate, words) in [
        (
            "ruff.toml",
            "[lint]\nselect = [\"NOPE999\"]\n",
            "linting",
            "NOPE999",
        ),
        (
            "pyrightconfig.json",
            "{ nope",
            "type_checking",
            "could not be parsed",
        ),
        (
            "mypy.ini",
            "[mypy]\nplugins = nope\n",
            "type_checking",
            "nope",
        ),
        (
            "pyproject.toml",
            "[tool.bandit]\ntests = [\"B999\"]\n",
            "security",
            "B999",
        ),
    ] {
        let judged = with(file, text).judge("shop", &[gate]);
        judged.expect(gate, "errored tool_crashed");
        let reason = judged.reason(gate);
        assert!(reason.contains(words), "{file}: {reason}");
    }
}

#[test]
fn the_type_checker_is_the_projects_own() {
    let code = "\"\"\"Types.\"\"\"\n\nVALUE: int = \"one\"\n";
    let requirements = "[dependency-groups]\ndev = [\"mypy>=1\", \"pytest\"]\n";
    for (file, text, checker) in [
        ("notes.txt", "", "pyright"),
        ("mypy.ini", "[mypy]\n", "mypy"),
        (
            "setup.cfg",
            "[metadata]\nname = shop\n\n[mypy]\nstrict = True\n",
            "mypy",
        ),
        ("pyproject.toml", "[tool.mypy]\nstrict = true\n", "mypy"),
        ("pyproject.toml", requirements, "mypy"),
        ("pyproject.toml", "[tool.basedpyright]\n", "basedpyright"),
        (
            "workflow_config.yaml",
            "toolchains:\n  python: { type_checker: basedpyright }\n",
            "basedpyright",
        ),
    ] {
        let repository = with("src/shop/more.py", code);
        repository.write(file, text);
        // Types of tests are not the component's.
        repository.write("tests/shop/test_types.py", "VALUE: int = \"one\"\n");
        let judged = repository.judge("shop", &["type_checking"]);
        judged.expect("type_checking", "failed");
        assert_eq!(judged.attempts(checker), 1, "{file}: {text}");
        let findings = judged.findings("type_checking");
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].ends_with(" src/shop/more.py"), "{findings:?}");
    }
}

#[test]
fn bandit_obeys_the_projects_settings() {
    let code = "\"\"\"Calls.\"\"\"\n\nimport subprocess\n\n\ndef call(text: str) -> int:\n    \"\"\"Call.\"\"\"\n    \
                return subprocess.call(text, shell=True)\n";
    let repository = with("src/shop/more.py", code);
    repository
        .judge("shop", &["security"])
        .expect("security", "failed");
    repository.write("pyproject.toml", "[tool.bandit]\nskips = [\"B602\"]\n");
    repository
        .judge("shop", &["security"])
        .expect("security", "passed");
}

/// What detect-secrets itself says about these paths, from a folder.
fn scan(repository: &Repository, folder: &str, paths: &[&str]) -> Vec<u8> {
    let output = Command::new(tools().join("bin/detect-secrets"))
        .args(["scan", "--all-files"])
        .args(paths)
        .current_dir(repository.path().join(folder))
        .output()
        .unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn a_secret_is_found_in_sources_and_tests_whatever_git_knows() {
    for (file, is_in_git) in [
        ("src/shop/keys.py", true),
        ("src/shop/keys.py", false),
        ("tests/shop/data/keys.txt", false),
    ] {
        let repository = Repository::with_shop();
        if is_in_git {
            repository.commit();
        }
        repository.write(file, secret());
        let judged = repository.judge("shop", &["security"]);
        judged.expect("security", "failed");
        assert_eq!(
            judged.findings("security"),
            [format!("AWS Access Key {file}")]
        );
    }
}

#[test]
fn a_baseline_holds_where_it_lies() {
    // In the workspace, with a project in a folder of its own.
    let repository = Repository::new();
    repository.write("services/api/pyproject.toml", "");
    repository.write("services/api/src/api/__init__.py", secret());
    repository.write(
        "services/api/tests/test_api.py",
        "def test_a() -> None:\n    pass\n",
    );
    repository.write(
        "workflow_config.yaml",
        "components:\n  api: { path: services/api/src/api, tests: [services/api/tests] }\n",
    );
    repository.write(".secrets.baseline", scan(&repository, "", &["services"]));
    let security = || repository.judge("api", &["security"]).verdict("security");
    assert_eq!(security(), "passed");
    std::fs::remove_file(repository.path().join(".secrets.baseline")).unwrap();
    assert_eq!(security(), "failed");
    // In the project's own folder.
    let known = scan(&repository, "services/api", &["src"]);
    repository.write("services/api/.secrets.baseline", &known);
    assert_eq!(security(), "passed");
    // Another secret than the one it knows.
    repository.write(
        "services/api/src/api/more.py",
        secret().replace("ABCDEF", "FEDCBA"),
    );
    assert_eq!(security(), "failed");
    assert_eq!(
        repository.read("services/api/.secrets.baseline").as_bytes(),
        known
    );
}

#[test]
fn filters_of_the_baseline_hold() {
    let repository = with("src/shop/keys.py", &secret());
    let output = Command::new(tools().join("bin/detect-secrets"))
        .args(["scan", "--all-files", "--exclude-lines", "^KEY = ", "src"])
        .current_dir(repository.path())
        .output()
        .unwrap();
    repository.write(".secrets.baseline", output.stdout);
    repository
        .judge("shop", &["security"])
        .expect("security", "passed");
}

#[test]
fn a_baseline_that_leaves_everything_out_is_no_evidence() {
    let filter = |name: &str, pattern: &str| {
        format!(
            r#"{{"version": "1.5.0", "plugins_used": [{{"name": "AWSKeyDetector"}}], "results": {{}}, "filters_used": [
                {{"path": "detect_secrets.filters.regex.{name}", "pattern": ["{pattern}"]}}]}}"#
        )
    };
    let baselines = [
        r#"{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {}}"#.to_owned(),
        filter("should_exclude_file", ".*"),
        filter("should_exclude_file", "src/.*"),
        filter("should_exclude_line", ".*"),
        filter("should_exclude_line", "."),
        filter("should_exclude_secret", ".+"),
    ];
    for baseline in baselines {
        let repository = with("src/shop/keys.py", &secret());
        repository.write(".secrets.baseline", &baseline);
        let judged = repository.judge("shop", &["security"]);
        assert_eq!(
            judged.verdict("security"),
            "no_data report_empty",
            "{baseline}"
        );
    }
    let repository = with("src/shop/keys.py", &secret());
    repository.write(".secrets.baseline", filter("should_exclude_file", "keys"));
    let judged = repository.judge("shop", &["security"]);
    judged.expect("security", "passed");
    insta::assert_snapshot!(judged.gate("security")["warnings"], @r#"["the baseline hides what its own filters match: should_exclude_file","detect-secrets did not look at 1 of 2 source files, the first is src/shop/keys.py; see should_exclude_file in filters_used of the baseline"]"#);
}

#[test]
fn a_baseline_that_cannot_be_read_is_no_baseline() {
    for baseline in ["{ corrupt", "{}", ""] {
        let judged = with(".secrets.baseline", baseline).judge("shop", &["security"]);
        judged.expect("security", "errored report_unreadable");
        assert!(judged.reason("security").contains("baseline"));
    }
    let judged = with(
        "workflow_config.yaml",
        "toolchains:\n  python: { secrets_baseline: gone.json }\n",
    )
    .judge("shop", &["security"]);
    judged.expect("security", "errored baseline_missing");
}
