//! The stages with their gates and criteria.

use super::deployment;
use super::lines::{Cell, Columns, Lines, Paint, sign};
use super::questions::{Question, is_said, write_findings, write_reason, write_sentences};
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
        if let Some(deployment) = &stage.deployment {
            // The sentence behind name and outcome is as long as it likes.
            let mut row = deployment::row(deployment);
            row.truncate(2);
            row.push(Cell::plain(""));
            columns.fit(&row);
        }
    }
    for (index, (stage, questions)) in stages.iter().enumerate() {
        let earlier: Vec<&Question<'_>> = stages[..index].iter().flat_map(|(_, q)| q).collect();
        let now = &report.run.started_at;
        write_stage(stage, questions, &columns, &earlier, now, lines);
        if let Some(deployment) = &stage.deployment {
            deployment::write(deployment, &columns, ADVICE, lines);
        } else if let Some(why) = left_out(stage) {
            let text = format!("deployment skipped: {why}");
            lines.paragraph(2, "", &text, Paint::Dim);
        }
    }
}

/// Why a deployment stage that passes deployed nothing.
fn left_out(stage: &StageRecord) -> Option<&str> {
    let deployment = stage.outputs.get("deployment")?;
    deployment.pointer("/reason/message")?.as_str()
}

/// The criteria of a deployment stage, which name its gates too; the gates of other stages, and then
/// the criteria that are no gates.
fn questions(stage: &StageRecord) -> Vec<Question<'_>> {
    let is_criterion = |gate: &str| stage.criteria.iter().any(|one| one.name == gate);
    let gates = stage.quality_gates.values();
    let gates = gates.filter(|gate| !is_criterion(&gate.gate_name));
    let gate = |name: &String| stage.quality_gates.get(name);
    let criteria = stage.criteria.iter();
    gates
        .map(Question::of_gate)
        .chain(criteria.map(|one| Question::of_criterion(one, gate(&one.name))))
        .collect()
}

/// What to do about a gate is said where it is first judged, and what has the same answer as in an
/// `earlier` stage is only named.
fn write_stage(
    stage: &StageRecord,
    questions: &[Question<'_>],
    columns: &Columns,
    earlier: &[&Question<'_>],
    now: &str,
    lines: &mut Lines,
) {
    lines.fitting_row(columns, &stage_row(stage), ADVICE);
    match &stage.verdict {
        // The reason of a skipped stage stands in its row.
        Verdict::Skipped(reason) => {
            if let Some(remedy) = &reason.remedy {
                lines.paragraph(ADVICE, "→ ", remedy, Paint::None);
            }
        }
        // What a question could not answer stands below the question.
        verdict if questions.is_empty() && stage.deployment.is_none() => {
            write_reason(verdict, ADVICE, lines)
        }
        _ => {}
    }
    // Where gates or findings stop the stage, its own sentences only repeat them.
    let is_of_gate = |warning: &&String| {
        let mut gates = stage.quality_gates.keys();
        gates.any(|gate| warning.starts_with(&format!("{gate}: ")))
    };
    let is_finding = |warning: &&String| {
        let mut findings = stage.findings.iter();
        findings.any(|finding| warning.contains(&finding.message))
    };
    if questions.is_empty() && stage.deployment.is_none() {
        let errors = stage.errors.iter();
        let errors = errors.filter(|text| !is_said(&stage.verdict, text) && !is_finding(text));
        write_sentences(errors, "", ADVICE, lines);
    }
    let warnings = stage.warnings.iter();
    let warnings = warnings.filter(|text| !is_of_gate(text) && !is_finding(text));
    write_sentences(warnings, "! ", ADVICE, lines);
    write_findings(&stage.findings, ADVICE, lines);
    let is_repeated = |question: &Question<'_>| earlier.iter().any(|e| e.is_like(question));
    for question in questions.iter().filter(|question| !is_repeated(question)) {
        question.write_rows(columns, ADVICE, lines);
        if !earlier.iter().any(|e| e.name() == question.name()) {
            question.write_advice(ADVICE, lines);
        }
        question.write_evidence(ADVICE, now, lines);
    }
    let repeated = questions.iter().filter(|question| is_repeated(question));
    let repeated: Vec<String> = repeated.map(Question::signed_name).collect();
    if !repeated.is_empty() {
        lines.paragraph(2, "as above: ", &repeated.join(", "), Paint::None);
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
