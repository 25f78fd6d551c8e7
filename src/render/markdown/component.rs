//! One component: its gates with what was measured, what blocks and how to reproduce it, what was
//! found where.

use super::conditions::{HEAD, conditions, excused_section, gate_rows, rule};
use super::deployment;
use super::write::{code, code_ends, code_within, folded, place, table};
use super::{
    Detail, Links, MAX_CHECK_SUMMARY, MAX_JOB_SUMMARY, characters, fitted, predicate, sign,
};
use crate::model::{Finding, GateRecord, Report, short_commit};
use crate::render::blockers::blockers;
use crate::render::text::{counted, duration};

/// The whole result for the summary of a job.
#[must_use]
pub fn job_summary(report: &Report, links: &Links) -> String {
    fitted(MAX_JOB_SUMMARY, str::len, |detail| {
        format!(
            "## {} {} {}\n\n{}",
            sign(&report.verdict),
            code(report.component_name.as_str()),
            predicate(report),
            body(report, links, detail)
        )
    })
}

/// The summary of a component's check run. The title of the check says the verdict.
#[must_use]
pub fn check_summary(report: &Report, links: &Links) -> String {
    fitted(MAX_CHECK_SUMMARY, characters, |detail| {
        body(report, links, detail)
    })
}

/// The summary of a gate's own check run.
#[must_use]
pub fn gate_summary(gate: &GateRecord, links: &Links) -> String {
    fitted(MAX_CHECK_SUMMARY, characters, |detail| {
        let rows = gate_rows(
            gate,
            links,
            Detail {
                has_passed_gates: true,
                ..detail
            },
        );
        let mut text = table(HEAD, &rows);
        if let Some(command) = &gate.reproduce {
            text.push_str(&format!(
                "\nReproduce with {}\n\n",
                code_within(command, 1000)
            ));
        }
        text.push_str(&group(&gate.gate_name, &gate.findings, links, detail));
        text
    })
}

/// Everything about one component.
fn body(report: &Report, links: &Links, detail: Detail) -> String {
    let mut text = deployment::alerts(&[report], detail);
    text.push_str(&blocking(report, links, detail));
    text.push_str(&deployment::section(report, detail));
    text.push_str(&excused_section(report));
    text.push_str(&conditions(report, links, detail));
    text.push_str(&remarks(report));
    text.push_str(&findings(report, links, detail));
    text.push_str(&footer(report, links));
    text
}

/// What blocks, why, and how to see it again.
pub(super) fn blocking(report: &Report, links: &Links, detail: Detail) -> String {
    let blockers = blockers(report);
    if blockers.is_empty() {
        return String::new();
    }
    let mut text = String::from("**What blocks**\n\n");
    for blocker in &blockers {
        let stage = blocker.stage.map(|stage| stage.as_str());
        let name = blocker.name.or(stage).unwrap_or("run");
        let place_in = stage.filter(|stage| *stage != name);
        text.push_str(&format!(
            "- {} {}{}: {}",
            sign(blocker.verdict),
            code(name),
            place_in
                .map(|stage| format!(" ({stage})"))
                .unwrap_or_default(),
            code_within(&blocker.cause(), 600),
        ));
        let rules: Vec<String> = blocker
            .broken()
            .filter_map(|measurement| rule(measurement, links))
            .collect();
        if let Some(first) = rules.first() {
            text.push_str(&format!(", set in {first}"));
        }
        text.push('\n');
        if let Some(gap) = blocker.gap() {
            text.push_str(&format!("  - {}\n", code_within(gap, 600)));
        }
        if let Some(remedy) = blocker.remedy() {
            text.push_str(&format!("  - {}\n", code_within(remedy, 600)));
        }
        if let Some(command) = blocker.gate.and_then(|gate| gate.reproduce.as_deref()) {
            text.push_str(&format!(
                "  - reproduce with {}\n",
                code_within(command, 1000)
            ));
        }
        for finding in blocker.findings.iter().take(detail.findings.min(3)) {
            text.push_str(&format!("  - {}\n", said(finding, links)));
        }
    }
    text.push('\n');
    text
}

