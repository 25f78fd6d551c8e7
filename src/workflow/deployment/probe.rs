//! Looking at the health of environments once, and keeping what was seen.

use super::known::look;
use super::order::{by, ledger, means, order};
use crate::deploy::{self, outputs_of};
use crate::ledger::{Event, Ledger, LedgerError, Sample, State};
use crate::model::{ComponentName, EnvironmentName, Reason, ReasonCode, Unavailable, Version};
use crate::promotion::{self, Facts, Maintenance, Question};
use crate::workflow::groundwork::Groundwork;
use crate::workflow::{Request, WorkflowError};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

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
        match &self.demotion {
            Some(reason) => write!(f, "\n  demoted: {reason}"),
            None => Ok(()),
        }
    }
}

/// Looks once at each environment of a component, or at one of them, and adds what was seen to the
/// ledger, where it is evidence of uptime.
///
/// # Errors
///
/// When the component does not exist, the environment is not set up, or the ledger cannot be written.
pub async fn probe(
    request: &Request,
    environment: Option<EnvironmentName>,
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
            demotion: None,
        });
        samples.push((request.component.clone(), policy.name, sample));
    }
    ledger
        .add_samples(&samples)
        .await
        .map_err(|error| wrong(error.to_string()))?;
    for look in &mut looks {
        look.demotion = demote(&ground, request, &ledger, look.environment)
            .await
            .map_err(&wrong)?;
    }
    Ok(looks)
}

/// Takes the level of an environment away from the component where what it was given for does not hold
/// any more; gives the reason.
async fn demote(
    ground: &Groundwork,
    request: &Request,
    ledger: &Ledger,
    environment: EnvironmentName,
) -> Result<Option<String>, String> {
    let now = jiff::Timestamp::now();
    let component = &request.component;
    let said = |error: LedgerError| error.to_string();
    let state = ledger.state(component, environment).await.map_err(said)?;
    let Some(active) = &state.active else {
        return Ok(None);
    };
    let since = active.since;
    let samples = ledger.samples(component, environment, since).await;
    let looks: Vec<promotion::Sample> = samples.map_err(said)?.iter().map(look).collect();
    let unasked = || {
        Unavailable::NoData(Reason::new(
            ReasonCode::NotNeeded,
            "a level is kept without it",
        ))
    };
    let facts = Facts {
        now,
        states: BTreeMap::new(),
        uptime: Err(unasked()),
        reviews: Err(unasked()),
        monitoring: Err(unasked()),
        dependencies: Vec::new(),
        run_reviews: None,
    };
    let level = environment.target();
    let requirements = ground.policy.levels.get(&level);
    let found = promotion::demotion(&Maintenance {
        environment,
        question: Question {
            component,
            version: &active.version,
            level,
            policy: &ground.policy.promotion,
            requirements: requirements.map_or(&[], |level| level.additional.as_slice()),
            stated: &[],
            facts: &facts,
        },
        state: &state,
        looks: Some(&looks),
        criteria: &[],
    });
    let Some(found) = found else {
        return Ok(None);
    };
    let event = Event::Demoted {
        version: found.version,
        reason: found.reason.clone(),
    };
    let by = by(ground, request);
    let written = ledger.append(component, environment, &by, event).await;
    written.map_err(said)?;
    Ok(Some(found.reason))
}
