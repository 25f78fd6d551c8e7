//! The whole workflow: the stages of one component, in order.

use super::collect::Collected;
use super::fix::Fixing;
use super::groundwork::Groundwork;
use super::judge::{self, Bench, judge_stages};
use super::plan::Plan;
use super::{Event, Request, WorkflowError, specification};
use crate::git;
use crate::model::{
    CaseOutcome, EvidenceData, EvidenceKind, Patch, REPORT_SCHEMA_VERSION, Reason, ReasonCode,
    Report, Requirement, SourceIdentity, Specification, Stage, StageRecord, Verdict,
};
use crate::toolchains::Prepared;
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Takes a component through the stages up to the request's target.
///
/// Writes nothing but the run's own folder under `.spec2prod`; in a working tree that is not CI,
/// auto-fix may change the component's files where the configuration asks for it.
///
/// # Errors
///
/// Only when the run may not begin at all. Everything that goes wrong later is in the report.
pub async fn run_workflow(request: &Request) -> Result<Report, WorkflowError> {
    let ground = Groundwork::lay(request)?;
    let plan = Plan::new(&ground.policy, request.target);
    let tell = |event: Event| {
        if let Some(observer) = &request.observer {
            observer(event);
        }
    };
    tell(Event::Started {
        component: request.component.clone(),
        target: request.target,
        run_id: ground.identity.id.clone(),
    });

    tell(Event::StageStarted(Stage::Specification));
    let (specification, mut first) = read_specification(&ground, request).await;
    if let Some(specification) = &specification {
        tell(Event::SpecificationRead(Arc::clone(specification)));
    }
    first.started_ms = 0.0;
    tell(Event::StageJudged(Box::new(first.clone())));
    let mut records = vec![first, judge::disabled(Stage::Implementation)];

    let (source, measured) = tokio::join!(
        git::identity(&ground.processes, &ground.workspace, &request.cancel),
        measure(&ground, request, &plan, specification.clone()),
    );
    records.push(measured.dependency_check);
    tell(Event::StageJudged(Box::new(records[2].clone())));

    let bench = Bench {
        policy: &ground.policy,
        component: &ground.component,
        specification: specification.as_deref(),
        evidence: &measured.collected.evidence,
        tools: &measured.collected.tools,
        is_interrupted: request.cancel.is_cancelled(),
    };
    let judged = judge_stages(&bench, &plan, &records, |record| {
        tell(Event::StageJudged(Box::new(record.clone())))
    });
    records.extend(judged);
    records.retain(|record| record.stage_name != Stage::Implementation);
    Ok(report(
        &ground,
        request,
        source,
        measured.collected,
        measured.patch,
        measured.problems,
        records,
    ))
}

pub(super) async fn read_specification(
    ground: &Groundwork,
    request: &Request,
) -> (Option<Arc<Specification>>, StageRecord) {
    if !judge::is_enabled(&ground.policy, Stage::Specification) {
        return (None, judge::disabled(Stage::Specification));
    }
    specification::judge(
        &ground.policy,
        &ground.workspace,
        &ground.component,
        request.target,
    )
    .await
}

/// What the tools gave, and how it came about.
struct Measured {
    dependency_check: StageRecord,
    collected: Collected,
    patch: Option<Patch>,
    problems: Vec<String>,
}

async fn measure(
    ground: &Groundwork,
    request: &Request,
    plan: &Plan,
    specification: Option<Arc<Specification>>,
) -> Measured {
    let tell = |event: Event| {
        if let Some(observer) = &request.observer {
            observer(event);
        }
    };
    tell(Event::StageStarted(Stage::DependencyCheck));
    tell(Event::Preparing);
    let started = Instant::now();
    let prepared = ground
        .prepare(request, &plan.needed, specification.clone())
        .await;
    let dependency_check = dependency_record(ground, &prepared, started.elapsed());
    let collector = ground.collector(request);
    let mut collected = Arc::clone(&collector).collect(prepared.tools.clone()).await;
    let mut problems = Vec::new();
    let patch = match fix(ground, request, &collected, &prepared).await {
        Ok(patch) => patch,
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    if let Some(patch) = patch.as_ref().filter(|patch| patch.is_applied) {
        tell(Event::Fixed {
            files: patch.changes.len(),
        });
        // What was measured before is about files that are no longer there.
        let again = ground.prepare(request, &plan.needed, specification).await;
        collected = collector.collect(again.tools).await;
    }
    if let Err(error) = ground.durations().write(&collected.tools) {
        tracing::debug!("the durations of the tools could not be remembered: {error}");
    }
    Measured {
        dependency_check,
        collected,
        patch,
        problems,
    }
}

fn dependency_record(ground: &Groundwork, prepared: &Prepared, took: Duration) -> StageRecord {
    let stage = Stage::DependencyCheck;
    if !judge::is_enabled(&ground.policy, stage) {
        return judge::disabled(stage);
    }
    // Missing tools block through the gates that need them: an advisory gate's tool may be missing.
    let verdict = if prepared.problems.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Warned
    };
    let mut record = StageRecord::new(stage, verdict);
    record.warnings = prepared.problems.iter().map(ToString::to_string).collect();
    record
        .outputs
        .insert("environment".to_owned(), json!(prepared.environment));
    record
        .outputs
        .insert("versions".to_owned(), json!(prepared.versions));
    record
        .outputs
        .insert("notes".to_owned(), json!(prepared.notes));
    record.execution_time_ms = took.as_secs_f64() * 1000.0;
    record
}

