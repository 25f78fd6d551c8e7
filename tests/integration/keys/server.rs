//! A server for the cases: a service with a health, and a Prometheus that answers what it is asked.
//!
//! | path | answer |
//! |---|---|
//! | `/health` | 200, `{"status": "ok", "who": …}` with the value of the header `X-Who` |
//! | `/sick` | 503, `{"status": "sick"}` |
//! | `/api/v1/query`, `/api/v1/query_range` | the query, which is a number; `none`: nothing; `guarded`: 1 for the token `right`, else a refusal |
//! | anything else | 404 |

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::LazyLock,
};

static ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            // Who went away gets no answer.
            let _ = std::thread::spawn(move || stream.and_then(answer));
        }
    });
    address
});

/// Where it is: `host:port`.
pub(super) fn address() -> &'static str {
    &ADDRESS
}

/// The same as a URL.
pub(super) fn url(path: &str) -> String {
    format!("http://{}{path}", address())
}

fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(&stream).lines();
    let first = lines.next().unwrap_or(Ok(String::new()))?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let (status, body) = given(&target, &headers);
    let body = body.to_string();
    write!(
        &stream,
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn given(target: &str, headers: &BTreeMap<String, String>) -> (u16, Value) {
    let (path, parameters) = target.split_once('?').unwrap_or((target, ""));
    let parameters: BTreeMap<String, String> = parameters
        .split('&')
        .filter_map(|parameter| parameter.split_once('='))
        .map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
            (name.to_owned(), value)
        })
        .collect();
    let query = parameters.get("query").map_or("", String::as_str);
    let token = headers.get("authorization").map(String::as_str);
    let is_refused = query == "guarded" && token != Some("Bearer right");
    let value = if query == "guarded" { "1" } else { query };
    match path {
        "/health" => (200, json!({ "status": "ok", "who": headers.get("x-who") })),
        "/sick" => (503, json!({ "status": "sick" })),
        "/api/v1/query" | "/api/v1/query_range" if is_refused => {
            (401, json!({ "status": "error", "error": "who are you?" }))
        }
        "/api/v1/query" => {
            let one = json!({ "metric": {}, "value": [0, value] });
            let result = if query == "none" { vec![] } else { vec![one] };
            let data = json!({ "resultType": "vector", "result": result });
            (200, json!({ "status": "success", "data": data }))
        }
        "/api/v1/query_range" => {
            let time = |name: &str| parameters[name].parse::<jiff::Timestamp>().unwrap();
            let (start, end) = (time("start").as_second(), time("end").as_second());
            let step: f64 = parameters["step"].parse().unwrap();
            #[expect(clippy::cast_possible_truncation, reason = "steps are whole seconds")]
            let steps = (start..=end).step_by(step as usize);
            let values: Vec<Value> = steps.map(|at| json!([at, value])).collect();
            let result = json!([{ "metric": {}, "values": values }]);
            let data = json!({ "resultType": "matrix", "result": result });
            (200, json!({ "status": "success", "data": data }))
        }
        _ => (404, json!({ "status": "error", "error": "not found" })),
    }
}
