//! The Python project that a component belongs to: its root, its settings, what it asks for.

use super::super::Preparation;
use crate::config::{PythonPolicy, TypeChecker};
use crate::formats::read_file;
use ignore::{DirEntry, WalkBuilder};
use std::path::{Path, PathBuf};

/// The Python project that a component belongs to.
pub(super) struct Project {
    /// The nearest folder above the component that has a `pyproject.toml`, `setup.py`,
    /// `setup.cfg` or `uv.lock`; else the workspace. Absolute. Tools run here, since their
    /// settings are here.
    pub(super) root: PathBuf,
    /// The component's sources, absolute.
    pub(super) sources: PathBuf,
    /// The component's tests, absolute.
    pub(super) tests: Vec<PathBuf>,
    /// Python files of both that git tracks although its ignore rules name them, absolute. Tools
    /// that walk by the ignore rules are told them by name.
    tracked_but_ignored: Vec<PathBuf>,
    /// The type checker that the project uses.
    pub(super) type_checker: TypeChecker,
    /// The baseline of known secrets, absolute; `None` when there is none.
    pub(super) secrets_baseline: Option<PathBuf>,
    /// `pyproject.toml` of the root, as far as it can be read.
    pub(super) settings: toml::Table,
}

const ROOT_FILES: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", "uv.lock"];
/// What lies in a root without being part of the project: git's own folder, and what runs leave
/// behind.
const NOT_SOURCES: [&str; 4] = [".git", ".spec2prod", ".metrics", "workflow_dashboards"];
/// Beginnings of the names of files that runs leave in a root.
const RESULTS: [&str; 2] = ["workflow_report_", "workflow_dashboard_"];
/// The groups of dependencies that tests commonly need.
const TEST_GROUPS: [&str; 4] = ["test", "tests", "testing", "dev"];
/// Requirements files that tests commonly need.
const REQUIREMENTS_FILES: [&str; 8] = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
    "dev-requirements.txt",
    "test-requirements.txt",
    "requirements/dev.txt",
    "requirements/test.txt",
    "requirements/tests.txt",
];

impl Project {
    /// Looks from the component upwards, never above the workspace.
    pub(super) fn find(preparation: &Preparation, policy: &PythonPolicy) -> Self {
        let workspace = &preparation.workspace;
        let sources = workspace.join(&preparation.component.path);
        let root = sources
            .ancestors()
            .take_while(|folder| folder.starts_with(workspace))
            .find(|folder| ROOT_FILES.iter().any(|file| folder.join(file).is_file()))
            .unwrap_or(workspace)
            .to_path_buf();
        let settings = text_of(&root.join("pyproject.toml"))
            .and_then(|text| text.parse::<toml::Table>().ok())
            .unwrap_or_default();
        let secrets_baseline = match &policy.secrets_baseline {
            Some(file) => Some(workspace.join(file)),
            None => [&root, workspace]
                .into_iter()
                .map(|folder| folder.join(".secrets.baseline"))
                .find(|file| file.is_file()),
        };
        let tests: Vec<PathBuf> = preparation
            .component
            .tests
            .iter()
            .map(|test| workspace.join(test))
            .collect();
        let tracked = preparation.tracked_but_ignored.iter();
        let is_judged = |path: &PathBuf| {
            let folders = std::iter::once(&sources).chain(&tests);
            is_python(path) && path.is_file() && folders.into_iter().any(|f| path.starts_with(f))
        };
        let mut project = Self {
            tracked_but_ignored: tracked
                .map(|file| workspace.join(file))
                .filter(is_judged)
                .collect(),
            tests,
            type_checker: TypeChecker::Pyright,
            secrets_baseline,
            sources,
            settings,
            root,
        };
        project.type_checker = policy
            .type_checker
            .unwrap_or_else(|| project.detect_type_checker());
        project
    }

    /// Sources and tests with Python in them as the tools are told them: relative to the root where
    /// they lie in it.
    pub(super) fn judged_paths(&self) -> impl Iterator<Item = String> {
        let tests = self.tests.iter().map(|path| self.argument(path));
        let tracked = self.tracked_but_ignored.iter();
        let tracked = tracked.map(|path| self.argument(path));
        self.python_paths().into_iter().chain(tests).chain(tracked)
    }

    /// The sources as the tools are told them. Where they are the project's root, what lies in it
    /// is named one by one, without the tests.
    pub(super) fn python_paths(&self) -> Vec<String> {
        if !self.is_root() {
            return vec![self.argument(&self.sources)];
        }
        let is_python = |path: &PathBuf| !self.tests.contains(path) && has_python(path);
        let entries = self.entries().into_iter().filter(is_python);
        entries.map(|path| self.argument(&path)).collect()
    }

    /// Sources and tests with everything in them, relative to `folder` where they lie in it.
    pub(super) fn all_paths(&self, folder: &Path) -> Vec<String> {
        let mut paths = if self.is_root() {
            self.entries()
        } else {
            vec![self.sources.clone()]
        };
        let others: Vec<PathBuf> = self
            .tests
            .iter()
            .filter(|test| !paths.iter().any(|path| test.starts_with(path)))
            .cloned()
            .collect();
        paths.extend(others);
        paths.iter().map(|path| argument(path, folder)).collect()
    }

