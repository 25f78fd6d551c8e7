//! Access to the API: one request after the other, in time, and repeated only where that is safe.

use super::{
    answer::{Answer, LONGEST_MESSAGE, NoAnswer, exchange, one_line},
    call::Call,
    clock::{Clock, SystemClock},
    error::{ApiError, seconds},
    retry::{Judged, Trouble, judge, unreadable},
    settings::{ClientLimits, ClientSettings},
};
use crate::http::Connector;
use hyper::{
    Uri,
    header::{HeaderValue, USER_AGENT},
};
use octocrab::{
    AuthState, OctoBody, Octocrab, OctocrabBuilder,
    service::middleware::{auth_header::AuthHeaderLayer, extra_headers::ExtraHeadersLayer},
};
use serde::de::DeserializeOwned;
use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{runtime::Handle, time::timeout};
use tower_http::follow_redirect::FollowRedirectLayer;

/// What one page of a list holds at most; it is GitHub's limit.
pub(super) const PER_PAGE: usize = 100;

/// The most pages of a list that are read.
const MAX_PAGES: usize = 100;

/// Access to the API of one GitHub, for one token. Clones share the pace and the time that is left.
#[derive(Clone)]
pub struct Client {
    octocrab: Octocrab,
    api_url: String,
    limits: ClientLimits,
    clock: Arc<dyn Clock>,
    /// When the last write ended. Whoever holds it writes.
    last_write: Arc<tokio::sync::Mutex<Option<Duration>>>,
    /// How much of the total time is used up.
    spent: Arc<Mutex<Duration>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api_url", &self.api_url)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// What came of one attempt.
enum Attempted<T> {
    Done(T),
    /// It is time to try again.
    Again {
        may_have_happened: bool,
    },
}

impl Client {
    /// A client. Has to be called within a tokio runtime, in which its connections then live.
    ///
    /// # Errors
    /// [`ApiError::Settings`] for an address that is none, of the API or of the proxy, a token that
    /// cannot be sent, a machine without root certificates.
    pub fn new(settings: &ClientSettings) -> Result<Self, ApiError> {
        Self::with_clock(settings, Arc::new(SystemClock::new()))
    }

