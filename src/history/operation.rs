//! A report as a list of finished operations, in the ancestor's form. Pure.

use crate::model::{
    Ended, ErrorKind, GateRecord, Report, StageRecord, ToolRun, TrackedMetric, Verdict,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

/// One finished operation: one line of a metrics file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Operation {
    /// `<component>.<kind>.<what>`, such as `calculator.stage.testing`.
    pub name: String,
    /// When it began, ISO 8601 with microseconds and the offset `+00:00`.
    pub started_at: String,
    /// When it ended, in the same form.
    pub ended_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// `success`, `failed`, `no_data` or `errored`. Only what passed is a success.
    pub status: &'static str,
    /// What else is known.
    pub metadata: Value,
    /// Why it is no success.
    pub error: Option<String>,
}

/// The operations of a run, in the order of stages and tools, the run itself last. Only the
/// tracked groups are there, and nothing that was skipped, since it never took place.
///
/// # Errors
/// When a time in the report is not RFC 3339; the text is returned.
pub fn operations(report: &Report, tracked: &[TrackedMetric]) -> Result<Vec<Operation>, String> {
    let run = Run::of(report)?;
    let tracks = |metric| tracked.contains(&metric);
    let mut operations = Vec::new();
    for stage in report.stages().filter(|stage| took_place(&stage.verdict)) {
        if tracks(TrackedMetric::StageExecutionTime) {
            operations.push(run.stage(stage));
        }
        if tracks(TrackedMetric::QualityGateResults) {
            let gates = stage.quality_gates.iter();
            operations.extend(
                gates
                    .filter(|(_, gate)| took_place(&gate.verdict))
                    .map(|(id, gate)| run.gate(stage, id, gate)),
            );
        }
    }
    for tool in &report.tools {
        if tracks(TrackedMetric::RetryCount) {
            operations.push(run.tool(tool));
        }
        if tracks(TrackedMetric::ErrorTypes) {
            for error in run.errors(tool) {
                operations.push(error?);
            }
        }
    }
    if tracks(TrackedMetric::SuccessRate) {
        operations.push(run.workflow());
    }
    Ok(operations)
}

/// A report and the time at which its run began.
struct Run<'a> {
    report: &'a Report,
    started_at: Timestamp,
}

impl<'a> Run<'a> {
    fn of(report: &'a Report) -> Result<Self, String> {
        Ok(Self {
            report,
            started_at: parse(&report.run.started_at)?,
        })
    }

    fn stage(&self, stage: &StageRecord) -> Operation {
        self.operation(
            &format!("stage.{}", stage.stage_name),
            self.after(stage.started_ms),
            stage.execution_time_ms,
            status(&stage.verdict),
            json!({ "verdict": stage.verdict.as_str() }),
            error(&stage.verdict, &stage.errors),
        )
    }

    /// A gate is judged when its stage ends; its time includes that of its evidence, which may
    /// have begun before the stage.
    fn gate(&self, stage: &StageRecord, id: &str, gate: &GateRecord) -> Operation {
        let ended_ms = stage.started_ms + stage.execution_time_ms;
        self.operation(
            &format!("gate.{id}"),
            self.after(ended_ms - gate.execution_time_ms),
            gate.execution_time_ms,
            status(&gate.verdict),
            json!({
                "verdict": gate.verdict.as_str(),
                "requirement": gate.requirement,
                "stage": stage.stage_name,
                "measurements": gate.measurements,
                "findings": gate.findings.len(),
            }),
            error(&gate.verdict, &gate.errors),
        )
    }

    fn tool(&self, tool: &ToolRun) -> Operation {
        let (status, error) = match tool.attempts.last().map(|attempt| &attempt.ended) {
            Some(Ended::WithEvidence) => ("success", None),
            Some(Ended::WithError { reason, .. }) => ("errored", Some(reason.to_string())),
            None => ("no_data", Some("no attempt was made".to_owned())),
        };
        self.operation(
            &format!("tool.{}", tool.tool),
            self.after(tool.started_ms as f64),
            tool.duration_ms as f64,
            status,
            json!({
                "attempts": tool.attempts.len(),
                "retries": tool.attempts.len().saturating_sub(1),
                "version": tool.version,
            }),
            error,
        )
    }

    /// One operation for each attempt that ended with an error.
    fn errors(&self, tool: &ToolRun) -> impl Iterator<Item = Result<Operation, String>> {
        tool.attempts.iter().filter_map(|attempt| {
            let Ended::WithError { kind, reason } = &attempt.ended else {
                return None;
            };
            let kind: ErrorKind = *kind;
            Some(parse(&attempt.started_at).map(|started_at| {
                self.operation(
                    &format!("error.{kind}"),
                    started_at,
                    attempt.duration_ms as f64,
                    "errored",
                    json!({
                        "tool": tool.tool,
                        "attempt": attempt.number,
                        "kind": kind,
                        "code": reason.code,
                        "exit_status": attempt.exit_status,
                    }),
                    Some(reason.to_string()),
                )
            }))
        })
    }

    fn workflow(&self) -> Operation {
        let report = self.report;
        // The run is a success where the report says so, whatever its verdict is called.
        let status = match status(&report.verdict) {
            "success" if !report.success => "failed",
            status => status,
        };
        self.operation(
            "workflow",
            self.started_at,
            report.total_execution_time_ms,
            status,
            json!({
                "verdict": report.verdict.as_str(),
                "target": report.target_stage,
                "stages_completed": report.stages_completed,
                "stages_failed": report.stages_failed,
                "flaky_tests": report.flaky_tests.len(),
                "exit_status": report.exit_status,
            }),
            error(&report.verdict, &self.failed_stages()),
        )
    }

    fn failed_stages(&self) -> Vec<String> {
        let failed = self.report.stages_failed.iter();
        failed
            .map(|stage| format!("stage {stage} failed"))
            .collect()
    }

    fn operation(
        &self,
        name: &str,
        started_at: Timestamp,
        duration_ms: f64,
        status: &'static str,
        mut metadata: Value,
        error: Option<String>,
    ) -> Operation {
        metadata["run_id"] = json!(self.report.run.id);
        metadata["commit"] = json!(self.report.source.commit);
        Operation {
            name: format!("{}.{name}", self.report.component_name),
            started_at: format_time(started_at),
            ended_at: format_time(later(started_at, duration_ms)),
            duration_ms,
            status,
            metadata,
            error,
        }
    }

    fn after(&self, milliseconds: f64) -> Timestamp {
        later(self.started_at, milliseconds)
    }
}

const fn took_place(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::Skipped(_))
}

const fn status(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed | Verdict::Warned => "success",
        Verdict::Failed => "failed",
        Verdict::NoData(_) => "no_data",
        Verdict::Errored(_) => "errored",
        Verdict::Skipped(_) => "skipped",
    }
}

fn error(verdict: &Verdict, sentences: &[String]) -> Option<String> {
    if verdict.is_pass() {
        return None;
    }
    let reason = verdict.reason().map(ToString::to_string);
    reason.or_else(|| (!sentences.is_empty()).then(|| sentences.join("; ")))
}

pub(super) fn parse(time: &str) -> Result<Timestamp, String> {
    time.parse().map_err(|_| time.to_owned())
}

/// `time` where the sum cannot be expressed.
fn later(time: Timestamp, milliseconds: f64) -> Timestamp {
    SignedDuration::try_from_secs_f64(milliseconds / 1_000.0)
        .ok()
        .and_then(|duration| time.checked_add(duration).ok())
        .unwrap_or(time)
}

fn format_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}
