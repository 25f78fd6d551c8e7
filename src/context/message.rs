//! What the workflow writes into the session: compact plain text that the next person or agent can
//! act on, and the facts of it as JSON.

use super::text::one_line;
use crate::model::{
    ComponentName, Criterion, Deployment, Finding, GateRecord, Measurement, Phase, PhaseRecord,
    Requirement, RuleSource, Specification, Stage, StageRecord, StatedThreshold, Target,
    ThresholdSubject, Verdict,
};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// How much of a list is told before the rest is counted.
const MAX_FINDINGS: usize = 5;
const MAX_REQUIREMENTS: usize = 100;
/// The longest line and the longest command, in characters. A command is of no use when cut.
const MAX_LINE: usize = 300;
const MAX_COMMAND: usize = 4_000;

/// A message that the workflow adds to the session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionMessage {
    /// The text.
    pub content: String,
    /// The facts of it: `type`, `component` and more.
    pub metadata: Map<String, Value>,
    /// The key of `context_management.importance` that says how much it weighs.
    pub importance_key: &'static str,
}

/// What a message says about the run it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct RunFacts<'a> {
    /// The component.
    pub component: &'a ComponentName,
    /// The target of the run.
    pub target: Target,
    /// The id of the run.
    pub run_id: &'a str,
    /// The full commit hash; `None` outside git.
    pub commit: Option<&'a str>,
}

/// The first message of a session, for the role `system`: what the component is to be.
#[must_use]
pub fn opening_message(component: &ComponentName, specification: &Specification) -> SessionMessage {
    let mut lines = Lines::default();
    let title = specification.title.as_deref().unwrap_or("without a title");
    lines.add(
        0,
        &format!(
            "Specification of {component}: {title} ({})",
            specification.file
        ),
    );
    let requirements = &specification.requirements;
    if requirements.is_empty() {
        lines.add(0, "It states no requirements.");
    } else {
        lines.add(0, "Requirements:");
    }
    for requirement in requirements.iter().take(MAX_REQUIREMENTS) {
        lines.add(0, &format!("- {}: {}", requirement.id, requirement.title));
    }
    lines.add_rest(0, requirements.len(), MAX_REQUIREMENTS);
    if !specification.thresholds.is_empty() {
        lines.add(0, "Thresholds:");
    }
    for threshold in &specification.thresholds {
        lines.add(0, &format!("- {}", threshold_text(threshold)));
    }
    let ids: Vec<&str> = requirements.iter().map(|r| r.id.as_str()).collect();
    SessionMessage {
        content: lines.text,
        metadata: object(json!({
            "type": "specification",
            "component": component,
            "file": specification.file,
            "requirements": ids,
        })),
        importance_key: "requirements",
    }
}

/// What a stage decided: its verdict, each gate and criterion with actual, operator and target,
/// what blocks, the first findings with their places, and how to reproduce what did not pass; what
/// was deployed, which version is active now, and what to do.
#[must_use]
pub fn stage_message(run: &RunFacts<'_>, record: &StageRecord) -> SessionMessage {
    let stage = record.stage_name;
    let blocking = blocking(record);
    let mut lines = Lines::default();
    lines.add(
        0,
        &format!(
            "Stage {stage} of {} for {}: {}",
            run.component,
            run.target,
            verdict_text(&record.verdict)
        ),
    );
    if !blocking.is_empty() {
        lines.add(0, &format!("Blocked by: {}", blocking.join(", ")));
    }
    for gate in record.quality_gates.values() {
        lines.add_gate(gate);
    }
    for criterion in &record.criteria {
        let gate = record.quality_gates.get(&criterion.name);
        // A criterion that is a gate says what the gate said.
        if gate.is_none_or(|gate| gate.verdict != criterion.verdict) {
            lines.add_criterion(criterion);
        }
    }
    lines.add_findings(0, &record.findings);
    // The errors of a stage that gates block, or that deployed something, repeat what is said of them.
    if blocking.is_empty() && record.deployment.is_none() {
        lines.add_each(0, "error: ", &record.errors);
    }
    lines.add_each(0, "warning: ", &record.warnings);
    if let Some(deployment) = &record.deployment {
        lines.add_deployment(deployment);
    }

    let gates: Map<String, Value> = record
        .quality_gates
        .iter()
        .map(|(id, gate)| (id.clone(), json!(gate.verdict.as_str())))
        .collect();
    let mut metadata = object(json!({
        "type": "stage_result",
        "component": run.component,
        "target": run.target,
        "stage": stage,
        "verdict": record.verdict.as_str(),
        "blocked_by": blocking,
        "gates": gates,
        "run_id": run.run_id,
        "commit": run.commit,
    }));
    if let Some(deployment) = &record.deployment {
        metadata.insert("deployment".to_owned(), deployment_facts(deployment));
    }
    SessionMessage {
        content: lines.text,
        metadata,
        importance_key: importance_key(stage),
    }
}

