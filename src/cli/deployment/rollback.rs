//! `spec2prod rollback`: takes a version back, or shows that it can be done.

use super::{Showing, both, request_for};
use crate::cli::arguments::{OutputFormat, RollbackArguments};
use crate::cli::progress::{Manner, Progress};
use crate::cli::signals::Signals;
use crate::cli::{Output, Surroundings, job, runtime};
use crate::render::{json, terminal};
use crate::workflow::{Rollback, roll_back};

/// Runs the subcommand.
pub(in crate::cli) fn run(
    arguments: &RollbackArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let place = &arguments.place;
    let what = match &arguments.reason {
        Some(reason) => Rollback::Because {
            reason: reason.clone(),
            to: arguments.to.clone(),
        },
        None => Rollback::Drill,
    };
    let runtime = runtime()?;
    let (deployment, status) = runtime.block_on(async {
        let signals = Signals::listen();
        let (mut request, event) = request_for(
            &place.workspace,
            &place.component,
            surroundings,
            output,
            &signals.cancel,
        )
        .await?;
        let Some(policy) = request.policy.clone() else {
            anyhow::bail!("the rules of the workspace are not known");
        };
        let surfaces = &policy.github.surfaces;
        let job = job::of_event(event, surroundings, &request.workspace, surfaces)?;
        let names = std::slice::from_ref(&place.component);
        let showing = Showing::start(job.as_ref(), surroundings, &policy, names);
        let manner = Manner::of(place.format, surroundings, output);
        let progress = Progress::new(manner, &request.workspace);
        let shown = showing.watcher(&place.component);
        request.deployment.watcher = Some(both(progress.watcher(), shown));
        let done = roll_back(&request, place.environment, &what).await;
        progress.finish();
        for (sink, message) in showing.finish().await {
            output.note(&format!("warning: {sink}: {message}"));
        }
        let deployment = done?;
        let status = signals.status_of(&deployment.verdict, deployment.verdict.exit_status());
        anyhow::Ok((deployment, status))
    })?;
    output.print(&match place.format {
        OutputFormat::Json => json::pretty(&deployment),
        OutputFormat::Text => terminal::deployment(&deployment, output.style()),
    });
    Ok(status)
}
