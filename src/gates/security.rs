//! `security`: is the code free of new secrets and of vulnerabilities beyond the limits?

use super::Gate;
use super::answer::Answer;
use crate::model::{
    Evidence, EvidenceKind, Finding, FindingSet, Judgement, Question, Severity, Stage,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is the code free of new secrets and of vulnerabilities beyond the limits?
pub struct Security;

/// The limits of `security`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most critical findings. A secret that is not in the baseline counts as critical.
    pub max_critical: u64,
    /// Most findings of high severity.
    pub max_high: u64,
    /// Most findings of medium severity.
    pub max_medium: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_critical: 0,
            max_high: 0,
            max_medium: 5,
        }
    }
}

impl Gate for Security {
    const ID: &'static str = "security";
    const SUMMARY: &'static str =
        "Is the code free of new secrets and of vulnerabilities beyond the limits?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Secrets, EvidenceKind::Vulnerabilities];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "critical, high and medium findings stay within their limits",
        ),
        (
            "failed",
            "a limit is exceeded; a secret that is not in the baseline counts as critical",
        ),
        (
            "no_data",
            "neither secrets nor vulnerabilities are looked for, or a scanner looked at no file",
        ),
        ("errored", "a scanner is missing, crashed or timed out"),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        // A toolchain of the user's own commands may look for one kind only. That one is judged
        // and the other one is named; with neither, both are missing.
        let has_none = Self::NEEDS.iter().all(|kind| evidence.of(*kind).is_empty());
        let mut counted: Vec<Finding> = Vec::new();
        let mut is_measured = false;
        for kind in Self::NEEDS {
            if evidence.of(*kind).is_empty() && !has_none {
                answer.note(format!(
                    "not measured: `{kind}`; no tool of the toolchain looks for them"
                ));
                continue;
            }
            let reports: Vec<&FindingSet> = answer.take(evidence, *kind);
            is_measured |= !reports.is_empty();
            let findings = reports.iter().flat_map(|set| &set.findings).cloned();
            counted.extend(findings.map(|finding| Finding {
                severity: if *kind == EvidenceKind::Secrets {
                    Severity::Critical
                } else {
                    weight(finding.severity)
                },
                ..finding
            }));
        }
        if is_measured {
            let limits = [
                (Severity::Critical, limits.max_critical),
                (Severity::High, limits.max_high),
                (Severity::Medium, limits.max_medium),
            ];
            for (severity, most) in limits {
                let count = counted.iter().filter(|f| f.severity == severity).count();
                answer.at_most(
                    &format!("{severity} findings"),
                    count as u64,
                    most,
                    question.rule(&format!("max_{severity}")),
                );
            }
        }
        answer.add_found(counted);
        answer.sort_findings();
        answer.conclude()
    }
}

/// The weight of a vulnerability. SARIF without `security-severity` grades like a linter.
const fn weight(severity: Severity) -> Severity {
    match severity {
        Severity::Error => Severity::High,
        Severity::Warning => Severity::Medium,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, crashed, evidence, findings, shown};
    use crate::model::{Evidence, Target};

    fn asked(evidence: &Evidence) -> Judgement {
        ask::<Security>(&Limits::default(), Target::Staging, &[], evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limits() {
        use Severity::{Critical, Error, High, Low, Medium, Note, Warning};
        // (secrets, vulnerabilities) → verdict
        let table: [(&[Severity], &[Severity], &str); 10] = [
            (&[], &[], "passed"),
            (&[Note], &[], "failed"),
            (&[], &[Critical], "failed"),
            (&[], &[High], "failed"),
            (&[], &[Error], "failed"),
            (&[], &[Medium; 5], "passed"),
            (&[], &[Medium; 6], "failed"),
            (&[], &[Warning; 5], "passed"),
            (&[], &[Warning; 6], "failed"),
            (&[], &[Low; 99], "passed"),
        ];
        for (secrets, vulnerabilities, verdict) in table {
            let judgement = asked(&evidence([
                (EvidenceKind::Secrets, findings(secrets)),
                (EvidenceKind::Vulnerabilities, findings(vulnerabilities)),
            ]));
            assert_eq!(
                judgement.verdict.as_str(),
                verdict,
                "{secrets:?} {vulnerabilities:?}"
            );
        }
    }

    #[test]
    fn a_secret_is_critical_whatever_its_tool_says() {
        use Severity::{Low, Warning};
        let judgement = asked(&evidence([
            (EvidenceKind::Secrets, findings(&[Warning])),
            (EvidenceKind::Vulnerabilities, findings(&[Low, Warning])),
        ]));
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - critical findings 1 ≤ 0 (workflow_config.yaml:7)
        + high findings 0 ≤ 0 (workflow_config.yaml:7)
        + medium findings 1 ≤ 5 (workflow_config.yaml:7)
        critical R1 a.py:1:1: found
        medium R1 a.py:2:1: found
        low R1 a.py:1:1: found
        ");
    }

    #[test]
    fn one_kind_alone_is_judged_and_the_other_one_is_named() {
        let judgement = asked(&evidence([(EvidenceKind::Secrets, findings(&[]))]));
        insta::assert_snapshot!(shown(&judgement), @"
        passed
        + critical findings 0 ≤ 0 (workflow_config.yaml:7)
        + high findings 0 ≤ 0 (workflow_config.yaml:7)
        + medium findings 0 ≤ 5 (workflow_config.yaml:7)
        note: not measured: `vulnerabilities`; no tool of the toolchain looks for them
        ");
        let mut crashed_scanner = Evidence::default();
        crashed_scanner.add(EvidenceKind::Secrets, "detect-secrets", Err(crashed()));
        insta::assert_snapshot!(shown(&asked(&crashed_scanner)), @"
        errored
        reason tool_crashed: the tool crashed
        note: not measured: `vulnerabilities`; no tool of the toolchain looks for them
        ");
    }

    #[test]
    fn nothing_at_all_names_both_kinds() {
        insta::assert_snapshot!(shown(&asked(&Evidence::default())), @"
        no_data
        reason no_evidence: no tool of the component's toolchain gives `secrets` evidence; add a command with `evidence: [secrets]` to the toolchain in `toolchains`, or do not require the gate in `maturity_workflow`
        note: `vulnerabilities` could not be measured: no tool of the component's toolchain gives `vulnerabilities` evidence; add a command with `evidence: [vulnerabilities]` to the toolchain in `toolchains`, or do not require the gate in `maturity_workflow`
        ");
    }
}
