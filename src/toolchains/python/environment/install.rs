//! Making an environment for the run: pinned tools, checked by hash, and the project's packages.

use super::super::super::Preparation;
use super::super::project::Project;
use super::{is_environment, program};
use crate::config::{PythonPolicy, TypeChecker};
use crate::model::{ErrorKind, Reason, ReasonCode};
use crate::process::{CommandLine, EndedBy, Limits};
use crate::recovery::{Delays, classify, retry};
use std::{
    fs::{self, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// The pinned tools that every component needs, with the hashes of all their files.
const CORE: &str = include_str!("../requirements/core.txt");
const PYRIGHT: &str = include_str!("../requirements/pyright.txt");
const BASEDPYRIGHT: &str = include_str!("../requirements/basedpyright.txt");
const MYPY: &str = include_str!("../requirements/mypy.txt");

/// What an environment must hold.
pub(in super::super) struct Requirements {
    /// Pinned tools, checked by hash.
    pinned: [&'static str; 2],
    /// Requirements files of the project, absolute.
    files: Vec<PathBuf>,
    /// Single requirements, as pip writes them.
    packages: Vec<String>,
    /// Where relative requirements start.
    folder: PathBuf,
}

impl Requirements {
    /// The tools and what the project's tests need.
    pub(in super::super) fn with_project(
        project: &Project,
        policy: &PythonPolicy,
        preparation: &Preparation,
    ) -> Self {
        let mut packages = project.stated_requirements();
        packages.extend(policy.packages.iter().cloned());
        Self {
            pinned: [CORE, checker(project.type_checker)],
            files: project.requirements_files(&preparation.workspace, policy),
            packages,
            folder: project.root.clone(),
        }
    }

    /// The tools alone, for a project that has an environment without them.
    pub(in super::super) const fn tools_only(type_checker: TypeChecker) -> Self {
        Self {
            pinned: [CORE, checker(type_checker)],
            files: Vec::new(),
            packages: Vec::new(),
            folder: PathBuf::new(),
        }
    }

    /// What decides whether an environment made earlier still serves.
    fn key(&self, python: &Path) -> Result<String, Reason> {
        let mut hasher = blake3::Hasher::new();
        let mut add = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        for text in self.pinned {
            add(text.as_bytes());
        }
        for file in &self.files {
            let bytes = fs::read(file).map_err(|error| {
                failed(format!("requirements file {}: {error}", file.display()))
                    .remedy("correct toolchains.python.requirements")
            })?;
            add(&bytes);
        }
        for package in &self.packages {
            add(package.as_bytes());
            // A folder of the project is installed as it is now.
            if let Ok(settings) = fs::read(self.folder.join(package).join("pyproject.toml")) {
                add(&settings);
            }
        }
        add(fs::canonicalize(python)
            .unwrap_or_default()
            .to_string_lossy()
            .as_bytes());
        Ok(hasher.finalize().to_hex()[..16].to_owned())
    }
}

const fn checker(checker: TypeChecker) -> &'static str {
    match checker {
        TypeChecker::Pyright => PYRIGHT,
        TypeChecker::Basedpyright => BASEDPYRIGHT,
        TypeChecker::Mypy => MYPY,
    }
}

fn failed(message: String) -> Reason {
    Reason::new(ReasonCode::EnvironmentFailed, message)
}

/// Makes environments with uv where it is there, else with `venv` and pip.
pub(in super::super) struct Installer<'a> {
    pub(in super::super) preparation: &'a Preparation,
}

impl<'a> Installer<'a> {
    /// An installer for this run.
    pub(in super::super) const fn new(preparation: &'a Preparation) -> Self {
        Self { preparation }
    }

    /// `uv` on the path.
    pub(in super::super) fn uv(&self) -> Option<PathBuf> {
        self.preparation
            .processes
            .environment()
            .find_program("uv", &self.preparation.workspace)
    }

    /// `uv sync` for a uv project that has no environment yet.
    pub(in super::super) async fn uv_sync(
        &self,
        uv: &Path,
        project: &Project,
    ) -> Result<(), Reason> {
        if !self.preparation.may_install {
            return Err(failed(format!(
                "the uv project {} has no .venv",
                project.root.display()
            ))
            .remedy("run uv sync there, or set stages.dependency_check.install: true"));
        }
        let command = CommandLine::new(uv.to_string_lossy(), &project.root)
            .args(["sync", "--no-progress", "--all-groups"])
            .env("NO_COLOR", "1");
        self.step(&command).await
    }

    /// The environment that holds the requirements: the one of an earlier run, or a new one. Says
    /// so when it is new.
    pub(in super::super) async fn environment(
        &self,
        requirements: &Requirements,
    ) -> Result<(PathBuf, Option<String>), Reason> {
        let environment = self.preparation.processes.environment();
        let python = ["python3", "python"]
            .into_iter()
            .find_map(|name| environment.find_program(name, &self.preparation.workspace))
            .ok_or_else(|| {
                Reason::new(ReasonCode::ToolMissing, "no python3 on the PATH")
                    .remedy("install Python 3.10 or later")
            })?;
        let folders = self.preparation.cache_folder.join("python");
        let folder = folders.join(requirements.key(&python)?);
        let done = folder.join(".complete");
        if done.is_file() && is_environment(&folder) {
            return Ok((folder, None));
        }
        if !self.preparation.may_install {
            return Err(self.not_allowed());
        }
        fs::create_dir_all(&folders)
            .map_err(|error| failed(format!("{}: {error}", folders.display())))?;
        let _lock = lock(&folder.with_extension("lock"), &self.preparation.cancel).await?;
        // Another run may have made it while this one waited for the lock.
        if done.is_file() && is_environment(&folder) {
            return Ok((folder, None));
        }
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .map_err(|error| failed(format!("{}: {error}", folder.display())))?;
        }
        self.make(&python, &folder, requirements).await?;
        fs::write(&done, "").map_err(|error| failed(format!("{}: {error}", done.display())))?;
        let note = format!(
            "installed the pinned tools into {}",
            super::shown(&folder, self.preparation)
        );
        Ok((folder, Some(note)))
    }

    fn not_allowed(&self) -> Reason {
        failed(format!(
            "no Python environment with the tools was found for {}: no active virtual environment, no .venv or venv, none of an earlier run",
            self.preparation.component.name
        ))
        .remedy(
            "make one (python3 -m venv .venv) with the project's packages and the tools, or set stages.dependency_check.install: true",
        )
    }

    async fn make(
        &self,
        python: &Path,
        folder: &Path,
        requirements: &Requirements,
    ) -> Result<(), Reason> {
        let uv = self.uv();
        let here = &self.preparation.workspace;
        let target = folder.to_string_lossy();
        let make = match &uv {
            Some(uv) => CommandLine::new(uv.to_string_lossy(), here)
                .args(["venv", "--quiet", "--no-project", "--python"])
                .arg(python.to_string_lossy())
                .arg(target),
            None => CommandLine::new(python.to_string_lossy(), here)
                .args(["-m", "venv"])
                .arg(target),
        };
        self.step(&make).await?;

        let mut pinned = self
            .install_command(uv.as_deref(), folder, here)
            .arg("--require-hashes");
        for (number, text) in requirements.pinned.iter().enumerate() {
            let file = folder.join(format!("pinned-{number}.txt"));
            fs::write(&file, text)
                .map_err(|error| failed(format!("{}: {error}", file.display())))?;
            pinned = pinned.arg("-r").arg(file.to_string_lossy());
        }
        self.step(&pinned).await?;

        if requirements.files.is_empty() && requirements.packages.is_empty() {
            return Ok(());
        }
        let mut project = self.install_command(uv.as_deref(), folder, &requirements.folder);
        for file in &requirements.files {
            project = project.arg("-r").arg(file.to_string_lossy());
        }
        self.step(&project.args(&requirements.packages)).await
    }

    fn install_command(&self, uv: Option<&Path>, folder: &Path, here: &Path) -> CommandLine {
        let python = program(folder, "python");
        match uv {
            Some(uv) => CommandLine::new(uv.to_string_lossy(), here)
                .args(["pip", "install", "--quiet", "--no-progress", "--python"])
                .arg(python.to_string_lossy()),
            None => CommandLine::new(python.to_string_lossy(), here).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
            ]),
        }
    }

    /// One installation step, tried again when the trouble is transient.
    async fn step(&self, command: &CommandLine) -> Result<(), Reason> {
        retry(
            Delays::new(&self.preparation.install_retry),
            &self.preparation.cancel,
            |_| self.attempt(command),
            |(kind, _)| kind.is_transient(),
            |tried| {
                if let (Err((_, reason)), Some(delay)) = (tried.result, tried.retry_in) {
                    tracing::warn!("{reason}; trying again in {} s", delay.as_secs_f64());
                }
            },
        )
        .await
        .map_err(|(_, reason)| reason)
    }

    async fn attempt(&self, command: &CommandLine) -> Result<(), (ErrorKind, Reason)> {
        let limits = Limits::with_timeout(self.preparation.install_timeout);
        let trouble = |kind, what: String| {
            (
                kind,
                failed(format!("{what} (command: {})", command.display())),
            )
        };
        let finished = self
            .preparation
            .processes
            .run(command, &limits, &self.preparation.cancel)
            .await
            .map_err(|error| trouble(ErrorKind::Permanent, error.to_string()))?;
        match finished.ended_by {
            EndedBy::Exit if finished.status == Some(0) => Ok(()),
            EndedBy::Exit => {
                let words = finished.stderr.text_lossy();
                let kind = classify(&words, finished.status, finished.signal);
                let tail: Vec<&str> = words.trim().lines().rev().take(6).collect();
                let tail: Vec<&str> = tail.into_iter().rev().collect();
                Err(trouble(
                    kind,
                    format!("installing failed: {}", tail.join(" / ")),
                ))
            }
            EndedBy::Timeout => Err(trouble(
                ErrorKind::Permanent,
                format!(
                    "installing did not end within {} s (stages.dependency_check.timeout_seconds)",
                    limits.timeout.as_secs()
                ),
            )),
            EndedBy::Cancelled => Err(trouble(ErrorKind::Permanent, "interrupted".to_owned())),
        }
    }
}

/// Waits until no other run makes the same environment. Ends with the file that it gives.
async fn lock(path: &Path, cancel: &CancellationToken) -> Result<fs::File, Reason> {
    const PAUSE: Duration = Duration::from_millis(100);
    let trouble = |what: String| failed(format!("lock {}: {what}", path.display()));
    let file = fs::File::create(path).map_err(|error| trouble(error.to_string()))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(trouble(error.to_string())),
            Err(TryLockError::WouldBlock) => tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = cancel.cancelled() => return Err(trouble("interrupted".to_owned())),
            },
        }
    }
}
