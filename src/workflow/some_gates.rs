//! Some gates of a component, without stages, criteria or fixes.

use super::excuse::excuse;
use super::gate_record::{Bench, judge_gate};
use super::groundwork::Groundwork;
use super::judge;
use super::plan::{Plan, PlannedGate, at_level};
use super::run::read_specification;
use super::{Request, WorkflowError};
use crate::gates::{REGISTRY, find};
use crate::model::{
    ComponentName, GateRecord, REPORT_SCHEMA_VERSION, Requirement, RunIdentity, Target, ToolRun,
    Verdict,
};
use serde::Serialize;
use std::sync::Arc;

/// The answer to some gates' questions, without stages.
#[derive(Debug, Clone, Serialize)]
pub struct GateResults {
    /// The version of this format: that of the report.
    pub schema_version: u32,
    /// The component.
    pub component_name: ComponentName,
    /// The level whose thresholds were applied.
    pub target_stage: Target,
    /// The verdict over all required gates and, where there is one, its reason.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The exit status that the command ends with.
    pub exit_status: u8,
    /// The gates in the order in which they were asked.
    pub gates: Vec<GateRecord>,
    /// What deserves a look beside the gates: tools that are missing, a specification that cannot be
    /// read, so that its stricter limits could not be applied.
    pub warnings: Vec<String>,
    /// Every tool run with its attempts.
    pub tools: Vec<ToolRun>,
    /// Who and what the run is.
    pub run: RunIdentity,
}

/// Judges some gates of a component, without stages, criteria or fixes.
///
/// With no ids, the gates of the target's level are judged as the policy has them; gates that are
/// named are all required.
///
/// # Errors
///
/// When the run may not begin, or a gate does not exist.
pub async fn run_quality_gates(
    request: &Request,
    ids: &[String],
) -> Result<GateResults, WorkflowError> {
    let asked = ids
        .iter()
        .map(|id| {
            find(id)
                .map(|gate| PlannedGate {
                    gate,
                    requirement: Requirement::Required,
                })
                .ok_or_else(|| {
                    let known: Vec<&str> = REGISTRY.iter().map(|gate| gate.id).collect();
                    WorkflowError::UnknownGate {
                        id: id.clone(),
                        known: known.join(", "),
                    }
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let ground = Groundwork::lay(request)?;
    let gates = if asked.is_empty() {
        at_level(&ground.policy, request.target)
    } else {
        asked
    };
    let plan = Plan::of_gates(gates, request.target);
    let (specification, read) = read_specification(&ground, request).await;
    let mut warnings = match specification {
        None if ground.component.spec.is_some() => read.errors,
        _ => Vec::new(),
    };
    // Steps that share their evidence ask each tool for everything that any of them will need.
    let needed = match &request.sharing {
        Some(_) => &Plan::new(&ground.policy, request.target).needed | &plan.needed,
        None => plan.needed.clone(),
    };
    let mut prepared = ground
        .prepare(request, &needed, specification.clone())
        .await;
    prepared
        .tools
        .retain(|tool| tool.evidence.iter().any(|kind| plan.needed.contains(kind)));
    warnings.extend(prepared.problems.iter().map(ToString::to_string));
    warnings.append(&mut prepared.warnings);
    let collector = ground.collector(request).await;
    let mut collected = Arc::clone(&collector).collect(prepared.tools).await;
    let readings = std::mem::take(&mut collected.readings);
    ground.share(request, &collector.earlier, readings).await;
    let bench = Bench {
        policy: &ground.policy,
        component: &ground.component,
        specification: specification.as_deref(),
        evidence: &collected.evidence,
        tools: &collected.tools,
        is_interrupted: request.cancel.is_cancelled(),
        now: jiff::Timestamp::now(),
        judged: None,
        outside: None,
    };
    let mut gates: Vec<GateRecord> = plan
        .gates
        .iter()
        .map(|planned| judge_gate(&bench, planned, request.target))
        .collect();
    warnings.extend(excuse(&bench, &mut gates, &mut Vec::new()).refused);
    let verdict = judge::of_gates(&gates, bench.is_interrupted);
    Ok(GateResults {
        schema_version: REPORT_SCHEMA_VERSION,
        component_name: request.component.clone(),
        target_stage: request.target,
        exit_status: verdict.exit_status(),
        verdict,
        gates,
        warnings,
        tools: collected.tools,
        run: ground.identity,
    })
}
