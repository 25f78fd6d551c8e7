//! Where there are no process groups, only the child itself is ended, by tokio.

use super::Firmness;

/// The processes of one run: none besides the child.
#[derive(Debug)]
pub(super) struct Members;

impl Members {
    pub(super) const fn adopt_orphans() {}

    pub(super) const fn new(_child: Option<u32>, _cookie: &str) -> Self {
        Self
    }

    pub(super) const fn child_is_gone(&mut self) {}

    pub(super) const fn living(&mut self) -> usize {
        0
    }

    pub(super) const fn signal(&mut self, _firmness: Firmness) {}
}
