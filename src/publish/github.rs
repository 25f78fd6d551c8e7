//! Shows results on GitHub: in the summary of the job, at lines of files, as check runs, in one
//! comment, and as outputs of the step.

use super::problem;
use crate::github::{Event, annotation_commands, append_outputs, append_summary};
use crate::model::{Annotation, Report, Summary, Surface};
use crate::render::{annotations, markdown, markdown::Links};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// A run in GitHub Actions, and where its results are shown.
#[derive(Debug, Clone)]
pub struct Job {
    /// What started the run.
    pub event: Event,
    /// Where results are shown.
    pub surfaces: BTreeSet<Surface>,
    /// The file of the job's summary.
    pub summary_file: Option<PathBuf>,
    /// The file of the step's outputs.
    pub outputs_file: Option<PathBuf>,
    /// Where the workspace lies in the repository, with a slash at its end; empty at its root.
    pub prefix: String,
    /// The name of the artifact that will have the report and the dashboard.
    pub artifact: Option<String>,
}

impl Job {
    /// Whether results are shown there.
    #[must_use]
    pub fn shows(&self, surface: Surface) -> bool {
        self.surfaces.contains(&surface)
    }

    /// The addresses that texts link to.
    #[must_use]
    pub fn links(&self) -> Links {
        let event = &self.event;
        let sources = format!(
            "{}/{}/blob/{}/{}",
            event.server_url, event.repository, event.head_sha, self.prefix
        );
        Links {
            run: Some(event.run_url()),
            sources: Some(sources.trim_end_matches('/').to_owned()),
            artifact: self.artifact.clone(),
        }
    }

    /// The remarks of a report, with paths from the repository's root.
    #[must_use]
    pub fn annotations(&self, report: &Report) -> Vec<Annotation> {
        let mut annotations = annotations(report);
        for annotation in &mut annotations {
            if let Some(file) = annotation.file.as_mut() {
                *file = format!("{}{file}", self.prefix);
            }
        }
        annotations
    }

    /// The workflow commands that show a report's remarks; empty where they are not wanted.
    #[must_use]
    pub fn commands(&self, report: &Report) -> String {
        if !self.shows(Surface::Annotations) {
            return String::new();
        }
        let (commands, left_out) = annotation_commands(&self.annotations(report));
        if left_out > 0 {
            tracing::info!(
                left_out,
                "GitHub takes ten remarks of a kind from a step; the others are in the summary"
            );
        }
        commands
    }

    /// Writes a report into the job's summary. A problem ends in the report.
    pub fn summarize(&self, report: &mut Report) {
        if let Err(message) = self.append(&markdown::job_summary(report, &self.links())) {
            problem(report, "job summary", message);
        }
    }

    /// Writes the summary of many into the job's.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn summarize_all(&self, summary: &Summary) -> Result<(), String> {
        self.append(&markdown::summary_of_all(summary, &self.links()))
    }

    /// Adds a remark to the job's summary, where it is shown.
    pub fn add_note(&self, message: &str) {
        let note = format!("\n> {}\n", markdown::code(message));
        if let Err(error) = self.append(&note) {
            tracing::warn!("job summary: {error}");
        }
    }

    fn append(&self, markdown: &str) -> Result<(), String> {
        match &self.summary_file {
            Some(file) if self.shows(Surface::Summary) => {
                append_summary(file, markdown).map_err(|error| error.to_string())
            }
            _ => Ok(()),
        }
    }

    /// Sets outputs of the step.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn set_outputs(&self, outputs: &[(&'static str, String)]) -> Result<(), String> {
        match &self.outputs_file {
            Some(file) => append_outputs(file, outputs).map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

/// Where a workspace lies in the checkout, as [`Job::prefix`] has it.
#[must_use]
pub fn prefix(workspace: &Path, checkout: Option<&str>) -> String {
    let checkout = checkout.and_then(|checkout| Path::new(checkout).canonicalize().ok());
    let below = checkout.and_then(|checkout| {
        let below = workspace.strip_prefix(checkout).ok()?;
        Some(below.to_string_lossy().replace('\\', "/"))
    });
    match below {
        Some(below) if !below.is_empty() => format!("{below}/"),
        _ => String::new(),
    }
}
