//! Finds reports in folders and reads them, as suspiciously as files of strangers deserve.

use crate::model::{REPORT_SCHEMA_VERSION, Report, SummaryProblem};
use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// How deep reports may lie: a folder for each artifact, and one below it.
const MAX_DEPTH: usize = 4;
/// How many files and folders are looked at.
const MAX_ENTRIES: usize = 20_000;
/// How many reports are read.
const MAX_REPORTS: usize = 2_000;
/// The largest report, in bytes.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// The most that all reports may have together, in bytes.
const MAX_TOTAL_BYTES: u64 = 1024 * 1024 * 1024;

/// What was found in the folders.
#[derive(Debug, Default)]
pub struct Found {
    /// The reports that could be read.
    pub reports: Vec<Report>,
    /// What could not be read, and why.
    pub problems: Vec<SummaryProblem>,
}

/// Reads every `workflow_report_*.json` in the folders. Symbolic links are not followed, so that
/// nothing outside the folders is read.
#[must_use]
pub fn read(folders: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut files = Vec::new();
    let mut entries = 0;
    for folder in folders {
        // Without any artifact there is no folder either.
        if folder.exists()
            && let Err(error) = list(folder, 0, &mut entries, &mut files)
        {
            found.problem(folder, format!("cannot be listed: {error}"));
        }
    }
    files.sort();
    files.dedup();
    let mut total = 0_u64;
    for (index, file) in files.iter().enumerate() {
        if index >= MAX_REPORTS {
            found.problem(
                file,
                format!("is beyond the {MAX_REPORTS} reports that are read"),
            );
            break;
        }
        match report(file, &mut total) {
            Ok(report) => found.reports.push(report),
            Err(problem) => found.problem(file, problem),
        }
    }
    found
}

/// Reads one report.
///
/// # Errors
///
/// What is wrong with the file.
pub fn read_report(file: &Path) -> Result<Report, String> {
    report(file, &mut 0)
}

impl Found {
    fn problem(&mut self, file: &Path, message: String) {
        self.problems.push(SummaryProblem {
            subject: file.display().to_string(),
            message,
        });
    }
}

fn list(
    folder: &Path,
    depth: usize,
    entries: &mut usize,
    files: &mut Vec<PathBuf>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        *entries += 1;
        if *entries > MAX_ENTRIES {
            return Err(io::Error::other(format!(
                "there are more than {MAX_ENTRIES} files and folders"
            )));
        }
        let kind = entry.file_type()?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && depth + 1 < MAX_DEPTH {
            list(&entry.path(), depth + 1, entries, files)?;
        } else if kind.is_file() && name.starts_with("workflow_report_") && name.ends_with(".json")
        {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn report(file: &Path, total: &mut u64) -> Result<Report, String> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot be read: {error}"))?;
    let length = bytes.len() as u64;
    if length > MAX_BYTES {
        return Err(format!("is larger than {MAX_BYTES} bytes"));
    }
    *total += length;
    if *total > MAX_TOTAL_BYTES {
        return Err(format!(
            "makes the reports larger than {MAX_TOTAL_BYTES} bytes together"
        ));
    }
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| format!("is no JSON: {error}"))?;
    match value
        .get("schema_version")
        .and_then(serde_json::Value::as_u64)
    {
        Some(version) if version == u64::from(REPORT_SCHEMA_VERSION) => {}
        Some(version) => {
            return Err(format!(
                "has the schema version {version}, expected {REPORT_SCHEMA_VERSION}; run the same version of spec2prod everywhere"
            ));
        }
        None => return Err("is no report: `schema_version` is missing".to_owned()),
    }
    let report: Report =
        serde_json::from_value(value).map_err(|error| format!("is no report: {error}"))?;
    consistent(&report).map(|()| report)
}

/// A report says its result in several ways. One whose ways disagree was not written by this
/// program, and none of them is believed.
fn consistent(report: &Report) -> Result<(), String> {
    let passes = report.verdict.is_pass();
    let is_broken = report.success != passes
        || (report.exit_status == 0) != passes
        || (passes
            && (!report.stages_failed.is_empty()
                || report.stages().any(|stage| stage.verdict.stops())
                || report
                    .stages()
                    .any(|stage| stage.quality_gates.values().any(|gate| gate.blocks()))
                || report.stages_completed.is_empty()));
    if is_broken {
        Err(format!(
            "contradicts itself: verdict {}, success {}, exit status {}",
            report.verdict, report.success, report.exit_status
        ))
    } else {
        Ok(())
    }
}
