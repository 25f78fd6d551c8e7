//! The stages with their gates and criteria.

use super::lines::{Cell, Columns, Lines, Paint, sign};
use super::questions::{Question, write_findings, write_reason, write_sentences};
use crate::model::{Report, StageRecord, Verdict};
use crate::render::text::duration;

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
    for (stage, questions) in &stages {
        write_stage(stage, questions, &columns, lines);
    }
}

fn questions(stage: &StageRecord) -> Vec<Question<'_>> {
    let gates = stage.quality_gates.values().map(Question::of_gate);
    let criteria = stage.criteria.iter().map(Question::of_criterion);
    gates.chain(criteria).collect()
}

fn write_stage(
    stage: &StageRecord,
    questions: &[Question<'_>],
    columns: &Columns,
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
        verdict => write_reason(verdict, ADVICE, lines),
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
        question.write_advice(ADVICE, lines);
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
