//! A deployment: short when it went well, with every phase when it did not; and the lines that are
//! shown while it goes on.

use super::Style;
use super::lines::{Cell, Columns, Lines, Paint, sign};
use super::questions::write_sentences;
use crate::model::{Deployment, Operation, Phase, PhaseRecord, Verdict, short_commit};
use crate::render::deployment::{
    active_now, approval, attempt, before, headline, hotfix, is_plain, phase_name, phase_words,
    phases_in_a_line, special_attempts, tries, version,
};
use crate::render::text::{duration, plain, plain_cut, without_command};

/// How many tests are named.
const TESTS_SHOWN: usize = 5;

/// The longest message in a line that is shown while a deployment goes on, in characters.
const LONGEST_MESSAGE: usize = 160;

/// The row of a deployment among those of the criteria.
pub(super) fn row(deployment: &Deployment) -> Vec<Cell> {
    let paint = Paint::of(&deployment.verdict);
    let name = format!("  {} deployment", sign(&deployment.verdict));
    vec![
        Cell::new(&name, paint),
        Cell::new(deployment.outcome.as_str(), paint),
        Cell::plain(&headline(deployment, version)),
    ]
}

/// Writes a deployment. What to do about one that blocks is said where everything is that blocks.
pub(super) fn write(deployment: &Deployment, columns: &Columns, indent: usize, lines: &mut Lines) {
    lines.fitting_row(columns, &row(deployment), indent);
    if let Some(hotfix) = hotfix(deployment) {
        lines.paragraph(indent, "! ", hotfix, Paint::Yellow);
    }
    if let Some(active) = active_now(deployment, version) {
        lines.paragraph(indent, "! ", &active, Paint::Bold);
    }
    let mut facts: Vec<String> = Vec::new();
    if let Some(before) = before(deployment) {
        facts.push(format!("before it: {}", version(before)));
    }
    if let Some(names) = approval(deployment) {
        facts.push(format!("approved by {names}"));
    }
    if let Some(url) = &deployment.url {
        facts.push(format!("seen at {}", plain_cut(url, 200)));
    }
    if !facts.is_empty() {
        lines.paragraph(indent, "", &facts.join("; "), Paint::Dim);
    }
    let is_short = deployment.outcome.is_success() && deployment.phases.iter().all(is_plain);
    if is_short {
        if !deployment.phases.is_empty() {
            lines.paragraph(indent, "", &phases_in_a_line(deployment), Paint::Dim);
        }
        return;
    }
    if !deployment.verdict.stops() && !deployment.outcome.is_success() {
        lines.paragraph(indent, "", &deployment.message, Paint::None);
        if let Some(remedy) = &deployment.remedy {
            lines.paragraph(indent, "→ ", remedy, Paint::Bold);
        }
    }
    write_phases(&deployment.phases, indent, lines);
}

fn write_phases(phases: &[PhaseRecord], indent: usize, lines: &mut Lines) {
    let rows: Vec<Vec<Cell>> = phases.iter().map(phase_row).collect();
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.fit(row));
    for (phase, mut row) in phases.iter().zip(rows) {
        let room = lines.room(indent + columns.taken());
        let message = plain_cut(&phase.message, 4 * LONGEST_MESSAGE);
        let fits = message.chars().count() <= room;
        if !fits {
            row.pop();
        }
        lines.row(indent, &columns, &row);
        if !fits {
            lines.paragraph(indent + 4, "", &message, Paint::None);
        }
        write_details(phase, indent + 4, lines);
    }
}

fn phase_row(record: &PhaseRecord) -> Vec<Cell> {
    let paint = match record.verdict {
        Verdict::Passed => Paint::None,
        _ => Paint::of(&record.verdict),
    };
    let took = duration(record.duration_ms as f64);
    let took = match tries(record) {
        Some(tries) => format!("{took}, {tries}"),
        None => took,
    };
    vec![
        Cell::new(
            &format!("{} {}", sign(&record.verdict), phase_name(record)),
            paint,
        ),
        Cell::new(&took, Paint::Dim),
        Cell::plain(&record.message),
    ]
}

