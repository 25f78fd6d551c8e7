//! Payloads of events, as GitHub sends them, about the repository of the fake.

use super::repository::{DEFAULT_BRANCH, Pull, REPOSITORY, WorkflowRun, user};
use serde_json::{Value, json};
use std::sync::LazyLock;

static EVENTS: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../fixtures/github/events.json")).unwrap()
});

/// A payload of GitHub's examples, of the fake's repository; `action` is empty for events without.
#[track_caller]
pub(crate) fn payload(event: &str, action: &str) -> Value {
    let payloads = EVENTS[event].as_array();
    let payloads = payloads.unwrap_or_else(|| panic!("there is no payload of {event}"));
    let mut payloads = payloads.iter();
    let found = payloads.find(|each| each["action"].as_str().unwrap_or_default() == action);
    let found = found.unwrap_or_else(|| panic!("there is no payload of {event} {action}"));
    let mut payload = found.clone();
    set_repository(&mut payload["repository"], REPOSITORY);
    payload
}

/// A push to a branch.
pub(crate) fn push(branch: &str, before: &str, after: &str) -> Value {
    let mut payload = payload("push", "");
    payload["ref"] = json!(format!("refs/heads/{branch}"));
    payload["before"] = json!(before);
    payload["after"] = json!(after);
    payload["deleted"] = json!(false);
    payload
}

/// Something that happened to a pull request.
pub(crate) fn pull_request(action: &str, pull: &Pull) -> Value {
    let mut payload = payload("pull_request", action);
    payload["number"] = json!(pull.number);
    let described = &mut payload["pull_request"];
    described["number"] = json!(pull.number);
    described["state"] = json!(pull.state);
    described["user"]["login"] = json!(pull.author);
    described["head"]["sha"] = json!(pull.head_sha);
    described["head"]["ref"] = json!(pull.head_branch);
    set_repository(&mut described["head"]["repo"], &pull.head_repository);
    described["base"]["sha"] = json!(pull.base_sha);
    described["base"]["ref"] = json!(DEFAULT_BRANCH);
    set_repository(&mut described["base"]["repo"], REPOSITORY);
    payload["sender"]["login"] = json!(pull.author);
    payload
}

/// A group of the merge queue.
pub(crate) fn merge_group(head_sha: &str, base_sha: &str) -> Value {
    let mut payload = payload("merge_group", "checks_requested");
    let group = &mut payload["merge_group"];
    group["head_sha"] = json!(head_sha);
    group["base_sha"] = json!(base_sha);
    group["base_ref"] = json!(format!("refs/heads/{DEFAULT_BRANCH}"));
    payload
}

/// A run of another workflow. It names no pull request when it comes from a fork:
/// <https://github.com/actions/runner/issues/3444>
pub(crate) fn workflow_run(action: &str, run: &WorkflowRun) -> Value {
    let mut payload = payload("workflow_run", action);
    let described = &mut payload["workflow_run"];
    described["id"] = json!(run.id);
    described["name"] = json!(run.name);
    described["event"] = json!(run.event);
    described["head_branch"] = json!(run.head_branch);
    described["head_sha"] = json!(run.head_sha);
    described["conclusion"] = json!(run.conclusion);
    described["pull_requests"] = json!([]);
    set_repository(&mut described["repository"], REPOSITORY);
    set_repository(&mut described["head_repository"], &run.head_repository);
    payload
}

fn set_repository(described: &mut Value, full_name: &str) {
    let (owner, name) = full_name.split_once('/').unwrap();
    described["full_name"] = json!(full_name);
    described["name"] = json!(name);
    let login = user(owner)["login"].clone();
    described["owner"]["login"] = login.clone();
    if described["owner"].get("name").is_some() {
        described["owner"]["name"] = login;
    }
    if described.get("fork").is_some() {
        described["fork"] = json!(full_name != REPOSITORY);
    }
    if described.get("default_branch").is_some() {
        described["default_branch"] = json!(DEFAULT_BRANCH);
    }
}
