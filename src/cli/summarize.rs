//! `spec2prod summarize`: many reports → one verdict, one check run, one comment, one dashboard.

use super::arguments::{OutputFormat, SummarizeArguments};
use super::{Output, Surroundings, job};
use crate::config;
use crate::model::{ComponentName, Summary};
use crate::publish::{Job, write_atomically};
use crate::render::{dashboard, json, terminal};
use crate::summary::{Expectation, job_results, read, summarize};
use anyhow::Context as _;
use std::path::Path;

/// The file of the page over all components.
const DASHBOARD: &str = "workflow_dashboard.html";

/// Runs the subcommand.
pub(super) fn run(
    arguments: &SummarizeArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let policy = config::load(&workspace, arguments.workspace.config.as_deref())?;
    let found = job::find(surroundings, &workspace, &policy.github.surfaces)?;
    let expectation = expectation(arguments, found.job.as_ref())?;
    let summary = summarize(read(&arguments.folders), &expectation);
    let mut problems: Vec<String> = found.problem.into_iter().collect();
    let folder = workspace.join(&policy.observability.dashboard_dir);
    let page = policy
        .observability
        .dashboard_enabled
        .then(|| write_pages(&folder, &summary))
        .and_then(|written| {
            written
                .map_err(|error| problems.push(format!("dashboard: {error}")))
                .ok()
        });
    if let Some(file) = &arguments.output {
        let text = json::pretty(&summary);
        write_atomically(&std::path::absolute(file)?, text.as_bytes())
            .with_context(|| format!("the summary cannot be written to {}", file.display()))?;
    }
    if let Some(job) = &found.job {
        problems.extend(show(job, &summary, page.as_deref()));
    }
    for problem in &problems {
        tracing::warn!("{problem}");
        output.note(&format!("warning: {problem}"));
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
        components: arguments.expect.as_deref().map(expected).transpose()?,
        commit: match (&arguments.commit, job) {
            (Some(commit), _) => Some(commit.clone()),
            (None, Some(job)) => Some(job.event.head_sha.clone()),
            (None, None) => None,
        },
        jobs,
    })
}

/// Names as a JSON array, which is what `plan` gives, or apart by commas or spaces.
fn expected(text: &str) -> anyhow::Result<Vec<ComponentName>> {
    let text = text.trim();
    if text.starts_with('[') {
        return serde_json::from_str(text).with_context(|| {
            format!(
                "--expect {:?} is no JSON array of component names",
                text.chars().take(60).collect::<String>()
            )
        });
    }
    text.split([',', ' ', '\n'])
        .filter(|name| !name.is_empty())
        .map(|name| name.parse().context("--expect"))
        .collect()
}

/// Writes a page for all and one for each component; gives the first one's path.
fn write_pages(folder: &Path, summary: &Summary) -> std::io::Result<std::path::PathBuf> {
    for report in &summary.reports {
        let file = folder.join(format!("workflow_dashboard_{}.html", report.component_name));
        write_atomically(&file, dashboard::page(report).as_bytes())?;
    }
    let file = folder.join(DASHBOARD);
    write_atomically(&file, dashboard::overall(summary).as_bytes())?;
    Ok(file)
}

/// What needs no token; gives what went wrong.
fn show(job: &Job, summary: &Summary, page: Option<&Path>) -> Vec<String> {
    let names: Vec<&str> = summary
        .reports
        .iter()
        .map(|report| report.component_name.as_str())
        .collect();
    let outputs = [
        ("verdict", summary.verdict.as_str().to_owned()),
        ("success", (summary.exit_status == 0).to_string()),
        ("components", names.join(",")),
        (
            "dashboard",
            page.map(|file| file.display().to_string())
                .unwrap_or_default(),
        ),
    ];
    [job.summarize_all(summary), job.set_outputs(&outputs)]
        .into_iter()
        .filter_map(Result::err)
        .collect()
}
