//! The comment on a pull request: short when everything is ready, precise when something blocks.

use super::component::blocking;
use super::conditions::{conditions, excused_list, excused_section};
use super::deployment;
use super::write::{code, code_within, folded, table, words};
use super::{
    Detail, Links, MAX_COMMENT, MAX_JOB_SUMMARY, characters, fitted, fitted_each, outcome,
    predicate, sign,
};
use crate::model::{Report, Summary, Verdict, short_commit};
use crate::render::blockers::blockers;
use crate::render::text::{counted, duration};

/// Of how many components at least it is told which criteria did not have to hold.
const LEAST_EXCUSED: usize = 3;

/// The comments for a summary, the most detailed first: where one is refused for its length, the
/// next is shorter.
#[must_use]
pub fn comments(summary: &Summary, links: &Links) -> Vec<String> {
    let limits = [MAX_COMMENT, MAX_COMMENT / 4, 4000];
    let texts = fitted_each(limits, characters, |detail| body(summary, links, detail));
    let mut texts = Vec::from(texts);
    texts.dedup();
    texts
}

/// The same for the summary of a job, where there is more room.
#[must_use]
pub fn summary_of_all(summary: &Summary, links: &Links) -> String {
    fitted(MAX_JOB_SUMMARY, str::len, |detail| {
        body(summary, links, detail)
    })
}

/// What fits a check run.
#[must_use]
pub fn check_summary_of_all(summary: &Summary, links: &Links) -> String {
    fitted(super::MAX_CHECK_SUMMARY, characters, |detail| {
        body(summary, links, detail)
    })
}

fn body(summary: &Summary, links: &Links, detail: Detail) -> String {
    let mut text = format!("## {} {}\n\n", sign(&summary.verdict), title(summary));
    for problem in &summary.problems {
        text.push_str(&format!(
            "- {} {}: {}\n",
            sign(&Verdict::Failed),
            code(&problem.subject),
            code_within(&problem.message, 600)
        ));
    }
    if !summary.problems.is_empty() {
        text.push('\n');
    }
    text.push_str(&deployment::alerts(&summary.worst_first(), detail));
    if let [only] = summary.reports.as_slice() {
        text.push_str(&one(only, links, detail));
    } else if !summary.reports.is_empty() {
        text.push_str(&several(summary, links, detail));
    }
    text.push_str(&changes(summary, detail));
    text.push_str(&footer(summary, links));
    text
}

