//! `spec2prod doctor`: which tools are there for a component, and in which versions.

use super::arguments::{DoctorArguments, OutputFormat};
use super::{Output, Surroundings, runtime};
use crate::config;
use crate::model::{ComponentName, Target};
use crate::render::json;
use crate::workflow::{Request, diagnose};
use std::sync::Arc;

/// Runs the subcommand: 0 when every tool is there, 3 when one is missing. Installs nothing.
pub(super) fn run(
    arguments: &DoctorArguments,
    surroundings: &Surroundings,
    output: &Output,
) -> anyhow::Result<u8> {
    let workspace = arguments.workspace.resolved()?;
    let policy = Arc::new(config::load(
        &workspace,
        arguments.workspace.config.as_deref(),
    )?);
    let components: Vec<ComponentName> = match &arguments.component {
        Some(component) => vec![component.clone()],
        None => config::components(&policy, &workspace),
    };
    anyhow::ensure!(
        !components.is_empty(),
        "no component was found; name one with --component"
    );
    let runtime = runtime()?;
    let mut diagnoses = Vec::new();
    for component in components {
        let request = Request {
            policy: Some(Arc::clone(&policy)),
            is_ci: surroundings.is_ci,
            ..Request::new(
                &workspace,
                component,
                Target::Production,
                surroundings.environment.clone(),
            )
        };
        diagnoses.push(runtime.block_on(diagnose(&request))?);
    }
    output.print(&match arguments.format {
        OutputFormat::Json => json::pretty(&diagnoses),
        OutputFormat::Text => diagnoses
            .iter()
            .map(|diagnosis| diagnosis.to_string())
            .collect::<Vec<_>>()
            .join("\n"),
    });
    let is_well = diagnoses
        .iter()
        .all(|diagnosis| diagnosis.problems.is_empty());
    Ok(if is_well { 0 } else { 3 })
}
