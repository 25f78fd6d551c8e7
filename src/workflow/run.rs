//! The whole workflow: the stages of one component, in order.

use super::collect::Collected;
use super::deployment::Deployments;
use super::fix::Fixing;
use super::gate_record::Bench;
use super::groundwork::Groundwork;
use super::guard::guarded;
use super::judge::{self, Judging};
use super::outcome::{self, Gathered};
use super::plan::Plan;
use super::{Event, Request, WorkflowError, specification};
use crate::model::{
    EnvironmentName, EvidenceData, EvidenceKind, Patch, Reason, ReasonCode, Report, Specification,
    Stage, StageRecord, Verdict,
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
/// auto-fix may change files of the workspace where the configuration asks for it.
///
/// # Errors
///
/// Only when the run may not begin at all. Everything that goes wrong later is in the report.
pub async fn run_workflow(request: &Request) -> Result<Report, WorkflowError> {
    let ground = Groundwork::lay(request)?;
    let gathered = match guarded(through_the_stages(&ground, request)).await {
        Ok(gathered) => gathered,
        Err(panic) => Gathered::crashed(&panic),
    };
    let report = outcome::report(&ground, request, gathered);
    tracing::info!("run {} ends: {}", report.run.id, report.verdict);
    Ok(report)
}

async fn through_the_stages(ground: &Groundwork, request: &Request) -> Gathered {
    let plan = Plan::new(&ground.policy, request.target);
    request.tell(Event::Started {
        component: request.component.clone(),
        target: request.target,
        run_id: ground.identity.id.clone(),
    });

    request.tell(Event::StageStarted(Stage::Specification));
    let (specification, first) = read_specification(ground, request).await;
    if let Some(specification) = &specification {
        request.tell(Event::SpecificationRead(Arc::clone(specification)));
    }
    request.tell(Event::StageJudged(Box::new(first.clone())));

    let known = async {
        let source = ground.source(request).await;
        request.tell(Event::SourceIdentified(source.clone()));
        let deployments = Deployments::of(ground, request, specification.as_deref(), &source).await;
        let outside = match &deployments {
            Some(deployments) => Some(deployments.outside(request.target).await),
            None => None,
        };
        (source, deployments, outside)
    };
    let ((mut source, mut deployments, mut outside), measured) = tokio::join!(
        known,
        measure(ground, request, &plan, specification.clone()),
    );
    let second = measured.dependency_check;
    request.tell(Event::StageJudged(Box::new(second.clone())));

    source.has_local_changes |= measured
        .patch
        .as_ref()
        .is_some_and(|patch| patch.is_applied);
    if let Some(deployments) = &mut deployments {
        deployments.look_again(&source);
    }
    let mut records = vec![first, second];
    let mut judging = Judging::after(&plan, &records);
    let stages = plan.stages.iter().copied();
    for stage in stages.filter(|stage| *stage >= Stage::Testing) {
        let bench = Bench {
            policy: &ground.policy,
            component: &ground.component,
            specification: specification.as_deref(),
            evidence: &measured.collected.evidence,
            tools: &measured.collected.tools,
            is_interrupted: request.cancel.is_cancelled(),
            now: jiff::Timestamp::now(),
            judged: None,
            outside: outside.as_ref(),
        };
        let mut record = judging.judge(&bench, stage);
        if stage == Stage::Refactoring {
            record.warnings.extend(measured.problem.clone());
        }
        if let Some(deployments) = &deployments
            && EnvironmentName::of_stage(stage).is_some()
        {
            request.tell(Event::StageStarted(stage));
            if deployments.carry_out(&mut record, outside.as_ref()).await
                && stage.first_target() < request.target
            {
                // A deployment changes what is known, and the next stage asks for it.
                outside = Some(deployments.outside(request.target).await);
            }
        }
        judging.go_on(&record);
        request.tell(Event::StageJudged(Box::new(record.clone())));
        records.push(record);
    }
    Gathered {
        verdict: outcome::overall(&records, request.cancel.is_cancelled()),
        records,
        source,
        evidence: measured.collected.evidence,
        tools: measured.collected.tools,
        auto_fix: measured.patch,
    }
}

/// The specification and what is to be said about it. A stage that is switched off judges nothing,
/// and still reads: the stricter limits that the document states hold all the same.
pub(super) async fn read_specification(
    ground: &Groundwork,
    request: &Request,
) -> (Option<Arc<Specification>>, StageRecord) {
    let (specification, record) = specification::judge(
        &ground.policy,
        &ground.workspace,
        &ground.component,
        request.target,
    )
    .await;
    if judge::is_enabled(&ground.policy, Stage::Specification) {
        return (specification, record);
    }
    let mut disabled = judge::disabled(Stage::Specification);
    if specification.is_none() && ground.component.spec.is_some() {
        disabled.warnings = record.errors;
    }
    (specification, disabled)
}

/// What the tools gave, and how it came about.
struct Measured {
    dependency_check: StageRecord,
    collected: Collected,
    patch: Option<Patch>,
    /// Why nothing was mended.
    problem: Option<String>,
}

async fn measure(
    ground: &Groundwork,
    request: &Request,
    plan: &Plan,
    specification: Option<Arc<Specification>>,
) -> Measured {
    request.tell(Event::StageStarted(Stage::DependencyCheck));
    request.tell(Event::Preparing);
    let started = Instant::now();
    let started_ms = ground.begun.elapsed().as_secs_f64() * 1000.0;
    let prepared = ground
        .prepare(request, &plan.needed, specification.clone())
        .await;
    let mut dependency_check = if request.cancel.is_cancelled() {
        interrupted(Stage::DependencyCheck)
    } else {
        dependency_record(ground, &prepared)
    };
    dependency_check.started_ms = started_ms;
    dependency_check.execution_time_ms = started.elapsed().as_secs_f64() * 1000.0;
    let collector = ground.collector(request).await;
    let mut collected = Arc::clone(&collector).collect(prepared.tools.clone()).await;
    let (patch, problem) = match fix(ground, request, &collected, &prepared).await {
        Ok(patch) => (patch, None),
        Err(problem) => (None, Some(problem)),
    };
    if let Some(patch) = patch.as_ref().filter(|patch| patch.is_applied) {
        request.tell(Event::Fixed {
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
        problem,
    }
}

/// The record of a stage that was under way when the run was interrupted.
fn interrupted(stage: Stage) -> StageRecord {
    let reason = Reason::new(ReasonCode::Interrupted, "the run was interrupted");
    StageRecord::new(stage, Verdict::Errored(reason))
}

fn dependency_record(ground: &Groundwork, prepared: &Prepared) -> StageRecord {
    let stage = Stage::DependencyCheck;
    if !judge::is_enabled(&ground.policy, stage) {
        return judge::disabled(stage);
    }
    // Missing tools block through the gates that need them: an advisory gate's tool may be missing.
    let verdict = if prepared.problems.is_empty() && prepared.warnings.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Warned
    };
    let mut record = StageRecord::new(stage, verdict);
    let problems = prepared.problems.iter().map(ToString::to_string);
    record.warnings = problems.chain(prepared.warnings.iter().cloned()).collect();
    record
        .outputs
        .insert("environment".to_owned(), json!(prepared.environment));
    record
        .outputs
        .insert("versions".to_owned(), json!(prepared.versions));
    record
        .outputs
        .insert("notes".to_owned(), json!(prepared.notes));
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
        written: &ground.policy.written(),
        processes: &ground.processes,
        cancel: &request.cancel,
        timeout: refactoring.map_or(Duration::from_secs(300), |stage| stage.timeout),
        is_ci: request.is_ci,
    };
    fixing
        .apply(&prepared.fixes)
        .await
        .map(Some)
        .map_err(|error| format!("auto-fix: {error}"))
}
