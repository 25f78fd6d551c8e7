//! Where there are no process groups, only the child itself is ended, by tokio.

use super::Firmness;

/// The processes of one run: none besides the child.
#[derive(Debug)]
pub(in crate::process) struct Members;

impl Members {
    pub(in crate::process) const fn adopt_orphans() {}

    pub(in crate::process) const fn new(_child: Option<u32>, _cookie: &str) -> Self {
        Self
    }

    pub(in crate::process) const fn child_is_gone(&mut self) {}

    pub(in crate::process) const fn living(&mut self) -> usize {
        0
    }

    pub(in crate::process) const fn signal(&mut self, _firmness: Firmness) {}
}
