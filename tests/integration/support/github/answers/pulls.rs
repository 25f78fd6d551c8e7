//! Pull requests.

use super::super::{
    exchange::{Answer, Call},
    repository::{DEFAULT_BRANCH, Pull, Repository, user},
};
use super::{commits, people};
use serde_json::{Value, json};

pub(super) fn get(repository: &mut Repository, call: &Call) -> Answer {
    let Some(pull) = repository.pulls.get(&call.number("pull_number")) else {
        return Answer::not_found();
    };
    let mut shown = shown(repository, call, pull);
    shown["mergeable"] = json!(true);
    shown["mergeable_state"] = json!("clean");
    Answer::json(200, shown)
}

pub(super) fn list(repository: &mut Repository, call: &Call) -> Answer {
    let state = call.parameter("state").unwrap_or("open");
    let pulls = repository.pulls.values().rev().filter(|pull| {
        let owner = pull.head_repository.split('/').next().unwrap_or_default();
        let head = format!("{owner}:{}", pull.head_branch);
        (state == "all" || state == pull.state)
            && call.parameter("head").is_none_or(|asked| asked == head)
            && call
                .parameter("base")
                .is_none_or(|asked| asked == DEFAULT_BRANCH)
    });
    Answer::pages(pulls.map(|pull| shown(repository, call, pull)).collect())
}

/// Those of a commit: that have it, or that it merged. One that comes from a fork is not found here: its commit is in the fork only.
/// <https://github.com/retransmission/retransmission/pull/280> looked at several.
pub(super) fn of_commit(repository: &mut Repository, call: &Call) -> Answer {
    let sha = call.parameter("commit_sha").unwrap_or_default();
    let sha = repository.git.resolve(sha).unwrap_or_default();
    let has = |reference: &str| repository.git.history(reference).contains(&sha);
    let pulls = repository.pulls.values().filter(|pull| {
        let merge = pull.merged.as_ref().map(|(_, commit)| commit);
        let is_of_pull = has(&pull.head_sha) && !has(&pull.base_sha);
        (is_of_pull && !pull.is_from_fork()) || merge == Some(&sha)
    });
    Answer::pages(pulls.map(|pull| shown(repository, call, pull)).collect())
}

pub(super) fn files(repository: &mut Repository, call: &Call) -> Answer {
    let Some(pull) = repository.pulls.get(&call.number("pull_number")) else {
        return Answer::not_found();
    };
    Answer::pages(commits::changes(repository, &pull.base_sha, &pull.head_sha))
}

fn shown(repository: &Repository, call: &Call, pull: &Pull) -> Value {
    let number = pull.number;
    let owner = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
    let side = |branch: &str, sha: &str, name: &str| {
        json!({
            "label": format!("{}:{branch}", owner(name)),
            "ref": branch,
            "sha": sha,
            "repo": {
                "name": name.split('/').next_back(),
                "full_name": name,
                "fork": name != repository.full_name,
                "owner": user(&owner(name)),
                "default_branch": DEFAULT_BRANCH,
            },
            "user": user(&owner(name)),
        })
    };
    json!({
        "number": number,
        "id": 100_000 + number,
        "url": repository.url(call.base, &format!("/pulls/{number}")),
        "html_url": format!("https://github.com/{}/pull/{number}", repository.full_name),
        "state": pull.state,
        "title": format!("Pull request {number}"),
        "user": user(&pull.author),
        "head": side(&pull.head_branch, &pull.head_sha, &pull.head_repository),
        "labels": people::labels(repository, number),
        "merged_at": pull.merged.as_ref().map(|(at, _)| at),
        "merge_commit_sha": pull.merged.as_ref().map(|(_, commit)| commit),
        "base": side(DEFAULT_BRANCH, &pull.base_sha, &repository.full_name),
    })
}
