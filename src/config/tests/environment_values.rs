//! `environments`: what a person reads about values that no environment can have.

use super::refused;

#[test]
fn commands_and_addresses_are_checked() {
    let text = "\
environments:
  staging:
    url: \"{url}/x\"
    deploy: python3 deploy/serve.py start
    rollback: []
    current: [\"\", x]
    smoke_test: [smoke.sh, \"{compnent}\", \"{report}\", \"{}\", \"{a b}\"]
    health_check:
      http:
        url: ftp://127.0.0.1/health
        status: [99, 200]
        headers: {\"a b\": c, X: \"ä\"}
        json: {path: status, equals: ok}
    env: {1A: x, SPEC2PROD_VERSION: x, A: \"{nothing}\"}
    working_directory: ../elsewhere
    prometheus: {url: http://127.0.0.1:9090/api/v1, token_env: not-a-name}
    analysis: [{name: a, query: \"up{job=\\\"{jobs}\\\"}\", at_most: .inf}]
    github_environment: \"{version}\"
  production:
    url: 127.0.0.1:80
    deploy: \" \"
    health_check: {tcp: \"127.0.0.1\"}
    prometheus: {url: \"http://me:secret@127.0.0.1\"}
components:
  shop:
    environments:
      staging: {health_check: {http: {url: \"http:// /\"}}}
      production: {health_check: {tcp: \"{url}:80\"}, prometheus: {url: \"http://{component}\"}}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: unknown placeholder `{url}`
     --> workflow_config.yaml:3:10
      |
    3 |     url: "{url}/x"
      |          ^^^^^^^^^ `environments.staging.url`
      |
      = help: known here: `{component}`, `{path}`, `{version}`, `{environment}`

    error: `python3 deploy/serve.py start` is no program: text is one program without arguments, and no shell reads it
     --> workflow_config.yaml:4:13
      |
    4 |     deploy: python3 deploy/serve.py start
      |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `environments.staging.deploy`
      |
      = help: write it as a list: ["python3", "deploy/serve.py", "start"]

    error: the list is empty
     --> workflow_config.yaml:5:5
      |
    5 |     rollback: []
      |     ^^^^^^^^ `environments.staging.rollback`

    error: the command has no program
     --> workflow_config.yaml:6:15
      |
    6 |     current: ["", x]
      |               ^^ `environments.staging.current[0]`

    error: unknown placeholder `{compnent}`
     --> workflow_config.yaml:7:28
      |
    7 |     smoke_test: [smoke.sh, "{compnent}", "{report}", "{}", "{a b}"]
      |                            ^^^^^^^^^^^^ `environments.staging.smoke_test[1]`
      |
      = help: did you mean `{component}`?

    error: unknown placeholder `{report}`
     --> workflow_config.yaml:7:42
      |
    7 |     smoke_test: [smoke.sh, "{compnent}", "{report}", "{}", "{a b}"]
      |                                          ^^^^^^^^^^ `environments.staging.smoke_test[2]`
      |
      = help: known here: `{component}`, `{path}`, `{version}`, `{environment}`, `{url}`

    error: the address `ftp://127.0.0.1/health` does not begin with `http://` or `https://`
      --> workflow_config.yaml:10:14
       |
    10 |         url: ftp://127.0.0.1/health
       |              ^^^^^^^^^^^^^^^^^^^^^^ `environments.staging.health_check.http.url`
       |
       = help: write it as `https://host` or `http://host:port/path`

    error: expected at least 100, found 99
      --> workflow_config.yaml:11:18
       |
    11 |         status: [99, 200]
       |                  ^^ `environments.staging.health_check.http.status[0]`

    error: `a b` is not the name of a header
      --> workflow_config.yaml:12:19
       |
    12 |         headers: {"a b": c, X: "ä"}
       |                   ^^^^^ `environments.staging.health_check.http.headers.a b`
       |
       = help: write it such as `Accept` or `X-Request-Id`

    error: `ä` cannot be sent as a header
      --> workflow_config.yaml:12:32
       |
    12 |         headers: {"a b": c, X: "ä"}
       |                                ^^^ `environments.staging.health_check.http.headers.X`
       |
       = help: write one line of ASCII

    error: `status` is no JSONPath: at position 0, parser error
      --> workflow_config.yaml:13:22
       |
    13 |         json: {path: status, equals: ok}
       |                      ^^^^^^ `environments.staging.health_check.http.json.path`
       |
       = help: write it as RFC 9535 does, such as `$.status`

    error: `1A` is not the name of an environment variable
      --> workflow_config.yaml:14:11
       |
    14 |     env: {1A: x, SPEC2PROD_VERSION: x, A: "{nothing}"}
       |           ^^ `environments.staging.env.1A`
       |
       = help: a name has letters, digits and `_`, and begins with no digit

    error: `SPEC2PROD_VERSION` is set by spec2prod itself
      --> workflow_config.yaml:14:18
       |
    14 |     env: {1A: x, SPEC2PROD_VERSION: x, A: "{nothing}"}
       |                  ^^^^^^^^^^^^^^^^^ `environments.staging.env.SPEC2PROD_VERSION`
       |
       = help: give it a name that does not begin with `SPEC2PROD_`

    error: unknown placeholder `{nothing}`
      --> workflow_config.yaml:14:43
       |
    14 |     env: {1A: x, SPEC2PROD_VERSION: x, A: "{nothing}"}
       |                                           ^^^^^^^^^^^ `environments.staging.env.A`
       |
       = help: known here: `{component}`, `{path}`, `{version}`, `{environment}`, `{url}`

    error: the path `../elsewhere` leads outside with `..`
      --> workflow_config.yaml:15:24
       |
    15 |     working_directory: ../elsewhere
       |                        ^^^^^^^^^^^^ `environments.staging.working_directory`
       |
       = help: write it relative to the workspace, such as `src/orders`

    error: `http://127.0.0.1:9090/api/v1` is not the address of the server itself
      --> workflow_config.yaml:16:23
       |
    16 |     prometheus: {url: http://127.0.0.1:9090/api/v1, token_env: not-a-name}
       |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `environments.staging.prometheus.url`
       |
       = help: write it without `/api/v1` and what comes behind it

    error: `not-a-name` is not the name of an environment variable
      --> workflow_config.yaml:16:64
       |
    16 |     prometheus: {url: http://127.0.0.1:9090/api/v1, token_env: not-a-name}
       |                                                                ^^^^^^^^^^ `environments.staging.prometheus.token_env`
       |
       = help: a name has letters, digits and `_`, and begins with no digit

    error: unknown placeholder `{jobs}`
      --> workflow_config.yaml:17:33
       |
    17 |     analysis: [{name: a, query: "up{job=\"{jobs}\"}", at_most: .inf}]
       |                                 ^^^^^^^^^^ `environments.staging.analysis[0].query`
       |
       = help: known here: `{component}`, `{path}`, `{version}`, `{environment}`, `{url}`

    error: expected a number, found the text `.inf`
      --> workflow_config.yaml:17:64
       |
    17 |     analysis: [{name: a, query: "up{job=\"{jobs}\"}", at_most: .inf}]
       |                                                                ^^^^ `environments.staging.analysis[0].at_most`
       |
       = help: only finite numbers have a meaning here

    error: unknown placeholder `{version}`
      --> workflow_config.yaml:18:25
       |
    18 |     github_environment: "{version}"
       |                         ^^^^^^^^^^^ `environments.staging.github_environment`
       |
       = help: known here: `{component}`, `{environment}`

    error: the address `127.0.0.1:80` does not begin with `http://` or `https://`
      --> workflow_config.yaml:20:10
       |
    20 |     url: 127.0.0.1:80
       |          ^^^^^^^^^^^^ `environments.production.url`
       |
       = help: write it as `https://host` or `http://host:port/path`

    error: the command has no program
      --> workflow_config.yaml:21:13
       |
    21 |     deploy: " "
       |             ^^^ `environments.production.deploy`

    error: `127.0.0.1` is not a host and a port
      --> workflow_config.yaml:22:25
       |
    22 |     health_check: {tcp: "127.0.0.1"}
       |                         ^^^^^^^^^^^ `environments.production.health_check.tcp`
       |
       = help: write it as `host:port`, such as `127.0.0.1:8080`

    error: the address `http://me:secret@127.0.0.1` has a user name, which is not sent
      --> workflow_config.yaml:23:23
       |
    23 |     prometheus: {url: "http://me:secret@127.0.0.1"}
       |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `environments.production.prometheus.url`
       |
       = help: write it as `https://host` or `http://host:port/path`

    error: the address `http:// /` is no address: invalid uri character
      --> workflow_config.yaml:27:44
       |
    27 |       staging: {health_check: {http: {url: "http:// /"}}}
       |                                            ^^^^^^^^^^^ `components.shop.environments.staging.health_check.http.url`
       |
       = help: write it as `https://host` or `http://host:port/path`

    error: unknown placeholder `{url}`
      --> workflow_config.yaml:28:40
       |
    28 |       production: {health_check: {tcp: "{url}:80"}, prometheus: {url: "http://{component}"}}
       |                                        ^^^^^^^^^^ `components.shop.environments.production.health_check.tcp`
       |
       = help: known here: `{component}`, `{path}`, `{version}`, `{environment}`

    error: unknown placeholder `{component}`
      --> workflow_config.yaml:28:71
       |
    28 |       production: {health_check: {tcp: "{url}:80"}, prometheus: {url: "http://{component}"}}
       |                                                                       ^^^^^^^^^^^^^^^^^^^^ `components.shop.environments.production.prometheus.url`
       |
       = help: nothing is put in here: write it out
    "#);
}

#[test]
fn times_and_counts_have_limits() {
    let text = "\
environments:
  staging:
    deploy: [deploy.sh]
    bake_time: -1
    health_check: {tcp: 'a:1', timeout: 0, interval: .nan, start_delay: 100000, successes: 0, failures: 1.5}
    analysis: [{name: a, query: up, at_most: 1, interval: -1, count: 0}]
";
    insta::assert_snapshot!(refused(text), @r"
    error: expected at least 0, found -1
     --> workflow_config.yaml:4:16
      |
    4 |     bake_time: -1
      |                ^^ `environments.staging.bake_time`

    error: expected at least 0.001, found 0
     --> workflow_config.yaml:5:41
      |
    5 |     health_check: {tcp: 'a:1', timeout: 0, interval: .nan, start_delay: 100000, successes: 0, failures: 1.5}
      |                                         ^ `environments.staging.health_check.timeout`

    error: expected a number, found the text `.nan`
     --> workflow_config.yaml:5:54
      |
    5 |     health_check: {tcp: 'a:1', timeout: 0, interval: .nan, start_delay: 100000, successes: 0, failures: 1.5}
      |                                                      ^^^^ `environments.staging.health_check.interval`
      |
      = help: only finite numbers have a meaning here

    error: expected at most 86400, found 100000
     --> workflow_config.yaml:5:73
      |
    5 |     health_check: {tcp: 'a:1', timeout: 0, interval: .nan, start_delay: 100000, successes: 0, failures: 1.5}
      |                                                                         ^^^^^^ `environments.staging.health_check.start_delay`

    error: expected at least 1, found 0
     --> workflow_config.yaml:5:92
      |
    5 |     health_check: {tcp: 'a:1', timeout: 0, interval: .nan, start_delay: 100000, successes: 0, failures: 1.5}
      |                                                                                            ^ `environments.staging.health_check.successes`

    error: expected a whole number, found the number 1.5
     --> workflow_config.yaml:5:105
      |
    5 |     health_check: {tcp: 'a:1', timeout: 0, interval: .nan, start_delay: 100000, successes: 0, failures: 1.5}
      |                                                                                                         ^^^ `environments.staging.health_check.failures`

    error: expected at least 0, found -1
     --> workflow_config.yaml:6:59
      |
    6 |     analysis: [{name: a, query: up, at_most: 1, interval: -1, count: 0}]
      |                                                           ^^ `environments.staging.analysis[0].interval`

    error: expected at least 1, found 0
     --> workflow_config.yaml:6:70
      |
    6 |     analysis: [{name: a, query: up, at_most: 1, interval: -1, count: 0}]
      |                                                                      ^ `environments.staging.analysis[0].count`
    ");
}
