//! The report as Markdown of GitHub: the summary of a job, the summary of a check run, the comment
//! on a pull request.
//!
//! All text of strangers stands in code spans, where nothing is a mention, a reference, a link, an
//! image or HTML. Every text has a limit that GitHub sets; what does not fit is left out by whole
//! rows, the least important first, and it is said how much is missing.

mod comment;
mod component;
mod conditions;
mod deployment;
mod maturity;
mod write;

pub use comment::{check_summary_of_all, comments, summary_of_all};
pub use component::{check_summary, gate_summary, job_summary};
pub use maturity::maturity;
pub use write::{code, code_block};

use crate::model::{Report, Verdict};
use std::cell::LazyCell;

/// The longest summary of a check run, in characters
/// (<https://docs.github.com/rest/checks/runs#create-a-check-run>).
pub const MAX_CHECK_SUMMARY: usize = 65_535;
/// The longest comment that is written, in characters. GitHub takes 65,536; the rest is room for
/// what it adds.
pub const MAX_COMMENT: usize = 60_000;
/// The largest summary of a job that is written, in bytes: GitHub drops one beyond 1 MiB, and the
/// other steps of the job count too.
pub const MAX_JOB_SUMMARY: usize = 900 * 1024;

/// Where the parts of a result can be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The page of the workflow run, which has its log, annotations and artifacts.
    pub run: Option<String>,
    /// The page of the repository at the commit that was judged: `…/blob/<sha>`.
    pub sources: Option<String>,
    /// The name of the artifact with report and dashboard.
    pub artifact: Option<String>,
}

/// How much of a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Detail {
    /// Findings of one gate or stage.
    findings: usize,
    /// Components that are shown with their conditions.
    components: usize,
    /// Whether gates that passed are listed.
    has_passed_gates: bool,
}

/// From everything to the least that is worth anything.
const DETAILS: [Detail; 7] = [
    Detail {
        findings: 100,
        components: 500,
        has_passed_gates: true,
    },
    Detail {
        findings: 20,
        components: 200,
        has_passed_gates: true,
    },
    Detail {
        findings: 5,
        components: 100,
        has_passed_gates: true,
    },
    Detail {
        findings: 3,
        components: 50,
        has_passed_gates: false,
    },
    Detail {
        findings: 0,
        components: 20,
        has_passed_gates: false,
    },
    Detail {
        findings: 0,
        components: 5,
        has_passed_gates: false,
    },
    Detail {
        findings: 0,
        components: 0,
        has_passed_gates: false,
    },
];

/// The most detailed text within the limit, measured by `length`.
fn fitted(limit: usize, length: fn(&str) -> usize, write: impl Fn(Detail) -> String) -> String {
    let [text] = fitted_each([limit], length, write);
    text
}

/// The same for several limits; no text is written twice.
fn fitted_each<const LIMITS: usize>(
    limits: [usize; LIMITS],
    length: fn(&str) -> usize,
    write: impl Fn(Detail) -> String,
) -> [String; LIMITS] {
    let write = &write;
    let texts = DETAILS.map(|detail| LazyCell::new(move || write(detail)));
    limits.map(|limit| {
        let fits = |text: &&String| length(text) <= limit;
        match texts.iter().map(|text| &**text).find(fits) {
            Some(text) => text.clone(),
            None => texts.last().map_or_else(String::new, |least| {
                without_last_lines(least, limit, length)
            }),
        }
    })
}

fn without_last_lines(text: &str, limit: usize, length: fn(&str) -> usize) -> String {
    const NOTE: &str = "\n\n… the rest is in the report.\n";
    let mut kept = String::new();
    let mut room = limit.saturating_sub(length(NOTE));
    for line in text.split_inclusive('\n') {
        let Some(left) = room.checked_sub(length(line)) else {
            break;
        };
        room = left;
        kept.push_str(line);
    }
    kept.push_str(NOTE);
    kept
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

/// The sign of a verdict.
const fn sign(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✅",
        Verdict::Warned => "⚠️",
        Verdict::Failed => "❌",
        Verdict::NoData(_) => "❓",
        Verdict::Errored(_) => "🚫",
        Verdict::Skipped(_) => "➖",
    }
}

/// The verdict in words a reader knows: whether the component may go where it wants.
fn outcome(report: &Report) -> String {
    let target = report.target_stage;
    match &report.verdict {
        verdict if verdict.is_pass() => format!("ready for {target}"),
        Verdict::Failed => format!("blocked on its way to {target}"),
        Verdict::Skipped(_) => format!("not judged for {target}"),
        _ => format!("could not be judged for {target}"),
    }
}

/// The same as the rest of a sentence that begins with the component.
fn predicate(report: &Report) -> String {
    let outcome = outcome(report);
    match report.verdict {
        Verdict::NoData(_) | Verdict::Errored(_) => outcome,
        _ => format!("is {outcome}"),
    }
}

#[cfg(test)]
mod tests;
