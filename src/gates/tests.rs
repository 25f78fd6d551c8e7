//! What holds for every gate of the registry.

use super::testing::{crashed, evidence, exit_status, findings, test_run};
use super::{GateEntry, REGISTRY, find};
use crate::model::{
    Coverage, DocumentFacts, Evidence, EvidenceData, EvidenceKind, FunctionFact, InstructionFacts,
    Judgement, PerformanceRun, PublicItem, Question, ReasonCode, Severity, SourceFacts, Target,
    Verdict,
};
use std::collections::BTreeMap;

fn judge(entry: &GateEntry, evidence: &Evidence) -> Judgement {
    let rules = BTreeMap::new();
    let question = Question {
        target: Target::Production,
        rules: &rules,
        stated: &[],
    };
    entry.judge(&entry.defaults(), &question, evidence)
}

/// Evidence of every kind about a component in a very good (or very bad) state.
fn all_kinds(is_good: bool) -> Vec<(EvidenceKind, EvidenceData)> {
    let covered = if is_good { 100 } else { 10 };
    let bad_findings = || match is_good {
        true => findings(&[]),
        false => findings(&[Severity::Error, Severity::Critical]),
    };
    let source = EvidenceData::Source(SourceFacts {
        files: 1,
        functions: vec![FunctionFact {
            name: "add".to_owned(),
            file: "a.py".to_owned(),
            line: 3,
            complexity: if is_good { 1 } else { 99 },
        }],
        public_items: vec![PublicItem {
            kind: "function".to_owned(),
            name: "add".to_owned(),
            file: "a.py".to_owned(),
            line: 3,
            is_documented: is_good,
        }],
        parse_errors: Vec::new(),
    });
    let documents = EvidenceData::Documents(DocumentFacts {
        readme: is_good.then(|| "README.md".to_owned()),
        usage_example: is_good.then(|| "README.md:9".to_owned()),
        looked_in: vec!["README.md".to_owned()],
    });
    let instructions = EvidenceData::Instructions(InstructionFacts {
        files: 1,
        findings: match bad_findings() {
            EvidenceData::Findings(set) => set.findings,
            _ => Vec::new(),
        },
    });
    let coverage = EvidenceData::Coverage(Coverage {
        lines_covered: covered,
        lines_total: 100,
        percent: covered as f64,
        branches_covered: None,
        branches_total: None,
        files: Vec::new(),
        notes: Vec::new(),
    });
    let milliseconds = if is_good { 10.0 } else { 60_000.0 };
    let mut performance = PerformanceRun::of_values("requests", &[milliseconds]);
    for benchmark in &mut performance.benchmarks {
        benchmark.peak_memory_mb = Some(milliseconds);
    }
    let performance = EvidenceData::Performance(performance);
    EvidenceKind::ALL
        .into_iter()
        .map(|kind| {
            let data = match kind {
                EvidenceKind::Tests => test_run(9, u64::from(!is_good), 0, 0),
                EvidenceKind::Coverage => coverage.clone(),
                EvidenceKind::Source => source.clone(),
                EvidenceKind::Documents => documents.clone(),
                EvidenceKind::Instructions => instructions.clone(),
                EvidenceKind::Performance => performance.clone(),
                _ => bad_findings(),
            };
            (kind, data)
        })
        .collect()
}

#[test]
fn every_gate_can_pass_and_can_fail() {
    for entry in REGISTRY {
        let good = judge(entry, &evidence(all_kinds(true)));
        assert_eq!(good.verdict, Verdict::Passed, "{}", entry.id);
        let bad = judge(entry, &evidence(all_kinds(false)));
        assert_eq!(bad.verdict, Verdict::Failed, "{}", entry.id);
        assert!(bad.measurements.iter().any(|m| !m.holds), "{}", entry.id);
    }
}

#[test]
fn no_gate_passes_without_evidence() {
    for entry in REGISTRY {
        let judgement = judge(entry, &Evidence::default());
        assert!(!judgement.verdict.is_pass(), "{}", entry.id);
        let reason = judgement.verdict.reason().expect("a reason");
        assert_eq!(reason.code, ReasonCode::NoEvidence, "{}", entry.id);
        let named = entry
            .needs
            .iter()
            .any(|k| reason.message.contains(k.as_str()));
        assert!(named, "{}: {}", entry.id, reason.message);
        assert!(reason.remedy.is_some(), "{}", entry.id);
    }
}

#[test]
fn no_gate_passes_when_a_tool_it_needs_crashed() {
    for entry in REGISTRY {
        for needed in entry.needs {
            let rest = all_kinds(true)
                .into_iter()
                .filter(|(kind, _)| kind != needed);
            let mut evidence = evidence(rest);
            evidence.add(*needed, "tool", Err(crashed()));
            let judgement = judge(entry, &evidence);
            assert_eq!(
                judgement.verdict,
                crashed().into(),
                "{} without {needed}",
                entry.id
            );
        }
    }
}

