//! How pytest can end, and what that says.

use super::{BROKEN, FLAKY, addopts};
use crate::support::{Judged, Repository};

/// The shop with one more file of tests.
fn with_tests(text: &str) -> Repository {
    let repository = Repository::with_shop();
    repository.write("tests/shop/test_zz.py", text);
    repository
}

fn judge(repository: &Repository) -> Judged {
    repository.judge("shop", &["test_pass_rate", "test_coverage"])
}

#[test]
fn a_run_never_stops_at_the_first_failure() {
    for options in ["-x", "--maxfail=1", "-q -x -W ignore"] {
        let repository = with_tests(BROKEN);
        repository.write("tests/shop/test_aa.py", FLAKY);
        repository.write("pyproject.toml", addopts(options));
        let judged = judge(&repository);
        judged.expect("test_pass_rate", "failed");
        // All five tests were run; the flaky one counts as passing.
        assert!((judged.number("test_pass_rate") - 80.0).abs() < 0.01);
        assert_eq!(
            judged.findings("test_pass_rate"),
            ["failed tests/shop/test_zz.py"]
        );
    }
}

#[test]
fn tests_that_were_never_run_are_not_passing() {
    // The broken test is behind the one at which pytest stops.
    let exit =
        "import pytest\n\n\ndef test_a() -> None:\n    pytest.exit('enough', returncode=0)\n\n\n";
    let failing_exit = exit.replace("returncode=0", "returncode=1");
    for (text, words) in [
        (format!("{exit}{BROKEN}"), "enough"),
        (format!("{FLAKY}\n\n{failing_exit}{BROKEN}"), "enough"),
    ] {
        let judged = judge(&with_tests(&text));
        judged
            .expect("test_pass_rate", "errored tool_crashed")
            .expect("test_coverage", "errored tool_crashed");
        let reason = judged.reason("test_pass_rate");
        assert!(
            reason.contains("stopped before it had run all tests"),
            "{reason}"
        );
        assert!(reason.contains(words), "{reason}");
    }
    let repository = with_tests(&format!("{FLAKY}\n\n{BROKEN}"));
    repository.write("pyproject.toml", addopts("--stepwise"));
    let judged = judge(&repository);
    judged.expect("test_pass_rate", "errored tool_crashed");
    assert_eq!(judged.attempts("pytest"), 1);
}

#[test]
fn a_process_that_is_ended_by_its_tests_gives_no_evidence() {
    for (ending, words) in [
        ("os._exit(0)", "exit status 0"),
        ("os._exit(5)", "exit status 5"),
        ("os.kill(os.getpid(), 11)", "signal 11"),
    ] {
        let repository = with_tests(&format!(
            "import os\n\n\ndef test_a() -> None:\n    {ending}\n"
        ));
        repository.write(
            "workflow_config.yaml",
            "error_recovery:\n  testing: { max_retries: 0 }\n",
        );
        let judged = judge(&repository);
        judged
            .expect("test_pass_rate", "errored tool_crashed")
            .expect("test_coverage", "errored tool_crashed");
        let reason = judged.reason("test_pass_rate");
        assert!(reason.contains(words), "{ending}: {reason}");
    }
}

#[test]
fn a_test_that_hangs_is_ended_and_named_so() {
    let repository = with_tests("import time\n\n\ndef test_a() -> None:\n    time.sleep(600)\n");
    repository.write(
        "workflow_config.yaml",
        "stages:\n  testing: { timeout_seconds: 5 }\n",
    );
    judge(&repository).expect("test_pass_rate", "errored tool_timed_out");
}

#[test]
fn wrong_usage_is_told_with_pytests_own_words() {
    let repository = Repository::with_shop();
    repository.write("pyproject.toml", addopts("-n 2"));
    let judged = judge(&repository);
    judged.expect("test_pass_rate", "errored tool_crashed");
    let reason = judged.reason("test_pass_rate");
    assert!(reason.contains("unrecognized arguments: -n"), "{reason}");

    // Tests that were found and not run.
    repository.write("tests/shop/test_zz.py", BROKEN);
    for options in [
        "--collect-only",
        "--setup-only",
        "--setup-plan -q",
        "-k nothing_of_this_name",
    ] {
        repository.write("pyproject.toml", addopts(options));
        judge(&repository)
            .expect("test_pass_rate", "no_data no_tests_collected")
            .expect("test_coverage", "no_data no_tests_collected");
    }
}

