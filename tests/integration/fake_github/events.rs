//! Payloads of events.

use crate::support::github::{Pull, REPOSITORY, WorkflowRun, events};

#[test]
fn payloads_are_about_the_repository_of_the_fake() {
    for (event, action) in [
        ("push", ""),
        ("pull_request", "opened"),
        ("pull_request", "synchronize"),
        ("merge_group", "checks_requested"),
        ("workflow_dispatch", ""),
        ("workflow_run", "completed"),
    ] {
        let payload = events::payload(event, action);
        assert_eq!(
            payload["repository"]["full_name"], REPOSITORY,
            "{event} {action}"
        );
    }
}

#[test]
fn payloads_say_what_happened() {
    let pull = Pull {
        base_sha: "b".repeat(40),
        ..Pull::new(8).of_fork("stranger/shop")
    };
    let opened = events::pull_request("opened", &pull);
    let head = &opened["pull_request"]["head"];
    assert_eq!(head["sha"], pull.head_sha.as_str());
    assert_eq!(head["repo"]["full_name"], "stranger/shop");
    assert_eq!(head["repo"]["fork"], true);
    assert_eq!(
        opened["pull_request"]["base"]["repo"]["full_name"],
        REPOSITORY
    );
    let push = events::push("main", &pull.base_sha, &pull.head_sha);
    assert_eq!(
        (push["ref"].as_str(), push["after"].as_str()),
        (Some("refs/heads/main"), Some(pull.head_sha.as_str()))
    );
    let group = events::merge_group(&pull.head_sha, &pull.base_sha);
    assert_eq!(group["merge_group"]["head_sha"], pull.head_sha.as_str());
    let run = WorkflowRun {
        id: 42,
        name: "CI".to_owned(),
        event: "pull_request".to_owned(),
        head_branch: pull.head_branch.clone(),
        head_sha: pull.head_sha.clone(),
        head_repository: pull.head_repository.clone(),
        conclusion: Some("success".to_owned()),
        jobs: Vec::new(),
    };
    let completed = events::workflow_run("completed", &run);
    assert_eq!(
        completed["workflow_run"]["head_repository"]["full_name"],
        "stranger/shop"
    );
    assert_eq!(
        completed["workflow_run"]["pull_requests"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
}
