//! The files of a workspace as they were at one moment, so that what others do to them can be told
//! and taken back.
//!
//! These are the files that git tracks or does not ignore, byte for byte, with their permissions.
//! What is ignored belongs to tools, and what runs themselves write is nobody's change.

use ignore::{
    WalkBuilder,
    overrides::{Override, OverrideBuilder},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// A file or folder that could not be read or written, and why.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}", path = path.display())]
pub(super) struct FileError {
    path: PathBuf,
    source: io::Error,
}

impl FileError {
    pub(super) fn of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { path, source }
    }
}

/// What a path is.
#[derive(Debug, PartialEq, Eq)]
enum Entry {
    File(blake3::Hash, fs::Permissions),
    Link(PathBuf),
    Unreadable,
}

/// What there is at one moment; paths are relative to the workspace.
#[derive(Debug, Default)]
pub(super) struct Listing {
    entries: BTreeMap<PathBuf, Entry>,
    folders: BTreeSet<PathBuf>,
}

/// The files as they were, with a copy of each.
#[derive(Debug)]
pub(super) struct KeptFiles<'a> {
    workspace: &'a Path,
    is_in_repository: bool,
    written: Override,
    before: Listing,
    copies: PathBuf,
}

impl<'a> KeptFiles<'a> {
    /// Keeps the files in the folder `copies`, which is new and empty.
    ///
    /// `tracked` are the files that git tracks, which count even where they are ignored; `None`
    /// outside of a repository. `written` are patterns of what runs themselves write.
    pub(super) fn keep(
        workspace: &'a Path,
        tracked: Option<BTreeSet<String>>,
        written: &[String],
        copies: PathBuf,
    ) -> Result<Self, FileError> {
        let mut kept = Self {
            workspace,
            is_in_repository: tracked.is_some(),
            written: written_by_runs(workspace, written),
            before: Listing::default(),
            copies,
        };
        let tracked = tracked.into_iter().flatten().map(PathBuf::from);
        let tracked: Vec<PathBuf> = tracked.filter(|path| !kept.is_written(path)).collect();
        kept.before = kept.list(tracked.iter());
        let readable = kept.before.entries.iter();
        for (path, _) in readable.filter(|(_, entry)| **entry != Entry::Unreadable) {
            kept.copy(workspace, path, &kept.copies)?;
        }
        Ok(kept)
    }

    /// What there is now.
    pub(super) fn now(&self) -> Listing {
        self.list(self.before.entries.keys())
    }

    /// The paths that are not what they were.
    pub(super) fn changed(&self, now: &Listing) -> BTreeSet<PathBuf> {
        let (before, now) = (&self.before.entries, &now.entries);
        let paths = before.keys().chain(now.keys());
        let changed = paths.filter(|path| before.get(*path) != now.get(*path));
        changed.cloned().collect()
    }

    /// Copies these paths as they were to one folder, and as they are now to another one.
    pub(super) fn copy_both(
        &self,
        changed: &BTreeSet<PathBuf>,
        now: &Listing,
        (old, new): (&Path, &Path),
    ) -> Result<(), FileError> {
        for folder in [old, new] {
            fs::create_dir_all(folder).map_err(FileError::of(folder))?;
        }
        for path in changed {
            if self.before.entries.contains_key(path) {
                self.copy(&self.copies, path, old)?;
            }
            if now.entries.contains_key(path) {
                self.copy(self.workspace, path, new)?;
            }
        }
        Ok(())
    }

    /// Whether other files are ignored now, so that what there is now does not compare.
    pub(super) fn has_other_rules(&self, now: &Listing) -> bool {
        self.changed(now).iter().any(|path| is_rules(path))
    }

    /// Makes everything what it was. What cannot be put back does not keep the rest from it; the
    /// first failure is given.
    pub(super) fn put_back(&self, now: &Listing) -> Result<(), FileError> {
        let mut changed = self.changed(now);
        if self.has_other_rules(now) {
            // Without the rules of before, ignored files would look new and be removed.
            changed.retain(|path| is_rules(path));
            self.put_back_these(&changed, now)?;
            let now = self.now();
            return self.put_back_these(&self.changed(&now), &now);
        }
        self.put_back_these(&changed, now)
    }

