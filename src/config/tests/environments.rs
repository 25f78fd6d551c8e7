//! `environments`: what is made of what is written, and what deserves a look.

use super::{load_ok, refused};
use crate::{
    config::{HookMoment, Inconclusive, OnHookFailure, Policy, ProbePolicy, check},
    model::{EnvironmentName, Operator, Phase, RuleSource},
};
use serde_json::json;
use std::time::Duration;

fn staging(policy: &Policy, component: &str) -> crate::config::EnvironmentPolicy {
    policy.for_component(component).environments[&EnvironmentName::Staging].clone()
}

#[test]
fn what_is_not_set_has_a_default() {
    let policy = load_ok(
        "environments:\n  production:\n    deploy: deploy/run.sh\n    health_check:\n      \
         http: {url: 'http://127.0.0.1/health'}\n",
    );
    assert!(!policy.environments.contains_key(&EnvironmentName::Staging));
    let production = &policy.environments[&EnvironmentName::Production];
    assert_eq!(production.deploy, ["deploy/run.sh"]);
    assert_eq!(production.github_environment, "{environment}/{component}");
    assert_eq!(production.bake_time, Duration::ZERO);
    assert_eq!(
        production.rule,
        RuleSource::File {
            file: "workflow_config.yaml".to_owned(),
            line: 2,
            key: "environments.production".to_owned(),
        }
    );
    let look = &production.health_check;
    let times = [look.start_delay, look.interval, look.timeout].map(|time| time.as_secs());
    assert_eq!(times, [0, 5, 5]);
    assert_eq!((look.successes, look.failures, look.errors), (3, 3, 5));
    let ProbePolicy::Http { status, .. } = &look.probe else {
        panic!("{look:?}");
    };
    assert_eq!(*status, [200]);
    let shown = crate::config::show(&policy);
    assert!(shown.contains("interval: 5"), "{shown}");
}

#[test]
fn values_reach_the_environment() {
    let policy = load_ok(super::EVERY_KEY);
    let staging = &policy.environments[&EnvironmentName::Staging];
    let ProbePolicy::Http {
        headers,
        status,
        body_contains,
        json,
        ..
    } = &staging.health_check.probe
    else {
        panic!("{staging:?}");
    };
    assert_eq!(headers["Accept"], "application/json");
    assert_eq!(*status, [200, 204]);
    assert_eq!(body_contains.as_deref(), Some("ready"));
    assert_eq!(*json, Some(("$.status".to_owned(), json!("ok"))));
    let [errors, throughput] = &staging.analysis[..] else {
        panic!("{staging:?}");
    };
    assert_eq!((errors.operator, errors.target), (Operator::AtMost, 0.01));
    assert_eq!(errors.inconclusive, Inconclusive::Fail);
    assert_eq!(
        (throughput.operator, throughput.count, throughput.errors),
        (Operator::AtLeast, 5, 4)
    );
    assert!(matches!(
        &throughput.rule,
        RuleSource::File { key, .. } if key == "environments.staging.analysis[1]"
    ));
    let hooks: Vec<_> = staging
        .hooks
        .iter()
        .map(|hook| (hook.moment, hook.on_failure, hook.command.len()))
        .collect();
    assert_eq!(
        hooks,
        [
            (HookMoment::Before(Phase::Deploy), OnHookFailure::Warn, 2),
            (HookMoment::After(Phase::Rollback), OnHookFailure::Fail, 1),
        ]
    );
    let server = staging.prometheus.as_ref().unwrap();
    assert_eq!(server.token_env.as_deref(), Some("PROMETHEUS_TOKEN"));
}

