//! `environments`: what a person reads about what is missing, and about what excludes each other.

use super::refused;

#[test]
fn what_an_environment_cannot_be_without_is_told() {
    let text = "\
environments:
  staging: {url: http://127.0.0.1:8101}
  production:
    deploy: deploy.sh
    health_check: {interval: 1}
    analysis: [{name: errors, query: up, at_most: 1}]
  qa: {}
";
    insta::assert_snapshot!(refused(text), @r"
    error: `environments.staging` has no `deploy`, so nothing says how a version gets there
     --> workflow_config.yaml:2:3
      |
    2 |   staging: {url: http://127.0.0.1:8101}
      |   ^^^^^^^ `environments.staging`
      |
      = help: add `deploy: [program, argument]`

    error: `environments.staging` has no `health_check`, so nobody would know whether a version works
     --> workflow_config.yaml:2:3
      |
    2 |   staging: {url: http://127.0.0.1:8101}
      |   ^^^^^^^ `environments.staging`
      |
      = help: add `health_check` with one of `http`, `tcp` and `command`

    error: `environments.production` has no `http`, `tcp` or `command` in `health_check`, so nothing says what is looked at
     --> workflow_config.yaml:5:5
      |
    5 |     health_check: {interval: 1}
      |     ^^^^^^^^^^^^ `environments.production.health_check`
      |
      = help: add one of the three

    error: `environments.production` has no `prometheus`, so nobody can be asked for the analysis
     --> workflow_config.yaml:6:5
      |
    6 |     analysis: [{name: errors, query: up, at_most: 1}]
      |     ^^^^^^^^ `environments.production.analysis`
      |
      = help: add `prometheus` with its `url` beside `analysis`

    error: unknown key `qa` in `environments`
     --> workflow_config.yaml:7:3
      |
    7 |   qa: {}
      |   ^^ `environments.qa`
      |
      = help: known here: `staging`, `production`
    ");
}

#[test]
fn what_no_component_completes_is_told_with_both_places() {
    let text = "\
environments:
  staging:
    health_check: {http: {status: [204]}}
components:
  shop:
    environments:
      staging: {deploy: [deploy.sh]}
  library: {}
  tool:
    environments:
      production: {deploy: [deploy.sh]}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: neither `environments.staging` nor `components.library.environments.staging` has `deploy`, so nothing says how a version gets there
     --> workflow_config.yaml:2:3
      |
    2 |   staging:
      |   ^^^^^^^ `environments.staging`
      |
      = help: add `deploy: [program, argument]`

    error: neither `environments.staging` nor `components.tool.environments.staging` has `deploy`, so nothing says how a version gets there
     --> workflow_config.yaml:2:3
      |
    2 |   staging:
      |   ^^^^^^^ `environments.staging`
      |
      = help: add `deploy: [program, argument]`

    error: neither `environments.staging` nor `components.library.environments.staging` has `url` in `health_check.http`, so nothing says what is asked
     --> workflow_config.yaml:3:5
      |
    3 |     health_check: {http: {status: [204]}}
      |     ^^^^^^^^^^^^ `environments.staging.health_check`
      |
      = help: add `url: "{url}/health"`

    error: neither `environments.staging` nor `components.shop.environments.staging` has `url` in `health_check.http`, so nothing says what is asked
     --> workflow_config.yaml:3:5
      |
    3 |     health_check: {http: {status: [204]}}
      |     ^^^^^^^^^^^^ `environments.staging.health_check`
      |
      = help: add `url: "{url}/health"`

    error: neither `environments.staging` nor `components.tool.environments.staging` has `url` in `health_check.http`, so nothing says what is asked
     --> workflow_config.yaml:3:5
      |
    3 |     health_check: {http: {status: [204]}}
      |     ^^^^^^^^^^^^ `environments.staging.health_check`
      |
      = help: add `url: "{url}/health"`

    error: neither `environments.production` nor `components.tool.environments.production` has `health_check`, so nobody would know whether a version works
      --> workflow_config.yaml:11:7
       |
    11 |       production: {deploy: [deploy.sh]}
       |       ^^^^^^^^^^ `components.tool.environments.production`
       |
       = help: add `health_check` with one of `http`, `tcp` and `command`
    "#);
}

#[test]
fn alternatives_exclude_each_other() {
    let text = "\
environments:
  staging:
    deploy: [deploy.sh]
    health_check: {tcp: '127.0.0.1:80', http: {url: http://127.0.0.1}, command: [true.sh]}
    prometheus: {url: http://127.0.0.1:9090}
    analysis:
      - {name: both, query: up, at_most: 1, at_least: 0}
      - {name: neither, query: up}
      - {name: neither, query: up, at_least: 1, count: 3, failures: 3, errors: 5}
    hooks:
      - {command: [hook.sh]}
      - {command: [hook.sh], before: deploy, after: deploy}
      - {command: [hook.sh], before: end_to_end_tests}
      - {command: [hook.sh], after: deployment}
      - {before: deploy}
  production:
    deploy: [deploy.sh]
    health_check: {command: healthy.sh}
    hooks: [{after: integration_tests, command: hook.sh}]
";
    insta::assert_snapshot!(refused(text), @r"
    error: `tcp` cannot stand beside `http`: health is looked at in one way
     --> workflow_config.yaml:4:20
      |
    4 |     health_check: {tcp: '127.0.0.1:80', http: {url: http://127.0.0.1}, command: [true.sh]}
      |                    ^^^ `environments.staging.health_check.tcp`
      |
      = help: remove one of the two

    error: `command` cannot stand beside `http`: health is looked at in one way
     --> workflow_config.yaml:4:72
      |
    4 |     health_check: {tcp: '127.0.0.1:80', http: {url: http://127.0.0.1}, command: [true.sh]}
      |                                                                        ^^^^^^^ `environments.staging.health_check.command`
      |
      = help: remove one of the two

    error: `at_least` cannot stand beside `at_most`: a result is compared in one way
     --> workflow_config.yaml:7:45
      |
    7 |       - {name: both, query: up, at_most: 1, at_least: 0}
      |                                             ^^^^^^^^ `environments.staging.analysis[0].at_least`
      |
      = help: remove one of the two

    error: `at_most` or `at_least` is missing: a result is compared in one way
     --> workflow_config.yaml:8:9
      |
    8 |       - {name: neither, query: up}
      |         ^^^^^ `environments.staging.analysis[1]`
      |
      = help: add `at_most` or `at_least`

    error: there is already an analysis `neither`
     --> workflow_config.yaml:9:16
      |
    9 |       - {name: neither, query: up, at_least: 1, count: 3, failures: 3, errors: 5}
      |                ^^^^^^^ `environments.staging.analysis[2].name`
      |
      = help: give each its own name

    error: all 3 questions may fail, so the analysis would always pass
     --> workflow_config.yaml:9:69
      |
    9 |       - {name: neither, query: up, at_least: 1, count: 3, failures: 3, errors: 5}
      |                                                                     ^ `environments.staging.analysis[2].failures`
      |
      = help: set `failures` below `count`, which is 3

    error: all 3 questions may be without an answer, so the analysis would always pass
     --> workflow_config.yaml:9:80
      |
    9 |       - {name: neither, query: up, at_least: 1, count: 3, failures: 3, errors: 5}
      |                                                                                ^ `environments.staging.analysis[2].errors`
      |
      = help: set `errors` below `count`, which is 3

    error: `before` or `after` is missing: a hook has one moment
      --> workflow_config.yaml:11:9
       |
    11 |       - {command: [hook.sh]}
       |         ^^^^^^^^ `environments.staging.hooks[0]`
       |
       = help: add `before` or `after`

    error: `after` cannot stand beside `before`: a hook has one moment
      --> workflow_config.yaml:12:46
       |
    12 |       - {command: [hook.sh], before: deploy, after: deploy}
       |                                              ^^^^^ `environments.staging.hooks[1].after`
       |
       = help: remove one of the two

    error: a deployment to staging has no phase `end_to_end_tests`, so the hook would never run
      --> workflow_config.yaml:13:38
       |
    13 |       - {command: [hook.sh], before: end_to_end_tests}
       |                                      ^^^^^^^^^^^^^^^^ `environments.staging.hooks[2].before`
       |
       = help: its phases: `deploy`, `health_check`, `smoke_test`, `integration_tests`, `bake_time`, `analysis`, `rollback`

    error: the text `deployment` is not known here
      --> workflow_config.yaml:14:37
       |
    14 |       - {command: [hook.sh], after: deployment}
       |                                     ^^^^^^^^^^ `environments.staging.hooks[3].after`
       |
       = help: known here: `end_to_end_tests`, `deploy`, `health_check`, `smoke_test`, `integration_tests`, `bake_time`, `analysis`, `rollback`

    error: the key `command` is missing
      --> workflow_config.yaml:15:9
       |
    15 |       - {before: deploy}
       |         ^^^^^^^ `environments.staging.hooks[4]`

    error: a deployment to production has no phase `integration_tests`, so the hook would never run
      --> workflow_config.yaml:19:21
       |
    19 |     hooks: [{after: integration_tests, command: hook.sh}]
       |                     ^^^^^^^^^^^^^^^^^ `environments.production.hooks[0].after`
       |
       = help: its phases: `end_to_end_tests`, `deploy`, `health_check`, `smoke_test`, `bake_time`, `analysis`, `rollback`
    ");
}
