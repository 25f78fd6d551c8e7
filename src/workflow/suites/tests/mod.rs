//! Suites with the real pytest, and with commands.

use super::*;
use crate::config::{CommandPolicy, Policy, ReportFormat, ReportPolicy, SuiteTests, load_text};
use crate::model::{ComponentName, RuleSource, Target};
use crate::process::Environment;
use crate::workflow::{Event, collect::Collected};
use std::{path::Path, sync::Mutex, time::Duration};

mod coverage;

const UNIT: &str = "def test_unit() -> None:\n    pass\n";
/// Passes only where the environment's address is known.
const AGAINST: &str = "import os\n\n\ndef test_address() -> None:\n    assert os.environ['SPEC2PROD_ENVIRONMENT_URL'] == 'http://127.0.0.1:8101'\n";
const FLAKY: &str = "import pathlib\n\n\ndef test_flaky(pytestconfig) -> None:\n    seen = pathlib.Path(pytestconfig.rootpath, 'seen')\n    is_first = not seen.exists()\n    seen.touch()\n    assert not is_first, 'not yet\\nthere'\n";
const BROKEN: &str = "def test_broken() -> None:\n    assert 1 == 2, 'no\\nmore'\n";
const MARKED: &str = "import pytest\n\n\n@pytest.mark.e2e\ndef test_journey() -> None:\n    pass\n\n\ndef test_plain() -> None:\n    pass\n";

