//! What a tool gave, for the line that says that it ended.

use crate::model::{EvidenceData, percent_text};
use crate::toolchains::Readings;

/// What a tool gave, in a few words.
pub(super) fn summary(readings: &Readings) -> String {
    let mut parts = Vec::new();
    for (kind, reading) in readings {
        parts.push(match reading {
            Ok(EvidenceData::Tests(run)) => {
                let mut words = vec![format!("{} passed", run.passed)];
                let others = [
                    ("flaky", run.flaky),
                    ("failed", run.failed),
                    ("errored", run.errored),
                    ("skipped", run.skipped),
                ];
                words.extend(
                    others
                        .iter()
                        .filter(|(_, n)| *n > 0)
                        .map(|(word, n)| format!("{n} {word}")),
                );
                words.join(", ")
            }
            Ok(EvidenceData::Coverage(coverage)) => {
                format!("{} covered", percent_text(coverage.percent))
            }
            Ok(EvidenceData::Findings(set)) => counted(set.findings.len() as u64, "finding"),
            Ok(EvidenceData::Source(facts)) => format!(
                "{} in {}",
                counted(facts.functions.len() as u64, "function"),
                counted(facts.files, "file")
            ),
            Ok(EvidenceData::Documents(facts)) => match &facts.readme {
                Some(readme) => readme.clone(),
                None => "no README".to_owned(),
            },
            Ok(EvidenceData::Instructions(facts)) => counted(facts.files, "file"),
            Ok(EvidenceData::Performance(run)) if !run.observed.is_empty() => {
                counted(run.observed.len() as u64, "number")
            }
            Ok(EvidenceData::Performance(run)) => counted(run.benchmarks.len() as u64, "benchmark"),
            Ok(EvidenceData::ExitStatus(fact)) => format!("exit status {}", fact.status),
            Err(unavailable) => format!("no {kind}: {}", unavailable.reason().code),
        });
    }
    parts.dedup();
    parts.join(", ")
}

/// `1 file`, `2 files`.
fn counted(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}
