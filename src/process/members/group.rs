//! Processes of a run where there is no `/proc`: the child's process group.

use super::Firmness;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

/// The processes of one run.
#[derive(Debug)]
pub(in crate::process) struct Members {
    group: Option<Pid>,
}

impl Members {
    pub(in crate::process) const fn adopt_orphans() {}

    pub(in crate::process) fn new(child: Option<u32>, _cookie: &str) -> Self {
        let child = child.and_then(|pid| i32::try_from(pid).ok());
        Self {
            group: child.map(Pid::from_raw),
        }
    }

    pub(in crate::process) const fn child_is_gone(&mut self) {}

    /// 1 while the group has a process that can be signalled. How many there are is not known.
    pub(in crate::process) fn living(&mut self) -> usize {
        usize::from(self.group.is_some_and(|group| killpg(group, None).is_ok()))
    }

    pub(in crate::process) fn signal(&mut self, firmness: Firmness) {
        let signal = match firmness {
            Firmness::Ask => Signal::SIGTERM,
            Firmness::Kill => Signal::SIGKILL,
        };
        if let Some(group) = self.group {
            // A group that is already gone is what was wanted.
            let _ = killpg(group, signal);
        }
    }
}
