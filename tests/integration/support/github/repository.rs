//! A repository of the fake: what GitHub keeps beside the files.

use super::{access::ACTIONS, git::Git, people::People};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The repository that every fake has.
pub(crate) const REPOSITORY: &str = "octo/shop";
/// Its branch.
pub(super) const DEFAULT_BRANCH: &str = "main";

/// A pull request.
#[derive(Clone, Debug)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) head_sha: String,
    pub(crate) head_branch: String,
    /// Another one than the base where it comes from a fork.
    pub(crate) head_repository: String,
    pub(crate) base_sha: String,
    pub(crate) author: String,
    /// `open` or `closed`.
    pub(crate) state: &'static str,
    /// When it was merged, and by which commit.
    pub(crate) merged: Option<(String, String)>,
}

impl Pull {
    /// An open one from a branch `topic-NUMBER`.
    pub(crate) fn new(number: u64) -> Self {
        Self {
            number,
            head_sha: format!("{number:040x}"),
            head_branch: format!("topic-{number}"),
            head_repository: REPOSITORY.to_owned(),
            base_sha: String::new(),
            author: "octocat".to_owned(),
            state: "open",
            merged: None,
        }
    }

    /// The same from a fork.
    pub(crate) fn of_fork(mut self, repository: &str) -> Self {
        repository.clone_into(&mut self.head_repository);
        self
    }

    /// Whether it comes from a fork.
    pub(crate) fn is_from_fork(&self) -> bool {
        self.head_repository != REPOSITORY
    }
}

/// A check run.
#[derive(Clone, Debug)]
pub(crate) struct CheckRun {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) head_sha: String,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) started_at: Option<String>,
    pub(crate) completed_at: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
    /// All that were ever sent: every update adds to them.
    pub(crate) annotations: Vec<Value>,
}

/// A comment of a pull request.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) author: String,
    pub(crate) body: String,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// A deployment, with its statuses from the oldest to the newest.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) id: u64,
    pub(crate) reference: String,
    pub(crate) sha: String,
    pub(crate) task: String,
    pub(crate) environment: String,
    pub(crate) description: Option<String>,
    pub(crate) payload: Value,
    pub(crate) is_transient: bool,
    pub(crate) is_production: bool,
    pub(crate) creator: String,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) statuses: Vec<DeploymentStatus>,
}

/// A status of a deployment.
#[derive(Clone, Debug)]
pub(crate) struct DeploymentStatus {
    pub(crate) id: u64,
    pub(crate) state: String,
    pub(crate) description: String,
    pub(crate) log_url: String,
    pub(crate) environment_url: String,
    pub(crate) creator: String,
    pub(crate) created_at: String,
}

/// A status of a commit.
#[derive(Clone, Debug)]
pub(crate) struct CommitStatus {
    pub(crate) id: u64,
    pub(crate) sha: String,
    pub(crate) state: String,
    pub(crate) context: String,
    pub(crate) description: Option<String>,
    pub(crate) target_url: Option<String>,
    pub(crate) created_at: String,
}

/// An artifact of a run.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    pub(crate) id: u64,
    pub(crate) run: u64,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A run of a workflow.
#[derive(Clone, Debug)]
pub(crate) struct WorkflowRun {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) event: String,
    pub(crate) head_branch: String,
    pub(crate) head_sha: String,
    pub(crate) head_repository: String,
    pub(crate) conclusion: Option<String>,
    /// The names of its jobs, and how they ended.
    pub(crate) jobs: Vec<(String, Option<String>)>,
}

/// A repository.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) full_name: String,
    pub(crate) git: Git,
    pub(crate) pulls: BTreeMap<u64, Pull>,
    pub(crate) check_runs: Vec<CheckRun>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) statuses: Vec<CommitStatus>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) runs: Vec<WorkflowRun>,
    pub(crate) people: People,
    last_id: u64,
}

