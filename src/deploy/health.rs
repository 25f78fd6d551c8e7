//! One look at the health of a version.

use super::{
    Means,
    commands::{COULD_NOT_MEASURE, Job, seconds},
    place::Place,
};
use crate::config::{EnvironmentPolicy, HealthCheckPolicy, ProbePolicy};
use crate::http::{HttpError, connect, is_of_the_asking_side};
use jiff::Timestamp;
use serde_json::Value;
use serde_json_path::JsonPath;
use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Duration};
use tokio::{
    net::lookup_host,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

/// What a look at the health of a version gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// What was seen.
    pub health: Health,
}

/// What was seen, with the words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It is healthy.
    Up(String),
    /// It is not.
    Down(String),
    /// The look itself failed, which says nothing about the version.
    Unknown(String),
}

impl Health {
    /// What was seen, in a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Up(message) | Self::Down(message) | Self::Unknown(message) => message,
        }
    }

    /// Whether it is healthy; `None` where that is not known.
    #[must_use]
    pub const fn is_up(&self) -> Option<bool> {
        match self {
            Self::Up(_) => Some(true),
            Self::Down(_) => Some(false),
            Self::Unknown(_) => None,
        }
    }
}

/// Looks at health.
pub(super) struct Probe<'a> {
    pub(super) means: &'a Means,
    pub(super) policy: &'a HealthCheckPolicy,
    pub(super) place: &'a Place,
    pub(super) working_directory: Option<&'a Path>,
    /// The file of the log of a command, without ending.
    pub(super) log: String,
    pub(super) cancel: &'a CancellationToken,
}

impl<'a> Probe<'a> {
    pub(super) fn new(
        means: &'a Means,
        environment: &'a EnvironmentPolicy,
        place: &'a Place,
        cancel: &'a CancellationToken,
    ) -> Self {
        Self {
            means,
            policy: &environment.health_check,
            place,
            working_directory: environment.working_directory.as_deref(),
            log: format!("{}-health_check", environment.name),
            cancel,
        }
    }

    /// Looks once, and for no longer than `most`.
    pub(super) async fn look(&self, most: Duration) -> Look {
        let (at, begun) = (Timestamp::now(), Instant::now());
        let time = self.policy.timeout.min(most);
        let health = match &self.policy.probe {
            ProbePolicy::Http { .. } => self.unless_cancelled(self.http(time)).await,
            ProbePolicy::Tcp(address) => {
                let address = self.place.filled(address);
                self.unless_cancelled(tcp(&address, time)).await
            }
            ProbePolicy::Command(words) => self.command(words, time).await,
        };
        Look {
            at,
            duration: begun.elapsed(),
            health,
        }
    }

    async fn unless_cancelled(&self, look: impl Future<Output = Health>) -> Health {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Health::Unknown("interrupted".to_owned()),
            health = look => health,
        }
    }

    async fn http(&self, time: Duration) -> Health {
        let ProbePolicy::Http {
            url,
            headers,
            status,
            body_contains,
            json,
        } = &self.policy.probe
        else {
            return Health::Unknown("the health check is no HTTP request".to_owned());
        };
        let url = self.place.filled(url);
        let answer = self.means.http.get(&url, &pairs(headers), time).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return unanswered(&url, &error),
        };
        if !status.contains(&answer.status) {
            return Health::Down(format!(
                "{url} answered {}, expected {}",
                answer.status,
                alternatives(status)
            ));
        }
        let body = String::from_utf8_lossy(&answer.body);
        if let Some(words) = body_contains
            && !body.contains(words.as_str())
        {
            return Health::Down(format!(
                "{url} answered {} without {words:?} in its body: {}",
                answer.status,
                beginning(&body)
            ));
        }
        if let Some((path, expected)) = json {
            return match at_path(&answer.body, path, expected) {
                Ok(()) => Health::Up(format!("{url} answered {}", answer.status)),
                Err(Problem::OfTheAnswer(problem)) => {
                    Health::Down(format!("{url} answered {}, but {problem}", answer.status))
                }
                Err(Problem::OfTheRule(problem)) => Health::Unknown(problem),
            };
        }
        Health::Up(format!("{url} answered {}", answer.status))
    }

    async fn command(&self, words: &[String], time: Duration) -> Health {
        let job = Job {
            what: "the health check command",
            log: &self.log,
            words,
            place: self.place,
            attempt: 1,
            working_directory: self.working_directory,
            timeout: time,
            cancel: self.cancel,
        };
        match job.run(self.means).await {
            Err(error) => Health::Unknown(error.message()),
            Ok(done) if done.is_success() => {
                Health::Up("the health check command ended with exit status 0".to_owned())
            }
            Ok(done) if done.is_timeout() => Health::Down(done.message()),
            Ok(done) => match done.status() {
                Some(status) if status != COULD_NOT_MEASURE => Health::Down(done.message()),
                _ => Health::Unknown(done.message()),
            },
        }
    }
}