/// A repository with a component `shop`, and its suites.
struct Shop {
    folder: tempfile::TempDir,
    policy: Policy,
    /// What the tools were said to give.
    said: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    fn new(files: &[(&str, &str)]) -> Self {
        let shop = Self {
            folder: tempfile::tempdir().unwrap(),
            policy: load_text(
                "error_recovery: {testing: {max_retries: 0}}\ncomponents: {shop: {path: src/shop, tests: [tests]}}\n",
                "workflow_config.yaml",
            )
            .unwrap(),
            said: Arc::default(),
        };
        shop.write("src/shop/__init__.py", "def add(a, b):\n    return a + b\n");
        shop.write(
            "pyproject.toml",
            "[tool.pytest.ini_options]\nmarkers = ['e2e']\npythonpath = ['src']\n",
        );
        shop.write("tests/conftest.py", "");
        files.iter().for_each(|(file, text)| shop.write(file, text));
        shop
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn with(mut self, name: SuiteName, tests: SuiteTests) -> Self {
        let suite = SuitePolicy {
            name,
            tests,
            pass_rate: 100.0,
            retries: 2,
            timeout: Duration::from_secs(120),
            has_production_coverage: false,
            rule: RuleSource::Default,
        };
        self.policy.suites.insert(name, suite);
        self
    }

    fn changed(mut self, change: impl Fn(&mut SuitePolicy)) -> Self {
        self.policy.suites.values_mut().for_each(change);
        self
    }

    fn laid(&self) -> (Groundwork, Request) {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join(".spec2prod/test-tools");
        let environment = Environment::scrubbed([
            ("PATH", env!("PATH").to_owned()),
            ("VIRTUAL_ENV", tools.to_string_lossy().into_owned()),
        ]);
        let said = Arc::clone(&self.said);
        let request = Request {
            policy: Some(Arc::new(self.policy.clone())),
            observer: Some(Arc::new(move |event| {
                if let Event::ToolFinished { summary, .. } = event {
                    said.lock().unwrap().push(summary);
                }
            })),
            ..Request::new(
                self.folder.path(),
                "shop".parse::<ComponentName>().unwrap(),
                Target::Staging,
                environment,
            )
        };
        (Groundwork::lay(&request).unwrap(), request)
    }

    async fn run(&self, phase: Phase) -> Given {
        self.run_within(phase, Duration::from_secs(300)).await
    }

    async fn run_within(&self, phase: Phase, timeout: Duration) -> Given {
        let answer = self.answer(phase, timeout).await;
        (answer.verdict, answer.message, answer.tests)
    }

    async fn answer(&self, phase: Phase, timeout: Duration) -> SuiteAnswer {
        let (groundwork, request) = self.laid();
        let suite = Arc::clone(&suites(&groundwork, &request, None)[&phase]);
        let env = [("SPEC2PROD_ENVIRONMENT", "staging")];
        suite(SuiteCall {
            url: Some("http://127.0.0.1:8101".to_owned()),
            env: env.map(|(name, value)| (name.into(), value.into())).into(),
            timeout,
            cancel: CancellationToken::new(),
        })
        .await
    }

    /// The names of the tests of an ordinary run.
    async fn own_tests(&self) -> Vec<String> {
        let (groundwork, request) = self.laid();
        let needed = BTreeSet::from([EvidenceKind::Tests]);
        let prepared = groundwork.prepare(&request, &needed, None).await;
        let collector = groundwork.collector(&request).await;
        let Collected { evidence, .. } = collector.collect(prepared.tools).await;
        let (_, reading) = &evidence.of(EvidenceKind::Tests)[0];
        match reading.as_deref() {
            Ok(EvidenceData::Tests(run)) => run.cases.iter().map(|c| c.name.clone()).collect(),
            Err(unavailable) => vec![unavailable.reason().code.to_string()],
            Ok(other) => panic!("{other:?}"),
        }
    }
}

fn paths(paths: &[&str]) -> SuiteTests {
    SuiteTests::Paths(paths.iter().map(Into::into).collect())
}

fn integration(files: &[(&str, &str)]) -> Shop {
    Shop::new(files).with(SuiteName::Integration, paths(&["tests/integration"]))
}

#[tokio::test]
async fn a_folder_of_tests_runs_against_the_environment_and_nowhere_else() {
    let shop = integration(&[
        ("tests/test_unit.py", UNIT),
        ("tests/integration/test_against.py", AGAINST),
    ]);
    let (verdict, message, result) = shop.run(Phase::IntegrationTests).await;
    assert_eq!(verdict, Verdict::Passed, "{message}");
    assert_eq!(message, "1 of 1 tests pass");
    let result = result.unwrap();
    assert_eq!((result.total, result.passed, result.failed), (1, 1, 0));
    assert_eq!(result.coverage_percent, None);
    assert_eq!(*shop.said.lock().unwrap(), ["1 passed"]);
    assert_eq!(shop.own_tests().await, ["test_unit"]);
}

#[tokio::test]
async fn tests_with_a_marker_belong_to_their_suite_alone() {
    let marker = SuiteTests::Marker("e2e".to_owned());
    let shop = Shop::new(&[("tests/test_both.py", MARKED)]).with(SuiteName::EndToEnd, marker);
    let (verdict, message, _) = shop.run(Phase::EndToEndTests).await;
    assert_eq!((verdict, &*message), (Verdict::Passed, "1 of 1 tests pass"));
    assert_eq!(shop.own_tests().await, ["test_plain"]);
    // What the project chooses itself stays chosen.
    shop.write(
        "pyproject.toml",
        "[tool.pytest.ini_options]\nmarkers = ['e2e', 'slow']\naddopts = \"-m 'not slow'\"\n",
    );
    let slow = MARKED.replace("def test_plain", "@pytest.mark.slow\ndef test_plain");
    shop.write("tests/test_both.py", &slow);
    assert_eq!(shop.own_tests().await, ["no_tests_collected"]);
}

#[tokio::test]
async fn a_component_whose_tests_all_need_an_environment_has_none_of_its_own() {
    let shop = Shop::new(&[("tests/test_against.py", AGAINST)])
        .with(SuiteName::Integration, paths(&["tests"]));
    assert_eq!(shop.own_tests().await, ["no_tests_collected"]);
    assert_eq!(shop.run(Phase::IntegrationTests).await.0, Verdict::Passed);
}

#[tokio::test]
async fn flaky_tests_are_told_from_broken_ones() {
    let flaky = integration(&[("tests/integration/test_a.py", FLAKY)]);
    let (verdict, message, result) = flaky.run(Phase::IntegrationTests).await;
    assert_eq!(verdict, Verdict::Warned);
    let name = "tests.integration.test_a::test_flaky";
    assert_eq!(
        message,
        format!("1 of 1 tests pass; only when run again: {name}, in 2 attempts")
    );
    assert_eq!(result.unwrap().flaky, [name]);

    let broken = integration(&[
        ("tests/integration/test_a.py", FLAKY),
        ("tests/integration/test_b.py", BROKEN),
    ]);
    let (verdict, message, result) = broken.run(Phase::IntegrationTests).await;
    assert_eq!(verdict, Verdict::Failed);
    assert!(
        message.contains("50 %, at least 100 % are asked for"),
        "{message}"
    );
    assert!(message.contains("integration-tests.log"), "{message}");
    let result = result.unwrap();
    assert_eq!((result.passed, result.failed), (0, 1));
    assert_eq!(result.failures.len(), 1);
    assert!(result.failures[0].starts_with("tests.integration.test_b::test_broken: "));
    assert!(!result.failures[0].contains('\n'));

    let lenient = broken.changed(|suite| suite.pass_rate = 50.0);
    assert_eq!(
        lenient.run(Phase::IntegrationTests).await.0,
        Verdict::Warned
    );
    let untried =
        integration(&[("tests/integration/test_a.py", FLAKY)]).changed(|suite| suite.retries = 0);
    assert_eq!(
        untried.run(Phase::IntegrationTests).await.0,
        Verdict::Failed
    );
}

#[tokio::test]
async fn a_suite_without_tests_passes_nothing() {
    let empty = integration(&[("tests/integration/notes.txt", "none yet")]);
    let (verdict, message, _) = empty.run(Phase::IntegrationTests).await;
    assert_eq!(
        verdict.reason().unwrap().code,
        ReasonCode::NoTestsCollected,
        "{message}"
    );
    assert_eq!(verdict.as_str(), "no_data");
    assert!(message.contains("suites.integration"), "{message}");
    let skipped = "import pytest\n\n\n@pytest.mark.skip\ndef test_a() -> None:\n    pass\n";
    let skipped = integration(&[("tests/integration/test_a.py", skipped)]);
    let (verdict, message, _) = skipped.run(Phase::IntegrationTests).await;
    assert_eq!(verdict.as_str(), "no_data");
    assert!(message.starts_with("all 1 tests were skipped"), "{message}");
    let missing = Shop::new(&[]).with(SuiteName::Integration, paths(&["tests/nowhere"]));
    assert_eq!(
        missing.run(Phase::IntegrationTests).await.0.as_str(),
        "errored"
    );
}

#[tokio::test]
async fn coverage_by_a_suite_is_measured_where_it_is_asked_for() {
    let calls = "import shop\n\n\ndef test_add() -> None:\n    assert shop.add(1, 2) == 3\n";
    let shop = integration(&[("tests/integration/test_add.py", calls)])
        .changed(|suite| suite.has_production_coverage = true);
    let (verdict, message, result) = shop.run(Phase::IntegrationTests).await;
    assert_eq!(verdict, Verdict::Passed, "{message}");
    assert_eq!(result.unwrap().coverage_percent, Some(100.0));
}

fn command(words: &[&str], format: ReportFormat, path: Option<&str>) -> SuiteTests {
    SuiteTests::Command(Box::new(CommandPolicy {
        name: "journey".to_owned(),
        command: words.iter().map(ToString::to_string).collect(),
        evidence: vec![EvidenceKind::Tests],
        report: ReportPolicy {
            format,
            path: path.map(str::to_owned),
        },
        also: Vec::new(),
        fix: None,
        env: BTreeMap::new(),
        working_directory: None,
        rule: RuleSource::Default,
    }))
}

#[tokio::test]
async fn a_command_is_a_suite_by_its_report_or_its_exit_status() {
    let with = |tests| Shop::new(&[]).with(SuiteName::EndToEnd, tests);
    let by_report = "import os, sys\nassert sys.argv[1] == os.environ['SPEC2PROD_ENVIRONMENT_URL']\nopen(sys.argv[2], 'w').write('<testsuite><testcase name=\"t\"/></testsuite>')\n";
    let words = ["python3", "suite.py", "{url}", "{report}"];
    let shop = with(command(&words, ReportFormat::Junit, Some("{report}")));
    shop.write("suite.py", by_report);
    let (verdict, message, result) = shop.run(Phase::EndToEndTests).await;
    assert_eq!(verdict, Verdict::Passed, "{message}");
    assert_eq!(result.unwrap().total, 1);

    for (code, expected) in [("0", "passed"), ("3", "failed"), ("75", "errored")] {
        let script = format!("raise SystemExit({code})");
        let words = ["python3", "-c", script.as_str()];
        let (verdict, ..) = with(command(&words, ReportFormat::ExitStatus, None))
            .run(Phase::EndToEndTests)
            .await;
        assert_eq!(verdict.as_str(), expected);
    }
    let missing = with(command(
        &["no-such-program"],
        ReportFormat::ExitStatus,
        None,
    ));
    let (verdict, message, _) = missing.run(Phase::EndToEndTests).await;
    assert_eq!(
        verdict.reason().unwrap().code,
        ReasonCode::ToolMissing,
        "{message}"
    );
    assert_eq!(verdict.as_str(), "errored");
}

#[tokio::test]
async fn a_suite_that_does_not_end_is_ended_and_says_nothing_about_the_version() {
    let words = ["python3", "-c", "import time; time.sleep(600)"];
    let endless = || {
        let tests = command(&words, ReportFormat::ExitStatus, None);
        Shop::new(&[]).with(SuiteName::EndToEnd, tests)
    };
    let own = endless().changed(|suite| suite.timeout = Duration::from_millis(300));
    let (verdict, message, _) = own.run(Phase::EndToEndTests).await;
    assert_eq!(verdict.reason().unwrap().code, ReasonCode::ToolTimedOut);
    assert!(message.contains("suites.end_to_end.timeout"), "{message}");
    let (verdict, ..) = endless()
        .run_within(Phase::EndToEndTests, Duration::from_millis(300))
        .await;
    assert_eq!(verdict.reason().unwrap().code, ReasonCode::ToolTimedOut);
}
