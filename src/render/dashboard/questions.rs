//! The stages with their gates and criteria.

use super::bar::Measure;
use super::prose::Prose;
use super::{COMMAND, Few, SENTENCES, command, findings, name, sentence};
use crate::model::{Criterion, GateRecord, Measurement, Reason, Report, Requirement, StageRecord};
use crate::render::text::{counted, duration, plain_cut};
use serde_json::Value;

/// How many of a record's details are shown.
const DETAILS: usize = 8;

/// A stage.
pub(super) struct StageView {
    pub(super) name: &'static str,
    pub(super) verdict: &'static str,
    /// How long it took; empty when it was not judged.
    pub(super) time: String,
    pub(super) reason: Option<ReasonView>,
    pub(super) errors: Few<Prose>,
    pub(super) warnings: Few<Prose>,
    pub(super) details: Vec<(String, String)>,
    pub(super) findings: Option<FindingsLink>,
    pub(super) gates: Vec<QuestionView>,
    pub(super) criteria: Vec<QuestionView>,
}

/// A gate or a criterion.
pub(super) struct QuestionView {
    pub(super) name: String,
    pub(super) verdict: &'static str,
    pub(super) is_advisory: bool,
    pub(super) measures: Vec<Measure>,
    pub(super) reason: Option<ReasonView>,
    pub(super) errors: Few<Prose>,
    pub(super) warnings: Few<Prose>,
    pub(super) details: Vec<(String, String)>,
    pub(super) findings: Option<FindingsLink>,
    /// The command that reproduces it; empty when there is none or nothing to mend.
    pub(super) command: String,
}

/// Why nothing was decided.
pub(super) struct ReasonView {
    pub(super) code: &'static str,
    pub(super) message: Prose,
    pub(super) remedy: Option<Prose>,
}

/// Where the findings stand on the page.
pub(super) struct FindingsLink {
    pub(super) anchor: String,
    pub(super) text: String,
}

impl FindingsLink {
    /// The link to so many findings; `None` when there are none.
    pub(super) fn of(anchor: String, count: usize) -> Option<Self> {
        (count > 0).then(|| Self {
            anchor,
            text: counted(count, "finding"),
        })
    }
}

impl ReasonView {
    pub(super) fn of(reason: &Reason) -> Self {
        Self {
            code: reason.code.as_str(),
            message: sentence(&reason.message),
            remedy: reason
                .remedy
                .as_deref()
                .map(|remedy| Prose::of(&plain_cut(remedy, COMMAND))),
        }
    }
}

/// Every stage of the report.
pub(super) fn stages(report: &Report) -> Vec<StageView> {
    report.stages().map(stage).collect()
}

fn stage(record: &StageRecord) -> StageView {
    let stage = record.stage_name;
    let has_questions = !record.quality_gates.is_empty() || !record.criteria.is_empty();
    // Where a gate stops the stage, the stage's own errors only repeat it.
    let errors: &[String] = if has_questions { &[] } else { &record.errors };
    let gates = record.quality_gates.values().enumerate();
    StageView {
        name: stage.as_str(),
        verdict: record.verdict.as_str(),
        time: match record.execution_time_ms > 0.0 {
            true => duration(record.execution_time_ms),
            false => String::new(),
        },
        reason: record.verdict.reason().map(ReasonView::of),
        errors: sentences(errors, record.verdict.reason()),
        warnings: sentences(&record.warnings, None),
        details: details(record.outputs.iter()),
        findings: FindingsLink::of(findings::anchor(stage, None), record.findings.len()),
        gates: gates
            .map(|(index, record)| gate(record, findings::anchor(stage, Some(index))))
            .collect(),
        criteria: record.criteria.iter().map(criterion).collect(),
    }
}

fn gate(record: &GateRecord, anchor: String) -> QuestionView {
    // A measured value stands beside its limit already.
    let is_measured = |key: &str| {
        let name = |measurement: &Measurement| measurement.what.replace([' ', '-'], "_");
        record
            .measurements
            .iter()
            .any(|measurement| name(measurement) == key)
    };
    let shown_command = match &record.reproduce {
        Some(text) if !record.verdict.is_pass() => command(text),
        _ => String::new(),
    };
    QuestionView {
        name: name(&record.gate_name),
        verdict: record.verdict.as_str(),
        is_advisory: record.requirement == Requirement::Advisory,
        measures: record.measurements.iter().map(Measure::of).collect(),
        reason: record.verdict.reason().map(ReasonView::of),
        errors: sentences(&record.errors, record.verdict.reason()),
        warnings: sentences(&record.warnings, None),
        details: details(record.details.iter().filter(|(key, _)| !is_measured(key))),
        findings: FindingsLink::of(anchor, record.findings.len()),
        command: shown_command,
    }
}

fn criterion(record: &Criterion) -> QuestionView {
    QuestionView {
        name: name(&record.name),
        verdict: record.verdict.as_str(),
        is_advisory: record.requirement == Requirement::Advisory,
        measures: record.measurements.iter().map(Measure::of).collect(),
        reason: record.verdict.reason().map(ReasonView::of),
        errors: sentences(&[], None),
        warnings: sentences(&[], None),
        details: Vec::new(),
        findings: None,
        command: String::new(),
    }
}

/// Sentences that the reason does not say already.
fn sentences(all: &[String], reason: Option<&Reason>) -> Few<Prose> {
    let said = reason.map(|reason| reason.message.as_str());
    let new: Vec<&String> = all
        .iter()
        .filter(|one| Some(one.as_str()) != said)
        .collect();
    Few::of(new.into_iter(), SENTENCES, |one| sentence(one))
}

/// The details that are a word or a number.
fn details<'a>(all: impl Iterator<Item = (&'a String, &'a Value)>) -> Vec<(String, String)> {
    let scalars = all.filter_map(|(key, value)| match value {
        Value::Null | Value::Array(_) | Value::Object(_) => None,
        Value::String(text) => Some((key, plain_cut(text, 60))),
        Value::Bool(flag) => Some((key, if *flag { "yes" } else { "no" }.to_owned())),
        Value::Number(number) => Some((key, number.to_string())),
    });
    scalars
        .take(DETAILS)
        .map(|(key, value)| (plain_cut(&key.replace('_', " "), 40), value))
        .collect()
}
