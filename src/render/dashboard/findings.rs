//! Findings by gate and file, as many as a person reads.

use super::name;
use super::prose::Prose;
use crate::model::{Finding, GateRecord, Report, Stage};
use crate::render::blockers::Blocker;
use crate::render::text::{counted, grouped, plain_cut, plain_ends};
use std::collections::HashMap;

/// How many findings the page shows at most.
const ON_PAGE: usize = 800;

/// How many findings one gate shows at most.
const OF_GATE: usize = 300;

/// How many findings one file shows at most.
const IN_FILE: usize = 50;

/// Up to how many findings of a gate its files are unfolded.
const UNFOLDED: usize = 12;

/// The longest message, in characters.
const MESSAGE: usize = 300;

/// All findings.
pub(super) struct Findings {
    pub(super) total: usize,
    /// What is left out of how many, in a sentence; empty when nothing is.
    pub(super) omission: String,
    pub(super) groups: Vec<Group>,
}

/// The findings of one gate, or of a stage itself.
pub(super) struct Group {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) count: String,
    pub(super) files: Vec<FileGroup>,
    /// What is left out; empty when nothing is.
    pub(super) left: String,
}

/// The findings of one file.
pub(super) struct FileGroup {
    /// The file; empty for findings without a place.
    pub(super) file: String,
    pub(super) count: String,
    pub(super) is_open: bool,
    pub(super) rows: Vec<Row>,
    /// What is left out; empty when nothing is.
    pub(super) left: String,
}

/// One finding.
pub(super) struct Row {
    pub(super) place: String,
    pub(super) severity: &'static str,
    pub(super) rule: String,
    pub(super) message: Prose,
}

/// The anchor of the findings of a stage, or of its gate with this index.
pub(super) fn anchor(stage: Stage, gate: Option<usize>) -> String {
    match gate {
        Some(index) => format!("findings-{stage}-{}", index + 1),
        None => format!("findings-{stage}"),
    }
}

/// The anchor of the findings of a gate: where they stand first, when several stages judged the gate
/// by the same evidence.
pub(super) fn anchor_of_gate(report: &Report, gate: &GateRecord) -> Option<String> {
    report.stages().find_map(|stage| {
        let mut gates = stage.quality_gates.values();
        let is_same = |other: &GateRecord| {
            other.gate_name == gate.gate_name && other.findings == gate.findings
        };
        let index = gates.position(is_same)?;
        Some(anchor(stage.stage_name, Some(index)))
    })
}

/// The anchor of the findings of what blocks.
pub(super) fn anchor_of(blocker: &Blocker<'_>, report: &Report) -> Option<String> {
    match blocker.gate {
        Some(gate) => anchor_of_gate(report, gate),
        None => Some(anchor(blocker.stage?, None)),
    }
}

impl Findings {
    pub(super) fn of(report: &Report) -> Self {
        let mut room = ON_PAGE;
        let mut groups = Vec::new();
        let mut total = 0;
        for stage in report.stages() {
            let own = (
                anchor(stage.stage_name, None),
                stage.stage_name.as_str(),
                &stage.findings,
            );
            let gates = stage.quality_gates.values().enumerate();
            // What an earlier stage has shown is not shown again.
            let gates = gates.filter_map(|(index, gate)| {
                let anchor = anchor(stage.stage_name, Some(index));
                (anchor_of_gate(report, gate).as_ref() == Some(&anchor)).then_some((
                    anchor,
                    gate.gate_name.as_str(),
                    &gate.findings,
                ))
            });
            for (anchor, title, findings) in [own].into_iter().chain(gates) {
                if !findings.is_empty() {
                    groups.push(Group::of(anchor, title, findings, &mut room));
                    total += findings.len();
                }
            }
        }
        let shown: usize = groups
            .iter()
            .flat_map(|group| &group.files)
            .map(|f| f.rows.len())
            .sum();
        let omission = match total - shown {
            0 => String::new(),
            _ => format!("{} of {} are shown here", grouped(shown), grouped(total)),
        };
        Self {
            total,
            omission,
            groups,
        }
    }
}

impl Group {
    fn of(anchor: String, title: &str, findings: &[Finding], room: &mut usize) -> Self {
        let mut files: Vec<(&str, Vec<&Finding>)> = Vec::new();
        let mut index_of: HashMap<&str, usize> = HashMap::new();
        for finding in findings {
            let file = finding.file.as_deref().unwrap_or_default();
            let index = *index_of.entry(file).or_insert_with(|| {
                files.push((file, Vec::new()));
                files.len() - 1
            });
            files[index].1.push(finding);
        }
        let mut left_in_gate = OF_GATE.min(*room);
        let mut shown = Vec::new();
        for (file, findings) in &files {
            if left_in_gate == 0 {
                break;
            }
            let most = IN_FILE.min(left_in_gate);
            let rows: Vec<Row> = findings
                .iter()
                .take(most)
                .map(|finding| Row::of(finding))
                .collect();
            left_in_gate -= rows.len();
            *room -= rows.len();
            shown.push(FileGroup {
                file: name(file),
                count: grouped(findings.len()),
                is_open: false,
                left: left(findings.len() - rows.len(), "finding"),
                rows,
            });
        }
        let is_short = findings.len() <= UNFOLDED;
        shown.iter_mut().for_each(|file| file.is_open = is_short);
        Self {
            anchor,
            name: name(title),
            count: counted(findings.len(), "finding"),
            left: left(files.len() - shown.len(), "file"),
            files: shown,
        }
    }
}

impl Row {
    pub(super) fn of(finding: &Finding) -> Self {
        let place = [finding.line, finding.column].into_iter().flatten();
        Self {
            place: place
                .map(|number| number.to_string())
                .collect::<Vec<_>>()
                .join(":"),
            severity: finding.severity.as_str(),
            rule: plain_cut(&finding.rule, 60),
            message: Prose::of(&plain_ends(&finding.message, MESSAGE)),
        }
    }
}

fn left(count: usize, noun: &str) -> String {
    match count {
        0 => String::new(),
        _ => format!("… and {}", counted(count, &format!("more {noun}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn findings_stand_by_gate_and_file_in_the_order_of_the_tool() {
        let findings = Findings::of(&samples::red());
        let linting = findings
            .groups
            .iter()
            .find(|group| group.name == "linting")
            .unwrap();
        let files: Vec<(&str, &str)> = linting
            .files
            .iter()
            .map(|file| (file.file.as_str(), file.count.as_str()))
            .collect();
        assert_eq!(
            files,
            [
                ("components/parcel_pricing/src/rates.py", "13"),
                ("components/parcel_pricing/src/zones.py", "12"),
                ("components/parcel_pricing/tests/test_rates.py", "12"),
            ]
        );
        let first = &linting.files[0].rows[0];
        assert_eq!((first.place.as_str(), first.rule.as_str()), ("7:1", "F401"));
        assert_eq!(findings.total, 43);
        assert_eq!(findings.omission, "");
    }

    #[test]
    fn ten_thousand_findings_are_counted_and_the_first_few_shown() {
        let findings = Findings::of(&samples::with_findings(10_000));
        let linting = findings
            .groups
            .iter()
            .find(|group| group.name == "linting")
            .unwrap();
        assert_eq!(linting.count, "10,000 findings");
        assert_eq!(linting.files.len(), 6);
        assert_eq!(linting.files[0].left, "… and 150 more findings");
        assert_eq!(linting.left, "… and 44 more files");
        assert_eq!(findings.omission, "306 of 10,006 are shown here");
    }
}
