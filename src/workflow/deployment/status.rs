//! What is deployed where, and what blocks the next level.

use super::carry_out::Deployments;
use super::kept::{kept, known};
use super::known::{Around, States};
use super::order::ledger;
use crate::config::{EnvironmentPolicy, Exemption};
use crate::deploy::{address, outputs_of};
use crate::ledger::{By, Event, Hotfix, Open, Record, State};
use crate::model::{
    ActiveStatus, ComponentName, ComponentStatus, Demotion, EnvironmentName, EnvironmentStatus,
    Evidence, ExemptionStatus, HoldStatus, MaintenanceStatus, NextLevel, OpenStatus, Promotion,
    Report, RollbackPlan, SourceIdentity, Stage, Target, Unavailable, Verdict, Version,
};
use crate::promotion::{has_passed_dev, maturity};
use crate::workflow::excuse::excuse;
use crate::workflow::gate_record::Bench;
use crate::workflow::groundwork::Groundwork;
use crate::workflow::judged::Judged;
use crate::workflow::level::judge_level;
use crate::workflow::run::read_specification;
use crate::workflow::{DeploymentRequest, Request, WorkflowError};
use jiff::{Timestamp, tz::TimeZone};
use std::{collections::BTreeMap, path::PathBuf};

/// How many of the deployments of the past are told.
const TOLD: usize = 10;

/// How a component is, and where its files are.
#[derive(Debug, Clone)]
pub struct FoundStatus {
    /// How it is.
    pub component: ComponentStatus,
    /// The folder of its sources, relative to the workspace.
    pub folder: PathBuf,
}

/// Says what of a component is deployed where, how mature it is, and what keeps it from the next level.
/// `report` is its last one, where there is one; no tool is run.
///
/// # Errors
///
/// When the component does not exist, or its configuration is wrong.
pub async fn status(
    request: &Request,
    report: Option<&Report>,
) -> Result<FoundStatus, WorkflowError> {
    let ground = Groundwork::lay(request)?;
    let now = Timestamp::now();
    let (specification, _) = read_specification(&ground, request).await;
    let source = ground.source(request).await;
    let ledger = ledger(&ground, request);
    let mut states = States::new();
    let mut environments = Vec::new();
    let mut history = Vec::new();
    for name in EnvironmentName::ALL {
        let records = ledger.records(&request.component, name).await;
        let policy = ground.policy.environments.get(&name);
        let state = match &records {
            Ok(records) => {
                history.extend(promotions(records, name));
                Ok(State::of(records))
            }
            Err(error) => Err(super::known::unreadable(&error.to_string())),
        };
        if policy.is_some() || records.as_ref().is_ok_and(|records| !records.is_empty()) {
            let records = records.unwrap_or_default();
            environments.push(environment(&ground, (name, policy), &state, &records, now));
        }
        states.insert(name, state);
    }
    history.sort_by(|one, other| other.at.cmp(&one.at));
    history.truncate(TOLD);
    let about = report.filter(|report| report.component_name == request.component);
    let around = Around {
        ground: &ground,
        request,
        specification: specification.as_deref(),
        ledger: &ledger,
    };
    let maintenance = maintain(&around, &mut states, about, now).await;
    let found = maturity(&states, about.map(has_passed_dev));
    let next = match found.level {
        None => Some(Target::Dev),
        Some(Target::Dev) => Some(Target::Staging),
        Some(Target::Staging) => Some(Target::Production),
        Some(Target::Production) => None,
    };
    let next = match next {
        Some(level) => {
            let (candidate, artifact_digest) = candidate(level, &states, &source, request);
            let request = Request {
                target: level,
                deployment: DeploymentRequest {
                    artifact_digest,
                    ..request.deployment.clone()
                },
                ..request.clone()
            };
            let deployments =
                Deployments::of(&ground, &request, specification.as_deref(), &candidate).await;
            let outside = match &deployments {
                Some(deployments) => Some(deployments.outside(level).await),
                None => None,
            };
            let judged = about
                .filter(|report| report.source.commit == candidate.commit)
                .map(|report| judged(report, level))
                .unwrap_or_default();
            let nothing = Evidence::default();
            let bench = Bench {
                policy: &ground.policy,
                component: &ground.component,
                specification: specification.as_deref(),
                evidence: &nothing,
                tools: &[],
                is_interrupted: false,
                now,
                judged: Some(&judged),
                outside: outside.as_ref(),
            };
            let (mut gates, mut criteria) = judge_level(&bench, level);
            excuse(&bench, &mut gates, &mut criteria);
            Some(NextLevel::new(level, criteria))
        }
        None => None,
    };
    let demotion = found.demotions.iter().max_by_key(|(_, at, _)| *at);
    let component = ComponentStatus {
        component: request.component.clone(),
        as_of: now.to_string(),
        maturity: found.level,
        demotion: demotion.map(|(environment, at, reason)| Demotion {
            since: at.to_string(),
            reason: reason.clone(),
            remedy: Some(remedy(&request.component, *environment, &maintenance)),
        }),
        maintenance,
        environments,
        next,
        holds: found
            .holds
            .into_iter()
            .map(|(environment, hold)| HoldStatus {
                environment,
                version: hold.version,
                reason: hold.reason,
                since: hold.since.to_string(),
                by: by(&hold.by),
            })
            .collect(),
        exemptions: exemptions(&ground, now),
        history,
    };
    Ok(FoundStatus {
        component,
        folder: ground.component.path.clone(),
    })
}

