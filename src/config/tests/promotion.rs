//! `promotion`, `exemptions` and `history`: what a person reads, and what is made of them.

use super::{EVERY_KEY, load_ok, refused};
use crate::config::{UptimeSource, check};
use std::{path::Path, time::Duration};

#[test]
fn the_sources_of_evidence_are_checked() {
    let text = "\
promotion:
  uptime: {source: prometheus, max_gap: 0, coverage: 0}
  security_review: {teams: [acme/security], people: [\"@ada\", eve, Eve], label: \" ok\", file: /etc/x}
  monitoring: {file: \"{name}.yaml\", query: up}
  rollback_max_age_days: 0
  approvers: [ada, grace]
  approvals: 3
";
    insta::assert_snapshot!(refused(text), @r#"
    error: expected at least 1, found 0
     --> workflow_config.yaml:2:41
      |
    2 |   uptime: {source: prometheus, max_gap: 0, coverage: 0}
      |                                         ^ `promotion.uptime.max_gap`

    error: expected at least 1, found 0
     --> workflow_config.yaml:2:54
      |
    2 |   uptime: {source: prometheus, max_gap: 0, coverage: 0}
      |                                                      ^ `promotion.uptime.coverage`

    error: `acme/security` is not the name of a team
     --> workflow_config.yaml:3:29
      |
    3 |   security_review: {teams: [acme/security], people: ["@ada", eve, Eve], label: " ok", file: /etc/x}
      |                             ^^^^^^^^^^^^^ `promotion.security_review.teams[0]`
      |
      = help: write the name alone, without `@` and the organisation: `security`

    error: `@ada` is not the name of a person
     --> workflow_config.yaml:3:54
      |
    3 |   security_review: {teams: [acme/security], people: ["@ada", eve, Eve], label: " ok", file: /etc/x}
      |                                                      ^^^^^^ `promotion.security_review.people[0]`
      |
      = help: write the name alone, without `@` and the organisation: `ada`

    error: `Eve` is already in this list
     --> workflow_config.yaml:3:67
      |
    3 |   security_review: {teams: [acme/security], people: ["@ada", eve, Eve], label: " ok", file: /etc/x}
      |                                                                   ^^^ `promotion.security_review.people[2]`
      |
      = help: remove one of the two

    error: the label ` ok` begins or ends with a blank
     --> workflow_config.yaml:3:80
      |
    3 |   security_review: {teams: [acme/security], people: ["@ada", eve, Eve], label: " ok", file: /etc/x}
      |                                                                                ^^^^^ `promotion.security_review.label`

    error: the path `/etc/x` is not relative to the workspace
     --> workflow_config.yaml:3:93
      |
    3 |   security_review: {teams: [acme/security], people: ["@ada", eve, Eve], label: " ok", file: /etc/x}
      |                                                                                             ^^^^^^ `promotion.security_review.file`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: unknown placeholder `{name}`
     --> workflow_config.yaml:4:22
      |
    4 |   monitoring: {file: "{name}.yaml", query: up}
      |                      ^^^^^^^^^^^^^ `promotion.monitoring.file`
      |
      = help: known here: `{component}`

    error: `query` shows nothing: there is no server to ask
     --> workflow_config.yaml:4:37
      |
    4 |   monitoring: {file: "{name}.yaml", query: up}
      |                                     ^^^^^ `promotion.monitoring.query`
      |
      = help: add `prometheus` beside it

    error: expected at least 1, found 0
     --> workflow_config.yaml:5:26
      |
    5 |   rollback_max_age_days: 0
      |                          ^ `promotion.rollback_max_age_days`
    "#);
    let text = "\
promotion:
  uptime: {source: github, query: up}
  monitoring: {prometheus: {url: http://127.0.0.1:9090}}
  approvals: 0
";
    insta::assert_snapshot!(refused(text), @r"
    error: `query` is not asked, because uptime does not come from Prometheus
     --> workflow_config.yaml:2:28
      |
    2 |   uptime: {source: github, query: up}
      |                            ^^^^^ `promotion.uptime.query`
      |
      = help: set `source: prometheus`, or remove `query`

    error: `prometheus` shows nothing: nothing is asked of it
     --> workflow_config.yaml:3:16
      |
    3 |   monitoring: {prometheus: {url: http://127.0.0.1:9090}}
      |                ^^^^^^^^^^ `promotion.monitoring.prometheus`
      |
      = help: add `query` beside it

    error: expected at least 1, found 0
     --> workflow_config.yaml:4:14
      |
    4 |   approvals: 0
      |              ^ `promotion.approvals`
    ");
    let text = "\
promotion:
  uptime: {source: prometheus, query: \"up{job='{componnt}'}\"}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: uptime comes from Prometheus, and `prometheus` is missing
     --> workflow_config.yaml:2:12
      |
    2 |   uptime: {source: prometheus, query: "up{job='{componnt}'}"}
      |            ^^^^^^ `promotion.uptime.source`
      |
      = help: add `promotion.uptime.prometheus`

    error: unknown placeholder `{componnt}`
     --> workflow_config.yaml:2:39
      |
    2 |   uptime: {source: prometheus, query: "up{job='{componnt}'}"}
      |                                       ^^^^^^^^^^^^^^^^^^^^^^ `promotion.uptime.query`
      |
      = help: did you mean `{component}`?
    "#);
}

#[test]
fn exemptions_are_checked() {
    let text = "\
components: {shop: {}}
exemptions:
  - {component: shop, criterion: complexity, reason: old code, owner: ada, expires: 31.12.2030}
  - {component: shop, criterion: complexity, reason: \" \", owner: ada, expires: 2030-02-30}
  - {component: shpo, criterion: health_check, reason: old code, owner: ada, expires: 2030-01-01T10:00}
  - {component: ../shop, criterion: rollback_tested, reason: \"\", expires: 2030-01-01}
  - {component: shpo, criterion: staging_uptime_days, reason: x, owner: ada, expires: 2030-1-1}
";
    insta::assert_snapshot!(refused(text), @r#"
    error: `31.12.2030` is no date
     --> workflow_config.yaml:3:85
      |
    3 |   - {component: shop, criterion: complexity, reason: old code, owner: ada, expires: 31.12.2030}
      |                                                                                     ^^^^^^^^^^ `exemptions[0].expires`
      |
      = help: write the last day on which it holds, such as `2026-12-31`

    error: there is already an exemption of `shop` from `complexity`
     --> workflow_config.yaml:4:5
      |
    4 |   - {component: shop, criterion: complexity, reason: " ", owner: ada, expires: 2030-02-30}
      |     ^^^^^^^^^^ `exemptions[1]`
      |
      = help: remove one of the two

    error: the text is empty
     --> workflow_config.yaml:4:54
      |
    4 |   - {component: shop, criterion: complexity, reason: " ", owner: ada, expires: 2030-02-30}
      |                                                      ^^^ `exemptions[1].reason`

    error: `2030-02-30` is no date
     --> workflow_config.yaml:4:80
      |
    4 |   - {component: shop, criterion: complexity, reason: " ", owner: ada, expires: 2030-02-30}
      |                                                                                ^^^^^^^^^^ `exemptions[1].expires`
      |
      = help: write the last day on which it holds, such as `2026-12-31`

    error: the text `health_check` is not known here
     --> workflow_config.yaml:5:34
      |
    5 |   - {component: shpo, criterion: health_check, reason: old code, owner: ada, expires: 2030-01-01T10:00}
      |                                  ^^^^^^^^^^^^ `exemptions[2].criterion`
      |
      = help: known here: `test_pass_rate`, `test_coverage`, `linting`, `type_checking`, `security`, `documentation`, `complexity`, `instructions_validation`, `performance`, `staging_uptime_days`, `staging_uptime_percentage`, `security_review_complete`, `documentation_complete`, `monitoring_configured`, `rollback_tested`

    error: the key `owner` is missing
     --> workflow_config.yaml:6:5
      |
    6 |   - {component: ../shop, criterion: rollback_tested, reason: "", expires: 2030-01-01}
      |     ^^^^^^^^^^ `exemptions[3]`

    error: the text is empty
     --> workflow_config.yaml:6:62
      |
    6 |   - {component: ../shop, criterion: rollback_tested, reason: "", expires: 2030-01-01}
      |                                                              ^^ `exemptions[3].reason`

    error: there is no component `shpo` in `components`
     --> workflow_config.yaml:7:17
      |
    7 |   - {component: shpo, criterion: staging_uptime_days, reason: x, owner: ada, expires: 2030-1-1}
      |                 ^^^^ `exemptions[4].component`
      |
      = help: did you mean `shop`?

    error: `2030-1-1` is no date
     --> workflow_config.yaml:7:87
      |
    7 |   - {component: shpo, criterion: staging_uptime_days, reason: x, owner: ada, expires: 2030-1-1}
      |                                                                                       ^^^^^^^^ `exemptions[4].expires`
      |
      = help: write the last day on which it holds, such as `2026-12-31`
    "#);
}

#[test]
fn an_expired_exemption_is_told_and_refuses_nothing() {
    let text = "\
exemptions:
  - {component: shop, criterion: complexity, reason: old code, owner: ada, expires: 2020-06-30}
  - {component: shop, criterion: linting, reason: old code, owner: ada, expires: 9999-12-31}
";
    let policy = load_ok(text);
    insta::assert_snapshot!(check(&policy), @r"
    workflow_config.yaml is valid

    warning: the exemption has expired: its last day was 2020-06-30, and it excuses nothing
     --> workflow_config.yaml:2:76
      |
    2 |   - {component: shop, criterion: complexity, reason: old code, owner: ada, expires: 2020-06-30}
      |                                                                            ^^^^^^^ `exemptions[0].expires`
      |
      = help: remove it, or agree on a new day
    ");
    assert_eq!(policy.promotion.exemptions.len(), 2);
}

#[test]
fn the_ledger_stays_inside_and_its_branch_is_no_option() {
    let text = "\
history: {directory: ../ledger, branch: --force, remote: https://example.test/x.git}
";
    insta::assert_snapshot!(refused(text), @r"
    error: the path `../ledger` leads outside with `..`
     --> workflow_config.yaml:1:22
      |
    1 | history: {directory: ../ledger, branch: --force, remote: https://example.test/x.git}
      |                      ^^^^^^^^^ `history.directory`
      |
      = help: write it relative to the workspace, such as `src/orders`

    error: `--force` is not the name of a branch
     --> workflow_config.yaml:1:41
      |
    1 | history: {directory: ../ledger, branch: --force, remote: https://example.test/x.git}
      |                                         ^^^^^^^ `history.branch`
      |
      = help: write a name such as `spec2prod-history`

    error: `https://example.test/x.git` is not the name of a remote
     --> workflow_config.yaml:1:58
      |
    1 | history: {directory: ../ledger, branch: --force, remote: https://example.test/x.git}
      |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^ `history.remote`
      |
      = help: write a name such as `origin`
    ");
    for name in [
        "", "-x", "a..b", "a b", "a~1", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.", "@",
        "HEAD", "a@{b", "a\\\\b", "a:b", "a*",
    ] {
        let text = format!("history: {{branch: \"{name}\"}}");
        assert!(
            refused(&text).contains("is not the name of a branch"),
            "{name}"
        );
    }
    load_ok("history: {branch: ledger/shop-1.0_x, remote: up-stream}");
}

#[test]
fn without_settings_evidence_comes_from_samples() {
    let policy = load_ok("{}");
    let promotion = &policy.promotion;
    assert_eq!(promotion.uptime.source, UptimeSource::Samples);
    assert_eq!(promotion.uptime.max_gap, Duration::from_secs(900));
    assert!((promotion.uptime.coverage - 95.0).abs() < f64::EPSILON);
    assert_eq!(promotion.rollback_max_age.as_secs(), 90 * 24 * 60 * 60);
    assert_eq!((promotion.approvers.len(), promotion.approvals), (0, 1));
    assert_eq!(promotion.security_review.rule, None);
    assert_eq!(promotion.monitoring.rule, None);
    assert_eq!(policy.history.directory, Path::new(".spec2prod/history"));
    assert_eq!(
        (policy.history.branch, policy.history.remote.as_str()),
        (None, "origin")
    );
}

#[test]
fn values_reach_the_promotion() {
    let policy = load_ok(EVERY_KEY);
    let promotion = &policy.promotion;
    let UptimeSource::Prometheus { server, query } = &promotion.uptime.source else {
        panic!("{promotion:?}");
    };
    assert_eq!(server.token_env.as_deref(), Some("UPTIME_TOKEN"));
    assert_eq!(query, "up{job=\"{component}\"}");
    let (server, query) = promotion.monitoring.query.as_ref().unwrap();
    assert_eq!(server.url, "http://127.0.0.1:9091");
    assert_eq!(query, "ALERTS{component=\"{component}\"}");
    assert!(promotion.security_review.rule.is_some() && promotion.monitoring.rule.is_some());
    assert_eq!(promotion.approvals, 2);
    let [exemption] = &promotion.exemptions[..] else {
        panic!("{promotion:?}");
    };
    assert_eq!(exemption.component.as_str(), "ledger");
    assert_eq!(exemption.criterion, "complexity");
    assert_eq!(exemption.expires.to_string(), "9999-12-30");
    assert_eq!(policy.history.branch.as_deref(), Some("deployments"));
}