/// The facts of a deployment that a program may want to know.
fn deployment_facts(deployment: &Deployment) -> Value {
    json!({
        "id": deployment.id,
        "environment": deployment.environment,
        "operation": deployment.operation,
        "outcome": deployment.outcome,
        "version": deployment.version,
        "previous": deployment.previous,
        "active": deployment.active,
        "is_hotfix": deployment.is_hotfix,
    })
}

/// The key of `context_management.importance` for what a stage decided. The keys
/// `architectural_decisions` and `implementation_completion` are for people and agents.
const fn importance_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Specification => "requirements",
        Stage::Testing => "test_results",
        Stage::Refactoring => "refactoring_decisions",
        Stage::StagingDeployment => "deployment_status",
        Stage::ProductionDeployment => "production_status",
        Stage::Implementation | Stage::DependencyCheck => "progress_updates",
    }
}

/// The names of the gates and criteria that stop the stage, each once.
fn blocking(record: &StageRecord) -> Vec<&str> {
    let gates = record.quality_gates.iter();
    let mut names: Vec<&str> = gates
        .filter(|(_, gate)| gate.blocks())
        .map(|(id, _)| id.as_str())
        .collect();
    for criterion in &record.criteria {
        let stops = criterion.requirement == Requirement::Required && criterion.verdict.stops();
        if stops && !names.contains(&criterion.name.as_str()) {
            names.push(&criterion.name);
        }
    }
    names
}