impl Repository {
    /// One with a readme on its default branch.
    pub(super) fn new(full_name: &str) -> Self {
        let mut git = Git::default();
        git.write(DEFAULT_BRANCH, "README.md", b"# shop\n");
        Self {
            full_name: full_name.to_owned(),
            git,
            pulls: BTreeMap::new(),
            check_runs: Vec::new(),
            comments: Vec::new(),
            deployments: Vec::new(),
            statuses: Vec::new(),
            artifacts: Vec::new(),
            runs: Vec::new(),
            people: People::default(),
            last_id: 1000,
        }
    }

    /// A number that nothing else has, higher than all before.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The commit at the end of the default branch.
    pub(crate) fn head(&self) -> String {
        self.git.resolve(DEFAULT_BRANCH).unwrap()
    }

    /// Adds a pull request, with the commits that it names; one without a base starts at the end of the
    /// default branch. What comes from a fork is not found by its commit here, as on GitHub, but the
    /// commit can be written to.
    pub(crate) fn add_pull(&mut self, mut pull: Pull) -> Pull {
        if pull.base_sha.is_empty() {
            pull.base_sha = self.head();
        }
        self.git.ensure_commit(&pull.base_sha, None);
        self.git.ensure_commit(&pull.head_sha, Some(&pull.base_sha));
        if !pull.is_from_fork() {
            let name = format!("heads/{}", pull.head_branch);
            self.git.references.insert(name, pull.head_sha.clone());
        }
        let name = format!("pull/{}/head", pull.number);
        self.git.references.insert(name, pull.head_sha.clone());
        self.pulls.insert(pull.number, pull.clone());
        pull
    }

    /// Adds a comment.
    pub(crate) fn add_comment(&mut self, number: u64, author: &str, body: &str) -> u64 {
        let id = self.next_id();
        let now = now();
        self.comments.push(Comment {
            id,
            number,
            author: author.to_owned(),
            body: body.to_owned(),
            created_at: now.clone(),
            updated_at: now,
        });
        id
    }

    /// Adds an artifact, which is a zip file.
    pub(crate) fn add_artifact(&mut self, run: u64, name: &str, bytes: &[u8]) -> u64 {
        let id = self.next_id();
        self.artifacts.push(Artifact {
            id,
            run,
            name: name.to_owned(),
            bytes: bytes.to_owned(),
        });
        id
    }

    /// Adds the deployment that GitHub makes for a job with the key `environment:`.
    pub(crate) fn add_jobs_deployment(&mut self, environment: &str, run: u64, job: u64) -> u64 {
        let (id, status, now) = (self.next_id(), self.next_id(), now());
        let name = &self.full_name;
        let log_url = format!("https://github.com/{name}/actions/runs/{run}/job/{job}");
        self.deployments.push(Deployment {
            id,
            reference: DEFAULT_BRANCH.to_owned(),
            sha: self.head(),
            task: "deploy".to_owned(),
            environment: environment.to_owned(),
            description: None,
            payload: json!({}),
            is_transient: false,
            is_production: environment == "production",
            creator: ACTIONS.to_owned(),
            created_at: now.clone(),
            updated_at: now.clone(),
            statuses: vec![DeploymentStatus {
                id: status,
                state: "in_progress".to_owned(),
                description: String::new(),
                log_url,
                environment_url: String::new(),
                creator: ACTIONS.to_owned(),
                created_at: now,
            }],
        });
        id
    }

    /// The address of something of it.
    pub(super) fn url(&self, base: &str, rest: &str) -> String {
        format!("{base}/repos/{}{rest}", self.full_name)
    }
}

/// The time as GitHub writes it.
pub(super) fn now() -> String {
    let now = jiff::Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Somebody, as far as it matters.
pub(super) fn user(login: &str) -> Value {
    let is_bot = login.ends_with("[bot]");
    json!({
        "login": login,
        "id": if login == ACTIONS { 41_898_282 } else { 583_231 },
        "type": if is_bot { "Bot" } else { "User" },
    })
}

/// The app whose token a workflow has.
pub(super) fn actions_app() -> Value {
    json!({"id": 15_368, "slug": "github-actions", "name": "GitHub Actions"})
}
