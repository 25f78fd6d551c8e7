//! What else happened, what blocks, and the summary block.

use super::lines::{Cell, Columns, Lines, Paint, sign};
use crate::model::{Attempt, Ended, Report, Stage, ToolRun};
use crate::render::blockers::{Blocker, blockers};
use crate::render::deployment::{headline, version};
use crate::render::excused::{deployments, excused};
use crate::render::rules::rules;
use crate::render::text::{counted, duration, plain_cut};

/// How many entries a list has at most.
const ENTRIES_SHOWN: usize = 20;

/// The least room for why something blocks, in characters. Where there is less, it stands on a line
/// of its own.
const LEAST_CAUSE: usize = 40;

/// How far it is indented what to do about something.
const ADVICE: usize = 6;

/// Writes attempts, flaky tests, fixes and publishing problems, each only where there are any.
pub(super) fn write_events(report: &Report, lines: &mut Lines) {
    write_attempts(report, lines);
    if !report.flaky_tests.is_empty() {
        lines.heading("Flaky tests (passed only when run again)");
        write_list(report.flaky_tests.iter(), lines);
    }
    if let Some(patch) = &report.auto_fix {
        let files = counted(patch.changes.len(), "file");
        if patch.is_applied {
            lines.heading(&format!("Auto-fix changed {files}"));
        } else {
            lines.heading(&format!("Auto-fix offers changes to {files}"));
        }
        let change = |change: &crate::model::Change| format!("{} ({})", change.file, change.tool);
        write_list(patch.changes.iter().map(change), lines);
        let label = if patch.is_applied { "patch:" } else { "apply:" };
        let command = match patch.is_applied {
            true => patch.file.clone(),
            false => format!("git apply {}", patch.file),
        };
        lines.command(2, label, &command);
    }
    if !report.publishing_problems.is_empty() {
        lines.heading("Publishing problems (the verdict does not depend on them)");
        let problems = report.publishing_problems.iter();
        write_list(
            problems.map(|problem| format!("{}: {}", problem.sink, problem.message)),
            lines,
        );
    }
}

/// Writes the attempts of tools that were tried more than once, and what else there is to say about
/// a tool.
fn write_attempts(report: &Report, lines: &mut Lines) {
    let is_special = |tool: &&ToolRun| tool.attempts.len() > 1 || !tool.notes.is_empty();
    let special: Vec<&ToolRun> = report.tools.iter().filter(is_special).collect();
    if special.is_empty() {
        return;
    }
    lines.heading("Tools that deserve a look");
    for tool in special {
        let name = plain_cut(&tool.tool, 40);
        for attempt in tool.attempts.iter().filter(|_| tool.attempts.len() > 1) {
            let mark = format!("{name}, attempt {}: ", attempt.number);
            lines.paragraph(2, &mark, &outcome(attempt), Paint::None);
        }
        for note in tool.notes.iter().take(ENTRIES_SHOWN) {
            lines.paragraph(2, &format!("{name}: "), note, Paint::None);
        }
    }
}

fn outcome(attempt: &Attempt) -> String {
    let waited = match attempt.delay_ms {
        0 => String::new(),
        delay => format!(", after a wait of {}", duration(delay as f64)),
    };
    let took = duration(attempt.duration_ms as f64);
    match &attempt.ended {
        Ended::WithEvidence => format!("gave evidence in {took}{waited}"),
        Ended::WithError { kind, reason } => {
            format!("{kind} error in {took}{waited}: {}", reason.message)
        }
    }
}

fn write_list(entries: impl ExactSizeIterator<Item = impl AsRef<str>>, lines: &mut Lines) {
    let left = entries.len().saturating_sub(ENTRIES_SHOWN);
    for entry in entries.take(ENTRIES_SHOWN) {
        lines.paragraph(2, "", entry.as_ref(), Paint::None);
    }
    if left > 0 {
        lines.paragraph(2, "", &format!("… and {left} more"), Paint::Dim);
    }
}

/// Writes the criteria that did not have to hold: nobody is to overlook them.
pub(super) fn write_excused(report: &Report, lines: &mut Lines) {
    let excused = excused(report);
    if excused.is_empty() {
        return;
    }
    lines.heading("Criteria that did not have to hold");
    for one in excused.iter().take(ENTRIES_SHOWN) {
        let text = format!("{} / {} {}: {}", one.stage, one.name, one.how, one.why);
        lines.paragraph(2, "! ", &text, Paint::Yellow);
    }
    let left = excused.len().saturating_sub(ENTRIES_SHOWN);
    if left > 0 {
        lines.paragraph(2, "", &format!("… and {left} more"), Paint::Dim);
    }
}

