//! The smallest client that can talk to the fake, so that nothing is repeated or repaired on the way.

use crate::support::github::{FULL_TOKEN, FakeGithub};
use serde_json::Value;
use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
};

/// An answer.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// The body as JSON.
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// The address of another page.
    pub(super) fn link(&self, relation: &str) -> Option<String> {
        let mut links = self.header("link")?.split(", ");
        let mark = format!("; rel=\"{relation}\"");
        let link = links.find_map(|link| link.strip_suffix(&mark))?;
        Some(link.trim_matches(['<', '>']).to_owned())
    }

    /// The same, after checking the status.
    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{body}");
        self
    }
}

/// Sends a request with these headers; an error when the answer does not come whole.
pub(super) fn send(
    github: &FakeGithub,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> io::Result<Response> {
    let address = github.url().trim_start_matches("http://");
    let path = path.strip_prefix(github.url()).unwrap_or(path);
    let mut stream = TcpStream::connect(address)?;
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    if !body.is_empty() {
        request.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = bytes[end + 4..].to_vec();
    let response = Response { status, head, body };
    let length = response
        .header("content-length")
        .map_or(Some(0), |text| text.parse().ok())?;
    (length == response.body.len()).then_some(response)
}

/// Sends a request with a token.
pub(super) fn request_with(
    github: &FakeGithub,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> io::Result<Response> {
    let bearer = format!("Bearer {token}");
    let headers = [("user-agent", "test"), ("authorization", bearer.as_str())];
    send(github, method, path, &headers, body.as_ref())
}

/// Sends a request that is answered, with the token that may do everything.
#[track_caller]
pub(super) fn request(
    github: &FakeGithub,
    method: &str,
    path: &str,
    body: impl Into<Option<Value>>,
) -> Response {
    request_with(github, FULL_TOKEN, method, path, body.into()).unwrap()
}

/// Asks for something.
#[track_caller]
pub(super) fn get(github: &FakeGithub, path: &str) -> Response {
    request(github, "GET", path, None)
}
