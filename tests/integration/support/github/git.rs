//! Commits, trees and files of a repository of the fake.

use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Write as _,
};

/// Files by their path from the root, each with its mode and blob.
pub(super) type Tree = BTreeMap<String, Entry>;

/// A file of a tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    /// `100644`.
    pub(super) mode: String,
    /// Its blob.
    pub(super) sha: String,
}

/// A commit.
#[derive(Clone, Debug)]
pub(super) struct Commit {
    pub(super) tree: String,
    pub(super) parents: Vec<String>,
    pub(super) message: String,
}

/// What git keeps.
#[derive(Debug, Default)]
pub(crate) struct Git {
    pub(super) blobs: BTreeMap<String, Vec<u8>>,
    pub(super) trees: BTreeMap<String, Tree>,
    pub(super) commits: BTreeMap<String, Commit>,
    /// `heads/main` and the commit there.
    pub(super) references: BTreeMap<String, String>,
}

impl Git {
    /// Keeps a blob.
    pub(super) fn add_blob(&mut self, bytes: &[u8]) -> String {
        let sha = sha("blob", bytes);
        self.blobs.insert(sha.clone(), bytes.to_owned());
        sha
    }

    /// Keeps a tree, and the trees of its folders.
    pub(super) fn add_tree(&mut self, tree: &Tree) -> String {
        let folders: BTreeSet<&str> = tree
            .keys()
            .filter_map(|path| path.split_once('/'))
            .map(|(folder, _)| folder)
            .collect();
        for folder in folders {
            self.add_tree(&below(tree, folder));
        }
        let sha = tree_sha(tree);
        self.trees.insert(sha.clone(), tree.clone());
        sha
    }

    /// Keeps a commit; no two are the same.
    pub(super) fn add_commit(&mut self, tree: &str, parents: &[String], message: &str) -> String {
        let count = self.commits.len();
        let sha = sha(
            "commit",
            format!("{tree}{parents:?}{message}{count}").as_bytes(),
        );
        self.commits.insert(
            sha.clone(),
            Commit {
                tree: tree.to_owned(),
                parents: parents.to_owned(),
                message: message.to_owned(),
            },
        );
        sha
    }

    /// Makes a commit of this name, with the files of its parent, unless it is there.
    pub(super) fn ensure_commit(&mut self, sha: &str, parent: Option<&str>) {
        if self.commits.contains_key(sha) {
            return;
        }
        let tree = match parent.and_then(|parent| self.commits.get(parent)) {
            Some(parent) => parent.tree.clone(),
            None => self.add_tree(&Tree::new()),
        };
        self.commits.insert(
            sha.to_owned(),
            Commit {
                tree,
                parents: parent.map(str::to_owned).into_iter().collect(),
                message: "Made for a test".to_owned(),
            },
        );
    }

    /// The commit of a branch, a tag, a full reference or a commit.
    pub(crate) fn resolve(&self, name: &str) -> Option<String> {
        let short = name.strip_prefix("refs/").unwrap_or(name);
        for candidate in [
            short.to_owned(),
            format!("heads/{short}"),
            format!("tags/{short}"),
        ] {
            if let Some(sha) = self.references.get(&candidate) {
                return Some(sha.clone());
            }
        }
        self.commits.contains_key(name).then(|| name.to_owned())
    }

    /// The files of a commit.
    pub(super) fn files(&self, sha: &str) -> &Tree {
        &self.trees[&self.commits[sha].tree]
    }

    /// Writes a file: on a branch by a commit, which makes the branch where needed; to a commit
    /// itself where its full name is given, so that tests can say what a commit holds.
    pub(crate) fn write(&mut self, name: &str, path: &str, bytes: &[u8]) {
        let blob = self.add_blob(bytes);
        let known = self.resolve(name);
        let mut tree = known
            .as_ref()
            .map_or_else(Tree::new, |sha| self.files(sha).clone());
        tree.insert(
            path.to_owned(),
            Entry {
                mode: "100644".to_owned(),
                sha: blob,
            },
        );
        let tree = self.add_tree(&tree);
        if is_sha(name) {
            self.ensure_commit(name, None);
            self.commits.get_mut(name).unwrap().tree = tree;
            return;
        }
        let parents: Vec<String> = known.into_iter().collect();
        let commit = self.add_commit(&tree, &parents, &format!("Write {path}"));
        self.references.insert(format!("heads/{name}"), commit);
    }

    /// A file's bytes at a branch or commit.
    pub(crate) fn read(&self, name: &str, path: &str) -> Option<&[u8]> {
        let commit = self.resolve(name)?;
        let entry = self.files(&commit).get(path)?;
        self.blobs.get(&entry.sha).map(Vec::as_slice)
    }

    /// A commit and all before it, the nearest first.
    pub(super) fn history(&self, sha: &str) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut ordered = Vec::new();
        let mut waiting = VecDeque::from([sha.to_owned()]);
        while let Some(sha) = waiting.pop_front() {
            if seen.insert(sha.clone()) {
                if let Some(commit) = self.commits.get(&sha) {
                    waiting.extend(commit.parents.iter().cloned());
                }
                ordered.push(sha);
            }
        }
        ordered
    }

    /// What changed between the files of two commits: `added`, `removed` or `modified`.
    pub(super) fn changes(&self, from: &str, to: &str) -> Vec<(String, &'static str, String)> {
        let (from, to) = (self.files(from), self.files(to));
        let paths: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
        let changes = paths.into_iter().filter_map(|path| {
            let (status, entry) = match (from.get(path), to.get(path)) {
                (None, Some(new)) => ("added", new),
                (Some(old), None) => ("removed", old),
                (Some(old), Some(new)) if old != new => ("modified", new),
                _ => return None,
            };
            Some((path.clone(), status, entry.sha.clone()))
        });
        changes.collect()
    }
}

/// The part of a tree in a folder.
pub(super) fn below(tree: &Tree, folder: &str) -> Tree {
    let prefix = format!("{folder}/");
    let inner = tree.iter().filter_map(|(path, entry)| {
        let rest = path.strip_prefix(&prefix)?;
        Some((rest.to_owned(), entry.clone()))
    });
    inner.collect()
}

/// The name of a tree.
pub(super) fn tree_sha(tree: &Tree) -> String {
    sha("tree", format!("{tree:?}").as_bytes())
}

/// Whether this is the full name of a commit.
pub(super) fn is_sha(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Forty digits from the content, as git's names are.
fn sha(kind: &str, bytes: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(kind.as_bytes());
    digest.update(bytes);
    let mut text = String::new();
    for byte in digest.finalize().iter().take(20) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
