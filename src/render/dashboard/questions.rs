//! The stages with their gates and criteria.

use super::bar::Measure;
use super::deployment::DeploymentView;
use super::prose::Prose;
use super::{COMMAND, Few, SENTENCES, command, findings, name, sentence};
use crate::model::{
    Criterion, GateRecord, Measurement, Reason, Report, Requirement, Stage, StageRecord, Verdict,
};
use crate::render::age;
use crate::render::excused::is_exempted;
use crate::render::text::{counted, duration, plain_cut};
use serde_json::{Map, Value};

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
    /// The criteria of a deployment stage, which name its gates too; else the gates.
    pub(super) questions: Vec<QuestionView>,
    pub(super) has_criteria: bool,
    /// Verdict and name of what an earlier stage has answered in the same way.
    pub(super) repeated: Vec<(&'static str, String)>,
    pub(super) deployment: Option<DeploymentView>,
}

/// A gate or a criterion.
pub(super) struct QuestionView {
    pub(super) name: String,
    pub(super) verdict: &'static str,
    /// What it is beside required: `advisory` or `exempted`; empty when it is required.
    pub(super) tag: &'static str,
    /// Where the evidence of a criterion comes from and how old it is; empty where this run
    /// measured it.
    pub(super) source: String,
    pub(super) exemption: Option<Prose>,
    /// What is still missing.
    pub(super) gap: Option<Prose>,
    pub(super) remedy: Option<Prose>,
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
    report
        .stages()
        .map(|record| stage(record, report))
        .collect()
}

fn stage(record: &StageRecord, report: &Report) -> StageView {
    let stage = record.stage_name;
    let is_criterion = |gate: &str| record.criteria.iter().any(|one| one.name == gate);
    let gates = record.quality_gates.values();
    let gates = gates.filter(|gate| !is_criterion(&gate.gate_name));
    let has_criteria = !record.criteria.is_empty();
    let has_questions = has_criteria || !record.quality_gates.is_empty();
    // Where a gate stops the stage, the stage's own errors only repeat it; so do its warnings.
    // And a deployment says itself what happened.
    let is_said = has_questions || record.deployment.is_some();
    let errors: &[String] = if is_said { &[] } else { &record.errors };
    let is_of_gate = |warning: &&String| {
        let mut gates = record.quality_gates.keys();
        gates.any(|gate| warning.starts_with(&format!("{gate}: ")))
    };
    let is_finding = |text: &&String| {
        let mut findings = record.findings.iter();
        findings.any(|finding| text.contains(&finding.message))
    };
    let warnings = record.warnings.iter();
    let warnings = warnings.filter(|text| !is_of_gate(text) && !is_finding(text));
    let errors = errors.iter().filter(|text| !is_finding(text));
    let criteria = record.criteria.iter();
    let criteria = criteria.map(|criterion| Asked::of_criterion(criterion, record));
    let all: Vec<Asked<'_>> = gates.map(Asked::of_gate).chain(criteria).collect();
    let (repeated, new): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|asked| asked.is_answered_before(stage, report));
    StageView {
        name: stage.as_str(),
        verdict: record.verdict.as_str(),
        time: match record.execution_time_ms > 0.0 {
            true => duration(record.execution_time_ms),
            false => String::new(),
        },
        reason: record.verdict.reason().map(ReasonView::of),
        errors: sentences(errors, record.verdict.reason()),
        warnings: sentences(warnings, None),
        details: details(&record.outputs, &[]),
        findings: FindingsLink::of(findings::anchor(stage, None), record.findings.len()),
        questions: new.iter().map(|asked| asked.view(report)).collect(),
        has_criteria,
        deployment: record.deployment.as_ref().map(DeploymentView::of),
        repeated: repeated
            .iter()
            .map(|asked| (asked.verdict.as_str(), name(asked.name)))
            .collect(),
    }
}

/// A gate, or a criterion with its gate where it is one.
struct Asked<'a> {
    name: &'a str,
    verdict: &'a Verdict,
    requirement: Requirement,
    measurements: &'a [Measurement],
    gate: Option<&'a GateRecord>,
    criterion: Option<&'a Criterion>,
}

