//! A child's life: started, read, waited for, ended with everything it started.

use super::{
    Captured, CommandLine, Environment, StartError,
    pipe::Pipe,
    start::start,
    tree::{Tree, adopt_orphans},
};
use crate::model::ending_of;
use std::{io, process::ExitStatus, time::Duration};
use tokio::{
    process::Child,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long is waited for the end of the output once every process is gone. Only a process that
/// was not found can still hold it open.
const LAST_OUTPUT: Duration = Duration::from_secs(1);
/// How long is waited for the status of a child that was killed.
const LAST_STATUS: Duration = Duration::from_secs(5);

/// What a child may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long it may run.
    pub timeout: Duration,
    /// How much of its standard output is kept, in bytes.
    pub max_stdout: usize,
    /// How much of its standard error is kept, in bytes.
    pub max_stderr: usize,
}

impl Limits {
    /// A time limit, and room for the largest report that a tool may print.
    #[must_use]
    pub const fn with_timeout(timeout: Duration) -> Self {
        Self {
            timeout,
            max_stdout: 32 * 1024 * 1024,
            max_stderr: 16 * 1024 * 1024,
        }
    }
}

/// What ended a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// It ended by itself, or something outside ended it.
    Exit,
    /// It was ended at its deadline.
    Timeout,
    /// It was ended because the run was cancelled, or not started for that reason.
    Cancelled,
}

/// A child that has ended, and nothing of it is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The exit status; `None` when a signal ended it or it was never started.
    pub status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
    /// From the start to the end of everything it started.
    pub duration: Duration,
    /// What ended it. Where it is not [`EndedBy::Exit`], status and signal are what it answered
    /// when it was ended, and say nothing about its work.
    pub ended_by: EndedBy,
    /// How many processes it left behind when it ended by itself; they were ended too.
    pub left_behind: usize,
}

impl Finished {
    /// The last lines of standard output, then those of standard error, in at most so many characters:
    /// the end is kept.
    #[must_use]
    pub fn tail(&self, lines: usize, characters: usize) -> String {
        let last = |text: String| {
            let all: Vec<&str> = text.trim_end().lines().collect();
            all[all.len().saturating_sub(lines)..].join("\n")
        };
        let mut parts = [&self.stdout, &self.stderr]
            .map(|printed| last(printed.text_lossy()))
            .to_vec();
        parts.retain(|part| !part.is_empty());
        ending_of(&parts.join("\n"), characters)
    }
}

/// Starts children, all with the same environment.
#[derive(Debug, Clone)]
pub struct Processes {
    environment: Environment,
}

impl Processes {
    /// A door to children with this environment.
    ///
    /// On Linux this process adopts orphaned descendants from now on, so that they can be ended.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        adopt_orphans();
        Self { environment }
    }

    /// What every child starts with.
    #[must_use]
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Runs one command to its end, its deadline or its cancellation, whichever comes first.
    ///
    /// The child starts with the environment of this door, changed as the command says, and with
    /// `SPEC2PROD_PROCESS`, by which everything it starts is found. Whatever of that is still there
    /// when the child ends is ended too: at a deadline or cancellation at once, after a normal end
    /// after a short grace; by `SIGTERM`, and by `SIGKILL` where that has no effect. Dropping the
    /// future kills everything at once.
    ///
    /// # Errors
    ///
    /// When the child cannot be started. An exit status other than 0 is not an error.
    pub async fn run(
        &self,
        command: &CommandLine,
        limits: &Limits,
        cancel: &CancellationToken,
    ) -> Result<Finished, StartError> {
        let begun = Instant::now();
        if cancel.is_cancelled() {
            return Ok(Finished {
                status: None,
                signal: None,
                stdout: Captured::default(),
                stderr: Captured::default(),
                duration: Duration::ZERO,
                ended_by: EndedBy::Cancelled,
                left_behind: 0,
            });
        }
        let cookie = uuid::Uuid::now_v7().to_string();
        let mut child = start(command, &self.environment, &cookie)?;
        let mut tree = Tree::new(child.id(), &cookie);

        let has_ended = CancellationToken::new();
        let is_read = CancellationToken::new();
        let stop_reading = CancellationToken::new();
        let stdout = child.stdout.take().map(Pipe::try_from).transpose();
        let stderr = child.stderr.take().map(Pipe::try_from).transpose();
        let reading = async {
            let outputs = tokio::join!(
                Captured::read(stdout, limits.max_stdout, &has_ended, &stop_reading),
                Captured::read(stderr, limits.max_stderr, &has_ended, &stop_reading),
            );
            is_read.cancel();
            outputs
        };
        let ending = async {
            let end = end_of(&mut child, &mut tree, limits.timeout, cancel).await;
            has_ended.cancel();
            tokio::select! {
                () = is_read.cancelled() => {}
                () = sleep(LAST_OUTPUT) => stop_reading.cancel(),
            }
            end
        };
        let ((stdout, stderr), (status, ended_by, left_behind)) = tokio::join!(reading, ending);
        // Somebody who was not found among the processes holds the output open.
        let is_held_open = ended_by == EndedBy::Exit && stop_reading.is_cancelled();
        Ok(Finished {
            status: status.and_then(|status| status.code()),
            signal: status.and_then(signal_of),
            stdout,
            stderr,
            duration: begun.elapsed(),
            ended_by,
            left_behind: left_behind + usize::from(is_held_open && left_behind == 0),
        })
    }
}

/// Waits for the end of the child and sees to the end of everything it started.
async fn end_of(
    child: &mut Child,
    tree: &mut Tree,
    limit: Duration,
    cancel: &CancellationToken,
) -> (Option<ExitStatus>, EndedBy, usize) {
    let ended_by = tokio::select! {
        biased;
        status = child.wait() => {
            let left_behind = tree.end_left_behind().await;
            return (known(status), EndedBy::Exit, left_behind);
        }
        () = cancel.cancelled() => EndedBy::Cancelled,
        () = sleep(limit) => EndedBy::Timeout,
    };
    tree.end().await;
    // Where the tree is not known to the system, this is what ends the child.
    if let Err(error) = child.start_kill() {
        tracing::warn!(%error, "a child could not be killed");
    }
    let status = timeout(LAST_STATUS, child.wait()).await;
    (status.ok().and_then(known), ended_by, 0)
}

fn known(status: io::Result<ExitStatus>) -> Option<ExitStatus> {
    status
        .inspect_err(|error| tracing::warn!(%error, "the exit status of a child is not known"))
        .ok()
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
const fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}
