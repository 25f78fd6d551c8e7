//! Where the API is, who asks, and how long that may take.

use crate::http::Proxies;
use std::{fmt, time::Duration};

/// A secret that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token as it was given, without blanks around it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Whether it can be sent: what has other characters is no token, and cannot be a header.
    pub(super) fn is_sendable(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }

    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// How long publishing may take, and how gently it goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientLimits {
    /// How much time all requests of a client may take together, with the waits between them. What
    /// passes between two calls of the client does not count.
    pub total: Duration,
    /// The least time between two writes. GitHub asks for a second
    /// (<https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>).
    pub spacing: Duration,
    /// How often one request is sent at most.
    pub attempts: u32,
    /// How long one request may take.
    pub request_timeout: Duration,
    /// How long connecting may take.
    pub connect_timeout: Duration,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(120),
            spacing: Duration::from_secs(1),
            attempts: 5,
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
        }
    }
}

/// What a [`Client`](super::Client) is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSettings {
    /// The address of the API, such as `https://api.github.com` or
    /// `https://github.example.com/api/v3`; `GITHUB_API_URL` has it.
    pub api_url: String,
    /// Who asks.
    pub token: Token,
    /// How long it may take.
    pub limits: ClientLimits,
    /// The proxy on the way there.
    pub proxies: Proxies,
}
