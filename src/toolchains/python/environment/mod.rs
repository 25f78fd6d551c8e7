//! Where the Python tools come from: the project's own environment, or one made for the run.

use super::super::Preparation;
use super::project::Project;
use crate::config::{PythonPolicy, TypeChecker};
use crate::model::{EvidenceKind, Reason};
use crate::process::CommandLine;
use installed::Installed;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

mod additions;
mod install;
mod installed;
mod requirements;

/// The folder of a virtual environment that holds its programs.
const BIN: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// An environment with tools in it.
pub(super) struct Environment {
    /// In a few words: `virtual environment .venv`.
    pub(super) description: String,
    /// The environment with the project's packages, absolute.
    project: Installed,
    /// The run's own environment, for tools that the project's lacks.
    own: Option<Installed>,
    /// `uv` as found on the path, when the project is run by it.
    uv: Option<PathBuf>,
    /// The `PYTHONPATH` of pytest.
    python_path: Vec<PathBuf>,
    /// The folder of the packages that the project's environment lacks for its tests.
    additions: Option<Installed>,
    /// What looked like an environment and could not be used, in words.
    pub(super) unusable: Vec<String>,
}

/// A tool found in an environment.
pub(super) struct Located {
    program: PathBuf,
    /// The module to run, where the program is an interpreter.
    module: Option<&'static str>,
    /// The version, from the package's metadata.
    pub(super) version: Option<String>,
    is_in_project: bool,
}

impl Environment {
    /// The tool, from the project's environment or else the run's own.
    pub(super) fn locate(&self, tool: &str) -> Option<Located> {
        if let Some(found) = locate_in(&self.project, tool, true) {
            return Some(found);
        }
        // What needs the project's packages runs on the project's own interpreter.
        if tool == "pytest" {
            let version = self.additions.as_ref()?.version(tool)?.to_owned();
            return Some(Located {
                program: self.interpreter(),
                module: Some("pytest"),
                version: Some(version),
                is_in_project: true,
            });
        }
        locate_in(self.own.as_ref()?, tool, false)
    }

    /// Whether a package is installed where the project's tests run.
    pub(super) fn has_package(&self, package: &str) -> bool {
        let mut places = std::iter::once(&self.project).chain(&self.additions);
        places.any(|place| place.version(package).is_some())
    }

    /// The interpreter that runs the project.
    pub(super) fn interpreter(&self) -> PathBuf {
        program(&self.project.folder, "python")
    }

    /// The beginning of a command that runs a located tool in the project's root, with nothing of the
    /// project to import: not by the path, and not because it runs there. Its modules would stand in for
    /// those of the tool.
    pub(super) fn command(&self, located: &Located, project: &Project) -> CommandLine {
        self.start(located, project)
            .env_remove("PYTHONPATH")
            .env("PYTHONSAFEPATH", "1")
    }

    /// The same for the tool that runs the project's code.
    pub(super) fn importing_command(&self, located: &Located, project: &Project) -> CommandLine {
        self.start(located, project)
            .env("PYTHONPATH", joined(&self.python_path))
    }

