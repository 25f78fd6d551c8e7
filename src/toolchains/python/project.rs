//! The Python project that a component belongs to: its root, its settings, what it asks for.

use super::super::Preparation;
use crate::config::{PythonPolicy, TypeChecker};
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
    /// The type checker that the project uses.
    pub(super) type_checker: TypeChecker,
    /// The baseline of known secrets, absolute; `None` when there is none.
    pub(super) secrets_baseline: Option<PathBuf>,
    /// `pyproject.toml` of the root, as far as it can be read.
    pub(super) settings: toml::Table,
}

const ROOT_FILES: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", "uv.lock"];
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
        let settings = std::fs::read_to_string(root.join("pyproject.toml"))
            .ok()
            .and_then(|text| text.parse::<toml::Table>().ok())
            .unwrap_or_default();
        let secrets_baseline = match &policy.secrets_baseline {
            Some(file) => Some(workspace.join(file)),
            None => [&root, workspace]
                .into_iter()
                .map(|folder| folder.join(".secrets.baseline"))
                .find(|file| file.is_file()),
        };
        Self {
            tests: preparation
                .component
                .tests
                .iter()
                .map(|test| workspace.join(test))
                .collect(),
            type_checker: policy
                .type_checker
                .unwrap_or_else(|| detect_type_checker(&root, &settings)),
            secrets_baseline,
            sources,
            settings,
            root,
        }
    }

    /// Sources and tests as the tools are told them: relative to the root where they lie in it.
    pub(super) fn judged_paths(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.sources)
            .chain(&self.tests)
            .map(|path| self.argument(path))
    }

    /// A path as an argument: relative to the root where it lies in it, and never an option.
    pub(super) fn argument(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        let text = relative.to_string_lossy().into_owned();
        match text.as_str() {
            "" => ".".to_owned(),
            _ if text.starts_with('-') => format!("./{text}"),
            _ => text,
        }
    }

    /// Whether the project is managed by uv.
    pub(super) fn is_uv(&self) -> bool {
        self.root.join("uv.lock").is_file() || self.tool_settings("uv").is_some()
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
}

fn detect_type_checker(root: &Path, settings: &toml::Table) -> TypeChecker {
    let has_table = |name| {
        settings
            .get("tool")
            .and_then(|tool| tool.get(name))
            .is_some()
    };
    let has_file = |name| root.join(name).is_file();
    if has_table("basedpyright") {
        TypeChecker::Basedpyright
    } else if has_table("pyright") || has_file("pyrightconfig.json") {
        TypeChecker::Pyright
    } else if has_table("mypy") || has_file("mypy.ini") || has_file(".mypy.ini") {
        TypeChecker::Mypy
    } else {
        TypeChecker::Pyright
    }
}