/// Writes what blocks, a line each; below criteria and deployments what is missing and what to do.
pub(super) fn write_blockers(report: &Report, lines: &mut Lines) {
    let blockers = blockers(report);
    if blockers.is_empty() {
        return;
    }
    lines.heading("What blocks");
    let rows: Vec<[Cell; 3]> = blockers.iter().map(blocker_row).collect();
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.fit(row));
    let room = lines.room(2 + columns.taken());
    for (blocker, [place, verdict, cause]) in blockers.iter().zip(rows) {
        // A deployment that failed is the one thing that everybody wants to read to its end.
        if room >= LEAST_CAUSE && blocker.deployment.is_none() {
            lines.row(2, &columns, &[place, verdict, cause.cut(room)]);
        } else {
            lines.row(2, &columns, &[place, verdict]);
            lines.paragraph(ADVICE, "", &blocker.cause(), Paint::None);
        }
        if let Some(gap) = blocker.gap() {
            lines.paragraph(ADVICE, "", gap, Paint::None);
        }
        // What to do about a gate or a stage stands below it.
        let is_advised = blocker.deployment.is_some()
            || blocker
                .criterion
                .is_some_and(|one| one.remedy.is_some() || blocker.gate.is_none());
        if let Some(remedy) = blocker.remedy().filter(|_| is_advised) {
            lines.paragraph(ADVICE, "→ ", remedy, Paint::Bold);
        }
    }
}

fn blocker_row(blocker: &Blocker<'_>) -> [Cell; 3] {
    let paint = Paint::of(blocker.verdict);
    let stage = blocker.stage.map_or("run", Stage::as_str);
    let place = match blocker.name {
        Some(name) => format!(
            "{} {stage} / {}",
            sign(blocker.verdict),
            plain_cut(name, 48)
        ),
        None => format!("{} {stage}", sign(blocker.verdict)),
    };
    [
        Cell::new(&place, paint),
        Cell::new(blocker.verdict.as_str(), paint),
        Cell::plain(&blocker.cause()),
    ]
}

/// Writes the summary block.
pub(super) fn write_summary(report: &Report, report_file: Option<&str>, lines: &mut Lines) {
    let or_none = |text: Option<&str>| text.unwrap_or("none").to_owned();
    let named = |stages: &[Stage]| match stages {
        [] => "none".to_owned(),
        _ => stages
            .iter()
            .map(|stage| stage.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    };
    let success = match (report.success, &report.verdict) {
        (true, _) => "✓ yes".to_owned(),
        (false, verdict) => format!("✗ no ({verdict})"),
    };
    lines.heading("Summary");
    let mut rows = vec![
        ("Component:", report.component_name.to_string()),
        ("Target stage:", report.target_stage.to_string()),
        ("Success:", success),
        ("Stages completed:", named(&report.stages_completed)),
        ("Stages failed:", named(&report.stages_failed)),
        ("Total time:", duration(report.total_execution_time_ms)),
        (
            "Context session:",
            or_none(report.context_session_id.as_deref()),
        ),
        (
            "Metrics dashboard:",
            or_none(report.metrics_dashboard.as_deref()),
        ),
        ("Report:", or_none(report_file)),
    ];
    // Behind the stages.
    let at = 5;
    for (index, deployment) in deployments(report).enumerate() {
        rows.insert(at + index, ("Deployment:", headline(deployment, version)));
    }
    if let Some(origin) = &report.policy {
        rows.insert(2, ("Rules:", rules(origin)));
    }
    let mut columns = Columns::default();
    let cells = |(label, value): (&str, String)| {
        let paint = match label {
            "Success:" => Paint::of(&report.verdict),
            _ => Paint::None,
        };
        [Cell::new(label, Paint::Dim), Cell::new(&value, paint)]
    };
    let rows: Vec<[Cell; 2]> = rows.into_iter().map(cells).collect();
    rows.iter().for_each(|row| columns.fit(row));
    for row in &rows {
        lines.row(2, &columns, row);
    }
}
