//! `spec2prod run` for a Python component, with the real tools.

use crate::support::{Repository, gate};
use serde_json::{Value, json};

const STAGING: &[&str] = &["run", "--component", "shop", "--target", "staging"];

fn messages(list: &Value) -> String {
    let texts: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect();
    texts.join("\n")
}

#[test]
fn a_good_component_reaches_staging_and_every_tool_runs_once() {
    let repository = Repository::with_shop();
    repository.commit();
    let ran = repository.run(STAGING).expect_status(0);
    let report = repository.report("shop");

    assert_eq!(report["success"], true, "{report:#}");
    assert_eq!(
        report["stages_completed"],
        json!([
            "specification",
            "dependency_check",
            "testing",
            "refactoring",
            "staging_deployment"
        ])
    );
    assert_eq!(report["stages_failed"], json!([]));
    let tools = report["tools"].as_array().unwrap();
    let mut names: Vec<&str> = tools
        .iter()
        .map(|tool| tool["tool"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let once = names.len();
    names.dedup();
    assert_eq!(names.len(), once, "a tool ran twice: {names:?}");
    for tool in tools.iter().filter(|tool| tool["command"] != "") {
        assert_eq!(tool["attempts"].as_array().unwrap().len(), 1, "{tool:#}");
    }
    let staging = &report["stage_results"]["staging_deployment"];
    assert_eq!(staging["outputs"]["deployment"]["verdict"], "skipped");
    assert_eq!(
        staging["outputs"]["deployment"]["reason"]["code"],
        "no_environment"
    );
    let pass_rate = gate(&report, "testing", "test_pass_rate");
    assert_eq!(
        pass_rate["measurements"][0]["actual"],
        json!({ "number": 100.0 })
    );
    assert_eq!(pass_rate["details"]["total"], 3);
    assert_eq!(pass_rate["details"]["passed"], 3);
    assert_eq!(report["source"]["commit"].as_str().unwrap().len(), 40);
    assert!(
        report["context_session_id"]
            .as_str()
            .unwrap()
            .starts_with("shop-workflow-20")
    );

    for expected in [
        "shop",
        "staging",
        "workflow_report_shop.json",
        "workflow_dashboard_shop.html",
    ] {
        assert!(
            ran.stdout.contains(expected),
            "no {expected} in:\n{}",
            ran.stdout
        );
    }
    let dashboard = repository.read(report["metrics_dashboard"].as_str().unwrap());
    assert!(dashboard.contains("Content-Security-Policy"));
    assert!(!dashboard.contains("<script"));
}

#[test]
fn json_output_is_one_document_and_nothing_else() {
    let repository = Repository::with_shop();
    let ran = repository
        .run(&["run", "--component", "shop", "--format", "json"])
        .expect_status(0);
    assert_eq!(ran.json()["component_name"], "shop");
    assert_eq!(ran.json(), repository.report("shop"));
}

#[test]
fn a_failing_test_blocks_and_is_named() {
    let repository = Repository::with_shop();
    repository.write(
        "tests/shop/test_more.py",
        "from shop import total\n\n\ndef test_is_wrong() -> None:\n    assert total([1]) == 2\n",
    );
    let ran = repository.run(STAGING).expect_status(1);
    let report = repository.report("shop");
    assert_eq!(report["stages_failed"], json!(["testing"]));
    let record = gate(&report, "testing", "test_pass_rate");
    assert_eq!(record["verdict"], "failed");
    assert_eq!(record["findings"][0]["file"], "tests/shop/test_more.py");
    assert!(ran.stdout.contains("test_is_wrong"), "{}", ran.stdout);
    // The stages behind it were not completed, and still say what they found.
    let refactoring = &report["stage_results"]["refactoring"];
    assert_eq!(refactoring["verdict"], "skipped");
    assert_eq!(refactoring["reason"]["code"], "stage_blocked");
    assert_eq!(gate(&report, "refactoring", "linting")["verdict"], "passed");
}

#[test]
fn coverage_below_the_threshold_blocks_and_names_the_line_of_the_rule() {
    let repository = Repository::with_shop();
    repository.write(
        "workflow_config.yaml",
        "quality_gates:\n  test_coverage:\n    staging_threshold: 99.0\n",
    );
    repository.write(
        "src/shop/more.py",
        "\"\"\"More.\"\"\"\n\n\ndef unused() -> int:\n    \"\"\"One.\"\"\"\n    return 1\n",
    );
    repository.run(STAGING).expect_status(1);
    let report = repository.report("shop");
    let measurement = &gate(&report, "testing", "test_coverage")["measurements"][0];
    assert_eq!(measurement["holds"], false);
    assert_eq!(measurement["target"], 99.0);
    assert_eq!(measurement["rule_from"]["file"], "workflow_config.yaml");
    assert_eq!(measurement["rule_from"]["line"], 3);
}

#[test]
fn production_is_blocked_by_what_nothing_measures() {
    let repository = Repository::with_shop();
    repository
        .run(&["run", "--component", "shop", "--target", "production"])
        .expect_status(3);
    let report = repository.report("shop");
    assert_eq!(report["stages_failed"], json!(["production_deployment"]));
    let criteria = report["stage_results"]["production_deployment"]["criteria"]
        .as_array()
        .unwrap();
    for name in [
        "performance",
        "staging_uptime_days",
        "staging_uptime_percentage",
        "security_review_complete",
        "monitoring_configured",
        "rollback_tested",
    ] {
        let criterion = criteria.iter().find(|criterion| criterion["name"] == name);
        let criterion = criterion.unwrap_or_else(|| panic!("no criterion {name}: {criteria:#?}"));
        assert_eq!(criterion["verdict"], "no_data", "{name}");
    }
    let documentation = criteria
        .iter()
        .find(|criterion| criterion["name"] == "documentation_complete")
        .unwrap();
    assert_eq!(documentation["verdict"], "passed");
}

#[test]
fn no_tests_is_no_data() {
    let repository = Repository::with_shop();
    repository.write("tests/shop/test_shop.py", "\"\"\"Nothing yet.\"\"\"\n");
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(3);
    let report = repository.report("shop");
    let record = gate(&report, "testing", "test_pass_rate");
    assert_eq!(record["verdict"], "no_data");
    assert_eq!(record["reason"]["code"], "no_tests_collected");
}

#[test]
fn a_crashing_pytest_is_errored_also_with_an_old_coverage_file_lying_about() {
    let repository = Repository::with_shop();
    repository.write("coverage.json", r#"{"totals": {"percent_covered": 100.0}}"#);
    repository.write("tests/shop/conftest.py", "import os\n\nos._exit(70)\n");
    repository.run(STAGING).expect_status(3);
    let report = repository.report("shop");
    for id in ["test_pass_rate", "test_coverage"] {
        let record = gate(&report, "testing", id);
        assert_eq!(record["verdict"], "errored", "{record:#}");
        assert_eq!(record["reason"]["code"], "tool_crashed");
        assert!(messages(&record["errors"]).contains("70"), "{record:#}");
    }
}

#[test]
fn a_missing_tool_is_errored_where_nothing_may_be_installed() {
    let repository = Repository::with_shop();
    repository.write(
        "workflow_config.yaml",
        "stages:\n  dependency_check:\n    install: false\n",
    );
    // An environment that has a Python and nothing else.
    let made = std::process::Command::new("python3")
        .args(["-m", "venv", "--without-pip", ".venv"])
        .current_dir(repository.path())
        .status()
        .unwrap();
    assert!(made.success());
    let environment = repository
        .path()
        .join(".venv")
        .to_string_lossy()
        .into_owned();
    let repository = repository.variable("VIRTUAL_ENV", &environment);
    repository.run(STAGING).expect_status(3);
    let report = repository.report("shop");
    for (stage, id, tool) in [
        ("testing", "test_pass_rate", "pytest"),
        ("refactoring", "linting", "ruff"),
        ("refactoring", "type_checking", "pyright"),
        ("refactoring", "security", "detect-secrets"),
    ] {
        let record = gate(&report, stage, id);
        assert_eq!(record["verdict"], "errored", "{record:#}");
        assert_eq!(record["reason"]["code"], "tool_missing", "{record:#}");
        assert!(
            record["reason"]["message"].as_str().unwrap().contains(tool),
            "{record:#}"
        );
    }
}

#[test]
fn a_flaky_test_is_named_and_warned_about_and_can_be_made_to_block() {
    let repository = Repository::with_shop();
    let flaky = "from pathlib import Path\n\n\ndef test_sometimes() -> None:\n    marker = Path(\"marker\")\n    \
                 was_there = marker.exists()\n    marker.touch()\n    assert was_there\n";
    repository.write("tests/shop/test_flaky.py", flaky);
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(0);
    let report = repository.report("shop");
    assert_eq!(report["verdict"], "warned");
    assert_eq!(
        gate(&report, "testing", "test_pass_rate")["verdict"],
        "warned"
    );
    assert!(messages(&report["flaky_tests"]).contains("test_sometimes"));
    let pytest = report["tools"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tool| tool["tool"] == "pytest")
        .unwrap();
    assert_eq!(pytest["attempts"].as_array().unwrap().len(), 2);

    std::fs::remove_file(repository.path().join("marker")).unwrap();
    repository.write(
        "workflow_config.yaml",
        "quality_gates:\n  test_pass_rate:\n    flaky: fail\n",
    );
    repository
        .run(&["run", "--component", "shop"])
        .expect_status(1);
}

#[test]
fn a_new_secret_blocks_and_the_baseline_stays_as_it_is() {
    let repository = Repository::with_shop();
    // Put together here, so that no scanner of this repository stumbles over it.
    let key = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
    repository.write(
        "src/shop/keys.py",
        format!("\"\"\"Keys.\"\"\"\n\nKEY = \"{key}\"\n"),
    );
    let scan = || {
        std::process::Command::new(crate::support::tools().join("bin/detect-secrets"))
            .args(["scan", "--all-files", "src", "tests"])
            .current_dir(repository.path())
            .output()
            .unwrap()
            .stdout
    };
    let known = scan();
    repository.run(STAGING).expect_status(1);
    let report = repository.report("shop");
    let record = gate(&report, "refactoring", "security");
    assert_eq!(record["verdict"], "failed");
    assert_eq!(record["findings"][0]["file"], "src/shop/keys.py");
    assert_eq!(record["findings"][0]["line"], 3);

    repository.write(".secrets.baseline", &known);
    repository.run(STAGING).expect_status(0);
    assert_eq!(repository.read(".secrets.baseline").as_bytes(), known);
}

#[test]
fn tools_run_one_by_one_when_asked() {
    let repository = Repository::with_shop();
    repository.write(
        "workflow_config.yaml",
        "stages:\n  testing:\n    parallel_execution: false\n",
    );
    repository.run(STAGING).expect_status(0);
    let report = repository.report("shop");
    let mut spans: Vec<(u64, u64)> = report["tools"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|tool| tool["command"] != "")
        .map(|tool| {
            (
                tool["started_ms"].as_u64().unwrap(),
                tool["duration_ms"].as_u64().unwrap(),
            )
        })
        .collect();
    spans.sort_unstable();
    assert!(spans.len() >= 5);
    for pair in spans.windows(2) {
        assert!(
            pair[0].0 + pair[0].1 <= pair[1].0,
            "tools overlap: {spans:?}"
        );
    }
}

#[test]
fn two_runs_at_once_mix_nothing() {
    let repository = Repository::with_shop();
    repository.write("src/cart/__init__.py", "\"\"\"Cart.\"\"\"\n\n\ndef one() -> int:\n    \"\"\"One.\"\"\"\n    return 1\n\n\ndef two() -> int:\n    \"\"\"Two.\"\"\"\n    return 2\n");
    repository.write(
        "tests/test_cart.py",
        "from cart import one\n\n\ndef test_one() -> None:\n    assert one() == 1\n",
    );
    repository.write(
        "specs/cart.md",
        repository.read("specs/shop.md").replace("shop", "cart"),
    );
    let runs: Vec<_> = ["shop", "cart", "shop", "cart"]
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let output = format!("report-{number}.json");
            let child = repository
                .command(&[
                    "run",
                    "--component",
                    name,
                    "--target",
                    "dev",
                    "--output",
                    &output,
                ])
                .spawn()
                .unwrap();
            (output, child)
        })
        .collect();
    for (output, child) in runs {
        crate::support::finish(child).expect_status(0);
        let report: Value = serde_json::from_str(&repository.read(&output)).unwrap();
        let record = gate(&report, "testing", "test_coverage");
        let percent = record["measurements"][0]["actual"]["number"]
            .as_f64()
            .unwrap();
        let expected = if report["component_name"] == "shop" {
            100.0
        } else {
            75.0
        };
        assert!((percent - expected).abs() < 0.01, "{record:#}");
    }
    // Four runs of one day in two sessions: nothing was lost.
    let sessions = repository
        .run(&["context", "list", "--format", "json"])
        .expect_status(0)
        .json();
    assert_eq!(sessions.as_array().unwrap().len(), 2, "{sessions:#}");
}
