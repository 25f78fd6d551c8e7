//! What the gate `performance` asks of the monitoring.

use super::{load_ok, refused};
use crate::gates::performance::Limits;

#[test]
fn queries_have_a_server_and_known_placeholders() {
    let text = "\
quality_gates:
  performance:
    response_time_query: 'x{env=\"{environment}\"}'
    memory_query: ' '
";
    insta::assert_snapshot!(refused(text), @r#"
    error: `response_time_query` measures nothing: there is no server to ask
     --> workflow_config.yaml:3:5
      |
    3 |     response_time_query: 'x{env="{environment}"}'
      |     ^^^^^^^^^^^^^^^^^^^ `quality_gates.performance.response_time_query`
      |
      = help: add `prometheus` beside it

    error: unknown placeholder `{environment}`
     --> workflow_config.yaml:3:26
      |
    3 |     response_time_query: 'x{env="{environment}"}'
      |                          ^^^^^^^^^^^^^^^^^^^^^^^^ `quality_gates.performance.response_time_query`
      |
      = help: known here: `{component}`, `{version}`

    error: `memory_query` measures nothing: there is no server to ask
     --> workflow_config.yaml:4:5
      |
    4 |     memory_query: ' '
      |     ^^^^^^^^^^^^ `quality_gates.performance.memory_query`
      |
      = help: add `prometheus` beside it

    error: the query is empty
     --> workflow_config.yaml:4:19
      |
    4 |     memory_query: ' '
      |                   ^^^ `quality_gates.performance.memory_query`
    "#);
    let text = "\
quality_gates:
  performance:
    prometheus: {url: 'http://127.0.0.1:9090/api/v1', token_env: 'A TOKEN'}
components:
  shop: {thresholds: {performance: {prometheus: {url: 'http://127.0.0.1:9091'}}}}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: `prometheus` measures nothing: nothing is asked of it
     --> workflow_config.yaml:3:5
      |
    3 |     prometheus: {url: 'http://127.0.0.1:9090/api/v1', token_env: 'A TOKEN'}
      |     ^^^^^^^^^^ `quality_gates.performance.prometheus`
      |
      = help: add `response_time_query` or `memory_query` beside it

    error: `http://127.0.0.1:9090/api/v1` is not the address of the server itself
     --> workflow_config.yaml:3:23
      |
    3 |     prometheus: {url: 'http://127.0.0.1:9090/api/v1', token_env: 'A TOKEN'}
      |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `quality_gates.performance.prometheus.url`
      |
      = help: write it without `/api/v1` and what comes behind it

    error: `A TOKEN` is not the name of an environment variable
     --> workflow_config.yaml:3:66
      |
    3 |     prometheus: {url: 'http://127.0.0.1:9090/api/v1', token_env: 'A TOKEN'}
      |                                                                  ^^^^^^^^^ `quality_gates.performance.prometheus.token_env`
      |
      = help: a name has letters, digits and `_`, and begins with no digit

    error: `prometheus` measures nothing: nothing is asked of it
     --> workflow_config.yaml:5:37
      |
    5 |   shop: {thresholds: {performance: {prometheus: {url: 'http://127.0.0.1:9091'}}}}
      |                                     ^^^^^^^^^^ `components.shop.thresholds.performance.prometheus`
      |
      = help: add `response_time_query` or `memory_query` beside it
    "#);
}

#[test]
fn a_component_asks_its_own_query_of_the_server_of_all() {
    let text = "\
quality_gates:
  performance:
    prometheus: {url: 'http://127.0.0.1:9090', token_env: TOKEN}
components:
  shop: {thresholds: {performance: {response_time_query: 'max(t{c=\"{component}\", v=\"{version}\"})'}}}
";
    let policy = load_ok(text).for_component("shop");
    let limits = policy.gates["performance"].limits.clone();
    let limits: Limits = serde_json::from_value(limits).unwrap();
    let server = limits.prometheus.unwrap();
    assert_eq!(server.url, "http://127.0.0.1:9090");
    assert_eq!(server.token_env.as_deref(), Some("TOKEN"));
    assert_eq!(
        limits.response_time_query.as_deref(),
        Some("max(t{c=\"{component}\", v=\"{version}\"})")
    );
    assert_eq!(limits.memory_query, None);
}
