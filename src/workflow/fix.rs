//! Auto-fix: lets the tools mend what they found, and says exactly what they changed.
//!
//! On a person's machine the working tree stays mended and everything is measured again. In CI the
//! verdict is about the commit, so the files are put back and the patch is offered.

use crate::git;
use crate::model::{Change, Component, Patch};
use crate::process::{EndedBy, Limits, Processes};
use crate::toolchains::Fix;
use std::{
    collections::{BTreeMap, BTreeSet},
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

/// The component's files with their permissions, by path relative to the workspace.
type Snapshot = BTreeMap<PathBuf, (Vec<u8>, fs::Permissions)>;

impl Fixing<'_> {
    /// Applies the fixes in order. `None` when nothing changed.
    ///
    /// Whatever goes wrong, the files are as they were: half a fix is none.
    pub(super) async fn apply(&self, fixes: &[Fix]) -> Result<Option<Patch>, FixError> {
        let before = self.snapshot()?;
        let mended = async {
            let tools = self.run(fixes).await?;
            Ok((tools, self.snapshot()?))
        };
        let (tools, after) = match mended.await {
            Ok(mended) => mended,
            Err(error) => return self.undo(&before, error),
        };
        if self.is_ci {
            self.put_back(&before)?;
        }
        match self.patch(&before, &after, &tools).await {
            Ok(patch) => Ok(patch),
            Err(error) => self.undo(&before, error),
        }
    }

    fn undo(&self, before: &Snapshot, error: FixError) -> Result<Option<Patch>, FixError> {
        self.put_back(before)?;
        Err(error)
    }

    /// Writes what changed as a patch beside the report.
    async fn patch(
        &self,
        before: &Snapshot,
        after: &Snapshot,
        tools: &str,
    ) -> Result<Option<Patch>, FixError> {
        let bytes = |files: &Snapshot, path: &Path| files.get(path).map(|(bytes, _)| bytes.clone());
        let changed: BTreeSet<&PathBuf> = before
            .keys()
            .chain(after.keys())
            .filter(|path| bytes(before, path) != bytes(after, path))
            .collect();
        if changed.is_empty() {
            return Ok(None);
        }
        let (old, new) = (
            self.run_folder.join("fix/before"),
            self.run_folder.join("fix/after"),
        );
        for folder in [&old, &new] {
            fs::create_dir_all(folder).map_err(|source| file_error(folder, source))?;
        }
        for path in &changed {
            for (files, folder) in [(before, &old), (after, &new)] {
                if let Some((bytes, _)) = files.get(*path) {
                    write(&folder.join(path), bytes)?;
                }
            }
        }
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
                    tool: tools.to_owned(),
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
                let read = || Ok((fs::read(path)?, fs::metadata(path)?.permissions()));
                let file = read().map_err(|source| file_error(path, source))?;
                let relative = path.strip_prefix(self.workspace).unwrap_or(path);
                files.insert(relative.to_path_buf(), file);
            }
        }
        Ok(files)
    }

    /// Makes the files what they were: changed ones, removed ones, and new ones, which go.
    fn put_back(&self, before: &Snapshot) -> Result<(), FixError> {
        for (path, (bytes, permissions)) in before {
            let target = self.workspace.join(path);
            if fs::read(&target).is_ok_and(|now| now == *bytes) {
                continue;
            }
            write(&target, bytes)?;
            fs::set_permissions(&target, permissions.clone())
                .map_err(|source| file_error(&target, source))?;
        }
        for path in self.snapshot()?.keys() {
            let target = self.workspace.join(path);
            if !before.contains_key(path) {
                fs::remove_file(&target).map_err(|source| file_error(&target, source))?;
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
