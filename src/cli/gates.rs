//! `spec2prod gates`: judges gates, without stages or deployments.

use super::arguments::{GatesArguments, OutputFormat};
use super::progress::{Manner, Progress};
use super::signals::Signals;
use super::{Output, Surroundings, job, rules, runtime};
use crate::config::{self, Policy};
use crate::model::ComponentName;
use crate::render::{json, terminal};
use crate::workflow::{Request, run_quality_gates};
use std::{path::Path, sync::Arc};

/// Runs the subcommand.
pub(super) fn run(
    arguments: &GatesArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let runtime = runtime()?;
    let (event, _) = rules::event(surroundings)?;
    let config = arguments.workspace.config.as_deref();
    let rules = rules::rules(surroundings, &workspace, config, None, event.as_ref());
    let (policy, _) = runtime.block_on(rules)?;
    let job = job::of_event(event, surroundings, &workspace, &policy.github.surfaces)?;
    let component = match &arguments.component {
        Some(component) => component.clone(),
        None => only_component(&policy, &workspace)?,
    };
    let results = runtime.block_on(async {
        let signals = Signals::listen();
        let manner = Manner::of(arguments.format, surroundings, output);
        let progress = Progress::new(manner, &workspace);
        let request = Request {
            sharing: job::sharing(surroundings, &component, false),
            policy: Some(Arc::new(policy)),
            is_ci: surroundings.is_ci,
            observer: Some(progress.observer()),
            cancel: signals.cancel.clone(),
            ..Request::new(
                &workspace,
                component,
                arguments.target,
                surroundings.environment.clone(),
            )
        };
        let outcome = run_quality_gates(&request, &arguments.gates).await;
        progress.finish();
        let mut results = outcome?;
        results.exit_status = signals.status_of(&results.verdict, results.exit_status);
        anyhow::Ok(results)
    });
    // An analysis that was given up may still be at work on its thread.
    runtime.shutdown_background();
    let results = results?;
    output.print(&match arguments.format {
        OutputFormat::Json => json::pretty(&results),
        OutputFormat::Text => terminal::gates(
            &results.gates,
            &results.warnings,
            &results.verdict,
            output.style(),
        ),
    });
    if let Some(job) = &job {
        // Only a step that concludes publishes; what this one's verdict was, the next ones may ask.
        let outputs = [
            ("verdict", results.verdict.as_str().to_owned()),
            ("success", (results.exit_status == 0).to_string()),
        ];
        if let Err(problem) = job.set_outputs(&outputs) {
            output.note(&format!("warning: the outputs of the step: {problem}"));
        }
    }
    Ok(results.exit_status)
}

/// The repository's component when there is just one.
fn only_component(policy: &Policy, workspace: &Path) -> anyhow::Result<ComponentName> {
    let mut components = config::components(policy, workspace);
    match (components.pop(), components.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => anyhow::bail!("no component was found; name one with --component"),
        (Some(last), false) => {
            components.push(last);
            let names: Vec<&str> = components.iter().map(ComponentName::as_str).collect();
            anyhow::bail!(
                "there are several components; name one with --component: {}",
                names.join(", ")
            )
        }
    }
}
