//! A place that a person names for a file: links are followed, and what is no file is written into.

use super::write_atomically;
use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// How many links lead to a file at most, as on Linux.
const MOST_LINKS: usize = 40;

/// The file that a path leads to, which need not be there; a link is not replaced by a file.
///
/// # Errors
///
/// When links lead in a circle, or there is no working directory.
pub fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut file = std::path::absolute(path)?;
    for _ in 0..MOST_LINKS {
        // The links there are open files, whatever their text says.
        let target = fs::read_link(&file).ok();
        match target.filter(|_| !file.starts_with("/proc")) {
            Some(target) => file = file.parent().unwrap_or(Path::new("/")).join(target),
            None => return Ok(file),
        }
    }
    Err(io::Error::other("its links lead in a circle"))
}

/// Whether there is a device, a pipe or an open file: what is written into, and never replaced.
#[must_use]
pub fn is_stream(file: &Path) -> bool {
    let kind = fs::symlink_metadata(file).map(|metadata| metadata.file_type());
    file.starts_with("/proc")
        || kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir() && !kind.is_symlink())
}

/// Writes a file whole or not at all, or into what is no file.
///
/// # Errors
///
/// When the system refuses.
pub fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_stream(file) {
        let mut stream = fs::OpenOptions::new().append(true).open(file)?;
        stream.write_all(bytes)
    } else {
        write_atomically(file, bytes)
    }
}
