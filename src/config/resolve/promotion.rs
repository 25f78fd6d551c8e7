//! `promotion` and `exemptions` → where the evidence of a promotion comes from, and what is excused.

use super::seconds;
use crate::config::{
    Exemption, MonitoringPolicy, PromotionPolicy, ReviewPolicy, UptimePolicy, UptimeSource, raw,
    settings::Settings,
};
use jiff::civil::Date;
use std::time::Duration;

/// One day.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn promotion(config: &raw::Config, settings: &Settings) -> PromotionPolicy {
    let raw = &config.promotion;
    let exemptions = config.exemptions.iter().enumerate();
    PromotionPolicy {
        uptime: uptime(&raw.uptime, settings),
        security_review: review(&raw.security_review, settings),
        monitoring: monitoring(&raw.monitoring, settings),
        rollback_max_age: DAY * raw.rollback_max_age_days,
        approvers: raw.approvers.clone(),
        approvals: raw.approvals,
        exemptions: exemptions
            .filter_map(|(index, raw)| exemption(raw, index, settings))
            .collect(),
    }
}

fn uptime(raw: &raw::Uptime, settings: &Settings) -> UptimePolicy {
    let asked = || {
        Some(UptimeSource::Prometheus {
            server: raw.prometheus.clone()?,
            query: raw.query.clone()?,
        })
    };
    let source = match raw.source {
        raw::Source::Samples => None,
        raw::Source::GitHub => Some(UptimeSource::GitHub),
        // The checks see to it that it is complete.
        raw::Source::Prometheus => asked(),
    };
    UptimePolicy {
        source: source.unwrap_or(UptimeSource::Samples),
        max_gap: seconds(raw.max_gap),
        coverage: raw.coverage,
        rule: settings.rule("/promotion/uptime"),
    }
}

fn review(raw: &raw::SecurityReview, settings: &Settings) -> ReviewPolicy {
    let is_set = !(raw.teams.is_empty()
        && raw.people.is_empty()
        && raw.label.is_none()
        && raw.file.is_none());
    ReviewPolicy {
        teams: raw.teams.clone(),
        people: raw.people.clone(),
        label: raw.label.clone(),
        file: raw.file.clone(),
        rule: is_set.then(|| settings.rule("/promotion/security_review")),
    }
}

fn monitoring(raw: &raw::Monitoring, settings: &Settings) -> MonitoringPolicy {
    let query = raw.prometheus.clone().zip(raw.query.clone());
    let is_set = raw.file.is_some() || query.is_some();
    MonitoringPolicy {
        query,
        file: raw.file.clone(),
        rule: is_set.then(|| settings.rule("/promotion/monitoring")),
    }
}

/// `None` for what the checks refuse.
fn exemption(raw: &raw::Exemption, index: usize, settings: &Settings) -> Option<Exemption> {
    Some(Exemption {
        component: raw.component.parse().ok()?,
        criterion: raw.criterion.0.clone(),
        reason: raw.reason.clone(),
        owner: raw.owner.clone(),
        expires: date(&raw.expires)?,
        rule: settings.rule(&format!("/exemptions/{index}")),
    })
}

/// A day, written in this one way: `2026-12-31`.
pub(in crate::config) fn date(text: &str) -> Option<Date> {
    text.parse::<Date>()
        .ok()
        .filter(|date| date.to_string() == text)
}