#[test]
fn every_way_to_fail_is_a_failure() {
    let fixture = "import pytest\n\n\n@pytest.fixture\ndef broken():\n    raise RuntimeError('no')\n\n\ndef test_a(broken):\n    pass\n";
    let teardown = fixture.replace("    raise", "    yield\n    raise");
    let strict = "import pytest\n\n\n@pytest.mark.xfail(strict=True)\ndef test_a():\n    pass\n";
    let class = "import unittest\n\n\nclass TestIt(unittest.TestCase):\n    def test_a(self):\n        for i in range(3):\n            with self.subTest(i=i):\n                self.assertLess(i, 2)\n";
    for (text, rule, words) in [
        (fixture, "errored", "failed on setup"),
        (&teardown, "errored", "failed on teardown"),
        (strict, "failed", "XPASS(strict)"),
        (class, "failed", "2 not less than 2"),
        ("import nothing_of_this_name\n", "errored", "ImportError"),
    ] {
        let repository = with_tests(text);
        repository.write(
            "workflow_config.yaml",
            "error_recovery:\n  testing: { max_retries: 1, base_delay: 0.01, max_delay: 0.02 }\n",
        );
        let judged = judge(&repository);
        judged.expect("test_pass_rate", "failed");
        assert_eq!(
            judged.findings("test_pass_rate"),
            [format!("{rule} tests/shop/test_zz.py")]
        );
        let finding = &judged.gate("test_pass_rate")["findings"][0]["message"];
        assert!(finding.as_str().unwrap().contains(words), "{finding}");
    }
}

#[test]
fn settings_of_the_reports_and_what_tests_do_meanwhile_change_nothing() {
    let text = "import os\nimport sys\n\nimport pytest\n\n\n\
        @pytest.mark.parametrize('value', ['a b', 'ü\\n', '\\x1b[31m', '::error::x'])\n\
        def test_prints(value):\n    print('::error::\\x1b[31m', value)\n    sys.__stdout__.write('<xml>')\n\n\n\
        @pytest.mark.xfail\ndef test_is_known_to_fail():\n    assert False\n\n\n\
        def test_goes_elsewhere(tmp_path):\n    folder = tmp_path / 'gone'\n    folder.mkdir()\n    os.chdir(folder)\n    folder.rmdir()\n";
    let repository = with_tests(text);
    repository.write(
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = \"-s --junitxml=mine.xml --cov=other --strict-markers\"\n\
         junit_family = \"xunit2\"\njunit_suite_name = \"mine\"\njunit_logging = \"all\"\n",
    );
    repository.commit();
    let judged = judge(&repository);
    judged
        .expect("test_pass_rate", "passed")
        .expect("test_coverage", "passed");
    assert!((judged.number("test_coverage") - 100.0).abs() < 0.01);
    assert_eq!(judged.attempts("pytest"), 1);
    assert_eq!(repository.changes(), Vec::<String>::new());
}

#[test]
fn what_tests_print_never_becomes_a_command_of_the_workflow() {
    let repository = with_tests(
        "def test_a() -> None:\n    print('\\n::error::printed')\n    assert False, '\\n::error::\\x1b[31mred'\n",
    )
    .variable("CI", "true")
    .variable("GITHUB_ACTIONS", "true");
    let ran = repository.run(&["run", "--component", "shop", "--target", "dev"]);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(
            !text
                .lines()
                .any(|line| line.trim_start().starts_with("::error::")),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}

#[test]
fn flaky_tests_are_told_from_broken_ones_of_the_same_name() {
    // Same name in two files; one fails in its fixture, in a class.
    let repository = Repository::with_shop();
    let fixture = "from pathlib import Path\n\nimport pytest\n\n\n@pytest.fixture\ndef late():\n    marker = Path('marker')\n    \
                   was_there = marker.exists()\n    marker.touch()\n    assert was_there\n\n\nclass TestIt:\n    def test_x(self, late):\n        pass\n";
    for folder in ["a", "b"] {
        repository.write(&format!("tests/shop/{folder}/__init__.py"), "");
    }
    repository.write("tests/shop/a/test_same.py", fixture);
    repository.write(
        "tests/shop/b/test_same.py",
        "class TestIt:\n    def test_x(self):\n        assert False\n",
    );
    let judged = judge(&repository);
    judged.expect("test_pass_rate", "failed");
    assert_eq!(
        judged.findings("test_pass_rate"),
        ["failed tests/shop/b/test_same.py"]
    );

    // Names so long that the report cuts them: which of the two passed cannot be told.
    let name = "x".repeat(3_000);
    let text = format!(
        "from pathlib import Path\n\nimport pytest\n\n\n@pytest.mark.parametrize('broken', [0, 1], ids=['{name}a', '{name}b'])\n\
         def test_long(broken):\n    marker = Path('marker')\n    was_there = marker.exists()\n    marker.touch()\n    assert was_there and not broken\n"
    );
    judge(&with_tests(&text)).expect("test_pass_rate", "failed");
}

#[test]
fn files_are_named_from_the_workspace_wherever_the_settings_of_pytest_lie() {
    let repository = with_tests(BROKEN);
    repository.write(
        "tests/pytest.ini",
        "[pytest]\naddopts = -p no:cacheprovider\n",
    );
    let judged = judge(&repository);
    assert_eq!(
        judged.findings("test_pass_rate"),
        ["failed tests/shop/test_zz.py"]
    );
}
