//! `type_checking`: is the code free of type errors?

use super::Gate;
use super::answer::Answer;
use crate::model::{Evidence, EvidenceKind, FindingSet, Judgement, Question, Severity, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is the code free of type errors?
pub struct TypeChecking;

/// The limits of `type_checking`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most errors of the type checker. Its warnings never fail the gate.
    pub max_errors: u64,
}

impl Gate for TypeChecking {
    const ID: &'static str = "type_checking";
    const SUMMARY: &'static str = "Is the code free of type errors?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Types];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "the type checker reports at most `max_errors` errors; its warnings are shown",
        ),
        ("failed", "it reports more"),
        (
            "no_data",
            "it looked at no file, or the toolchain has no type checker",
        ),
        ("errored", "it is missing, crashed or timed out"),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let reports: Vec<&FindingSet> = answer.take(evidence, EvidenceKind::Types);
        if !reports.is_empty() {
            let findings = || reports.iter().flat_map(|set| &set.findings);
            // Severities are ordered: anything a tool calls worse than an error counts too.
            let errors = findings()
                .filter(|finding| finding.severity <= Severity::Error)
                .count() as u64;
            answer.at_most(
                "type errors",
                errors,
                limits.max_errors,
                question.rule("max_errors"),
            );
            let others = findings().count() as u64 - errors;
            if others > 0 {
                answer.note(format!("warnings, which do not count: {others}"));
            }
        }
        for set in reports {
            answer.add_found(set.findings.iter().cloned());
        }
        answer.sort_findings();
        answer.conclude()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, evidence, findings, shown};
    use crate::model::Target;

    fn judged(max_errors: u64, severities: &[Severity]) -> Judgement {
        let evidence = evidence([(EvidenceKind::Types, findings(severities))]);
        ask::<TypeChecking>(&Limits { max_errors }, Target::Dev, &[], &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limit() {
        use Severity::{Critical, Error, Note, Warning};
        let table: [(u64, &[Severity], &str); 6] = [
            (0, &[], "passed"),
            (0, &[Error], "failed"),
            (0, &[Critical], "failed"),
            (0, &[Warning, Note], "passed"),
            (2, &[Error, Error, Warning], "passed"),
            (2, &[Error, Error, Error], "failed"),
        ];
        for (max_errors, severities, verdict) in table {
            let judgement = judged(max_errors, severities);
            assert_eq!(judgement.verdict.as_str(), verdict, "{severities:?}");
        }
    }

    #[test]
    fn errors_come_before_warnings() {
        let judgement = judged(0, &[Severity::Warning, Severity::Error, Severity::Note]);
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - type errors 1 ≤ 0 (workflow_config.yaml:7)
        error R1 a.py:2:1: found
        warning R1 a.py:1:1: found
        note R1 a.py:3:1: found
        note: warnings, which do not count: 2
        ");
    }
}
