//! `spec2prod summarize`: many reports → one verdict, one check run, one comment, one dashboard.

use super::arguments::{OutputFormat, SummarizeArguments};
use super::posting::Poster;
use super::{Output, Surroundings, job, rules, runtime};
use crate::config;
use crate::inside::inside;
use crate::model::{ComponentName, Summary};
use crate::publish::{self, ALL, Job, write_atomically};
use crate::render::{dashboard, json, terminal};
use crate::summary::{Expectation, changes, job_results, read, summarize};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// The file of the page over all components.
const DASHBOARD: &str = "workflow_dashboard.html";
/// In place of a name: there was nothing to judge. No component can be called that.
const NOBODY: &str = "-";

/// Runs the subcommand.
pub(super) fn run(
    arguments: &SummarizeArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let policy = config::load(&workspace, arguments.workspace.config.as_deref())?;
    let (event, event_problem) = rules::event(surroundings)?;
    let job = job::of_event(event, surroundings, &workspace, &policy.github.surfaces)?;
    let job = job.map(|job| Job {
        artifact: Some(job::artifact_name(&[], &job, surroundings)),
        ..job
    });
    let expectation = expectation(arguments, job.as_ref())?;
    let mut summary = summarize(read(&arguments.folders), &expectation);
    if let Some(folder) = &arguments.base_reports {
        let base = read(std::slice::from_ref(folder));
        summary.changes = changes(&summary.reports, &base.reports);
    }
    let mut problems: Vec<(&str, String)> = Vec::new();
    problems.extend(event_problem.map(|problem| ("GitHub", problem)));
    let folder = workspace.join(&policy.observability.dashboard_dir);
    let mut files = Vec::new();
    if policy.observability.dashboard_enabled {
        match write_pages(&workspace, &folder, &summary) {
            Ok(written) => files = written,
            Err(error) => problems.push(("dashboard", error.to_string())),
        }
    }
    if let Some(file) = &arguments.output {
        let cannot = || format!("the summary cannot be written to {}", file.display());
        let file = publish::followed(file).with_context(cannot)?;
        publish::write(&file, json::pretty(&summary).as_bytes()).with_context(cannot)?;
        files.push(file);
    }
    if let Some(job) = &job {
        problems.extend(show(job, &summary, &files));
        let has_check_per_gate = policy.github.has_check_per_gate;
        let runtime = runtime()?;
        problems.extend(runtime.block_on(async {
            let mut poster = Poster::start(Some(job), surroundings, &[], has_check_per_gate);
            // What the rules of a branch ask for goes first.
            poster.conclude(&summary).await;
            poster.comment(ALL, &summary).await;
            poster.complete_worst(&summary).await;
            poster.into_problems().await
        }));
        for (_, message) in &problems {
            job.add_note(message);
        }
    }
    for (sink, message) in &problems {
        tracing::warn!("{sink}: {message}");
        output.note(&format!("warning: {sink}: {message}"));
    }
    output.print(&match arguments.format {
        OutputFormat::Json => json::pretty(&summary),
        OutputFormat::Text => terminal::summary(&summary, output.style()),
    });
    Ok(summary.exit_status)
}

fn expectation(arguments: &SummarizeArguments, job: Option<&Job>) -> anyhow::Result<Expectation> {
    let jobs = match &arguments.needs {
        Some(json) => job_results(json)
            .map_err(|problem| anyhow::anyhow!("the value of --needs {problem}"))?,
        None => Vec::new(),
    };
    Ok(Expectation {
        components: expected(&arguments.component)?,
        commit: match (&arguments.commit, job) {
            (Some(commit), _) => Some(commit.clone()),
            (None, Some(job)) => Some(job.event.head_sha.clone()),
            (None, None) => None,
        },
        jobs,
    })
}

/// The components that must have a report; `None` where nobody said, and none of them for
/// [`NOBODY`].
fn expected(names: &[String]) -> anyhow::Result<Option<Vec<ComponentName>>> {
    match names {
        [] => Ok(None),
        [nobody] if nobody == NOBODY => Ok(Some(Vec::new())),
        names => names
            .iter()
            .map(|name| name.parse().context("--component"))
            .collect::<anyhow::Result<Vec<ComponentName>>>()
            .map(Some),
    }
}

/// Writes a page for all and one for each component; gives the files, that for all first.
fn write_pages(
    workspace: &Path,
    folder: &Path,
    summary: &Summary,
) -> std::io::Result<Vec<PathBuf>> {
    let folder = inside(workspace, folder)?;
    let all = folder.join(DASHBOARD);
    write_atomically(&all, dashboard::overall(summary).as_bytes())?;
    let mut files = vec![all];
    for report in &summary.reports {
        let file = folder.join(format!("workflow_dashboard_{}.html", report.component_name));
        write_atomically(&file, dashboard::page(report).as_bytes())?;
        files.push(file);
    }
    Ok(files)
}

/// What needs no token; gives what went wrong.
fn show(job: &Job, summary: &Summary, files: &[PathBuf]) -> Vec<(&'static str, String)> {
    let names: Vec<&str> = summary
        .reports
        .iter()
        .map(|report| report.component_name.as_str())
        .collect();
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    let outputs = [
        ("verdict", summary.verdict.as_str().to_owned()),
        ("success", (summary.exit_status == 0).to_string()),
        ("components", names.join(",")),
        ("has-components", (!names.is_empty()).to_string()),
        ("dashboard", paths.first().cloned().unwrap_or_default()),
        ("artifact-name", job.artifact.clone().unwrap_or_default()),
        ("artifact-path", paths.join("\n")),
    ];
    let shown = [
        ("job summary", job.summarize_all(summary)),
        ("outputs of the step", job.set_outputs(&outputs)),
    ];
    shown
        .into_iter()
        .filter_map(|(sink, result)| Some((sink, result.err()?)))
        .collect()
}
