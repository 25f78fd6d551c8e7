//! The time, and waiting for it.

use jiff::Timestamp;
use std::{
    pin::Pin,
    time::{Duration, Instant},
};

/// What the client knows about time. Tests have a clock of their own, so that none of them waits.
pub(super) trait Clock: Send + Sync {
    /// The time since some moment; it never goes back.
    fn now(&self) -> Duration;

    /// The date and time, as far as the machine knows it.
    fn wall(&self) -> Timestamp;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The clock of the machine.
pub(super) struct SystemClock {
    began: Instant,
}

impl SystemClock {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
