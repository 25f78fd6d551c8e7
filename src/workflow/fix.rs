//! Auto-fix: lets the tools mend what they found, and says exactly what they changed.
//!
//! On a person's machine the working tree stays mended and everything is measured again. In CI the
//! verdict is about the commit, so the files are put back and the patch is offered.

use super::kept_files::{FileError, KeptFiles};
use crate::git::{self, GitError};
use crate::model::{Change, Patch};
use crate::process::{EndedBy, Finished, Limits, Processes};
use crate::toolchains::Fix;
use std::{collections::BTreeSet, fs, path::Path, time::Duration};
use tokio_util::sync::CancellationToken;

/// The exit statuses of a fixer that did its work: linters end with 1 where findings are left that
/// they cannot mend.
const DONE: [i32; 2] = [0, 1];

/// Where and how fixes are applied.
pub(super) struct Fixing<'a> {
    pub(super) workspace: &'a Path,
    pub(super) run_folder: &'a Path,
    /// Patterns of what runs themselves write.
    pub(super) written: &'a [String],
    pub(super) processes: &'a Processes,
    pub(super) cancel: &'a CancellationToken,
    pub(super) timeout: Duration,
    pub(super) is_ci: bool,
}

/// Why fixes could not be applied. The verdict stays as it was.
#[derive(Debug, thiserror::Error)]
pub(super) enum FixError {
    #[error("the files could not be kept or put back: {0}")]
    File(#[from] FileError),
    #[error("nothing was mended, since git does not say which files it tracks: {0}")]
    Tracked(GitError),
    #[error("{tool} {what}; whatever was changed is taken back")]
    Tool { tool: String, what: String },
    #[error(
        "{tools} changed a .gitignore, which says what counts as changed; whatever was changed is \
         taken back, and a fix may change every other file"
    )]
    Rules { tools: String },
    #[error("{tools} changed no file; what was found is left for a person to mend")]
    Nothing { tools: String },
    #[error(transparent)]
    Patch(#[from] git::PatchError),
}

impl Fixing<'_> {
    /// Applies the fixes in order.
    ///
    /// Whatever goes wrong, the files are as they were: half a fix is none.
    pub(super) async fn apply(&self, fixes: &[Fix]) -> Result<Patch, FixError> {
        let folder = tempfile::tempdir_in(self.run_folder);
        let folder = folder.map_err(FileError::of(self.run_folder))?;
        let tracked = self.tracked().await?;
        let copies = folder.path().join("kept");
        let kept = KeptFiles::keep(self.workspace, tracked, self.written, copies)?;
        let mended = self.run(fixes).await;
        let now = kept.now();
        let mended = mended.and_then(|tools| match kept.has_other_rules(&now) {
            true => Err(FixError::Rules { tools }),
            false => Ok(tools),
        });
        let changed = kept.changed(&now);
        let (old, new) = (folder.path().join("a"), folder.path().join("b"));
        let copied = match &mended {
            Ok(_) => kept.copy_both(&changed, &now, (&old, &new)),
            Err(_) => Ok(()),
        };
        if self.is_ci || mended.is_err() || copied.is_err() {
            kept.put_back(&now)?;
        }
        copied?;
        let tools = mended?;
        if changed.is_empty() {
            return Err(FixError::Nothing { tools });
        }
        let patch = self.patch((&old, &new), &changed, &tools).await;
        if patch.is_err() && !self.is_ci {
            kept.put_back(&now)?;
        }
        patch
    }

    /// The files that git tracks; `None` where there is no repository or no git.
    async fn tracked(&self) -> Result<Option<BTreeSet<String>>, FixError> {
        match git::tracked_files(self.processes, self.workspace, ".", self.cancel).await {
            Ok(files) => Ok(Some(files)),
            Err(GitError::Start(_)) => Ok(None),
            Err(error) if error.is_without_repository() => Ok(None),
            Err(error) => Err(FixError::Tracked(error)),
        }
    }

    /// Writes what changed as a patch beside the report.
    async fn patch(
        &self,
        (old, new): (&Path, &Path),
        changed: &BTreeSet<std::path::PathBuf>,
        tools: &str,
    ) -> Result<Patch, FixError> {
        let patch = git::patch(self.processes, old, new, self.cancel).await?;
        let file = self.run_folder.join("auto-fix.patch");
        fs::write(&file, patch).map_err(FileError::of(&file))?;
        let shown = |path: &Path| {
            path.strip_prefix(self.workspace)
                .unwrap_or(path)
                .to_string_lossy()
                .into_owned()
        };
        let change = |path: &std::path::PathBuf| Change {
            file: shown(path),
            tool: tools.to_owned(),
        };
        Ok(Patch {
            is_applied: !self.is_ci,
            file: shown(&file),
            changes: changed.iter().map(change).collect(),
        })
    }

    /// Runs the fixers; gives their names.
    async fn run(&self, fixes: &[Fix]) -> Result<String, FixError> {
        let limits = Limits::with_timeout(self.timeout);
        let mut names: Vec<&str> = Vec::new();
        for fix in fixes {
            let failed = |what: String| FixError::Tool {
                tool: fix.tool.clone(),
                what: format!("did not do its work: {} {what}", fix.command.display()),
            };
            let finished = self
                .processes
                .run(&fix.command, &limits, self.cancel)
                .await
                .map_err(|error| failed(format!("could not be started: {error}")))?;
            if let Some(failure) = self.failure(&finished) {
                return Err(failed(failure));
            }
            if !names.contains(&fix.tool.as_str()) {
                names.push(&fix.tool);
            }
        }
        Ok(names.join(", "))
    }

    /// Why a fixer did not do its work.
    fn failure(&self, finished: &Finished) -> Option<String> {
        let how = match (finished.ended_by, finished.status) {
            (EndedBy::Exit, Some(status)) if DONE.contains(&status) => return None,
            (EndedBy::Exit, Some(status)) => {
                format!("ended with exit status {status}, expected 0 or 1")
            }
            (EndedBy::Exit, None) => match finished.signal {
                Some(signal) => format!("was ended by signal {signal}"),
                None => "was ended by a signal".to_owned(),
            },
            (EndedBy::Timeout, _) => {
                format!("did not end within {} s", self.timeout.as_secs_f64())
            }
            (EndedBy::Cancelled, _) => "was interrupted".to_owned(),
        };
        let words = finished.stderr.text_lossy();
        Some(match words.trim() {
            "" => how,
            words => format!("{how}: {words}"),
        })
    }
}
