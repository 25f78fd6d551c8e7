//! `test_coverage`: is enough of the component covered by its tests?

use super::Gate;
use super::answer::Answer;
use crate::model::{
    Actual, Coverage, Evidence, EvidenceKind, FileCoverage, Finding, Judgement, Measurement,
    Operator, Question, Severity, Stage, Target, TestRun, ThresholdSubject, Unit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many files are shown, those with the most missing lines.
const SHOWN_FILES: usize = 10;

/// Is enough of the component covered by its tests?
pub struct TestCoverage;

/// The limits of `test_coverage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Least coverage for `dev`, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub dev_threshold: f64,
    /// Least coverage for `staging`, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub staging_threshold: f64,
    /// Least coverage for `production`, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub production_threshold: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dev_threshold: 50.0,
            staging_threshold: 70.0,
            production_threshold: 80.0,
        }
    }
}

impl Gate for TestCoverage {
    const ID: &'static str = "test_coverage";
    const SUMMARY: &'static str = "Is enough of the component covered by its tests?";
    const STAGE: Stage = Stage::Testing;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Coverage, EvidenceKind::Tests];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "the coverage is at least the limit of the run's target",
        ),
        (
            "failed",
            "the coverage is below it; the files with the most missing lines are findings",
        ),
        (
            "no_data",
            "the report is missing, stale, or has no coverable line, or no test ran",
        ),
        (
            "errored",
            "the test run did not finish, or the report cannot be read; coverage without a finished test run is not evidence",
        ),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let is_run_finished = answer.require::<TestRun>(evidence, EvidenceKind::Tests);
        let reports: Vec<&Coverage> = answer.take(evidence, EvidenceKind::Coverage);
        if !is_run_finished || reports.is_empty() {
            return answer.conclude();
        }
        let (key, configured) = match question.target {
            Target::Dev => ("dev_threshold", limits.dev_threshold),
            Target::Staging => ("staging_threshold", limits.staging_threshold),
            Target::Production => ("production_threshold", limits.production_threshold),
        };
        let (least, rule) = answer.stricter_limit(
            question,
            ThresholdSubject::Coverage,
            Operator::AtLeast,
            configured,
            question.rule(key),
        );
        for report in &reports {
            answer.measure(Measurement::new(
                "coverage",
                Actual::Number(report.percent),
                Operator::AtLeast,
                least,
                Unit::Percent,
                rule.clone(),
            ));
        }
        answer.add_made(least_covered(
            reports.iter().flat_map(|report| &report.files),
        ));
        answer.conclude()
    }
}

/// The files with the most missing lines, most first.
fn least_covered<'a>(files: impl Iterator<Item = &'a FileCoverage>) -> Vec<Finding> {
    let missing = |file: &FileCoverage| file.lines_total.saturating_sub(file.lines_covered);
    let mut files: Vec<&FileCoverage> = files.filter(|file| missing(file) > 0).collect();
    files.sort_by(|a, b| (missing(b), &a.file).cmp(&(missing(a), &b.file)));
    files.truncate(SHOWN_FILES);
    files
        .into_iter()
        .map(|file| {
            let mut message = format!(
                "{} of {} lines are not covered",
                missing(file),
                file.lines_total
            );
            if !file.missing_lines.is_empty() {
                message.push_str(": ");
                message.push_str(&ranges(&file.missing_lines));
            }
            let first = file.missing_lines.iter().min().copied();
            Finding::new("missing_lines", Severity::Note, message).at(&*file.file, first, None)
        })
        .collect()
}

