//! One tool: what it gives, how it is run, and how its output is read.

use crate::formats::FormatError;
use crate::model::{
    EvidenceData, EvidenceKind, Reason, ReasonCode, Stage, Unavailable, last_words,
};
use crate::process::CommandLine;
use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

/// What a tool gave, kind by kind.
pub type Readings = Vec<(EvidenceKind, Result<EvidenceData, Unavailable>)>;

/// One tool of a component.
#[derive(Clone)]
pub struct Tool {
    /// Its name, unique in the run.
    pub name: String,
    /// Its version, where known.
    pub version: Option<String>,
    /// The stage that first needs it, which gives time limit and retry policy.
    pub stage: Stage,
    /// The kinds of evidence it gives.
    pub evidence: Vec<EvidenceKind>,
    /// How long it takes compared with the others, for starting the longest first.
    pub weight: u64,
    /// Limits of its own, in place of its stage's.
    pub limits: Option<ToolLimits>,
    /// How the evidence is obtained.
    pub action: Action,
}

/// Limits of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolLimits {
    /// How long one attempt may take.
    pub timeout: Duration,
    /// The key that sets it, for the person who must raise it.
    pub timeout_key: String,
    /// How often failed tests are run again.
    pub reruns: u32,
}

/// How evidence is obtained.
#[derive(Clone)]
pub enum Action {
    /// By a child process.
    Command(CommandTool),
    /// By reading files in this process, on a thread of its own.
    Inside(Arc<dyn Fn() -> Readings + Send + Sync>),
    /// By asking somebody over the network.
    Asking(Asking),
    /// Not at all: every kind it would give is unavailable for this reason.
    Unavailable(Unavailable),
}

/// A question to somebody on the network.
#[derive(Clone)]
pub struct Asking {
    /// Who is asked what, for people.
    pub what: String,
    /// Asks once.
    pub ask: Arc<dyn Fn() -> Asked + Send + Sync>,
}

/// A question under way.
pub type Asked = Pin<Box<dyn Future<Output = Readings> + Send>>;

/// A tool that is a child process.
#[derive(Clone)]
pub struct CommandTool {
    /// What to run.
    pub command: CommandLine,
    /// Files that it writes. They are removed before each attempt, so that what is there afterwards
    /// is this attempt's.
    pub reports: Vec<PathBuf>,
    /// Reads what it left. Called only when the process ended by itself with an exit status.
    pub read: Arc<dyn Fn(&Printed) -> Readings + Send + Sync>,
    /// Runs only the tests that failed in the run before; `None` when it is no test tool.
    pub rerun_failed: Option<Arc<Rerun>>,
}

/// Running only the tests that failed.
pub struct Rerun {
    /// How they are run.
    pub tool: CommandTool,
    /// The exit status of a run in which all tests were run and some failed. After any other one,
    /// tests that were never run could hide behind those that pass now.
    pub after: i32,
}

/// What a process left behind.
#[derive(Debug, Clone)]
pub struct Printed {
    /// The exit status.
    pub status: i32,
    /// Standard output; `None` when it was longer than the limit and had to be cut.
    pub stdout: Option<Vec<u8>>,
    /// Standard error, the middle cut out when it is long.
    pub stderr: String,
    /// The tail of both streams, for people.
    pub tail: String,
    /// The file with all that it printed, relative to the workspace where it lies in it.
    pub log: Option<String>,
}

impl Printed {
    /// Standard output as the whole of a report.
    ///
    /// # Errors
    ///
    /// When it was longer than the limit: a cut report is no evidence.
    pub fn report(&self, tool: &str) -> Result<&[u8], Unavailable> {
        self.stdout.as_deref().ok_or_else(|| {
            Unavailable::Errored(Reason::new(
                ReasonCode::ReportUnreadable,
                format!("{tool} printed more than can be read as a report"),
            ))
        })
    }

    /// The tool's own failure, with its last words.
    #[must_use]
    pub fn crashed(&self, tool: &str, meaning: &str) -> Unavailable {
        let reason = Reason::new(
            ReasonCode::ToolCrashed,
            format!(
                "{tool} ended with exit status {} ({meaning}); {}",
                self.status,
                last_words(&self.tail)
            ),
        );
        Unavailable::Errored(with_log(reason, &self.tail, self.log.as_deref()))
    }
}

/// Says where everything is that a tool printed, where it printed something.
#[must_use]
pub fn with_log(reason: Reason, printed: &str, log: Option<&str>) -> Reason {
    match log {
        Some(log) if !printed.trim().is_empty() => {
            reason.remedy(format!("all that it printed is in {log}"))
        }
        _ => reason,
    }
}

/// A report that cannot be read, as missing evidence.
#[must_use]
pub(super) fn unreadable(tool: &str, error: &FormatError) -> Unavailable {
    Unavailable::Errored(Reason::new(
        ReasonCode::ReportUnreadable,
        format!("the report of {tool} cannot be read: {error}"),
    ))
}