fn pairs(headers: &BTreeMap<String, String>) -> Vec<(String, String)> {
    headers.clone().into_iter().collect()
}

fn unanswered(url: &str, error: &HttpError) -> Health {
    if error.is_of_the_other_side() {
        Health::Down(format!("{url} gave no answer: {error}"))
    } else {
        Health::Unknown(format!("{url} could not be asked: {error}"))
    }
}

async fn tcp(address: &str, time: Duration) -> Health {
    let connected = async {
        let no_address = |why: &str| Health::Unknown(format!("{address} has no address{why}"));
        let found: Vec<SocketAddr> = lookup_host(address)
            .await
            .map_err(|error| no_address(&format!(": {error}")))?
            .collect();
        if found.is_empty() {
            return Err(no_address(""));
        }
        connect(&found).await.map_err(|error| {
            let message = format!("{address} cannot be connected to: {error}");
            match is_of_the_asking_side(&error) {
                true => Health::Unknown(message),
                false => Health::Down(message),
            }
        })
    };
    match timeout(time, connected).await {
        Ok(Ok(_)) => Health::Up(format!("{address} takes connections")),
        Ok(Err(health)) => health,
        Err(_) => Health::Down(format!(
            "{address} did not take a connection within {}",
            seconds(time)
        )),
    }
}

/// What is wrong with a value in a body.
enum Problem {
    /// With the body: the version is not healthy.
    OfTheAnswer(String),
    /// With the rule: nothing can be said.
    OfTheRule(String),
}

fn at_path(body: &[u8], path: &str, expected: &Value) -> Result<(), Problem> {
    let query = JsonPath::parse(path)
        .map_err(|error| Problem::OfTheRule(format!("{path:?} is no JSONPath: {error}")))?;
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::OfTheAnswer(format!("its body is no JSON: {error}")))?;
    match query.query(&body).all().as_slice() {
        [found] if is_same(found, expected) => Ok(()),
        [found] => Err(Problem::OfTheAnswer(format!(
            "{path} in its body is {}, expected {expected}",
            beginning(&found.to_string())
        ))),
        [] => Err(Problem::OfTheAnswer(format!(
            "its body has nothing at {path}, expected {expected}"
        ))),
        several => Err(Problem::OfTheAnswer(format!(
            "its body has {} values at {path}, expected one",
            several.len()
        ))),
    }
}

/// Whether two values are the same. JSON knows one kind of number: 1 and 1.0 are the same.
fn is_same(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => found.to_bits() == expected.to_bits(),
        _ => found == expected,
    }
}

fn alternatives(status: &[u16]) -> String {
    let texts: Vec<String> = status.iter().map(ToString::to_string).collect();
    texts.join(" or ")
}

/// The beginning of a text, for a message.
fn beginning(text: &str) -> String {
    const MOST: usize = 120;
    let mut shown: String = text.trim().chars().take(MOST).collect();
    if shown.len() < text.trim().len() {
        shown.push('…');
    }
    shown
}
