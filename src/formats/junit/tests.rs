//! Reports of real runners, and what other runners are known to write.

use super::*;

fn run_of(text: &str) -> Result<TestRun, FormatError> {
    let paths = PathBase::new("/tmp/workspace".as_ref());
    match Format::Junit.read(text.as_bytes(), &paths)? {
        EvidenceData::Tests(run) => Ok(run),
        other => panic!("{other:?}"),
    }
}

/// One line a case: outcome, class, name, place.
fn lines_of(run: &TestRun) -> String {
    let line = |case: &TestCase| {
        let outcome = format!("{:?}", case.outcome).to_lowercase();
        let file = case.file.as_deref().unwrap_or("-");
        let line = case.line.unwrap_or(0);
        format!("{outcome} {} {} {file}:{line}\n", case.class, case.name)
    };
    run.cases.iter().map(line).collect()
}

/// The five counts in the order passed, failed, errored, skipped, flaky.
fn counts(run: &TestRun) -> [u64; 5] {
    assert_eq!(
        run.total,
        run.passed + run.failed + run.errored + run.skipped + run.flaky
    );
    [run.passed, run.failed, run.errored, run.skipped, run.flaky]
}

#[test]
fn pytest_lines_count_from_one_and_reruns_are_flaky() {
    let run = run_of(include_str!("../../../tests/fixtures/formats/pytest.xml")).unwrap();
    insta::assert_snapshot!(lines_of(&run), @r"
    passed tests.test_cart.TestTotal test_sum tests/test_cart.py:9
    passed tests.test_cart.TestTotal test_discount[50-5] tests/test_cart.py:12
    failed tests.test_cart.TestTotal test_discount[101-1] tests/test_cart.py:12
    errored tests.test_cart test_setup_error tests/test_cart.py:22
    skipped tests.test_cart test_skipped tests/test_cart.py:26
    skipped tests.test_cart test_expected_failure tests/test_cart.py:31
    flaky tests.test_cart test_flaky tests/test_cart.py:36
    passed tests.test_cart test_output tests/test_cart.py:44
    ");
    assert_eq!(counts(&run), [3, 1, 1, 2, 1]);
    assert!((run.duration_ms - 101.0).abs() < 1e-6);
    let failed = &run.cases[2];
    assert_eq!(failed.suite, "pytest");
    insta::assert_snapshot!(failed.message.as_deref().unwrap(), @r"
    AssertionError: red <&> ünïcode
    assert 0 == 1
     +  where 0 = total([10], 101)
    ");
    assert_eq!(run.cases[4].message.as_deref(), Some("not today"));
}

#[test]
fn pytest_attempts_and_phases_are_one_case() {
    let run = run_of(include_str!(
        "../../../tests/fixtures/formats/pytest-attempts.xml"
    ))
    .unwrap();
    insta::assert_snapshot!(lines_of(&run), @r"
    passed test_x test_sub_ok test_x.py:2
    failed test_x test_sub_bad test_x.py:6
    failed test_x.T test_u test_x.py:11
    passed test_x.T test_uok test_x.py:15
    errored test_x test_td_ok test_x.py:23
    failed test_x test_td_bad test_x.py:24
    failed test_x test_always test_x.py:25
    errored test_x test_td_rerun test_x.py:31
    failed test_x test_xpass_strict test_x.py:33
    passed test_x test_xpass test_x.py:35
    ");
}

#[test]
fn newer_pytest_reports_have_no_places() {
    let run = run_of(include_str!(
        "../../../tests/fixtures/formats/pytest-xunit2.xml"
    ))
    .unwrap();
    assert_eq!(counts(&run), [3, 1, 1, 2, 1]);
    assert!(
        run.cases
            .iter()
            .all(|case| case.file.is_none() && case.line.is_none())
    );
}

#[test]
fn pytest_cases_of_different_suites_are_not_merged() {
    let run = run_of(
        "<testsuites name='pytest tests'>\
         <testsuite name='pytest'><testcase classname='c' name='n'/></testsuite>\
         <testsuite name='pytest'><testcase classname='c' name='n'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&run.unwrap()), [2, 0, 0, 0, 0]);
    let run = run_of(
        "<testsuite name='jest'><testcase classname='c' name='n'/>\
         <testcase classname='c' name='n'/></testsuite>",
    );
    assert_eq!(counts(&run.unwrap()), [2, 0, 0, 0, 0]);
}

#[test]
fn nextest_flaky_tests_are_not_failures() {
    let run = run_of(include_str!("../../../tests/fixtures/formats/nextest.xml")).unwrap();
    assert_eq!(counts(&run), [1, 1, 0, 0, 1]);
    let failed = run
        .cases
        .iter()
        .find(|case| case.outcome == CaseOutcome::Failed)
        .unwrap();
    assert_eq!(failed.class, "shop");
    let message = failed.message.as_deref().unwrap();
    assert!(
        message.contains("assertion `left == right` failed: red <&>"),
        "{message}"
    );
    assert!(!message.contains("running 1 test"), "{message}");
}

#[test]
fn surefire_attempts_decide_by_the_last_one() {
    let run = run_of(
        r#"<testsuite name="s" tests="4" failures="1" errors="0" skipped="0" time="1,234.5">
          <testcase classname="c" name="flaky" time="0.1"><flakyError message="m1"><stackTrace>t</stackTrace><system-out>noise</system-out></flakyError></testcase>
          <testcase classname="c" name="failed"><failure message="boom">c: boom at x</failure><rerunFailure message="again"/><rerunError/></testcase>
          <testcase classname="c" name="configured"><failure message="flaky"/><flakyFailure/></testcase>
          <testcase classname="c" name="twice"><error message="e"/><failure message="f"/><skipped/></testcase>
        </testsuite>"#,
    )
    .unwrap();
    assert_eq!(counts(&run), [0, 3, 0, 0, 1]);
    assert!((run.duration_ms - 1_234_500.0).abs() < 1e-6);
    let messages: Vec<_> = run
        .cases
        .iter()
        .map(|case| case.message.as_deref())
        .collect();
    assert_eq!(
        messages,
        [Some("m1"), Some("boom"), Some("flaky"), Some("f")]
    );
}

#[test]
fn bare_nested_and_incomplete_suites_are_read() {
    let run = run_of(
        r#"<testsuite name="outer" file="spec/a.js" xmlns="urn:x">
          <properties><property name="k" value="v"/></properties>
          <testsuite name="inner"><testcase name="a"/><testcase name="b" file="/tmp/workspace/b.js" line="7" time="0.5"/></testsuite>
          <testcase/><system-out><![CDATA[<failure>]]></system-out>
        </testsuite>"#,
    )
    .unwrap();
    insta::assert_snapshot!(lines_of(&run), @r"
    passed  a spec/a.js:0
    passed  b b.js:7
    passed   spec/a.js:0
    ");
    assert_eq!(run.cases[1].suite, "inner");
    assert_eq!(run.cases[2].suite, "outer");
    assert!((run.duration_ms - 500.0).abs() < 1e-6);
    let run = run_of("<testsuites><testcase name='a'/></testsuites>").unwrap();
    assert_eq!((run.total, run.cases[0].suite.as_str()), (1, ""));
}

#[test]
fn the_stated_time_counts_where_there_is_one() {
    let text = |root: &str, suite: &str| {
        format!(
            "<testsuites {root}><testsuite {suite}><testcase time='1'/></testsuite>\
             <testsuite><testcase time='2'/></testsuite></testsuites>"
        )
    };
    for (root, suite, expected) in [
        ("time='10'", "time='5'", 10_000.0),
        ("", "time='5'", 7_000.0),
        ("time='0'", "", 3_000.0),
        ("time=''", "time='-1'", 3_000.0),
    ] {
        let run = run_of(&text(root, suite)).unwrap();
        assert!((run.duration_ms - expected).abs() < 1e-6, "{root} {suite}");
    }
}

#[test]
fn tests_that_were_switched_off_are_skipped() {
    let run = run_of(
        "<testsuites tests='2' failures='0' disabled='1'><testsuite name='g'>\
         <testcase name='a' status='notrun' result='suppressed'/>\
         <testcase name='b' status='run' result='completed'/></testsuite></testsuites>",
    );
    assert_eq!(counts(&run.unwrap()), [1, 0, 0, 1, 0]);
}

#[test]
fn no_tests_are_read_as_no_tests() {
    for text in [
        "<testsuites/>",
        "<testsuite/>",
        "<testsuites tests='0'><testsuite name='pytest' tests='0'/></testsuites>",
    ] {
        assert_eq!(run_of(text).unwrap().total, 0);
    }
}

#[test]
fn a_report_that_lacks_what_it_states_is_refused() {
    for text in [
        "<testsuite tests='3'/>",
        "<testsuites tests='3'><testsuite/></testsuites>",
        "<testsuite tests='1' failures='1'><testcase/></testsuite>",
        "<testsuite tests='1' errors='1'><testcase><skipped/></testcase></testsuite>",
        "<testsuite><failure/></testsuite>",
    ] {
        assert!(run_of(text).is_err(), "{text}");
    }
    let error = run_of("<testsuite name='s' tests='1' failures='2'>\n<testcase/>\n</testsuite>");
    insta::assert_snapshot!(error.unwrap_err(), @"the JUnit XML report cannot be read, line 3 column 1: expected a case that failed in the suite `s`, found none of the 2 that it states");
}

#[test]
fn a_report_with_less_than_it_states_says_so() {
    let noted = |text| run_of(text).unwrap().notes.join("\n");
    insta::assert_snapshot!(
        noted("<testsuites tests='300'><testsuite name='s' tests='300'><testcase name='a'/></testsuite></testsuites>"),
        @"the suite `s` states 300 tests and has 1: what it has is counted"
    );
    insta::assert_snapshot!(
        noted("<testsuites tests='3'><testsuite name='s'><testcase name='a'/><testcase name='b'/></testsuite></testsuites>"),
        @"the report states 3 tests and has 2: what it has is counted"
    );
    insta::assert_snapshot!(
        noted("<testsuite name='s' tests='2' failures='1' errors='1'><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>"),
        @"the suite `s` states 2 failures and errors and has 1: what it has is counted"
    );
    for text in [
        "<testsuite name='s' tests='1'><testcase name='a'/><testcase name='b'/></testsuite>",
        "<testsuites name='pytest tests'><testsuite name='pytest' tests='3'><testcase name='with_subtests'/></testsuite></testsuites>",
    ] {
        assert_eq!(noted(text), "", "{text}");
    }
}

#[test]
fn what_is_no_report_is_refused() {
    let nested = "<testsuite>".repeat(100_000);
    for text in [
        "",
        "<html/>",
        "<testcase/>",
        "<testsuites><testsuites/></testsuites>",
        "<testsuite><testcase><testcase/></testcase></testsuite>",
        "<testsuite><testcase><testsuite/></testcase></testsuite>",
        "<testsuite><testcase time='fast'/></testsuite>",
        "<testsuite><testcase line='4000000000'/></testsuite>",
        "<testsuite><testcase line='18446744073709551615' file='a'/></testsuite>",
        "<testsuite tests='many'/>",
        "<testsuite><testcase name='a'/>",
        "<testsuite><testcase na",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><testsuite name='&e;'/>",
        nested.as_str(),
    ] {
        assert!(run_of(text).is_err(), "{text:.80}");
    }
}

#[test]
fn one_long_name_for_many_cases_is_refused() {
    let (name, cases) = ("ü".repeat(1_000), "<testcase/>".repeat(100_000));
    let error = run_of(&format!("<testsuite name='{name}'>{cases}</testsuite>"));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("bytes of names and messages"), "{error}");
}

#[test]
fn the_number_of_cases_is_bounded() {
    let text = format!(
        "<testsuite>{}</testsuite>",
        "<testcase/>".repeat(findings::MAX_ITEMS + 1)
    );
    let error = run_of(&text).unwrap_err().to_string();
    assert!(error.contains("at most 200000 test cases"), "{error}");
}

#[test]
fn a_case_that_only_its_attribute_calls_failed_did_not_pass() {
    for (case, outcome) in [
        (
            r#"<testcase name="x" status="failed"/>"#,
            CaseOutcome::Failed,
        ),
        (
            r#"<testcase name="x" result="FAILURE"/>"#,
            CaseOutcome::Failed,
        ),
        (
            r#"<testcase name="x" status="error"/>"#,
            CaseOutcome::Errored,
        ),
        (
            r#"<testcase name="x" status="failed"><error message="m"/></testcase>"#,
            CaseOutcome::Errored,
        ),
        (
            r#"<testcase name="x" status="failed"><skipped/></testcase>"#,
            CaseOutcome::Skipped,
        ),
        (
            r#"<testcase name="x" status="run" result="completed"/>"#,
            CaseOutcome::Passed,
        ),
    ] {
        let report = format!(r#"<testsuite name="a">{case}</testsuite>"#);
        let run = run_of(&report).unwrap();
        assert_eq!(run.cases[0].outcome, outcome, "{case}");
    }
}