    fn put_back_these(&self, changed: &BTreeSet<PathBuf>, now: &Listing) -> Result<(), FileError> {
        let mut first_error = None;
        let mut tried = |outcome: Result<(), FileError>| {
            if let Err(error) = outcome {
                first_error.get_or_insert(error);
            }
        };
        for path in changed
            .iter()
            .filter(|path| now.entries.contains_key(*path))
        {
            let target = self.workspace.join(path);
            tried(fs::remove_file(&target).map_err(FileError::of(&target)));
        }
        // The innermost first. One that has ignored files in it stays for their sake.
        let new: Vec<&PathBuf> = now.folders.difference(&self.before.folders).collect();
        for folder in new.into_iter().rev() {
            if let Err(error) = fs::remove_dir(self.workspace.join(folder)) {
                tracing::debug!(%error, "the new folder {} stays", folder.display());
            }
        }
        for folder in self.before.folders.difference(&now.folders) {
            let target = self.workspace.join(folder);
            tried(fs::create_dir_all(&target).map_err(FileError::of(&target)));
        }
        let before = &self.before.entries;
        for path in changed.iter().filter(|path| before.contains_key(*path)) {
            tried(self.copy(&self.copies, path, self.workspace));
        }
        first_error.map_or(Ok(()), Err)
    }

    /// All files that git would see, and these besides.
    fn list<'b>(&self, besides: impl Iterator<Item = &'b PathBuf>) -> Listing {
        let walk = WalkBuilder::new(self.workspace)
            .hidden(false)
            .ignore(false)
            .require_git(false)
            // Outside of a repository nothing above the workspace has a say.
            .parents(self.is_in_repository)
            .overrides(self.written.clone())
            .build();
        let mut listing = Listing::default();
        // What cannot be looked into, no fixer that is started from here looks into either.
        for found in walk.flatten() {
            let Ok(path) = found.path().strip_prefix(self.workspace) else {
                continue;
            };
            if found.file_type().is_some_and(|kind| kind.is_dir()) {
                listing.folders.insert(path.to_owned());
            } else {
                self.add(path, &mut listing);
            }
        }
        for path in besides {
            if !listing.entries.contains_key(path) {
                self.add(path, &mut listing);
            }
        }
        listing
    }

    fn add(&self, path: &Path, listing: &mut Listing) {
        if let Some(entry) = entry(&self.workspace.join(path)) {
            listing.entries.insert(path.to_owned(), entry);
        }
    }

    /// Copies a path from one folder to another one, in whose place nothing is.
    fn copy(&self, from: &Path, path: &Path, to: &Path) -> Result<(), FileError> {
        let (source, target) = (from.join(path), to.join(path));
        let copied = || {
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            if source.symlink_metadata()?.is_symlink() {
                link(&fs::read_link(&source)?, &target)
            } else {
                fs::copy(&source, &target).map(|_| ())
            }
        };
        copied().map_err(FileError::of(&self.workspace.join(path)))
    }

    /// Whether runs themselves write this file.
    fn is_written(&self, path: &Path) -> bool {
        let mut parts = path.ancestors();
        let is_file = parts.next();
        is_file.is_some_and(|path| self.written.matched(path, false).is_ignore())
            || parts.any(|folder| self.written.matched(folder, true).is_ignore())
    }
}

/// What a run writes itself, and what is git's own.
fn written_by_runs(workspace: &Path, written: &[String]) -> Override {
    let mut patterns = OverrideBuilder::new(workspace);
    let anchored = written.iter().map(|pattern| format!("!/{pattern}"));
    let own = ["!.git", "!/.spec2prod"].map(str::to_owned);
    for pattern in own.into_iter().chain(anchored) {
        if let Err(error) = patterns.add(&pattern) {
            tracing::debug!(%error, "{pattern} is no pattern");
        }
    }
    patterns.build().unwrap_or_else(|_| Override::empty())
}

/// Whether this file says which files git ignores.
fn is_rules(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ".gitignore")
}

/// `None` for what is neither a file nor a link, or is not there.
fn entry(file: &Path) -> Option<Entry> {
    let metadata = file.symlink_metadata().ok()?;
    if metadata.is_symlink() {
        return fs::read_link(file).ok().map(Entry::Link);
    }
    if !metadata.is_file() {
        return None;
    }
    let read = || {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(fs::File::open(file)?)?;
        Ok::<_, io::Error>(hasher.finalize())
    };
    Some(match read() {
        Ok(hash) => Entry::File(hash, metadata.permissions()),
        Err(_) => Entry::Unreadable,
    })
}

fn link(to: &Path, name: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(to, name);
    #[cfg(windows)]
    return std::os::windows::fs::symlink_file(to, name);
    #[cfg(not(any(unix, windows)))]
    return Err(io::Error::from(io::ErrorKind::Unsupported));
}
