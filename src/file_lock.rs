//! Turns at a file that several runs write at the same time.
//!
//! The lock is the operating system's: it ends with the process that holds it, however that ends.

use crate::inside::inside;
use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long another run may hold a lock. Each holds it for a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

/// Opens a file whose only purpose is its lock, and makes it where it is not there. It stays: removing
/// it would give two runs different files to lock.
///
/// # Errors
/// When the system refuses, or the file is a link that leads out of its folder.
pub(crate) fn open_lock_file(path: &Path) -> io::Result<File> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::options()
        .create(true)
        .read(true)
        .append(true)
        .open(inside(folder, path)?)
}

/// Waits until no other process and no other opening of the file in this process holds its lock,
/// and holds it until `file` is closed. Gives up with [`io::ErrorKind::TimedOut`] after five
/// seconds, so that a run that hangs does not hang the others.
///
/// # Errors
/// When the lock is not free in time, or the file system has no locks.
pub(crate) fn lock_exclusively(file: &File) -> io::Result<()> {
    let give_up_at = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up_at => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("another run has held the lock for {PATIENCE:?}"),
                ));
            }
        }
    }
}

/// Takes the lock where it is free now, and holds it until `file` is closed. Says whether it did.
///
/// # Errors
/// When the file system has no locks.
pub(crate) fn try_lock_exclusively(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
