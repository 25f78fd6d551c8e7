//! `promotion`, `exemptions` and `history`.

use super::{Findings, environments::prometheus, names, paths, texts, words};
use crate::{
    config::{
        problem::{shown, suggestion},
        raw::{Config, Exemption, History, Monitoring, Promotion, Source, Uptime},
        resolve::date,
    },
    model::ComponentName,
};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands for something else in queries.
const IN_QUERIES: [&str; 2] = ["component", "environment"];

/// What stands for something else in the names of files.
const IN_FILES: [&str; 1] = ["component"];

pub(super) fn check(config: &Config, file: &Value, today: Date, findings: &mut Findings) {
    let Promotion {
        uptime,
        security_review: review,
        monitoring,
        approvers,
        approvals,
        ..
    } = &config.promotion;
    check_uptime(uptime, findings);
    let block = "/promotion/security_review";
    texts::accounts(&format!("{block}/teams"), &review.teams, "team", findings);
    texts::accounts(
        &format!("{block}/people"),
        &review.people,
        "person",
        findings,
    );
    if let Some(label) = &review.label
        && label.trim() != label
    {
        findings.value(
            format!("{block}/label"),
            format!("the label `{}` begins or ends with a blank", shown(label)),
            None,
        );
    }
    check_file(&format!("{block}/file"), review.file.as_deref(), findings);
    check_monitoring(monitoring, findings);
    texts::accounts("/promotion/approvers", approvers, "person", findings);
    let people = u32::try_from(approvers.len()).unwrap_or(u32::MAX);
    if people > 0 && *approvals > people {
        findings.value(
            "/promotion/approvals",
            format!("{approvals} people have to approve, and {people} may"),
            Some("name more `approvers`, or lower `approvals`".to_owned()),
        );
        findings.within("/promotion");
    }
    exemptions(&config.exemptions, file, today, findings);
}

fn check_file(pointer: &str, file: Option<&str>, findings: &mut Findings) {
    if let Some(file) = file {
        paths::check(pointer, file, findings);
        words::placeholders(pointer, file, &IN_FILES, findings);
    }
}

fn check_uptime(uptime: &Uptime, findings: &mut Findings) {
    let block = "/promotion/uptime";
    let keys = [
        ("prometheus", uptime.prometheus.is_some()),
        ("query", uptime.query.is_some()),
    ];
    let is_prometheus = uptime.source == Source::Prometheus;
    for (key, is_set) in keys {
        if is_prometheus && !is_set {
            findings.key(
                format!("{block}/source"),
                format!("uptime comes from Prometheus, and `{key}` is missing"),
                Some(format!("add `promotion.uptime.{key}`")),
            );
        } else if !is_prometheus && is_set {
            findings.key(
                format!("{block}/{key}"),
                format!("`{key}` is not asked, because uptime does not come from Prometheus"),
                Some(format!("set `source: prometheus`, or remove `{key}`")),
            );
        } else {
            continue;
        }
        findings.within(block);
    }
    if let Some(server) = &uptime.prometheus {
        prometheus(&format!("{block}/prometheus"), server, findings);
    }
    if let Some(query) = &uptime.query {
        words::placeholders(&format!("{block}/query"), query, &IN_QUERIES, findings);
    }
}

fn check_monitoring(monitoring: &Monitoring, findings: &mut Findings) {
    let block = "/promotion/monitoring";
    check_file(
        &format!("{block}/file"),
        monitoring.file.as_deref(),
        findings,
    );
    let told = match (&monitoring.prometheus, &monitoring.query) {
        (None, Some(_)) => Some(("query", "there is no server to ask", "prometheus")),
        (Some(_), None) => Some(("prometheus", "nothing is asked of it", "query")),
        _ => None,
    };
    if let Some((key, why, other)) = told {
        findings.key(
            format!("{block}/{key}"),
            format!("`{key}` shows nothing: {why}"),
            Some(format!("add `{other}` beside it")),
        );
        findings.within(block);
    }
    if let Some(server) = &monitoring.prometheus {
        prometheus(&format!("{block}/prometheus"), server, findings);
    }
    if let Some(query) = &monitoring.query {
        words::placeholders(&format!("{block}/query"), query, &IN_QUERIES, findings);
    }
}

fn exemptions(exemptions: &[Exemption], file: &Value, today: Date, findings: &mut Findings) {
    let components = names(file, "components");
    let mut seen = BTreeSet::new();
    for (index, exemption) in exemptions.iter().enumerate() {
        let block = format!("/exemptions/{index}");
        let name = exemption.component.as_str();
        if let Err(error) = name.parse::<ComponentName>() {
            findings.value(format!("{block}/component"), error.to_string(), None);
        } else if !components.is_empty() && !components.contains(name) {
            let known: Vec<&str> = components.iter().copied().collect();
            findings.value(
                format!("{block}/component"),
                format!("there is no component `{}` in `components`", shown(name)),
                suggestion(name, &known),
            );
        }
        for (key, text) in [("reason", &exemption.reason), ("owner", &exemption.owner)] {
            if text.trim().is_empty() {
                findings.value(
                    format!("{block}/{key}"),
                    "the text is empty".to_owned(),
                    None,
                );
            }
        }
        if !seen.insert((name, &exemption.criterion)) {
            findings.value(
                &block,
                format!(
                    "there is already an exemption of `{}` from `{}`",
                    shown(name),
                    exemption.criterion.0
                ),
                Some("remove one of the two".to_owned()),
            );
        }
        expiry(
            &format!("{block}/expires"),
            &exemption.expires,
            today,
            findings,
        );
    }
}

fn expiry(pointer: &str, text: &str, today: Date, findings: &mut Findings) {
    match date(text) {
        None => findings.value(
            pointer,
            format!("`{}` is no date", shown(text)),
            Some("write the last day on which it holds, such as `2026-12-31`".to_owned()),
        ),
        Some(last) if last < today => findings.warning(
            pointer,
            format!("the exemption has expired: its last day was {last}, and it excuses nothing"),
            "remove it, or agree on a new day",
        ),
        Some(_) => {}
    }
}

/// Where the ledger is kept. That the folder stays inside is checked with the others that are
/// written.
pub(super) fn history(history: &History, findings: &mut Findings) {
    if let Some(branch) = &history.branch {
        texts::git_name("/history/branch", branch, "branch", findings);
    }
    texts::git_name("/history/remote", &history.remote, "remote", findings);
}
