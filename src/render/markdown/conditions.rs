//! The gates and criteria that were judged, a row each: what was measured, what is needed, where the
//! rule stands; of criteria also where the evidence comes from and what is missing.

use super::write::{code, place, table, words};
use super::{Detail, Links, sign};
use crate::model::{
    Criterion, EnvironmentName, GateRecord, Measurement, Report, Requirement, RuleSource,
    StageRecord, Verdict,
};
use crate::render::age;
use crate::render::excused::{excused, is_exempted};

/// The head of the table of gates.
pub(super) const HEAD: &[&str] = &["", "gate", "measured", "needs", "rule"];

/// The head of the table of criteria.
const CRITERIA: &[&str] = &[
    "",
    "criterion",
    "actual",
    "required",
    "source and age",
    "gap",
];

/// How many criteria that did not have to hold are named.
const EXCUSED_SHOWN: usize = 30;

/// The conditions that were judged: a table of the gates, and one of the criteria of each stage that
/// has some.
pub(super) fn conditions(report: &Report, links: &Links, detail: Detail) -> String {
    let mut rows = Vec::new();
    for stage in report.stages() {
        let is_criterion = |gate: &str| stage.criteria.iter().any(|one| one.name == gate);
        for gate in stage.quality_gates.values() {
            if !is_criterion(&gate.gate_name) && !is_answered_before(stage, report, gate) {
                rows.extend(gate_rows(gate, links, detail));
            }
        }
    }
    let mut text = match rows.is_empty() {
        true => String::new(),
        false => format!("{}\n", table(HEAD, &rows)),
    };
    for stage in report.stages() {
        text.push_str(&criteria(stage, report, links, detail));
    }
    text
}

/// Whether an earlier stage has the same answer of the same gate.
fn is_answered_before(stage: &StageRecord, report: &Report, gate: &GateRecord) -> bool {
    answers_before(stage, report).any(|earlier| {
        earlier.gate_name == gate.gate_name
            && earlier.verdict == gate.verdict
            && earlier.requirement == gate.requirement
            && earlier.measurements == gate.measurements
    })
}

fn answers_before<'a>(
    stage: &'a StageRecord,
    report: &'a Report,
) -> impl Iterator<Item = &'a GateRecord> {
    report
        .stages()
        .take_while(|earlier| earlier.stage_name < stage.stage_name)
        .flat_map(|earlier| earlier.quality_gates.values())
}

pub(super) fn gate_rows(gate: &GateRecord, links: &Links, detail: Detail) -> Vec<Vec<String>> {
    if gate.verdict == Verdict::Passed && !detail.has_passed_gates {
        return Vec::new();
    }
    let first = [
        sign(&gate.verdict).to_owned(),
        format!("{}{}", code(&gate.gate_name), advisory(gate.requirement)),
    ];
    if gate.measurements.is_empty() {
        let why = gate
            .verdict
            .reason()
            .map_or_else(|| gate.verdict.to_string(), |reason| code(&reason.message));
        let [mark, name] = first;
        return vec![vec![mark, name, why, "–".to_owned(), "–".to_owned()]];
    }
    let rows = gate.measurements.iter().enumerate();
    rows.map(|(index, measurement)| {
        let (mark, name) = match index {
            0 => (first[0].clone(), first[1].clone()),
            _ => (String::new(), String::new()),
        };
        vec![
            mark,
            name,
            format!("{}: {}", words(&measurement.what), actual(measurement)),
            measurement.condition_text(),
            rule(measurement, links).unwrap_or_else(|| "default".to_owned()),
        ]
    })
    .collect()
}

const fn advisory(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::Required => "",
        Requirement::Advisory => " (advisory)",
    }
}

fn actual(measurement: &Measurement) -> String {
    let broken = if measurement.holds { "" } else { "**" };
    format!("{broken}{}{broken}", measurement.actual_text())
}

/// Where a limit was set; `None` for a built-in one.
pub(super) fn rule(measurement: &Measurement, links: &Links) -> Option<String> {
    match &measurement.rule_from {
        RuleSource::Default => None,
        RuleSource::File { file, line, .. } => {
            Some(place(file, Some(*line), links.sources.as_deref()))
        }
    }
}

