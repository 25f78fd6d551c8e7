//! Whether the files of this machine may be believed.

use super::Ledger;
use super::error::LedgerError;
use crate::git::{GitError, tracked_files};
use std::{collections::BTreeSet, fs};

impl Ledger {
    /// A ledger that comes with the commit is refused: whoever writes the commit could have written
    /// the ledger, and let versions look sound that never were.
    pub(super) async fn check_trust(&self) -> Result<(), LedgerError> {
        let check = || async {
            let configured = self.configured.display().to_string();
            let mut folders = BTreeSet::from([configured.clone()]);
            folders.extend(self.folder_behind_links());
            for folder in folders {
                match self.first_tracked(&folder).await {
                    Ok(None) => {}
                    Ok(Some(file)) => {
                        let directory = configured;
                        return Err(LedgerError::Tracked { file, directory });
                    }
                    // Without git or a repository, nothing is tracked.
                    Err(GitError::Start(_)) => return Ok(()),
                    Err(error) if error.is_without_repository() => return Ok(()),
                    Err(error) => {
                        let directory = configured;
                        return Err(LedgerError::MaybeTracked { directory, error });
                    }
                }
            }
            Ok(())
        };
        self.is_trusted.get_or_try_init(check).await.map(|_| ())
    }

    /// The first file below the folder that git tracks and the ledger would read, or a link in the
    /// folder's place.
    async fn first_tracked(&self, folder: &str) -> Result<Option<String>, GitError> {
        let tracked = tracked_files(&self.processes, &self.workspace, folder, &self.never);
        let mut files = tracked.await?.into_iter();
        Ok(files.find(|file| {
            let below = file.get(folder.len()..).unwrap_or_default();
            let below = below.trim_start_matches('/').to_ascii_lowercase();
            below.is_empty() || below.starts_with("deployments") || below.starts_with("samples")
        }))
    }

    /// Where the folder is when every link is followed, relative to the workspace; `None` where
    /// that is outside of it, or there is no folder.
    fn folder_behind_links(&self) -> Option<String> {
        let folder = fs::canonicalize(&self.directory).ok()?;
        let workspace = fs::canonicalize(&self.workspace).ok()?;
        let folder = folder.strip_prefix(workspace).ok()?;
        Some(folder.display().to_string())
    }
}
