//! Everything that one run started, and how it is ended.

use super::members::{Firmness, Members};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long processes that outlive the child may take to end by themselves.
const LINGER: Duration = Duration::from_millis(500);
/// How long processes may take to end after they were asked to.
const GRACE: Duration = Duration::from_secs(2);
/// How long is waited for processes that were killed. Only a process that hangs inside the system,
/// or belongs to another user, needs more.
const KILL: Duration = Duration::from_secs(5);
/// How long is waited between two looks at the processes.
const LOOK: Duration = Duration::from_millis(20);

/// The processes of all runs, for [`kill_all`].
static TREES: Mutex<Vec<Weak<Mutex<Members>>>> = Mutex::new(Vec::new());

/// The processes of one run. Dropping it kills those that are left.
#[derive(Debug)]
pub(super) struct Tree {
    members: Arc<Mutex<Members>>,
    is_over: bool,
}

/// Kills everything that was started and has not ended, for a program that ends without waiting for
/// anything.
pub fn kill_all() {
    for tree in locked(&TREES).iter().filter_map(Weak::upgrade) {
        kill(&mut locked(&tree));
    }
}

/// Twice, for what was forked between look and kill.
fn kill(members: &mut Members) {
    members.signal(Firmness::Kill);
    members.signal(Firmness::Kill);
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets this process become the parent of orphans, so that they stay in its tree. Once is enough.
pub(super) fn adopt_orphans() {
    Members::adopt_orphans();
}

impl Tree {
    /// The tree of a child that was just started with this cookie. `None` for a child that is
    /// already gone.
    pub(super) fn new(child: Option<u32>, cookie: &str) -> Self {
        let members = Arc::new(Mutex::new(Members::new(child, cookie)));
        let mut trees = locked(&TREES);
        trees.retain(|tree| tree.strong_count() > 0);
        trees.push(Arc::downgrade(&members));
        Self {
            members,
            is_over: false,
        }
    }

    /// Ends what is left after the child has ended by itself and was waited for. Returns how many
    /// processes did not end by themselves.
    pub(super) async fn end_left_behind(&mut self) -> usize {
        locked(&self.members).child_is_gone();
        let left_behind = self.wait(LINGER).await;
        if left_behind > 0 {
            self.end().await;
        }
        self.is_over = true;
        left_behind
    }

    /// Ends everything: asks first, kills what is left after a grace. The child itself still has
    /// to be waited for.
    pub(super) async fn end(&mut self) {
        locked(&self.members).signal(Firmness::Ask);
        if self.wait(GRACE).await > 0 {
            let begun = Instant::now();
            while begun.elapsed() < KILL {
                // Again each time, because a process can fork between being seen and being killed.
                locked(&self.members).signal(Firmness::Kill);
                if self.wait(LOOK).await == 0 {
                    break;
                }
            }
        }
        let left = locked(&self.members).living();
        if left > 0 {
            tracing::warn!(processes = left, "processes could not be ended");
        }
        self.is_over = true;
    }

    /// Waits until no process lives, at most for `limit`. Returns how many still do.
    async fn wait(&mut self, limit: Duration) -> usize {
        let begun = Instant::now();
        loop {
            let living = locked(&self.members).living();
            if living == 0 || begun.elapsed() >= limit {
                return living;
            }
            sleep(LOOK.min(limit)).await;
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if !self.is_over {
            // The caller let go of the run.
            kill(&mut locked(&self.members));
        }
    }
}
