//! What the fake answers, one file an area of the API.

mod actions;
mod checks;
mod comments;
mod commits;
mod contents;
mod deployments;
mod git;
mod people;
mod pulls;

pub(super) use actions::STORAGE;

use super::{
    exchange::{Answer, Call},
    repository::{DEFAULT_BRANCH, Repository},
};
use serde_json::json;

/// Answers a request; `None` when the fake does not know how.
pub(super) fn answer(repository: &mut Repository, call: &Call) -> Option<Answer> {
    Some(match call.operation {
        "actions/create-workflow-dispatch" => actions::dispatch(repository, call),
        "actions/download-artifact" => actions::download(repository, call),
        "actions/get-artifact" => actions::artifact(repository, call),
        "actions/get-reviews-for-run" => people::run_reviews(repository, call),
        "actions/get-workflow-run" => actions::run(repository, call),
        "actions/list-artifacts-for-repo" | "actions/list-workflow-run-artifacts" => {
            actions::artifacts(repository, call)
        }
        "actions/list-jobs-for-workflow-run" => actions::jobs(repository, call),
        "actions/list-workflow-runs-for-repo" => actions::runs(repository, call),
        "checks/create" => checks::create(repository, call),
        "checks/get" => checks::get(repository, call),
        "checks/list-annotations" => checks::annotations(repository, call),
        "checks/list-for-ref" => checks::list(repository, call),
        "checks/update" => checks::update(repository, call),
        "git/create-blob" => git::create_blob(repository, call),
        "git/create-commit" => git::create_commit(repository, call),
        "git/create-ref" => git::create_reference(repository, call),
        "git/create-tree" => git::create_tree(repository, call),
        "git/get-blob" => git::blob(repository, call),
        "git/get-commit" => git::commit(repository, call),
        "git/get-ref" => git::reference(repository, call),
        "git/get-tree" => git::tree(repository, call),
        "git/update-ref" => git::update_reference(repository, call),
        "issues/create-comment" => comments::create(repository, call),
        "issues/delete-comment" => comments::delete(repository, call),
        "issues/get-comment" => comments::get(repository, call),
        "issues/list-comments" => comments::list(repository, call),
        "issues/list-events-for-timeline" => people::timeline(repository, call),
        "issues/update-comment" => comments::update(repository, call),
        "pulls/get" => pulls::get(repository, call),
        "pulls/list" => pulls::list(repository, call),
        "pulls/list-files" => pulls::files(repository, call),
        "pulls/list-reviews" => people::reviews(repository, call),
        "repos/list-pull-requests-associated-with-commit" => pulls::of_commit(repository, call),
        "repos/compare-commits-with-basehead" => commits::compare(repository, call),
        "repos/create-commit-status" => commits::create_status(repository, call),
        "repos/get-combined-status-for-ref" => commits::combined_status(repository, call),
        "repos/get-commit" => commits::get(repository, call),
        "repos/list-commit-statuses-for-ref" => commits::statuses(repository, call),
        "repos/create-or-update-file-contents" => contents::write(repository, call),
        "repos/get-content" => contents::read(repository, call),
        "repos/create-deployment" => deployments::create(repository, call),
        "repos/create-deployment-status" => deployments::create_status(repository, call),
        "repos/get-deployment" => deployments::get(repository, call),
        "repos/list-deployment-statuses" => deployments::statuses(repository, call),
        "repos/list-deployments" => deployments::list(repository, call),
        "repos/get" => get(repository, call),
        "teams/get-by-name" => people::team(repository, call),
        "teams/get-membership-for-user-in-org" => people::membership(repository, call),
        _ => return None,
    })
}

fn get(repository: &Repository, call: &Call) -> Answer {
    let (owner, name) = repository.full_name.split_once('/').unwrap();
    Answer::json(
        200,
        json!({
            "name": name,
            "full_name": repository.full_name,
            "owner": {"login": owner, "type": "Organization"},
            "default_branch": DEFAULT_BRANCH,
            "url": repository.url(call.base, ""),
        }),
    )
}

/// An error of an answer with 422.
fn refused(resource: &str, field: &str, message: &str) -> Answer {
    Answer::unprocessable(vec![json!({
        "resource": resource, "field": field, "code": "custom", "message": message,
    })])
}
