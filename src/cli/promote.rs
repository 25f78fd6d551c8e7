//! `spec2prod promote`: deploys what a report has the evidence for.

use super::arguments::{PromoteArguments, RunArguments};
use super::run::{Work, judge};
use super::{Output, Surroundings};
use crate::summary::read_report;

/// Runs the subcommand.
pub(super) fn run(
    arguments: &PromoteArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let usual = || workspace.join(format!("workflow_report_{}.json", arguments.component));
    let file = arguments.report.clone().unwrap_or_else(usual);
    let evidence = read_report(&file).map_err(|problem| {
        anyhow::anyhow!(
            "the report {} {problem}; `spec2prod run --component {} --target {} --no-deploy` makes one",
            file.display(),
            arguments.component,
            arguments.to
        )
    })?;
    let run = RunArguments {
        component: vec![arguments.component.clone()],
        target: arguments.to.target(),
        spec: None,
        output: arguments.output.clone(),
        policy_from: arguments.policy_from.clone(),
        no_deploy: false,
        deploy: arguments.deploy.clone(),
        workspace: arguments.workspace.clone(),
        format: arguments.format,
    };
    judge(
        &run,
        surroundings,
        output,
        &Work::Promote(Box::new(evidence)),
    )
}
