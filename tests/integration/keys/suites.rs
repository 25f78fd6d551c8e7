//! `suites`: tests against an environment.

use super::deployed::{add_staging, deployed, phase, seen_in, stage, with_staging};
use super::{Case, ONE_FAILS, ONE_PASSES, check, configure, with_python};
use crate::support::Repository;
use serde_json::{Value, json};

/// Staging, and what suites may write.
fn with_reports_of_suites() -> Repository {
    let repository = with_staging();
    repository.write("reports/passing", ONE_PASSES);
    repository.write("reports/failing", ONE_FAILS);
    let one = r#"<testcase classname="c" name="m"/></testsuite>"#;
    repository.write("reports/half", ONE_FAILS.replace("</testsuite>", one));
    repository.write(
        "reports/lines",
        "SF:lib/a.txt\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n",
    );
    repository.write(
        "suite.sh",
        "cp reports/lines \"$2.lcov\"\ncp \"reports/$1\" \"$2\"\n! grep -q failure \"$2\"\n",
    );
    repository.write(
        "flaky.sh",
        "if [ -e out/seen ]; then sh suite.sh passing \"$1\"; else touch out/seen; sh suite.sh failing \"$1\"; fi\n",
    );
    repository
}

/// The same with a suite that writes the report that it is told to.
fn with_suite() -> Repository {
    let repository = with_reports_of_suites();
    configure(&repository, &suite(&usual()));
    repository
}

fn usual() -> Value {
    json!({
        "command": ["sh", "suite.sh", "passing", "{report}"],
        "report": { "format": "junit", "path": "{report}" },
        "retries": 0,
    })
}

fn suite(settings: &Value) -> Value {
    json!({ "suites": { "integration": settings } })
}

fn of_script(report: &str) -> Value {
    json!(["sh", "suite.sh", report, "{report}"])
}

/// Settings of the suite that are laid over the usual ones, and what they lead to.
fn case(
    key: &str,
    settings: [Value; 2],
    observe: impl Fn(&Repository) -> Value + 'static,
    expected: [Value; 2],
) -> Case {
    Case::new(
        format!("suites.*.{key}"),
        with_suite,
        settings.map(|settings| suite(&settings)),
        observe,
        expected,
    )
}

/// The verdict on the suite, by these settings.
fn verdict(key: &str, settings: [Value; 2], expected: [&str; 2]) -> Case {
    let observe = seen_in("integration_tests", "verdict");
    case(key, settings, observe, expected.map(Value::from))
}

/// How many tests the suite has; null where it does not say.
fn total(repository: &Repository) -> Value {
    phase(&deployed(repository), "integration_tests")["tests"]["total"].clone()
}

/// The coverage that the suite gave; null where it gave none.
fn coverage(repository: &Repository) -> Value {
    phase(&deployed(repository), "integration_tests")["tests"]["coverage_percent"].clone()
}

fn also(evidence: &[&str], format: &str, path: &str) -> Value {
    json!({
        "production_coverage": true,
        "also": [{ "evidence": evidence, "report": { "format": format, "path": path } }],
    })
}

fn of_commands() -> Vec<Case> {
    vec![
        verdict(
            "command",
            ["passing", "failing"].map(|report| json!({ "command": of_script(report) })),
            ["passed", "failed"],
        ),
        verdict(
            "report.path",
            ["{report}", "{report}.other"]
                .map(|path| json!({ "report": { "format": "junit", "path": path } })),
            ["passed", "no_data"],
        ),
        Case::new(
            "suites.*.report.format",
            with_reports_of_suites,
            ["junit", "exit_status"].map(|format| {
                let words = ["cat", "reports/passing"];
                suite(&json!({ "command": words, "report": { "format": format } }))
            }),
            total,
            [json!(1), Value::Null],
        ),
        case(
            "production_coverage",
            [true, false].map(|is_asked| {
                let mut settings = also(&["coverage"], "lcov", "{report}.lcov");
                settings["production_coverage"] = json!(is_asked);
                settings
            }),
            coverage,
            [json!(75.0), Value::Null],
        ),
        // Further evidence of a suite is its coverage, and nothing else.
        case(
            "also[].evidence",
            ["coverage", "lint"].map(|evidence| also(&[evidence], "lcov", "{report}.lcov")),
            |repository| json!(repository.run(&["config", "check"]).status),
            [json!(0), json!(2)],
        ),
        case(
            "also[].report.path",
            ["{report}.lcov", "{report}.other"].map(|path| also(&["coverage"], "lcov", path)),
            coverage,
            [json!(75.0), Value::Null],
        ),
        case(
            "also[].report.format",
            ["lcov", "cobertura"].map(|format| also(&["coverage"], format, "{report}.lcov")),
            coverage,
            [json!(75.0), Value::Null],
        ),
    ]
}

