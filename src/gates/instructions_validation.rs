//! `instructions_validation`: do the instruction files for AI agents have valid front matter?

use super::Gate;
use super::answer::Answer;
use crate::model::{
    Evidence, EvidenceKind, InstructionFacts, Judgement, Question, Reason, ReasonCode, Severity,
    Stage, Verdict,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Do the instruction files for AI agents have valid front matter?
pub struct InstructionsValidation;

/// The limits of `instructions_validation`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most errors in the files.
    pub max_errors: u64,
}

impl Gate for InstructionsValidation {
    const ID: &'static str = "instructions_validation";
    const SUMMARY: &'static str = "Do the instruction files for AI agents have valid front matter?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Instructions];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "the files have at most `max_errors` errors; warnings are shown",
        ),
        ("failed", "they have more"),
        ("skipped", "there are no instruction files"),
        ("no_data", "the files were not checked in this run"),
        ("errored", "the files could not be read"),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let checked: Vec<&InstructionFacts> = answer.take(evidence, EvidenceKind::Instructions);
        let has_nothing = |facts: &&InstructionFacts| facts.files == 0 && facts.findings.is_empty();
        if !checked.is_empty() && checked.iter().all(has_nothing) {
            return Judgement::without_evidence(Verdict::Skipped(Reason::new(
                ReasonCode::NotNeeded,
                "the repository has no instruction files",
            )));
        }
        if !checked.is_empty() {
            let errors = checked
                .iter()
                .flat_map(|facts| &facts.findings)
                .filter(|finding| finding.severity <= Severity::Error)
                .count();
            answer.at_most(
                "errors in instruction files",
                errors as u64,
                limits.max_errors,
                question.rule("max_errors"),
            );
        }
        for facts in checked {
            answer.add_found(facts.findings.iter().cloned());
        }
        answer.sort_findings();
        answer.conclude()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, evidence, shown};
    use crate::model::{EvidenceData, Finding, Target};

    fn judged(files: u64, severities: &[Severity]) -> Judgement {
        let file = ".github/instructions/python.instructions.md";
        let findings = severities
            .iter()
            .map(|severity| Finding::new("apply_to", *severity, "found").at(file, 2, 1))
            .collect();
        let facts = EvidenceData::Instructions(InstructionFacts { files, findings });
        let evidence = evidence([(EvidenceKind::Instructions, facts)]);
        ask::<InstructionsValidation>(&Limits { max_errors: 1 }, Target::Dev, &[], &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limit() {
        use Severity::{Error, Warning};
        let table: [(u64, &[Severity], &str); 5] = [
            (1, &[], "passed"),
            (1, &[Error, Warning, Warning], "passed"),
            (1, &[Error, Error], "failed"),
            (0, &[], "skipped"),
            (0, &[Error, Error], "failed"),
        ];
        for (files, severities, verdict) in table {
            let judgement = judged(files, severities);
            assert_eq!(judgement.verdict.as_str(), verdict, "{severities:?}");
        }
    }

    #[test]
    fn errors_come_before_warnings() {
        let judgement = judged(1, &[Severity::Warning, Severity::Error]);
        insta::assert_snapshot!(shown(&judgement), @"
        passed
        + errors in instruction files 1 ≤ 1 (workflow_config.yaml:7)
        error apply_to .github/instructions/python.instructions.md:2:1: found
        warning apply_to .github/instructions/python.instructions.md:2:1: found
        ");
        insta::assert_snapshot!(shown(&judged(0, &[])), @"
        skipped
        reason not_needed: the repository has no instruction files
        ");
    }
}
