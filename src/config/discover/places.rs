//! Where parts of components may lie in a workspace.

use super::DiscoverError;
use ignore::WalkBuilder;
use std::{
    cell::OnceCell,
    collections::BTreeSet,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
};

/// Folders at the root that are never a component.
pub(super) const NOT_COMPONENTS: [&str; 11] = [
    "src",
    "tests",
    "test",
    "specs",
    "docs",
    "doc",
    "scripts",
    "examples",
    "benches",
    "tools",
    "node_modules",
];

/// Python files that are never a component.
const NOT_MODULES: [&str; 4] = ["__init__", "__main__", "conftest", "setup"];

/// How deep `.py` files are looked for.
const MAX_DEPTH: usize = 8;

/// A workspace in which parts of components are looked for.
pub(super) struct Places {
    workspace: PathBuf,
    /// With all links followed.
    real: PathBuf,
    /// The names of all sources, once somebody asked: every component asks which others there are.
    names: OnceCell<BTreeSet<String>>,
}

impl Places {
    pub(super) fn of(workspace: &Path) -> Result<Self, DiscoverError> {
        let real = workspace
            .canonicalize()
            .map_err(|source| unreadable(workspace, source))?;
        Ok(Self {
            workspace: workspace.to_path_buf(),
            real,
            names: OnceCell::new(),
        })
    }