/// Lets the tools mend lint and format findings where the configuration asks for it.
async fn fix(
    ground: &Groundwork,
    request: &Request,
    collected: &Collected,
    prepared: &Prepared,
) -> Result<Option<Patch>, String> {
    let refactoring = ground.policy.stages.get(&Stage::Refactoring);
    let is_asked = refactoring.is_some_and(|stage| stage.is_enabled && stage.auto_fix_linting)
        && ground
            .policy
            .gates
            .get("linting")
            .is_some_and(|gate| gate.limits.get("auto_fix") == Some(&json!(true)));
    let has_findings = [EvidenceKind::Lint, EvidenceKind::Format]
        .into_iter()
        .any(|kind| {
            collected
                .evidence
                .of(kind)
                .iter()
                .any(|(_, reading)| match reading.as_deref() {
                    Ok(EvidenceData::Findings(set)) => !set.findings.is_empty(),
                    Ok(EvidenceData::ExitStatus(fact)) => fact.status != 0,
                    _ => false,
                })
        });
    if !is_asked || !has_findings || prepared.fixes.is_empty() || request.cancel.is_cancelled() {
        return Ok(None);
    }
    let fixing = Fixing {
        workspace: &ground.workspace,
        run_folder: &ground.run_folder,
        component: &ground.component,
        processes: &ground.processes,
        cancel: &request.cancel,
        timeout: refactoring.map_or(Duration::from_secs(300), |stage| stage.timeout),
        is_ci: request.is_ci,
    };
    fixing
        .apply(&prepared.fixes)
        .await
        .map_err(|error| error.to_string())
}

fn report(
    ground: &Groundwork,
    request: &Request,
    source: SourceIdentity,
    collected: Collected,
    auto_fix: Option<Patch>,
    problems: Vec<String>,
    records: Vec<StageRecord>,
) -> Report {
    let is_interrupted = request.cancel.is_cancelled();
    let verdict = overall(&records, is_interrupted);
    let of = |wanted: fn(&StageRecord) -> bool| -> Vec<Stage> {
        records
            .iter()
            .filter(|record| wanted(record))
            .map(|record| record.stage_name)
            .collect()
    };
    Report {
        success: verdict.is_pass(),
        component_name: request.component.clone(),
        target_stage: request.target,
        stages_completed: of(|record| record.success),
        stages_failed: of(|record| record.verdict.stops()),
        exit_status: exit_status(&verdict),
        verdict,
        total_execution_time_ms: ground.begun.elapsed().as_secs_f64() * 1000.0,
        context_session_id: None,
        metrics_dashboard: None,
        schema_version: REPORT_SCHEMA_VERSION,
        run: ground.identity.clone(),
        source,
        configuration: ground
            .policy
            .file
            .as_ref()
            .map(|file| file.to_string_lossy().into_owned()),
        toolchain: ground.component.toolchain.clone(),
        flaky_tests: flaky_tests(&collected),
        tools: collected.tools,
        auto_fix,
        publishing_problems: problems
            .into_iter()
            .map(|message| crate::model::PublishingProblem {
                sink: "auto-fix".to_owned(),
                message,
            })
            .collect(),
        stage_results: records
            .into_iter()
            .map(|record| (record.stage_name.as_str().to_owned(), record))
            .collect(),
    }
}

fn flaky_tests(collected: &Collected) -> Vec<String> {
    let runs = collected.evidence.of(EvidenceKind::Tests).iter();
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

/// The verdict of the run: that of the stage that blocks; nothing judged is nothing passed.
fn overall(records: &[StageRecord], is_interrupted: bool) -> Verdict {
    if is_interrupted {
        return Verdict::Errored(Reason::new(
            ReasonCode::Interrupted,
            "the run was interrupted; what was measured by then is in the report",
        ));
    }
    if let Some(blocked) = records.iter().find(|record| record.verdict.stops()) {
        return blocked.verdict.clone();
    }
    let has_required = records
        .iter()
        .filter(|record| record.success)
        .any(|record| {
            record
                .quality_gates
                .values()
                .any(|gate| gate.requirement == Requirement::Required && gate.passed)
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
    if records
        .iter()
        .any(|record| record.verdict == Verdict::Warned)
    {
        Verdict::Warned
    } else {
        Verdict::Passed
    }
}

/// 0 passed, 1 blocked by a gate or criterion, 3 could not be judged, 130 interrupted.
pub(super) fn exit_status(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Passed | Verdict::Warned => 0,
        Verdict::Failed => 1,
        Verdict::Errored(reason) if reason.code == ReasonCode::Interrupted => 130,
        Verdict::NoData(_) | Verdict::Errored(_) | Verdict::Skipped(_) => 3,
    }
}
