//! The only door to HTTP: one GET request, read up to a limit; and the connections by which `github`
//! asks GitHub's API.
//!
//! For the one request, no redirect is followed, no proxy is asked, no connection is kept: what answers
//! is what was asked for, now. GitHub is reached through the proxy of the environment.

mod connection;
mod connector;
mod proxies;

#[cfg(test)]
mod tests;

pub use connection::{connect, is_of_the_asking_side};
pub use connector::{Connections, Connector, is_unsent, wrong_proxy};
pub use proxies::Proxies;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{Request, Uri, body::Bytes, header};
use std::{
    error::Error,
    fmt, io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{net::lookup_host, time::timeout};

/// How much of a body is read, in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Sends requests. Clones share what they need for it, which is made ready by the first request: most
/// runs send none, and reading the root certificates takes longer than reading the configuration.
#[derive(Clone, Default)]
pub struct Client {
    connections: Arc<OnceLock<Connections<Empty<Bytes>>>>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The address or a header is none.
    #[error("{0}")]
    Invalid(String),
    /// This machine cannot ask: it has no root certificates, the name has no address, or there is no
    /// way there.
    #[error("{0}")]
    CannotAsk(String),
    /// The other side cannot be reached, or what it answers is no HTTP.
    #[error("{0}")]
    NoAnswer(String),
    /// There was no whole answer in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The body is longer than is read.
    #[error("the answer is longer than {MAX_BODY} bytes")]
    TooLong,
}

impl HttpError {
    /// Whether it says something about the other side, and not about the one who asks.
    #[must_use]
    pub const fn is_of_the_other_side(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::Timeout(_) | Self::TooLong)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// Makes ready what requests need, for who has to know beforehand whether this machine can ask.
    ///
    /// # Errors
    ///
    /// [`HttpError::CannotAsk`] on a machine without root certificates.
    pub fn make_ready(&self) -> Result<(), HttpError> {
        self.connections().map(drop)
    }

    fn connections(&self) -> Result<&Connections<Empty<Bytes>>, HttpError> {
        if let Some(connections) = self.connections.get() {
            return Ok(connections);
        }
        let connections = Connector::new(Proxies::default(), None).connections(None)?;
        Ok(self.connections.get_or_init(|| connections))
    }

    /// Asks for an address once. Has to be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// When there is no whole answer in time. A status of 400 and above is an answer.
    pub async fn get(
        &self,
        url: &str,
        headers: &[(String, String)],
        time: Duration,
    ) -> Result<Response, HttpError> {
        let uri: Uri = url
            .parse()
            .map_err(|error| HttpError::Invalid(format!("{url:?} is no address: {error}")))?;
        let (host, port) = place(&uri).ok_or_else(|| {
            HttpError::Invalid(format!("{url:?} is no address with http:// or https://"))
        })?;
        let mut request = Request::get(uri).header(
            header::USER_AGENT,
            concat!("spec2prod/", env!("CARGO_PKG_VERSION")),
        );
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Empty::new())
            .map_err(|error| HttpError::Invalid(format!("a header is none: {error}")))?;
        let connections = self.connections()?;
        let exchange = async {
            let addresses: Vec<SocketAddr> = lookup_host((host.as_str(), port))
                .await
                .map_err(|error| HttpError::CannotAsk(format!("{host} has no address: {error}")))?
                .collect();
            if addresses.is_empty() {
                return Err(HttpError::CannotAsk(format!("{host} has no address")));
            }
            let answer = match connections.request(request).await {
                Ok(answer) => answer,
                Err(error) => return Err(of_all(no_answer(&error), &addresses).await),
            };
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), MAX_BODY).collect().await;
            let body =
                body.map_err(
                    |error| match error.is::<http_body_util::LengthLimitError>() {
                        true => HttpError::TooLong,
                        false => no_answer(error.as_ref()),
                    },
                )?;
            Ok(Response {
                status,
                body: body.to_bytes().to_vec(),
            })
        };
        timeout(time, exchange)
            .await
            .unwrap_or(Err(HttpError::Timeout(time)))
    }
}

/// Host and port of an address.
fn place(uri: &Uri) -> Option<(String, u16)> {
    let usual = match uri.scheme_str()? {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let host = uri.host()?.trim_matches(['[', ']']).to_owned();
    Some((host, uri.port_u16().unwrap_or(usual)))
}

/// Why a request has no answer, where a name has several addresses: one of them may be of a protocol
/// that this machine does not have, and then it counts what the others say.
async fn of_all(error: HttpError, addresses: &[SocketAddr]) -> HttpError {
    match error {
        HttpError::CannotAsk(_) if addresses.len() > 1 => match connect(addresses).await {
            Err(error) => no_answer(&error),
            Ok(_) => error,
        },
        _ => error,
    }
}

fn no_answer(error: &(dyn Error + 'static)) -> HttpError {
    let error = innermost(error);
    let cannot_ask = error
        .downcast_ref::<io::Error>()
        .is_some_and(is_of_the_asking_side);
    match cannot_ask {
        true => HttpError::CannotAsk(error.to_string()),
        false => HttpError::NoAnswer(error.to_string()),
    }
}

/// What the system says at the bottom of an error; the layers above it say little.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
        if innermost.is::<io::Error>() && innermost.source().is_none() {
            break;
        }
    }
    innermost
}
