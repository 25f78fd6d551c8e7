//! How a child is started, and why it could not be.

use super::{CommandLine, Environment, environment::is_executable};
use std::{io, path::PathBuf, process::Stdio};
use tokio::process::{Child, Command};

/// The variable that marks everything that one run started.
pub(super) const COOKIE: &str = "SPEC2PROD_PROCESS";

/// Why a child could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such program.
    #[error("cannot run {program:?}: there is no such program in {searched}; install it there")]
    NotFound {
        /// The program as it was asked for.
        program: String,
        /// Where it was looked for.
        searched: String,
    },
    /// The program is there, but the system refuses to run it.
    #[error(
        "cannot run {program:?}: the system refuses to run {path:?} ({error}); check that it is a program for this machine, that it may be executed, and that the interpreter in its first line exists"
    )]
    NotExecutable {
        /// The program as it was asked for.
        program: String,
        /// The file that was found.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The folder to run it in does not exist.
    #[error(
        "cannot run {program:?} in {path:?}: there is no such folder; check `working_directory`"
    )]
    NoWorkingDirectory {
        /// The program as it was asked for.
        program: String,
        /// The folder.
        path: PathBuf,
    },
    /// Anything else, such as too many processes or arguments that are too long.
    #[error("cannot run {program:?}: {error}")]
    Io {
        /// The program as it was asked for.
        program: String,
        /// What the system said.
        error: io::Error,
    },
}

/// Starts a child in a process group of its own, with both outputs piped.
pub(super) fn start(
    line: &CommandLine,
    environment: &Environment,
    cookie: &str,
) -> Result<Child, StartError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door that the rule keeps"
    )]
    let mut command = Command::new(program(line, environment));
    command
        .args(&line.args)
        .current_dir(&line.working_directory)
        .env_clear()
        .envs(environment.iter());
    for name in &line.env_removed {
        command.env_remove(name);
    }
    command
        .envs(&line.env)
        .env(COOKIE, cookie)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
        .spawn()
        .map_err(|error| explain(line, environment, error))
}

/// The program's file, found on the `PATH` of the child. Given a file, the standard library starts a
/// child by `posix_spawn`; given a name and another `PATH` than this process has, it forks, which
/// copies the tables of all memory of this process.
fn program(line: &CommandLine, environment: &Environment) -> PathBuf {
    let found = if line.program.contains('/') {
        None
    } else {
        candidates(line, environment).find(|path| is_executable(path))
    };
    found.unwrap_or_else(|| PathBuf::from(&line.program))
}

/// Finds out what the system meant: it gives the same error for a missing program, a missing
/// interpreter and a missing folder.
fn explain(line: &CommandLine, environment: &Environment, error: io::Error) -> StartError {
    let program = line.program.clone();
    if !matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
    ) {
        return StartError::Io { program, error };
    }
    if !line.working_directory.is_dir() {
        return StartError::NoWorkingDirectory {
            program,
            path: line.working_directory.clone(),
        };
    }
    let found = if program.contains('/') {
        Some(line.working_directory.join(&program)).filter(|path| path.exists())
    } else {
        candidates(line, environment).find(|path| path.is_file())
    };
    match found {
        Some(path) => StartError::NotExecutable {
            program,
            path,
            error,
        },
        None => StartError::NotFound {
            searched: if program.contains('/') {
                format!("{:?}", line.working_directory)
            } else {
                format!("PATH ({:?})", path_variable(line, environment))
            },
            program,
        },
    }
}

/// Where a program that is given by its name may lie.
fn candidates<'a>(
    line: &'a CommandLine,
    environment: &'a Environment,
) -> impl Iterator<Item = PathBuf> + 'a {
    std::env::split_paths(path_variable(line, environment))
        .map(|folder| line.working_directory.join(folder).join(&line.program))
}

/// The `PATH` that the child has.
fn path_variable<'a>(line: &'a CommandLine, environment: &'a Environment) -> &'a str {
    let is_removed = line.env_removed.iter().any(|name| name == "PATH");
    let inherited = environment.get("PATH").filter(|_| !is_removed);
    line.env
        .get("PATH")
        .map(String::as_str)
        .or(inherited)
        .unwrap_or_default()
}
