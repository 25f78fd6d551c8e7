//! `spec2prod spec`: checks or shows a specification.

use super::Output;
use super::arguments::{OutputFormat, SpecArguments, SpecCommand, WorkspaceArguments};
use crate::config;
use crate::model::{Component, ComponentName, Finding, Severity, Specification, Target};
use crate::render::{json, terminal};
use crate::spec;
use crate::workflow::specification_limits;
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// Runs the subcommand: 0 when nothing blocks, 1 when something does.
pub(super) fn run(arguments: &SpecArguments, output: &Output) -> anyhow::Result<u8> {
    match &arguments.command {
        SpecCommand::Show { file, format } => {
            let specification = read(Path::new("."), file)?;
            output.print(&match format {
                OutputFormat::Json => json::pretty(&specification),
                OutputFormat::Text => spec::show::summary(&specification),
            });
            Ok(0)
        }
        SpecCommand::Check {
            file,
            component,
            target,
            workspace,
            format,
        } => {
            let specification = read(&workspace.workspace, file)?;
            let target = target.or(specification.target).unwrap_or(Target::Dev);
            let findings = check(&specification, file, component.as_ref(), target, workspace)?;
            let is_blocked = findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            output.print(&match format {
                OutputFormat::Json => json::pretty(&serde_json::json!({
                    "file": specification.file,
                    "target": target,
                    "passed": !is_blocked,
                    "findings": findings,
                })),
                OutputFormat::Text => {
                    terminal::specification(&specification.file, target, &findings, output.style())
                }
            });
            Ok(u8::from(is_blocked))
        }
    }
}

fn read(workspace: &Path, file: &Path) -> anyhow::Result<Specification> {
    let workspace = std::fs::canonicalize(workspace)
        .with_context(|| format!("the workspace {} cannot be used", workspace.display()))?;
    Ok(spec::read(&workspace, file)?)
}

fn check(
    specification: &Specification,
    file: &Path,
    component: Option<&ComponentName>,
    target: Target,
    workspace: &WorkspaceArguments,
) -> anyhow::Result<Vec<Finding>> {
    let root = workspace.resolved()?;
    let policy = config::load(&root, workspace.config.as_deref())?;
    let name = match (component, &specification.component) {
        (Some(component), _) => component.clone(),
        (None, Some(named)) if named.parse::<ComponentName>().is_ok() => named.parse()?,
        _ => {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            stem.parse()
                .context("name the component with --component")?
        }
    };
    let component = Component {
        path: PathBuf::new(),
        tests: Vec::new(),
        spec: Some(file.to_path_buf()),
        toolchain: String::new(),
        name,
    };
    let policy = policy.for_component(component.name.as_str());
    Ok(spec::check(
        specification,
        target,
        &specification_limits(&policy, &component),
    ))
}
