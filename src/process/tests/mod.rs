//! Real processes. No test asserts on how long something took; a test that hangs has failed.

#![cfg(unix)]

use super::*;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[cfg(target_os = "linux")]
mod ending;
mod running;

const LONG: Duration = Duration::from_secs(300);

fn processes() -> Processes {
    Processes::new(Environment::scrubbed([("PATH", env!("PATH"))]))
}

fn limits(timeout: Duration) -> Limits {
    Limits {
        timeout,
        max_stdout: 64 * 1024,
        max_stderr: 64 * 1024,
    }
}

fn shell(script: &str) -> CommandLine {
    CommandLine::new("sh", "/").args(["-c", script])
}

fn python(script: &str) -> CommandLine {
    CommandLine::new("python3", "/").args(["-c", script])
}

async fn run(command: &CommandLine) -> Finished {
    processes()
        .run(command, &limits(LONG), &CancellationToken::new())
        .await
        .unwrap()
}

async fn run_with(command: CommandLine, cancel: CancellationToken) -> Finished {
    processes()
        .run(&command, &limits(LONG), &cancel)
        .await
        .unwrap()
}
