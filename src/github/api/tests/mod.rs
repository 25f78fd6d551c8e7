//! The client against a small server of the tests' own, with a clock that nobody waits for.

mod check_runs;
mod comments;
mod deployments;
mod proxies;
mod reading;
mod refusals;
mod reviews;
mod server;
mod state;
mod waits;

use super::{answer::Answer, clock::Clock, *};
use crate::http::Proxies;
use jiff::Timestamp;
use server::Server;
use state::Fault;
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A clock that stands still, except while somebody sleeps.
struct TestClock {
    now: Mutex<Duration>,
    sleeps: Mutex<Vec<Duration>>,
}

/// What the test clock shows as date: 2026-11-25T12:00:00Z.
const WALL: i64 = 1_795_608_000;

impl Clock for TestClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_second(WALL).unwrap()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.now.lock().unwrap() += duration;
        self.sleeps.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }
}

/// A client, the server that it asks, and the clock that it looks at.
struct Bench {
    server: Server,
    client: Client,
    clock: Arc<TestClock>,
    repository: Repository,
}

impl Bench {
    /// Without pauses between writes, so that every sleep is one before another attempt.
    async fn new() -> Self {
        let limits = ClientLimits {
            spacing: Duration::ZERO,
            ..ClientLimits::default()
        };
        Self::with_limits(limits).await
    }

    async fn with_limits(limits: ClientLimits) -> Self {
        let server = Server::start().await;
        let clock = Arc::new(TestClock {
            now: Mutex::default(),
            sleeps: Mutex::default(),
        });
        let settings = ClientSettings {
            api_url: server.url(),
            token: Token::new("ghs_secret"),
            limits,
            proxies: Proxies::default(),
        };
        Self {
            client: Client::with_clock(&settings, clock.clone()).unwrap(),
            server,
            clock,
            repository: "octo/shop".parse().unwrap(),
        }
    }

    /// The next request of this kind goes wrong; `request` is a method and a part of the path.
    fn fault(&self, request: &str, fault: Fault) {
        let mut state = self.server.state();
        state.faults.push_back((request.to_owned(), fault));
    }

    /// What was slept, in seconds.
    fn slept(&self) -> Vec<f64> {
        let sleeps = self.clock.sleeps.lock().unwrap();
        sleeps.iter().map(Duration::as_secs_f64).collect()
    }

    /// How many requests there were of this kind.
    fn count(&self, request: &str) -> usize {
        let state = self.server.state();
        let is_meant = |line: &&String| state::is_meant(request, line);
        state.log.iter().filter(is_meant).count()
    }
}

/// A failure of the server, with no details.
fn status(status: u16) -> Fault {
    Fault::Instead(
        status,
        Vec::new(),
        r#"{"message": "Server Error"}"#.to_owned(),
    )
}

/// A refusal.
fn refusal(status: u16, message: &str) -> Fault {
    let body = serde_json::json!({ "message": message }).to_string();
    Fault::Instead(status, Vec::new(), body)
}

/// An answer with headers.
fn with_headers(status: u16, headers: &[(&'static str, String)]) -> Fault {
    let body = r#"{"message": "Slow down"}"#.to_owned();
    Fault::Instead(status, headers.to_vec(), body)
}

/// Fails when something cannot be moved between threads.
fn assert_send<T: Send>(value: T) -> T {
    value
}
