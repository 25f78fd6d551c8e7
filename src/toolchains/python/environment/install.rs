//! Making an environment for the run: pinned tools, checked by hash, and the project's packages.
//! What is made is kept between runs; what was not finished is never used.

use super::super::super::Preparation;
use super::super::project::Project;
use super::requirements::Requirements;
use super::{is_environment, program};
use crate::inside::inside;
use crate::model::{ErrorKind, Reason, ReasonCode, ending_of};
use crate::process::{CommandLine, EndedBy, Limits};
use crate::recovery::{Delays, classify, retry};
use std::{
    fs::{self, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How much of what an installer printed is shown, in characters from its end.
const SHOWN_OUTPUT: usize = 280;
/// Runs a module with nothing of the working directory, which is the judged repository, on the path.
const ISOLATED_MODULE: [&str; 2] = ["-I", "-m"];

pub(super) fn failed(message: String) -> Reason {
    Reason::new(ReasonCode::EnvironmentFailed, message)
}

/// What is made once and kept between runs.
pub(super) enum Making<'a> {
    /// An environment made by this Python.
    Environment(&'a Path, &'a Requirements),
    /// A folder with pinned packages, as a requirements file has them, for this interpreter.
    Additions(&'a Path, String),
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

    /// `uv sync` for a uv project that has no environment yet. The lock file stays as it is, and an
    /// environment that could not be finished is removed: it would look like one that is ready.
    pub(in super::super) async fn uv_sync(
        &self,
        uv: &Path,
        project: &Project,
        folder: &Path,
    ) -> Result<(), Reason> {
        if !self.preparation.may_install {
            return Err(failed(format!(
                "the uv project {} has no .venv",
                project.root.display()
            ))
            .remedy("run uv sync there, or set stages.dependency_check.install: true"));
        }
        let command = CommandLine::new(uv.to_string_lossy(), &project.root)
            .args(["sync", "--frozen", "--no-progress", "--all-groups"])
            .arg("--compile-bytecode")
            .env("NO_COLOR", "1")
            .env_remove("VIRTUAL_ENV");
        let was_there = folder.exists();
        let result = self.step(&command).await;
        if result.is_err() && !was_there && folder.exists() {
            fs::remove_dir_all(folder)
                .map_err(|error| failed(format!("{}: {error}", folder.display())))?;
        }
        result
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
        let folder = self.folder(requirements.key(&python)?);
        let what = Making::Environment(&python, requirements);
        let note = self.once(&folder, &what).await?.then(|| {
            format!(
                "installed the pinned tools into {}",
                super::shown(&folder, self.preparation)
            )
        });
        Ok((folder, note))
    }

    /// Where something with this key is kept between runs.
    pub(super) fn folder(&self, key: String) -> PathBuf {
        self.preparation.cache_folder.join("python").join(key)
    }

    /// Makes it unless an earlier run has; true when it is new. What was not finished is never used:
    /// the file that says so is written last.
    pub(super) async fn once(&self, folder: &Path, what: &Making<'_>) -> Result<bool, Reason> {
        let trouble =
            |path: &Path, error: io::Error| failed(format!("{}: {error}", path.display()));
        let done = folder.join(".complete");
        let is_ready =
            || done.is_file() && (is_environment(folder) || matches!(what, Making::Additions(..)));
        if is_ready() {
            return Ok(false);
        }
        if !self.preparation.may_install {
            return Err(self.not_allowed());
        }
        inside(&self.preparation.cache_folder, folder).map_err(|error| trouble(folder, error))?;
        if let Some(folders) = folder.parent() {
            fs::create_dir_all(folders).map_err(|error| trouble(folders, error))?;
        }
        let _lock = lock(&folder.with_extension("lock"), &self.preparation.cancel).await?;
        // Another run may have made it while this one waited for the lock.
        if is_ready() {
            return Ok(false);
        }
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| trouble(folder, error))?;
        }
        match what {
            Making::Environment(python, requirements) => {
                self.make(python, folder, requirements).await?;
            }
            Making::Additions(python, text) => self.add(python, folder, text).await?,
        }
        fs::write(&done, "").map_err(|error| trouble(&done, error))?;
        Ok(true)
    }

    /// Installs pinned packages, and nothing that they ask for, into a folder of their own for this
    /// interpreter.
    async fn add(&self, python: &Path, folder: &Path, text: &str) -> Result<(), Reason> {
        let here = &self.preparation.workspace;
        fs::create_dir_all(folder)
            .map_err(|error| failed(format!("{}: {error}", folder.display())))?;
        let file = folder.join("pinned.txt");
        fs::write(&file, text).map_err(|error| failed(format!("{}: {error}", file.display())))?;
        let command = match self.uv() {
            Some(uv) => CommandLine::new(uv.to_string_lossy(), here)
                .args(["pip", "install", "--quiet", "--no-progress"])
                .args(["--compile-bytecode", "--python"])
                .arg(python.to_string_lossy()),
            // The interpreter's environment may have no pip, so that another one works on it.
            None => CommandLine::new("python3", here)
                .args(ISOLATED_MODULE)
                .args(["pip", "--python"])
                .arg(python.to_string_lossy())
                .args([
                    "install",
                    "--quiet",
                    "--no-input",
                    "--disable-pip-version-check",
                ]),
        };
        let command = command
            .args(["--no-deps", "--require-hashes", "--target"])
            .arg(folder.to_string_lossy())
            .arg("-r")
            .arg(file.to_string_lossy());
        self.step(&command).await
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
                .args(ISOLATED_MODULE)
                .arg("venv")
                .arg(target),
        };
        self.step(&make).await?;

        // The lists are complete. Left to look for dependencies, older versions of pip take a newer
        // release than the pinned one for `coverage[toml]`, and then miss its hash.
        let mut pinned = self
            .install_command(uv.as_deref(), folder, here)
            .args(["--no-deps", "--require-hashes"]);
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
                .args(["pip", "install", "--quiet", "--no-progress"])
                .args(["--compile-bytecode", "--python"])
                .arg(python.to_string_lossy()),
            None => CommandLine::new(python.to_string_lossy(), here)
                .args(ISOLATED_MODULE)
                .args(["pip", "install", "--quiet", "--no-input"])
                .arg("--disable-pip-version-check"),
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
                let tail = ending_of(&tail.join(" / "), SHOWN_OUTPUT);
                Err(trouble(kind, format!("installing failed: {tail}")))
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
    let file = inside(path.parent().unwrap_or(path), path).and_then(fs::File::create);
    let file = file.map_err(|error| trouble(error.to_string()))?;
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
