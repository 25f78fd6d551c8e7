//! Which rules a command obeys: those of the workspace, or those of the commit that a change is
//! compared with, so that no change weakens the rules that judge it.

use super::{Surroundings, api};
use crate::base_policy::{self, BasePolicyError};
use crate::config::{self, MAX_BYTES, Policy};
use crate::github::{Event, api::file};
use crate::model::{PolicyOrigin, short_commit};
use crate::process::Processes;
use crate::publish::prefix;
use anyhow::Context as _;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// What started the run, where GitHub Actions did; `None` elsewhere.
///
/// # Errors
///
/// When the event is one whose base sets the rules, and it cannot be understood: the rules would then
/// be those of the change. For other events the problem is given back, to be said.
pub(super) fn event(
    surroundings: &Surroundings,
) -> anyhow::Result<(Option<Event>, Option<String>)> {
    match Event::read(&surroundings.github) {
        Ok(event) => Ok((event, None)),
        Err(error) => {
            let name = surroundings.github.get("GITHUB_EVENT_NAME");
            let has_base =
                name.is_some_and(|name| name.starts_with("pull_request") || name == "merge_group");
            if has_base {
                return Err(error).context(
                    "the rules come from the base of a change, and it is not known which one",
                );
            }
            Ok((None, Some(error.to_string())))
        }
    }
}

/// What is obeyed, and where that comes from where it is another commit. The configuration of the
/// workspace must be valid all the same: others will be judged by it.
pub(super) async fn rules(
    surroundings: &Surroundings,
    workspace: &Path,
    config: Option<&Path>,
    named: Option<&str>,
    event: Option<&Event>,
) -> anyhow::Result<(Policy, Option<PolicyOrigin>)> {
    let own = config::load(workspace, config)?;
    let Some(reference) = named.or(event.and_then(Event::base_of_rules)) else {
        return Ok((own, None));
    };
    let processes = Processes::new(surroundings.environment.clone());
    let cancel = CancellationToken::new();
    let found =
        base_policy::judged_by(&processes, workspace, reference, config, &own, &cancel).await;
    match (found, event) {
        (Ok((policy, origin)), _) => Ok((policy, Some(origin))),
        // A shallow clone lacks the base, and GitHub has it.
        (Err(error @ BasePolicyError::UnknownCommit { .. }), Some(event)) if named.is_none() => {
            let base = over_api(surroundings, workspace, config, event, reference)
                .await
                .with_context(|| error.to_string())?;
            let (policy, origin) = base_policy::under(base, reference.to_owned(), &own);
            Ok((policy, Some(origin)))
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// The configuration of a commit as GitHub has it.
async fn over_api(
    surroundings: &Surroundings,
    workspace: &Path,
    config: Option<&Path>,
    event: &Event,
    commit: &str,
) -> anyhow::Result<Option<Policy>> {
    let client =
        api::client(surroundings, event).context("it cannot be read from GitHub either")?;
    let prefix = prefix(workspace, surroundings.github.get("GITHUB_WORKSPACE"));
    for name in base_policy::file_names(workspace, config) {
        let path = format!("{prefix}{name}");
        if let Some(bytes) = file(&client, &event.repository, &path, commit, MAX_BYTES).await? {
            let short = short_commit(commit);
            let policy = config::load_bytes(bytes, &format!("{name}@{short}"))?;
            return Ok(Some(policy));
        }
    }
    Ok(None)
}