/// What is different from the base, a line for each component.
fn changes(summary: &Summary, detail: Detail) -> String {
    const NUMBERS: usize = 8;
    let shown = summary.changes.iter().take(detail.components);
    let lines: Vec<String> = shown
        .map(|changes| {
            let mut parts = Vec::new();
            if let Some(before) = &changes.verdict_before {
                parts.push(format!("was {before}"));
            }
            for change in changes.measurements.iter().take(NUMBERS) {
                let mark = if change.holds { "" } else { "**" };
                parts.push(format!(
                    "{} {}: {} → {mark}{}{mark}",
                    code(&change.gate),
                    words(&change.what),
                    change.before,
                    change.after
                ));
            }
            let more = changes.measurements.len().saturating_sub(NUMBERS);
            if more > 0 {
                parts.push(format!("{more} more numbers"));
            }
            if changes.new_findings > 0 {
                parts.push(counted(changes.new_findings, "new finding"));
            }
            if changes.gone_findings > 0 {
                parts.push(format!(
                    "{} gone",
                    counted(changes.gone_findings, "finding")
                ));
            }
            format!(
                "- {}: {}\n",
                code(changes.component.as_str()),
                parts.join("; ")
            )
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let commit = summary
        .changes
        .iter()
        .find_map(|changes| changes.commit.as_deref());
    let commit = commit.map_or_else(String::new, |commit| {
        format!(" ({})", code(short_commit(commit)))
    });
    format!("\n**Since the base**{commit}\n\n{}", lines.concat())
}

/// The title as Markdown. A name with dots is an address to GitHub, as `www.example.org` is.
fn title(summary: &Summary) -> String {
    let title = summary.title();
    match summary.reports.as_slice() {
        [only] if only.component_name.as_str().contains('.') => {
            let name = only.component_name.as_str();
            title.replacen(name, &code(name), 1)
        }
        _ => title,
    }
}

/// One component: its conditions open to see.
fn one(report: &Report, links: &Links, detail: Detail) -> String {
    let conditions = conditions(report, links, detail);
    let excused = excused_section(report);
    if report.verdict.is_pass() {
        let deployments = deployment::lines(report);
        let folded = folded("All conditions", &conditions);
        return format!("{deployments}{excused}{folded}");
    }
    format!(
        "{}{}{excused}{conditions}",
        blocking(report, links, detail),
        deployment::section(report, detail)
    )
}

/// A table of the components, then what blocks each of them.
fn several(summary: &Summary, links: &Links, detail: Detail) -> String {
    let reports = summary.worst_first();
    let rows: Vec<Vec<String>> = reports
        .iter()
        .map(|report| {
            let blockers = blockers(report);
            let names: Vec<String> = blockers
                .iter()
                .take(4)
                .filter_map(|blocker| blocker.name.or(blocker.stage.map(|stage| stage.as_str())))
                .map(code)
                .collect();
            let more = blockers.len().saturating_sub(4);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            vec![
                sign(&report.verdict).to_owned(),
                code(report.component_name.as_str()),
                outcome(report),
                if names.is_empty() {
                    "–".to_owned()
                } else {
                    format!("{}{more}", names.join(", "))
                },
                duration(report.total_execution_time_ms),
            ]
        })
        .collect();
    let mut text = table(&["", "component", "outcome", "blocked by", "time"], &rows);
    text.push('\n');
    text.push_str(&excused(&reports, detail));
    let blocked: Vec<&Report> = reports
        .into_iter()
        .filter(|report| !report.verdict.is_pass())
        .collect();
    for report in blocked.iter().take(detail.components) {
        let body = format!(
            "{}{}{}",
            blocking(report, links, detail),
            deployment::section(report, detail),
            conditions(report, links, detail)
        );
        // A component's name has only letters, digits, `_`, `-` and `.`.
        text.push_str(&folded(
            &format!("<b>{}</b> {}", report.component_name, predicate(report)),
            &body,
        ));
    }
    let left_out = blocked.len().saturating_sub(detail.components);
    if left_out > 0 {
        text.push_str(&format!(
            "\n{} more with conditions in the job summary and the dashboard.\n",
            counted(left_out, "component")
        ));
    }
    text
}

/// The criteria that did not have to hold, of every component that has some.
fn excused(reports: &[&Report], detail: Detail) -> String {
    let lists = reports.iter().map(|report| excused_list(report, true));
    let lists: Vec<String> = lists.filter(|list| !list.is_empty()).collect();
    if lists.is_empty() {
        return String::new();
    }
    let most = detail.components.max(LEAST_EXCUSED);
    let left = match lists.len().saturating_sub(most) {
        0 => String::new(),
        left => format!("- ⚠️ … and those of {left} more\n"),
    };
    let shown: String = lists.into_iter().take(most).collect();
    format!("**Criteria that did not have to hold**\n\n{shown}{left}\n")
}

fn footer(summary: &Summary, links: &Links) -> String {
    let mut parts = Vec::new();
    if let Some(commit) = &summary.commit {
        parts.push(format!("commit {}", code(short_commit(commit))));
    }
    if let Some(run) = &links.run {
        parts.push(format!("[log, annotations and artifacts]({run})"));
    }
    if let Some(name) = &links.artifact {
        parts.push(format!("dashboard in the artifact {}", code(name)));
    }
    parts.push(format!("spec2prod {}", env!("CARGO_PKG_VERSION")));
    format!("\n<sub>{}</sub>\n", parts.join(" · "))
}
