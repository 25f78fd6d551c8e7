//! A ledger in memory, and orders.

use crate::config::{EnvironmentPolicy, HealthCheckPolicy, ProbePolicy};
use crate::deploy::{Appending, Log, LogError, Means, Order};
use crate::http;
use crate::ledger::{By, Event, Record, State};
use crate::model::{Component, EnvironmentName, RuleSource, Version};
use crate::process::{Environment, Processes};
use crate::recovery::{BreakerPolicy, CircuitBreakers, RetryPolicy};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// A ledger in memory. Clones share it, as runs one after the other share a file.
#[derive(Clone, Default)]
pub(super) struct Memory {
    records: Arc<Mutex<Vec<Record>>>,
    /// From which record on writing fails, and how.
    pub(super) fault: Arc<Mutex<Option<(usize, LogError)>>>,
    /// How many records are written until the run is killed, and whether the last one still is.
    kill: Arc<Mutex<Option<(usize, bool)>>>,
    /// Whether the run was killed at a record.
    pub(super) is_dead: Arc<AtomicBool>,
}

impl Memory {
    /// For the next run.
    pub(super) fn kill_at(&self, kill: Option<(usize, bool)>) {
        *self.kill.lock().unwrap() = kill;
        self.is_dead.store(false, Ordering::SeqCst);
    }

    pub(super) fn push(&self, event: Event) {
        let mut records = self.records.lock().unwrap();
        let number = i64::try_from(records.len()).unwrap();
        records.push(Record {
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(number),
            by: By {
                run: "7".to_owned(),
                ..By::default()
            },
            event,
        });
    }
}

impl Log for Memory {
    fn state(&self) -> State {
        State::of(&self.records.lock().unwrap())
    }

    fn records(&self) -> Vec<Record> {
        self.records.lock().unwrap().clone()
    }

    fn append(&mut self, event: Event) -> Appending<'_> {
        Box::pin(async move {
            let written = self.records.lock().unwrap().len();
            if let Some((from, error)) = self.fault.lock().unwrap().clone()
                && written >= from
            {
                return Err(error);
            }
            let kill = *self.kill.lock().unwrap();
            if let Some((left, is_written)) = kill {
                if left == 0 {
                    if is_written {
                        self.push(event);
                    }
                    self.is_dead.store(true, Ordering::SeqCst);
                    return std::future::pending().await;
                }
                *self.kill.lock().unwrap() = Some((left - 1, is_written));
            }
            self.push(event);
            Ok(())
        })
    }
}

pub(super) fn version(letter: char) -> Version {
    Version::of_commit(letter.to_string().repeat(40))
}

pub(super) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A program of the shell.
pub(super) fn shell(script: &str) -> Vec<String> {
    words(&["sh", "-c", script])
}

/// An environment whose deploy command notes the version as the active one in `active`, and a line
/// in `calls`.
pub(super) fn environment() -> EnvironmentPolicy {
    let deploy = r#"echo "$SPEC2PROD_COMMIT" > active; echo "deploy $SPEC2PROD_COMMIT $SPEC2PROD_DEPLOYMENT_ID $SPEC2PROD_ATTEMPT" >> calls"#;
    EnvironmentPolicy {
        name: EnvironmentName::Staging,
        url: Some("http://127.0.0.1:1/{component}".to_owned()),
        github_environment: "staging/shop".to_owned(),
        deploy: shell(deploy),
        rollback: None,
        current: None,
        health_check: HealthCheckPolicy {
            probe: ProbePolicy::Command(words(&["true"])),
            start_delay: Duration::ZERO,
            interval: Duration::from_millis(10),
            timeout: Duration::from_secs(20),
            successes: 2,
            failures: 2,
            errors: 2,
            rule: RuleSource::Default,
        },
        smoke_test: None,
        bake_time: Duration::ZERO,
        analysis: Vec::new(),
        prometheus: None,
        hooks: Vec::new(),
        env: BTreeMap::new(),
        working_directory: None,
        rule: RuleSource::Default,
    }
}

pub(super) fn order(version: Version) -> Order {
    Order {
        component: Arc::new(Component {
            name: "shop".parse().unwrap(),
            path: "src/shop".into(),
            tests: Vec::new(),
            spec: None,
            toolchain: "python".to_owned(),
        }),
        environment: environment(),
        staging: None,
        version,
        hotfix: None,
        checks_again: false,
        timeout: Duration::from_secs(120),
        retry: RetryPolicy {
            max_retries: 2,
            base_delay: Duration::from_millis(1),
            exponential_base: 1.0,
            max_delay: Duration::from_millis(1),
            has_jitter: false,
            budget: Duration::from_secs(60),
        },
        rollback_on_failure: true,
        by: By::default(),
        approved_by: Vec::new(),
    }
}

/// Means for a workspace, which also has the run's folder.
pub(super) fn means(workspace: &Path) -> Means {
    let environment = Environment::scrubbed([
        ("PATH", env!("PATH")),
        ("MONITORING_TOKEN", "t0k3n"),
        ("EMPTY_TOKEN", ""),
    ]);
    Means {
        workspace: workspace.to_owned(),
        run_folder: workspace.join("run"),
        processes: Arc::new(Processes::new(environment)),
        http: http::Client::default(),
        breakers: Arc::new(CircuitBreakers::new(BreakerPolicy {
            failure_threshold: 5,
            recovery_timeout: Duration::from_secs(60),
            half_open_max_calls: 1,
        })),
        suites: BTreeMap::new(),
        watcher: None,
        cancel: CancellationToken::new(),
    }
}

/// An HTTP server in this process: answers each request by a function of how many came before it
/// and of what was asked for. It ends with the runtime.
pub(super) async fn serve<F>(answer: F) -> String
where
    F: Fn(usize, &str) -> (u16, String) + Send + Sync + 'static,
{
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut count = 0;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.windows(4).any(|part| part == b"\r\n\r\n") {
                let mut part = [0; 1024];
                match stream.read(&mut part).await {
                    Ok(length) if length > 0 => request.extend_from_slice(&part[..length]),
                    _ => break,
                }
            }
            let (status, body) = answer(count, &String::from_utf8_lossy(&request));
            count += 1;
            let length = body.len();
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    format!("http://{address}")
}

/// An address that nothing listens at.
pub(super) async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}
