//! Auto-fix: on a person's machine it mends and measures again; in CI it offers a patch.

use crate::support::{Repository, gate};
use std::process::Command;

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
