//! `test_pass_rate`: do all tests that ran pass?

use super::Gate;
use super::answer::{Answer, percent};
use crate::model::{
    Actual, CaseOutcome, Evidence, EvidenceKind, Finding, Judgement, Measurement, Operator,
    Question, Severity, Stage, TestCase, TestRun, Unit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Do all tests that ran pass?
pub struct TestPassRate;

/// The limits of `test_pass_rate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Least share of passing tests among those that ran, in percent. Flaky tests count as passing.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub required: f64,
    /// What a test that passes only when run again does to the verdict.
    pub flaky: FlakyPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            required: 100.0,
            flaky: FlakyPolicy::Warn,
        }
    }
}

/// What flaky tests do to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlakyPolicy {
    /// They are named, and the gate passes.
    Allow,
    /// They are named, and the gate is `warned`.
    Warn,
    /// They count as failing.
    Fail,
}

impl Gate for TestPassRate {
    const ID: &'static str = "test_pass_rate";
    const SUMMARY: &'static str = "Do all tests that ran pass?";
    const STAGE: Stage = Stage::Testing;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Tests];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "the share of passing tests among those that ran is at least `required`",
        ),
        (
            "warned",
            "the same, and a test passed only when run again (`flaky: warn`)",
        ),
        (
            "failed",
            "the share is below `required`; each failing test is a finding",
        ),
        (
            "no_data",
            "no test was collected, or all were skipped; zero tests are not passing tests",
        ),
        ("errored", "the test tool is missing, crashed or timed out"),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let runs: Vec<&TestRun> = answer.take(evidence, EvidenceKind::Tests);
        if !runs.is_empty() {
            let ran = runs.iter().map(|run| run.ran()).sum();
            let mut passing: u64 = runs.iter().map(|run| run.passed).sum();
            if limits.flaky != FlakyPolicy::Fail {
                passing += runs.iter().map(|run| run.flaky).sum::<u64>();
            }
            answer.measure(Measurement::new(
                "test pass rate",
                Actual::Number(percent(passing, ran)),
                Operator::AtLeast,
                limits.required,
                Unit::Percent,
                question.rule("required"),
            ));
        }
        let cases = || runs.iter().flat_map(|run| &run.cases);
        answer.add_made(
            cases()
                .filter_map(|case| finding(case, limits.flaky))
                .collect(),
        );
        answer.sort_findings();

        let flaky: Vec<String> = cases()
            .filter(|case| case.outcome == CaseOutcome::Flaky)
            .map(full_name)
            .collect();
        if !flaky.is_empty() {
            answer.note(format!("passed only when run again: {}", flaky.join(", ")));
        }
        let skipped: u64 = runs.iter().map(|run| run.skipped).sum();
        if skipped > 0 {
            answer.note(format!("skipped tests, which do not count: {skipped}"));
        }
        if limits.flaky == FlakyPolicy::Warn && runs.iter().any(|run| run.flaky > 0) {
            answer.warn();
        }
        answer.conclude()
    }
}

/// The finding about a test that did not pass.
fn finding(case: &TestCase, flaky: FlakyPolicy) -> Option<Finding> {
    let rule = match (case.outcome, flaky) {
        (CaseOutcome::Failed, _) => "failed",
        (CaseOutcome::Errored, _) => "errored",
        (CaseOutcome::Flaky, FlakyPolicy::Fail) => "flaky",
        _ => return None,
    };
    let mut message = full_name(case);
    if let Some(why) = &case.message {
        message.push_str(": ");
        message.push_str(why);
    }
    let mut finding = Finding::new(rule, Severity::Error, message);
    finding.file.clone_from(&case.file);
    finding.line = case.line;
    Some(finding)
}

