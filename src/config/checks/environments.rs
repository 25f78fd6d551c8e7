//! `environments`, for all components and for single ones.

use super::{Findings, health_check, paths, texts, whole, words};
use crate::{
    config::{
        problem::shown,
        raw::{Analysis, Config, Environment, Hook},
        settings::{Layers, Settings, escaped},
    },
    model::{EnvironmentName, Phase, Prometheus},
};
use std::collections::BTreeSet;

/// What stands for something else in commands and addresses.
pub(super) const PLACEHOLDERS: [&str; 5] = ["component", "path", "version", "environment", "url"];

/// The same where no address can be put in: in an address that `{url}` stands for, and in a host.
pub(super) const WITHOUT_URL: [&str; 4] = ["component", "path", "version", "environment"];

pub(super) fn check(config: &Config, settings: &Settings, findings: &mut Findings) {
    for name in EnvironmentName::ALL {
        if let Some(environment) = config.environments.get(name) {
            let block = format!("/environments/{name}");
            layer(&block, name, environment, findings);
            shared_on_github(&block, config, environment, findings);
        }
        for (component, own) in &config.components {
            if let Some(environment) = own.environments.get(name) {
                let block = format!("/components/{}/environments/{name}", escaped(component));
                layer(&block, name, environment, findings);
            }
        }
        let block = format!("environments/{name}");
        for component in std::iter::once(None).chain(config.components.keys().map(Some)) {
            let component = component.map(String::as_str);
            let layers = Layers::new(settings, block.clone(), component);
            if let Some(environment) = config.environment(component, name) {
                address_to_come(&environment, &layers, findings);
            }
        }
        whole::check(config, settings, &block, findings, |component| {
            let layers = Layers::new(settings, block.clone(), component);
            let environment = config.environment(component, name);
            environment.map_or_else(Vec::new, |environment| missing(&environment, &layers))
        });
    }
    one_name_on_github(config, settings, findings);
}

/// What a set of keys is not complete without.
fn missing(environment: &Environment, layers: &Layers<'_>) -> Vec<whole::Missing> {
    let mut missing = Vec::new();
    let mut add = |block: String, what: &'static str, advice: &'static str| {
        missing.push(whole::Missing {
            block,
            what,
            advice,
        });
    };
    if environment.deploy.is_none() {
        add(
            layers.pointer(""),
            "`deploy`, so nothing says how a version gets there",
            "add `deploy: [program, argument]`",
        );
    }
    match &environment.health_check {
        None => add(
            layers.pointer(""),
            "`health_check`, so nobody would know whether a version works",
            "add `health_check` with one of `http`, `tcp` and `command`",
        ),
        Some(look) => match &look.http {
            Some(http) if http.url.is_none() => add(
                layers.pointer("health_check"),
                "`url` in `health_check.http`, so nothing says what is asked",
                "add `url: \"{url}/health\"`",
            ),
            None if look.tcp.is_none() && look.command.is_none() => add(
                layers.pointer("health_check"),
                "`http`, `tcp` or `command` in `health_check`, so nothing says what is looked at",
                "add one of the three",
            ),
            _ => {}
        },
    }
    let is_asked = environment.analysis.iter().any(|list| !list.is_empty());
    if is_asked && environment.prometheus.is_none() {
        add(
            layers.pointer("analysis"),
            "`prometheus`, so nobody can be asked for the analysis",
            "add `prometheus` with its `url` beside `analysis`",
        );
    }
    missing
}

/// A look at an address that only the deploy command can give.
fn address_to_come(environment: &Environment, layers: &Layers<'_>, findings: &mut Findings) {
    let http = environment
        .health_check
        .as_ref()
        .and_then(|look| look.http.as_ref());
    let asked = http.and_then(|http| http.url.as_deref());
    if environment.url.is_none() && asked.is_some_and(|asked| asked.contains("{url}")) {
        findings.warning(
            layers.pointer("health_check"),
            "health is looked at below `{url}`, and no `url` is set".to_owned(),
            "set `url`, or let the deploy command write `url=…` into the file SPEC2PROD_OUTPUTS",
        );
    }
}

/// What is to be said of one layer by itself.
fn layer(block: &str, name: EnvironmentName, environment: &Environment, findings: &mut Findings) {
    if let Some(url) = &environment.url {
        texts::url(&format!("{block}/url"), url, &WITHOUT_URL, findings);
    }
    let commands = [
        ("deploy", &environment.deploy),
        ("rollback", &environment.rollback),
        ("current", &environment.current),
        ("smoke_test", &environment.smoke_test),
    ];
    for (key, command) in commands {
        if let Some(command) = command {
            words::command(&format!("{block}/{key}"), command, &PLACEHOLDERS, findings);
        }
    }
    if let Some(look) = &environment.health_check {
        health_check::check(&format!("{block}/health_check"), look, findings);
    }
    analyses(block, environment, findings);
    if let Some(server) = &environment.prometheus {
        prometheus(&format!("{block}/prometheus"), server, findings);
    }
    for (index, hook) in environment.hooks.iter().flatten().enumerate() {
        check_hook(&format!("{block}/hooks/{index}"), name, hook, findings);
    }
    if let Some(variables) = &environment.env {
        let block = format!("{block}/env");
        words::variables(&block, variables, &PLACEHOLDERS, findings);
        for name in variables
            .keys()
            .filter(|name| name.starts_with("SPEC2PROD_"))
        {
            findings.key(
                format!("{block}/{}", escaped(name)),
                format!("`{}` is set by spec2prod itself", shown(name)),
                Some("give it a name that does not begin with `SPEC2PROD_`".to_owned()),
            );
        }
    }
    if let Some(folder) = &environment.working_directory {
        paths::check(format!("{block}/working_directory"), folder, findings);
    }
    if let Some(text) = &environment.github_environment {
        let known = ["component", "environment"];
        words::placeholders(
            &format!("{block}/github_environment"),
            text,
            &known,
            findings,
        );
    }
}

