//! What the monitoring sees of a component: a tool for each query of the policy, which asks Prometheus
//! once, beside the other tools.

use super::Request;
use super::deployment::version;
use super::groundwork::Groundwork;
use crate::gates::performance::Limits;
use crate::model::{
    EvidenceData, EvidenceKind, LONGEST_MS, Observation, ObservedFigure, PerformanceRun,
    Prometheus, Reason, ReasonCode, Stage, Unavailable,
};
use crate::prometheus::{Server, number};
use crate::toolchains::{Action, Asking, Tool};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The most memory that is believed, in mebibytes: an exbibyte.
const MOST_MEMORY: f64 = 1e12;

/// The tools that ask; none where the policy has no query.
pub(super) async fn tools(ground: &Groundwork, request: &Request) -> Vec<Tool> {
    let limits = ground.policy.gates.get("performance");
    let limits = limits
        .and_then(|gate| serde_json::from_value::<Limits>(gate.limits.clone()).ok())
        .unwrap_or_default();
    let queries: Vec<_> = limits.queries().collect();
    if queries.is_empty() {
        return Vec::new();
    }
    let server = connect(limits.prometheus.as_ref(), ground, request);
    let version = match queries.iter().any(|(_, query)| query.contains("{version}")) {
        true => version(&ground.source(request).await, request),
        false => Ok(crate::model::Version::of_commit("")),
    };
    let filled = |query: &str| -> Result<String, Unavailable> {
        let text = query.replace("{component}", ground.component.name.as_str());
        if !text.contains("{version}") {
            return Ok(text);
        }
        let version = version.clone().map_err(Unavailable::NoData)?;
        let version = version.digest.unwrap_or(version.commit);
        Ok(text.replace("{version}", &version))
    };
    let tool = |(figure, query): (ObservedFigure, &str)| {
        let asking = server
            .clone()
            .and_then(|(url, server)| Ok(asking(figure, &url, server, filled(query)?)));
        Tool {
            name: format!("Prometheus {}", what(figure)),
            version: None,
            stage: Stage::Testing,
            evidence: vec![EvidenceKind::Performance],
            weight: 1,
            limits: None,
            action: asking.map_or_else(Action::Unavailable, Action::Asking),
        }
    };
    queries.into_iter().map(tool).collect()
}

/// The server of the policy, with its address.
fn connect(
    policy: Option<&Prometheus>,
    ground: &Groundwork,
    request: &Request,
) -> Result<(String, Server), Unavailable> {
    let Some(policy) = policy else {
        let message = "a query of quality_gates.performance has no server to ask";
        let reason = Reason::new(ReasonCode::NoSource, message);
        return Err(Unavailable::NoData(
            reason.remedy("set `quality_gates.performance.prometheus`"),
        ));
    };
    let variable = |name: &str| request.environment.get(name).map(str::to_owned);
    let token = policy.token(ReasonCode::SourceUnavailable, variable);
    let token = token.map_err(Unavailable::Errored)?;
    let server = Server::new(ground.http.clone(), &policy.url, token);
    Ok((policy.url.clone(), server))
}

fn asking(figure: ObservedFigure, url: &str, server: Server, query: String) -> Asking {
    let source = format!("Prometheus at {url}: {query}");
    Asking {
        what: source.clone(),
        ask: Arc::new(move || {
            let (server, query, source) = (server.clone(), query.clone(), source.clone());
            Box::pin(async move {
                let reading = observe(figure, &server, &query, source).await;
                let reading = reading.map(EvidenceData::Performance);
                vec![(EvidenceKind::Performance, reading)]
            })
        }),
    }
}

async fn observe(
    figure: ObservedFigure,
    server: &Server,
    query: &str,
    source: String,
) -> Result<PerformanceRun, Unavailable> {
    let series = server.query(query).await.map_err(|error| {
        errored(
            error.to_string(),
            "see that the server can be reached from here, and that it takes the query and the token",
        )
    })?;
    let value = number(&series).map_err(|problem| {
        let message = format!(
            "the query for the {} gave {problem}: {query}",
            what(figure)
        );
        Unavailable::NoData(Reason::new(ReasonCode::NoEvidence, message).remedy(
            "let the query give one number, as with `max(…)`, over a time in which the version was used",
        ))
    })?;
    let most = match figure {
        ObservedFigure::ResponseTime => LONGEST_MS,
        ObservedFigure::Memory => MOST_MEMORY,
    };
    if !(0.0..=most).contains(&value) {
        let message = format!(
            "the query for the {} gave {value}, which cannot be: {query}",
            what(figure)
        );
        return Err(Unavailable::Errored(
            Reason::new(ReasonCode::ReportUnreadable, message).remedy(
                "let the query give milliseconds or mebibytes; of a histogram, give it a bucket beyond the longest time",
            ),
        ));
    }
    let observation = Observation {
        figure,
        value,
        source,
    };
    Ok(PerformanceRun {
        observed: vec![observation],
        ..PerformanceRun::default()
    })
}

fn errored(message: String, remedy: &str) -> Unavailable {
    Unavailable::Errored(Reason::new(ReasonCode::SourceUnavailable, message).remedy(remedy))
}

const fn what(figure: ObservedFigure) -> &'static str {
    match figure {
        ObservedFigure::ResponseTime => "response time",
        ObservedFigure::Memory => "memory",
    }
}
