//! Auto-fix: on a person's machine it mends and measures again; in CI it offers a patch.

use crate::support::{Repository, gate};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    process::Command,
};

const ASKED: &str = "quality_gates:\n  linting: { auto_fix: true }\nstages:\n  refactoring: { auto_fix_linting: true }\n";
const UNTIDY: &str =
    "\"\"\"Untidy.\"\"\"\nimport os\n\n\ndef one( ) -> int:\n    \"\"\"One.\"\"\"\n    return 1\n";

fn untidy(settings: &str) -> Repository {
    let repository = Repository::with_shop();
    repository.write("workflow_config.yaml", settings);
    repository.write("src/shop/untidy.py", UNTIDY);
    repository.commit();
    repository
}

#[test]
fn on_a_persons_machine_it_mends_and_everything_is_measured_again() {
    let repository = untidy(ASKED);
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(0);
    let report = repository.report("shop");
    let mended = repository.read("src/shop/untidy.py");
    assert!(
        !mended.contains("import os") && mended.contains("def one() -> int:"),
        "{mended}"
    );
    assert_eq!(report["auto_fix"]["is_applied"], true);
    assert_eq!(
        report["auto_fix"]["changes"][0]["file"],
        "src/shop/untidy.py"
    );
    assert_eq!(gate(&report, "refactoring", "linting")["verdict"], "passed");
    assert_eq!(
        gate(&report, "testing", "test_pass_rate")["verdict"],
        "passed"
    );
}

#[test]
fn in_ci_the_verdict_is_about_the_commit_and_the_fix_is_a_patch() {
    let repository = untidy(ASKED).variable("CI", "true");
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(1);
    let report = repository.report("shop");
    assert_eq!(
        repository.read("src/shop/untidy.py"),
        UNTIDY,
        "CI changed the working tree"
    );
    assert_eq!(report["auto_fix"]["is_applied"], false);
    assert_eq!(gate(&report, "refactoring", "linting")["verdict"], "failed");
    let applied = Command::new("git")
        .args(["apply", report["auto_fix"]["file"].as_str().unwrap()])
        .current_dir(repository.path())
        .status()
        .unwrap();
    assert!(applied.success());
    assert!(!repository.read("src/shop/untidy.py").contains("import os"));
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(0);
}

#[test]
fn nothing_is_mended_unless_both_keys_ask_for_it() {
    for settings in [
        "",
        "quality_gates:\n  linting: { auto_fix: true }\nstages:\n  refactoring: { auto_fix_linting: false }\n",
        "quality_gates:\n  linting: { auto_fix: false }\nstages:\n  refactoring: { auto_fix_linting: true }\n",
    ] {
        let repository = untidy(settings);
        repository
            .run(&["run", "--component", "shop"])
            .expect_status(1);
        assert_eq!(repository.read("src/shop/untidy.py"), UNTIDY);
        assert!(repository.report("shop")["auto_fix"].is_null());
    }
}

/// A repository under git whose own linter always finds something, and whose fixer is this script.
fn with_fixer(script: &str) -> Repository {
    let repository = Repository::new();
    repository.write(
        "specs/thing.md",
        "# Thing\n\n## Overview\n\nIt is.\n\n## Requirements\n\n- FR-1: it MUST be\n",
    );
    repository.write("lib/code.sh", "untidy\n");
    repository.write("README.md", "A thing.\n");
    repository.write("other/x.txt", "x\n");
    repository.write("notes.log", "tracked, though ignored\n");
    repository.write("bin/lint.sh", "! grep -rq untidy lib\n");
    repository.write("bin/fix.sh", script);
    let runnable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(repository.path().join("other/x.txt"), runnable).unwrap();
    symlink("README.md", repository.path().join("link")).unwrap();
    repository.write(
        "workflow_config.yaml",
        "components: { thing: { path: lib, toolchain: own } }\n\
         quality_gates: { linting: { auto_fix: true, check_format: false } }\n\
         stages: { refactoring: { auto_fix_linting: true } }\n\
         maturity_workflow: { development: { required_gates: [linting] } }\n\
         toolchains:\n  own:\n    type: command\n    commands:\n      - name: lint\n        \
         command: [sh, bin/lint.sh]\n        evidence: [lint]\n        \
         report: { format: exit_status }\n        fix: [sh, bin/fix.sh]\n",
    );
    repository.commit();
    repository.write(
        ".gitignore",
        "*.log\n.spec2prod/\nworkflow_*.json\nworkflow_dashboards/\n.metrics/\ncache/\n",
    );
    repository.write("cache/big", "a tool's own");
    repository.write("mine.txt", "not committed\n");
    repository.write("other/x.txt", "x, changed by a person\n");
    repository
}

/// Changes a file of every kind, in the component and elsewhere.
const EVERYWHERE: &str = "echo tidy > lib/code.sh\nrm README.md mine.txt\necho fix >> other/x.txt\n\
    chmod 644 other/x.txt\necho fix >> notes.log\nmkdir -p new/deep\necho new > new/deep/file\n\
    rm link\nln -s lib/code.sh link\n";

