use super::*;

#[test]
fn the_maturity_of_a_component_on_its_way() {
    insta::assert_snapshot!(maturity(&samples::soaking(), &links()), @"
    # Maturity of `parcel_pricing`: staging

    ## Versions

    | environment | active version | since | seen at |
    |---|---|---|---|
    | staging | `4f1d2c9be07a, verified healthy, for 4 days` | `2025-10-15` | [`http://127.0.0.1:8101`](http://127.0.0.1:8101) |
    | production | `1a2b3c4d5e6f, verified healthy, for 49 days` | `2025-09-01` | [`http://127.0.0.1:8101`](http://127.0.0.1:8101) |

    ## On the way to production

    - [ ] `staging_uptime_days`: 4.8 days, needs ≥ 7 days
    - [ ] `staging_uptime_percentage`: 99.31 %, needs ≥ 99.5 %
    - [ ] `monitoring_configured`: no_data: `nothing shows that monitoring is configured`
    - [x] `rollback_tested`: yes, needs yes

    **What blocks, in this order**

    1. ❌ `staging_uptime_days`: `4.8 days, needs ≥ 7 days`, set in [`workflow_config.yaml:143`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L143)
       - missing: `4.8 of 7 days; complete on 2025-10-22`
       - from `samples of spec2prod probe, 12 min old`
       - to do: ``wait until then; `maturity_workflow.production` in workflow_config.yaml:143 sets the days``
    2. ❌ `staging_uptime_percentage`: `99.31 %, needs ≥ 99.5 %`, set in [`workflow_config.yaml:144`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L144)
       - missing: `47.7 minutes down of 34.6 that are allowed`
       - from `samples of spec2prod probe, 12 min old`
       - to do: `find why staging was down`
    3. ❓ `monitoring_configured`: `nothing shows that monitoring is configured`, set in [`workflow_config.yaml:147`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L147)
       - to do: ``name a file or a query in `promotion.monitoring` of workflow_config.yaml``

    ## Rollback plan

    - staging: `to 1a2b3c4d5e6f, by itself when a check fails; shown to work on 2025-10-06 (drill, 14 days ago)`
      - by `python3 deploy/serve.py start`
    - production: `there is no version to go back to`

    ## Held versions

    | environment | version | why | since | by |
    |---|---|---|---|---|
    | staging | `deadbeef5e6f` | `the smoke test failed: exit status 1` | `2025-10-12` | `ada` |

    ## Exemptions

    - `type_checking` `until 2025-12-31: the generated client has no types (ada, workflow_config.yaml:201)`

    ## History

    | when | environment | version | outcome | by |
    |---|---|---|---|---|
    | `2025-10-15T14:00:00Z` | staging | `4f1d2c9be07a` | healthy | `ada` |
    | `2025-10-12T07:00:00Z` | staging | `deadbeef5e6f` | rolled back | `ada` |
    | `2025-09-01T08:30:00Z` | production | `1a2b3c4d5e6f` | healthy, hotfix | `ada` |

    <sub>as of `2025-10-20T09:14:07Z` · written by spec2prod 0.1.0</sub>
    ");
}

#[test]
fn the_maturity_of_a_component_that_lost_its_level() {
    insta::assert_snapshot!(maturity(&samples::demoted(), &Links::default()), @"
    # Maturity of `checkout`: dev

    > [!WARNING]
    > Demoted on `2025-10-19`: `test_coverage fell to 61.23 %, needs ≥ 70 %`

    ## Versions

    | environment | active version | since | seen at |
    |---|---|---|---|
    | staging | `not known: a deployment did not end well` | – | [`http://127.0.0.1:8101`](http://127.0.0.1:8101) |
    | production | `not known: its records could not be read` | – | [`http://127.0.0.1:8101`](http://127.0.0.1:8101) |

    - ⚠️ `staging: a deployment of 4f1d2c9be07a by grace was interrupted in the phase deploy; the next run goes on`
    - ⚠️ `staging: which version is active is not known; deploy one, or roll back`
    - ⚠️ `production: reading the ledger: line 4 is no JSON`

    ## On the way to staging

    - [ ] `type_checking`: 4, needs ≤ 0; **exempted**: `ada until 2025-12-31: the generated client has no types`
    - [ ] `staging_uptime_days`: skipped: `a hotfix skips the days in staging`; **did not have to hold**
    - [x] `rollback_tested`: yes, needs yes

    Nothing blocks staging.

    ## Rollback plan

    - staging: `to 1a2b3c4d5e6f, by itself when a check fails; shown to work on 2025-10-06 (drill, 14 days ago)`
      - by `python3 deploy/serve.py start`
    - production: `there is no version to go back to`

    ## Exemptions

    - ❌ `documentation` `expired on 2025-10-01 and does not count any more: the generated client has no types (ada, workflow_config.yaml:201)`

    ## History

    Nothing was deployed.

    <sub>as of `2025-10-20T09:14:07Z` · written by spec2prod 0.1.0</sub>
    ");
}

#[test]
fn the_highest_level_has_no_next_one() {
    let mut status = samples::soaking();
    status.next = None;
    status.environments.clear();
    let text = maturity(&status, &links());
    assert!(text.contains("There is no higher level."), "{text}");
    assert!(text.contains("No environment is configured."), "{text}");
    assert!(!text.contains("Rollback plan"), "{text}");
}

#[test]
fn a_hotfix_is_said_before_everything_else() {
    let mut status = samples::soaking();
    let active = status.environments[1].active.as_mut().unwrap();
    active.hotfix = Some("orders are lost since 10:00".to_owned());
    let text = maturity(&status, &links());
    let begin: Vec<&str> = text.lines().take(4).collect();
    insta::assert_snapshot!(begin.join("\n"), @r#"
    # Maturity of `parcel_pricing`: staging

    > [!WARNING]
    > `production: 1a2b3c4d5e6f came as a hotfix, without its days in staging: orders are lost since 10:00`
    "#);
}
