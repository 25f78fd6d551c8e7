//! Deploying what a report has the evidence for: no tool is run again.

use super::carry_out::Deployments;
use crate::model::{
    Evidence, Reason, ReasonCode, Report, SourceIdentity, Stage, StageRecord, Target, Verdict,
};
use crate::workflow::gate_record::Bench;
use crate::workflow::groundwork::Groundwork;
use crate::workflow::judge::Judging;
use crate::workflow::judged::Judged;
use crate::workflow::outcome::{self, Gathered};
use crate::workflow::plan::Plan;
use crate::workflow::run::read_specification;
use crate::workflow::{Event, Request, WorkflowError};

/// Judges the deployment stage of the request's target by the evidence of a report and by what is
/// known outside now, and deploys.
///
/// The report must be about the commit that the workspace is at, and its run must have judged the
/// target's gates: what is deployed is what was judged.
///
/// # Errors
///
/// When it may not begin: bad configuration, unknown component, a report about another component.
pub async fn promote(request: &Request, evidence: &Report) -> Result<Report, WorkflowError> {
    if evidence.component_name != request.component {
        return Err(WorkflowError::Deployment(format!(
            "the report is about {}, and {} is to be deployed",
            evidence.component_name, request.component
        )));
    }
    let stage = match request.target {
        Target::Dev => {
            return Err(WorkflowError::Deployment(
                "dev has no environment to deploy to".to_owned(),
            ));
        }
        Target::Staging => Stage::StagingDeployment,
        Target::Production => Stage::ProductionDeployment,
    };
    let ground = Groundwork::lay(request)?;
    request.tell(Event::Started {
        component: request.component.clone(),
        target: request.target,
        run_id: ground.identity.id.clone(),
    });
    let (specification, _) = read_specification(&ground, request).await;
    let source = ground.source(request).await;
    request.tell(Event::SourceIdentified(source.clone()));
    let mut records: Vec<StageRecord> = evidence
        .stages()
        .filter(|record| record.stage_name < stage)
        .cloned()
        .collect();
    request.tell(Event::StageStarted(stage));
    let record = match mismatch(evidence, &source, &records, stage, request.target) {
        Some(reason) => {
            let mut record = StageRecord::new(stage, Verdict::Failed);
            record.errors.push(reason.to_string());
            record
        }
        None => {
            let deployments =
                Deployments::of(&ground, request, specification.as_deref(), &source).await;
            let outside = match &deployments {
                Some(deployments) => Some(deployments.outside(request.target).await),
                None => None,
            };
            let plan = Plan::new(&ground.policy, request.target);
            let nothing = Evidence::default();
            let judged = Judged(
                evidence
                    .stage_results
                    .get(stage.as_str())
                    .into_iter()
                    .collect(),
            );
            let bench = Bench {
                policy: &ground.policy,
                component: &ground.component,
                specification: specification.as_deref(),
                evidence: &nothing,
                tools: &evidence.tools,
                is_interrupted: request.cancel.is_cancelled(),
                now: jiff::Timestamp::now(),
                judged: Some(&judged),
                outside: outside.as_ref(),
            };
            let mut record = Judging::after(&plan, &[]).judge(&bench, stage);
            if let Some(deployments) = &deployments {
                deployments.carry_out(&mut record, outside.as_ref()).await;
            }
            record
        }
    };
    request.tell(Event::StageJudged(Box::new(record.clone())));
    records.push(record);
    let gathered = Gathered {
        verdict: outcome::overall(&records, request.cancel.is_cancelled()),
        records,
        source,
        evidence: Evidence::default(),
        tools: evidence.tools.clone(),
        auto_fix: None,
    };
    let mut report = outcome::report(&ground, request, gathered);
    report.flaky_tests.clone_from(&evidence.flaky_tests);
    report.evidence_from = Some(
        evidence
            .evidence_from
            .clone()
            .unwrap_or_else(|| evidence.run.clone()),
    );
    Ok(report)
}

/// Why a report is no evidence for deploying what the workspace is at.
fn mismatch(
    evidence: &Report,
    source: &SourceIdentity,
    earlier: &[StageRecord],
    stage: Stage,
    target: Target,
) -> Option<Reason> {
    let refuse = |message: String| {
        let again = format!(
            "judge this commit with `spec2prod run --component {} --target {target} --no-deploy`",
            evidence.component_name
        );
        Some(Reason::new(ReasonCode::EvidenceOfAnotherVersion, message).remedy(again))
    };
    let judged = evidence.source.commit.as_ref();
    let here = source.commit.as_ref();
    if judged.is_none() || judged != here {
        let name = |commit: Option<&String>| commit.map_or("no commit", String::as_str).to_owned();
        return refuse(format!(
            "the report is about {}, and the workspace is at {}",
            name(judged),
            name(here)
        ));
    }
    if evidence.source.has_local_changes {
        return refuse(format!(
            "the report was made from files that differ from commit {}",
            judged.map_or("", String::as_str)
        ));
    }
    if !evidence.stage_results.contains_key(stage.as_str()) {
        return refuse(format!(
            "the report was made for {}, so the gates of {target} were not judged",
            evidence.target_stage
        ));
    }
    let blocker = earlier.iter().find(|record| record.verdict.stops());
    blocker.and_then(|blocker| {
        let why = blocker.errors.first();
        refuse(format!(
            "in the report {} did not pass{}",
            blocker.stage_name,
            why.map_or_else(String::new, |why| format!(": {why}"))
        ))
    })
}
