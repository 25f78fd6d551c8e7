//! A branch of a remote that keeps files and is never checked out.
//!
//! The work tree, the index, the local branches and the tags of the repository stay as they are:
//! commits are made through an index of their own, and what was fetched is kept below
//! `refs/spec2prod/`.
//! Hooks of the repository are not executed. Credentials are git's business: what the repository's
//! configuration, a helper or an agent has is used.

mod error;

#[cfg(test)]
mod tests;

pub use error::BranchError;

use super::command::{GitError, answer_of, complaint, git, limits};
use super::reference::{SHORT, commit_of};
use super::stored::MAX_LIST;
use crate::model::is_full_hash;
use crate::process::{CommandLine, EndedBy, Processes};
use std::{collections::BTreeMap, fs, path::Path, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often a remote is asked that gives no answer.
const TRIES: u32 = 3;
/// How long is waited before it is asked again: up to this, doubled each time.
const PAUSE: Duration = Duration::from_millis(500);

/// Who commits. Runners have no identity of their own.
const IDENTITY: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "spec2prod"),
    ("GIT_AUTHOR_EMAIL", "spec2prod@localhost"),
    ("GIT_COMMITTER_NAME", "spec2prod"),
    ("GIT_COMMITTER_EMAIL", "spec2prod@localhost"),
];

/// A branch of a remote.
#[derive(Debug, Clone, Copy)]
pub struct Branch<'a> {
    processes: &'a Processes,
    workspace: &'a Path,
    remote: &'a str,
    name: &'a str,
    cancel: &'a CancellationToken,
}

/// What became of a commit that was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The branch has it.
    Done,
    /// Somebody else was faster: the branch is not any more what the commit was made on.
    Overtaken,
}

impl<'a> Branch<'a> {
    /// The branch of this name of a remote of the workspace's repository.
    #[must_use]
    pub const fn new(
        processes: &'a Processes,
        workspace: &'a Path,
        remote: &'a str,
        name: &'a str,
        cancel: &'a CancellationToken,
    ) -> Self {
        Self {
            processes,
            workspace,
            remote,
            name,
            cancel,
        }
    }

    /// The commit that the remote has now, which is here afterwards; `None` where the remote has no
    /// such branch.
    ///
    /// # Errors
    ///
    /// When the name is none, there is no repository, or the remote gives no answer.
    pub async fn fetch(&self) -> Result<Option<String>, BranchError> {
        let Some(tip) = self.tip().await? else {
            return Ok(None);
        };
        if self.known().await.as_ref() == Some(&tip) {
            return Ok(Some(tip));
        }
        let refspec = format!("+{}:{}", self.reference(), self.kept_reference());
        let mut arguments = vec![
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--refmap=",
        ];
        // A history that is cut off stays so; one that is whole is not cut.
        if self.is_shallow().await? {
            arguments.push("--depth=1");
        }
        arguments.extend(["--", self.remote, &refspec]);
        self.network(&arguments).await?;
        commit_of(
            self.processes,
            self.workspace,
            &self.kept_reference(),
            self.cancel,
        )
        .await
        .map(Some)
        .map_err(|error| self.reading(error))
    }

    /// The commit that was fetched or pushed last, as far as it is known here. The remote may have
    /// another one by now.
    pub async fn known(&self) -> Option<String> {
        let reference = self.kept_reference();
        commit_of(self.processes, self.workspace, &reference, self.cancel)
            .await
            .ok()
    }

    /// The files of a commit at or below a path, with the hashes of their content.
    ///
    /// # Errors
    ///
    /// When git gives no answer, or something there is no file.
    pub async fn files(
        &self,
        commit: &str,
        path: &str,
    ) -> Result<BTreeMap<String, String>, BranchError> {
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", commit, "--", path];
        let bytes = self.ask(git(self.workspace), &arguments, MAX_LIST).await;
        let bytes = bytes.map_err(|error| self.reading(error))?;
        let text = String::from_utf8_lossy(&bytes);
        let entries = text.split('\0').filter(|entry| !entry.is_empty());
        // `100644 blob <hash>\t<name>`, <https://git-scm.com/docs/git-ls-tree#_output_format>.
        entries
            .map(|entry| {
                let (facts, name) = entry.split_once('\t').unwrap_or((entry, entry));
                match facts.split(' ').collect::<Vec<_>>()[..] {
                    ["100644" | "100755", "blob", hash] if is_full_hash(hash) => {
                        Ok((name.to_owned(), hash.to_owned()))
                    }
                    _ => Err(BranchError::NotAFile {
                        branch: self.name.to_owned(),
                        path: name.to_owned(),
                    }),
                }
            })
            .collect()
    }

