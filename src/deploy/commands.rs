//! Commands of the configuration, run through the door to processes.

use super::{Means, outputs::Outputs, place::Place};
use crate::process::{CommandLine, EndedBy, Finished, Limits, StartError};
use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How much of each output of a command is kept, in bytes.
const MOST_OUTPUT: usize = 1024 * 1024;
/// By this exit status (`EX_TEMPFAIL`, <https://man7.org/linux/man-pages/man3/sysexits.h.3head.html>)
/// a test or a probe says that it could not find out.
pub const COULD_NOT_MEASURE: i32 = 75;

/// A command to run.
pub(super) struct Job<'a> {
    /// What it is, in messages: `the deploy command`.
    pub(super) what: &'a str,
    /// The file of its log, without ending.
    pub(super) log: &'a str,
    /// Program and arguments, with placeholders.
    pub(super) words: &'a [String],
    /// What it is told.
    pub(super) place: &'a Place,
    /// Which try it is, counted from 1.
    pub(super) attempt: u32,
    /// Relative to the workspace.
    pub(super) working_directory: Option<&'a Path>,
    /// How long it may take.
    pub(super) timeout: Duration,
    /// Ends it early.
    pub(super) cancel: &'a CancellationToken,
}

/// A command that has ended.
pub(super) struct Done {
    pub(super) finished: Finished,
    pub(super) outputs: Outputs,
    /// `the deploy command (python3 deploy/serve.py start)`.
    shown: String,
}

impl Job<'_> {
    /// Runs it to its end.
    pub(super) async fn run(&self, means: &Means) -> Result<Done, NotStarted> {
        let line = self.line(means);
        let shown = format!("{} ({})", self.what, without_variables(&line));
        let file = outputs_file(&means.run_folder, self.log);
        let line = line.env("SPEC2PROD_OUTPUTS", file.to_string_lossy());
        let limits = Limits {
            timeout: self.timeout,
            max_stdout: MOST_OUTPUT,
            max_stderr: MOST_OUTPUT,
        };
        let run = means.processes.run(&line, &limits, self.cancel).await;
        let finished = run.map_err(|error| NotStarted {
            what: self.what.to_owned(),
            error,
        })?;
        let mut outputs = super::outputs::read(&file);
        let problems = std::mem::take(&mut outputs.problems).into_iter();
        outputs.problems = problems
            .chain(left_behind(&finished))
            .chain(keep_log(&means.run_folder, self.log, &finished))
            .map(|problem| format!("{}: {problem}", self.what))
            .collect();
        // Each attempt begins with an empty file; one that is left says the same to nobody.
        let _ = fs::remove_file(&file);
        Ok(Done {
            finished,
            outputs,
            shown,
        })
    }

    fn line(&self, means: &Means) -> CommandLine {
        let folder = match self.working_directory {
            Some(folder) => means.workspace.join(folder),
            None => means.workspace.clone(),
        };
        let mut words = self.words.iter().map(|word| self.place.filled(word));
        let mut line = CommandLine::new(words.next().unwrap_or_default(), folder).args(words);
        line.env = self.place.env();
        line.env("SPEC2PROD_ATTEMPT", self.attempt.to_string())
    }
}

/// A command that could not be started.
#[derive(Debug)]
pub(super) struct NotStarted {
    what: String,
    error: StartError,
}

impl NotStarted {
    /// In a sentence.
    pub(super) fn message(&self) -> String {
        format!("{} could not be started: {}", self.what, self.error)
    }
}

impl Done {
    /// Whether it did its work.
    pub(super) fn is_success(&self) -> bool {
        self.finished.ended_by == EndedBy::Exit && self.finished.status == Some(0)
    }

    /// Whether it was ended because the run was cancelled.
    pub(super) fn is_cancelled(&self) -> bool {
        self.finished.ended_by == EndedBy::Cancelled
    }

    /// Whether it was ended at its deadline.
    pub(super) fn is_timeout(&self) -> bool {
        self.finished.ended_by == EndedBy::Timeout
    }

    /// The exit status, where it ended by itself.
    pub(super) fn status(&self) -> Option<i32> {
        self.finished
            .status
            .filter(|_| self.finished.ended_by == EndedBy::Exit)
    }

    /// What it printed last, for finding out what kind of trouble it had.
    pub(super) fn tail(&self) -> String {
        self.finished.tail(12, 2000)
    }

    /// How it ended, in a sentence, with its last words.
    pub(super) fn message(&self) -> String {
        let how = match (
            self.finished.ended_by,
            self.finished.status,
            self.finished.signal,
        ) {
            (EndedBy::Timeout, _, _) => format!(
                "did not end within {} and was ended with everything it had started",
                seconds(self.finished.duration)
            ),
            (EndedBy::Cancelled, _, _) => "was ended because the run was interrupted".to_owned(),
            (EndedBy::Exit, Some(status), _) => format!("ended with exit status {status}"),
            (EndedBy::Exit, None, Some(signal)) => format!("was ended by signal {signal}"),
            (EndedBy::Exit, None, None) => "was ended by a signal".to_owned(),
        };
        let shown = &self.shown;
        match self.finished.tail(5, 500).trim() {
            "" => format!("{shown} {how} and printed nothing"),
            words => format!("{shown} {how}; its last words: {words}"),
        }
    }
}

/// A time for people: `90 s`, `0.5 s`.
pub(super) fn seconds(duration: Duration) -> String {
    let tenths = (duration.as_secs_f64() * 10.0).round() / 10.0;
    format!("{tenths} s")
}

/// The command as a person would type it, without the variables, which may hold secrets.
fn without_variables(line: &CommandLine) -> String {
    CommandLine {
        env: BTreeMap::new(),
        ..line.clone()
    }
    .display()
}

/// A service that a command starts has to leave it behind properly.
fn left_behind(finished: &Finished) -> Option<String> {
    let count = finished.left_behind;
    (count > 0).then(|| {
        format!(
            "{count} processes that it left behind were ended; a service that is to go on needs a session and an environment of its own, or a service manager"
        )
    })
}

fn outputs_file(run_folder: &Path, log: &str) -> PathBuf {
    let folder = run_folder.join("outputs");
    // Where the folder cannot be made, the command's own words say so when it writes there.
    let _ = fs::create_dir_all(&folder);
    let file = folder.join(format!("{log}-{}", uuid::Uuid::now_v7()));
    // The command may append without asking whether the file is there.
    let _ = fs::write(&file, "");
    file
}

/// Keeps what the command printed. Losing it changes nothing, and is said.
fn keep_log(run_folder: &Path, name: &str, finished: &Finished) -> Option<String> {
    let folder = run_folder.join("logs");
    let written = fs::create_dir_all(&folder).and_then(|()| {
        let mut log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(format!("{name}.log")))?;
        log.write_all(&finished.stdout.bytes())?;
        log.write_all(&finished.stderr.bytes())
    });
    let error = written.err()?;
    Some(format!(
        "its output could not be kept in {}: {error}",
        folder.display()
    ))
}
