//! Gates and criteria: the measurement held against its limit, and what to do when it does not
//! hold.

use super::lines::{Cell, Columns, Lines, Paint, sign};
use crate::model::{
    Actual, Criterion, Finding, GateRecord, Measurement, Reason, Requirement, RuleSource, Unit,
    Verdict,
};
use crate::render::age;
use crate::render::excused::is_exempted;
use crate::render::text::{counted, plain_cut, plain_ends};

/// How many findings are shown for one gate or stage.
const FINDINGS_SHOWN: usize = 5;

/// How many lines the message of a finding has at most.
const MESSAGE_LINES: usize = 2;

/// How many errors and warnings are shown for one gate or stage.
const SENTENCES_SHOWN: usize = 5;

/// The longest name, place or rule that gets a column, in characters.
const LONGEST_NAME: usize = 48;

/// A gate or a criterion.
pub(super) struct Question<'a> {
    name: &'a str,
    verdict: &'a Verdict,
    requirement: Requirement,
    measurements: &'a [Measurement],
    gate: Option<&'a GateRecord>,
    criterion: Option<&'a Criterion>,
}

impl<'a> Question<'a> {
    /// A judged gate.
    pub(super) fn of_gate(gate: &'a GateRecord) -> Self {
        Self {
            name: &gate.gate_name,
            verdict: &gate.verdict,
            requirement: gate.requirement,
            measurements: &gate.measurements,
            gate: Some(gate),
            criterion: None,
        }
    }

    /// A line of a promotion policy, with the gate's record where it is one.
    pub(super) fn of_criterion(criterion: &'a Criterion, gate: Option<&'a GateRecord>) -> Self {
        Self {
            name: &criterion.name,
            verdict: &criterion.verdict,
            requirement: criterion.requirement,
            measurements: &criterion.measurements,
            gate,
            criterion: Some(criterion),
        }
    }

    /// The gate's id or the criterion's name.
    pub(super) const fn name(&self) -> &'a str {
        self.name
    }

    /// One row for each measurement, or a single one where there is none.
    pub(super) fn rows(&self) -> Vec<Vec<Cell>> {
        let paint = match self.requirement {
            Requirement::Advisory if self.verdict.stops() => Paint::Yellow,
            _ => Paint::of(self.verdict),
        };
        let name = plain_cut(self.name, LONGEST_NAME);
        let advisory = match self.requirement {
            _ if self.criterion.is_some_and(is_exempted) => " (exempted)",
            Requirement::Required => "",
            Requirement::Advisory => " (advisory)",
        };
        let head = [
            Cell::new(&format!("  {} {name}", sign(self.verdict)), paint),
            Cell::new(&format!("{}{advisory}", self.verdict), paint),
        ];
        let has_several = self.measurements.len() > 1;
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for measurement in self.measurements {
            let mut row = match rows.is_empty() {
                true => head.to_vec(),
                false => vec![Cell::plain(""), Cell::plain("")],
            };
            row.push(Cell::plain(&actual(measurement, has_several)));
            row.push(Cell::plain(&format!(
                "needs {}",
                measurement.condition_text()
            )));
            let rule = plain_cut(&measurement.rule_from.to_string(), LONGEST_NAME);
            row.push(Cell::new(&format!("({rule})"), Paint::Dim));
            rows.push(row);
        }
        if rows.is_empty() {
            rows.push(head.to_vec());
        }
        rows
    }

    /// Writes its rows. Where the terminal is too narrow, the rule of what holds is left out, and so
    /// is that a rule is built in.
    pub(super) fn write_rows(&self, columns: &Columns, indent: usize, lines: &mut Lines) {
        let mut measurements = self.measurements.iter();
        for mut row in self.rows() {
            let is_narrow = columns.end_of(&row) > lines.room(0);
            let is_dispensable = |m: &Measurement| m.holds || m.rule_from == RuleSource::Default;
            if measurements.next().is_some_and(is_dispensable) && is_narrow {
                row.pop();
            }
            lines.fitting_row(columns, &row, indent);
        }
    }

    /// Where the evidence of a criterion comes from and how old it is, and what is missing. What to do
    /// about one that blocks is said where everything is that blocks.
    pub(super) fn write_evidence(&self, indent: usize, now: &str, lines: &mut Lines) {
        let Some(criterion) = self.criterion else {
            return;
        };
        if let Some(source) = age::source(criterion, now) {
            lines.paragraph(indent, "from ", &source, Paint::Dim);
        }
        let is_advised = !criterion.blocks() && !criterion.verdict.is_pass();
        if let Some(gap) = criterion.gap.as_ref().filter(|_| is_advised) {
            lines.paragraph(indent, "", gap, Paint::None);
        }
        if let Some(remedy) = criterion.remedy.as_ref().filter(|_| is_advised) {
            lines.paragraph(indent, "→ ", remedy, Paint::None);
        }
    }

    /// What to do about it, below its rows. Only its warnings when it passed.
    pub(super) fn write_advice(&self, indent: usize, lines: &mut Lines) {
        match (self.criterion, self.verdict) {
            // Said where everything is that did not have to hold.
            (Some(_), Verdict::Skipped(_)) => {}
            (Some(criterion), verdict) if criterion.blocks() && self.gate.is_none() => {
                write_message(verdict, indent, lines);
            }
            (_, verdict) => write_reason(verdict, indent, lines),
        }
        let Some(gate) = self.gate else { return };
        let is_news = |sentence: &&String| !is_said(self.verdict, sentence);
        write_sentences(gate.warnings.iter().filter(is_news), "! ", indent, lines);
        if matches!(self.verdict, Verdict::Passed | Verdict::Skipped(_)) {
            return;
        }
        // The rows have said what does not hold.
        if self.measurements.iter().all(|m| m.holds) {
            write_sentences(gate.errors.iter().filter(is_news), "", indent, lines);
        }
        write_findings(&gate.findings, indent, lines);
        if let Some(command) = &gate.reproduce {
            lines.command(indent, "reproduce:", command);
        }
    }

    /// Whether another question has the same answer.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.name == other.name
            && self.verdict == other.verdict
            && self.requirement == other.requirement
            && self.measurements == other.measurements
    }

    /// The sign of its verdict and its name, with a space between them at which no line is broken.
    pub(super) fn signed_name(&self) -> String {
        format!(
            "{}\u{a0}{}",
            sign(self.verdict),
            plain_cut(self.name, LONGEST_NAME)
        )
    }
}

