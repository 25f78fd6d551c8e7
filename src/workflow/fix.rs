//! Auto-fix: lets the tools mend what they found, and says exactly what they changed.
//!
//! On a person's machine the working tree stays mended and everything is measured again. In CI the
//! verdict is about the commit, so the files are put back and the patch is offered.

use crate::git;
use crate::model::{Change, Component, Patch};
use crate::process::{EndedBy, Limits, Processes};
use crate::toolchains::Fix;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Where and how fixes are applied.
pub(super) struct Fixing<'a> {
    pub(super) workspace: &'a Path,
    pub(super) run_folder: &'a Path,
    pub(super) component: &'a Component,
    pub(super) processes: &'a Processes,
    pub(super) cancel: &'a CancellationToken,
    pub(super) timeout: Duration,
    pub(super) is_ci: bool,
}

/// Why fixes could not be applied. The verdict stays as it was.
#[derive(Debug, thiserror::Error)]
pub(super) enum FixError {
    #[error("auto-fix: {path}: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("auto-fix: {tool} did not do its work: {what}")]
    Tool { tool: String, what: String },
    #[error("auto-fix: the patch could not be made: {0}")]
    Patch(#[from] git::PatchError),
}

/// The bytes of the component's files, by path relative to the workspace.
type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

impl Fixing<'_> {
    /// Applies the fixes in order. `None` when nothing changed.
    pub(super) async fn apply(&self, fixes: &[Fix]) -> Result<Option<Patch>, FixError> {
        let before = self.snapshot()?;
        let outcome = self.run(fixes).await;
        let after = self.snapshot()?;
        let changed: Vec<&PathBuf> = after
            .iter()
            .filter(|(path, bytes)| before.get(*path) != Some(bytes))
            .map(|(path, _)| path)
            .collect();
        if self.is_ci || outcome.is_err() {
            self.put_back(&before, &changed)?;
        }
        let tools = outcome?;
        if changed.is_empty() {
            return Ok(None);
        }
        let (old, new) = (
            self.run_folder.join("fix/before"),
            self.run_folder.join("fix/after"),
        );
        for path in &changed {
            if let Some(bytes) = before.get(*path) {
                write(&old.join(path), bytes)?;
            }
            if let Some(bytes) = after.get(*path) {
                write(&new.join(path), bytes)?;
            }
        }
        fs::create_dir_all(&old).map_err(|source| file_error(&old, source))?;
        let patch = git::patch(self.processes, &old, &new, self.cancel).await?;
        let file = self.run_folder.join("auto-fix.patch");
        write(&file, patch.as_bytes())?;
        let shown = |path: &Path| {
            path.strip_prefix(self.workspace)
                .unwrap_or(path)
                .to_string_lossy()
                .into_owned()
        };
        Ok(Some(Patch {
            is_applied: !self.is_ci,
            file: shown(&file),
            changes: changed
                .into_iter()
                .map(|path| Change {
                    file: shown(path),
                    tool: tools.clone(),
                })
                .collect(),
        }))
    }

    /// Runs the fixers; gives their names.
    async fn run(&self, fixes: &[Fix]) -> Result<String, FixError> {
        let limits = Limits::with_timeout(self.timeout);
        let mut names: Vec<&str> = Vec::new();
        for fix in fixes {
            let failed = |what: String| FixError::Tool {
                tool: fix.tool.clone(),
                what,
            };
            let finished = self
                .processes
                .run(&fix.command, &limits, self.cancel)
                .await
                .map_err(|error| failed(error.to_string()))?;
            let is_done = finished.ended_by == EndedBy::Exit
                && finished
                    .status
                    .is_some_and(|status| fix.accepted.contains(&status));
            if !is_done {
                let words = finished.stderr.text_lossy();
                let words = words.trim();
                return Err(failed(format!(
                    "{} (exit status {:?}): {words}",
                    fix.command.display(),
                    finished.status
                )));
            }
            if !names.contains(&fix.tool.as_str()) {
                names.push(&fix.tool);
            }
        }
        Ok(names.join(", "))
    }

    fn snapshot(&self) -> Result<Snapshot, FixError> {
        let mut files = Snapshot::new();
        for root in std::iter::once(&self.component.path).chain(&self.component.tests) {
            let walk = ignore::WalkBuilder::new(self.workspace.join(root))
                .require_git(false)
                .build();
            let entries = walk
                .flatten()
                .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
            for entry in entries {
                let path = entry.path();
                let bytes = fs::read(path).map_err(|source| file_error(path, source))?;
                let relative = path.strip_prefix(self.workspace).unwrap_or(path);
                files.insert(relative.to_path_buf(), bytes);
            }
        }
        Ok(files)
    }

    fn put_back(&self, before: &Snapshot, changed: &[&PathBuf]) -> Result<(), FixError> {
        for path in changed {
            let target = self.workspace.join(path);
            match before.get(*path) {
                Some(bytes) => write(&target, bytes)?,
                None => fs::remove_file(&target).map_err(|source| file_error(&target, source))?,
            }
        }
        Ok(())
    }
}

fn file_error(path: &Path, source: io::Error) -> FixError {
    FixError::File {
        path: path.to_path_buf(),
        source,
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), FixError> {
    let written = match path.parent() {
        Some(folder) => fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)),
        None => fs::write(path, bytes),
    };
    written.map_err(|source| file_error(path, source))
}
