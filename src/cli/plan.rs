//! `spec2prod plan`: which components a change concerns, as the jobs of a matrix.

use super::arguments::{OutputFormat, PlanArguments};
use super::signals::Signals;
use super::{Output, Surroundings, job, rules, runtime};
use crate::model::ComponentName;
use crate::planning::{JobPlan, PlanRequest, plan};
use crate::render::{json, plain, without_command};
use std::collections::BTreeSet;

/// How many components are listed for people.
const LISTED: usize = 500;

/// How much of a commit's hash is shown to people.
const SHOWN_HASH: usize = 12;

/// Runs the subcommand. That nothing is to be judged is success, and is said.
pub(super) fn run(
    arguments: &PlanArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let (event, problem) = rules::event(surroundings)?;
    // A plan is shown nowhere but in outputs.
    let job = job::of_event(event, surroundings, &workspace, &BTreeSet::new())?;
    if let Some(problem) = &problem {
        output.note(&format!("warning: all components are judged: {problem}"));
    }
    let event = job.as_ref().map(|job| &job.event);
    let is_everything = arguments.all
        || problem.is_some()
        || event.is_some_and(|event| event.is_about_everything());
    let runtime = runtime()?;
    let planned = runtime.block_on(async {
        let signals = Signals::listen();
        let request = PlanRequest {
            config: arguments.workspace.config.clone(),
            base: arguments
                .base
                .clone()
                .or_else(|| event.and_then(|event| event.base.clone())),
            is_everything: is_everything && arguments.base.is_none(),
            components: arguments.component.clone(),
            target: arguments.target,
            max_jobs: arguments.max_jobs,
            is_ci: surroundings.is_ci,
            cancel: signals.cancel.clone(),
            ..PlanRequest::new(&workspace, surroundings.environment.clone())
        };
        let planned = plan(&request).await;
        // What git did not get to say because it was interrupted is no plan.
        match signals.exit_status() {
            Some(status) => anyhow::Ok(Err(status)),
            None => Ok(Ok(planned?)),
        }
    });
    runtime.shutdown_background();
    let planned = match planned? {
        Ok(planned) => planned,
        Err(status) => return Ok(status),
    };
    if let Some(job) = &job {
        // Without its outputs no job would be started behind this one, and nothing judged.
        job.set_outputs(&outputs(&planned))
            .map_err(|error| anyhow::anyhow!("the plan cannot be handed on: {error}"))?;
    }
    match arguments.format {
        OutputFormat::Json => {
            planned.notes.iter().for_each(|note| output.note(note));
            output.print(&json::pretty(&planned));
        }
        OutputFormat::Text => output.print(&text(&planned)),
    }
    Ok(0)
}

/// The plan for the jobs behind this one. A matrix is one line, as `fromJSON` reads it.
fn outputs(planned: &JobPlan) -> Vec<(&'static str, String)> {
    let names: Vec<&str> = planned
        .components
        .iter()
        .map(ComponentName::as_str)
        .collect();
    vec![
        (
            "matrix",
            serde_json::to_string(&planned.matrix).unwrap_or_default(),
        ),
        ("components", names.join(",")),
        ("has-components", (!names.is_empty()).to_string()),
    ]
}

/// The plan for people.
fn text(planned: &JobPlan) -> String {
    let mut lines: Vec<String> = planned
        .notes
        .iter()
        .map(|note| format!("note: {note}"))
        .collect();
    lines.push(headline(planned));
    let width = planned
        .components
        .iter()
        .map(|name| name.as_str().len())
        .max()
        .unwrap_or(0);
    for name in planned.components.iter().take(LISTED) {
        let causes = planned.reasons.get(name).into_iter().flatten();
        for (index, cause) in causes.enumerate() {
            let name = if index == 0 { name.as_str() } else { "" };
            lines.push(format!("  {name:width$}  {}", cause.message));
        }
    }
    if let Some(more) = planned.components.len().checked_sub(LISTED + 1) {
        lines.push(format!("  … and {} more", more + 1));
    }
    for name in &planned.removed {
        lines.push(format!("removed: {name}"));
    }
    // Whatever files are called, a line is a line.
    let lines = lines.iter().map(|line| without_command(&plain(line)));
    lines.collect::<Vec<_>>().join("\n")
}

fn headline(planned: &JobPlan) -> String {
    let compared = match (&planned.base, planned.changed_files) {
        (Some(base), Some(files)) => format!(
            " ({} changed since {})",
            counted(files, "file"),
            base.get(..SHOWN_HASH).unwrap_or(base)
        ),
        _ => String::new(),
    };
    let all = counted(planned.components_total, "component");
    match (planned.components.len(), planned.components_total) {
        (0, 0) => format!("nothing to do: there are no components{compared}"),
        (0, _) => format!("nothing to do: no change concerns any of {all}{compared}"),
        (count, _) => {
            let jobs = counted(planned.matrix.include.len(), "job");
            format!("{count} of {all} to judge, in {jobs}{compared}")
        }
    }
}

fn counted(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
