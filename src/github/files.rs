//! The files through which a step tells the runner something: its outputs and its summary
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files>).

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// The largest summary of a step, in bytes; a larger one is dropped as a whole
/// (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>).
pub(super) const MAX_SUMMARY: usize = 1024 * 1024;

/// The outputs of a step, by name.
pub type Outputs = Vec<(&'static str, String)>;

/// Appends outputs to the file that `GITHUB_OUTPUT` names.
///
/// Every value is put between two lines with a delimiter that nobody can know before, so that no
/// value can end early and add an output of its own.
///
/// # Errors
///
/// When the file cannot be written.
pub fn append_outputs(file: &Path, outputs: &[(&'static str, String)]) -> io::Result<()> {
    let mut text = String::new();
    for (name, value) in outputs {
        let delimiter = format!("spec2prod-{}", uuid::Uuid::now_v7());
        if value.contains(&delimiter) {
            return Err(io::Error::other(format!(
                "the value of the output {name} contains its delimiter"
            )));
        }
        text.push_str(&format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
    }
    append(file)?.write_all(text.as_bytes())
}

/// Appends Markdown to the summary that `GITHUB_STEP_SUMMARY` names, at one stroke.
///
/// # Errors
///
/// When the file cannot be written, or the summary would be too large and be dropped.
pub fn append_summary(file: &Path, markdown: &str) -> io::Result<()> {
    let mut opened = append(file)?;
    let there = usize::try_from(opened.metadata()?.len()).unwrap_or(usize::MAX);
    if there.saturating_add(markdown.len()) > MAX_SUMMARY {
        return Err(io::Error::other(format!(
            "the summary would have {} bytes, and GitHub drops one with more than {MAX_SUMMARY}",
            there.saturating_add(markdown.len())
        )));
    }
    opened.write_all(markdown.as_bytes())
}

/// The runner makes the files; whoever is told of one that is not there is not in a job.
fn append(file: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .open(file)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))
}