/// Line numbers as `12-15, 20`.
fn ranges(lines: &[u32]) -> String {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    lines.dedup();
    let texts: Vec<String> = lines
        .chunk_by(|a, b| b - a == 1)
        .filter_map(|range| match range {
            [] => None,
            [line] => Some(line.to_string()),
            [first, .., last] => Some(format!("{first}-{last}")),
        })
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, crashed, evidence, exit_status, shown, stated, test_run};
    use crate::model::{EvidenceData, StatedThreshold};

    fn coverage(percent: f64, lines_total: u64, files: Vec<FileCoverage>) -> EvidenceData {
        EvidenceData::Coverage(Coverage {
            lines_covered: 0,
            lines_total,
            percent,
            branches_covered: None,
            branches_total: None,
            files,
            notes: Vec::new(),
        })
    }

    fn judged(percent: f64, target: Target, stated: &[StatedThreshold]) -> Judgement {
        let evidence = evidence([
            (EvidenceKind::Coverage, coverage(percent, 100, Vec::new())),
            (EvidenceKind::Tests, test_run(3, 1, 0, 0)),
        ]);
        ask::<TestCoverage>(&Limits::default(), target, stated, &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limits() {
        let table = [
            (Target::Dev, 50.0, "passed"),
            (Target::Dev, 49.999, "failed"),
            (Target::Staging, 70.0, "passed"),
            (Target::Staging, 69.999, "failed"),
            (Target::Production, 80.0, "passed"),
            (Target::Production, 79.999_999, "failed"),
            (Target::Production, 100.0, "passed"),
            (Target::Dev, 0.0, "failed"),
            (Target::Dev, f64::NAN, "errored"),
            (Target::Dev, f64::INFINITY, "errored"),
            (Target::Dev, 100.5, "errored"),
            (Target::Dev, -1.0, "errored"),
        ];
        for (target, percent, verdict) in table {
            let judgement = judged(percent, target, &[]);
            assert_eq!(
                judgement.verdict.as_str(),
                verdict,
                "{percent} for {target}"
            );
        }
    }

    #[test]
    fn the_specification_can_only_be_stricter() {
        let of = |level, value| stated(ThresholdSubject::Coverage, level, value);
        let table = [
            (of(None, 85.0), 80.0, "failed"),
            (of(Some(Target::Staging), 85.0), 80.0, "failed"),
            (of(Some(Target::Production), 85.0), 80.0, "passed"),
            (of(Some(Target::Staging), 10.0), 69.0, "failed"),
            (of(None, f64::NAN), 70.0, "passed"),
            (stated(ThresholdSubject::Uptime, None, 99.5), 70.0, "passed"),
        ];
        for (threshold, percent, verdict) in table {
            let judgement = judged(percent, Target::Staging, std::slice::from_ref(&threshold));
            assert_eq!(judgement.verdict.as_str(), verdict, "{threshold:?}");
        }
        insta::assert_snapshot!(shown(&judged(84.999, Target::Staging, &[of(None, 85.0)])), @"
        failed
        - coverage 84.99 % ≥ 85 % (specs/calculator.md:12)
        ");
        insta::assert_snapshot!(shown(&judged(70.0, Target::Staging, &[of(None, 60.0)])), @"
        passed
        + coverage 70 % ≥ 70 % (workflow_config.yaml:7)
        note: specs/calculator.md:12 states 60, which is laxer than the configured 70; the stricter limit counts
        ");
    }

    #[test]
    fn the_files_with_most_missing_lines_come_first() {
        let file = |name: &str, lines_covered, missing_lines: &[u32]| FileCoverage {
            file: name.to_owned(),
            lines_covered,
            lines_total: 20,
            percent: 0.0,
            branches_covered: None,
            branches_total: None,
            missing_lines: missing_lines.to_vec(),
        };
        let mut files = vec![
            file("src/all.py", 20, &[]),
            file("src/little.py", 15, &[20, 12, 13, 14, 15]),
            file("src/unnamed_lines.py", 2, &[]),
        ];
        files.extend((0..12).map(|i| file(&format!("src/z{i:02}.py"), 19, &[7])));
        let evidence = evidence([
            (EvidenceKind::Coverage, coverage(70.0, 100, files)),
            (EvidenceKind::Tests, test_run(1, 0, 0, 0)),
        ]);
        let judgement = ask::<TestCoverage>(&Limits::default(), Target::Staging, &[], &evidence);
        insta::assert_snapshot!(shown(&judgement), @"
        passed
        + coverage 70 % ≥ 70 % (workflow_config.yaml:7)
        note missing_lines src/unnamed_lines.py: 18 of 20 lines are not covered
        note missing_lines src/little.py:12: 5 of 20 lines are not covered: 12-15, 20
        note missing_lines src/z00.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z01.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z02.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z03.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z04.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z05.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z06.py:7: 1 of 20 lines are not covered: 7
        note missing_lines src/z07.py:7: 1 of 20 lines are not covered: 7
        ");
    }

    #[test]
    fn coverage_without_a_finished_test_run_is_not_evidence() {
        let full = || (EvidenceKind::Coverage, coverage(100.0, 100, Vec::new()));
        let ask = |evidence| {
            shown(&ask::<TestCoverage>(
                &Limits::default(),
                Target::Dev,
                &[],
                &evidence,
            ))
        };
        insta::assert_snapshot!(ask(evidence([full()])), @"
        no_data
        reason no_evidence: no tool of the component's toolchain gives `tests` evidence; add a command with `evidence: [tests]` to the toolchain in `toolchains`, or do not require the gate in `maturity_workflow`
        ");
        let none_ran = evidence([full(), (EvidenceKind::Tests, test_run(0, 0, 2, 0))]);
        insta::assert_snapshot!(ask(none_ran), @"
        no_data
        reason no_tests_collected: all 2 tests of tests-tool were skipped, so none ran
        ");
        let mut timed_out = evidence([full()]);
        timed_out.add(EvidenceKind::Tests, "pytest", Err(crashed()));
        insta::assert_snapshot!(ask(timed_out), @"
        errored
        reason tool_crashed: the tool crashed
        ");
        // A command without a report did finish, whatever it says about the tests.
        let command = evidence([full(), (EvidenceKind::Tests, exit_status(1))]);
        insta::assert_snapshot!(ask(command), @"
        passed
        + coverage 100 % ≥ 50 % (workflow_config.yaml:7)
        ");
    }

    #[test]
    fn an_empty_report_and_a_bare_exit_status_are_no_data() {
        for data in [coverage(100.0, 0, Vec::new()), exit_status(0)] {
            let evidence = evidence([
                (EvidenceKind::Coverage, data),
                (EvidenceKind::Tests, test_run(1, 0, 0, 0)),
            ]);
            let judgement = ask::<TestCoverage>(&Limits::default(), Target::Dev, &[], &evidence);
            assert_eq!(judgement.verdict.as_str(), "no_data");
        }
    }

    #[test]
    fn line_ranges_are_compact() {
        assert_eq!(ranges(&[20, 12, 13, 15, 14, 13]), "12-15, 20");
        assert_eq!(ranges(&[1, 3, 4]), "1, 3-4");
        assert_eq!(ranges(&[]), "");
    }
}
