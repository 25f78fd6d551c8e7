//! What GitHub says about the run: the default environment variables
//! (<https://docs.github.com/actions/reference/workflows-and-actions/variables>) and the event's
//! payload.
//!
//! The payload is written by GitHub, but branch names, titles and names of repositories in it are
//! written by strangers: they are data here, checked where they become part of an address.

use super::api::Repository;
use crate::model::is_full_hash;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// The largest payload that is read, in bytes. GitHub caps webhook payloads at 25 MB.
const MAX_PAYLOAD: u64 = 25 * 1024 * 1024;

/// The variables of GitHub Actions: `GITHUB_*` and `RUNNER_*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Keeps the variables that GitHub Actions sets.
    #[must_use]
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let is_kept = |name: &str| name.starts_with("GITHUB_") || name.starts_with("RUNNER_");
        Self(
            variables
                .into_iter()
                .filter(|(name, value)| is_kept(name) && !value.is_empty())
                // The token is handed over by itself, so that it cannot be shown with the others.
                .filter(|(name, _)| !name.ends_with("_TOKEN"))
                .collect(),
        )
    }

    /// The value of a variable that is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The pull request that a run is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether it comes from another repository, or from one that is gone: the token can then only
    /// read.
    pub is_fork: bool,
}

/// A branch of an account, which may be another one than the repository's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The account.
    pub owner: String,
    /// The branch.
    pub branch: String,
}

/// The run, as GitHub counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReference {
    /// `GITHUB_RUN_ID`; the same for every attempt.
    pub id: u64,
    /// `GITHUB_RUN_ATTEMPT`, from 1.
    pub attempt: u64,
    /// The name of the workflow.
    pub workflow: String,
    /// The id of the job.
    pub job: String,
}

/// What started the run, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event's name: `push`, `pull_request`, …
    pub name: String,
    /// The repository that the workflow belongs to.
    pub repository: Repository,
    /// The address of the site, without a slash at its end.
    pub server_url: String,
    /// The address of the REST API, without a slash at its end.
    pub api_url: String,
    /// The commit that is judged: on a pull request its head, never the merge commit that GitHub
    /// makes for the run.
    pub head_sha: String,
    /// The commit or branch that it is compared with: the base of a pull request or of a merge
    /// group, what a push replaced. `None` where everything is judged.
    pub base: Option<String>,
    /// The pull request, where there is one.
    pub pull_request: Option<PullRequest>,
    /// Whose branch the run that started this one was for, where another run did: by it the pull
    /// request of a fork is found.
    pub head: Option<Head>,
    /// The run.
    pub run: RunReference,
}

/// Why the event could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// A variable is missing or makes no sense.
    #[error("{name} is {found}, expected {expected}; it is set by GitHub Actions")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What it is.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The payload cannot be read.
    #[error("the event's payload {file} cannot be read: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The payload is no JSON, or lacks what is needed.
    #[error("the payload of the event {event:?} in {file} {problem}")]
    Payload {
        /// The event's name.
        event: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Event {
    /// What started the run; `None` outside GitHub Actions.
    ///
    /// # Errors
    ///
    /// When the variables or the payload say nothing usable. The commit is never guessed.
    pub fn read(variables: &Variables) -> Result<Option<Self>, EventError> {
        if variables.get("GITHUB_ACTIONS") != Some("true") {
            return Ok(None);
        }
        let name = variables.get("GITHUB_EVENT_NAME").unwrap_or_default();
        let payload = match variables.get("GITHUB_EVENT_PATH") {
            Some(file) => payload(name, file)?,
            None => Value::Null,
        };
        Self::understand(variables, name, &payload).map(Some)
    }

    fn understand(variables: &Variables, name: &str, payload: &Value) -> Result<Self, EventError> {
        let repository = variable(variables, "GITHUB_REPOSITORY", "owner/name", |text| {
            text.parse().ok()
        })?;
        let about = About::of(name, payload);
        let file = || {
            let file = variables.get("GITHUB_EVENT_PATH");
            file.unwrap_or("GITHUB_EVENT_PATH").to_owned()
        };
        let head_sha = match about.head_sha.filter(|sha| is_full_hash(sha)) {
            Some(sha) => sha.to_owned(),
            // The commit of these runs is not GITHUB_SHA, so nothing may stand in for it.
            None if about.needs_payload => {
                return Err(EventError::Payload {
                    event: name.to_owned(),
                    file: file(),
                    problem: "names no commit, so it is not known which one is judged".to_owned(),
                });
            }
            None => variable(variables, "GITHUB_SHA", "a full commit hash", |text| {
                is_full_hash(text).then(|| text.to_owned())
            })?,
        };
        if about.needs_base && !about.base.is_some_and(is_full_hash) {
            return Err(EventError::Payload {
                event: name.to_owned(),
                file: file(),
                problem:
                    "names no commit as its base, so it is not known by which rules it is judged"
                        .to_owned(),
            });
        }
        let address = |name: &'static str, usual: &str| {
            let text = variables.get(name).unwrap_or(usual);
            let text = text.trim_end_matches('/').to_owned();
            if text.starts_with("https://") || text.starts_with("http://") {
                Ok(text)
            } else {
                Err(unusable(name, Some(&text), "an address"))
            }
        };
        let number = |name: &'static str| {
            variable(variables, name, "a number", |text| text.parse::<u64>().ok())
        };
        let text = |name: &str| variables.get(name).unwrap_or_default().to_owned();
        Ok(Self {
            name: name.to_owned(),
            repository,
            server_url: address("GITHUB_SERVER_URL", "https://github.com")?,
            api_url: address("GITHUB_API_URL", "https://api.github.com")?,
            head_sha,
            base: about.base.map(str::to_owned),
            pull_request: about.pull_request,
            head: about.head,
            run: RunReference {
                id: number("GITHUB_RUN_ID")?,
                attempt: match variables.get("GITHUB_RUN_ATTEMPT") {
                    Some(_) => number("GITHUB_RUN_ATTEMPT")?,
                    None => 1,
                },
                workflow: text("GITHUB_WORKFLOW"),
                job: text("GITHUB_JOB"),
            },
        })
    }

    /// The commit whose rules a change is judged by; `None` where nothing is to be merged. What a push
    /// replaced sets no rules: the push is on the branch already.
    #[must_use]
    pub fn base_of_rules(&self) -> Option<&str> {
        self.base.as_deref().filter(|_| self.is_proposal())
    }

    /// Whether the run is about a change that is not merged yet: it is judged, and not deployed.
    #[must_use]
    pub fn is_proposal(&self) -> bool {
        self.pull_request.is_some() || self.name == "merge_group"
    }

    /// Whether everything is judged, because nothing changed that the run is about.
    #[must_use]
    pub fn is_about_everything(&self) -> bool {
        matches!(
            self.name.as_str(),
            "schedule" | "workflow_dispatch" | "repository_dispatch"
        )
    }

    /// The page of the run.
    #[must_use]
    pub fn run_url(&self) -> String {
        format!(
            "{}/{}/actions/runs/{}/attempts/{}",
            self.server_url, self.repository, self.run.id, self.run.attempt
        )
    }
}

