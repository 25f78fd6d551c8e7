//! What a run would find on this machine, without running anything.

use super::groundwork::Groundwork;
use super::plan::Plan;
use super::{Request, WorkflowError};
use crate::model::{ComponentName, Reason};
use crate::toolchains::Action;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// What a run would find on this machine.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// The component.
    pub component: ComponentName,
    /// Its toolchain.
    pub toolchain: String,
    /// Where the tools come from.
    pub environment: String,
    /// The tools that would run, with their versions where known.
    pub tools: BTreeMap<String, Option<String>>,
    /// What is missing.
    pub problems: Vec<Reason>,
    /// Remarks.
    pub notes: Vec<String>,
}

/// Looks for the tools of a component, for every target. Installs nothing.
///
/// # Errors
///
/// When the configuration is not valid or the component cannot be found.
pub async fn diagnose(request: &Request) -> Result<Diagnosis, WorkflowError> {
    let ground = Groundwork::lay(request)?;
    let plan = Plan::new(&ground.policy, request.target);
    let prepared = ground
        .prepare_with(request, &plan.needed, None, false)
        .await;
    Ok(Diagnosis {
        component: request.component.clone(),
        toolchain: ground.component.toolchain.clone(),
        environment: prepared.environment,
        tools: prepared
            .tools
            .into_iter()
            .filter(|tool| matches!(tool.action, Action::Command(_)))
            .map(|tool| (tool.name, tool.version))
            .collect(),
        problems: prepared.problems,
        notes: [prepared.warnings, prepared.notes].concat(),
    })
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", self.component, self.toolchain)?;
        writeln!(f, "  environment: {}", self.environment)?;
        for (tool, version) in &self.tools {
            let line = format!("  ✓ {tool:<18} {}", version.as_deref().unwrap_or_default());
            writeln!(f, "{}", line.trim_end())?;
        }
        for problem in &self.problems {
            writeln!(f, "  ✗ {problem}")?;
        }
        for note in &self.notes {
            writeln!(f, "  note: {note}")?;
        }
        Ok(())
    }
}
