//! What evidence is about: a commit, a configuration, and the content of the files.

use crate::config::{Policy, ToolchainPolicy};
use crate::git;
use crate::model::Component;
use crate::process::Processes;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use tokio_util::sync::CancellationToken;

/// Folders of what is made of sources. More are known by what lies in them.
const DERIVED: [&str; 2] = ["__pycache__", "node_modules"];
/// What makes a folder a virtual environment, or a cache (<https://bford.info/cachedir/>).
const MARKS: [&str; 2] = ["pyvenv.cfg", "CACHEDIR.TAG"];

/// What was measured, and by which configuration: another one may start other commands under the same
/// names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    commit: Option<String>,
    /// A hash of the whole policy.
    policy: String,
    /// A hash of each file that may differ from the commit: whatever git says differs from it, and the
    /// component's own files, which git may be told to ignore. Where there is no commit, of all files.
    files: BTreeMap<String, String>,
}

/// Where to look for what is judged.
pub(crate) struct Place<'a> {
    pub(crate) processes: &'a Processes,
    pub(crate) workspace: &'a Path,
    pub(crate) component: &'a Component,
    pub(crate) policy: &'a Policy,
    pub(crate) cancel: &'a CancellationToken,
}

impl Subject {
    /// What would be judged now.
    ///
    /// # Errors
    ///
    /// When it cannot be said, in words.
    pub(crate) async fn of(
        commit: Option<String>,
        policy: String,
        place: Place<'_>,
    ) -> Result<Self, String> {
        let Place {
            processes,
            workspace,
            component,
            policy: rules,
            cancel,
        } = place;
        // What runs themselves write is no part of what they judge.
        let written: Vec<String> = rules.written().into_iter().chain(reports(rules)).collect();
        let roots: Vec<PathBuf> = if commit.is_some() {
            let changed = git::local_files(processes, workspace, &written, cancel).await;
            let changed = changed.map_err(|error| error.to_string())?;
            let own = component.tests.iter().chain(component.spec.as_ref());
            let own = own.chain([&component.path]).cloned();
            own.chain(changed.into_iter().map(PathBuf::from)).collect()
        } else {
            vec![PathBuf::new()]
        };
        let (workspace, without) = (workspace.to_owned(), globs(&written)?);
        let hashing = tokio::task::spawn_blocking(move || {
            let mut files = BTreeMap::new();
            for root in &roots {
                add(&mut files, &workspace, root, &without)?;
            }
            Ok::<_, String>(files)
        });
        Ok(Self {
            commit,
            policy,
            files: hashing.await.map_err(|error| error.to_string())??,
        })
    }

    /// How another subject differs from this one, which was before; `None` when it does not.
    pub(crate) fn difference(&self, now: &Self) -> Option<String> {
        if self.commit != now.commit {
            return Some("another commit is checked out".to_owned());
        }
        if self.policy != now.policy {
            return Some("the configuration has changed".to_owned());
        }
        let mut names = self.files.keys().chain(now.files.keys());
        let changed = names.find(|name| self.files.get(*name) != now.files.get(*name))?;
        Some(format!("{changed} has changed"))
    }
}

/// Where commands write their reports, as git matches paths: each is removed before its command runs.
fn reports(policy: &Policy) -> impl Iterator<Item = String> {
    let commands = policy.toolchains.values().flat_map(|one| match one {
        ToolchainPolicy::Python(python) => &python.commands,
        ToolchainPolicy::Command(commands) => commands,
    });
    let paths = commands.flat_map(|command| {
        let also = command.also.iter().map(|further| &further.report);
        let reports = std::iter::once(&command.report).chain(also);
        reports.filter_map(|report| report.path.as_deref())
    });
    paths
        .filter(|path| !path.contains("{report}") && !path.contains(['*', '?', '[', '\\']))
        .map(|path| {
            path.trim_start_matches("./")
                .replace("{component}", "*")
                .replace("{path}/", "**/")
                .replace("{path}", "*")
        })
}

fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.map_err(|error| error.to_string())?);
    }
    set.build().map_err(|error| error.to_string())
}

/// Adds the files at and below a path of the workspace. A file that is not there counts as such.
fn add(
    files: &mut BTreeMap<String, String>,
    workspace: &Path,
    root: &Path,
    without: &GlobSet,
) -> Result<(), String> {
    let place = workspace.join(root);
    match fs::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_file() && !without.is_match(root) => {
            files.insert(name(root), content(&place)?);
            return Ok(());
        }
        Ok(_) => {}
        Err(error) => {
            // A name that is no Unicode leads nowhere, and says nothing about its file.
            if error.kind() == io::ErrorKind::NotFound && !name(root).contains('\u{fffd}') {
                files.insert(name(root), "not there".to_owned());
                return Ok(());
            }
            return Err(format!("{}: {error}", place.display()));
        }
    }
    let (base, skipped) = (workspace.to_owned(), without.clone());
    let walk = WalkBuilder::new(&place)
        .standard_filters(false)
        .filter_entry(move |entry| {
            let path = entry.path().strip_prefix(&base).unwrap_or(entry.path());
            !skipped.is_match(path) && (entry.depth() == 0 || !is_derived(entry))
        })
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path();
        let shown = name(path.strip_prefix(workspace).unwrap_or(path));
        let hash = match entry.file_type() {
            Some(kind) if kind.is_file() => content(path)?,
            // Where a link leads to, and what is there.
            Some(kind) if kind.is_symlink() => {
                let to = fs::read_link(path).map_err(|error| format!("{shown}: {error}"))?;
                let content = path.is_file().then(|| content(path)).transpose()?;
                format!("{} {}", to.display(), content.unwrap_or_default())
            }
            _ => continue,
        };
        files.insert(shown, hash);
    }
    Ok(())
}

fn is_derived(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && (name.starts_with('.')
            || DERIVED.contains(&&*name)
            || MARKS.iter().any(|mark| entry.path().join(mark).is_file()))
}

fn content(file: &Path) -> Result<String, String> {
    let hash = || {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(file)?)?;
        Ok::<_, io::Error>(hasher.finalize().to_string())
    };
    hash().map_err(|error| format!("{}: {error}", file.display()))
}

fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