#[test]
fn a_second_tool_that_crashed_is_not_made_up_for_by_the_first() {
    for entry in REGISTRY {
        for needed in entry.needs {
            let mut evidence = evidence(all_kinds(true));
            evidence.add(*needed, "second", Err(crashed()));
            let judgement = judge(entry, &evidence);
            assert!(
                matches!(judgement.verdict, Verdict::Errored(_)),
                "{} with a second tool for {needed}",
                entry.id
            );
        }
    }
}

#[test]
fn evidence_of_another_form_never_passes() {
    for entry in REGISTRY {
        for needed in entry.needs {
            let wrong = match needed {
                EvidenceKind::Tests => findings(&[]),
                _ => test_run(1, 0, 0, 0),
            };
            let entries = all_kinds(true).into_iter().map(|(kind, data)| {
                let data = if kind == *needed { wrong.clone() } else { data };
                (kind, data)
            });
            let judgement = judge(entry, &evidence(entries));
            assert!(
                matches!(&judgement.verdict, Verdict::Errored(r) if r.code == ReasonCode::ReportUnreadable),
                "{} with wrong {needed}: {:?}",
                entry.id,
                judgement.verdict
            );
        }
    }
}

#[test]
fn an_exit_status_is_evidence_for_tests_and_findings_only() {
    for entry in REGISTRY {
        let with_status = |status| {
            let all = entry.needs.iter().map(|kind| (*kind, exit_status(status)));
            judge(entry, &evidence(all)).verdict
        };
        let is_accepted = matches!(
            entry.id,
            "test_pass_rate" | "linting" | "type_checking" | "security"
        );
        if is_accepted {
            assert_eq!(with_status(0), Verdict::Passed, "{}", entry.id);
            assert_eq!(with_status(1), Verdict::Failed, "{}", entry.id);
        } else {
            for status in [0, 1] {
                let verdict = with_status(status);
                assert!(matches!(verdict, Verdict::NoData(_)), "{}", entry.id);
            }
        }
    }
}

#[test]
fn findings_of_every_gate_are_fingerprinted() {
    for entry in REGISTRY {
        let tools_own = [
            "linting",
            "type_checking",
            "security",
            "instructions_validation",
        ];
        if !tools_own.contains(&entry.id) {
            for finding in judge(entry, &evidence(all_kinds(false))).findings {
                assert_eq!(finding.fingerprint.len(), 16, "{}: {finding:?}", entry.id);
            }
        }
    }
}

#[test]
fn limits_that_cannot_be_read_are_an_error_and_no_pass() {
    let rules = BTreeMap::new();
    let question = Question {
        target: Target::Dev,
        rules: &rules,
        stated: &[],
    };
    for entry in REGISTRY {
        let limits = serde_json::json!({"no such limit": 1});
        let judgement = entry.judge(&limits, &question, &evidence(all_kinds(true)));
        assert!(
            matches!(judgement.verdict, Verdict::Errored(_)),
            "{}",
            entry.id
        );
    }
}

#[test]
fn ids_are_unique_and_found() {
    for entry in REGISTRY {
        assert_eq!(REGISTRY.iter().filter(|e| e.id == entry.id).count(), 1);
        assert_eq!(find(entry.id).map(|e| e.id), Some(entry.id));
    }
    assert!(find("no_such_gate").is_none());
}

#[test]
fn every_gate_says_how_its_verdicts_come_about() {
    for entry in REGISTRY {
        let words: Vec<&str> = entry.verdicts.iter().map(|(word, _)| *word).collect();
        for word in ["passed", "failed", "no_data", "errored"] {
            assert!(
                words.contains(&word),
                "{} says nothing about {word}",
                entry.id
            );
        }
    }
}

#[test]
fn every_gate_and_every_limit_stands_in_the_documentation() {
    let page = include_str!("../../docs/gates.md");
    for entry in REGISTRY {
        let id = entry.id;
        let needs: Vec<&str> = entry.needs.iter().map(|kind| kind.as_str()).collect();
        let row = format!(
            "| [`{id}`](#{id}) | {} | {} | {} |",
            entry.summary,
            entry.stage,
            needs.join(", ")
        );
        assert!(page.contains(&row), "docs/gates.md has no row {row}");

        let (_, section) = page
            .split_once(&format!("\n## {id}\n"))
            .unwrap_or_else(|| panic!("docs/gates.md has no heading ## {id}"));
        let section = section.split("\n## ").next().unwrap_or_default();
        assert!(section.contains(entry.summary), "{id} is not summarised");
        for (key, default) in entry.defaults().as_object().expect("an object") {
            let row = match default.as_str() {
                Some(text) => format!("\n| `{key}` | {text} | "),
                None => format!("\n| `{key}` | {default} | "),
            };
            assert!(section.contains(&row), "{id} has no row {row}");
        }
        for (verdict, _) in entry.verdicts.iter().filter(|(word, _)| *word != "passed") {
            let line = format!("\n- `{verdict}`: ");
            assert!(section.contains(&line), "{id} does not explain {verdict}");
        }
    }
}
