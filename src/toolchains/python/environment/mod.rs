//! Where the Python tools come from: the project's own environment, or one made for the run.

use super::super::Preparation;
use super::project::Project;
use crate::config::{PythonPolicy, TypeChecker};
use crate::model::Reason;
use crate::process::CommandLine;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

mod install;
mod packages;

use packages::Packages;

/// The folder of a virtual environment that holds its programs.
const BIN: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// An environment with tools in it.
pub(super) struct Environment {
    /// In a few words: `virtual environment .venv`.
    pub(super) description: String,
    /// The environment with the project's packages.
    project: Installed,
    /// The run's own environment, for tools that the project's lacks.
    own: Option<Installed>,
    /// `uv` as found on the path, when the project is run by it.
    uv: Option<PathBuf>,
}

/// A virtual environment and what is installed in it.
struct Installed {
    /// Absolute.
    folder: PathBuf,
    packages: Packages,
}

impl Installed {
    fn read(folder: PathBuf) -> Self {
        Self {
            packages: Packages::read(&folder),
            folder,
        }
    }
}

/// A tool found in an environment.
pub(super) struct Located {
    program: PathBuf,
    /// The version, from the package's metadata.
    pub(super) version: Option<String>,
    is_in_project: bool,
}

impl Environment {
    /// The tool, from the project's environment or else the run's own.
    pub(super) fn locate(&self, tool: &str) -> Option<Located> {
        self.locate_in(&self.project, tool, true).or_else(|| {
            let own = self.own.as_ref()?;
            // Only what needs none of the project's packages may come from elsewhere.
            (tool != "pytest").then(|| self.locate_in(own, tool, false))?
        })
    }

    fn locate_in(&self, place: &Installed, tool: &str, is_in_project: bool) -> Option<Located> {
        let program = program(&place.folder, tool);
        program.is_file().then(|| Located {
            program,
            version: place.packages.version(tool).map(str::to_owned),
            is_in_project,
        })
    }

    /// Whether a package is installed where the project's tests run.
    pub(super) fn has_package(&self, package: &str) -> bool {
        self.project.packages.version(package).is_some()
    }

    /// The interpreter that runs the project.
    pub(super) fn interpreter(&self) -> PathBuf {
        program(&self.project.folder, "python")
    }

    /// The beginning of a command that runs a located tool in the project's root.
    pub(super) fn command(&self, located: &Located, project: &Project) -> CommandLine {
        let command = match &self.uv {
            Some(uv) if located.is_in_project => {
                let tool = located.program.file_name().unwrap_or_default();
                CommandLine::new(uv.to_string_lossy(), &project.root)
                    .args(["run", "--no-sync", "--no-progress", "--"])
                    .arg(tool.to_string_lossy())
            }
            _ => CommandLine::new(located.program.to_string_lossy(), &project.root),
        };
        command
            .env("NO_COLOR", "1")
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONPATH", python_path(project))
            .env_remove("FORCE_COLOR")
            .env_remove("PY_COLORS")
    }

    /// The versions of these tools.
    pub(super) fn versions(&self, tools: &[&str]) -> BTreeMap<String, String> {
        let mut versions: BTreeMap<_, _> = tools
            .iter()
            .filter_map(|tool| Some(((*tool).to_owned(), self.locate(tool)?.version?)))
            .collect();
        if let Some(version) = interpreter_version(&self.project.folder) {
            versions.insert("python".to_owned(), version);
        }
        versions
    }
}

