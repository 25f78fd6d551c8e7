//! Texts with a form of their own: addresses, headers, names of people and of git.

use super::{Findings, words};
use crate::config::problem::shown;
use hyper::Uri;
use std::collections::BTreeSet;

/// The text as it may be when everything that stands for something else is put in.
fn filled(text: &str, known: &[&str]) -> String {
    let with = |text: String, word: &&str| {
        let what = if *word == "url" { "http://x" } else { "x" };
        text.replace(&format!("{{{word}}}"), what)
    };
    known.iter().fold(text.to_owned(), with)
}

/// An address with `http://` or `https://`.
pub(super) fn url(pointer: &str, text: &str, known: &[&str], findings: &mut Findings) {
    let before = findings.mistakes.len();
    words::placeholders(pointer, text, known, findings);
    if findings.mistakes.len() > before {
        return;
    }
    let filled = filled(text, known);
    let advice = "write it as `https://host` or `http://host:port/path`";
    let fault = match filled.parse::<Uri>() {
        Err(error) => format!("is no address: {error}"),
        Ok(uri) if !matches!(uri.scheme_str(), Some("http" | "https")) => {
            "does not begin with `http://` or `https://`".to_owned()
        }
        Ok(uri) if uri.host().is_none_or(str::is_empty) => "has no host".to_owned(),
        Ok(uri) if uri.authority().is_some_and(|at| at.as_str().contains('@')) => {
            "has a user name, which is not sent".to_owned()
        }
        Ok(_) => return,
    };
    findings.value(
        pointer,
        format!("the address `{}` {fault}", shown(text)),
        Some(advice.to_owned()),
    );
}

/// An address of a server whose interface lies below it.
pub(super) fn server(pointer: &str, text: &str, findings: &mut Findings) {
    let is_below = text.trim_end_matches('/').ends_with("/api/v1");
    if is_below || text.contains('?') {
        findings.value(
            pointer,
            format!("`{}` is not the address of the server itself", shown(text)),
            Some("write it without `/api/v1` and what comes behind it".to_owned()),
        );
    } else {
        url(pointer, text, &[], findings);
    }
}

/// A host and a port.
pub(super) fn host_and_port(pointer: &str, text: &str, known: &[&str], findings: &mut Findings) {
    let before = findings.mistakes.len();
    words::placeholders(pointer, text, known, findings);
    if findings.mistakes.len() > before {
        return;
    }
    let filled = filled(text, known);
    let is_fit = filled.rsplit_once(':').is_some_and(|(host, port)| {
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        let is_host = !host.is_empty()
            && !host.contains(['/', '@', ' '])
            && (is_bracketed || !host.contains(':'));
        is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if !is_fit {
        findings.value(
            pointer,
            format!("`{}` is not a host and a port", shown(text)),
            Some("write it as `host:port`, such as `127.0.0.1:8080`".to_owned()),
        );
    }
}

/// A header's name (<https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>) and value.
pub(super) fn header(pointer: &str, name: &str, value: &str, findings: &mut Findings) {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        findings.key(
            pointer,
            format!("`{}` is not the name of a header", shown(name)),
            Some("write it such as `Accept` or `X-Request-Id`".to_owned()),
        );
    }
    if !value
        .bytes()
        .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
    {
        findings.value(
            pointer,
            format!("`{}` cannot be sent as a header", shown(value)),
            Some("write one line of ASCII".to_owned()),
        );
    }
}

/// Names of people or teams on GitHub, each once.
pub(super) fn accounts(pointer: &str, names: &[String], what: &str, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | '/');
        if name.is_empty() || !name.chars().all(is_plain) {
            findings.value(
                pointer,
                format!("`{}` is not the name of a {what}", shown(name)),
                Some(format!(
                    "write the name alone, without `@` and the organisation: `{}`",
                    if what == "team" { "security" } else { "ada" }
                )),
            );
        } else if !seen.insert(name.to_lowercase()) {
            findings.value(
                pointer,
                format!("`{}` is already in this list", shown(name)),
                Some("remove one of the two".to_owned()),
            );
        }
    }
}

/// The name of a branch or a remote (<https://git-scm.com/docs/git-check-ref-format>). One that
/// begins with `-` would be an option of git.
pub(super) fn git_name(pointer: &str, name: &str, what: &str, findings: &mut Findings) {
    let is_fit = !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !matches!(name, "@" | "HEAD")
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(|c: char| c.is_control() || " ~^:?*[\\".contains(c))
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"));
    if !is_fit {
        let example = if what == "branch" {
            "spec2prod-history"
        } else {
            "origin"
        };
        findings.value(
            pointer,
            format!("`{}` is not the name of a {what}", shown(name)),
            Some(format!("write a name such as `{example}`")),
        );
    }
}
