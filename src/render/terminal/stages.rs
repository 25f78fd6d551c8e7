//! The stages with their gates and criteria.

use super::lines::{Cell, Columns, Lines, Paint, sign};
use super::questions::{Question, write_findings, write_reason, write_sentences};
use crate::model::{Report, StageRecord, Verdict};
use crate::render::text::duration;
use std::collections::HashSet;

/// How far the advice below a gate is indented.
const ADVICE: usize = 6;

/// Writes every stage. The columns of all stages are aligned with each other.
pub(super) fn write(report: &Report, lines: &mut Lines) {
    let stages: Vec<(&StageRecord, Vec<Question<'_>>)> = report
        .stages()
        .map(|stage| (stage, questions(stage)))
        .collect();
    let mut columns = Columns::default();
    for (stage, questions) in &stages {
        columns.fit(&stage_row(stage));
        for row in questions.iter().flat_map(Question::rows) {
            columns.fit(&row);
        }
    }
    let mut advised = HashSet::new();
    for (stage, questions) in &stages {
        write_stage(stage, questions, &columns, &mut advised, lines);
    }
}

/// The criteria of a deployment stage, which name its gates too; else the gates.
fn questions(stage: &StageRecord) -> Vec<Question<'_>> {
    if stage.criteria.is_empty() {
        return stage
            .quality_gates
            .values()
            .map(Question::of_gate)
            .collect();
    }
    let gate = |name: &String| stage.quality_gates.get(name);
    stage
        .criteria
        .iter()
        .map(|criterion| Question::of_criterion(criterion, gate(&criterion.name)))
        .collect()
}

/// What to do about a gate is said where it is first judged; `advised` are those of earlier stages.
fn write_stage<'a>(
    stage: &StageRecord,
    questions: &[Question<'a>],
    columns: &Columns,
    advised: &mut HashSet<&'a str>,
    lines: &mut Lines,
) {
    lines.row(0, columns, &stage_row(stage));
    match &stage.verdict {
        // The reason of a skipped stage stands in its row.
        Verdict::Skipped(reason) => {
            if let Some(remedy) = &reason.remedy {
                lines.paragraph(ADVICE, "→ ", remedy, Paint::None);
            }
        }
        // What a question could not answer stands below the question.
        verdict if questions.is_empty() => write_reason(verdict, ADVICE, lines),
        _ => {}
    }
    // Where a gate stops the stage, the stage's own errors only repeat it.
    if questions.is_empty() {
        let said = stage.verdict.reason().map(|reason| reason.message.as_str());
        let errors = stage
            .errors
            .iter()
            .filter(|error| Some(error.as_str()) != said);
        write_sentences(errors, "", ADVICE, lines);
    }
    write_sentences(stage.warnings.iter(), "! ", ADVICE, lines);
    write_findings(&stage.findings, ADVICE, lines);
    for question in questions {
        for row in question.rows() {
            lines.row(0, columns, &row);
        }
        if advised.insert(question.name()) {
            question.write_advice(ADVICE, lines);
        }
    }
}

fn stage_row(stage: &StageRecord) -> Vec<Cell> {
    let paint = Paint::of(&stage.verdict);
    let name = format!("{} {}", sign(&stage.verdict), stage.stage_name);
    let last = match &stage.verdict {
        Verdict::Skipped(reason) => Cell::new(&reason.message, Paint::Dim),
        _ => Cell::new(&duration(stage.execution_time_ms), Paint::Dim),
    };
    let verdict = Cell::new(stage.verdict.as_str(), paint);
    vec![Cell::new(&name, paint), verdict, last]
}
