//! Writes what a run leaves behind. Every sink is tried; none can change the verdict or fail the
//! others; every problem ends in the report and in the log.

mod deployment;
mod github;
mod place;
mod posted;

pub use deployment::{DeploymentFacts, DeploymentPosting};
pub use github::{Job, prefix};
pub use place::{followed, is_stream, write};
pub use posted::{ALL, CHECK_NAME, Posting};

use crate::config::Policy;
use crate::history;
use crate::inside::inside;
use crate::model::{PublishingProblem, Report};
use crate::render::{dashboard, json};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Where a run's files go.
#[derive(Debug, Clone)]
pub struct Destinations {
    /// The repository's root.
    pub workspace: PathBuf,
    /// The report, absolute.
    pub report: PathBuf,
}

impl Destinations {
    /// The report of a component, at its usual place or another one. Checked before anything runs:
    /// a run whose report has no place to go would be in vain.
    ///
    /// # Errors
    ///
    /// When the folder does not exist or cannot be written to, or a folder is where the report should be.
    pub fn new(
        workspace: &Path,
        component: &str,
        output: Option<&Path>,
    ) -> Result<Self, io::Error> {
        let report = match output {
            Some(path) => followed(path).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })?,
            None => {
                std::path::absolute(workspace)?.join(format!("workflow_report_{component}.json"))
            }
        };
        let folder = report.parent().unwrap_or(workspace);
        let cannot = |error: io::Error| {
            io::Error::new(
                error.kind(),
                format!(
                    "the report cannot be written to {}: {error}; name another place with --output",
                    report.display()
                ),
            )
        };
        if report.is_dir() {
            return Err(cannot(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if !is_stream(&report) {
            tempfile::NamedTempFile::new_in(folder).map_err(cannot)?;
        }
        Ok(Self {
            workspace: workspace.to_path_buf(),
            report,
        })
    }
}

/// Writes the report first, then the dashboard and the metrics, and the report again where
/// something is to be said about them. Tells whether the report is there.
pub fn publish(report: &mut Report, policy: &Policy, to: &Destinations) -> bool {
    // Of what cannot be taken back there is one, and it has everything.
    let is_stream = is_stream(&to.report);
    let mut written = if is_stream {
        Ok(())
    } else {
        write_report(report, to)
    };
    let before = (
        report.publishing_problems.len(),
        report.metrics_dashboard.clone(),
    );
    if policy.observability.dashboard_enabled {
        let folder = to.workspace.join(&policy.observability.dashboard_dir);
        let name = format!("workflow_dashboard_{}.html", report.component_name);
        let file = folder.join(&name);
        report.metrics_dashboard = Some(shown(&file, &to.workspace));
        let page = dashboard::page(report);
        let written =
            inside(&to.workspace, &folder).and_then(|_| write_atomically(&file, page.as_bytes()));
        if let Err(error) = written {
            report.metrics_dashboard = None;
            problem(report, "dashboard", format!("{}: {error}", file.display()));
        }
    }
    if policy.observability.metrics_enabled {
        let folder = to.workspace.join(&policy.observability.metrics_dir);
        let settings = &policy.observability;
        let recorded = match inside(&to.workspace, &folder) {
            Ok(folder) => history::record(
                &folder,
                report,
                &settings.track_metrics,
                settings.retention_days,
            )
            .map_err(|error| error.to_string()),
            Err(error) => Err(format!("{}: {error}", folder.display())),
        };
        if let Err(message) = recorded {
            problem(report, "metrics", message);
        }
    }
    if is_stream
        || before
            != (
                report.publishing_problems.len(),
                report.metrics_dashboard.clone(),
            )
    {
        written = write_report(report, to);
    }
    if let Err(error) = &written {
        let message = format!("{}: {error}", to.report.display());
        // The report of an earlier run must not pass for this one's.
        if !is_stream && let Err(error) = fs::remove_file(&to.report) {
            tracing::debug!("there is no report of an earlier run: {error}");
        }
        problem(report, "report", message);
    }
    written.is_ok()
}

/// Writes the report once more, because something is to be said in it about what came after; not into a
/// device or a pipe, which has it already.
pub fn write_again(report: &mut Report, to: &Destinations) {
    if !is_stream(&to.report)
        && let Err(error) = write_report(report, to)
    {
        problem(
            report,
            "report",
            format!("{}: {error}", to.report.display()),
        );
    }
}

/// Says a problem in the report and in the log.
pub fn problem(report: &mut Report, sink: &str, message: String) {
    tracing::warn!("{sink}: {message}");
    report.publishing_problems.push(PublishingProblem {
        sink: sink.to_owned(),
        message,
    });
}

fn write_report(report: &Report, to: &Destinations) -> io::Result<()> {
    write(&to.report, json::report(report).as_bytes())
}

/// Readers see the old file or the new one, never a part. A folder that has vanished is made again.
///
/// # Errors
///
/// When the system refuses.
pub fn write_atomically(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    make_readable(temporary.as_file())?;
    temporary.persist(file)?;
    Ok(())
}

/// Temporary files are private; a report is for everybody who may read the workspace.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// A path for people: relative to the workspace where it lies in it.
fn shown(path: &Path, workspace: &Path) -> String {
    path.strip_prefix(workspace)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}