/// The criteria of a stage. What a gate has answered before in the same way is only named.
fn criteria(stage: &StageRecord, report: &Report, links: &Links, detail: Detail) -> String {
    let is_shown =
        |criterion: &&Criterion| detail.has_passed_gates || criterion.verdict != Verdict::Passed;
    let is_repeated = |criterion: &&Criterion| {
        answers_before(stage, report).any(|gate| {
            gate.gate_name == criterion.name
                && gate.verdict == criterion.verdict
                && gate.requirement == criterion.requirement
                && gate.measurements == criterion.measurements
        })
    };
    let shown = stage.criteria.iter().filter(is_shown);
    let (repeated, new): (Vec<&Criterion>, Vec<&Criterion>) = shown.partition(is_repeated);
    let now = &report.run.started_at;
    let rows: Vec<Vec<String>> = new
        .iter()
        .flat_map(|criterion| criterion_rows(criterion, now, links))
        .collect();
    if rows.is_empty() && repeated.is_empty() {
        return String::new();
    }
    let level = EnvironmentName::of_stage(stage.stage_name)
        .map_or(stage.stage_name.as_str(), EnvironmentName::as_str);
    let mut text = format!("**Criteria for {level}**\n\n");
    if !rows.is_empty() {
        text.push_str(&table(CRITERIA, &rows));
    }
    if !repeated.is_empty() {
        let named = repeated
            .iter()
            .map(|one| format!("{} {}", sign(&one.verdict), code(&one.name)));
        let named: Vec<String> = named.collect();
        text.push_str(&format!("\nAs above: {}\n", named.join(", ")));
    }
    text.push('\n');
    text
}

/// The rows of a criterion: one for each measurement, or a single one.
pub(super) fn criterion_rows(criterion: &Criterion, now: &str, links: &Links) -> Vec<Vec<String>> {
    let kind = match is_exempted(criterion) {
        true => " (exempted)",
        false => advisory(criterion.requirement),
    };
    let first = [
        sign(&criterion.verdict).to_owned(),
        format!("{}{kind}", code(&criterion.name)),
    ];
    let last = [source(criterion, now), gap(criterion)];
    let values: Vec<[String; 2]> = match &criterion.measurements[..] {
        [] => vec![[criterion.verdict.to_string(), "–".to_owned()]],
        several => several
            .iter()
            .map(|measurement| {
                let what = match several.len() {
                    1 => String::new(),
                    _ => format!("{}: ", words(&measurement.what)),
                };
                let rule = rule(measurement, links);
                let rule = rule.map_or_else(String::new, |rule| format!(" ({rule})"));
                [
                    format!("{what}{}", actual(measurement)),
                    format!("{}{rule}", measurement.condition_text()),
                ]
            })
            .collect(),
    };
    let rows = values.into_iter().enumerate();
    rows.map(|(index, values)| match index {
        0 => [first.to_vec(), values.to_vec(), last.to_vec()].concat(),
        _ => {
            let empty = vec![String::new(); 2];
            [empty.clone(), values.to_vec(), empty].concat()
        }
    })
    .collect()
}

fn source(criterion: &Criterion, now: &str) -> String {
    match age::source(criterion, now) {
        Some(source) => words_or_code(&source),
        None if criterion.verdict.reason().is_some() => "–".to_owned(),
        None => "this run".to_owned(),
    }
}

/// Words with commas, too, as they are.
fn words_or_code(text: &str) -> String {
    let parts: Vec<String> = text.split(", ").map(words).collect();
    match parts.iter().any(|part| part.starts_with('`')) {
        true => code(text),
        false => parts.join(", "),
    }
}

/// What is missing, or why it is not known, or need not hold.
fn gap(criterion: &Criterion) -> String {
    match (&criterion.gap, criterion.verdict.reason()) {
        (Some(gap), _) => code(gap),
        (None, Some(reason)) => code(&reason.message),
        (None, None) => "–".to_owned(),
    }
}

/// The criteria that did not have to hold: nobody is to overlook them. `name` is the component's,
/// where several stand together.
pub(super) fn excused_list(report: &Report, has_name: bool) -> String {
    let excused = excused(report);
    let mut text = String::new();
    for one in excused.iter().take(EXCUSED_SHOWN) {
        let component = match has_name {
            true => format!("{} ", code(report.component_name.as_str())),
            false => String::new(),
        };
        text.push_str(&format!(
            "- ⚠️ {component}{} ({}) was **{}**: {}\n",
            code(&one.name),
            one.stage,
            one.how,
            code(&one.why)
        ));
    }
    let left = excused.len().saturating_sub(EXCUSED_SHOWN);
    if left > 0 {
        text.push_str(&format!("- … and {left} more\n"));
    }
    text
}

/// The same with its heading, and nothing where there is none.
pub(super) fn excused_section(report: &Report) -> String {
    match excused_list(report, false) {
        list if list.is_empty() => list,
        list => format!("**Criteria that did not have to hold**\n\n{list}\n"),
    }
}
