//! `linting`: is the code free of lint findings, and formatted?

use super::Gate;
use super::answer::Answer;
use crate::model::{Evidence, EvidenceKind, FindingSet, Judgement, Question, Severity, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is the code free of lint findings, and formatted?
pub struct Linting;

/// The limits of `linting`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most findings of the linter, and files that the formatter would change, together.
    pub max_issues: u64,
    /// Whether the linter's and formatter's own fixes are applied (locally) or offered as a patch
    /// (in CI).
    pub auto_fix: bool,
    /// Whether files that the formatter would change count.
    pub check_format: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_issues: 0,
            auto_fix: false,
            check_format: true,
        }
    }
}

impl Gate for Linting {
    const ID: &'static str = "linting";
    const SUMMARY: &'static str = "Is the code free of lint findings, and formatted?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Lint, EvidenceKind::Format];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "there are at most `max_issues` lint findings and unformatted files",
        ),
        ("failed", "there are more; notes of the linter do not count"),
        (
            "no_data",
            "the linter or the formatter looked at no file, or the toolchain has none",
        ),
        (
            "errored",
            "the linter or the formatter is missing, crashed or timed out",
        ),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let lint: Vec<&FindingSet> = answer.take(evidence, EvidenceKind::Lint);
        let format: Vec<&FindingSet> = if limits.check_format {
            answer.take(evidence, EvidenceKind::Format)
        } else {
            Vec::new()
        };
        if !lint.is_empty() || !format.is_empty() {
            let issues = lint
                .iter()
                .flat_map(|set| &set.findings)
                .filter(|finding| finding.severity != Severity::Note)
                .count();
            let unformatted: usize = format.iter().map(|set| set.findings.len()).sum();
            let what = match (lint.is_empty(), format.is_empty()) {
                (false, true) => "lint issues",
                (true, _) => "unformatted files",
                (false, false) => "lint issues and unformatted files",
            };
            answer.at_most(
                what,
                (issues + unformatted) as u64,
                limits.max_issues,
                question.rule("max_issues"),
            );
        }
        for set in lint.into_iter().chain(format) {
            answer.add_found(set.findings.iter().cloned());
        }
        answer.sort_findings();
        answer.conclude()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, crashed, evidence, exit_status, findings, shown};
    use crate::model::{EvidenceData, Target};

    fn judged(limits: &Limits, lint: EvidenceData, format: EvidenceData) -> Judgement {
        let evidence = evidence([(EvidenceKind::Lint, lint), (EvidenceKind::Format, format)]);
        ask::<Linting>(limits, Target::Dev, &[], &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limit() {
        use Severity::{Error, Note, Warning};
        // (max_issues, check_format, lint, unformatted files) → verdict
        let table: [(u64, bool, &[Severity], usize, &str); 9] = [
            (0, true, &[], 0, "passed"),
            (0, true, &[Error], 0, "failed"),
            (0, true, &[Warning], 0, "failed"),
            (0, true, &[Note, Note], 0, "passed"),
            (0, true, &[], 1, "failed"),
            (0, false, &[], 1, "passed"),
            (3, true, &[Error, Warning, Note], 1, "passed"),
            (2, true, &[Error, Warning], 1, "failed"),
            (2, false, &[Error, Warning], 1, "passed"),
        ];
        for (max_issues, check_format, lint, unformatted, verdict) in table {
            let limits = Limits {
                max_issues,
                check_format,
                ..Limits::default()
            };
            let format = findings(&vec![Severity::Warning; unformatted]);
            let judgement = judged(&limits, findings(lint), format);
            assert_eq!(
                judgement.verdict.as_str(),
                verdict,
                "{lint:?} and {unformatted} unformatted, at most {max_issues}"
            );
        }
    }

    #[test]
    fn what_is_there_is_judged_and_what_is_missing_is_named() {
        let with_crashed_formatter = |severities: &[Severity]| {
            let mut evidence = evidence([(EvidenceKind::Lint, findings(severities))]);
            evidence.add(EvidenceKind::Format, "ruff format", Err(crashed()));
            shown(&ask::<Linting>(
                &Limits::default(),
                Target::Dev,
                &[],
                &evidence,
            ))
        };
        insta::assert_snapshot!(with_crashed_formatter(&[Severity::Note, Severity::Error]), @"
        failed
        - lint issues 1 ≤ 0 (workflow_config.yaml:7)
        error R1 a.py:2:1: found
        note R1 a.py:1:1: found
        note: `format` of ruff format could not be measured: the tool crashed
        ");
        insta::assert_snapshot!(with_crashed_formatter(&[]), @"
        errored
        reason tool_crashed: the tool crashed
        + lint issues 0 ≤ 0 (workflow_config.yaml:7)
        ");
    }

    #[test]
    fn a_linter_that_looked_at_no_file_says_nothing() {
        let nothing = EvidenceData::Findings(FindingSet {
            findings: Vec::new(),
            inspected: Some(0),
            ..FindingSet::default()
        });
        let judgement = judged(&Limits::default(), nothing.clone(), findings(&[]));
        insta::assert_snapshot!(shown(&judgement), @"
        no_data
        reason report_empty: lint-tool looked at no file
        + unformatted files 0 ≤ 0 (workflow_config.yaml:7)
        ");
        let judgement = judged(&Limits::default(), findings(&[]), nothing);
        assert_eq!(judgement.verdict.as_str(), "no_data");
    }

    #[test]
    fn one_command_for_both_kinds_is_shown_once() {
        let mut evidence = crate::model::Evidence::default();
        for kind in Linting::NEEDS {
            evidence.add(*kind, "make check", Ok(exit_status(2).into()));
        }
        let judgement = ask::<Linting>(&Limits::default(), Target::Dev, &[], &evidence);
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - exit status of make check 2 = 0 (built-in default)
        error exit_status: make check ended with exit status 2:
        line 1
        line 2
        ");
    }
}
