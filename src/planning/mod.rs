//! Which components a change concerns, as the jobs of a matrix.
//!
//! Where it cannot be said what changed, CI judges everything and says why, and a person is told
//! what to do: never fewer components than changed.

mod comparison;
mod job_plan;
mod request;

pub use job_plan::JobPlan;
pub use request::{PlanError, PlanRequest};

use crate::config::{self, Policy};
use crate::git;
use crate::impact::{Cause, CauseKind, MAX_JOBS, jobs};
use crate::model::ComponentName;
use crate::process::Processes;
use comparison::{Compared, compare};
use std::{collections::BTreeMap, path::Path};

/// Plans what is to be judged: the components that were asked for, all of them, or those that the
/// changes since the base concern.
///
/// # Errors
///
/// When the configuration is not valid, a component does not exist, or, outside CI, it cannot be
/// said what changed.
pub async fn plan(request: &PlanRequest) -> Result<JobPlan, PlanError> {
    if !(1..=MAX_JOBS).contains(&request.max_jobs) {
        return Err(PlanError::Jobs(request.max_jobs));
    }
    let workspace = std::fs::canonicalize(&request.workspace).map_err(|source| {
        let path = request.workspace.clone();
        PlanError::Workspace { path, source }
    })?;
    let policy = config::load(&workspace, request.config.as_deref())?;
    let processes = Processes::new(request.environment.clone());
    let all = config::components(&policy, &workspace);
    let total = all.len();
    let everything = |notes: Vec<String>, why: &str| Compared {
        causes: all
            .iter()
            .map(|name| {
                let cause = Cause::new(CauseKind::Everything, why);
                (name.clone(), vec![cause])
            })
            .collect(),
        notes,
        ..Compared::default()
    };
    let compared = if !request.components.is_empty() {
        Compared {
            causes: asked_for(&request.components, &policy, &workspace)?,
            ..Compared::default()
        }
    } else if request.is_everything {
        everything(Vec::new(), "all components were asked for")
    } else {
        match compare(request, &policy, &workspace, &processes, &all).await {
            Ok(compared) => compared,
            Err(error) if request.is_ci || error.is_about_nothing() => {
                let note = format!("all components are judged: {error}");
                everything(vec![note], "it cannot be said what changed")
            }
            Err(error) => return Err(error),
        }
    };
    let head = match compared.head {
        Some(head) => Some(head),
        None => git::commit_of(&processes, &workspace, "HEAD", &request.cancel)
            .await
            .ok(),
    };
    let components: Vec<ComponentName> = compared.causes.keys().cloned().collect();
    Ok(JobPlan {
        matrix: jobs(&components, request.max_jobs, request.target),
        components,
        reasons: compared.causes,
        base: compared.base,
        merge_base: compared.merge_base,
        head,
        removed: compared.removed,
        target: request.target,
        changed_files: compared.changed_files,
        components_total: total,
        notes: compared.notes,
    })
}

fn asked_for(
    names: &[ComponentName],
    policy: &Policy,
    workspace: &Path,
) -> Result<BTreeMap<ComponentName, Vec<Cause>>, PlanError> {
    let one = |name: &ComponentName| {
        config::component(policy, workspace, name, None)?;
        let cause = Cause::new(CauseKind::AskedFor, "it was asked for");
        Ok((name.clone(), vec![cause]))
    };
    names.iter().map(one).collect()
}
