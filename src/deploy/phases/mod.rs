//! What is really done in each phase, one file each.

pub(super) mod analysis;
pub(super) mod bake;
pub(super) mod command;
pub(super) mod health_check;
pub(super) mod smoke;
pub(super) mod suite;

use super::{commands::seconds, effects::Call};
use crate::model::{Reason, ReasonCode, Verdict};
use std::time::Duration;
use tokio::time::sleep;

/// Waits; `false` when it was ended early.
async fn pause(call: &Call, time: Duration) -> bool {
    tokio::select! {
        biased;
        () = call.stop.cancelled() => false,
        () = sleep(time) => true,
    }
}

/// What is said when the time is over.
fn too_late(call: &Call, why: &str) -> String {
    format!("not ready within {}: {why}", seconds(call.timeout))
}

fn errored(code: ReasonCode, message: impl Into<String>) -> Verdict {
    Verdict::Errored(Reason::new(code, message))
}