/// Judges what keeps the levels that were reached. One that does not hold any more counts as taken away
/// from now on, also where nobody has written that down yet.
async fn maintain(
    around: &Around<'_>,
    states: &mut States,
    report: Option<&Report>,
    now: Timestamp,
) -> Vec<MaintenanceStatus> {
    let facts = known(around).await;
    let mut all = Vec::new();
    for (environment, state) in states {
        let Ok(known) = state else {
            continue;
        };
        let kept = kept(around, &facts, *environment, known, report).await;
        if let Some(demotion) = kept.demotion {
            known.demotion = Some((now, demotion.reason));
        }
        if !kept.criteria.is_empty() {
            all.push(MaintenanceStatus {
                environment: *environment,
                criteria: kept.criteria,
            });
        }
    }
    all
}

/// What to do for a level to be given back.
fn remedy(
    component: &ComponentName,
    environment: EnvironmentName,
    maintenance: &[MaintenanceStatus],
) -> String {
    let own = maintenance
        .iter()
        .filter(|one| one.environment == environment);
    let failed = own
        .flat_map(|one| &one.criteria)
        .filter(|one| one.verdict == Verdict::Failed);
    let mut steps: Vec<String> = failed.filter_map(|one| one.remedy.clone()).collect();
    steps.push(format!(
        "a deployment that succeeds gives the level back, also one of the version that is there: spec2prod promote --component {component} --to {environment}"
    ));
    steps.join("; ")
}

/// The version that would reach a level, and its artifact: the one that is judged here, and for
/// production the one that is in staging.
fn candidate(
    level: Target,
    states: &States,
    source: &SourceIdentity,
    request: &Request,
) -> (SourceIdentity, Option<String>) {
    let staging = states.get(&EnvironmentName::Staging);
    let active = staging.and_then(|state| state.as_ref().ok()?.active.as_ref());
    match (level, active) {
        (Target::Production, Some(active)) => {
            let source = SourceIdentity {
                commit: Some(active.version.commit.clone()),
                ..SourceIdentity::default()
            };
            (source, active.version.digest.clone())
        }
        _ => (source.clone(), request.deployment.artifact_digest.clone()),
    }
}

/// What a report says about a level.
fn judged(report: &Report, level: Target) -> Judged<'_> {
    let stage = match level {
        Target::Dev => None,
        Target::Staging => Some(Stage::StagingDeployment),
        Target::Production => Some(Stage::ProductionDeployment),
    };
    let records = report
        .stages()
        .filter(|record| stage.is_none_or(|stage| record.stage_name == stage));
    Judged(records.collect())
}

