//! The results of several runs for one commit as one.

use super::{ComponentName, Report, Verdict};
use serde::Serialize;
use std::cmp::Reverse;

/// Something that keeps a summary from being whole: a component without a report, a report that
/// cannot be read, a job that was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryProblem {
    /// The component, the file or the job.
    pub subject: String,
    /// What is wrong with it, and what to do.
    pub message: String,
}

/// One number that is different from an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasurementChange {
    /// The gate's id.
    pub gate: String,
    /// What was measured.
    pub what: String,
    /// What it was, with its unit.
    pub before: String,
    /// What it is.
    pub after: String,
    /// Whether the condition holds now.
    pub holds: bool,
}

/// What is different in one component from an earlier run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentChanges {
    /// The component.
    pub component: ComponentName,
    /// The commit of the earlier run.
    pub commit: Option<String>,
    /// The earlier verdict, where it was another one.
    pub verdict_before: Option<Verdict>,
    /// The numbers that are different, by gate.
    pub measurements: Vec<MeasurementChange>,
    /// How many findings were not there.
    pub new_findings: usize,
    /// How many findings are no longer there.
    pub gone_findings: usize,
}

impl ComponentChanges {
    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.verdict_before.is_none()
            && self.measurements.is_empty()
            && self.new_findings + self.gone_findings == 0
    }
}

/// The results of several runs for one commit as one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The verdict over everything; a problem is never passed over.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The exit status that follows from it: 0 passed, 1 blocked, 3 could not be judged.
    pub exit_status: u8,
    /// The commit that was judged, where all reports agree on one.
    pub commit: Option<String>,
    /// What keeps it from being whole.
    pub problems: Vec<SummaryProblem>,
    /// What is different from earlier results, where there were some to compare with.
    pub changes: Vec<ComponentChanges>,
    /// One report for each component, by name.
    pub reports: Vec<Report>,
}

impl Summary {
    /// The reports, those first that do not pass, the worst of them first; else by name.
    #[must_use]
    pub fn worst_first(&self) -> Vec<&Report> {
        let mut reports: Vec<&Report> = self.reports.iter().collect();
        reports.sort_by_key(|report| {
            (
                report.verdict.is_pass(),
                Reverse(report.verdict.rank()),
                &report.component_name,
            )
        });
        reports
    }

    /// Whether there was nothing to judge, and nothing went wrong.
    #[must_use]
    pub const fn has_nothing(&self) -> bool {
        self.reports.is_empty() && self.problems.is_empty()
    }

    /// The result in a line: `2 of 3 components are blocked`.
    #[must_use]
    pub fn title(&self) -> String {
        let total = self.reports.len();
        let blocked = self
            .reports
            .iter()
            .filter(|report| !report.verdict.is_pass())
            .count();
        let components = |number: usize| match number {
            1 => "1 component".to_owned(),
            number => format!("{number} components"),
        };
        let mut title = match (total, blocked) {
            (0, _) if self.has_nothing() => "nothing to judge".to_owned(),
            (0, _) => "nothing was judged".to_owned(),
            (1, 0) => format!("{} is ready", self.reports[0].component_name),
            (1, _) => format!("{} is blocked", self.reports[0].component_name),
            (_, 0) => format!("all {} are ready", components(total)),
            (_, 1) => format!("1 of {} is blocked", components(total)),
            (_, blocked) => format!("{blocked} of {} are blocked", components(total)),
        };
        match self.problems.len() {
            0 => {}
            1 => title.push_str(", 1 problem"),
            problems => title.push_str(&format!(", {problems} problems")),
        }
        title
    }
}
