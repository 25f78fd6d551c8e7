//! `environments` → the environments of all components, and those of single ones.

use super::seconds;
use crate::{
    config::{
        AnalysisPolicy, EnvironmentPolicy, HealthCheckPolicy, HookMoment, HookPolicy, ProbePolicy,
        raw,
        settings::{Layers, Settings},
    },
    model::{EnvironmentName, Operator},
};
use std::{collections::BTreeMap, path::PathBuf};

type Environments = BTreeMap<EnvironmentName, EnvironmentPolicy>;

/// The environments of components that set nothing of their own.
pub(super) fn general(config: &raw::Config, settings: &Settings) -> Environments {
    let one = |name| {
        let layers = Layers::new(settings, format!("environments/{name}"), None);
        Some((
            name,
            policy(name, &config.environment(None, name)?, &layers)?,
        ))
    };
    EnvironmentName::ALL.into_iter().filter_map(one).collect()
}

/// The environments of which a component sets something.
pub(super) fn own(config: &raw::Config, component: &str, settings: &Settings) -> Environments {
    let of_component = config.components.get(component);
    let one = |name| {
        of_component.and_then(|own| own.environments.get(name))?;
        let layers = Layers::new(settings, format!("environments/{name}"), Some(component));
        let environment = config.environment(Some(component), name)?;
        Some((name, policy(name, &environment, &layers)?))
    };
    EnvironmentName::ALL.into_iter().filter_map(one).collect()
}

/// `None` for settings that only components complete, which the checks see to.
fn policy(
    name: EnvironmentName,
    raw: &raw::Environment,
    layers: &Layers<'_>,
) -> Option<EnvironmentPolicy> {
    let words = |command: &Option<raw::CommandWords>| Some(command.as_ref()?.words.clone());
    let analysis = raw.analysis.iter().flatten().enumerate();
    let hooks = raw.hooks.iter().flatten().enumerate();
    Some(EnvironmentPolicy {
        name,
        url: raw.url.clone(),
        github_environment: raw.github_environment.clone()?,
        deploy: words(&raw.deploy)?,
        rollback: words(&raw.rollback),
        current: words(&raw.current),
        health_check: health_check(raw.health_check.as_ref()?, layers)?,
        smoke_test: words(&raw.smoke_test),
        bake_time: seconds(raw.bake_time.unwrap_or_default()),
        analysis: analysis
            .filter_map(|(index, raw)| analysis_policy(raw, index, layers))
            .collect(),
        prometheus: raw.prometheus.clone(),
        hooks: hooks
            .filter_map(|(index, raw)| hook(raw, index, layers))
            .collect(),
        env: raw.env.clone().unwrap_or_default(),
        working_directory: raw.working_directory.as_ref().map(PathBuf::from),
        rule: layers.rule(""),
    })
}

fn health_check(raw: &raw::HealthCheck, layers: &Layers<'_>) -> Option<HealthCheckPolicy> {
    Some(HealthCheckPolicy {
        probe: probe(raw)?,
        start_delay: seconds(raw.start_delay?),
        interval: seconds(raw.interval?),
        timeout: seconds(raw.timeout?),
        successes: raw.successes?,
        failures: raw.failures?,
        errors: raw.errors?,
        rule: layers.rule("health_check"),
    })
}

fn probe(raw: &raw::HealthCheck) -> Option<ProbePolicy> {
    let http = raw.http.as_ref().and_then(|http| {
        let json = http.json.as_ref();
        Some(ProbePolicy::Http {
            url: http.url.clone()?,
            headers: http.headers.clone().unwrap_or_default(),
            status: http.status.clone()?,
            body_contains: http.body_contains.clone(),
            json: json.map(|json| (json.path.clone(), json.equals.clone())),
        })
    });
    let tcp = || raw.tcp.clone().map(ProbePolicy::Tcp);
    let command = || Some(ProbePolicy::Command(raw.command.as_ref()?.words.clone()));
    http.or_else(tcp).or_else(command)
}

/// `None` for what has no condition, which the checks refuse.
fn analysis_policy(
    raw: &raw::Analysis,
    index: usize,
    layers: &Layers<'_>,
) -> Option<AnalysisPolicy> {
    let at_most = raw.at_most.map(|target| (Operator::AtMost, target));
    let (operator, target) = at_most.or(raw.at_least.map(|target| (Operator::AtLeast, target)))?;
    Some(AnalysisPolicy {
        name: raw.name.clone(),
        query: raw.query.clone(),
        operator,
        target,
        interval: seconds(raw.interval),
        count: raw.count,
        failures: raw.failures,
        errors: raw.errors(),
        inconclusive: raw.inconclusive,
        rule: layers.rule_of_item("analysis", index),
    })
}

/// `None` for what has no phase, which the checks refuse.
fn hook(raw: &raw::Hook, index: usize, layers: &Layers<'_>) -> Option<HookPolicy> {
    let moment = match (raw.before, raw.after) {
        (Some(phase), _) => HookMoment::Before(phase),
        (None, phase) => HookMoment::After(phase?),
    };
    Some(HookPolicy {
        moment,
        command: raw.command.words.clone(),
        on_failure: raw.on_failure,
        rule: layers.rule_of_item("hooks", index),
    })
}
