//! How long each tool took the last time, so that the longest can be started first.

use crate::inside::inside;
use crate::model::ToolRun;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The remembered durations of one component's tools.
pub(super) struct Durations {
    file: PathBuf,
}

impl Durations {
    /// Those of a component, in the folder that is kept between runs.
    pub(super) fn new(cache_folder: &Path, component: &str) -> Self {
        Self {
            file: cache_folder
                .join("durations")
                .join(format!("{component}.json")),
        }
    }

    /// Milliseconds by tool; empty when nothing is known. Only the order of starting depends on it.
    pub(super) fn read(&self) -> BTreeMap<String, u64> {
        fs::read(&self.file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Remembers the durations of this run.
    pub(super) fn write(&self, tools: &[ToolRun]) -> io::Result<()> {
        let durations: BTreeMap<&str, u64> = tools
            .iter()
            .filter(|tool| !tool.attempts.is_empty())
            .map(|tool| (tool.tool.as_str(), tool.duration_ms))
            .collect();
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(inside(folder.parent().unwrap_or(folder), folder)?)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &durations)?;
        file.persist(&self.file)?;
        Ok(())
    }
}