    /// The content that has this hash.
    ///
    /// # Errors
    ///
    /// When git gives no answer, or it has more than `limit` bytes.
    pub async fn content(&self, hash: &str, limit: usize) -> Result<Vec<u8>, BranchError> {
        let arguments = ["cat-file", "blob", hash];
        let bytes = self.ask(git(self.workspace), &arguments, limit).await;
        bytes.map_err(|error| self.reading(error))
    }

    /// A commit on top of `parent`, or the first one of a branch, in which these files have this
    /// content and all others are as before. It is nowhere but here until it is pushed.
    ///
    /// # Errors
    ///
    /// When git or a temporary file fails.
    pub async fn commit(
        &self,
        parent: Option<&str>,
        files: &BTreeMap<String, Vec<u8>>,
        message: &str,
    ) -> Result<String, BranchError> {
        let scratch = tempfile::tempdir().map_err(BranchError::Scratch)?;
        let index = scratch.path().join("index").display().to_string();
        let with_index = || {
            git(self.workspace)
                .env("GIT_INDEX_FILE", index.clone())
                .args(["-c", "core.splitIndex=false", "-c", "index.sparse=false"])
        };
        self.make(with_index(), &["read-tree", parent.unwrap_or("--empty")])
            .await?;
        for (path, content) in files {
            let file = scratch.path().join("content");
            fs::write(&file, content).map_err(BranchError::Scratch)?;
            let file = file.display().to_string();
            let arguments = ["hash-object", "-w", "--no-filters", "--", &file];
            let blob = self.make(git(self.workspace), &arguments).await?;
            let entry = format!("100644,{blob},{path}");
            let arguments = ["update-index", "--add", "--cacheinfo", &entry];
            self.make(with_index(), &arguments).await?;
        }
        // In a partial clone, most objects are not here, and none of them is needed.
        let tree = self
            .make(with_index(), &["write-tree", "--missing-ok"])
            .await?;
        let mut arguments = vec!["commit-tree", "-m", message];
        arguments.extend(parent.iter().flat_map(|parent| ["-p", parent]));
        arguments.push(&tree);
        let with_identity = IDENTITY
            .iter()
            .fold(git(self.workspace), |git, (name, value)| {
                git.env(*name, *value)
            });
        self.make(with_identity, &arguments).await
    }

