//! One try of a tool: run it, check that its reports are its own, read them.

use super::{Collector, attempt_record, interrupted};
use crate::model::{ErrorKind, Reason, ReasonCode, ToolRun, Unavailable, last_words};
use crate::process::{EndedBy, Finished, Limits, StartError};
use crate::recovery::classify;
use crate::toolchains::{CommandTool, Printed, Readings, Tool, with_log};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What an attempt gave.
pub(super) struct Outcome {
    pub(super) readings: Readings,
    /// Set when it gave no evidence because something went wrong.
    pub(super) trouble: Option<(ErrorKind, Reason)>,
}

impl Outcome {
    /// Whether the tool itself is in trouble, rather than without anything to measure.
    pub(super) fn has_errored(&self) -> bool {
        let mut readings = self.readings.iter();
        readings.any(|(_, reading)| matches!(reading, Err(Unavailable::Errored(_))))
    }
}

/// Runs a tool once and records the attempt.
pub(super) async fn run(
    collector: &Collector,
    tool: &Tool,
    command: &CommandTool,
    run: &mut ToolRun,
    delay: Duration,
) -> Outcome {
    let timeout = collector.time_limit(tool);
    let limits = Limits::with_timeout(timeout);
    let before: Vec<Option<Stamp>> = command.reports.iter().map(|file| Stamp::of(file)).collect();
    let started_at = jiff::Timestamp::now();
    let result = collector
        .processes
        .run(&command.command, &limits, &collector.cancel)
        .await;
    let (duration, status) = match &result {
        Ok(finished) => (finished.duration, finished.status),
        Err(_) => (Duration::ZERO, None),
    };
    let (readings, trouble) = match result {
        Err(error) => nothing(tool, ErrorKind::Permanent, not_started(&error)),
        Ok(finished) => {
            keep_log(collector, tool, run, &finished);
            if finished.left_behind > 0 {
                run.notes.push(format!(
                    "{} processes were left behind and were ended",
                    finished.left_behind
                ));
            }
            read(
                tool,
                command,
                &before,
                &finished,
                timeout,
                run.log.as_deref(),
            )
        }
    };
    run.attempts.push(attempt_record(
        run,
        started_at,
        duration,
        delay,
        status,
        trouble.as_ref(),
    ));
    Outcome { readings, trouble }
}

type Read = (Readings, Option<(ErrorKind, Reason)>);

fn read(
    tool: &Tool,
    command: &CommandTool,
    before: &[Option<Stamp>],
    finished: &Finished,
    timeout: Duration,
    log: Option<&str>,
) -> Read {
    let words = finished.tail(12, 2_000);
    let status = match (finished.ended_by, finished.status) {
        (EndedBy::Cancelled, _) => {
            return nothing(tool, ErrorKind::Permanent, interrupted().reason().clone());
        }
        (EndedBy::Timeout, _) => {
            let printed = log.map_or("what it printed last".to_owned(), |log| {
                format!("what it printed last, in {log}")
            });
            let reason = Reason::new(
                ReasonCode::ToolTimedOut,
                format!(
                    "{} did not end within {} s and was ended with all its processes",
                    tool.name,
                    timeout.as_secs_f64()
                ),
            )
            .remedy(match &tool.limits {
                Some(limits) => {
                    format!("see {printed}, or raise {}", limits.timeout_key)
                }
                None => format!(
                    "see {printed}, or raise stages.{}.timeout_seconds",
                    tool.stage
                ),
            });
            return nothing(tool, ErrorKind::Permanent, reason);
        }
        (EndedBy::Exit, Some(status)) => status,
        (EndedBy::Exit, None) => {
            let signal = finished
                .signal
                .map_or("an unknown signal".to_owned(), |signal| {
                    format!("signal {signal}")
                });
            let kind = classify(&words, None, finished.signal);
            let message = format!(
                "{} was ended by {signal}; {}",
                tool.name,
                last_words(&words)
            );
            let reason = Reason::new(ReasonCode::ToolCrashed, message);
            return nothing(tool, kind, with_log(reason, &words, log));
        }
    };
    if let Some(stale) = stale(&command.reports, before) {
        let reason = Reason::new(
            ReasonCode::ReportStale,
            format!(
                "{} ended with exit status {status} but left {} as it was before the run",
                tool.name,
                stale.display()
            ),
        );
        let readings = tool
            .evidence
            .iter()
            .map(|kind| (*kind, Err(Unavailable::NoData(reason.clone()))));
        return (readings.collect(), Some((ErrorKind::Permanent, reason)));
    }
    let printed = Printed {
        status,
        stdout: (!finished.stdout.is_cut()).then(|| finished.stdout.bytes().to_vec()),
        stderr: finished.stderr.text_lossy(),
        tail: words.clone(),
        log: log.map(str::to_owned),
    };
    let readings = (command.read)(&printed);
    let trouble = trouble(&readings, &words, status);
    (readings, trouble)
}

/// Why there is no evidence at all. Evidence of one kind is enough: what is missing beside it is
/// said by its own reading.
pub(super) fn trouble(
    readings: &Readings,
    words: &str,
    status: i32,
) -> Option<(ErrorKind, Reason)> {
    let unavailable: Vec<&Unavailable> = readings
        .iter()
        .map(|(_, reading)| reading.as_ref().err())
        .collect::<Option<_>>()?;
    let errored = unavailable
        .iter()
        .find_map(|unavailable| match unavailable {
            Unavailable::Errored(reason) => Some(reason),
            Unavailable::NoData(_) => None,
        });
    match errored {
        Some(reason) => Some((classify(words, Some(status), None), reason.clone())),
        // The tool worked and had nothing to say: it would say the same again.
        None => unavailable
            .first()
            .map(|unavailable| (ErrorKind::Permanent, unavailable.reason().clone())),
    }
}

fn nothing(tool: &Tool, kind: ErrorKind, reason: Reason) -> Read {
    let readings = tool
        .evidence
        .iter()
        .map(|kind| (*kind, Err(Unavailable::Errored(reason.clone()))))
        .collect();
    (readings, Some((kind, reason)))
}

fn not_started(error: &StartError) -> Reason {
    Reason::new(ReasonCode::ToolMissing, error.to_string())
}

/// What tells one writing of a file from another.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(file: &Path) -> Option<Self> {
        let metadata = fs::metadata(file).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&metadata),
        })
    }
}

/// A report that was there before the attempt and that the attempt left untouched.
fn stale<'a>(reports: &'a [PathBuf], before: &[Option<Stamp>]) -> Option<&'a PathBuf> {
    reports
        .iter()
        .zip(before)
        .find(|(file, before)| before.is_some() && **before == Stamp::of(file))
        .map(|(file, _)| file)
}

/// Keeps what the tool printed beside the report. Losing it changes no verdict.
fn keep_log(collector: &Collector, tool: &Tool, run: &mut ToolRun, finished: &Finished) {
    let file = collector
        .logs
        .join(format!("{}.log", tool.name.replace(' ', "-")));
    let written = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .and_then(|mut log| {
            log.write_all(&finished.stdout.bytes())?;
            log.write_all(&finished.stderr.bytes())
        });
    match written {
        Ok(()) => {
            let shown = file.strip_prefix(&collector.workspace).unwrap_or(&file);
            run.log = Some(shown.to_string_lossy().into_owned());
        }
        Err(error) => run.notes.push(format!(
            "its output could not be kept in {}: {error}",
            file.display()
        )),
    }
}
