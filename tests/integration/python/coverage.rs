//! Which code counts as covered, and when there is nothing to say.

use super::addopts;
use crate::support::{Judged, Repository};

/// Two functions that no test runs.
const UNUSED: &str = "def one() -> int:\n    return 1\n\n\ndef two() -> int:\n    return 2\n";

fn judge(repository: &Repository) -> Judged {
    repository.judge("shop", &["test_coverage"])
}

/// The shop has 5 coverable lines, all covered; with [`UNUSED`] there are 9.
#[track_caller]
fn expect_percent(judged: &Judged, percent: f64) {
    let number = judged.number("test_coverage");
    assert!((number - percent).abs() < 0.01, "{number} is not {percent}");
}

#[test]
fn code_that_no_test_imports_counts_wherever_it_lies() {
    for file in [
        "src/shop/unused.py",
        "src/shop/part/__init__.py",
        // Without an `__init__.py` coverage.py does not look for files on its own.
        "src/shop/part/unused.py",
        "src/shop/part/deeper/unused.py",
    ] {
        let repository = Repository::with_shop();
        repository.write(file, UNUSED);
        expect_percent(&judge(&repository), 5.0 / 9.0 * 100.0);
    }
    let repository = Repository::with_shop();
    repository.write("src/shop/part/deeper/__init__.py", UNUSED);
    repository.write("src/shop/part/deeper/unused.py", UNUSED);
    expect_percent(&judge(&repository), 5.0 / 13.0 * 100.0);
}

#[test]
fn a_module_that_no_test_imports_is_not_covered() {
    let repository = Repository::with_shop();
    repository.write("src/tool.py", UNUSED);
    repository.write("src/other.py", UNUSED);
    repository.write(
        "tests/test_tool.py",
        "def test_nothing() -> None:\n    pass\n",
    );
    let judged = repository.judge("tool", &["test_coverage"]);
    judged.expect("test_coverage", "failed");
    expect_percent(&judged, 0.0);
    // By whichever name it is imported.
    for import in ["from tool import one", "from src.tool import one"] {
        repository.write(
            "tests/test_tool.py",
            format!("{import}\n\n\ndef test_one() -> None:\n    assert one() == 1\n"),
        );
        expect_percent(&repository.judge("tool", &["test_coverage"]), 75.0);
    }
}

#[test]
fn tests_and_other_components_do_not_count() {
    let repository = Repository::with_shop();
    let many_lines = format!("def test_b() -> None:\n{}", "    _ = 1\n".repeat(50));
    repository.write("src/shop/tests/__init__.py", "");
    repository.write("src/shop/tests/test_inside.py", many_lines);
    repository.write("src/shop/unused.py", UNUSED);
    repository.write("src/other/__init__.py", "VALUE = 1\n");
    repository.write(
        "workflow_config.yaml",
        "components:\n  shop: { path: src/shop, tests: [tests/shop, src/shop/tests] }\n",
    );
    repository.write("pyproject.toml", addopts("--cov=src/other --cov-append"));
    expect_percent(&judge(&repository), 5.0 / 9.0 * 100.0);
}

#[test]
fn branches_count_also_when_more_than_the_component_was_measured() {
    let repository = Repository::with_shop();
    repository.write("src/other/__init__.py", "VALUE = 1\n");
    let branches = "[tool.coverage.run]\nbranch = true\n";
    repository.write(
        "src/shop/unused.py",
        "def one(a: int) -> int:\n    if a:\n        a = 2\n    return a\n",
    );
    repository.write("pyproject.toml", branches);
    let alone = judge(&repository).number("test_coverage");
    // 5 of 9 lines; 2 of 4 branches.
    assert!((alone - 7.0 / 13.0 * 100.0).abs() < 0.01, "{alone}");
    repository.write(
        "pyproject.toml",
        format!("{}{branches}", addopts("--cov=src/other")),
    );
    expect_percent(&judge(&repository), alone);
}

#[test]
fn nothing_to_cover_is_never_full_coverage() {
    for (settings, code) in [
        (
            "[tool.coverage.run]\nomit = [\"*\"]\n".to_owned(),
            "report_missing",
        ),
        (
            "[tool.coverage.report]\nexclude_lines = [\".\"]\n".to_owned(),
            "report_empty",
        ),
        (addopts("--no-cov"), "report_missing"),
    ] {
        let repository = Repository::with_shop();
        repository.write("pyproject.toml", &settings);
        // Left behind by an earlier run.
        repository.write(".coverage", "old");
        repository.write("coverage.json", r#"{"totals": {"percent_covered": 100.0}}"#);
        judge(&repository).expect("test_coverage", &format!("no_data {code}"));
    }
}

#[test]
fn settings_of_coverage_hide_no_test_results() {
    let repository = Repository::with_shop();
    repository.write("src/shop/unused.py", UNUSED);
    repository.write(
        "pyproject.toml",
        "[tool.coverage.run]\nparallel = true\nsource = [\"elsewhere\"]\n\
         [tool.coverage.report]\nfail_under = 100\nskip_covered = true\n",
    );
    let judged = repository.judge("shop", &["test_pass_rate", "test_coverage"]);
    judged.expect("test_pass_rate", "passed");
    expect_percent(&judged, 5.0 / 9.0 * 100.0);

    repository.write(
        "pyproject.toml",
        "[tool.coverage.run]\nplugins = [\"nothing_of_this_name\"]\n",
    );
    judge(&repository).expect("test_coverage", "errored tool_crashed");
}

#[test]
fn what_coverage_leaves_out_is_not_silently_absent() {
    let repository = Repository::with_shop();
    repository.write("src/shop/blank.py", "# Nothing here yet.\n");
    repository.write("src/shop/unused.py", UNUSED);
    repository.write(
        "pyproject.toml",
        "[tool.coverage.run]\nomit = [\"*/unused.py\"]\n",
    );
    let judged = judge(&repository);
    judged.expect("test_coverage", "passed");
    insta::assert_snapshot!(judged.gate("test_coverage")["warnings"], @r#"["coverage.py did not look at 1 of 3 source files, the first is src/shop/unused.py; see omit, include and source in coverage's settings"]"#);
    // With and without the words of coverage.py.
    for settings in [
        "",
        "[tool.coverage.run]\ndisable_warnings = [\"couldnt-parse\"]\n",
    ] {
        repository.write("pyproject.toml", settings);
        repository.write("src/shop/unused.py", "def f(:\n");
        let judged = judge(&repository);
        judged.expect("test_coverage", "errored report_unreadable");
        let reason = judged.reason("test_coverage");
        let words = "coverage.py could not measure src/shop/unused.py";
        assert!(reason.starts_with(words), "{reason}");
    }
}
