//! One request to GitHub and its answer, without judgement: the only place that uses octocrab.

use super::{
    call::{Call, Method},
    error::Answered,
};
use crate::http;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use octocrab::Octocrab;
use serde::Deserialize;
use serde_json::Value;
use std::{error::Error, time::Duration};

/// The longest message of others that is repeated, in characters.
pub(super) const LONGEST_MESSAGE: usize = 400;

/// What GitHub answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `retry-after`: seconds, or a date.
    pub(super) retry_after: Option<String>,
    /// `x-ratelimit-remaining`.
    pub(super) remaining: Option<u64>,
    /// `x-ratelimit-reset`, in seconds since 1970.
    pub(super) reset: Option<i64>,
    /// When GitHub answered, by its own clock.
    pub(super) date: Option<Timestamp>,
    /// `x-github-request-id`.
    pub(super) request_id: Option<String>,
    /// Whether a `link` header names a next page.
    pub(super) has_next_page: bool,
    pub(super) body: Vec<u8>,
}

/// There is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// There is no way to GitHub, and there will be none as things are set up.
    NoWay(String),
    /// There is no connection, so that nothing was sent.
    Unsent(String),
    /// The connection failed, somewhere between sending the request and the end of the answer.
    Lost(String),
    /// The answer has more than so many bytes.
    TooLarge(usize),
}

/// Sends the request once. Whoever drops this may have sent it.
pub(super) async fn exchange(
    octocrab: &Octocrab,
    address: String,
    call: &Call,
) -> Result<Answer, NoAnswer> {
    // Typed requests of octocrab lack what is needed here (the status and the external id of a check
    // run, a PATCH for comments), and its errors hide the answer's headers.
    let body = call.body.as_ref();
    let sent = match call.method {
        Method::Get => octocrab._get(address).await,
        Method::Post => octocrab._post(address, body).await,
        Method::Patch => octocrab._patch(address, body).await,
        Method::Delete => octocrab._delete(address, body).await,
    };
    let response = sent.map_err(|error| match http::wrong_proxy(&error) {
        Some(problem) => NoAnswer::NoWay(problem),
        None if http::is_unsent(&error) => NoAnswer::Unsent(causes(&error)),
        None => NoAnswer::Lost(causes(&error)),
    })?;
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.trim().to_owned())
    };
    let mut answer = Answer {
        status: response.status().as_u16(),
        retry_after: header("retry-after"),
        remaining: header("x-ratelimit-remaining").and_then(|text| text.parse().ok()),
        reset: header("x-ratelimit-reset").and_then(|text| text.parse().ok()),
        date: header("date").and_then(|text| http_date(&text)),
        request_id: header("x-github-request-id").map(|id| one_line(&id, 80)),
        has_next_page: header("link").is_some_and(|links| links.contains("rel=\"next\"")),
        body: Vec::new(),
    };
    match Limited::new(response.into_body(), call.max_answer)
        .collect()
        .await
    {
        Ok(collected) => answer.body = collected.to_bytes().to_vec(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(NoAnswer::TooLarge(call.max_answer));
        }
        Err(error) => return Err(NoAnswer::Lost(causes(error.as_ref()))),
    }
    Ok(answer)
}

/// What GitHub's answers say when they refuse.
#[derive(Deserialize)]
struct Refusal {
    message: Option<String>,
    #[serde(default)]
    errors: Value,
}

impl Answer {
    /// Whether the body is GitHub's own refusal, and not the page of something in between.
    pub(super) fn is_githubs_refusal(&self) -> bool {
        serde_json::from_slice::<Refusal>(&self.body).is_ok_and(|body| body.message.is_some())
    }

    /// What GitHub says, with the details that it gives for a 422.
    pub(super) fn refusal(&self) -> Answered {
        let message = match serde_json::from_slice::<Refusal>(&self.body) {
            Ok(body) => {
                let mut parts: Vec<String> = body.message.into_iter().collect();
                parts.extend(details(&body.errors));
                parts.join(": ")
            }
            Err(_) if self.body.is_empty() => "nothing".to_owned(),
            Err(_) => "a page that GitHub's API does not write".to_owned(),
        };
        Answered {
            status: self.status,
            message: one_line(&message, LONGEST_MESSAGE),
            request_id: self.request_id.clone(),
        }
    }

    /// How long `retry-after` asks to wait.
    pub(super) fn retry_after(&self, wall: Timestamp) -> Option<Duration> {
        let text = self.retry_after.as_deref()?;
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        Some(self.until(http_date(text)?, wall))
    }

    /// How long it is until then, by GitHub's clock where it is known: ours may be wrong.
    pub(super) fn until(&self, then: Timestamp, wall: Timestamp) -> Duration {
        let wait = then.duration_since(self.date.unwrap_or(wall));
        Duration::try_from(wait).unwrap_or_default()
    }
}

fn details(errors: &Value) -> Vec<String> {
    let one = |error: &Value| match error {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let fallback = || {
                let field = text("field").or_else(|| text("resource"))?;
                Some(format!("{field} {}", text("code").unwrap_or_default()))
            };
            text("message").map(str::to_owned).or_else(fallback)
        }
        _ => None,
    };
    match errors {
        Value::Array(errors) => errors.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

/// A date as HTTP writes it (<https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>).
fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// Text from outside on one line, cut, without characters that a terminal would obey.
pub(super) fn one_line(text: &str, longest: usize) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// An error and everything that it wraps. octocrab's own text can say no more than `GitHub`.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = one_line(&error.to_string(), LONGEST_MESSAGE);
        // Many errors repeat what they wrap.
        match said.last_mut() {
            Some(last) if last.ends_with(&text) => last.truncate(last.len() - text.len()),
            _ => {}
        }
        said.push(text);
        next = error.source();
    }
    let said: Vec<&str> = said
        .iter()
        .map(|text| text.trim_end_matches([':', ' ']))
        .filter(|text| !text.is_empty())
        .collect();
    said.join(": ")
}
