//! `health_check`: what is looked at.

use super::{
    Findings,
    environments::{PLACEHOLDERS, WITHOUT_URL},
    texts, words,
};
use crate::config::{
    problem::shown,
    raw::{HealthCheck, HttpProbe},
    settings::escaped,
};
use serde_json_path::JsonPath;

pub(super) fn check(block: &str, look: &HealthCheck, findings: &mut Findings) {
    let kinds = [
        ("http", look.http.is_some()),
        ("tcp", look.tcp.is_some()),
        ("command", look.command.is_some()),
    ];
    findings.at_most_one(block, &kinds, "health is looked at in one way");
    if let Some(http) = &look.http {
        check_http(&format!("{block}/http"), http, findings);
    }
    if let Some(tcp) = &look.tcp {
        texts::host_and_port(&format!("{block}/tcp"), tcp, &WITHOUT_URL, findings);
    }
    if let Some(command) = &look.command {
        words::command(
            &format!("{block}/command"),
            command,
            &PLACEHOLDERS,
            findings,
        );
    }
}

fn check_http(block: &str, http: &HttpProbe, findings: &mut Findings) {
    if let Some(url) = &http.url {
        texts::url(&format!("{block}/url"), url, &PLACEHOLDERS, findings);
    }
    for (name, value) in http.headers.iter().flatten() {
        let pointer = format!("{block}/headers/{}", escaped(name));
        texts::header(&pointer, name, value, findings);
    }
    if let Some(json) = &http.json
        && let Err(error) = JsonPath::parse(&json.path)
    {
        findings.value(
            format!("{block}/json/path"),
            format!("`{}` is no JSONPath: {error}", shown(&json.path)),
            Some("write it as RFC 9535 does, such as `$.status`".to_owned()),
        );
    }
}
