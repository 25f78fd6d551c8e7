//! What tools give: a set with which every gate passes, and what can be wrong in it.

use crate::model::{
    CaseOutcome, Coverage, DocumentFacts, EvidenceData, EvidenceKind, Finding, FindingSet,
    InstructionFacts, Reason, ReasonCode, Severity, SourceFacts, TestCase, TestRun, Unavailable,
};
use std::collections::BTreeMap;

pub(super) type Reading = Result<EvidenceData, Unavailable>;

fn test_run(outcome: CaseOutcome) -> EvidenceData {
    let case = TestCase {
        suite: "s".to_owned(),
        class: "c".to_owned(),
        name: "n".to_owned(),
        file: None,
        line: None,
        outcome,
        message: None,
        duration_ms: 1.0,
    };
    EvidenceData::Tests(TestRun::from_cases(vec![case], 1.0))
}

fn findings(severities: &[Severity]) -> EvidenceData {
    let findings = severities.iter();
    EvidenceData::Findings(FindingSet {
        findings: findings
            .map(|severity| Finding::new("r", *severity, "m"))
            .collect(),
        inspected: Some(3),
        ..FindingSet::default()
    })
}

/// Evidence with which every gate passes.
pub(super) fn good() -> BTreeMap<EvidenceKind, Reading> {
    let coverage = EvidenceData::Coverage(Coverage {
        lines_covered: 9,
        lines_total: 10,
        percent: 90.0,
        branches_covered: None,
        branches_total: None,
        files: Vec::new(),
        notes: Vec::new(),
    });
    let source = EvidenceData::Source(SourceFacts {
        files: 1,
        ..SourceFacts::default()
    });
    let documents = EvidenceData::Documents(DocumentFacts {
        readme: Some("README.md".to_owned()),
        usage_example: Some("README.md:3".to_owned()),
        looked_in: Vec::new(),
    });
    let instructions = EvidenceData::Instructions(InstructionFacts {
        files: 1,
        findings: Vec::new(),
    });
    BTreeMap::from([
        (EvidenceKind::Tests, Ok(test_run(CaseOutcome::Passed))),
        (EvidenceKind::Coverage, Ok(coverage)),
        (EvidenceKind::Lint, Ok(findings(&[]))),
        (EvidenceKind::Format, Ok(findings(&[]))),
        (EvidenceKind::Types, Ok(findings(&[]))),
        (EvidenceKind::Secrets, Ok(findings(&[]))),
        (EvidenceKind::Vulnerabilities, Ok(findings(&[]))),
        (EvidenceKind::Source, Ok(source)),
        (EvidenceKind::Documents, Ok(documents)),
        (EvidenceKind::Instructions, Ok(instructions)),
    ])
}

fn missing(code: ReasonCode) -> Reading {
    Err(Unavailable::Errored(Reason::new(code, "it is not there")))
}

pub(super) fn failing_tests() -> (EvidenceKind, Reading) {
    (EvidenceKind::Tests, Ok(test_run(CaseOutcome::Failed)))
}

pub(super) fn bad_lint() -> (EvidenceKind, Reading) {
    (EvidenceKind::Lint, Ok(findings(&[Severity::Error])))
}

pub(super) fn no_linter() -> (EvidenceKind, Reading) {
    (EvidenceKind::Lint, missing(ReasonCode::ToolMissing))
}

pub(super) fn no_tests() -> (EvidenceKind, Reading) {
    let reason = Reason::new(ReasonCode::NoTestsCollected, "no test");
    (EvidenceKind::Tests, Err(Unavailable::NoData(reason)))
}

pub(super) fn no_instructions() -> (EvidenceKind, Reading) {
    let facts = InstructionFacts::default();
    (
        EvidenceKind::Instructions,
        Ok(EvidenceData::Instructions(facts)),
    )
}
