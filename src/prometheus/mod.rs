//! Questions to a Prometheus server.
//!
//! Its HTTP API: <https://prometheus.io/docs/prometheus/latest/querying/api/>.

#[cfg(test)]
mod tests;

use crate::http::{Client, HttpError};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, fmt, time::Duration};

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much of what the server says is shown, in characters.
const LONGEST_MESSAGE: usize = 300;

/// A Prometheus server.
#[derive(Clone)]
pub struct Server {
    http: Client,
    url: String,
    token: Option<String>,
}

/// The values of one series, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Time and value. A value can be NaN or infinite.
    pub values: Vec<(Timestamp, f64)>,
}

/// Why there is no answer. It says nothing about what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrometheusError {
    /// The server cannot be asked.
    #[error("Prometheus at {url} cannot be asked: {error}")]
    Http {
        /// Its address.
        url: String,
        /// Why.
        error: HttpError,
    },
    /// It refused.
    #[error("Prometheus at {url} refused the query {query:?} with {status}: {message}")]
    Refused {
        /// Its address.
        url: String,
        /// What was asked.
        query: String,
        /// The status of the answer.
        status: u16,
        /// What it said.
        message: String,
    },
    /// The answer is not what its API describes.
    #[error("the answer of Prometheus at {url} is not understood: {problem}")]
    Invalid {
        /// Its address.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    data: Option<Data>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    result: Value,
}

#[derive(Deserialize)]
struct Element {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

impl Server {
    /// A server by its address, without `/api/v1`, and a bearer token where it wants one.
    #[must_use]
    pub fn new(http: Client, url: &str, token: Option<String>) -> Self {
        Self {
            http,
            url: url.trim_end_matches('/').to_owned(),
            token,
        }
    }

    /// What a query gives now: one value a series. Empty where nothing matches.
    ///
    /// # Errors
    ///
    /// When there is no answer, or a refusal.
    pub async fn query(&self, query: &str) -> Result<Vec<Series>, PrometheusError> {
        let address = format!("{}/api/v1/query?query={}", self.url, encoded(query));
        self.ask(query, &address).await
    }

    /// What a query gives over a time, one value a `step`.
    ///
    /// # Errors
    ///
    /// When there is no answer, or a refusal, as for more than 11,000 steps.
    pub async fn query_range(
        &self,
        query: &str,
        from: Timestamp,
        to: Timestamp,
        step: Duration,
    ) -> Result<Vec<Series>, PrometheusError> {
        let address = format!(
            "{}/api/v1/query_range?query={}&start={}&end={}&step={}",
            self.url,
            encoded(query),
            encoded(&from.to_string()),
            encoded(&to.to_string()),
            step.as_secs_f64(),
        );
        self.ask(query, &address).await
    }

    async fn ask(&self, query: &str, address: &str) -> Result<Vec<Series>, PrometheusError> {
        let token = self.token.iter();
        let headers: Vec<_> = token
            .map(|token| ("authorization".to_owned(), format!("Bearer {token}")))
            .collect();
        let answer = self
            .http
            .get(address, &headers, TIMEOUT)
            .await
            .map_err(|error| PrometheusError::Http {
                url: self.url.clone(),
                error,
            })?;
        let invalid = |problem: String| PrometheusError::Invalid {
            url: self.url.clone(),
            problem,
        };
        let refused = |message: &str| PrometheusError::Refused {
            url: self.url.clone(),
            query: query.to_owned(),
            status: answer.status,
            message: message.chars().take(LONGEST_MESSAGE).collect(),
        };
        let read: Answer = match serde_json::from_slice(&answer.body) {
            Ok(read) => read,
            Err(_) if answer.status != 200 => {
                return Err(refused(&String::from_utf8_lossy(&answer.body)));
            }
            Err(error) => return Err(invalid(error.to_string())),
        };
        if read.status != "success" {
            return Err(refused(read.error.as_deref().unwrap_or("no reason")));
        }
        let data = read
            .data
            .ok_or_else(|| invalid("it has no data".to_owned()))?;
        series(&data).map_err(invalid)
    }
}

/// The one number of an answer, which can be infinite, or what there is in its place.
///
/// # Errors
///
/// When there is no series, or several, or NaN: what was found, in words.
pub fn number(series: &[Series]) -> Result<f64, String> {
    match series {
        [] => Err("no result".to_owned()),
        [one] => match one.values.last() {
            Some((_, value)) if value.is_nan() => Err("NaN".to_owned()),
            Some((_, value)) => Ok(*value),
            None => Err("a series without a value".to_owned()),
        },
        several => Err(format!("{} series, expected one", several.len())),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn series(data: &Data) -> Result<Vec<Series>, String> {
    let wrong = |error: serde_json::Error| error.to_string();
    match data.result_type.as_str() {
        "vector" | "matrix" => Vec::<Element>::deserialize(&data.result)
            .map_err(wrong)?
            .into_iter()
            .map(|element| {
                let values = element.value.into_iter().chain(element.values);
                Ok(Series {
                    labels: element.metric,
                    values: values.map(value).collect::<Result<_, String>>()?,
                })
            })
            .collect(),
        "scalar" => Ok(vec![Series {
            labels: BTreeMap::new(),
            values: vec![value(
                Deserialize::deserialize(&data.result).map_err(wrong)?,
            )?],
        }]),
        other => Err(format!("a result of type {other:?}, expected numbers")),
    }
}

/// Prometheus writes numbers as text, `NaN`, `+Inf` and `-Inf` among them.
fn value((at, text): (f64, String)) -> Result<(Timestamp, f64), String> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float that is too large saturates, and no timestamp has such a value"
    )]
    let at = Timestamp::from_millisecond((at * 1000.0) as i64).map_err(|e| e.to_string())?;
    let number = text
        .parse()
        .map_err(|_| format!("the value {text:?}, expected a number"))?;
    Ok((at, number))
}