    fn start(&self, located: &Located, project: &Project) -> CommandLine {
        let command = match &self.uv {
            Some(uv) if located.is_in_project => {
                let tool = located.program.file_name().unwrap_or_default();
                CommandLine::new(uv.to_string_lossy(), &project.root)
                    .args(["run", "--no-sync", "--no-progress", "--"])
                    .arg(tool.to_string_lossy())
                    // uv warns of an active environment that is not the project's.
                    .env_remove("VIRTUAL_ENV")
            }
            _ => CommandLine::new(located.program.to_string_lossy(), &project.root),
        };
        let command = match located.module {
            Some(module) => command.args(["-m", module]),
            None => command,
        };
        command
            .env("NO_COLOR", "1")
            .env("PYTHONUNBUFFERED", "1")
            // A run leaves no bytecode in the working tree.
            .env("PYTHONDONTWRITEBYTECODE", "1")
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

fn locate_in(place: &Installed, tool: &str, is_in_project: bool) -> Option<Located> {
    let program = program(&place.folder, tool);
    program.is_file().then(|| Located {
        program,
        module: None,
        version: place.version(tool).map(str::to_owned),
        is_in_project,
    })
}

/// Sources are importable by the component's own name and from the project's root; after them comes
/// what the run was started with.
fn python_path(project: &Project, preparation: &Preparation) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if project.sources != project.root {
        folders.extend(project.sources.parent().map(Path::to_path_buf));
    }
    folders.push(project.root.clone());
    let inherited = preparation.processes.environment().get("PYTHONPATH");
    folders.extend(
        inherited
            .into_iter()
            .flat_map(std::env::split_paths)
            .filter(|folder| !folder.as_os_str().is_empty()),
    );
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    folders
}

fn joined(folders: &[PathBuf]) -> String {
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
    if let (Some(uv), Some(root)) = (installer.uv(), project.uv_root(&preparation.workspace)) {
        let variables = preparation.processes.environment();
        let folder = root.join(variables.get("UV_PROJECT_ENVIRONMENT").unwrap_or(".venv"));
        let mut notes = Vec::new();
        if !is_environment(&folder) {
            installer.uv_sync(&uv, project, &folder).await?;
            notes.push(format!("made {} with uv sync", shown(&folder, preparation)));
        }
        return with_own_tools(folder, Some(uv), notes, project, &installer).await;
    }
    let Existing { folder, unusable } = Existing::find(project, preparation);
    if let Some(folder) = folder {
        let (mut environment, notes) =
            with_own_tools(folder, None, Vec::new(), project, &installer).await?;
        environment.unusable = unusable;
        return Ok((environment, notes));
    }
    let requirements = requirements::Requirements::with_project(project, policy, preparation);
    let (folder, note) = installer
        .environment(&requirements)
        .await
        .map_err(|reason| Reason {
            message: std::iter::once(reason.message)
                .chain(unusable.iter().cloned())
                .collect::<Vec<_>>()
                .join("; "),
            ..reason
        })?;
    Ok((
        Environment {
            description: format!("the run's own environment {}", shown(&folder, preparation)),
            project: Installed::in_environment(folder),
            own: None,
            uv: None,
            python_path: python_path(project, preparation),
            additions: None,
            unusable,
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
        project: Installed::in_environment(folder),
        own: None,
        uv,
        python_path: python_path(project, preparation),
        additions: None,
        unusable: Vec::new(),
    };
    let lacking = additions::lacking(&environment.project);
    let has_tests = preparation.needed.contains(&EvidenceKind::Tests) && !project.tests.is_empty();
    if has_tests && !lacking.is_empty() && preparation.may_install {
        match additions::provide(&environment.project.folder, &lacking, installer).await {
            Ok(found) => {
                notes.extend(found.notes);
                environment.python_path.push(found.folder.clone());
                environment.additions = Some(Installed::in_folder(found.folder));
            }
            Err(reason) => notes.push(reason.to_string()),
        }
    }
    let checker = checker_name(project.type_checker);
    let missing: Vec<&str> = ["ruff", "bandit", "detect-secrets", checker]
        .into_iter()
        .filter(|tool| environment.locate(tool).is_none())
        .collect();
    if !missing.is_empty() {
        let requirements = requirements::Requirements::tools_only(project.type_checker);
        match installer.environment(&requirements).await {
            Ok((own, note)) => {
                notes.extend(note);
                notes.push(format!(
                    "{} came from the run's own environment, since the project's has none",
                    missing.join(", ")
                ));
                environment.own = Some(Installed::in_environment(own));
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
struct Existing {
    folder: Option<PathBuf>,
    /// What looked like one and cannot be used, in words.
    unusable: Vec<String>,
}

impl Existing {
    fn find(project: &Project, preparation: &Preparation) -> Self {
        let mut found = Self {
            folder: None,
            unusable: Vec::new(),
        };
        let active = preparation.processes.environment().get("VIRTUAL_ENV");
        let active = active.filter(|path| !path.is_empty()).map(PathBuf::from);
        let mut places = vec![&project.root];
        if project.root != preparation.workspace {
            places.push(&preparation.workspace);
        }
        let local = places
            .into_iter()
            .flat_map(|place| [place.join(".venv"), place.join("venv")]);
        let active = active.map(|folder| (folder, true));
        for (folder, is_active) in active
            .into_iter()
            .chain(local.map(|folder| (folder, false)))
        {
            if is_environment(&folder) {
                found.folder = Some(folder);
                break;
            }
            let name = shown(&folder, preparation);
            if folder.join("pyvenv.cfg").is_file() {
                found.unusable.push(format!(
                    "the virtual environment {name} has no working Python (was it moved, or its Python removed?), so it was not used"
                ));
            } else if is_active {
                found.unusable.push(format!(
                    "VIRTUAL_ENV names {name}, which is no virtual environment, so it was not used"
                ));
            }
        }
        found
    }
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
