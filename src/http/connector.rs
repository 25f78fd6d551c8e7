//! Connections to servers, straight or through a proxy.

use super::{HttpError, innermost, proxies::Proxies};
use hyper::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        self,
        connect::{HttpConnector, proxy::Tunnel},
    },
    rt::{TokioExecutor, TokioIo},
};
use std::{
    error::Error,
    iter::successors,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// Connections to HTTP servers, for requests with bodies of one kind.
pub type Connections<B> = legacy::Client<HttpsConnector<Connector>, B>;

/// Opens connections.
#[derive(Debug, Clone)]
pub struct Connector {
    tcp: HttpConnector,
    proxies: Proxies,
    limit: Option<Duration>,
}

/// A proxy that gives no way.
#[derive(Debug, thiserror::Error)]
#[error("the proxy {place} gives no way to {host}: {cause}; {remedy}")]
struct ProxyError {
    place: String,
    host: String,
    cause: String,
    remedy: String,
    /// Whether it asks for a user and a password, and will do so the next time.
    asks_for_password: bool,
}

impl Connector {
    /// One that goes through these proxies. `limit` is how long it may take until a server, or the
    /// proxy on its behalf, takes the connection.
    #[must_use]
    pub fn new(proxies: Proxies, limit: Option<Duration>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        Self {
            tcp,
            proxies,
            limit,
        }
    }

    /// Connections by this connector, kept open for the next request as long as `kept`.
    ///
    /// # Errors
    ///
    /// [`HttpError::CannotAsk`] on a machine without root certificates.
    pub fn connections<B>(self, kept: Option<Duration>) -> Result<Connections<B>, HttpError>
    where
        B: hyper::body::Body + Send,
        B::Data: Send,
    {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| {
                HttpError::CannotAsk(format!(
                    "{error}; the machine needs root certificates, which the package ca-certificates has"
                ))
            })?
            .https_or_http()
            .enable_http1()
            .wrap_connector(self);
        Ok(legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(kept)
            .pool_max_idle_per_host(kept.map_or(0, |_| usize::MAX))
            .build(connector))
    }

    /// Whether the way to an address is known, with or without a proxy.
    ///
    /// # Errors
    ///
    /// [`HttpError::Invalid`] where a proxy is to be asked whose address is none.
    pub fn check(&self, address: &Uri) -> Result<(), HttpError> {
        self.proxies.on_the_way_to(address).map(drop)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let (mut tcp, limit) = (self.tcp.clone(), self.limit);
        let proxy = self.proxies.on_the_way_to(&address);
        Box::pin(async move {
            let Some(proxy) = proxy? else {
                return in_time(limit, async move { Ok(tcp.call(address).await?) }).await;
            };
            let host = address.host().unwrap_or_default().to_owned();
            let mut tunnel = Tunnel::new(proxy.intercept.uri().clone(), tcp);
            if let Some(password) = proxy.intercept.basic_auth() {
                tunnel = tunnel.with_auth(password.clone());
            }
            let connecting = async move { Ok(tunnel.call(address).await?) };
            in_time(limit, connecting).await.map_err(|error| {
                let (place, remedy) = (proxy.place, proxy.remedy);
                let mut cause = innermost(error.as_ref()).to_string();
                // The type of the library's error cannot be named; its text is all that there is.
                let asks_for_password = cause.ends_with("proxy authorization required");
                if asks_for_password {
                    cause = format!(
                        "it asks for user and password, as in http://USER:PASSWORD@{place}"
                    );
                }
                ProxyError {
                    place,
                    host,
                    cause,
                    remedy,
                    asks_for_password,
                }
                .into()
            })
        })
    }
}

async fn in_time<T>(
    limit: Option<Duration>,
    connecting: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    let Some(limit) = limit else {
        return connecting.await;
    };
    let connected = timeout(limit, connecting).await;
    connected.unwrap_or_else(|_| Err(format!("no connection within {limit:?}").into()))
}

/// Whether a request was not sent because there was no connection.
#[must_use]
pub fn is_unsent(error: &(dyn Error + 'static)) -> bool {
    let mut chain = successors(Some(error), |&error| error.source());
    chain.any(|error| {
        let error = error.downcast_ref::<legacy::Error>();
        error.is_some_and(legacy::Error::is_connect)
    })
}

/// What is wrong with the settings of the proxy, where that is why a request was not sent: it would not
/// be the next time either.
#[must_use]
pub fn wrong_proxy(error: &(dyn Error + 'static)) -> Option<String> {
    let mut chain = successors(Some(error), |&error| error.source());
    let error = chain.find_map(|error| error.downcast_ref::<ProxyError>())?;
    error.asks_for_password.then(|| error.to_string())
}
