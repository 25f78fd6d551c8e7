//! Git's own objects: blobs, trees, commits and references.

use super::{
    super::{
        exchange::{Answer, Call},
        git::{Entry, Tree, below, tree_sha},
        repository::Repository,
    },
    contents, refused,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn create_blob(repository: &mut Repository, call: &Call) -> Answer {
    let content = call.text("content").unwrap_or_default();
    let bytes = match call.text("encoding").as_deref() {
        Some("base64") => contents::decoded(&content),
        _ => Some(content.into_bytes()),
    };
    let Some(bytes) = bytes else {
        return refused("Blob", "content", "content is not valid Base64");
    };
    let sha = repository.git.add_blob(&bytes);
    let url = repository.url(call.base, &format!("/git/blobs/{sha}"));
    Answer::json(201, json!({"sha": sha, "url": url}))
}

pub(super) fn blob(repository: &mut Repository, call: &Call) -> Answer {
    let sha = call.parameter("file_sha").unwrap_or_default();
    let found = repository.git.blobs.get(sha);
    found.map_or_else(Answer::not_found, |bytes| {
        Answer::json(
            200,
            json!({
                "sha": sha, "size": bytes.len(), "encoding": "base64", "content": contents::encoded(bytes),
            }),
        )
    })
}

pub(super) fn create_tree(repository: &mut Repository, call: &Call) -> Answer {
    let git = &mut repository.git;
    let mut tree = Tree::new();
    if let Some(base) = call.text("base_tree") {
        // A commit stands for its tree.
        let base = git
            .commits
            .get(&base)
            .map_or(base, |commit| commit.tree.clone());
        match git.trees.get(&base) {
            Some(known) => tree.clone_from(known),
            None => return Answer::not_found(),
        }
    }
    for entry in call.body["tree"].as_array().into_iter().flatten() {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let path = text("path");
        if entry["sha"].is_null() && entry.get("content").is_none() {
            let count = tree.len();
            tree.retain(|known, _| *known != path && !known.starts_with(&format!("{path}/")));
            if tree.len() == count {
                return refused("Tree", "tree", "GitRPC::BadObjectState");
            }
            continue;
        }
        if let Some(inner) = git.trees.get(&text("sha")) {
            tree.extend(
                inner
                    .iter()
                    .map(|(name, entry)| (format!("{path}/{name}"), entry.clone())),
            );
            continue;
        }
        let sha = match entry["content"].as_str() {
            Some(content) => git.add_blob(content.as_bytes()),
            None => text("sha"),
        };
        if !git.blobs.contains_key(&sha) {
            return refused("Tree", "sha", "tree.sha is not a valid object");
        }
        tree.insert(
            path,
            Entry {
                mode: text("mode"),
                sha,
            },
        );
    }
    let sha = git.add_tree(&tree);
    Answer::json(201, shown_tree(repository, call, &sha))
}

pub(super) fn tree(repository: &mut Repository, call: &Call) -> Answer {
    let name = call.parameter("tree_sha").unwrap_or_default();
    let git = &repository.git;
    let sha = match git.resolve(name) {
        Some(commit) => git.commits[&commit].tree.clone(),
        None => name.to_owned(),
    };
    if !git.trees.contains_key(&sha) {
        return Answer::not_found();
    }
    Answer::json(200, shown_tree(repository, call, &sha))
}

fn shown_tree(repository: &Repository, call: &Call, sha: &str) -> Value {
    let git = &repository.git;
    let tree = &git.trees[sha];
    let mut entries = BTreeMap::new();
    for (path, entry) in tree {
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        for folder in folders {
            let sha = tree_sha(&below(tree, folder));
            entries.entry(folder.to_owned()).or_insert_with(
                || json!({"path": folder, "mode": "040000", "type": "tree", "sha": sha}),
            );
        }
        entries.insert(
            path.clone(),
            json!({
                "path": path, "mode": entry.mode, "type": "blob", "sha": entry.sha,
                "size": git.blobs[&entry.sha].len(),
            }),
        );
    }
    if call.parameter("recursive").is_none() {
        entries.retain(|path, _| !path.contains('/'));
    }
    json!({
        "sha": sha,
        "url": repository.url(call.base, &format!("/git/trees/{sha}")),
        "tree": entries.into_values().collect::<Vec<Value>>(),
        "truncated": false,
    })
}

pub(super) fn create_commit(repository: &mut Repository, call: &Call) -> Answer {
    let tree = call.text("tree").unwrap_or_default();
    let parents = call.body["parents"].as_array().into_iter().flatten();
    let parents: Vec<String> = parents
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let git = &mut repository.git;
    if !git.trees.contains_key(&tree) {
        return refused("Commit", "tree", "Tree SHA does not exist");
    }
    if !parents
        .iter()
        .all(|parent| git.commits.contains_key(parent))
    {
        return refused(
            "Commit",
            "parents",
            "Parent SHA does not exist or is not a commit object",
        );
    }
    let message = call.text("message").unwrap_or_default();
    let sha = git.add_commit(&tree, &parents, &message);
    Answer::json(201, shown_commit(repository, call, &sha))
}

pub(super) fn commit(repository: &mut Repository, call: &Call) -> Answer {
    let sha = call.parameter("commit_sha").unwrap_or_default();
    if !repository.git.commits.contains_key(sha) {
        return Answer::not_found();
    }
    Answer::json(200, shown_commit(repository, call, sha))
}

fn shown_commit(repository: &Repository, call: &Call, sha: &str) -> Value {
    let commit = &repository.git.commits[sha];
    let parents = commit.parents.iter();
    let parents: Vec<Value> = parents.map(|parent| json!({"sha": parent})).collect();
    json!({
        "sha": sha,
        "url": repository.url(call.base, &format!("/git/commits/{sha}")),
        "message": commit.message,
        "tree": {"sha": commit.tree},
        "parents": parents,
    })
}

pub(super) fn reference(repository: &mut Repository, call: &Call) -> Answer {
    let name = call.parameter("ref").unwrap_or_default();
    let found = repository.git.references.get(name);
    found.map_or_else(Answer::not_found, |sha| {
        Answer::json(200, shown_reference(repository, call, name, sha))
    })
}

pub(super) fn create_reference(repository: &mut Repository, call: &Call) -> Answer {
    let (full, sha) = (
        call.text("ref").unwrap_or_default(),
        call.text("sha").unwrap_or_default(),
    );
    let git = &mut repository.git;
    let Some(name) = full.strip_prefix("refs/").filter(|name| name.contains('/')) else {
        let message = "Reference name must start with 'refs/' and contain at least one more slash.";
        return Answer::message(422, message);
    };
    if git.references.contains_key(name) {
        return Answer::message(422, "Reference already exists");
    }
    if !git.commits.contains_key(&sha) {
        return Answer::message(422, "Object does not exist");
    }
    git.references.insert(name.to_owned(), sha.clone());
    Answer::json(201, shown_reference(repository, call, name, &sha))
}

pub(super) fn update_reference(repository: &mut Repository, call: &Call) -> Answer {
    let name = call.parameter("ref").unwrap_or_default();
    let sha = call.text("sha").unwrap_or_default();
    let git = &mut repository.git;
    let Some(old) = git.references.get(name).cloned() else {
        return Answer::message(422, "Reference does not exist");
    };
    if !git.commits.contains_key(&sha) {
        return Answer::message(422, "Object does not exist");
    }
    if call.body["force"] != true && !git.history(&sha).contains(&old) {
        return Answer::message(422, "Update is not a fast forward");
    }
    git.references.insert(name.to_owned(), sha.clone());
    Answer::json(200, shown_reference(repository, call, name, &sha))
}

fn shown_reference(repository: &Repository, call: &Call, name: &str, sha: &str) -> Value {
    json!({
        "ref": format!("refs/{name}"),
        "url": repository.url(call.base, &format!("/git/refs/{name}")),
        "object": {
            "type": "commit",
            "sha": sha,
            "url": repository.url(call.base, &format!("/git/commits/{sha}")),
        },
    })
}
