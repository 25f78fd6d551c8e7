//! Commits, how they differ, and their statuses.

use super::{
    super::{
        exchange::{Answer, Call},
        repository::{CommitStatus, Repository, user},
    },
    refused,
};
use serde_json::{Value, json};

pub(super) fn get(repository: &mut Repository, call: &Call) -> Answer {
    let name = call.parameter("ref").unwrap_or_default();
    let Some(sha) = repository.git.resolve(name) else {
        return refused("Commit", "sha", &format!("No commit found for SHA: {name}"));
    };
    Answer::json(200, shown(repository, call, &sha))
}

fn shown(repository: &Repository, call: &Call, sha: &str) -> Value {
    let commit = &repository.git.commits[sha];
    let parents = commit.parents.iter();
    let parents: Vec<Value> = parents.map(|parent| json!({"sha": parent})).collect();
    json!({
        "sha": sha,
        "url": repository.url(call.base, &format!("/commits/{sha}")),
        "commit": {"message": commit.message, "tree": {"sha": commit.tree}},
        "parents": parents,
    })
}

/// The files that changed between two commits.
pub(super) fn changes(repository: &Repository, from: &str, to: &str) -> Vec<Value> {
    let changes = repository.git.changes(from, to).into_iter();
    changes
        .map(|(filename, status, sha)| {
            json!({"filename": filename, "status": status, "sha": sha, "additions": 1, "changes": 1})
        })
        .collect()
}

pub(super) fn compare(repository: &mut Repository, call: &Call) -> Answer {
    let git = &repository.git;
    let names = call.parameter("basehead").unwrap_or_default();
    // `owner:branch` names a branch of a fork of the same network.
    let resolve = |name: &str| git.resolve(name.split(':').next_back().unwrap_or_default());
    let sides = names
        .split_once("...")
        .and_then(|(base, head)| Some((resolve(base)?, resolve(head)?)));
    let Some((base, head)) = sides else {
        return Answer::not_found();
    };
    let (before, after) = (git.history(&base), git.history(&head));
    let Some(common) = after.iter().find(|sha| before.contains(sha)) else {
        return Answer::message(404, "No common ancestor between the two commits.");
    };
    let ahead: Vec<&String> = after.iter().filter(|sha| !before.contains(sha)).collect();
    let behind = before.iter().filter(|sha| !after.contains(sha)).count();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let commits = ahead.iter().rev().map(|sha| shown(repository, call, sha));
    // The files are on the first page only.
    // https://docs.github.com/en/rest/commits/commits#compare-two-commits
    let is_first = call.parameter("page").is_none_or(|page| page == "1");
    let files = if is_first {
        changes(repository, common, &head)
    } else {
        Vec::new()
    };
    let mut object = json!({
        "url": repository.url(call.base, &format!("/compare/{names}")),
        "status": status,
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "base_commit": shown(repository, call, &base),
        "merge_base_commit": shown(repository, call, common),
        "files": files,
    });
    // Up to 250 commits come at once unless pages are asked for.
    if call.parameter("page").is_none() && call.parameter("per_page").is_none() {
        object["commits"] = commits.take(250).collect();
        return Answer::json(200, object);
    }
    Answer::pages_within(commits.collect(), "commits", object)
}

pub(super) fn create_status(repository: &mut Repository, call: &Call) -> Answer {
    let sha = call.parameter("sha").unwrap_or_default().to_owned();
    if !repository.git.commits.contains_key(&sha) {
        return refused("Status", "sha", &format!("No commit found for SHA: {sha}"));
    }
    let status = CommitStatus {
        id: repository.next_id(),
        sha,
        state: call.text("state").unwrap_or_default(),
        context: call.text("context").unwrap_or_else(|| "default".to_owned()),
        description: call.text("description"),
        target_url: call.text("target_url"),
        created_at: call.now.clone(),
    };
    let shown = shown_status(&status, call);
    repository.statuses.push(status);
    Answer::json(201, shown)
}

pub(super) fn statuses(repository: &mut Repository, call: &Call) -> Answer {
    let sha = repository
        .git
        .resolve(call.parameter("ref").unwrap_or_default());
    let statuses = repository.statuses.iter().rev();
    let of_commit = statuses.filter(|status| Some(&status.sha) == sha.as_ref());
    Answer::pages(of_commit.map(|status| shown_status(status, call)).collect())
}

pub(super) fn combined_status(repository: &mut Repository, call: &Call) -> Answer {
    let Some(sha) = repository
        .git
        .resolve(call.parameter("ref").unwrap_or_default())
    else {
        return Answer::not_found();
    };
    let latest = latest(repository, &sha);
    let has = |states: &[&str]| {
        latest
            .iter()
            .any(|status| states.contains(&status.state.as_str()))
    };
    let state = if has(&["failure", "error"]) {
        "failure"
    } else if latest.is_empty() || has(&["pending"]) {
        "pending"
    } else {
        "success"
    };
    let statuses: Vec<Value> = latest.iter().map(|status| shown_simple(status)).collect();
    let object = json!({"state": state, "sha": sha, "total_count": statuses.len()});
    Answer::pages_within(statuses, "statuses", object)
}

/// The newest status of each context of a commit.
pub(super) fn latest<'a>(repository: &'a Repository, sha: &str) -> Vec<&'a CommitStatus> {
    let mut latest: Vec<&CommitStatus> = Vec::new();
    for status in repository.statuses.iter().rev() {
        let is_older = latest.iter().any(|newer| newer.context == status.context);
        if status.sha == sha && !is_older {
            latest.push(status);
        }
    }
    latest
}

fn shown_simple(status: &CommitStatus) -> Value {
    json!({
        "id": status.id,
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target_url.as_deref().unwrap_or("https://github.com"),
        "created_at": status.created_at,
        "updated_at": status.created_at,
    })
}

fn shown_status(status: &CommitStatus, call: &Call) -> Value {
    let mut shown = shown_simple(status);
    shown["target_url"] = json!(status.target_url);
    shown["creator"] = user(call.login);
    shown
}