/// What is to be said below the row of a phase.
fn write_details(record: &PhaseRecord, indent: usize, lines: &mut Lines) {
    for one in special_attempts(record) {
        let mark = format!("attempt {}: ", one.number);
        lines.paragraph(indent, &mark, &attempt(one), Paint::None);
    }
    for measurement in record.measurements.iter().filter(|m| !m.holds) {
        let text = format!(
            "{}: {}, needs {}",
            measurement.what,
            measurement.actual_text(),
            measurement.condition_text()
        );
        lines.paragraph(indent, "", &text, Paint::None);
    }
    if let Some(tests) = record.tests.as_ref().filter(|_| !is_plain(record)) {
        write_tests("failed: ", &tests.failures, indent, lines);
        write_tests("flaky: ", &tests.flaky, indent, lines);
    }
    write_sentences(record.warnings.iter(), "! ", indent, lines);
}

fn write_tests(mark: &str, names: &[String], indent: usize, lines: &mut Lines) {
    for name in names.iter().take(TESTS_SHOWN) {
        lines.paragraph(indent, mark, name, Paint::None);
    }
    let left = names.len().saturating_sub(TESTS_SHOWN);
    if left > 0 {
        lines.paragraph(indent, "", &format!("… and {left} more"), Paint::Dim);
    }
}

/// A deployment alone: what it was about, how it ended, and what to do.
#[must_use]
pub fn deployment(deployment: &Deployment, style: Style) -> String {
    let mut lines = Lines::new(style);
    let mut columns = Columns::default();
    columns.fit(&row(deployment));
    let title = deployment_ended(deployment);
    lines.paragraph(0, "", &title, Paint::of(&deployment.verdict));
    write(deployment, &columns, 4, &mut lines);
    if let Some(remedy) = &deployment.remedy {
        lines.paragraph(4, "→ ", remedy, Paint::None);
    }
    lines.into_text()
}

/// The line that says that a deployment begins: `deploy staging  4f1d2c9be07a  before it:
/// 1a2b3c4d5e6f`.
#[must_use]
pub fn deployment_started(deployment: &Deployment) -> String {
    let before = deployment.previous.as_ref().map_or_else(
        || "nothing was verified before".to_owned(),
        |previous| format!("before it: {}", version(previous)),
    );
    line(deployment, &before)
}

/// The line that says that a phase begins: `deploy staging  4f1d2c9be07a  health check …`.
#[must_use]
pub fn phase_started(deployment: &Deployment, phase: Phase, is_rollback: bool) -> String {
    let name = phase_words(phase);
    let behind = match is_rollback && phase != Phase::Rollback {
        true => " after rollback",
        false => "",
    };
    line(deployment, &format!("{name}{behind} …"))
}

/// The line that says how a phase ended: `deploy staging  4f1d2c9be07a  ✓ health check  10.40 s
/// healthy after 3 looks`.
#[must_use]
pub fn phase_ended(deployment: &Deployment, record: &PhaseRecord) -> String {
    let tries = tries(record).map_or_else(String::new, |tries| format!(", {tries}"));
    line(
        deployment,
        &format!(
            "{} {}  {}{tries}  {}",
            sign(&record.verdict),
            phase_name(record),
            duration(record.duration_ms as f64),
            record.message
        ),
    )
}

/// The line that says how a deployment ended: its outcome, and what is active.
#[must_use]
pub fn deployment_ended(deployment: &Deployment) -> String {
    let active =
        active_now(deployment, version).map_or_else(String::new, |active| format!("; {active}"));
    line(
        deployment,
        &format!(
            "{} {}: {}{active}",
            sign(&deployment.verdict),
            deployment.outcome,
            headline(deployment, version)
        ),
    )
}

fn line(deployment: &Deployment, what: &str) -> String {
    let operation = match deployment.operation {
        Operation::Deploy => "deploy",
        Operation::Rollback => "rollback",
        Operation::Drill => "rollback drill",
    };
    let line = format!(
        "{operation} {}  {}  {}",
        deployment.environment,
        plain(short_commit(&deployment.version.commit)),
        plain_cut(what, LONGEST_MESSAGE)
    );
    without_command(&line)
}
