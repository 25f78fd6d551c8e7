//! Compares the workspace with its base.

use super::{PlanError, PlanRequest};
use crate::base_policy;
use crate::config::{self, Policy};
use crate::git::{self, Changes};
use crate::impact::{Cause, Outline, Part, affected};
use crate::model::ComponentName;
use crate::process::Processes;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What a comparison gave.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) causes: BTreeMap<ComponentName, Vec<Cause>>,
    pub(super) removed: Vec<ComponentName>,
    pub(super) base: Option<String>,
    pub(super) merge_base: Option<String>,
    pub(super) head: Option<String>,
    pub(super) changed_files: Option<usize>,
    pub(super) notes: Vec<String>,
}

/// The components that the changes since the base concern.
pub(super) async fn compare(
    request: &PlanRequest,
    policy: &Policy,
    workspace: &Path,
    processes: &Processes,
    names: &[ComponentName],
) -> Result<Compared, PlanError> {
    let base = base(request, workspace, processes).await?;
    let has_local = !request.is_ci;
    let changes = git::changes(processes, workspace, &base, has_local, &request.cancel).await?;
    let outline = outline(request, policy, workspace, names, &changes.files);
    let (removed, notes) = removed(request, workspace, processes, names, &changes).await;
    Ok(Compared {
        causes: affected(&outline, &changes.files),
        removed,
        base: Some(changes.base),
        merge_base: changes.merge_bases.into_iter().next(),
        head: Some(changes.head),
        changed_files: Some(changes.files.len()),
        notes,
    })
}

/// What to compare with.
async fn base(
    request: &PlanRequest,
    workspace: &Path,
    processes: &Processes,
) -> Result<String, PlanError> {
    if let Some(base) = request.base.as_ref().filter(|base| !base.is_empty()) {
        // <https://docs.github.com/webhooks/webhook-events-and-payloads#push>: what a branch was
        // before it was made.
        let is_nothing = matches!(base.len(), 40 | 64) && base.bytes().all(|byte| byte == b'0');
        if is_nothing {
            return Err(PlanError::NoBase(
                "the branch is new, so there is nothing to compare with",
            ));
        }
        return Ok(base.clone());
    }
    if request.is_ci {
        return Err(PlanError::NoBase(
            "no base was named, so there is nothing to compare with; name one with --base",
        ));
    }
    if let Some(base) = git::usual_base(processes, workspace, &request.cancel).await {
        return Ok(base);
    }
    let head = git::commit_of(processes, workspace, "HEAD", &request.cancel).await;
    head.map_err(PlanError::NoCommit)?;
    Err(PlanError::NoBase(
        "there is no default branch to compare with (origin/HEAD, the branch that this one follows, \
         main, master); name a base with --base",
    ))
}

fn outline(
    request: &PlanRequest,
    policy: &Policy,
    workspace: &Path,
    names: &[ComponentName],
    changed: &BTreeSet<String>,
) -> Outline {
    let footprints = config::footprints(policy, workspace, names, changed);
    let parts = names.iter().zip(footprints).map(|(name, footprint)| Part {
        name: name.clone(),
        sources: footprint.sources.into_iter().collect(),
        tests: footprint.tests.into_iter().collect(),
        specification: footprint.specification.into_iter().collect(),
        depends_on: policy
            .components
            .get(name.as_str())
            .map(|component| component.depends_on.clone())
            .unwrap_or_default(),
        problem: footprint.problem,
    });
    Outline {
        parts: parts.collect(),
        configuration: base_policy::file_names(workspace, request.config.as_deref()),
        shared_paths: policy.shared_paths.clone(),
    }
}

/// The components that were there where the two lines of work branched off, and are no longer.
async fn removed(
    request: &PlanRequest,
    workspace: &Path,
    processes: &Processes,
    names: &[ComponentName],
    changes: &Changes,
) -> (Vec<ComponentName>, Vec<String>) {
    let Some(commit) = changes
        .merge_bases
        .first()
        .filter(|_| !changes.files.is_empty())
    else {
        return (Vec::new(), Vec::new());
    };
    let unknown = |error: &dyn std::fmt::Display| {
        let note = format!("components that were removed are not named: {error}");
        (Vec::new(), vec![note])
    };
    let config = request.config.as_deref();
    let cancel = &request.cancel;
    let policy = base_policy::of_commit(processes, workspace, commit, config, cancel).await;
    let policy = match policy {
        Ok(policy) => policy.unwrap_or_default(),
        Err(error) => return unknown(&error),
    };
    let files = match git::files_of_commit(processes, workspace, commit, cancel).await {
        Ok(files) => files,
        Err(error) => return unknown(&error),
    };
    let mut before = config::components_among(&policy, &files);
    names.iter().for_each(|name| {
        before.remove(name);
    });
    (before.into_iter().collect(), Vec::new())
}
