//! Ctrl-C, SIGTERM and a terminal that is closed (SIGHUP) end the run early; a second one ends the
//! program.

use crate::model::{ReasonCode, Verdict};
use crate::process;
use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};
use tokio_util::sync::CancellationToken;

/// Listens for the signals that end a run.
pub(super) struct Signals {
    /// Cancelled at the first signal.
    pub(super) cancel: CancellationToken,
    status: Arc<AtomicU8>,
}

impl Signals {
    /// Starts listening, on the current runtime.
    pub(super) fn listen() -> Self {
        let cancel = CancellationToken::new();
        let status = Arc::new(AtomicU8::new(0));
        let (token, shared) = (cancel.clone(), Arc::clone(&status));
        tokio::spawn(async move {
            let number = next_signal().await;
            shared.store(128 + number, Ordering::SeqCst);
            tracing::warn!("interrupted; ending the tools and writing what there is");
            super::output::line_to_stderr(
                "interrupted: ending the tools and writing the report; once more ends at once",
            );
            token.cancel();
            let number = next_signal().await;
            end_at_once(128 + number);
        });
        Self { cancel, status }
    }

    /// 129, 130 or 143 when a signal came.
    pub(super) fn exit_status(&self) -> Option<u8> {
        Some(self.status.load(Ordering::SeqCst)).filter(|status| *status != 0)
    }

    /// The exit status of a run: that of the signal where it interrupted the run, else `usual`. A
    /// signal that came when everything was judged changes nothing.
    pub(super) fn status_of(&self, verdict: &Verdict, usual: u8) -> u8 {
        match verdict.reason() {
            Some(reason) if reason.code == ReasonCode::Interrupted => {
                self.exit_status().unwrap_or(usual)
            }
            _ => usual,
        }
    }
}

#[expect(
    clippy::exit,
    reason = "whoever interrupts twice does not want to wait for anything"
)]
fn end_at_once(status: u8) {
    process::kill_all();
    std::process::exit(i32::from(status));
}

/// The number of the next signal that comes: 1, 2 or 15.
#[cfg(unix)]
async fn next_signal() -> u8 {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    async fn next(listening: Option<Signal>) {
        match listening {
            Some(mut signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    }
    let hangup = is_hangup_heard().then(|| signal(SignalKind::hangup()).ok());
    tokio::select! {
        () = next(hangup.flatten()) => 1,
        () = wait_for_ctrl_c() => 2,
        () = next(signal(SignalKind::terminate()).ok()) => 15,
    }
}

/// Whether a closed terminal ends the run. The tools are in sessions of their own, so nobody else
/// ends them; but who starts a program with `nohup` wants it to go on, which Linux tells in the mask of
/// ignored signals (<https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>). Elsewhere it is
/// not known.
#[cfg(unix)]
fn is_hangup_heard() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The lowest bit is that of signal 1.
    ignored.is_some_and(|mask| mask & 1 == 0)
}

#[cfg(not(unix))]
async fn next_signal() -> u8 {
    wait_for_ctrl_c().await;
    2
}

async fn wait_for_ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
