//! Turns at the files, by locks of the operating system, which end with the process that holds them.

use super::error::{LedgerError, io_error};
use crate::file_lock::{open_lock_file, try_lock_exclusively};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

const PAUSE: Duration = Duration::from_millis(20);

/// A file whose lock is held until this is dropped, or the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    pub(super) file: File,
    pub(super) path: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a child that is just being started has a copy of the file until it
        // becomes another program.
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "{} was not unlocked", self.path.display());
        }
    }
}

/// Waits for a lock until `deadline`; `None` where it was not free by then.
pub(super) async fn lock(path: &Path, deadline: Instant) -> Result<Option<Lock>, LedgerError> {
    let file = open_lock_file(path).map_err(io_error("opening", path))?;
    loop {
        if try_lock_exclusively(&file).map_err(io_error("locking", path))? {
            let path = path.to_owned();
            return Ok(Some(Lock { file, path }));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        sleep(PAUSE).await;
    }
}

/// A lock that was not free in time.
pub(super) fn held_too_long(path: &Path, patience: Duration) -> LedgerError {
    let text = format!(
        "another run has held the lock for {} s; see whether it hangs",
        patience.as_secs()
    );
    io_error("locking", path)(io::Error::new(io::ErrorKind::TimedOut, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_copy_of_the_file_does_not_hold_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.lock");
        let first = lock(&path, Instant::now()).await.unwrap().unwrap();
        // As a child has it that is just being started.
        let _copy = first.file.try_clone().unwrap();
        assert!(lock(&path, Instant::now()).await.unwrap().is_none());
        drop(first);
        assert!(lock(&path, Instant::now()).await.unwrap().is_some());
    }
}
