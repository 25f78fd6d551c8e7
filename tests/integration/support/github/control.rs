//! The fake as a process of its own, for programs that are not tests: what they put in and look at, at
//! addresses that GitHub does not have.
//!
//! | request | does |
//! |---|---|
//! | `POST /__reset` | starts anew, with `commits` (hashes) and `pulls` (the fields of [`Pull`]) |
//! | `GET /__state` | gives the requests, the check runs, the comments, the deployments and what was not valid |
//! | `POST /__stop` | ends [`FakeGithub::serve`](super::FakeGithub::serve) |

use super::{
    exchange::{Answer, Recorded},
    repository::Pull,
    state::State,
};
use serde_json::{Value, json};

/// What addresses begin with that are none of GitHub's.
const PREFIX: &str = "/__";

impl State {
    /// Answers a request of those who use the fake; `None` for one of GitHub's clients.
    pub(super) fn controlled(&mut self, request: &Recorded) -> Option<Answer> {
        let name = request.path.strip_prefix(PREFIX)?;
        Some(match (request.method.as_str(), name) {
            ("POST", "reset") => {
                *self = Self::new();
                self.seed(&request.body);
                Answer::empty(204)
            }
            ("GET", "state") => Answer::json(200, self.shown()),
            ("POST", "stop") => {
                self.is_stopped = true;
                Answer::empty(204)
            }
            _ => Answer::not_found(),
        })
    }

    fn seed(&mut self, body: &Value) {
        let repository = self.repository();
        for sha in body["commits"].as_array().into_iter().flatten() {
            repository.git.ensure_commit(sha.as_str().unwrap(), None);
        }
        for pull in body["pulls"].as_array().into_iter().flatten() {
            let text = |name: &str| pull[name].as_str().unwrap().to_owned();
            repository.add_pull(Pull {
                head_sha: text("head_sha"),
                head_branch: text("head_branch"),
                head_repository: text("head_repository"),
                base_sha: text("base_sha"),
                ..Pull::new(pull["number"].as_u64().unwrap())
            });
        }
    }

    fn shown(&mut self) -> Value {
        let requests = self.requests.iter();
        let requests: Vec<Value> = requests
            .map(|request| {
                json!({
                    "line": request.line(), "is_write": request.is_write(),
                    "status": request.status, "body": request.body,
                })
            })
            .collect();
        let violations = self.violations.clone();
        let repository = self.repository();
        let check_runs = repository.check_runs.iter();
        let check_runs: Vec<Value> = check_runs
            .map(|run| {
                json!({
                    "name": run.name, "head_sha": run.head_sha, "status": run.status,
                    "conclusion": run.conclusion, "external_id": run.external_id,
                    "title": run.title, "summary": run.summary, "text": run.text,
                    "annotations": run.annotations,
                })
            })
            .collect();
        let comments = repository.comments.iter();
        let comments: Vec<Value> = comments
            .map(|comment| {
                json!({"number": comment.number, "author": comment.author, "body": comment.body})
            })
            .collect();
        let deployments = repository.deployments.iter();
        let deployments: Vec<Value> = deployments
            .map(|deployment| {
                let statuses = deployment.statuses.iter();
                let statuses: Vec<Value> = statuses
                    .map(|status| {
                        json!({
                            "state": status.state, "description": status.description,
                            "log_url": status.log_url, "environment_url": status.environment_url,
                        })
                    })
                    .collect();
                json!({
                    "sha": deployment.sha, "environment": deployment.environment,
                    "payload": deployment.payload, "statuses": statuses,
                })
            })
            .collect();
        json!({
            "requests": requests, "check_runs": check_runs, "comments": comments,
            "deployments": deployments, "violations": violations,
        })
    }
}
