//! Looking at the health of environments once, and keeping what was seen.

use super::kept::{kept, known};
use super::known::Around;
use super::order::{by, ledger, means, order};
use crate::deploy::{self, outputs_of};
use crate::ledger::{Event, LedgerError, Record, Sample, State};
use crate::model::{ComponentName, Criterion, EnvironmentName, Report, Version};
use crate::promotion::Facts;
use crate::workflow::groundwork::Groundwork;
use crate::workflow::run::read_specification;
use crate::workflow::{Request, WorkflowError};
use serde::Serialize;
use std::fmt;

/// A look at one component in one environment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Look {
    /// The component.
    pub component: ComponentName,
    /// The environment.
    pub environment: EnvironmentName,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Whether it is healthy; `None` where the look itself failed.
    pub is_up: Option<bool>,
    /// The version that is active there, as far as it is known.
    pub version: Option<Version>,
    /// How long the look took, in milliseconds.
    pub latency_ms: u64,
    /// What was seen.
    pub message: String,
    /// What is asked of the level of the environment for it to be kept; empty where it was not reached.
    pub maintenance: Vec<Criterion>,
    /// Why the level of the environment was taken away from the component now, where it was.
    pub demotion: Option<String>,
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.is_up {
            Some(true) => "up",
            Some(false) => "DOWN",
            None => "not known",
        };
        write!(
            f,
            "{} in {}: {state} after {} ms: {}",
            self.component,
            self.environment,
            self.latency_ms,
            self.message.replace('\n', " ")
        )?;
        if let Some(reason) = &self.demotion {
            write!(f, "\n  demoted: {}", reason.replace('\n', " "))?;
        }
        for criterion in self.maintenance.iter().filter(|one| one.blocks()) {
            let reason = criterion.verdict.reason();
            let said = reason.map(|reason| reason.message.as_str());
            let said = said.or(criterion.gap.as_deref()).unwrap_or_default();
            let text = format!("{} {}: {said}", criterion.name, criterion.verdict);
            write!(f, "\n  {}", text.replace('\n', " "))?;
            if let Some(remedy) = &criterion.remedy {
                write!(f, "\n    → {}", remedy.replace('\n', " "))?;
            }
        }
        Ok(())
    }
}

/// Looks once at each environment to which a component was ever deployed, or at the one that is named,
/// and adds what was seen to the ledger, where it is evidence of uptime. A level that does not hold any
/// more is taken away. `report` is the component's last one, where there is one.
///
/// # Errors
///
/// When the component does not exist, the environment is not set up, or the ledger cannot be written.
pub async fn probe(
    request: &Request,
    environment: Option<EnvironmentName>,
    report: Option<&Report>,
) -> Result<Vec<Look>, WorkflowError> {
    let ground = Groundwork::lay(request)?;
    if let Some(environment) = environment
        && !ground.policy.environments.contains_key(&environment)
    {
        return Err(WorkflowError::NoEnvironment {
            component: request.component.clone(),
            environment,
        });
    }
    let wrong = |message: String| WorkflowError::Deployment(message);
    let means = means(&ground, request).map_err(|why| wrong(why.reason().to_string()))?;
    let ledger = ledger(&ground, request);
    let mut looks = Vec::new();
    let mut samples = Vec::new();
    let policies = ground.policy.environments.values();
    for policy in policies.filter(|policy| environment.is_none_or(|name| policy.name == name)) {
        let records = ledger.records(&request.component, policy.name).await;
        let records = records.map_err(|error| wrong(error.to_string()))?;
        if environment.is_none() && !was_deployed(&records) {
            continue;
        }
        let active = State::of(&records).active;
        let version = active.map(|active| active.version);
        let outputs = version
            .as_ref()
            .map(|version| outputs_of(&records, version));
        let url = outputs.as_ref().and_then(|outputs| outputs.get("url"));
        let asked = version.clone().unwrap_or_else(|| Version::of_commit(""));
        let order = order(&ground, request, policy, asked);
        let seen = deploy::look(&order, url.map(String::as_str), &means).await;
        let sample = Sample {
            at: seen.at,
            is_up: seen.health.is_up(),
            version: version.clone(),
            latency_ms: u64::try_from(seen.duration.as_millis()).ok(),
            message: seen.health.message().to_owned(),
        };
        looks.push(Look {
            component: request.component.clone(),
            environment: policy.name,
            at: seen.at.to_string(),
            is_up: sample.is_up,
            version,
            latency_ms: sample.latency_ms.unwrap_or_default(),
            message: sample.message.clone(),
            maintenance: Vec::new(),
            demotion: None,
        });
        samples.push((request.component.clone(), policy.name, sample));
    }
    ledger
        .add_samples(&samples)
        .await
        .map_err(|error| wrong(error.to_string()))?;
    let (specification, _) = read_specification(&ground, request).await;
    let around = Around {
        ground: &ground,
        request,
        specification: specification.as_deref(),
        ledger: &ledger,
    };
    let facts = known(&around).await;
    for look in &mut looks {
        let kept = keep(&around, &facts, look, report).await;
        kept.map_err(|error| wrong(error.to_string()))?;
    }
    Ok(looks)
}

/// Whether anything was ever deployed: where nothing was, that nothing answers is no outage.
fn was_deployed(records: &[Record]) -> bool {
    let mut events = records.iter().map(|record| &record.event);
    events.any(|event| matches!(event, Event::Started { .. }))
}

/// Says what is asked of the level of an environment for it to be kept, and takes it away where that
/// does not hold any more.
async fn keep(
    around: &Around<'_>,
    facts: &Facts,
    look: &mut Look,
    report: Option<&Report>,
) -> Result<(), LedgerError> {
    let (ledger, component) = (around.ledger, &around.request.component);
    let state = ledger.state(component, look.environment).await?;
    let kept = kept(around, facts, look.environment, &state, report).await;
    look.maintenance = kept.criteria;
    let Some(found) = kept.demotion else {
        return Ok(());
    };
    let event = Event::Demoted {
        version: found.version,
        reason: found.reason.clone(),
    };
    let by = by(around.ground, around.request);
    ledger
        .append(component, look.environment, &by, event)
        .await?;
    look.demotion = Some(found.reason);
    Ok(())
}