/// What the payload says the run is about.
#[derive(Default)]
struct About<'a> {
    head_sha: Option<&'a str>,
    base: Option<&'a str>,
    pull_request: Option<PullRequest>,
    head: Option<Head>,
    /// Whether `GITHUB_SHA` is another commit than the one that is judged
    /// (<https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows>).
    needs_payload: bool,
    /// Whether it is a change that is judged by the rules of its base.
    needs_base: bool,
}

impl<'a> About<'a> {
    fn of(name: &str, payload: &'a Value) -> Self {
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        match name {
            "pull_request"
            | "pull_request_target"
            | "pull_request_review"
            | "pull_request_review_comment" => Self {
                head_sha: text("/pull_request/head/sha"),
                base: text("/pull_request/base/sha"),
                pull_request: payload
                    .pointer("/pull_request/number")
                    .and_then(Value::as_u64)
                    .map(|number| PullRequest {
                        number,
                        is_fork: is_fork(
                            text("/pull_request/head/repo/full_name"),
                            text("/pull_request/base/repo/full_name"),
                        ),
                    }),
                needs_payload: true,
                needs_base: true,
                ..Self::default()
            },
            "merge_group" => Self {
                head_sha: text("/merge_group/head_sha"),
                base: text("/merge_group/base_sha"),
                needs_payload: true,
                needs_base: true,
                ..Self::default()
            },
            "workflow_run" => {
                let fork = is_fork(
                    text("/workflow_run/head_repository/full_name"),
                    text("/workflow_run/repository/full_name"),
                );
                Self {
                    head_sha: text("/workflow_run/head_sha"),
                    // Empty for forks: the pull request is then to be looked up by its commit.
                    pull_request: payload
                        .pointer("/workflow_run/pull_requests/0/number")
                        .and_then(Value::as_u64)
                        .map(|number| PullRequest {
                            number,
                            is_fork: fork,
                        }),
                    head: text("/workflow_run/head_repository/owner/login")
                        .zip(text("/workflow_run/head_branch"))
                        .map(|(owner, branch)| Head {
                            owner: owner.to_owned(),
                            branch: branch.to_owned(),
                        }),
                    base: text("/workflow_run/pull_requests/0/base/sha"),
                    needs_base: payload.pointer("/workflow_run/pull_requests/0").is_some(),
                    needs_payload: true,
                }
            }
            "push" => Self {
                // Of a deleted branch it is all zeros; GITHUB_SHA is then the default branch's.
                head_sha: text("/after").filter(|sha| !is_zero(sha)),
                base: text("/before").filter(|sha| is_full_hash(sha) && !is_zero(sha)),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

fn is_fork(head: Option<&str>, base: Option<&str>) -> bool {
    // The repository of a head can be gone.
    head.is_none() || head != base
}

fn is_zero(sha: &str) -> bool {
    sha.bytes().all(|byte| byte == b'0')
}

fn variable<T>(
    variables: &Variables,
    name: &'static str,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, EventError> {
    let found = variables.get(name);
    found
        .and_then(read)
        .ok_or_else(|| unusable(name, found, expected))
}

fn unusable(name: &'static str, found: Option<&str>, expected: &'static str) -> EventError {
    EventError::Variable {
        name,
        found: found.map_or_else(|| "not set".to_owned(), |text| format!("{text:?}")),
        expected,
    }
}

fn payload(event: &str, file: &str) -> Result<Value, EventError> {
    let unreadable = |source| EventError::Unreadable {
        file: file.to_owned(),
        source,
    };
    let wrong = |problem: String| EventError::Payload {
        event: event.to_owned(),
        file: file.to_owned(),
        problem,
    };
    let mut bytes = Vec::new();
    File::open(Path::new(file))
        .and_then(|opened| opened.take(MAX_PAYLOAD + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_PAYLOAD {
        return Err(wrong(format!("is larger than {MAX_PAYLOAD} bytes")));
    }
    serde_json::from_slice(&bytes).map_err(|error| wrong(format!("is no JSON: {error}")))
}