/// What there is, by path: content, target of a link, and whether it may be run.
fn files(repository: &Repository) -> BTreeMap<String, String> {
    let listed = Command::new("sh")
        .args([
            "-c",
            "find . -path ./.git -prune -o -path ./.spec2prod -prune -o -name 'workflow_*' -prune \
             -o -path ./.metrics -prune -o -print | sort | while read -r f; do \
             if [ -L \"$f\" ]; then echo \"$f -> $(readlink \"$f\")\"; \
             elif [ -f \"$f\" ]; then echo \"$f $(stat -c %a \"$f\") $(cat \"$f\")\"; \
             else echo \"$f folder\"; fi; done",
        ])
        .current_dir(repository.path())
        .output()
        .unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(file, what)| (file.to_owned(), what.to_owned()))
        .collect()
}

const RUN: [&str; 3] = ["run", "--component=thing", "--target=dev"];

#[test]
fn in_ci_nothing_stays_changed_and_the_patch_has_everything() {
    let repository = with_fixer(EVERYWHERE).variable("CI", "true");
    let before = files(&repository);
    repository.run(&RUN).expect_status(1);
    assert_eq!(files(&repository), before, "CI changed the working tree");
    let report = repository.report("thing");
    let changes = report["auto_fix"]["changes"].as_array().unwrap();
    let changed: Vec<&str> = changes
        .iter()
        .filter_map(|one| one["file"].as_str())
        .collect();
    assert_eq!(
        changed,
        [
            "README.md",
            "lib/code.sh",
            "link",
            "mine.txt",
            "new/deep/file",
            "notes.log",
            "other/x.txt"
        ]
    );
    let applied = Command::new("git")
        .args(["apply", report["auto_fix"]["file"].as_str().unwrap()])
        .current_dir(repository.path())
        .status()
        .unwrap();
    assert!(applied.success());
    let after = files(&repository);
    fs::write(repository.path().join("bin/fix.sh"), "").unwrap();
    assert!(!after.contains_key("./README.md") && !after.contains_key("./mine.txt"));
    assert_eq!(after["./other/x.txt"], "644 x, changed by a person");
    assert_eq!(after["./link"], "-> lib/code.sh");
    repository.run(&RUN).expect_status(0);
}

#[test]
fn a_fix_that_fails_is_taken_back_everywhere_and_said_where_its_stage_is() {
    for (how, said) in [
        (
            "echo no such rule >&2; exit 2",
            "ended with exit status 2, expected 0 or 1: no such rule",
        ),
        ("kill -9 $$", "was ended by signal 9"),
    ] {
        for ci in ["", "true"] {
            let repository = with_fixer(&format!("{EVERYWHERE}{how}\n")).variable("CI", ci);
            let before = files(&repository);
            let ran = repository.run(&RUN).expect_status(1);
            assert_eq!(files(&repository), before, "{how}, CI={ci}");
            let report = repository.report("thing");
            assert!(report["auto_fix"].is_null());
            assert_eq!(report["publishing_problems"], serde_json::json!([]));
            let warnings = &report["stage_results"]["refactoring"]["warnings"];
            assert_eq!(
                warnings[0],
                format!(
                    "auto-fix: lint did not do its work: sh bin/fix.sh {said}; whatever was changed \
                     is taken back"
                )
            );
            assert!(
                ran.stdout.contains("auto-fix: lint did not"),
                "{}",
                ran.stdout
            );
        }
    }
}

#[test]
fn what_a_fixer_mended_is_kept_though_findings_remain() {
    let repository = with_fixer("echo tidy > lib/code.sh\nexit 1\n");
    repository.run(&RUN).expect_status(0);
    assert_eq!(repository.read("lib/code.sh"), "tidy\n");
    let repository = with_fixer("echo tidy > lib/code.sh\nexit 1\n").variable("CI", "true");
    repository.run(&RUN).expect_status(1);
    assert_eq!(repository.read("lib/code.sh"), "untidy\n");
    let report = repository.report("thing");
    assert_eq!(report["auto_fix"]["changes"][0]["file"], "lib/code.sh");
}

#[test]
fn a_fixer_that_changes_nothing_is_said() {
    let repository = with_fixer("exit 1\n");
    let ran = repository.run(&RUN).expect_status(1);
    let report = repository.report("thing");
    assert!(report["auto_fix"].is_null());
    assert_eq!(
        report["stage_results"]["refactoring"]["warnings"][0],
        "auto-fix: lint changed no file; what was found is left for a person to mend"
    );
    assert!(
        ran.stdout.contains("lint changed no file"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_fixer_that_changes_what_is_ignored_removes_nothing() {
    for rules in ["rm .gitignore", "echo '*.txt' >> .gitignore; touch new.txt"] {
        let repository = with_fixer(&format!("{EVERYWHERE}{rules}\n")).variable("CI", "true");
        let before = files(&repository);
        repository.run(&RUN).expect_status(1);
        assert_eq!(files(&repository), before, "{rules}");
        let report = repository.report("thing");
        let warnings = &report["stage_results"]["refactoring"]["warnings"];
        assert!(
            warnings[0]
                .as_str()
                .unwrap()
                .contains("changed a .gitignore"),
            "{warnings}"
        );
    }
}