#[test]
fn some_answer_must_come_however_few_are_asked_for() {
    let policy = load_ok(
        "environments:\n  staging:\n    deploy: d\n    health_check: {tcp: 'a:1'}\n    \
         prometheus: {url: 'http://p'}\n    \
         analysis: [{name: a, query: up, at_most: 1, count: 2}, {name: b, query: up, at_most: 1, count: 1}]\n",
    );
    let analysis = &policy.environments[&EnvironmentName::Staging].analysis;
    let errors: Vec<u32> = analysis.iter().map(|analysis| analysis.errors).collect();
    assert_eq!(errors, [1, 0]);
}

#[test]
fn a_component_sets_single_keys_anew() {
    let policy = load_ok(
        "\
environments:
  staging:
    url: http://all
    deploy: [deploy.sh]
    env: {A: one, B: two}
    health_check: {http: {url: '{url}/health', headers: {X: y}, status: [204]}, interval: 7}
    prometheus: {url: http://p, token_env: TOKEN}
    hooks: [{before: deploy, command: a}, {after: deploy, command: b}]
components:
  shop:
    environments:
      staging:
        url: http://shop
        env: {B: three}
        health_check: {http: {url: '{url}/ping'}}
        prometheus: {url: http://other}
        hooks: [{before: bake_time, command: c}]
  queue:
    environments:
      staging: {health_check: {tcp: 'queue:5672', successes: 1}}
  tool: {}
",
    );
    let shop = staging(&policy, "shop");
    assert_eq!(shop.url.as_deref(), Some("http://shop"));
    assert_eq!(shop.deploy, ["deploy.sh"]);
    assert_eq!((&*shop.env["A"], &*shop.env["B"]), ("one", "three"));
    let ProbePolicy::Http {
        url,
        headers,
        status,
        ..
    } = &shop.health_check.probe
    else {
        panic!("{shop:?}");
    };
    assert_eq!((&**url, &**status), ("{url}/ping", &[204][..]));
    assert_eq!(headers["X"], "y");
    assert_eq!(shop.health_check.interval.as_secs(), 7);
    // A token goes to no other server than the one it is written beside.
    assert_eq!(shop.prometheus.unwrap().token_env, None);
    assert_eq!(shop.hooks.len(), 1);
    let places = [
        shop.rule,
        shop.health_check.rule,
        shop.hooks[0].rule.clone(),
    ];
    insta::assert_snapshot!(places.map(|rule| rule.to_string()).join("\n"), @r"
    workflow_config.yaml:12
    workflow_config.yaml:15
    workflow_config.yaml:17
    ");

    let queue = staging(&policy, "queue");
    assert_eq!(
        queue.health_check.probe,
        ProbePolicy::Tcp("queue:5672".to_owned())
    );
    assert_eq!(
        (
            queue.health_check.successes,
            queue.health_check.interval.as_secs()
        ),
        (1, 7)
    );
    assert_eq!(staging(&policy, "tool").url.as_deref(), Some("http://all"));
    assert_eq!(staging(&policy, "unknown"), staging(&policy, "tool"));
}

#[test]
fn components_may_complete_what_is_set_for_all_or_have_an_environment_alone() {
    let policy = load_ok(
        "\
environments:
  staging: {health_check: {tcp: 'a:1'}}
components:
  shop:
    environments:
      staging: {deploy: [a]}
      production: {deploy: [b], health_check: {command: c}}
  tool:
    environments:
      staging: {deploy: [d]}
",
    );
    assert!(policy.environments.is_empty());
    assert_eq!(staging(&policy, "tool").deploy, ["d"]);
    let of_tool = policy.for_component("tool").environments;
    assert!(!of_tool.contains_key(&EnvironmentName::Production));
    let of_shop = policy.for_component("shop").environments;
    assert_eq!(of_shop[&EnvironmentName::Production].deploy, ["b"]);
}

#[test]
fn an_environment_of_github_that_siblings_share_deserves_a_look() {
    let text = "\
environments:
  staging:
    deploy: [deploy.sh]
    health_check: {tcp: 'a:1'}
    github_environment: staging
";
    insta::assert_snapshot!(check(&load_ok(text)), @r"
    workflow_config.yaml is valid

    warning: all components share one environment of GitHub, where each deployment makes those of the other components inactive
     --> workflow_config.yaml:5:5
      |
    5 |     github_environment: staging
      |     ^^^^^^^^^^^^^^^^^^ `environments.staging.github_environment`
      |
      = help: use `{component}` in the name
    ");
    let alone = format!("{text}components: {{shop: {{}}}}\n");
    assert_eq!(load_ok(&alone).warnings, []);
}

/// Both environments with the keys that they need, and with these for what GitHub calls them.
fn named_on_github(staging: &str, production: &str) -> String {
    let environment = |name: &str, github: &str| {
        format!("  {name}: {{deploy: [d], health_check: {{tcp: 'a:1'}}{github}}}\n")
    };
    let staging = environment("staging", staging);
    format!(
        "environments:\n{staging}{}",
        environment("production", production)
    )
}

#[test]
fn staging_and_production_have_names_of_their_own_on_github() {
    let both = ", github_environment: '{component}'";
    let text = format!(
        "{}components: {{shop: {{}}, tool: {{}}}}\n",
        named_on_github(both, both)
    );
    insta::assert_snapshot!(refused(&text), @"
    error: staging and production have one name on GitHub, so the deployments of one would count for the other
     --> workflow_config.yaml:3:77
      |
    3 |   production: {deploy: [d], health_check: {tcp: 'a:1'}, github_environment: '{component}'}
      |                                                                             ^^^^^^^^^^^^^ `environments.production.github_environment`
      |
      = help: put `{environment}` into the name
    ");
    // A name that the default of the other one has, in whatever case.
    let taken = ", github_environment: 'Production/{component}'";
    insta::assert_snapshot!(refused(&named_on_github(taken, "")), @r#"
    error: staging and production have one name on GitHub, so the deployments of one would count for the other
     --> workflow_config.yaml:2:74
      |
    2 |   staging: {deploy: [d], health_check: {tcp: 'a:1'}, github_environment: 'Production/{component}'}
      |                                                                          ^^^^^^^^^^^^^^^^^^^^^^^^ `environments.staging.github_environment`
      |
      = help: put `{environment}` into the name
    "#);
    let own = ", github_environment: '{environment}-{component}'";
    assert!(load_ok(&named_on_github(own, own)).warnings.is_empty());
}

#[test]
fn a_component_gives_its_environments_no_common_name_on_github() {
    let text = format!(
        "{}components:\n  shop:\n    environments: {{staging: {{github_environment: SHOP}}}}\n  tool: {{}}\n",
        named_on_github("", ", github_environment: '{component}'")
    );
    insta::assert_snapshot!(refused(&text), @"
    error: staging and production have one name on GitHub, so the deployments of one would count for the other
     --> workflow_config.yaml:3:77
      |
    3 |   production: {deploy: [d], health_check: {tcp: 'a:1'}, github_environment: '{component}'}
      |                                                                             ^^^^^^^^^^^^^ `environments.production.github_environment`
      |
      = help: put `{environment}` into the name
    ");
}

#[test]
fn an_address_that_is_to_come_deserves_a_look() {
    let text = "\
environments:
  staging:
    deploy: [deploy.sh]
    health_check: {http: {url: '{url}/health'}}
components:
  shop: {environments: {staging: {bake_time: 1}}}
  tool: {}
";
    insta::assert_snapshot!(check(&load_ok(text)), @r"
    workflow_config.yaml is valid

    warning: health is looked at below `{url}`, and no `url` is set
     --> workflow_config.yaml:4:5
      |
    4 |     health_check: {http: {url: '{url}/health'}}
      |     ^^^^^^^^^^^^ `environments.staging.health_check`
      |
      = help: set `url`, or let the deploy command write `url=…` into the file SPEC2PROD_OUTPUTS
    ");
}
