//! Ctrl-C and SIGTERM end the run early; a second one ends the program.

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
            let number = first_signal().await;
            shared.store(128 + number, Ordering::Relaxed);
            tracing::warn!("interrupted; ending the tools and writing what there is");
            token.cancel();
        });
        Self { cancel, status }
    }

    /// 130 or 143 when a signal came.
    pub(super) fn exit_status(&self) -> Option<u8> {
        Some(self.status.load(Ordering::Relaxed)).filter(|status| *status != 0)
    }
}

/// The number of the first signal that comes: 2 or 15.
#[cfg(unix)]
async fn first_signal() -> u8 {
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
async fn first_signal() -> u8 {
    wait_for_ctrl_c().await;
    2
}

async fn wait_for_ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