    /// Whether this path, relative to the workspace, exists.
    pub(super) fn contains(&self, path: &Path) -> Result<bool, DiscoverError> {
        match self.workspace.join(path).canonicalize() {
            Ok(real) if real.starts_with(&self.real) => Ok(true),
            Ok(_) => Err(DiscoverError::Outside {
                path: path.to_path_buf(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(unreadable(path, error)),
        }
    }

    /// A path that somebody named, relative to the workspace.
    pub(super) fn named(&self, path: &Path, named_by: &str) -> Result<PathBuf, DiscoverError> {
        if !self.contains(path)? {
            return Err(DiscoverError::Missing {
                named_by: named_by.to_owned(),
                path: path.to_path_buf(),
            });
        }
        let below = path
            .strip_prefix(&self.workspace)
            .or_else(|_| path.strip_prefix(&self.real));
        let below = below.unwrap_or(path);
        let is_plain = below.is_relative()
            && !below
                .components()
                .any(|part| part == std::path::Component::ParentDir);
        if is_plain {
            return Ok(below.to_path_buf());
        }
        let real = self.workspace.join(path).canonicalize();
        let real = real.map_err(|source| unreadable(path, source))?;
        Ok(real
            .strip_prefix(&self.real)
            .map_or_else(|_| real.clone(), Path::to_path_buf))
    }

    /// The first of these that exists.
    pub(super) fn first(
        &self,
        candidates: impl IntoIterator<Item = PathBuf>,
    ) -> Result<Option<PathBuf>, DiscoverError> {
        for candidate in candidates {
            if self.contains(&candidate)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Whether there is a `.py` file at or below this path that the repository does not ignore.
    pub(super) fn has_python(&self, path: &Path) -> bool {
        WalkBuilder::new(self.workspace.join(path))
            .max_depth(Some(MAX_DEPTH))
            .require_git(false)
            .parents(false)
            .git_global(false)
            .build()
            .flatten()
            .any(|entry| is_python(entry.path()) && entry.path().is_file())
    }

    /// The names that sources have in `src/` and at the root.
    pub(super) fn source_names(&self) -> BTreeSet<String> {
        self.names.get_or_init(|| self.names_now()).clone()
    }

    fn names_now(&self) -> BTreeSet<String> {
        let in_src = self.entries(Path::new("src"));
        let mut names: BTreeSet<String> =
            in_src.iter().filter_map(|path| self.name(path)).collect();
        let at_root = self.entries(Path::new(""));
        names.extend(
            at_root
                .iter()
                .filter(|path| self.workspace.join(path).is_dir() && self.has_python(path))
                .filter_map(|path| self.name(path))
                .filter(|name| !NOT_COMPONENTS.contains(&name.as_str())),
        );
        names
    }

    fn name(&self, path: &Path) -> Option<String> {
        let is_folder = self.workspace.join(path).is_dir();
        let name = if is_folder {
            path.file_name()
        } else if is_python(path) {
            path.file_stem()
        } else {
            None
        };
        let name = name.and_then(OsStr::to_str)?;
        is_source_name(name).then(|| name.to_owned())
    }

    /// The tests of a component that lie where its name says. `others` are the other components:
    /// `test_user_service.py` is a test of `user_service` where there is one, else of `user`.
    pub(super) fn tests(
        &self,
        name: &str,
        others: &BTreeSet<String>,
    ) -> Result<Vec<PathBuf>, DiscoverError> {
        let mut found = BTreeSet::new();
        for folder in ["tests", "tests/unit"] {
            let folder = Path::new(folder);
            for variant in variants(name) {
                let own = [
                    folder.join(&variant),
                    folder.join(format!("test_{variant}.py")),
                ];
                for candidate in own {
                    if self.contains(&candidate)? {
                        found.insert(candidate);
                    }
                }
                let prefix = format!("test_{variant}_");
                for path in self.entries(folder) {
                    let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
                    let is_ours = is_python(&path)
                        && stem.starts_with(&prefix)
                        && !is_of_other(stem, &prefix, others);
                    if is_ours && self.contains(&path)? {
                        found.insert(path);
                    }
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// What lies in a folder, sorted; nothing where it cannot be read.
    fn entries(&self, folder: &Path) -> Vec<PathBuf> {
        let entries = self.workspace.join(folder).read_dir();
        let mut entries: Vec<PathBuf> = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| folder.join(entry.file_name()))
            .collect();
        entries.sort();
        entries
    }
}

/// Whether sources of this name can be a component.
pub(super) fn is_source_name(name: &str) -> bool {
    !name.starts_with(['.', '_']) && !name.ends_with(".egg-info") && !NOT_MODULES.contains(&name)
}

/// Those of these files that are tests of a component by their names alone, as [`Places::tests`]
/// finds them in a workspace.
pub(super) fn tests_among<'a>(
    name: &str,
    others: &BTreeSet<String>,
    files: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a str> {
    let variants = variants(name);
    files.iter().map(String::as_str).filter(move |file| {
        let Some(below) = file.strip_prefix("tests/") else {
            return false;
        };
        [Some(below), below.strip_prefix("unit/")]
            .into_iter()
            .flatten()
            .any(|below| variants.iter().any(|own| is_test_of(own, below, others)))
    })
}

/// Whether a file in a folder of tests is one of the component with this name.
fn is_test_of(name: &str, file: &str, others: &BTreeSet<String>) -> bool {
    if let Some((folder, _)) = file.split_once('/') {
        return folder == name;
    }
    let Some(stem) = file.strip_suffix(".py") else {
        return false;
    };
    let prefix = format!("test_{name}_");
    stem == format!("test_{name}")
        || (stem.starts_with(&prefix) && !is_of_other(stem, &prefix, others))
}

fn unreadable(path: &Path, source: io::Error) -> DiscoverError {
    DiscoverError::Unreadable {
        path: path.to_path_buf(),
        source,
    }
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

fn is_of_other(stem: &str, prefix: &str, others: &BTreeSet<String>) -> bool {
    others
        .iter()
        .flat_map(|other| variants(other))
        .any(|other| {
            let own = format!("test_{other}");
            own.starts_with(prefix) && (stem == own || stem.starts_with(&format!("{own}_")))
        })
}

/// The ways in which files write a name: `order-validation` is also `order_validation`, and its
/// module is often called `order_validator`.
fn variants(name: &str) -> Vec<String> {
    let mut variants = spellings(name);
    for spelling in variants.clone() {
        if let Some(stem) = spelling.strip_suffix("ion").filter(|stem| !stem.is_empty()) {
            variants.push(format!("{stem}or"));
        }
    }
    variants
}

fn spellings(name: &str) -> Vec<String> {
    let mut spellings = vec![name.to_owned()];
    if name.contains('-') {
        spellings.push(name.replace('-', "_"));
    }
    spellings
}

/// Where the sources of a component may lie.
pub(super) fn sources(name: &str) -> Vec<PathBuf> {
    let mut candidates = Vec::new();
    for name in spellings(name) {
        candidates.push(Path::new("src").join(&name));
        candidates.push(Path::new("src").join(format!("{name}.py")));
        candidates.push(PathBuf::from(name));
    }
    candidates
}

/// Where the specification of a component may lie.
pub(super) fn specification(name: &str) -> Vec<PathBuf> {
    let file = |name: String| Path::new("specs").join(format!("{name}.md"));
    spellings(name).into_iter().map(file).collect()
}
