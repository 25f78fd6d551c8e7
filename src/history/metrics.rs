//! The metrics files: one a day, `YYYY-MM-DD.jsonl`, one line an operation.

use super::operation::{operations, parse};
use crate::file_lock::lock_exclusively;
use crate::inside::inside;
use crate::model::{Report, TrackedMetric};
use jiff::{SignedDuration, civil::Date, tz::TimeZone};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Why metrics cannot be recorded or read. No verdict depends on it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricsError {
    /// Reading or writing failed.
    #[error("{doing} {}: {source}", .path.display())]
    Io {
        /// What was being done, such as `writing metrics to`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A time in the report is not RFC 3339.
    #[error("reading the times of the report: found {0:?}, expected RFC 3339")]
    InvalidTime(String),
    /// An operation cannot be written as JSON.
    #[error("writing an operation as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Appends the tracked operations of a run to the file of the day (in UTC) on which it began, and
/// removes the files of days more than `retention_days` before.
///
/// All lines of a run are appended by one write while the run holds the file's lock, so runs at
/// the same time never mix their lines. May wait up to five seconds for the lock.
///
/// # Errors
/// When the folder or a file cannot be used, or the report's times cannot be read.
pub fn record(
    dir: &Path,
    report: &Report,
    tracked: &[TrackedMetric],
    retention_days: u32,
) -> Result<(), MetricsError> {
    let mut lines = Vec::new();
    for operation in operations(report, tracked).map_err(MetricsError::InvalidTime)? {
        serde_json::to_writer(&mut lines, &operation)?;
        lines.push(b'\n');
    }
    let started_at = parse(&report.run.started_at).map_err(MetricsError::InvalidTime)?;
    let day = started_at.to_zoned(TimeZone::UTC).date();
    fs::create_dir_all(dir).map_err(io_error("making the folder of the metrics", dir))?;
    if !lines.is_empty() {
        let file = dir.join(format!("{day}.jsonl"));
        append(&file, lines).map_err(io_error("writing metrics to", &file))?;
    }
    remove_before(dir, day, retention_days)
}

fn append(path: &Path, mut lines: Vec<u8>) -> io::Result<()> {
    let mut file = File::options()
        .create(true)
        .read(true)
        .append(true)
        .open(inside(path.parent().unwrap_or(path), path)?)?;
    lock_exclusively(&file)?;
    // A run that was ended while it wrote, or a full disk, leaves half a line: it must not swallow
    // the first one of this run.
    if file.metadata()?.len() > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != [b'\n'] {
            lines.insert(0, b'\n');
        }
    }
    file.write_all(&lines)
}

/// Removes the metrics of days long past. The day is that of the file's name; other files, folders
/// and links are left alone.
fn remove_before(dir: &Path, today: Date, retention_days: u32) -> Result<(), MetricsError> {
    let Ok(first_kept) =
        today.checked_sub(SignedDuration::from_hours(24 * i64::from(retention_days)))
    else {
        // The retention reaches back beyond the calendar.
        return Ok(());
    };
    for (day, path) in files(dir)? {
        if day < first_kept {
            match fs::remove_file(&path) {
                // Another run was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(io_error("removing old metrics", &path))?,
            }
        }
    }
    Ok(())
}

/// The metrics files of a folder with their days, oldest first.
pub(super) fn files(dir: &Path) -> Result<Vec<(Date, PathBuf)>, MetricsError> {
    let reading = |source| io_error("reading the folder of the metrics", dir)(source);
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(reading)? {
        let entry = entry.map_err(reading)?;
        let Some(day) = entry.file_name().to_str().and_then(day_of) else {
            continue;
        };
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            files.push((day, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// The day of `YYYY-MM-DD.jsonl`; `None` for every other name.
fn day_of(name: &str) -> Option<Date> {
    let stem = name.strip_suffix(".jsonl")?;
    let day: Date = stem.parse().ok()?;
    // The parser also reads other forms of a date.
    (day.to_string() == stem).then_some(day)
}

pub(super) fn io_error(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> MetricsError {
    let path = path.to_owned();
    move |source| MetricsError::Io {
        doing,
        path: path.clone(),
        source,
    }
}