    pub(super) fn with_clock(
        settings: &ClientSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ApiError> {
        let wrong = |problem: String| Err(ApiError::Settings(problem));
        let api_url = settings.api_url.trim().trim_end_matches('/').to_owned();
        let host = ["https://", "http://"]
            .iter()
            .find_map(|scheme| api_url.strip_prefix(scheme));
        let is_plain = |rest: &str| {
            !rest.is_empty()
                && rest.bytes().all(|byte| byte.is_ascii_graphic())
                && !rest.contains(['@', '?', '#', '\\'])
        };
        let address = api_url.parse::<Uri>().ok();
        let Some(address) = address.filter(|_| host.is_some_and(is_plain)) else {
            return wrong(format!(
                "the address of the API is {:?}; expected one such as https://api.github.com, as GITHUB_API_URL has it",
                settings.api_url
            ));
        };
        if !settings.token.is_sendable() {
            return wrong(
                "the token is empty or has blanks or other characters that no token has".to_owned(),
            );
        }
        if Handle::try_current().is_err() {
            return wrong("there is no tokio runtime".to_owned());
        }
        Ok(Self {
            octocrab: octocrab(settings, address)
                .map_err(|error| ApiError::Settings(error.to_string()))?,
            api_url,
            limits: settings.limits,
            clock,
            last_write: Arc::default(),
            spent: Arc::default(),
        })
    }

    /// The same client with new time, for what must be said even when everything before it took
    /// too long: that a check run was cancelled.
    #[must_use]
    pub fn with_fresh_time(&self, total: Duration) -> Self {
        let mut client = self.clone();
        client.limits.total = total;
        client.spent = Arc::default();
        client
    }

    /// Sends what does the same when it is done twice: everything but POST, and a PATCH that adds.
    pub(super) async fn send<T>(
        &self,
        call: &Call,
        read: impl Fn(&Answer) -> Result<T, String>,
    ) -> Result<T, ApiError> {
        let mut failures = 0;
        loop {
            match self.attempt(call, &read, &mut failures).await? {
                Attempted::Done(value) => return Ok(value),
                Attempted::Again { .. } => {}
            }
        }
    }

    /// Sends what must not be done twice. After a lost answer `find` looks whether it was done, and
    /// only when it was not is it sent again.
    pub(super) async fn send_once<T, F>(
        &self,
        call: &Call,
        read: impl Fn(&Answer) -> Result<T, String>,
        find: impl Fn() -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<Option<T>, ApiError>>,
    {
        let mut failures = 0;
        loop {
            match self.attempt(call, &read, &mut failures).await {
                Ok(Attempted::Done(value)) => return Ok(value),
                Ok(Attempted::Again { may_have_happened }) => {
                    if may_have_happened && let Some(found) = find().await? {
                        return Ok(found);
                    }
                }
                Err(error) if error.may_have_happened() => {
                    return match find().await {
                        Ok(Some(found)) => Ok(found),
                        _ => Err(error),
                    };
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Every item of a list, all pages of it. `path` has no query, or ends with one.
    pub(super) async fn list<T>(
        &self,
        call: &Call,
        items: impl Fn(&Answer) -> Result<Vec<T>, String>,
    ) -> Result<Vec<T>, ApiError> {
        let (list, is_whole) = self.first(call, usize::MAX, items).await?;
        if is_whole {
            return Ok(list);
        }
        Err(ApiError::Invalid {
            doing: call.doing.clone(),
            problem: format!("there are more than the {MAX_PAGES} pages that are read"),
        })
    }

    /// The first items of a list, at most so many, and whether that is the whole list.
    pub(super) async fn first<T>(
        &self,
        call: &Call,
        most: usize,
        items: impl Fn(&Answer) -> Result<Vec<T>, String>,
    ) -> Result<(Vec<T>, bool), ApiError> {
        let separator = if call.path.contains('?') { '&' } else { '?' };
        let per_page = most.clamp(1, PER_PAGE);
        let mut list = Vec::new();
        for number in 1..=MAX_PAGES {
            let mut page = call.clone();
            page.path = format!("{}{separator}per_page={per_page}&page={number}", call.path);
            let (found, has_next_page) = self
                .send(&page, |answer| Ok((items(answer)?, answer.has_next_page)))
                .await?;
            // A full page may have a next one even where something in between drops the header.
            let is_last = found.len() < per_page && !has_next_page;
            list.extend(found);
            if is_last || list.len() >= most {
                let is_whole = is_last && list.len() <= most;
                list.truncate(most);
                return Ok((list, is_whole));
            }
        }
        Ok((list, false))
    }

    /// Sends a request once, and waits when it is worth another try.
    async fn attempt<T>(
        &self,
        call: &Call,
        read: &impl Fn(&Answer) -> Result<T, String>,
        failures: &mut u32,
    ) -> Result<Attempted<T>, ApiError> {
        let exchanged = self.exchange(call).await?;
        let trouble = match judge(call, exchanged, self.clock.wall()) {
            Judged::Fatal(error) => return Err(error),
            Judged::Trouble(trouble) => trouble,
            Judged::Fine(answer) => match read(&answer) {
                Ok(value) => return Ok(Attempted::Done(value)),
                Err(problem) => unreadable(call, &problem),
            },
        };
        *failures += 1;
        let Trouble {
            cause,
            wait,
            may_have_happened,
        } = trouble;
        if *failures >= self.limits.attempts.max(1) {
            return Err(ApiError::Unavailable {
                doing: call.doing.clone(),
                attempts: *failures,
                cause,
                may_have_happened,
            });
        }
        let wait = wait.duration(*failures, fastrand::f64());
        self.check_time(call, wait, &cause, may_have_happened)?;
        tracing::info!("{}: {cause}; trying again in {}", call.doing, seconds(wait));
        self.sleep(wait).await;
        Ok(Attempted::Again { may_have_happened })
    }

    /// Sends a request once; writes one after the other and not too fast.
    async fn exchange(&self, call: &Call) -> Result<Result<Answer, NoAnswer>, ApiError> {
        if !call.is_write() {
            return self.timed(call).await;
        }
        let mut last_write = self.last_write.lock().await;
        if let Some(ended) = *last_write {
            let wait = (ended + self.limits.spacing).saturating_sub(self.clock.now());
            if !wait.is_zero() {
                self.check_time(call, wait, "there has to be a pause between writes", false)?;
                self.sleep(wait).await;
            }
        }
        let exchanged = self.timed(call).await;
        *last_write = Some(self.clock.now());
        exchanged
    }

    async fn timed(&self, call: &Call) -> Result<Result<Answer, NoAnswer>, ApiError> {
        let left = self.left();
        if left.is_zero() {
            self.check_time(call, Duration::from_millis(100), "no time is left", false)?;
        }
        let limit = self.limits.request_timeout.min(left);
        let address = format!("{}{}", self.api_url, call.path);
        let begun = self.clock.now();
        let exchanged = timeout(limit, exchange(&self.octocrab, address, call)).await;
        self.spend(self.clock.now().saturating_sub(begun));
        Ok(exchanged
            .unwrap_or_else(|_| Err(NoAnswer::Lost(format!("no answer in {}", seconds(limit))))))
    }

    async fn sleep(&self, wait: Duration) {
        let begun = self.clock.now();
        self.clock.sleep(wait).await;
        self.spend(self.clock.now().saturating_sub(begun));
    }

    fn spend(&self, time: Duration) {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    fn left(&self) -> Duration {
        let spent = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        self.limits.total.saturating_sub(spent)
    }

    /// Gives up at once when a wait would take longer than there is time.
    fn check_time(
        &self,
        call: &Call,
        wait: Duration,
        cause: &str,
        may_have_happened: bool,
    ) -> Result<(), ApiError> {
        let left = self.left();
        if wait < left {
            return Ok(());
        }
        Err(ApiError::Deadline {
            doing: call.doing.clone(),
            wait,
            total: self.limits.total,
            left,
            cause: cause.to_owned(),
            may_have_happened,
        })
    }
}

/// octocrab without a will of its own: over our connections, and with those of its layers that are
/// needed. It sends the header of the API's version by itself; adding it would send two. How long an
/// answer may take is not its matter either.
fn octocrab(settings: &ClientSettings, api: Uri) -> Result<Octocrab, Box<dyn Error>> {
    let limits = &settings.limits;
    let connector = Connector::new(settings.proxies.clone(), Some(limits.connect_timeout));
    connector.check(&api)?;
    let mut token = HeaderValue::try_from(format!("Bearer {}", settings.token.secret()))?;
    token.set_sensitive(true);
    let user_agent = (USER_AGENT, HeaderValue::from_static("octocrab"));
    let Ok(octocrab) = OctocrabBuilder::new_empty()
        .with_service(connector.connections::<OctoBody>(Some(limits.request_timeout))?)
        .with_layer(&FollowRedirectLayer::new())
        .with_layer(&ExtraHeadersLayer::new(Arc::new(vec![user_agent])))
        // The token goes to these two addresses, so that neither may be anybody else's.
        .with_layer(&AuthHeaderLayer::new(Some(token), api.clone(), api))
        .with_auth(AuthState::None)
        .build();
    Ok(octocrab)
}

/// An answer in JSON.
pub(super) fn json<T: DeserializeOwned>(answer: &Answer) -> Result<T, String> {
    // The error repeats what it found, however long that is.
    serde_json::from_slice(&answer.body)
        .map_err(|error| one_line(&error.to_string(), LONGEST_MESSAGE))
}

/// An answer without a body that matters.
pub(super) fn nothing(_: &Answer) -> Result<(), String> {
    Ok(())
}