/// The actual value; with what was measured where a gate has several measurements.
fn actual(measurement: &Measurement, has_several: bool) -> String {
    let value = measurement.actual_text();
    let what = plain_cut(&measurement.what, LONGEST_NAME);
    match (measurement.unit, &measurement.actual) {
        (Unit::Count, Actual::Number(_)) => format!("{value} {what}"),
        _ if has_several => format!("{what}: {value}"),
        _ => value,
    }
}

/// Why nothing was decided, and the remedy.
pub(super) fn write_reason(verdict: &Verdict, indent: usize, lines: &mut Lines) {
    write_message(verdict, indent, lines);
    if let Some(remedy) = verdict.reason().and_then(|reason| reason.remedy.as_ref()) {
        lines.paragraph(indent, "→ ", remedy, Paint::Bold);
    }
}

/// Why nothing was decided.
fn write_message(verdict: &Verdict, indent: usize, lines: &mut Lines) {
    if let Some(reason) = verdict.reason() {
        let message = format!("{} ({})", reason.message, reason.code);
        lines.paragraph(indent, "", &message, Paint::None);
    }
}

/// Whether a sentence only repeats the reason of the verdict, with its remedy or without.
pub(super) fn is_said(verdict: &Verdict, sentence: &str) -> bool {
    let is_reason = |reason: &Reason| sentence == reason.message || sentence == reason.to_string();
    verdict.reason().is_some_and(is_reason)
}

/// Errors or warnings, the first few of them.
pub(super) fn write_sentences<'a>(
    sentences: impl Iterator<Item = &'a String>,
    mark: &str,
    indent: usize,
    lines: &mut Lines,
) {
    let mut sentences = sentences.peekable();
    for sentence in sentences.by_ref().take(SENTENCES_SHOWN) {
        lines.paragraph(indent, mark, sentence, Paint::None);
    }
    let left = sentences.count();
    if left > 0 {
        lines.paragraph(indent, "", &format!("… and {left} more"), Paint::Dim);
    }
}

/// The first findings, and how many more there are: each on a line of its own, or with the message
/// on a second line where one of them would not fit.
pub(super) fn write_findings(findings: &[Finding], indent: usize, lines: &mut Lines) {
    let shown = &findings[..findings.len().min(FINDINGS_SHOWN)];
    let rows: Vec<Vec<Cell>> = shown.iter().map(finding_row).collect();
    let mut columns = Columns::default();
    rows.iter().for_each(|row| columns.fit(row));
    let room = lines.room(indent + columns.taken());
    let fits = |finding: &Finding| plain_cut(&finding.message, room + 1).chars().count() <= room;
    let has_one_line_each = shown.iter().all(fits);
    for (finding, mut row) in shown.iter().zip(rows) {
        if has_one_line_each {
            lines.row(indent, &columns, &row);
        } else {
            row.pop();
            lines.row(indent, &columns, &row);
            let room = lines.room(indent + 2);
            let message = plain_ends(&finding.message, MESSAGE_LINES * room);
            lines.paragraph(indent + 2, "", &message, Paint::None);
        }
    }
    let left = findings.len() - shown.len();
    if left > 0 {
        let more = format!("… and {}", counted(left, "more finding"));
        lines.paragraph(indent, "", &more, Paint::Dim);
    }
}

fn finding_row(finding: &Finding) -> Vec<Cell> {
    let place = plain_cut(&finding.location(), 2 * LONGEST_NAME);
    let rule = plain_cut(&finding.rule, LONGEST_NAME);
    let mut row = vec![
        Cell::new(&place, Paint::Bold),
        Cell::new(&rule, Paint::Dim),
        Cell::plain(&finding.message),
    ];
    row.retain(|cell| !cell.is_empty());
    row
}
