//! Runs of workflows, their jobs and artifacts.

use super::super::{
    exchange::{Answer, Call},
    repository::{Artifact, Repository, WorkflowRun},
};
use serde_json::{Value, json};

/// Where the bytes of artifacts are, beside the API: everybody who has the address may read them.
pub(in super::super) const STORAGE: &str = "/artifact-storage/";

/// Nothing is started: tests look at the request.
pub(super) fn dispatch(repository: &mut Repository, call: &Call) -> Answer {
    if repository
        .git
        .resolve(&call.text("ref").unwrap_or_default())
        .is_none()
    {
        return Answer::message(422, "No ref found");
    }
    Answer::empty(204)
}

/// Those of a run, or of the whole repository; the newest first.
pub(super) fn artifacts(repository: &mut Repository, call: &Call) -> Answer {
    let run = call.parameter("run_id").map(|_| call.number("run_id"));
    let artifacts = repository.artifacts.iter().rev().filter(|artifact| {
        run.is_none_or(|run| run == artifact.run)
            && call
                .parameter("name")
                .is_none_or(|name| name == artifact.name)
    });
    let artifacts = artifacts.map(|artifact| shown(repository, call, artifact));
    Answer::counted(artifacts.collect(), "artifacts")
}

pub(super) fn artifact(repository: &mut Repository, call: &Call) -> Answer {
    find(repository, call).map_or_else(Answer::not_found, |artifact| {
        Answer::json(200, shown(repository, call, artifact))
    })
}

/// The bytes are elsewhere, and the token must not be sent there.
pub(super) fn download(repository: &mut Repository, call: &Call) -> Answer {
    find(repository, call).map_or_else(Answer::not_found, |artifact| {
        let place = format!(
            "{}{STORAGE}{}/{}",
            call.base, repository.full_name, artifact.id
        );
        Answer::empty(302).header("location", place)
    })
}

fn find<'a>(repository: &'a Repository, call: &Call) -> Option<&'a Artifact> {
    let id = call.number("artifact_id");
    repository
        .artifacts
        .iter()
        .find(|artifact| artifact.id == id)
}

fn shown(repository: &Repository, call: &Call, artifact: &Artifact) -> Value {
    let url = repository.url(call.base, &format!("/actions/artifacts/{}", artifact.id));
    let run = repository.runs.iter().find(|run| run.id == artifact.run);
    json!({
        "id": artifact.id,
        "name": artifact.name,
        "size_in_bytes": artifact.bytes.len(),
        "url": url,
        "archive_download_url": format!("{url}/zip"),
        "expired": false,
        "created_at": call.now,
        "updated_at": call.now,
        "expires_at": call.now,
        "workflow_run": {
            "id": artifact.run,
            "repository_id": 1,
            "head_repository_id": 1,
            "head_branch": run.map(|run| run.head_branch.as_str()).unwrap_or_default(),
            "head_sha": run.map(|run| run.head_sha.as_str()).unwrap_or_default(),
        },
    })
}

pub(super) fn run(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("run_id");
    let found = repository.runs.iter().find(|run| run.id == id);
    found.map_or_else(Answer::not_found, |run| {
        Answer::json(200, shown_run(repository, call, run))
    })
}

/// The newest first.
pub(super) fn runs(repository: &mut Repository, call: &Call) -> Answer {
    let is_asked =
        |value: &str, name: &str| call.parameter(name).is_none_or(|asked| asked == value);
    let runs = repository.runs.iter().rev().filter(|run| {
        is_asked(&run.event, "event")
            && is_asked(&run.head_branch, "branch")
            && is_asked(&run.head_sha, "head_sha")
            && (is_asked(status(run), "status")
                || is_asked(run.conclusion.as_deref().unwrap_or_default(), "status"))
    });
    let runs = runs.map(|run| shown_run(repository, call, run));
    Answer::counted(runs.collect(), "workflow_runs")
}

pub(super) fn jobs(repository: &mut Repository, call: &Call) -> Answer {
    let id = call.number("run_id");
    let Some(run) = repository.runs.iter().find(|run| run.id == id) else {
        return Answer::not_found();
    };
    let jobs = run
        .jobs
        .iter()
        .zip(1_u64..)
        .map(|((name, conclusion), number)| {
            json!({
                "id": run.id * 100 + number,
                "run_id": run.id,
                "run_attempt": 1,
                "workflow_name": run.name,
                "head_branch": run.head_branch,
                "html_url": format!("https://github.com/{}/actions/runs/{}", repository.full_name, run.id),
                "steps": [],
                "head_sha": run.head_sha,
                "name": name,
                "status": if conclusion.is_some() { "completed" } else { "in_progress" },
                "conclusion": conclusion,
            })
        });
    Answer::counted(jobs.collect(), "jobs")
}

fn status(run: &WorkflowRun) -> &'static str {
    if run.conclusion.is_some() {
        "completed"
    } else {
        "in_progress"
    }
}

fn shown_run(repository: &Repository, call: &Call, run: &WorkflowRun) -> Value {
    let (owner, name) = run.head_repository.split_once('/').unwrap_or_default();
    let is_fork = run.head_repository != repository.full_name;
    // Empty where the pull request comes from a fork: https://github.com/actions/runner/issues/3444
    let pulls = repository
        .pulls
        .values()
        .filter(|pull| !is_fork && run.event == "pull_request" && pull.head_sha == run.head_sha);
    let pulls: Vec<Value> = pulls
        .map(|pull| json!({"number": pull.number, "head": {"sha": pull.head_sha, "ref": pull.head_branch}}))
        .collect();
    json!({
        "id": run.id,
        "name": run.name,
        "event": run.event,
        "status": status(run),
        "conclusion": run.conclusion,
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "run_attempt": 1,
        "run_number": 1,
        "url": repository.url(call.base, &format!("/actions/runs/{}", run.id)),
        "html_url": format!("https://github.com/{}/actions/runs/{}", repository.full_name, run.id),
        "pull_requests": pulls,
        "head_commit": {
            "id": run.head_sha,
            "author": {"name": "Somebody", "email": "somebody@example.invalid"},
            "committer": {"name": "Somebody", "email": "somebody@example.invalid"},
        },
        "head_repository": {
            "name": name, "full_name": run.head_repository, "fork": is_fork, "owner": {"login": owner},
        },
    })
}