/// What else happened: flaky tests, a patch, tools that had to be tried again, trouble with
/// publishing.
fn remarks(report: &Report) -> String {
    const SHOWN: usize = 20;
    let mut remarks = Vec::new();
    if !report.flaky_tests.is_empty() {
        let names: Vec<String> = report
            .flaky_tests
            .iter()
            .take(SHOWN)
            .map(|name| code(name))
            .collect();
        let more = report.flaky_tests.len().saturating_sub(SHOWN);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        remarks.push(format!(
            "{} passed only when run again: {}{more}",
            counted(report.flaky_tests.len(), "test"),
            names.join(", ")
        ));
    }
    if let Some(patch) = &report.auto_fix {
        remarks.push(format!(
            "{} can be fixed by a tool: apply {} with `git apply`",
            counted(patch.changes.len(), "file"),
            code(&patch.file)
        ));
    }
    let warnings = report.stages().flat_map(|stage| &stage.warnings);
    let failed_fixes = warnings.filter(|warning| warning.starts_with("auto-fix: "));
    remarks.extend(failed_fixes.map(|warning| code(warning)));
    for problem in report.publishing_problems.iter().take(SHOWN) {
        remarks.push(format!(
            "{} could not be published: {}",
            code(&problem.sink),
            code(&problem.message)
        ));
    }
    if remarks.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = remarks
        .iter()
        .map(|remark| format!("- {remark}\n"))
        .collect();
    format!("**Also**\n\n{}\n", lines.concat())
}

/// All findings, folded, a table for each gate or stage that has some.
fn findings(report: &Report, links: &Links, detail: Detail) -> String {
    if detail.findings == 0 {
        return String::new();
    }
    let mut text = String::new();
    for stage in report.stages() {
        text.push_str(&group(
            stage.stage_name.as_str(),
            &stage.findings,
            links,
            detail,
        ));
        for (id, gate) in &stage.quality_gates {
            text.push_str(&group(id, &gate.findings, links, detail));
        }
    }
    text
}

fn group(name: &str, findings: &[Finding], links: &Links, detail: Detail) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = findings
        .iter()
        .take(detail.findings)
        .map(|finding| {
            vec![
                location(finding, links),
                code(&finding.rule),
                finding.severity.to_string(),
                code_ends(&finding.message),
            ]
        })
        .collect();
    let left_out = findings.len().saturating_sub(rows.len());
    let mut body = table(&["place", "rule", "severity", "message"], &rows);
    if left_out > 0 {
        body.push_str(&format!(
            "\n{} more in the report and the dashboard.\n",
            counted(left_out, "finding")
        ));
    }
    // A gate's name is an id of the program or of the configuration; a name of strangers would
    // have to be HTML here.
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '))
        .collect();
    folded(
        &format!("{name}: {}", counted(findings.len(), "finding")),
        &body,
    )
}

fn location(finding: &Finding, links: &Links) -> String {
    match &finding.file {
        Some(file) => place(file, finding.line, links.sources.as_deref()),
        None => "–".to_owned(),
    }
}

fn said(finding: &Finding, links: &Links) -> String {
    format!(
        "{} {} {}",
        location(finding, links),
        code(&finding.rule),
        code_ends(&finding.message)
    )
}

/// Who judged what, and where the rest is.
fn footer(report: &Report, links: &Links) -> String {
    let mut parts = vec![format!(
        "target {}, {} in {}",
        report.target_stage,
        report.verdict,
        duration(report.total_execution_time_ms)
    )];
    // The merge commit that GitHub checks out on a pull request says nothing to anybody.
    let source = &report.source;
    if let Some(commit) = source.head.as_ref().or(source.commit.as_ref()) {
        parts.push(format!("commit {}", code(short_commit(commit))));
    }
    parts.push(match &report.configuration {
        Some(file) => format!("rules from {}", code(file)),
        None => "built-in rules".to_owned(),
    });
    if let Some(session) = &report.context_session_id {
        parts.push(format!("context session {}", code(session)));
    }
    if let Some(name) = &links.artifact {
        parts.push(format!(
            "report and dashboard in the artifact {}",
            code(name)
        ));
    }
    if let Some(run) = &links.run {
        parts.push(format!("[workflow run]({run})"));
    }
    parts.push(format!("spec2prod {}", code(&report.run.spec2prod_version)));
    format!("\n<sub>{}</sub>\n", parts.join(" · "))
}
