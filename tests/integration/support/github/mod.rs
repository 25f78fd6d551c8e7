//! A stand-in for GitHub that keeps state, can fail in GitHub's ways, and holds every request and
//! every answer against GitHub's own description of its API.
//!
//! ```ignore
//! let github = FakeGithub::start();
//! let pull = github.pull(Pull::new(7));
//! github.plan(Fault::After(502).on("POST", "*/check-runs"));
//! let step = Step::new(&github, "pull_request", &events::pull_request("opened", &pull));
//! // … run the program in `Repository::with_shop().in_step(&step)` …
//! assert_eq!(github.check_runs().len(), 1);
//! ```
//!
//! A request that GitHub's description does not allow fails the test when the fake is dropped.

mod access;
mod answers;
mod contract;
mod control;
pub(crate) mod events;
mod exchange;
mod faults;
mod git;
mod pages;
mod people;
mod reaction;
mod repository;
mod rules;
mod server;
mod shapes;
mod state;
mod step;

pub(crate) use access::{ACTIONS, FULL_TOKEN, Level, Limit, READ_ONLY_TOKEN, Scope, Token};
pub(crate) use exchange::Recorded;
pub(crate) use faults::{Fault, Planned};
pub(crate) use repository::{
    CheckRun, Comment, CommitStatus, Deployment, Pull, REPOSITORY, Repository, WorkflowRun,
};
pub(crate) use step::Step;

use server::Server;
use state::State;
use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// A running stand-in for GitHub.
pub(crate) struct FakeGithub {
    state: Arc<Mutex<State>>,
    server: Server,
}

impl FakeGithub {
    /// Starts one with the repository `octo/shop`, which has a branch `main` with a readme, and the
    /// tokens [`FULL_TOKEN`] and [`READ_ONLY_TOKEN`].
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State::new()));
        let server = Server::start(Arc::clone(&state));
        Self { state, server }
    }

    /// For `GITHUB_API_URL`: `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> &str {
        &self.server.base
    }

    /// The same as that of a server of one's own.
    pub(crate) fn enterprise_url(&self) -> String {
        format!("{}/api/v3", self.server.base)
    }

    /// Serves other processes, which are told nothing but the address, until one of them ends it or the
    /// time is up.
    pub(crate) fn serve(self, longest: Duration) {
        let began = std::time::Instant::now();
        while !self.state().is_stopped && began.elapsed() < longest {
            std::thread::sleep(Duration::from_millis(50));
        }
        // Whoever looked at the state has seen what was not valid.
        self.take_violations();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    // What a test puts in.

    /// Reads or changes the repository.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Repository) -> T) -> T {
        change(self.state().repository())
    }

    /// Adds another repository.
    pub(crate) fn repository(&self, full_name: &str) {
        let repository = Repository::new(full_name);
        self.state()
            .repositories
            .insert(full_name.to_owned(), repository);
    }

    /// Adds a pull request; gives it with the commit that it starts from.
    pub(crate) fn pull(&self, pull: Pull) -> Pull {
        self.change(|repository| repository.add_pull(pull))
    }

    /// Adds a comment to a pull request; gives its number.
    pub(crate) fn comment(&self, number: u64, author: &str, body: &str) -> u64 {
        self.change(|repository| repository.add_comment(number, author, body))
    }

    /// Writes a file to a branch, or to a commit that is named in full.
    pub(crate) fn file(&self, reference: &str, path: &str, text: impl AsRef<[u8]>) {
        self.change(|repository| repository.git.write(reference, path, text.as_ref()));
    }

    /// Adds an artifact of a run; gives its number.
    pub(crate) fn artifact(&self, run: u64, name: &str, zip: &[u8]) -> u64 {
        self.change(|repository| repository.add_artifact(run, name, zip))
    }

    /// Adds a run of a workflow.
    pub(crate) fn run(&self, run: WorkflowRun) {
        self.change(|repository| repository.runs.push(run));
    }

    /// Lets a token in.
    pub(crate) fn token(&self, secret: &str, token: Token) {
        self.state().tokens.insert(secret.to_owned(), token);
    }

    /// Refuses longer comments than this, in characters.
    pub(crate) fn limit_comments(&self, longest: usize) {
        self.state().longest_comment = longest;
    }

    /// Lets something go wrong. What is planned first strikes first.
    pub(crate) fn plan(&self, planned: Planned) {
        self.state().planned.push(planned);
    }

    // What a test looks at.

    /// All requests, as they came.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.state().requests.clone()
    }

    /// Those that ask for a change.
    pub(crate) fn writes(&self) -> Vec<Recorded> {
        let requests = self.requests().into_iter();
        requests.filter(Recorded::is_write).collect()
    }

    /// The check runs, as they are now.
    pub(crate) fn check_runs(&self) -> Vec<CheckRun> {
        self.change(|repository| repository.check_runs.clone())
    }

    /// The comments of a pull request, as they are now.
    pub(crate) fn comments(&self, number: u64) -> Vec<Comment> {
        let comments = self.change(|repository| repository.comments.clone());
        let comments = comments.into_iter();
        comments.filter(|each| each.number == number).collect()
    }

    /// The deployments, as they are now.
    pub(crate) fn deployments(&self) -> Vec<Deployment> {
        self.change(|repository| repository.deployments.clone())
    }

    /// The statuses of commits.
    pub(crate) fn statuses(&self) -> Vec<CommitStatus> {
        self.change(|repository| repository.statuses.clone())
    }

    /// A file's text at a branch or commit.
    pub(crate) fn read(&self, reference: &str, path: &str) -> Option<String> {
        let bytes =
            self.change(|repository| repository.git.read(reference, path).map(<[u8]>::to_vec))?;
        Some(String::from_utf8(bytes).unwrap())
    }

    /// What was not as GitHub describes it, which is then forgotten.
    pub(crate) fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.state().violations)
    }

    /// Checks that every request, and every answer, was as GitHub describes it.
    #[track_caller]
    pub(crate) fn assert_valid(&self) {
        let violations = self.take_violations();
        assert!(
            violations.is_empty(),
            "not as GitHub describes its API:\n- {}",
            violations.join("\n- ")
        );
    }

    /// Checks that all that was planned to go wrong did.
    #[track_caller]
    pub(crate) fn assert_all_struck(&self) {
        let state = self.state();
        let waiting = state.planned.iter().filter_map(Planned::waits_for);
        let waiting: Vec<&str> = waiting.collect();
        assert!(
            waiting.is_empty(),
            "nothing came for {}",
            waiting.join(", ")
        );
    }
}

impl Drop for FakeGithub {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_valid();
        }
    }
}