    fn is_root(&self) -> bool {
        self.sources == self.root
    }

    /// What lies in the project's root and is part of the project. Tools that do not read
    /// `.gitignore` would look through its environments and what earlier runs left there.
    fn entries(&self) -> Vec<PathBuf> {
        let is_part = |entry: &DirEntry| {
            let name = entry.file_name().to_string_lossy();
            !NOT_SOURCES.contains(&&*name)
                && !RESULTS.iter().any(|result| name.starts_with(result))
                && !entry.path().join("pyvenv.cfg").is_file()
        };
        let walk = WalkBuilder::new(&self.root)
            .max_depth(Some(1))
            .hidden(false)
            .require_git(false)
            .filter_entry(is_part)
            .sort_by_file_path(Path::cmp)
            .build();
        let entries = walk.flatten().filter(|entry| entry.depth() == 1);
        entries.map(DirEntry::into_path).collect()
    }

    /// A path as an argument: relative to the root where it lies in it, and never an option.
    pub(super) fn argument(&self, path: &Path) -> String {
        argument(path, &self.root)
    }

    /// The folder of the `uv.lock` that holds for the project: its own, or that of the uv workspace
    /// it belongs to.
    pub(super) fn uv_root(&self, workspace: &Path) -> Option<&Path> {
        self.root
            .ancestors()
            .take_while(|folder| folder.starts_with(workspace))
            .find(|folder| folder.join("uv.lock").is_file())
    }

    /// `[tool.<name>]` of `pyproject.toml`.
    pub(super) fn tool_settings(&self, name: &str) -> Option<&toml::Value> {
        self.settings.get("tool")?.get(name)
    }

    /// Requirements files for an environment of the run's own, absolute.
    pub(super) fn requirements_files(
        &self,
        workspace: &Path,
        policy: &PythonPolicy,
    ) -> Vec<PathBuf> {
        match &policy.requirements {
            Some(files) => files.iter().map(|file| workspace.join(file)).collect(),
            None => REQUIREMENTS_FILES
                .iter()
                .map(|file| self.root.join(file))
                .filter(|file| file.is_file())
                .collect(),
        }
    }

    /// The requirements that `pyproject.toml` states for running and testing.
    pub(super) fn stated_requirements(&self) -> Vec<String> {
        let texts = |value: Option<&toml::Value>| -> Vec<String> {
            value
                .and_then(toml::Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.as_str().map(str::to_owned))
                .collect()
        };
        let project = self.settings.get("project");
        let extras = project.and_then(|project| project.get("optional-dependencies"));
        let groups = self.settings.get("dependency-groups");
        let mut stated = texts(project.and_then(|project| project.get("dependencies")));
        for name in TEST_GROUPS {
            stated.extend(texts(extras.and_then(|extras| extras.get(name))));
            stated.extend(texts(groups.and_then(|groups| groups.get(name))));
        }
        stated.sort();
        stated.dedup();
        stated
    }

    /// The type checker that the settings name, else the one that the project asks for.
    fn detect_type_checker(&self) -> TypeChecker {
        let has_table = |name| self.tool_settings(name).is_some();
        let has_file = |name| self.root.join(name).is_file();
        let has_mypy_section = || {
            text_of(&self.root.join("setup.cfg"))
                .is_some_and(|text| text.lines().any(|line| line.trim() == "[mypy]"))
        };
        if has_table("basedpyright") {
            return TypeChecker::Basedpyright;
        } else if has_table("pyright") || has_file("pyrightconfig.json") {
            return TypeChecker::Pyright;
        } else if has_table("mypy")
            || has_file("mypy.ini")
            || has_file(".mypy.ini")
            || has_mypy_section()
        {
            return TypeChecker::Mypy;
        }
        let stated = self.stated_requirements();
        let asks_for = |name: &str| {
            stated.iter().any(|requirement| {
                let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                requirement[..end.unwrap_or(requirement.len())].eq_ignore_ascii_case(name)
            })
        };
        if asks_for("basedpyright") {
            TypeChecker::Basedpyright
        } else if asks_for("mypy") && !asks_for("pyright") {
            TypeChecker::Mypy
        } else {
            TypeChecker::Pyright
        }
    }
}

/// A path as an argument, relative to `folder` where it lies in it.
pub(super) fn argument(path: &Path, folder: &Path) -> String {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let text = relative.to_string_lossy().into_owned();
    match text.as_str() {
        "" => ".".to_owned(),
        _ if text.starts_with('-') => format!("./{text}"),
        _ => text,
    }
}

/// Whether this is a Python file or a folder with one, hidden folders aside.
fn has_python(path: &Path) -> bool {
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    !path.file_name().is_some_and(is_hidden)
        && WalkBuilder::new(path)
            .require_git(false)
            .build()
            .flatten()
            .any(|entry| is_python(entry.path()))
}

fn is_python(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending == "py" || ending == "pyi")
}

/// The text of a file of settings, where it can be read. Opening a pipe would wait for a writer.
fn text_of(file: &Path) -> Option<String> {
    String::from_utf8(read_file(file).ok()?).ok()
}