/// GitHub makes the deployments of an environment inactive when there is a newer one.
fn shared_on_github(
    block: &str,
    config: &Config,
    environment: &Environment,
    findings: &mut Findings,
) {
    let name = environment.github_environment.as_deref();
    if config.components.len() != 1 && name.is_some_and(|name| !name.contains("{component}")) {
        findings.warning(
            format!("{block}/github_environment"),
            "all components share one environment of GitHub, where each deployment makes those of \
             the other components inactive"
                .to_owned(),
            "use `{component}` in the name",
        );
    }
}

/// GitHub keeps the deployments of an environment by its name, whatever its case.
fn one_name_on_github(config: &Config, settings: &Settings, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for component in std::iter::once(None).chain(config.components.keys().map(Some)) {
        let component = component.map(String::as_str);
        let named = |name: EnvironmentName| {
            let text = config.environment(component, name)?.github_environment?;
            let text = text.replace("{environment}", name.as_str());
            let text = component.map_or(text.clone(), |own| text.replace("{component}", own));
            Some(text.to_lowercase())
        };
        let [staging, production] = EnvironmentName::ALL.map(named);
        if staging.is_none() || staging != production {
            continue;
        }
        let layers = EnvironmentName::ALL
            .map(|name| Layers::new(settings, format!("environments/{name}"), component));
        let places = layers
            .each_ref()
            .map(|layers| layers.pointer("github_environment"));
        // What nothing sets is told where the other one is set.
        let mut written = places.iter().rev().filter(|place| settings.is_set(place));
        let Some(place) = written.next().filter(|_| told.insert(places.clone())) else {
            continue;
        };
        findings.value(
            place.clone(),
            "staging and production have one name on GitHub, so the deployments of one would \
             count for the other"
                .to_owned(),
            Some("put `{environment}` into the name".to_owned()),
        );
        for (name, layers) in EnvironmentName::ALL.iter().zip(&layers) {
            findings.within(&format!("/environments/{name}"));
            findings.within(&layers.pointer(""));
        }
    }
}

fn analyses(block: &str, environment: &Environment, findings: &mut Findings) {
    let mut names = BTreeSet::new();
    for (index, analysis) in environment.analysis.iter().flatten().enumerate() {
        let block = format!("{block}/analysis/{index}");
        if !names.insert(analysis.name.as_str()) {
            findings.value(
                format!("{block}/name"),
                format!("there is already an analysis `{}`", shown(&analysis.name)),
                Some("give each its own name".to_owned()),
            );
        }
        check_analysis(&block, analysis, findings);
    }
}

fn check_analysis(block: &str, analysis: &Analysis, findings: &mut Findings) {
    words::placeholders(
        &format!("{block}/query"),
        &analysis.query,
        &PLACEHOLDERS,
        findings,
    );
    let conditions = [
        ("at_most", analysis.at_most.is_some()),
        ("at_least", analysis.at_least.is_some()),
    ];
    findings.exactly_one(block, &conditions, "a result is compared in one way");
    let count = analysis.count;
    let limits = [
        ("failures", Some(analysis.failures), "fail"),
        ("errors", analysis.errors, "be without an answer"),
    ];
    for (key, limit, what) in limits {
        if limit.is_some_and(|limit| limit >= count) {
            findings.value(
                format!("{block}/{key}"),
                format!("all {count} questions may {what}, so the analysis would always pass"),
                Some(format!("set `{key}` below `count`, which is {count}")),
            );
            findings.within(block);
        }
    }
}

/// A server, and where its token is.
pub(super) fn prometheus(block: &str, server: &Prometheus, findings: &mut Findings) {
    texts::server(&format!("{block}/url"), &server.url, findings);
    if let Some(name) = &server.token_env {
        words::variable(&format!("{block}/token_env"), name, findings);
    }
}

fn check_hook(block: &str, name: EnvironmentName, hook: &Hook, findings: &mut Findings) {
    words::command(
        &format!("{block}/command"),
        &hook.command,
        &PLACEHOLDERS,
        findings,
    );
    let moments = [("before", hook.before), ("after", hook.after)];
    let set = moments.map(|(key, phase)| (key, phase.is_some()));
    findings.exactly_one(block, &set, "a hook has one moment");
    let elsewhere = match name {
        EnvironmentName::Staging => Phase::EndToEndTests,
        EnvironmentName::Production => Phase::IntegrationTests,
    };
    for (key, phase) in moments {
        if phase == Some(elsewhere) {
            let known: Vec<String> = Phase::ALL
                .into_iter()
                .filter(|phase| *phase != elsewhere)
                .map(|phase| format!("`{phase}`"))
                .collect();
            findings.value(
                format!("{block}/{key}"),
                format!(
                    "a deployment to {name} has no phase `{elsewhere}`, so the hook would never run"
                ),
                Some(format!("its phases: {}", known.join(", "))),
            );
        }
    }
}