/// Sources are importable by the component's own name and from the project's root.
fn python_path(project: &Project) -> String {
    let parent = project.sources.parent().unwrap_or(&project.root);
    let mut folders = vec![parent.to_path_buf()];
    if parent != project.root {
        folders.push(project.root.clone());
    }
    std::env::join_paths(folders)
        .map(|joined| joined.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Finds the project's environment, or makes one where that is allowed. Also says what was done.
pub(super) async fn provide(
    project: &Project,
    policy: &PythonPolicy,
    preparation: &Preparation,
) -> Result<(Environment, Vec<String>), Reason> {
    let installer = install::Installer::new(preparation);
    let uv = installer.uv().filter(|_| project.is_uv());
    if let Some(uv) = &uv {
        let folder = project.root.join(".venv");
        let mut notes = Vec::new();
        if !is_environment(&folder) {
            installer.uv_sync(uv, project).await?;
            notes.push(format!("made {} with uv sync", shown(&folder, preparation)));
        }
        return with_own_tools(folder, Some(uv.clone()), notes, project, &installer).await;
    }
    if let Some(folder) = existing(project, preparation) {
        return with_own_tools(folder, None, Vec::new(), project, &installer).await;
    }
    let requirements = install::Requirements::with_project(project, policy, preparation);
    let (folder, note) = installer.environment(&requirements).await?;
    Ok((
        Environment {
            description: format!("the run's own environment {}", shown(&folder, preparation)),
            project: Installed::read(folder),
            own: None,
            uv: None,
        },
        note.into_iter().collect(),
    ))
}

/// The project's environment, and the run's own beside it when tools are missing there.
async fn with_own_tools(
    folder: PathBuf,
    uv: Option<PathBuf>,
    mut notes: Vec<String>,
    project: &Project,
    installer: &install::Installer<'_>,
) -> Result<(Environment, Vec<String>), Reason> {
    let preparation = installer.preparation;
    let mut environment = Environment {
        description: match &uv {
            Some(_) => format!("uv project, {}", shown(&folder, preparation)),
            None => format!("virtual environment {}", shown(&folder, preparation)),
        },
        project: Installed::read(folder),
        own: None,
        uv,
    };
    let checker = checker_name(project.type_checker);
    let missing: Vec<&str> = ["ruff", "bandit", "detect-secrets", checker]
        .into_iter()
        .filter(|tool| environment.locate(tool).is_none())
        .collect();
    if !missing.is_empty() {
        let requirements = install::Requirements::tools_only(project.type_checker);
        match installer.environment(&requirements).await {
            Ok((own, note)) => {
                notes.extend(note);
                notes.push(format!(
                    "{} came from the run's own environment, since the project's has none",
                    missing.join(", ")
                ));
                environment.own = Some(Installed::read(own));
            }
            // The project's own tools still run; the missing ones say that they are missing.
            Err(reason) if preparation.may_install => notes.push(reason.to_string()),
            Err(_) => {}
        }
    }
    Ok((environment, notes))
}

/// The name of the program of a type checker.
pub(super) const fn checker_name(checker: TypeChecker) -> &'static str {
    match checker {
        TypeChecker::Pyright => "pyright",
        TypeChecker::Basedpyright => "basedpyright",
        TypeChecker::Mypy => "mypy",
    }
}

/// The active virtual environment, or one in the project or the workspace.
fn existing(project: &Project, preparation: &Preparation) -> Option<PathBuf> {
    let active = preparation
        .processes
        .environment()
        .get("VIRTUAL_ENV")
        .map(PathBuf::from);
    let local = [&project.root, &preparation.workspace]
        .into_iter()
        .flat_map(|folder| [folder.join(".venv"), folder.join("venv")]);
    active
        .into_iter()
        .chain(local)
        .find(|folder| is_environment(folder))
}

fn is_environment(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file() && program(folder, "python").is_file()
}

fn program(folder: &Path, name: &str) -> PathBuf {
    let file = if cfg!(windows) {
        format!("{name}.exe")
    } else {
        name.to_owned()
    };
    folder.join(BIN).join(file)
}

/// `version = 3.11.7` (venv) or `version_info = 3.11.7` (uv, virtualenv) of `pyvenv.cfg`.
fn interpreter_version(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("pyvenv.cfg")).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        matches!(key.trim(), "version" | "version_info").then(|| value.trim().to_owned())
    })
}

/// A path for people: relative to the workspace where it lies in it.
fn shown(path: &Path, preparation: &Preparation) -> String {
    path.strip_prefix(&preparation.workspace)
        .unwrap_or(path)
        .display()
        .to_string()
}
