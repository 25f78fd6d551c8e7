//! The proxy on the way to `https://` addresses, as curl and GitHub's runner read it from the environment.
//!
//! It is asked for a tunnel, in which the TLS is between us and the server. Addresses with `http://`
//! are asked without a proxy.

use super::{HttpError, place};
use hyper::{
    Uri,
    http::uri::{Authority, Scheme},
};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::fmt;

/// The variables that name the proxy; the first that is set counts
/// (<https://github.com/actions/runner/blob/main/docs/adrs/0263-proxy-support.md>,
/// <https://curl.se/docs/manpage.html#ENVIRONMENT>).
const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The variables that name what is asked without it; the first that is set counts.
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Which proxy is asked. Its address may hold a password, and is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxies {
    proxy: Option<Variable>,
    exceptions: Variable,
}

#[derive(Clone, PartialEq, Eq)]
struct Variable {
    name: &'static str,
    value: String,
}

/// A proxy that is to be asked.
pub(super) struct Proxy {
    pub(super) intercept: Intercept,
    /// Its host and port.
    pub(super) place: String,
    /// What to do where it gives no way.
    pub(super) remedy: String,
}

impl Default for Proxies {
    /// No proxy.
    fn default() -> Self {
        Self::read(|_| None)
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies")
            .field("proxy", &self.proxy.as_ref().map(|proxy| proxy.name))
            .field("exceptions", &self.exceptions.value)
            .finish()
    }
}

impl Proxies {
    /// As the environment says, of which `value` gives a variable's value. An empty one is not set.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = value(name)?.trim().to_owned();
                (!value.is_empty()).then_some(Variable { name, value })
            })
        };
        Self {
            proxy: first(&PROXY),
            exceptions: first(&EXCEPTIONS).unwrap_or(Variable {
                name: EXCEPTIONS[0],
                value: String::new(),
            }),
        }
    }

    /// The proxy that is to be asked on the way to this address; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`HttpError::Invalid`] where the variable does not hold the address of one that can be asked.
    pub(super) fn on_the_way_to(&self, address: &Uri) -> Result<Option<Proxy>, HttpError> {
        let (Some(proxy), Some((host, port))) = (&self.proxy, place(address)) else {
            return Ok(None);
        };
        if address.scheme() != Some(&Scheme::HTTPS) || self.is_excepted(address, port) {
            return Ok(None);
        }
        let (name, exceptions) = (proxy.name, self.exceptions.name);
        let matcher = Matcher::builder().https(&proxy.value).build();
        let asked = matcher.intercept(address).and_then(|intercept| {
            let place = plain_place(intercept.uri())?;
            let remedy = format!("correct {name}, or name {host} in {exceptions}");
            Some(Proxy {
                intercept,
                place,
                remedy,
            })
        });
        asked.map(Some).ok_or_else(|| {
            HttpError::Invalid(format!(
                "{name} is not the address of an HTTP proxy, such as http://proxy.example.com:3128 or \
                 http://USER:PASSWORD@proxy.example.com:3128, with special characters percent-encoded \
                 (https:// and socks5:// are not supported); correct {name}, or name {host} in {exceptions}"
            ))
        })
    }

    /// Whether the address is asked without a proxy, whichever there is.
    fn is_excepted(&self, address: &Uri, port: u16) -> bool {
        // What the runner knows and the library does not: an entry may name a port.
        let of_port = |entry: &str| match entry.parse::<Authority>() {
            Ok(place) if place.port_u16() == Some(port) => {
                place.host().trim_matches(['[', ']']).to_owned()
            }
            _ => entry.to_owned(),
        };
        let entries = self.exceptions.value.split([',', ' ']).map(of_port);
        let matcher = Matcher::builder()
            .https("any.invalid")
            .no(entries.collect::<Vec<_>>().join(","));
        matcher.build().intercept(address).is_none()
    }
}

/// Host and port of a proxy, where its address is one with `http://` and says nothing else. A user or
/// a password that is not encoded could look like either.
fn plain_place(address: &Uri) -> Option<String> {
    let authority = address.authority()?.as_str();
    let host = address.host()?;
    let (_, port) = place(address)?;
    let with_port = format!("{host}:{port}");
    let is_plain =
        address.scheme() == Some(&Scheme::HTTP) && (authority == host || authority == with_port);
    is_plain.then_some(with_port)
}
