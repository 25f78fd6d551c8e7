//! The deploy command and the rollback command.

use super::{errored, pause, too_late};
use crate::deploy::{
    commands::{Done, Job, NotStarted},
    effects::{Call, Finding, Real},
    hooks::interrupted,
};
use crate::model::{Attempt, Ended, ErrorKind, Phase, Reason, ReasonCode, Verdict};
use crate::recovery::{Delays, classify};
use jiff::Timestamp;
use std::time::Duration;

/// Runs the command until it succeeds. Only transient trouble is tried again, as long as there is
/// time for it.
///
/// Where the first try could not be started, nothing was touched, and nothing is known about the
/// version. Anything later is a failure: the command may have done half of its work.
pub(in crate::deploy) async fn run(real: &Real<'_>, call: &Call) -> Finding {
    let environment = &real.order.environment;
    let is_rollback = call.phase == Phase::Rollback;
    let (what, words) = match &environment.rollback {
        Some(words) if is_rollback => ("the rollback command", words),
        None if is_rollback => (
            "the deploy command, with the version before",
            &environment.deploy,
        ),
        _ => ("the deploy command", &environment.deploy),
    };
    let place = real.place(call);
    let log = format!("{}-{}", environment.name, call.phase);
    let breaker = format!("deploy:{}", environment.name);
    let mut delays = Delays::new(&real.order.retry);
    let mut tries = Tries::default();
    loop {
        // A version that must be taken back is taken back, however often deploying has failed.
        let permit = match real.means.breakers.try_acquire(&breaker) {
            _ if is_rollback => None,
            Ok(permit) => Some(permit),
            Err(open) => return tries.refused(open.to_string()),
        };
        let time = call.time_left();
        if time.is_zero() {
            return tries.late(call, what);
        }
        let job = Job {
            what,
            log: &log,
            words,
            place: &place,
            attempt: tries.next(),
            working_directory: environment.working_directory.as_deref(),
            timeout: time,
            cancel: &call.stop,
        };
        let started_at = Timestamp::now();
        let done = match job.run(real.means).await {
            Ok(done) => done,
            Err(error) => return tries.not_started(started_at, &error),
        };
        let trouble = trouble(&done);
        if !done.is_cancelled()
            && let Some(permit) = permit
        {
            match trouble {
                None => permit.succeeded(),
                Some(_) => permit.failed(),
            }
        }
        tries.record(started_at, &done, trouble);
        let Some(kind) = trouble else {
            return tries.success(what, done);
        };
        if done.is_cancelled() {
            return tries.finding(interrupted(done.message()), done.message());
        }
        if done.is_timeout() {
            return tries.failure(too_late(call, &done.message()));
        }
        let Some(delay) = delays.next().filter(|_| kind.is_transient()) else {
            return tries.failure(done.message());
        };
        if delay >= call.time_left() {
            let why = format!("{}; there is no time left to try again", done.message());
            return tries.failure(too_late(call, &why));
        }
        tries.delay = delay;
        if !pause(call, delay).await {
            let message = format!("interrupted before another try: {}", done.message());
            return tries.finding(interrupted(message.clone()), message);
        }
    }
}

/// What kind of trouble a command had; `None` where it did its work.
fn trouble(done: &Done) -> Option<ErrorKind> {
    let finished = &done.finished;
    let is_permanent = done.is_timeout() || done.is_cancelled();
    match () {
        () if done.is_success() => None,
        () if is_permanent => Some(ErrorKind::Permanent),
        () => Some(classify(&done.tail(), finished.status, finished.signal)),
    }
}

/// The tries of a command so far.
#[derive(Default)]
struct Tries {
    attempts: Vec<Attempt>,
    warnings: Vec<String>,
    delay: Duration,
    last: String,
}

impl Tries {
    fn next(&self) -> u32 {
        u32::try_from(self.attempts.len() + 1).unwrap_or(u32::MAX)
    }

    fn record(&mut self, started_at: Timestamp, done: &Done, trouble: Option<ErrorKind>) {
        let code = match () {
            () if done.is_timeout() => ReasonCode::CommandTimedOut,
            () if done.is_cancelled() => ReasonCode::Interrupted,
            () => ReasonCode::CommandFailed,
        };
        let ended = trouble.map(|kind| Ended::WithError {
            kind,
            reason: Reason::new(code, done.message()),
        });
        self.last = done.message();
        self.warnings.extend(done.outputs.problems.iter().cloned());
        self.push(started_at, done.finished.duration, done.status(), ended);
    }

    fn push(
        &mut self,
        started_at: Timestamp,
        duration: Duration,
        exit_status: Option<i32>,
        ended: Option<Ended>,
    ) {
        self.attempts.push(Attempt {
            number: self.next(),
            started_at: started_at.to_string(),
            duration_ms: milliseconds(duration),
            delay_ms: milliseconds(self.delay),
            exit_status,
            ended: ended.unwrap_or(Ended::WithEvidence),
        });
    }

    fn finding(self, verdict: Verdict, message: String) -> Finding {
        Finding {
            is_touched: !self.attempts.is_empty(),
            attempts: self.attempts,
            warnings: self.warnings,
            ..Finding::new(verdict, message)
        }
    }

    fn success(self, what: &str, done: Done) -> Finding {
        let (verdict, message) = match self.attempts.len() {
            1 => (Verdict::Passed, format!("{what} did its work")),
            tries => (
                Verdict::Warned,
                format!("{what} did its work at try {tries}"),
            ),
        };
        Finding {
            outputs: done.outputs.values,
            ..self.finding(verdict, message)
        }
    }

    fn failure(self, message: String) -> Finding {
        let message = match self.attempts.len() {
            0 | 1 => message,
            tries => format!("after {tries} tries: {message}"),
        };
        self.finding(Verdict::Failed, message)
    }

    /// Another try was refused, or could not be started.
    fn refused(self, message: String) -> Finding {
        if self.attempts.is_empty() {
            return self.finding(
                errored(ReasonCode::ToolUnavailable, message.clone()),
                message,
            );
        }
        let message = format!("{}; {message}", self.last);
        self.failure(message)
    }

    fn not_started(mut self, started_at: Timestamp, error: &NotStarted) -> Finding {
        let reason = Reason::new(ReasonCode::CommandNotStarted, error.message())
            .remedy("install the program, or correct the command in the configuration");
        let is_touched = !self.attempts.is_empty();
        let ended = Ended::WithError {
            kind: ErrorKind::Permanent,
            reason: reason.clone(),
        };
        self.push(started_at, Duration::ZERO, None, Some(ended));
        if is_touched {
            return self.failure(error.message());
        }
        Finding {
            is_touched,
            ..self.finding(Verdict::Errored(reason), error.message())
        }
    }

    /// There was no time for it at all.
    fn late(self, call: &Call, what: &str) -> Finding {
        let message = too_late(call, &format!("no time was left for {what}"));
        if self.attempts.is_empty() {
            return self.finding(
                errored(ReasonCode::CommandTimedOut, message.clone()),
                message,
            );
        }
        self.failure(message)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
