//! Requests and answers.

use hyper::header::HeaderMap;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Instant};

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// `POST`.
    pub(crate) method: String,
    /// Without the query: `/repos/octo/shop/check-runs`.
    pub(crate) path: String,
    /// The decoded query.
    pub(crate) query: Vec<(String, String)>,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    /// The JSON of the body; null where there is none.
    pub(crate) body: Value,
    /// When it came.
    pub(crate) at: Instant,
    /// What was answered; `None` while it is not, and when the connection was reset instead.
    pub(crate) status: Option<u16>,
}

impl Recorded {
    /// Reads a request.
    pub(super) fn new(method: &str, uri: &hyper::Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let query = uri.query().unwrap_or_default().split('&');
        let query = query.filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plain = |part: &str| decoded(&part.replace('+', " "));
            (plain(name), plain(value))
        });
        let headers = headers.iter();
        // What is no JSON stays visible as text, which no schema of a body takes.
        let body = match body {
            [] => Value::Null,
            body => serde_json::from_slice(body).unwrap_or_else(|_| json!(text(body))),
        };
        Self {
            method: method.to_owned(),
            // A server of one's own has the API below this path.
            path: uri
                .path()
                .strip_prefix("/api/v3")
                .unwrap_or(uri.path())
                .to_owned(),
            query: query.collect(),
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
                .collect(),
            body,
            at: Instant::now(),
            status: None,
        }
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        let found = query.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether it asks for a change.
    pub(crate) fn is_write(&self) -> bool {
        self.method != "GET" && self.method != "HEAD"
    }

    /// `POST /repos/octo/shop/check-runs?a=b`, for messages and patterns.
    pub(crate) fn line(&self) -> String {
        let pairs = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let query: Vec<String> = pairs.collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{} {}{mark}{}", self.method, self.path, query.join("&"))
    }
}

/// Replaces `%2F` and the like.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::new();
    let mut index = 0;
    while index < bytes.len() {
        let code = text
            .get(index + 1..index + 3)
            .filter(|_| bytes[index] == b'%');
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        plain.push(code.unwrap_or(bytes[index]));
        index += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Replaces what may not stand in a query, or in a part of a path.
pub(super) fn encoded(text: &str) -> String {
    let bytes = text.bytes();
    bytes
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// A request that was understood, as those who answer it see it.
pub(super) struct Call<'a> {
    /// `checks/create`.
    pub(super) operation: &'a str,
    /// Those of the path and of the query.
    pub(super) parameters: BTreeMap<String, String>,
    /// The body.
    pub(super) body: &'a Value,
    /// Whose token it is.
    pub(super) login: &'a str,
    /// Which kind of answer is asked for.
    pub(super) accept: &'a str,
    /// The address of the server.
    pub(super) base: &'a str,
    /// The time.
    pub(super) now: String,
}

impl Call<'_> {
    /// A parameter, or nothing.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// A parameter of the path that is a number; 0, which nothing has, when it is none.
    pub(super) fn number(&self, name: &str) -> u64 {
        let parameter = self.parameter(name).unwrap_or_default();
        parameter.parse().unwrap_or_default()
    }

    /// A text of the body.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }
}

/// What an answer carries.
#[derive(Debug)]
pub(super) enum Content {
    None,
    /// A value that still lacks the properties that do not matter.
    Json(Value),
    /// All items, of which the asked page is given; in a property of an object where it has a name.
    Pages {
        items: Vec<Value>,
        within: Option<(&'static str, Value)>,
    },
    Bytes(&'static str, Vec<u8>),
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) content: Content,
}

impl Answer {
    fn new(status: u16, content: Content) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content,
        }
    }

    /// One without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, Content::None)
    }

    /// One with a value.
    pub(super) fn json(status: u16, value: Value) -> Self {
        Self::new(status, Content::Json(value))
    }

    /// Bytes of another kind.
    pub(super) fn bytes(status: u16, kind: &'static str, bytes: Vec<u8>) -> Self {
        Self::new(status, Content::Bytes(kind, bytes))
    }

    /// A list.
    pub(super) fn pages(items: Vec<Value>) -> Self {
        Self::new(
            200,
            Content::Pages {
                items,
                within: None,
            },
        )
    }

    /// A list in a property of an object.
    pub(super) fn pages_within(items: Vec<Value>, name: &'static str, object: Value) -> Self {
        let within = Some((name, object));
        Self::new(200, Content::Pages { items, within })
    }

    /// A list in a property, with its length beside it.
    pub(super) fn counted(items: Vec<Value>, name: &'static str) -> Self {
        let object = json!({"total_count": items.len()});
        Self::pages_within(items, name, object)
    }

    /// The same with a header.
    pub(super) fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// An error as GitHub words it.
    pub(super) fn message(status: u16, message: &str) -> Self {
        Self::json(
            status,
            json!({"message": message, "documentation_url": DOCUMENTATION, "status": status.to_string()}),
        )
    }

    /// What is asked for is not there.
    pub(super) fn not_found() -> Self {
        Self::message(404, "Not Found")
    }

    /// What is asked for cannot be done.
    pub(super) fn unprocessable(errors: Vec<Value>) -> Self {
        Self::json(
            422,
            json!({
                "message": "Validation Failed",
                "errors": errors,
                "documentation_url": DOCUMENTATION,
                "status": "422",
            }),
        )
    }
}
