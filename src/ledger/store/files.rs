//! The files of this machine: read whole, and only ever added to.

use super::error::{LedgerError, io_error};
use super::lines::end_of_lines;
use crate::inside::inside;
use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// How large a file may be, in bytes.
pub(super) const MAX_FILE: usize = 64 * 1024 * 1024;

/// The bytes of a file; none where there is no file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, LedgerError> {
    match File::open(path) {
        Ok(file) => read_all(file, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(io_error("reading", path)(error)),
    }
}

fn read_all(file: File, path: &Path) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = Vec::new();
    let limit = MAX_FILE as u64;
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(io_error("reading", path))?;
    if bytes.len() > MAX_FILE {
        return Err(LedgerError::TooLarge {
            file: path.display().to_string(),
            found: fs::metadata(path).map_or(limit + 1, |metadata| metadata.len()),
            limit,
        });
    }
    Ok(bytes)
}

/// Adds lines to a file by one write, and waits until they are on the disk. The caller holds the
/// ledger's lock.
pub(super) fn append(path: &Path, lines: &[u8]) -> Result<(), LedgerError> {
    if lines.is_empty() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        let made = fs::create_dir_all(folder);
        made.map_err(io_error("making the folder", folder))?;
    }
    let is_new = !path.exists();
    try_append(path, lines).map_err(io_error("writing", path))?;
    if is_new {
        sync_folder(path);
    }
    Ok(())
}

fn try_append(path: &Path, lines: &[u8]) -> io::Result<()> {
    let mut file = File::options()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(path)?;
    let length = mend(&mut file)?;
    file.seek(SeekFrom::Start(length))?;
    if let Err(error) = file.write_all(lines).and_then(|()| file.sync_data()) {
        // What was written of it would be half a record, or one of which the caller is told that
        // it was not written. Where even this fails, the next writer does it.
        let _ = file.set_len(length);
        return Err(error);
    }
    Ok(())
}

/// Makes a file end with a whole line, and gives its length. A run that was ended while it wrote
/// leaves half a line, which nobody was told of as written.
fn mend(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(0);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == [b'\n'] {
        return Ok(length);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let end = end_of_lines(&bytes) as u64;
    file.set_len(end)?;
    if end == length {
        file.seek(SeekFrom::End(0))?;
        file.write_all(b"\n")?;
        return Ok(length + 1);
    }
    Ok(end)
}

/// Makes sure that a new file is found again after the machine loses its power. Not every system
/// can do so for a folder.
fn sync_folder(path: &Path) {
    let synced = path
        .parent()
        .map(|folder| File::open(folder).and_then(|folder| folder.sync_all()));
    if let Some(Err(error)) = synced {
        tracing::debug!(%error, "the folder of {} was not synced", path.display());
    }
}

/// The names of the files with this ending in a folder, without it; none where there is no folder.
pub(super) fn names(folder: &Path, ending: &str) -> Result<Vec<String>, LedgerError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_error("reading the folder", folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io_error("reading the folder", folder))?;
        let name = entry.file_name();
        if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(ending)) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Makes the folder of the ledger and keeps it out of git.
pub(super) fn make_directory(workspace: &Path, directory: &Path) -> Result<(), LedgerError> {
    inside(workspace, directory).map_err(io_error("writing to", directory))?;
    if directory.is_dir() {
        return Ok(());
    }
    let made = fs::create_dir_all(directory);
    made.map_err(io_error("making the folder", directory))?;
    let ignore = directory.join(".gitignore");
    fs::write(&ignore, "*\n").map_err(io_error("writing", &ignore))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deployments/staging/shop.jsonl");
        if !content.is_empty() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
        }
        (folder, path)
    }

    #[test]
    fn lines_are_added_behind_whole_ones() {
        for (before, after) in [
            ("", "{\"b\":2}\n"),
            ("{\"a\":1}\n", "{\"a\":1}\n{\"b\":2}\n"),
            ("{\"a\":1}", "{\"a\":1}\n{\"b\":2}\n"),
            ("{\"a\":1}\n{\"a\":", "{\"a\":1}\n{\"b\":2}\n"),
            ("{\"a\":", "{\"b\":2}\n"),
        ] {
            let (_folder, path) = file(before);
            append(&path, b"{\"b\":2}\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), after);
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_empty_and_one_that_cannot_be_read_is_not() {
        let (folder, path) = file("");
        assert!(read(&path).unwrap().is_empty());
        assert!(
            names(&folder.path().join("no"), ".jsonl")
                .unwrap()
                .is_empty()
        );
        fs::create_dir_all(&path).unwrap();
        assert!(matches!(read(&path), Err(LedgerError::Io { .. })));
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let (_folder, path) = file("x");
        let sparse = File::options().write(true).open(&path).unwrap();
        sparse.set_len(MAX_FILE as u64 + 7).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(
            error.contains("has 67108871 bytes, at most 67108864 are read"),
            "{error}"
        );
    }
}
