//! What deployments on GitHub come to: lines of a ledger, and looks at an environment. Pure.
//!
//! | final status | lines of the ledger |
//! |---|---|
//! | `healthy`, `already active`, `unverified`, `left failed` | started; ended, with the version active |
//! | `rolled back` | started; ended, with the version before active; held |
//! | `rollback failed` | started; ended, with nobody knowing what is active; held |
//! | a rollback by hand, however it ended | the same, and what it went back from is held |
//! | `refused`, `not deployed` | none: nothing was touched |
//! | `interrupted`, or none | started; ended only where another deployment began after it |

use crate::github::api::{
    Deployment, DeploymentPayload, DeploymentState, DeploymentStatus, told_outcome,
};
use crate::ledger::{By, Event, Record};
use crate::model::{DeploymentOutcome, Operation, Version};
use crate::promotion::Sample;

/// A deployment of ours, what is written down about it, and its statuses, the newest first.
type Read = (Deployment, DeploymentPayload, Vec<DeploymentStatus>);

/// How a deployment ended, and the status that says so.
pub(super) fn outcome(
    statuses: &[DeploymentStatus],
) -> Option<(DeploymentOutcome, &DeploymentStatus)> {
    statuses
        .iter()
        .find_map(|status| Some((told_outcome(status)?, status)))
}

/// The lines of a ledger, from deployments, the oldest first.
pub(super) fn records(read: &[Read]) -> Vec<Record> {
    // What stands for the version that is active again is told by the deployment that was taken back.
    let own: Vec<&Read> = read
        .iter()
        .filter(|(_, payload, _)| !payload.is_restoration)
        .collect();
    let mut records = Vec::new();
    let mut held: Vec<Version> = Vec::new();
    for (index, read) in own.iter().enumerate() {
        let is_newest = index + 1 == own.len();
        let lines = lines(read, is_newest);
        let version = &read.1.version;
        if !lines.is_empty() && held.contains(version) {
            held.retain(|other| other != version);
            records.push(record(
                read,
                read.0.created_at,
                Event::Released {
                    version: version.clone(),
                    reason: "it was deployed again".to_owned(),
                },
            ));
        }
        held.extend(lines.iter().filter_map(|record| match &record.event {
            Event::Held { version, .. } => Some(version.clone()),
            _ => None,
        }));
        records.extend(lines);
    }
    records.sort_by_key(|record| record.at);
    records
}

fn lines(read: &Read, is_newest: bool) -> Vec<Record> {
    let (deployment, payload, statuses) = read;
    let told = outcome(statuses);
    let (outcome, message, at) = match told {
        Some((outcome, status)) => {
            let message = status.description.split_once(": ");
            let message = message.map_or("", |(_, message)| message);
            (outcome, message, status.created_at)
        }
        None => (
            DeploymentOutcome::Interrupted,
            "it did not end",
            deployment.updated_at,
        ),
    };
    let version = Some(payload.version.clone());
    let active = match outcome {
        DeploymentOutcome::Healthy
        | DeploymentOutcome::AlreadyActive
        | DeploymentOutcome::Unverified
        | DeploymentOutcome::LeftFailed => version,
        // By hand the version that is gone back to is the one that the record names.
        DeploymentOutcome::RolledBack if payload.operation == Operation::Rollback => version,
        DeploymentOutcome::RolledBack => payload.previous.clone(),
        DeploymentOutcome::RollbackFailed | DeploymentOutcome::Interrupted => None,
        DeploymentOutcome::Refused | DeploymentOutcome::NotDeployed => return Vec::new(),
    };
    let held = match (payload.operation, outcome) {
        (Operation::Deploy, DeploymentOutcome::RolledBack | DeploymentOutcome::RollbackFailed) => {
            Some(payload.version.clone())
        }
        // Held before it is taken back.
        (Operation::Rollback, _) => payload.previous.clone(),
        _ => None,
    };
    let mut lines = vec![record(
        read,
        deployment.created_at,
        Event::Started {
            deployment: payload.deployment.clone(),
            operation: payload.operation,
            version: payload.version.clone(),
            previous: payload.previous.clone(),
            // GitHub keeps no two runs apart.
            lease_until: deployment.created_at,
            is_hotfix: payload.is_hotfix,
            hotfix: None,
            approved_by: Vec::new(),
        },
    )];
    if outcome == DeploymentOutcome::Interrupted && is_newest {
        return lines;
    }
    let at = at.max(deployment.created_at);
    lines.push(record(
        read,
        at,
        Event::Ended {
            deployment: payload.deployment.clone(),
            outcome,
            active,
            message: message.to_owned(),
        },
    ));
    if let Some(version) = held {
        lines.push(record(
            read,
            at,
            Event::Held {
                version,
                reason: message.to_owned(),
            },
        ));
    }
    lines
}

fn record(read: &Read, at: jiff::Timestamp, event: Event) -> Record {
    let (deployment, _, statuses) = read;
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    let url = statuses.first().map(|status| status.log_url.as_str());
    Record {
        at,
        by: By {
            run: format!("GitHub deployment {}", deployment.id),
            actor: deployment.creator.clone(),
            url: url.filter(is_web).map(str::to_owned),
        },
        event,
    }
}

/// What a status says about the health of the environment; `None` where it says nothing about it.
pub(super) fn sample(status: &DeploymentStatus) -> Option<Sample> {
    let is_up = match told_outcome(status) {
        Some(DeploymentOutcome::Healthy | DeploymentOutcome::AlreadyActive) => Some(true),
        Some(DeploymentOutcome::LeftFailed | DeploymentOutcome::RollbackFailed) => Some(false),
        // A look that gave no answer.
        Some(DeploymentOutcome::Unverified) => None,
        // Another version is active by then.
        Some(
            DeploymentOutcome::RolledBack
            | DeploymentOutcome::Refused
            | DeploymentOutcome::NotDeployed
            | DeploymentOutcome::Interrupted,
        ) => return None,
        None => match status.state? {
            DeploymentState::Success => Some(true),
            DeploymentState::Failure | DeploymentState::Error => Some(false),
            DeploymentState::Pending
            | DeploymentState::Queued
            | DeploymentState::InProgress
            | DeploymentState::Inactive => return None,
        },
    };
    Some(Sample {
        at: status.created_at,
        is_up,
    })
}
