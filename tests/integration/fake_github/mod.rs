//! The stand-in for GitHub, held against what GitHub does.

mod access;
mod client;
mod client_library;
mod contract;
mod deployments;
mod events;
mod faults;
mod files;
mod people;
mod serve;
mod state;
mod step;

use crate::support::github::{FakeGithub, Pull};
use serde_json::{Value, json};

/// Where the check runs of the fake's repository are made.
const CHECK_RUNS: &str = "/repos/octo/shop/check-runs";
/// The comments of pull request 7.
const COMMENTS: &str = "/repos/octo/shop/issues/7/comments";

/// A fake with pull request 7.
fn with_pull() -> (FakeGithub, Pull) {
    let github = FakeGithub::start();
    let pull = github.pull(Pull::new(7));
    (github, pull)
}

/// The body of a new check run.
fn check_run(head_sha: &str) -> Value {
    json!({"name": "gates", "head_sha": head_sha, "status": "in_progress", "external_id": "shop"})
}

/// So many annotations.
fn annotations(count: u64) -> Vec<Value> {
    let lines = 1..=count;
    lines
        .map(|line| {
            json!({
                "path": "src/a.py", "start_line": line, "end_line": line,
                "annotation_level": "warning", "message": format!("message {line}"),
            })
        })
        .collect()
}