/// Text of which every line is harmless and of limited length.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn add(&mut self, indent: usize, line: &str) {
        self.add_up_to(MAX_LINE, indent, line);
    }

    fn add_up_to(&mut self, width: usize, indent: usize, line: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(&one_line(line, width));
    }

    fn add_each(&mut self, indent: usize, prefix: &str, sentences: &[String]) {
        for sentence in sentences.iter().take(MAX_FINDINGS) {
            self.add(indent, &format!("{prefix}{sentence}"));
        }
        self.add_rest(indent, sentences.len(), MAX_FINDINGS);
    }

    fn add_rest(&mut self, indent: usize, total: usize, told: usize) {
        if total > told {
            self.add(indent, &format!("… and {} more", total - told));
        }
    }

    fn add_gate(&mut self, gate: &GateRecord) {
        self.add_question(&gate.gate_name, gate.requirement, &gate.verdict);
        self.add_measurements(&gate.measurements);
        if gate.verdict == Verdict::Passed {
            return;
        }
        self.add_findings(2, &gate.findings);
        self.add_each(2, "warning: ", &gate.warnings);
        if let Some(command) = &gate.reproduce {
            self.add_up_to(MAX_COMMAND, 2, &format!("reproduce: {command}"));
        }
    }

    fn add_criterion(&mut self, criterion: &Criterion) {
        self.add_question(&criterion.name, criterion.requirement, &criterion.verdict);
        self.add_measurements(&criterion.measurements);
        if criterion.verdict == Verdict::Passed {
            return;
        }
        self.add_some(2, "exempted: ", criterion.exemption.as_deref());
        self.add_some(2, "missing: ", criterion.gap.as_deref());
        self.add_some(2, "to do: ", criterion.remedy.as_deref());
    }

    fn add_some(&mut self, indent: usize, prefix: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.add(indent, &format!("{prefix}{text}"));
        }
    }

    /// Outcome and versions, and every phase that did not simply pass.
    fn add_deployment(&mut self, deployment: &Deployment) {
        let hotfix = if deployment.is_hotfix {
            " as a hotfix"
        } else {
            ""
        };
        let head = format!(
            "Deployment of {} to {}{hotfix}: {}",
            deployment.version, deployment.environment, deployment.outcome
        );
        self.add(0, &head);
        self.add(2, &deployment.message);
        let active = match &deployment.active {
            Some(active) => active.to_string(),
            None => "not known".to_owned(),
        };
        self.add(2, &format!("active now: {active}"));
        let previous = deployment.previous.as_ref().map(ToString::to_string);
        self.add_some(2, "verified before: ", previous.as_deref());
        self.add_some(2, "seen at: ", deployment.url.as_deref());
        let is_news = |phase: &&PhaseRecord| {
            phase.verdict != Verdict::Passed || phase.is_rollback || !phase.warnings.is_empty()
        };
        for phase in deployment.phases.iter().filter(is_news) {
            let is_after = phase.is_rollback && phase.phase != Phase::Rollback;
            let when = if is_after { " after rollback" } else { "" };
            let verdict = phase.verdict.as_str();
            self.add(
                2,
                &format!("{}{when} {verdict}: {}", phase.phase, phase.message),
            );
            self.add_each(4, "warning: ", &phase.warnings);
            if let Some(tests) = &phase.tests {
                self.add_each(4, "failed test: ", &tests.failures);
                self.add_each(4, "flaky test: ", &tests.flaky);
            }
        }
        self.add_some(2, "to do: ", deployment.remedy.as_deref());
    }

    fn add_question(&mut self, name: &str, requirement: Requirement, verdict: &Verdict) {
        let requirement = match requirement {
            Requirement::Required => "required",
            Requirement::Advisory => "advisory",
        };
        self.add(
            0,
            &format!("- {name} ({requirement}): {}", verdict_text(verdict)),
        );
    }

    fn add_measurements(&mut self, measurements: &[Measurement]) {
        for measurement in measurements {
            self.add(2, &measurement_text(measurement));
        }
    }

    fn add_findings(&mut self, indent: usize, findings: &[Finding]) {
        for finding in findings.iter().take(MAX_FINDINGS) {
            let location = finding.location();
            let gap = if location.is_empty() { "" } else { " " };
            self.add(
                indent,
                &format!(
                    "{location}{gap}{} {}: {}",
                    finding.severity, finding.rule, finding.message
                ),
            );
        }
        if findings.len() > MAX_FINDINGS {
            let more = findings.len() - MAX_FINDINGS;
            self.add(indent, &format!("… and {more} more findings"));
        }
    }
}

/// `failed`, or `errored (tool_missing): pytest is not installed; install it`.
fn verdict_text(verdict: &Verdict) -> String {
    match verdict.reason() {
        Some(reason) => format!("{verdict} ({}): {reason}", reason.code),
        None => verdict.to_string(),
    }
}

/// `line coverage: 65 %, limit ≥ 70 % (workflow_config.yaml:8): does not hold`.
fn measurement_text(measurement: &Measurement) -> String {
    format!(
        "{}: {}, limit {} ({}): {}",
        measurement.what,
        measurement.actual_text(),
        measurement.condition_text(),
        measurement.rule_from,
        if measurement.holds {
            "holds"
        } else {
            "does not hold"
        },
    )
}

/// `coverage ≥ 70 % for staging (specs/calculator.md:40)`.
fn threshold_text(threshold: &StatedThreshold) -> String {
    let (subject, operator, unit) = match threshold.subject {
        ThresholdSubject::Coverage => ("coverage", '≥', " %"),
        ThresholdSubject::Complexity => ("complexity of a function", '≤', ""),
        ThresholdSubject::Uptime => ("uptime", '≥', " %"),
        ThresholdSubject::StagingDays => ("days in staging", '≥', ""),
    };
    let mut text = format!("{subject} {operator} {}{unit}", threshold.value);
    let rule = RuleSource::File {
        file: threshold.file.clone(),
        line: threshold.at.line,
        key: String::new(),
    };
    // Writing to a `String` cannot fail.
    let _ = match threshold.level {
        Some(level) => write!(text, " for {level} ({rule})"),
        None => write!(text, " ({rule})"),
    };
    text
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
