//! Deployments and their statuses.

use super::super::{
    exchange::{Answer, Call},
    repository::{Deployment, DeploymentStatus, Repository, user},
};
use super::{commits, refused};
use serde_json::{Value, json};

pub(super) fn create(repository: &mut Repository, call: &Call) -> Answer {
    let reference = call.text("ref").unwrap_or_default();
    let Some(sha) = repository.git.resolve(&reference) else {
        return refused(
            "Deployment",
            "ref",
            &format!("No ref found for: {reference}"),
        );
    };
    // Both are on unless they are turned off.
    // https://docs.github.com/en/rest/deployments/deployments#create-a-deployment
    let head = repository.head();
    let is_behind = !repository.git.history(&sha).contains(&head);
    if call.body["auto_merge"] != false && is_behind {
        let message = format!("Auto-merged main into {reference} on deployment.");
        return Answer::json(202, json!({"message": message}));
    }
    let failing = failing_contexts(repository, &sha, call.body["required_contexts"].as_array());
    if !failing.is_empty() {
        let message = format!(
            "Conflict: Commit status checks failed for {reference}: {}.",
            failing.join(", ")
        );
        return Answer::message(409, &message);
    }
    let environment = call
        .text("environment")
        .unwrap_or_else(|| "production".to_owned());
    let flag = |name: &str| call.body[name].as_bool();
    let payload = &call.body["payload"];
    let deployment = Deployment {
        id: repository.next_id(),
        reference,
        sha,
        task: call.text("task").unwrap_or_else(|| "deploy".to_owned()),
        description: call.text("description"),
        payload: if payload.is_null() {
            json!({})
        } else {
            payload.clone()
        },
        is_transient: flag("transient_environment").unwrap_or(false),
        is_production: flag("production_environment").unwrap_or(environment == "production"),
        environment,
        creator: call.login.to_owned(),
        created_at: call.now.clone(),
        updated_at: call.now.clone(),
        statuses: Vec::new(),
    };
    let answer = Answer::json(201, shown(repository, call, &deployment));
    repository.deployments.push(deployment);
    answer
}

/// The contexts that must be successful and are not; all that there are when none are named.
fn failing_contexts(repository: &Repository, sha: &str, asked: Option<&Vec<Value>>) -> Vec<String> {
    let statuses = commits::latest(repository, sha).into_iter();
    let statuses = statuses.map(|status| (status.context.clone(), status.state == "success"));
    let runs = repository
        .check_runs
        .iter()
        .filter(|run| run.head_sha == sha);
    let runs = runs.map(|run| {
        (
            run.name.clone(),
            run.conclusion.as_deref() == Some("success"),
        )
    });
    let contexts: Vec<(String, bool)> = statuses.chain(runs).collect();
    let failing = |name: &str| {
        !contexts
            .iter()
            .any(|(context, good)| context == name && *good)
    };
    match asked {
        Some(asked) => {
            let asked = asked.iter().filter_map(Value::as_str);
            asked
                .filter(|name| failing(name))
                .map(str::to_owned)
                .collect()
        }
        None => {
            let contexts = contexts.iter().filter(|(_, good)| !good);
            contexts.map(|(name, _)| name.clone()).collect()
        }
    }
}

pub(super) fn get(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("deployment_id");
    let mut deployments = repository.deployments.iter();
    let found = deployments.find(|deployment| deployment.id == id);
    found.map_or_else(Answer::not_found, |deployment| {
        Answer::json(200, shown(repository, call, deployment))
    })
}

/// The newest first.
pub(super) fn list(repository: &mut Repository, call: &Call) -> Answer {
    // Names of environments are the same in capital and small letters.
    // https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
    let is_asked = |value: &str, name: &str| {
        call.parameter(name).is_none_or(|asked| {
            let is_same = if name == "environment" {
                asked.eq_ignore_ascii_case(value)
            } else {
                asked == value
            };
            is_same || asked == "none"
        })
    };
    let found = repository.deployments.iter().rev().filter(|deployment| {
        is_asked(&deployment.sha, "sha")
            && is_asked(&deployment.reference, "ref")
            && is_asked(&deployment.task, "task")
            && is_asked(&deployment.environment, "environment")
    });
    Answer::pages(found.map(|each| shown(repository, call, each)).collect())
}

