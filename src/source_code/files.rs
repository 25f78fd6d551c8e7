//! Finding and reading the files of a workspace, without ever leaving it.

use ignore::WalkBuilder;
use std::{
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes.
pub(super) const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Folders that hold no sources of the component, whatever `.gitignore` says.
const SKIPPED_FOLDERS: [&str; 2] = ["__pycache__", "node_modules"];

/// Why the sources of a component could not be looked through.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file or folder.
    #[error("cannot read the sources at {}: {source}; set `components.<name>.path` to a folder or file of the workspace", path.display())]
    Missing {
        /// The path as it was given.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The path leads out of the workspace, by itself or through a symbolic link.
    #[error("cannot read the sources at {}: it leads out of the workspace {}", path.display(), workspace.display())]
    Outside {
        /// The path as it was given.
        path: PathBuf,
        /// The workspace.
        workspace: PathBuf,
    },
    /// A folder could not be listed.
    #[error("cannot look through the sources at {}: {source}", path.display())]
    Walk {
        /// The path as it was given.
        path: PathBuf,
        /// What went wrong, and where.
        source: ignore::Error,
    },
}

/// A file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WorkspaceFile {
    /// Where it is.
    pub(super) path: PathBuf,
    /// The same relative to the workspace, with `/` as separator.
    pub(super) shown: String,
}

/// The files below `path` that have this ending, in the order of their paths. `path` may be a
/// file. Obeys the `.gitignore` files of the workspace, but for the files that are `tracked` all the
/// same; leaves out what is hidden, virtual environments, and symbolic links, which are looked at
/// where they lead to or not at all.
pub(super) fn files_below(
    workspace: &Path,
    path: &Path,
    ending: &str,
    tracked: &BTreeSet<String>,
) -> Result<Vec<WorkspaceFile>, SourceError> {
    let base = resolve(workspace, Path::new(""))?;
    let root = resolve(workspace, path)?;
    // The walk begins at the workspace, because the `.gitignore` files between it and `path` count
    // and those above it do not: nothing outside may change a verdict.
    let top = root.clone();
    let walk = WalkBuilder::new(&base)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .ignore(false)
        .hidden(false)
        .follow_links(false)
        .filter_entry(move |entry| {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy());
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            top.starts_with(path) || (path.starts_with(&top) && !is_skipped(path, &name, is_folder))
        })
        .sort_by_file_path(Path::cmp)
        .build();
    let mut files = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|source| SourceError::Walk {
            path: path.to_owned(),
            source,
        })?;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_string_lossy().ends_with(ending) {
            files.push(WorkspaceFile {
                shown: shown(&base, entry.path()),
                path: entry.into_path(),
            });
        }
    }
    let named = tracked.iter().filter(|name| name.ends_with(ending));
    for path in named.map(|name| base.join(name)) {
        if is_part(&root, &path) {
            files.push(WorkspaceFile {
                shown: shown(&base, &path),
                path,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup();
    Ok(files)
}

/// Whether the walk would come to this file, were it not for `.gitignore`.
fn is_part(root: &Path, file: &Path) -> bool {
    let Ok(inside) = file.strip_prefix(root) else {
        return false;
    };
    let is_itself = |path: &Path| path.canonicalize().is_ok_and(|real| real == path);
    let mut path = root.to_path_buf();
    is_itself(file)
        && file.is_file()
        && !inside.iter().any(|part| {
            path.push(part);
            is_skipped(&path, &part.to_string_lossy(), path != file)
        })
}

fn is_skipped(path: &Path, name: &str, is_folder: bool) -> bool {
    name.starts_with('.')
        || (is_folder && (SKIPPED_FOLDERS.contains(&name) || path.join("pyvenv.cfg").is_file()))
}

/// The real place of a path inside the workspace.
pub(super) fn resolve(workspace: &Path, path: &Path) -> Result<PathBuf, SourceError> {
    let canonical = |path: &Path| {
        path.canonicalize().map_err(|source| SourceError::Missing {
            path: path.to_owned(),
            source,
        })
    };
    let base = canonical(workspace)?;
    let place = canonical(&workspace.join(path))?;
    if place.starts_with(&base) {
        Ok(place)
    } else {
        Err(SourceError::Outside {
            path: path.to_owned(),
            workspace: workspace.to_owned(),
        })
    }
}

/// A path relative to the workspace, with `/` as separator.
pub(super) fn shown(workspace: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(workspace).unwrap_or(path);
    let parts: Vec<_> = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Reads a text, without its byte order mark. The error says in words why it cannot be read.
pub(super) fn read(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("the file cannot be read: {error}");
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too large from one that just fits.
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!(
            "the file is larger than {} MiB, which is the most that is read",
            MAX_BYTES / 1024 / 1024
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        format!(
            "the file is not UTF-8: invalid byte at offset {}",
            error.utf8_error().valid_up_to()
        )
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
