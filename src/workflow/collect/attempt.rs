//! One try of a tool: run it, check that its reports are its own, read them.

use super::{Collector, attempt_record, interrupted, reports::Turn};
use crate::model::{ErrorKind, Reason, ReasonCode, ToolRun, Unavailable, last_words};
use crate::process::{EndedBy, Finished, Limits, StartError};
use crate::recovery::classify;
use crate::toolchains::{CommandTool, Printed, Readings, Tool, with_log};
use std::{fs, io::Write as _, ops::RangeInclusive, path::Path, time::Duration};

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
    let started_at = jiff::Timestamp::now();
    let (mut duration, mut status) = (Duration::ZERO, None);
    let (readings, trouble) = match Turn::take(collector, &command.reports, timeout).await {
        Err(unavailable) => without(tool, ErrorKind::Permanent, &unavailable),
        Ok(turn) => {
            run.notes.extend(turn.note.clone());
            let (processes, cancel) = (&collector.processes, &collector.cancel);
            match processes.run(&command.command, &limits, cancel).await {
                Err(error) => nothing(tool, ErrorKind::Permanent, not_started(&error)),
                Ok(finished) => {
                    (duration, status) = (finished.duration, finished.status);
                    keep_log(collector, tool, run, &finished);
                    if finished.left_behind > 0 {
                        run.notes.push(format!(
                            "{} processes were left behind and were ended",
                            finished.left_behind
                        ));
                    }
                    let log = run.log.as_deref();
                    read(tool, command, &turn, &finished, timeout, log)
                }
            }
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
    turn: &Turn,
    finished: &Finished,
    timeout: Duration,
    log: Option<&str>,
) -> Read {
    let words = finished.tail(LINES, CHARACTERS);
    let crashed = |how: String, signal: Option<i32>| {
        let kind = classify(&words, None, signal);
        let message = format!("{} {how}; {}", tool.name, last_words(&words));
        let reason = Reason::new(ReasonCode::ToolCrashed, message);
        nothing(tool, kind, with_log(reason, &words, log))
    };
    match (finished.ended_by, finished.status) {
        (EndedBy::Cancelled, _) => without(tool, ErrorKind::Permanent, &interrupted()),
        (EndedBy::Timeout, _) => {
            let reason = timed_out(tool, timeout, log);
            nothing(tool, ErrorKind::Permanent, reason)
        }
        (EndedBy::Exit, None) => {
            let signal = finished.signal.map(|signal| format!("signal {signal}"));
            let signal = signal.unwrap_or_else(|| "an unknown signal".to_owned());
            crashed(format!("was ended by {signal}"), finished.signal)
        }
        (EndedBy::Exit, Some(status)) if SIGNALS.contains(&status) => {
            let signal = status - 128;
            let how = format!(
                "ended with exit status {status}, by which a shell says that signal {signal} ended its command"
            );
            crashed(how, Some(signal))
        }
        (EndedBy::Exit, Some(status)) => {
            if let Some(stale) = turn.stale(&command.reports) {
                return stale_report(tool, stale, status);
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
    }
}

/// How much of what a tool printed is looked at for why it gave no evidence.
const LINES: usize = 12;
const CHARACTERS: usize = 2_000;

/// By what a shell, and what is like one (npm, npx), says that a signal ended its command: 128 and its
/// number.
const SIGNALS: RangeInclusive<i32> = 129..=192;

fn timed_out(tool: &Tool, timeout: Duration, log: Option<&str>) -> Reason {
    let reason = Reason::new(
        ReasonCode::ToolTimedOut,
        format!(
            "{} did not end within {} s and was ended with all its processes",
            tool.name,
            timeout.as_secs_f64()
        ),
    );
    let printed = match log {
        Some(log) => format!("what it printed last, in {log}"),
        None => "what it printed last".to_owned(),
    };
    let key = match &tool.limits {
        Some(limits) => limits.timeout_key.clone(),
        None => format!("stages.{}.timeout_seconds", tool.stage),
    };
    reason.remedy(format!("see {printed}, or raise {key}"))
}

fn stale_report(tool: &Tool, file: &Path, status: i32) -> Read {
    let reason = Reason::new(
        ReasonCode::ReportStale,
        format!(
            "{} ended with exit status {status} and left a report that is older than this run at {}",
            tool.name,
            file.display()
        ),
    );
    without(tool, ErrorKind::Permanent, &Unavailable::NoData(reason))
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
    without(tool, kind, &Unavailable::Errored(reason))
}

fn without(tool: &Tool, kind: ErrorKind, unavailable: &Unavailable) -> Read {
    let kinds = tool.evidence.iter();
    let readings = kinds.map(|kind| (*kind, Err(unavailable.clone())));
    let reason = unavailable.reason().clone();
    (readings.collect(), Some((kind, reason)))
}

fn not_started(error: &StartError) -> Reason {
    Reason::new(ReasonCode::ToolMissing, error.to_string())
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