fn environment(
    ground: &Groundwork,
    (name, policy): (EnvironmentName, Option<&EnvironmentPolicy>),
    state: &Result<State, Unavailable>,
    records: &[Record],
    now: Timestamp,
) -> EnvironmentStatus {
    let nothing = State::default();
    let known = state.as_ref().unwrap_or(&nothing);
    let active = known.active.as_ref();
    let none = Version::of_commit("");
    let version = active.map_or(&none, |active| &active.version);
    let outputs = outputs_of(records, version);
    let target = known.version_before(version).cloned();
    let stage = ground.policy.stages.get(&name.stage());
    let shown = known.drills.last();
    EnvironmentStatus {
        name,
        url: outputs
            .get("url")
            .cloned()
            .or_else(|| address(&ground.component, policy?, version)),
        active: active.map(|active| ActiveStatus {
            version: active.version.clone(),
            since: active.since.to_string(),
            is_verified: active.is_verified,
            hotfix: known.hotfix_of(version).map(why),
        }),
        is_unknown: known.is_unknown,
        open: known.open.as_ref().map(|open| opened(open, now)),
        rollback: RollbackPlan {
            command: policy.map(|policy| {
                let words = policy.rollback.as_ref().unwrap_or(&policy.deploy);
                words.join(" ")
            }),
            version: target,
            is_automatic: stage.is_none_or(|stage| stage.rollback_on_failure),
            shown_at: shown.map(|drill| drill.at.to_string()),
            was_drill: shown.is_some_and(|drill| drill.is_drill),
        },
        problem: state.as_ref().err().map(|why| why.reason().to_string()),
    }
}

/// Why a version came without its days in staging.
fn why(hotfix: &Hotfix) -> String {
    let unsaid = "the record does not say why".to_owned();
    hotfix.reason.clone().unwrap_or(unsaid)
}

fn opened(open: &Open, now: Timestamp) -> OpenStatus {
    OpenStatus {
        deployment: open.deployment.clone(),
        operation: open.operation,
        version: open.version.clone(),
        phase: open.last_phase.map(|(phase, ..)| phase),
        lease_until: open.lease_until.to_string(),
        is_abandoned: open.lease_until < now,
        by: by(&open.by),
        url: open.by.url.clone(),
    }
}

fn by(by: &By) -> String {
    by.actor
        .clone()
        .unwrap_or_else(|| format!("run {}", by.run))
}

/// The deployments of the past, by their ends.
fn promotions(records: &[Record], environment: EnvironmentName) -> Vec<Promotion> {
    let mut begun = BTreeMap::new();
    let mut ended = Vec::new();
    for record in records {
        match &record.event {
            Event::Started {
                deployment,
                operation,
                version,
                is_hotfix,
                ..
            } => {
                begun.insert(deployment, (*operation, version, *is_hotfix));
            }
            Event::Ended {
                deployment,
                outcome,
                ..
            } => {
                if let Some((operation, version, is_hotfix)) = begun.get(deployment) {
                    ended.push(Promotion {
                        at: record.at.to_string(),
                        environment,
                        operation: *operation,
                        version: (*version).clone(),
                        outcome: *outcome,
                        is_hotfix: *is_hotfix,
                        by: by(&record.by),
                    });
                }
            }
            _ => {}
        }
    }
    ended
}

fn exemptions(ground: &Groundwork, now: Timestamp) -> Vec<ExemptionStatus> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let all = ground.policy.promotion.exemptions.iter();
    let own = all.filter(|exemption| exemption.component == ground.component.name);
    own.map(|exemption: &Exemption| ExemptionStatus {
        criterion: exemption.criterion.clone(),
        reason: exemption.reason.clone(),
        owner: exemption.owner.clone(),
        expires: exemption.expires.to_string(),
        is_expired: exemption.expires < today,
        rule: exemption.rule.to_string(),
    })
    .collect()
}
