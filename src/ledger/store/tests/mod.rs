//! Real files, real locks, and real repositories.

#![cfg(unix)]

mod branch;
mod local;

use super::*;
use crate::ledger::tests::{begins, by, ended, ends, healthy, started, time, version};
use crate::model::{DeploymentOutcome, Operation, Phase, Verdict};
use crate::process::{CommandLine, Environment, Limits};
use EnvironmentName::{Production, Staging};
use std::fs;
use tempfile::TempDir;

fn shop() -> ComponentName {
    "shop".parse().unwrap()
}

fn processes() -> Arc<Processes> {
    Arc::new(Processes::new(Environment::scrubbed([
        ("PATH", env!("PATH")),
        ("HOME", "/nowhere"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ])))
}

fn ledger_of(workspace: &Path, branch: Option<&str>) -> Ledger {
    let policy = HistoryPolicy {
        directory: PathBuf::from(".spec2prod/history"),
        branch: branch.map(str::to_owned),
        remote: "origin".to_owned(),
    };
    Ledger::new(workspace, &policy, processes(), CancellationToken::new()).with_clock(|| time(1000))
}

async fn run_git(folder: &Path, arguments: &[&str]) -> String {
    let command = CommandLine::new("git", folder)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.test"])
        .args(arguments.iter().copied());
    let limits = Limits::with_timeout(Duration::from_secs(60));
    let finished = processes()
        .run(&command, &limits, &CancellationToken::new())
        .await
        .unwrap();
    let output = finished.stdout.text_lossy();
    let errors = finished.stderr.text_lossy();
    assert_eq!(finished.status, Some(0), "{arguments:?}: {output}{errors}");
    output.trim().to_owned()
}

fn held(name: &str) -> Event {
    Event::Held {
        version: version(name),
        reason: "bad".to_owned(),
    }
}

async fn turn(ledger: &Ledger, run: &str) -> Result<Turn, TurnError> {
    ledger
        .take_turn(&shop(), Staging, by(run), Duration::ZERO)
        .await
}

async fn deploy(ledger: &Ledger, run: &str, events: Vec<Event>) {
    let mut turn = turn(ledger, run).await.unwrap();
    for event in events {
        turn.append(event).await.unwrap();
    }
}

fn sample(at: i64, is_up: bool) -> Sample {
    Sample {
        at: time(at),
        is_up: Some(is_up),
        version: Some(version("a")),
        latency_ms: Some(12),
        message: "200".to_owned(),
    }
}

/// Writes down something beside a deployment.
async fn note(ledger: &Ledger, run: &str, event: Event) -> Result<(), LedgerError> {
    ledger.append(&shop(), Staging, &by(run), event).await
}
