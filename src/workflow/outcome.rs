//! From the records of the stages to the verdict of the run, its exit status and its report. Pure.

use super::Request;
use super::groundwork::Groundwork;
use crate::model::{
    CaseOutcome, Evidence, EvidenceData, EvidenceKind, Patch, REPORT_SCHEMA_VERSION, Reason,
    ReasonCode, Report, Requirement, SourceIdentity, Stage, StageRecord, ToolRun, Verdict,
};

/// Everything that a report is made of, besides who and what the run is.
pub(super) struct Gathered {
    pub(super) verdict: Verdict,
    pub(super) records: Vec<StageRecord>,
    pub(super) source: SourceIdentity,
    pub(super) evidence: Evidence,
    pub(super) tools: Vec<ToolRun>,
    pub(super) auto_fix: Option<Patch>,
}

impl Gathered {
    /// What is left when a part of the program panicked: that it did.
    pub(super) fn crashed(panic: &str) -> Self {
        let reason = Reason::new(
            ReasonCode::InternalError,
            format!("spec2prod itself panicked: {panic}"),
        );
        Self {
            verdict: Verdict::Errored(reason),
            records: Vec::new(),
            source: SourceIdentity::default(),
            evidence: Evidence::default(),
            tools: Vec::new(),
            auto_fix: None,
        }
    }
}

/// The report of a run.
pub(super) fn report(ground: &Groundwork, request: &Request, gathered: Gathered) -> Report {
    let of = |wanted: fn(&StageRecord) -> bool| -> Vec<Stage> {
        let records = gathered.records.iter().filter(|record| wanted(record));
        records.map(|record| record.stage_name).collect()
    };
    Report {
        success: gathered.verdict.is_pass(),
        component_name: request.component.clone(),
        target_stage: request.target,
        stages_completed: of(|record| record.success),
        stages_failed: of(|record| record.verdict.stops()),
        exit_status: gathered.verdict.exit_status(),
        verdict: gathered.verdict,
        total_execution_time_ms: ground.begun.elapsed().as_secs_f64() * 1000.0,
        context_session_id: None,
        metrics_dashboard: None,
        schema_version: REPORT_SCHEMA_VERSION,
        run: ground.identity.clone(),
        evidence_from: None,
        source: gathered.source,
        configuration: ground
            .policy
            .file
            .as_ref()
            .map(|file| file.to_string_lossy().into_owned()),
        policy: request.policy_origin.clone(),
        toolchain: ground.component.toolchain.clone(),
        flaky_tests: flaky_tests(&gathered.evidence),
        tools: gathered.tools,
        auto_fix: gathered.auto_fix,
        publishing_problems: Vec::new(),
        stage_results: gathered
            .records
            .into_iter()
            .map(|record| (record.stage_name.as_str().to_owned(), record))
            .collect(),
    }
}

fn flaky_tests(evidence: &Evidence) -> Vec<String> {
    let runs = evidence.of(EvidenceKind::Tests).iter();
    runs.filter_map(|(_, reading)| match reading.as_deref() {
        Ok(EvidenceData::Tests(run)) => Some(run),
        _ => None,
    })
    .flat_map(|run| &run.cases)
    .filter(|case| case.outcome == CaseOutcome::Flaky)
    .map(|case| match case.class.as_str() {
        "" => case.name.clone(),
        class => format!("{class}::{}", case.name),
    })
    .collect()
}

/// The verdict of the run. What failed weighs more than what could not be measured, in a stage, over
/// the stages, and over several components; nothing judged is nothing passed.
pub(super) fn overall(records: &[StageRecord], is_interrupted: bool) -> Verdict {
    if is_interrupted {
        return Verdict::Errored(Reason::new(
            ReasonCode::Interrupted,
            "the run was interrupted; what was measured by then is in the report",
        ));
    }
    if let Some(blocked) = records.iter().find(|record| record.verdict.stops()) {
        return match &blocked.verdict {
            _ if records.iter().any(has_failed) => Verdict::Failed,
            verdict => verdict.clone(),
        };
    }
    let has_required = records.iter().any(|record| {
        let gates = record.quality_gates.values();
        let is_shown = |gate: &crate::model::GateRecord| {
            gate.requirement == Requirement::Required && gate.passed
        };
        record.success && gates.into_iter().any(is_shown)
    });
    if !has_required {
        return Verdict::NoData(
            Reason::new(
                ReasonCode::NoEvidence,
                "no required gate was judged, so nothing was shown to be good",
            )
            .remedy("enable the stages and name required gates in maturity_workflow"),
        );
    }
    let deserves_a_look =
        |record: &StageRecord| record.verdict == Verdict::Warned || is_left_out(record);
    if records.iter().any(deserves_a_look) {
        Verdict::Warned
    } else {
        Verdict::Passed
    }
}

/// Whether something that the target requires failed, also in a stage behind one that blocks.
fn has_failed(record: &StageRecord) -> bool {
    let gates = record
        .quality_gates
        .values()
        .map(|gate| (&gate.verdict, gate.requirement));
    let criteria = record
        .criteria
        .iter()
        .map(|criterion| (&criterion.verdict, criterion.requirement));
    record.verdict == Verdict::Failed
        || gates.chain(criteria).any(|(verdict, requirement)| {
            *verdict == Verdict::Failed && requirement == Requirement::Required
        })
}

/// Whether a stage was switched off although something is required that only it would have judged.
fn is_left_out(record: &StageRecord) -> bool {
    matches!(&record.verdict, Verdict::Skipped(reason) if reason.code == ReasonCode::StageDisabled)
        && !record.warnings.is_empty()
}