fn full_name(case: &TestCase) -> String {
    if case.class.is_empty() {
        case.name.clone()
    } else {
        format!("{}::{}", case.class, case.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, crashed, evidence, exit_status, shown, test_run};
    use crate::model::{EvidenceData, ReasonCode, Target, Verdict};

    fn case(class: &str, name: &str, line: u32, outcome: CaseOutcome) -> TestCase {
        TestCase {
            suite: "pytest".to_owned(),
            class: class.to_owned(),
            name: name.to_owned(),
            file: Some("tests/test_calculator.py".to_owned()),
            line: Some(line),
            outcome,
            message: (outcome != CaseOutcome::Passed).then(|| "assert 1 == 2".to_owned()),
            duration_ms: 1.0,
        }
    }

    fn judged(limits: &Limits, data: EvidenceData) -> Judgement {
        let evidence = evidence([(EvidenceKind::Tests, data)]);
        ask::<TestPassRate>(limits, Target::Dev, &[], &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limit() {
        use FlakyPolicy::{Allow, Fail, Warn};
        // (required, flaky policy, passed, failed, flaky) → verdict
        let table = [
            (100.0, Warn, 10, 0, 0, "passed"),
            (100.0, Warn, 9, 1, 0, "failed"),
            (100.0, Warn, 2_499, 1, 0, "failed"), // 99.96 %
            (100.0, Warn, 999_999_999, 1, 0, "failed"),
            (70.0, Warn, 7, 3, 0, "passed"),
            (70.0, Warn, 69_999, 30_001, 0, "failed"), // 69.999 %
            (57.0, Warn, 57, 43, 0, "passed"),
            (0.0, Warn, 0, 1, 0, "passed"),
            (100.0, Warn, 9, 0, 1, "warned"),
            (100.0, Allow, 9, 0, 1, "passed"),
            (100.0, Fail, 9, 0, 1, "failed"),
            (90.0, Fail, 9, 0, 1, "passed"),
            (100.0, Warn, 8, 1, 1, "failed"),
            (f64::NAN, Warn, 10, 0, 0, "failed"),
        ];
        for (required, flaky, passed, failed, flakies, verdict) in table {
            let limits = Limits { required, flaky };
            let judgement = judged(&limits, test_run(passed, failed, 0, flakies));
            assert_eq!(
                judgement.verdict.as_str(),
                verdict,
                "{passed} passed, {failed} failed, {flakies} flaky, {flaky:?}, at least {required}"
            );
        }
    }

    #[test]
    fn nearly_all_never_reads_as_all() {
        let judgement = judged(&Limits::default(), test_run(999_999, 1, 0, 0));
        assert_eq!(judgement.measurements[0].actual_text(), "99.99 %");
    }

    #[test]
    fn failing_tests_are_findings_and_flaky_ones_are_named() {
        let run = TestRun::from_cases(
            vec![
                case("TestAdd", "test_two", 30, CaseOutcome::Failed),
                case("", "test_one", 4, CaseOutcome::Errored),
                case("", "test_later", 9, CaseOutcome::Skipped),
                case("TestAdd", "test_flaky", 20, CaseOutcome::Flaky),
                case("TestAdd", "test_fine", 10, CaseOutcome::Passed),
            ],
            5.0,
        );
        let judgement = judged(&Limits::default(), EvidenceData::Tests(run));
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - test pass rate 50 % ≥ 100 % (workflow_config.yaml:7)
        error errored tests/test_calculator.py:4: test_one: assert 1 == 2
        error failed tests/test_calculator.py:30: TestAdd::test_two: assert 1 == 2
        note: passed only when run again: TestAdd::test_flaky
        note: skipped tests, which do not count: 1
        ");
    }

    #[test]
    fn zero_tests_are_not_passing_tests() {
        let none = judged(&Limits::default(), test_run(0, 0, 0, 0));
        insta::assert_snapshot!(shown(&none), @"
        no_data
        reason no_tests_collected: the report of tests-tool has no test case
        ");
        let all_skipped = judged(&Limits::default(), test_run(0, 0, 3, 0));
        insta::assert_snapshot!(shown(&all_skipped), @"
        no_data
        reason no_tests_collected: all 3 tests of tests-tool were skipped, so none ran
        ");
        assert!(
            matches!(all_skipped.verdict, Verdict::NoData(r) if r.code == ReasonCode::NoTestsCollected)
        );
    }

    #[test]
    fn counts_that_do_not_add_up_are_refused() {
        let run = TestRun {
            total: 5,
            passed: 4,
            ..TestRun::default()
        };
        let judgement = judged(&Limits::default(), EvidenceData::Tests(run));
        insta::assert_snapshot!(shown(&judgement), @"
        errored
        reason report_unreadable: the report of tests-tool has 5 test cases, but its outcomes do not add up to that
        ");
    }

    #[test]
    fn several_test_tools_are_counted_together() {
        let mut evidence = evidence([(EvidenceKind::Tests, test_run(1, 0, 0, 0))]);
        evidence.add(
            EvidenceKind::Tests,
            "unittest",
            Ok(test_run(2, 1, 0, 0).into()),
        );
        evidence.add(EvidenceKind::Tests, "tox", Ok(exit_status(0).into()));
        evidence.add(EvidenceKind::Tests, "nose", Err(crashed()));
        let judgement = ask::<TestPassRate>(&Limits::default(), Target::Dev, &[], &evidence);
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        + exit status of tox 0 = 0 (built-in default)
        - test pass rate 75 % ≥ 100 % (workflow_config.yaml:7)
        note: `tests` of nose could not be measured: the tool crashed
        ");
    }

    #[test]
    fn a_failing_command_shows_its_last_lines() {
        let judgement = judged(&Limits::default(), exit_status(101));
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - exit status of tests-tool 101 = 0 (built-in default)
        error exit_status: tests-tool ended with exit status 101:
        line 1
        line 2
        ");
    }
}
