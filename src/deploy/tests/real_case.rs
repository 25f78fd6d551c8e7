//! A folder in which real commands do their work.

use super::support::{Memory, means, order, version};
use crate::deploy::{Means, Order, deploy};
use crate::model::Deployment;
use std::{fs, path::Path};

pub(super) struct Case {
    folder: tempfile::TempDir,
    pub(super) log: Memory,
    pub(super) order: Order,
    pub(super) means: Means,
}

impl Case {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            means: means(folder.path()),
            order: order(version('a')),
            log: Memory::default(),
            folder,
        }
    }

    pub(super) async fn deploy(&mut self, letter: char) -> Deployment {
        self.order.version = version(letter);
        deploy(&self.order, &self.means, &mut self.log).await
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_default()
    }

    /// The first words of each call of the deploy command.
    pub(super) fn calls(&self) -> Vec<String> {
        let text = self.read("calls");
        let first = |line: &str| line.chars().take(8).collect();
        text.lines().map(first).collect()
    }
}