/// The same with production, and end-to-end tests that cover 75 %.
fn with_end_to_end_tests() -> Repository {
    let repository = with_reports_of_suites();
    let look = json!({ "command": ["sh", "health.sh"], "interval": 0.01, "successes": 1 });
    let production = json!({ "deploy": ["sh", "deploy.sh", "deploy"], "health_check": look });
    let mut settings = usual();
    settings["also"] = also(&["coverage"], "lcov", "{report}.lcov")["also"].clone();
    configure(
        &repository,
        &json!({
            "environments": { "production": production },
            "suites": { "end_to_end": settings },
        }),
    );
    repository
}

/// What production asks of the coverage, which is 75 % where the limit is 80.
fn of_coverage() -> Vec<Case> {
    let settings = |is_asked: bool| {
        let mut settings = also(&["coverage"], "lcov", "{report}.lcov");
        settings["production_coverage"] = json!(is_asked);
        settings
    };
    let before_production = |repository: &Repository| {
        let record = stage(repository, "production");
        let criteria = record["criteria"].as_array().unwrap().iter();
        let asked = criteria
            .filter(|criterion| criterion["name"] == "integration_coverage")
            .map(|criterion| criterion["measurements"][0]["actual"]["number"].clone());
        json!([record["verdict"], asked.collect::<Vec<_>>()])
    };
    let end_to_end = |repository: &Repository| {
        let record = stage(repository, "production");
        let tests = phase(&record["deployment"], "end_to_end_tests");
        json!([record["deployment"]["outcome"], tests["verdict"]])
    };
    vec![
        case(
            "production_coverage",
            [true, false].map(settings),
            before_production,
            [json!(["failed", [75.0]]), json!(["passed", []])],
        ),
        Case::new(
            "components.*.suites",
            with_suite,
            [true, false].map(|is_asked| {
                json!({ "components": { "thing": { "suites": { "integration": settings(is_asked) } } } })
            }),
            before_production,
            [json!(["failed", [75.0]]), json!(["passed", []])],
        ),
        Case::new(
            "suites.*.production_coverage",
            with_end_to_end_tests,
            [true, false].map(|is_asked| {
                json!({ "suites": { "end_to_end": { "production_coverage": is_asked } } })
            }),
            end_to_end,
            [
                json!(["not_deployed", "failed"]),
                json!(["healthy", "passed"]),
            ],
        ),
        Case::new(
            "components.*.suites",
            with_end_to_end_tests,
            [true, false].map(|is_asked| {
                let suite = json!({ "production_coverage": is_asked });
                json!({ "components": { "thing": { "suites": { "end_to_end": suite } } } })
            }),
            end_to_end,
            [
                json!(["not_deployed", "failed"]),
                json!(["healthy", "passed"]),
            ],
        ),
    ]
}

/// A Python component in staging, with one test of the marker `one` and two of the marker `two`.
fn with_markers() -> Repository {
    let repository = with_python();
    repository.write(
        "pyproject.toml",
        "[tool.pytest.ini_options]\nmarkers = ['one', 'two']\npythonpath = ['src']\n",
    );
    let test = |name: &str, marker: &str| {
        format!("\n\n@pytest.mark.{marker}\ndef test_{name}() -> None:\n    pass\n")
    };
    let marked =
        [("a", "one"), ("b", "two"), ("c", "two")].map(|(name, marker)| test(name, marker));
    let plain = "\n\ndef test_plain() -> None:\n    pass\n";
    repository.write(
        "tests/test_thing.py",
        format!("import pytest\n{}{plain}", marked.concat()),
    );
    add_staging(&repository);
    repository
}

fn of_python() -> Vec<Case> {
    vec![Case::new(
        "suites.*.marker",
        with_markers,
        ["one", "two"].map(|marker| suite(&json!({ "marker": marker }))),
        total,
        [json!(1), json!(2)],
    )]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_commands();
    cases.extend(of_coverage());
    cases.extend(of_judgement());
    cases.extend(of_python());
    cases
}

fn of_judgement() -> Vec<Case> {
    vec![
        verdict(
            "pass_rate",
            [50, 51].map(|rate| json!({ "command": of_script("half"), "pass_rate": rate })),
            ["warned", "failed"],
        ),
        verdict(
            "retries",
            [1, 0].map(
                |retries| json!({ "command": ["sh", "flaky.sh", "{report}"], "retries": retries }),
            ),
            ["warned", "failed"],
        ),
        verdict(
            "timeout",
            [60, 1].map(|seconds| {
                let words = "sleep 2; sh suite.sh passing \"$0\"";
                json!({ "command": ["sh", "-c", words, "{report}"], "timeout": seconds })
            }),
            ["passed", "errored"],
        ),
    ]
}

#[test]
fn suites_are_run_as_the_file_says() {
    check(&of_commands());
}

#[test]
fn production_asks_for_the_coverage_of_suites_as_the_file_says() {
    check(&of_coverage());
}

#[test]
fn suites_are_judged_as_the_file_says() {
    check(&of_judgement());
    check(&of_python());
}