impl<'a> Asked<'a> {
    fn of_gate(gate: &'a GateRecord) -> Self {
        Self {
            name: &gate.gate_name,
            verdict: &gate.verdict,
            requirement: gate.requirement,
            measurements: &gate.measurements,
            gate: Some(gate),
            criterion: None,
        }
    }

    fn of_criterion(criterion: &'a Criterion, stage: &'a StageRecord) -> Self {
        Self {
            name: &criterion.name,
            verdict: &criterion.verdict,
            requirement: criterion.requirement,
            measurements: &criterion.measurements,
            gate: stage.quality_gates.get(&criterion.name),
            criterion: Some(criterion),
        }
    }

    /// Whether an earlier stage has the same answer to the same question.
    fn is_answered_before(&self, stage: Stage, report: &Report) -> bool {
        let mut earlier = report
            .stages()
            .take_while(|record| record.stage_name < stage)
            .flat_map(|record| record.quality_gates.values());
        earlier.any(|gate| {
            gate.gate_name == self.name
                && gate.verdict == *self.verdict
                && gate.requirement == self.requirement
                && gate.measurements == self.measurements
        })
    }

    fn view(&self, report: &Report) -> QuestionView {
        let reason = self.verdict.reason();
        let is_exempted = self.criterion.is_some_and(is_exempted);
        let said = |criterion: Option<&'a Criterion>, text: fn(&Criterion) -> &Option<String>| {
            text(criterion?).as_deref().map(sentence)
        };
        let is_answered = self.verdict.is_pass() || matches!(self.verdict, Verdict::Skipped(_));
        let reproduce = self.gate.and_then(|gate| gate.reproduce.as_deref());
        // The measurements have said what does not hold.
        let is_said = self.measurements.iter().any(|m| !m.holds) && reason.is_none();
        let errors = self.gate.map_or(&[][..], |gate| &gate.errors);
        let errors = if is_said { &[] } else { errors };
        let warnings = self.gate.map_or(&[][..], |gate| &gate.warnings);
        let no_details = Map::new();
        let of_gate = self.gate.map_or(&no_details, |gate| &gate.details);
        QuestionView {
            name: name(self.name),
            verdict: self.verdict.as_str(),
            tag: match (is_exempted, self.requirement) {
                (true, _) => "exempted",
                (false, Requirement::Advisory) => "advisory",
                (false, Requirement::Required) => "",
            },
            source: self
                .criterion
                .and_then(|one| age::source(one, &report.run.started_at))
                .unwrap_or_default(),
            exemption: said(self.criterion.filter(|_| is_exempted), |one| &one.exemption),
            gap: said(self.criterion, |one| &one.gap),
            remedy: said(self.criterion.filter(|_| !self.verdict.is_pass()), |one| {
                &one.remedy
            }),
            measures: self.measurements.iter().map(Measure::of).collect(),
            reason: reason.map(ReasonView::of),
            errors: sentences(errors.iter(), reason),
            warnings: sentences(warnings.iter(), reason),
            details: details(of_gate, self.measurements),
            findings: self.gate.and_then(|gate| {
                FindingsLink::of(findings::anchor_of_gate(report, gate)?, gate.findings.len())
            }),
            command: match reproduce {
                Some(text) if !is_answered => command(text),
                _ => String::new(),
            },
        }
    }
}

/// Sentences that the reason does not say already, with its remedy or without.
fn sentences<'a>(all: impl Iterator<Item = &'a String>, reason: Option<&Reason>) -> Few<Prose> {
    let is_said = |text: &str| {
        reason.is_some_and(|reason| text == reason.message || text == reason.to_string())
    };
    let new: Vec<&String> = all.filter(|one| !is_said(one)).collect();
    Few::of(new.into_iter(), SENTENCES, |one| sentence(one))
}

/// The details that are a word or a number, and no measurement that is shown already.
fn details(all: &Map<String, Value>, measured: &[Measurement]) -> Vec<(String, String)> {
    let is_new = |key: &&String| {
        let is_it = |m: &Measurement| m.what.replace([' ', '-'], "_") == **key;
        !measured.iter().any(is_it)
    };
    let scalars = all.iter().filter(|(key, _)| is_new(key));
    let scalars = scalars.filter_map(|(key, value)| match value {
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