/// The newest first.
pub(super) fn statuses(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("deployment_id");
    let mut deployments = repository.deployments.iter();
    let Some(deployment) = deployments.find(|deployment| deployment.id == id) else {
        return Answer::not_found();
    };
    let statuses = deployment.statuses.iter().rev();
    Answer::pages(
        statuses
            .map(|status| shown_status(repository, call, deployment, status))
            .collect(),
    )
}

pub(super) fn create_status(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("deployment_id");
    let deployments = &repository.deployments;
    let Some(index) = deployments
        .iter()
        .position(|deployment| deployment.id == id)
    else {
        return Answer::not_found();
    };
    let status = DeploymentStatus {
        id: repository.next_id(),
        state: call.text("state").unwrap_or_default(),
        description: call.text("description").unwrap_or_default(),
        log_url: call
            .text("log_url")
            .or_else(|| call.text("target_url"))
            .unwrap_or_default(),
        environment_url: call.text("environment_url").unwrap_or_default(),
        creator: call.login.to_owned(),
        created_at: call.now.clone(),
    };
    if let Some(environment) = call.text("environment") {
        repository.deployments[index].environment = environment;
    }
    if status.state == "success" && call.body["auto_inactive"] != false {
        deactivate_siblings(repository, index, &status);
    }
    repository.deployments[index].statuses.push(status.clone());
    repository.deployments[index].updated_at = call.now.clone();
    let deployment = &repository.deployments[index];
    Answer::json(201, shown_status(repository, call, deployment, &status))
}

/// Earlier deployments to the same environment that were successful are so no longer; those to
/// production or to a passing environment stay.
/// <https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status>
fn deactivate_siblings(repository: &mut Repository, index: usize, status: &DeploymentStatus) {
    let environment = repository.deployments[index].environment.clone();
    for sibling in 0..index {
        let id = repository.next_id();
        let sibling = &mut repository.deployments[sibling];
        let is_active = sibling
            .statuses
            .last()
            .is_some_and(|last| last.state == "success");
        let is_kept = sibling.is_transient || sibling.is_production;
        if is_active && !is_kept && sibling.environment == environment {
            sibling.statuses.push(DeploymentStatus {
                id,
                state: "inactive".to_owned(),
                ..status.clone()
            });
        }
    }
}

fn shown(repository: &Repository, call: &Call, deployment: &Deployment) -> Value {
    let url = repository.url(call.base, &format!("/deployments/{}", deployment.id));
    json!({
        "id": deployment.id,
        "url": url,
        "statuses_url": format!("{url}/statuses"),
        "sha": deployment.sha,
        "ref": deployment.reference,
        "task": deployment.task,
        "environment": deployment.environment,
        "original_environment": deployment.environment,
        "description": deployment.description,
        "payload": deployment.payload,
        "transient_environment": deployment.is_transient,
        "production_environment": deployment.is_production,
        "creator": user(&deployment.creator),
        "created_at": deployment.created_at,
        "updated_at": deployment.updated_at,
    })
}

fn shown_status(
    repository: &Repository,
    call: &Call,
    deployment: &Deployment,
    status: &DeploymentStatus,
) -> Value {
    let url = repository.url(call.base, &format!("/deployments/{}", deployment.id));
    json!({
        "id": status.id,
        "url": format!("{url}/statuses/{}", status.id),
        "deployment_url": url,
        "state": status.state,
        "description": status.description,
        "environment": deployment.environment,
        "target_url": status.log_url,
        "log_url": status.log_url,
        "environment_url": status.environment_url,
        "creator": user(&status.creator),
        "created_at": status.created_at,
        "updated_at": status.created_at,
    })
}
