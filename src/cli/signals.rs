//! Ctrl-C and SIGTERM end the run early; a second one ends the program.

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

    /// 130 or 143 when a signal came.
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

/// The number of the next signal that comes: 2 or 15.
#[cfg(unix)]
async fn next_signal() -> u8 {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => 2,
            _ = terminate.recv() => 15,
        },
        Err(_) => {
            wait_for_ctrl_c().await;
            2
        }
    }
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