    /// Gives a commit to the remote, if the branch there is still what the commit was made on: a
    /// compare-and-swap. When no answer comes back, the remote is asked what it has.
    ///
    /// # Errors
    ///
    /// When the remote refuses, or gives no answer.
    pub async fn push(&self, commit: &str, parent: Option<&str>) -> Result<Pushed, BranchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let Some(error) = self.try_push(commit).await? else {
                self.keep(commit).await;
                return Ok(Pushed::Done);
            };
            let tip = self.tip().await?;
            if tip.as_deref() == Some(commit) {
                self.keep(commit).await;
                return Ok(Pushed::Done);
            }
            if tip.as_deref() != parent {
                return Ok(Pushed::Overtaken);
            }
            if tries >= TRIES || error::is_lasting(&error) || self.cancel.is_cancelled() {
                return Err(self.writing(error));
            }
            self.pause(tries).await;
        }
    }

    /// Why the remote did not take it; `None` where it did.
    async fn try_push(&self, commit: &str) -> Result<Option<GitError>, BranchError> {
        let refspec = format!("{commit}:{}", self.reference());
        let line = without_hooks(git(self.workspace))
            .args(["push", "--porcelain", "--no-verify", "--no-follow-tags"])
            .args(["--no-signed", "--recurse-submodules=no", "--"])
            .args([self.remote, &refspec]);
        let finished = self.processes.run(&line, &limits(SHORT), self.cancel).await;
        let finished = finished.map_err(|error| self.writing(error.into()))?;
        if finished.ended_by == EndedBy::Exit && finished.status == Some(0) {
            return Ok(None);
        }
        // `!\t<from>:<to>\t[remote rejected] (why)`.
        let output = finished.stdout.text_lossy();
        let refusal = output.lines().find(|line| line.starts_with('!'));
        let refusal = refusal.and_then(|line| line.rsplit('\t').next());
        let refusal = refusal.map_or(String::new(), |refusal| format!(": {refusal}"));
        Ok(Some(GitError::Refused {
            command: "push".to_owned(),
            said: complaint(&finished) + &refusal,
            status: finished.status,
        }))
    }

    /// The commit that the remote has now, without fetching it.
    async fn tip(&self) -> Result<Option<String>, BranchError> {
        let reference = self.reference();
        let arguments = ["check-ref-format", &reference];
        let checked = self.ask(git(self.workspace), &arguments, SHORT).await;
        if let Err(error @ (GitError::Start(_) | GitError::TooLong { .. })) = checked {
            return Err(self.reading(error));
        } else if checked.is_err() {
            return Err(BranchError::InvalidName(self.name.to_owned()));
        }
        let arguments = ["ls-remote", "--refs", "--", self.remote, &reference];
        let bytes = self.network(&arguments).await?;
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.lines().filter_map(|line| line.split_once('\t'));
        let found = lines.find(|(hash, name)| *name == reference && is_full_hash(hash));
        Ok(found.map(|(hash, _)| hash.to_owned()))
    }

    async fn is_shallow(&self) -> Result<bool, BranchError> {
        let arguments = ["rev-parse", "--is-shallow-repository"];
        let bytes = self.ask(git(self.workspace), &arguments, SHORT).await;
        Ok(bytes
            .map_err(|error| self.reading(error))?
            .starts_with(b"true"))
    }

    /// Remembers what the remote has, so that nothing of it is fetched again.
    async fn keep(&self, commit: &str) {
        let reference = self.kept_reference();
        let arguments = ["update-ref", &reference, commit];
        if let Err(error) = self.ask(git(self.workspace), &arguments, SHORT).await {
            tracing::debug!(%error, "{reference} could not be set");
        }
    }

    /// Asks the remote, again where it gives no answer and might the next time.
    async fn network(&self, arguments: &[&str]) -> Result<Vec<u8>, BranchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.ask(git(self.workspace), arguments, MAX_LIST).await {
                Ok(bytes) => return Ok(bytes),
                Err(error)
                    if tries >= TRIES
                        || error::is_lasting(&error)
                        || self.cancel.is_cancelled() =>
                {
                    return Err(self.reading(error));
                }
                Err(error) => {
                    tracing::debug!(%error, "the remote is asked again");
                    self.pause(tries).await;
                }
            }
        }
    }

    async fn pause(&self, tries: u32) {
        let longest = PAUSE * 2_u32.saturating_pow(tries - 1);
        let pause = longest.mul_f64(0.5 + fastrand::f64() / 2.0);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.cancel.cancelled() => {}
        }
    }

    /// The one line that git answers while something is made.
    async fn make(&self, git: CommandLine, arguments: &[&str]) -> Result<String, BranchError> {
        let bytes = self.ask(git, arguments, SHORT).await;
        let bytes = bytes.map_err(|error| self.writing(error))?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    }

    async fn ask(
        &self,
        git: CommandLine,
        arguments: &[&str],
        limit: usize,
    ) -> Result<Vec<u8>, GitError> {
        let git = without_hooks(git);
        answer_of(self.processes, git, arguments, limit, self.cancel).await
    }

    fn reference(&self) -> String {
        format!("refs/heads/{}", self.name)
    }

    fn kept_reference(&self) -> String {
        format!("refs/spec2prod/{}", self.name)
    }

    fn reading(&self, error: GitError) -> BranchError {
        BranchError::Read {
            branch: self.name.to_owned(),
            remote: self.remote.to_owned(),
            error,
        }
    }

    fn writing(&self, error: GitError) -> BranchError {
        BranchError::Write {
            branch: self.name.to_owned(),
            remote: self.remote.to_owned(),
            error,
        }
    }
}

/// A git that executes no hook of the repository.
fn without_hooks(git: CommandLine) -> CommandLine {
    git.args(["-c", "core.hooksPath=/dev/null"])
}
