//! `spec2prod publish`: shows results of a run that had no rights, from a run that has them.
//!
//! A pull request from a fork is judged by a run whose token can only read. A second run, started by
//! `workflow_run`, takes its artifact and posts what it says. The artifact is a stranger's: it is read
//! within limits, must be about the commit of the pull request, and is never believed more than the
//! run it came from, so that no check run of the name that rules of a branch ask for is made of it.

use super::arguments::{OutputFormat, PublishArguments};
use super::posting::Poster;
use super::told;
use super::{Output, Surroundings, api, job, rules, runtime};
use crate::config;
use crate::github::{PullRequest, api::pull_requests_of_head};
use crate::publish::{ALL, Job};
use crate::render::{json, terminal};
use crate::summary::{Expectation, read, summarize};
use anyhow::Context as _;

/// Runs the subcommand. Exit status 0 says that the reports could be read, not that they pass: the
/// verdict is that of the run they came from.
pub(super) fn run(
    arguments: &PublishArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let policy = config::load(&workspace, arguments.workspace.config.as_deref())?;
    let (event, problem) = rules::event(surroundings)?;
    anyhow::ensure!(problem.is_none(), "{}", problem.unwrap_or_default());
    let job = job::of_event(event, surroundings, &workspace, &policy.github.surfaces)?;
    let mut job = job.context(
        "there is nowhere to publish: this is no job of GitHub Actions (GITHUB_ACTIONS says so)",
    )?;
    let expectation = Expectation {
        commit: Some(job.event.head_sha.clone()),
        ..Expectation::default()
    };
    let summary = summarize(read(&arguments.folders), &expectation);
    let runtime = runtime()?;
    let mut problems: Vec<(&str, String)> = runtime.block_on(async {
        let mut problems = Vec::new();
        if job.event.pull_request.is_none() {
            match pull_request(&job, surroundings).await {
                Ok(found) => job.event.pull_request = found,
                Err(error) => problems.push(("comment", told(&error))),
            }
        }
        if job.event.pull_request.is_none() && problems.is_empty() {
            problems.push((
                "comment",
                format!(
                    "there is no open pull request whose head is {}; it has moved on, or was closed",
                    job.event.head_sha
                ),
            ));
        }
        let per_gate = policy.github.has_check_per_gate;
        let mut poster = Poster::start(Some(&job), surroundings, &[], per_gate);
        // The key of `summarize`, so that a pull request has one comment.
        poster.comment(ALL, &summary).await;
        poster.complete_worst(&summary).await;
        problems.extend(poster.into_problems().await);
        problems
    });
    if let Err(message) = job.summarize_all(&summary) {
        problems.push(("job summary", message));
    }
    let outputs = [
        ("verdict", summary.verdict.as_str().to_owned()),
        ("success", (summary.exit_status == 0).to_string()),
    ];
    if let Err(message) = job.set_outputs(&outputs) {
        problems.push(("outputs of the step", message));
    }
    for (sink, message) in &problems {
        tracing::warn!("{sink}: {message}");
        output.note(&format!("warning: {sink}: {message}"));
        job.add_note(message);
    }
    output.print(&match arguments.format {
        OutputFormat::Json => json::pretty(&summary),
        OutputFormat::Text => terminal::summary(&summary, output.style()),
    });
    Ok(
        if summary.problems.is_empty() && !summary.reports.is_empty() {
            0
        } else {
            3
        },
    )
}

/// The open pull request whose head is the judged commit. The event does not name it for forks.
async fn pull_request(
    job: &Job,
    surroundings: &Surroundings,
) -> anyhow::Result<Option<PullRequest>> {
    let Some(head) = &job.event.head else {
        return Ok(None);
    };
    let client = api::client(surroundings, &job.event).context("looking for the pull request")?;
    let found =
        pull_requests_of_head(&client, &job.event.repository, &head.owner, &head.branch).await?;
    let found = found
        .into_iter()
        .find(|found| found.head.sha == job.event.head_sha);
    Ok(found.map(|found| PullRequest {
        number: found.number,
        is_fork: found.is_from_fork(),
    }))
}
