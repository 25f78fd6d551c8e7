//! Files, read and written one at a time.

use super::{
    super::{
        exchange::{self, Answer, Call},
        git::{Tree, below, tree_sha},
        repository::{DEFAULT_BRANCH, Repository},
    },
    refused,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A larger file is described without its content.
/// <https://docs.github.com/en/rest/repos/contents#get-repository-content>
const LARGEST_FILE: usize = 1024 * 1024;

pub(super) fn read(repository: &mut Repository, call: &Call) -> Answer {
    let path = call
        .parameter("path")
        .unwrap_or_default()
        .trim_end_matches('/');
    let name = call.parameter("ref").unwrap_or(DEFAULT_BRANCH);
    let Some(commit) = repository.git.resolve(name) else {
        return Answer::message(404, &format!("No commit found for the ref {name}"));
    };
    let files = repository.git.files(&commit);
    if let Some(entry) = files.get(path) {
        let bytes = &repository.git.blobs[&entry.sha];
        if call.accept.contains(".raw") {
            return Answer::bytes(200, "application/vnd.github.raw+json", bytes.clone());
        }
        let mut file = shown(repository, call, path, &entry.sha, "file", bytes.len());
        let is_large = bytes.len() > LARGEST_FILE;
        file["encoding"] = json!(if is_large { "none" } else { "base64" });
        file["content"] = json!(if is_large {
            String::new()
        } else {
            encoded(bytes)
        });
        return Answer::json(200, file);
    }
    let folder = if path.is_empty() {
        files.clone()
    } else {
        below(files, path)
    };
    if folder.is_empty() {
        return Answer::not_found();
    }
    Answer::json(200, listed(repository, call, path, &folder))
}

fn listed(repository: &Repository, call: &Call, path: &str, folder: &Tree) -> Value {
    let mut entries = BTreeMap::new();
    for (rest, entry) in folder {
        let (name, is_folder) = match rest.split_once('/') {
            Some((name, _)) => (name, true),
            None => (rest.as_str(), false),
        };
        let path = format!("{path}/{name}");
        let path = path.trim_start_matches('/');
        let shown = if is_folder {
            let sha = tree_sha(&below(folder, name));
            shown(repository, call, path, &sha, "dir", 0)
        } else {
            let length = repository.git.blobs[&entry.sha].len();
            shown(repository, call, path, &entry.sha, "file", length)
        };
        entries.insert(name.to_owned(), shown);
    }
    entries.into_values().collect()
}

/// With a line break after every sixty characters, as GitHub writes it.
pub(super) fn encoded(bytes: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(60);
    lines
        .map(|line| format!("{}\n", String::from_utf8_lossy(line)))
        .collect()
}

/// What a client sends in Base64, with or without line breaks.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text.replace(['\n', '\r'], "")).ok()
}

fn shown(
    repository: &Repository,
    call: &Call,
    path: &str,
    sha: &str,
    kind: &str,
    size: usize,
) -> Value {
    let parts = path.split('/').map(exchange::encoded);
    let place = parts.collect::<Vec<String>>().join("/");
    json!({
        "type": kind,
        "name": path.split('/').next_back(),
        "path": path,
        "sha": sha,
        "size": size,
        "url": repository.url(call.base, &format!("/contents/{place}")),
    })
}

pub(super) fn write(repository: &mut Repository, call: &Call) -> Answer {
    let path = call.parameter("path").unwrap_or_default().to_owned();
    let branch = call
        .text("branch")
        .unwrap_or_else(|| DEFAULT_BRANCH.to_owned());
    let Some(commit) = repository.git.resolve(&branch) else {
        return Answer::message(404, &format!("Branch {branch} not found"));
    };
    let known = repository
        .git
        .files(&commit)
        .get(&path)
        .map(|entry| entry.sha.clone());
    match (&known, call.text("sha")) {
        (Some(_), None) => return refused("Contents", "sha", "\"sha\" wasn't supplied."),
        (Some(known), Some(given)) if *known != given => {
            return Answer::message(409, &format!("{path} does not match {given}"));
        }
        (None, Some(given)) => {
            return Answer::message(409, &format!("{path} does not match {given}"));
        }
        _ => {}
    }
    let Some(bytes) = decoded(&call.text("content").unwrap_or_default()) else {
        return Answer::message(422, "content is not valid Base64");
    };
    repository.git.write(&branch, &path, &bytes);
    let commit = repository.git.resolve(&branch).unwrap_or_default();
    let blob = repository.git.files(&commit)[&path].sha.clone();
    let status = if known.is_some() { 200 } else { 201 };
    Answer::json(
        status,
        json!({
            "content": shown(repository, call, &path, &blob, "file", bytes.len()),
            "commit": {"sha": commit, "message": call.text("message")},
        }),
    )
}
