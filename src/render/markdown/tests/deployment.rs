use super::*;

/// The summary of a job without its findings and its foot.
fn shown(report: &Report) -> String {
    let text = job_summary(report, &links());
    let (text, _) = text
        .split_once("\n<details>\n<summary>documentation")
        .unwrap();
    text.to_owned()
}

#[test]
fn a_deployment_that_went_well_and_what_was_excused() {
    insta::assert_snapshot!(shown(&samples::deployed()), @"
    ## ✅ `parcel_pricing` is ready for production

    > [!WARNING]
    > **Hotfix**: `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in production. **It skipped the days in staging.**

    **Deployments**

    - ✅ `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in staging · [`http://127.0.0.1:8101`](http://127.0.0.1:8101) · before it `1a2b3c4d5e6f`
      - deploy 1.20 s, health check 10.40 s, smoke test 402 ms, integration tests 3.10 s, bake time 6.00 s, analysis 6.00 s

    - ✅ `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in production · [`https://parcels.example.org`](https://parcels.example.org) · before it `1a2b3c4d5e6f` · approved by `grace` · **hotfix**

    <details>
    <summary>Phases of the deployment to production</summary>

    |  | phase | time | what was seen |
    |---|---|---|---|
    | ✅ | end-to-end tests | 4.20 s | `12 of 12 tests passed, 1 flaky` |
    | ✅ | deploy | 1.20 s, 2 attempts | `the deploy command ended well` |
    | ✅ | health check | 10.40 s | `healthy after 3 looks` |
    | ✅ | smoke test | 402 ms | `the smoke test ended well` |
    | ✅ | bake time | 6.00 s | `healthy 4 times of 4` |
    | ✅ | analysis | 6.00 s | `error rate held 5 times of 5` |

    - end-to-end tests: 12 of 12 tests passed, 1 flaky
    - end-to-end tests: flaky: `tests/e2e/test_order.py::test_order_is_shipped`
    - deploy: attempt 1: `network error in 320 ms: the deploy command ended with status 255: Connection reset by peer`
    - deploy: attempt 2: `ended well in 640 ms, after a wait of 2.10 s`
    - deploy: ⚠️ `the hook after deploy ended with status 1: no such channel`

    </details>

    **Criteria that did not have to hold**

    - ⚠️ `type_checking` (production_deployment) was **exempted**: `ada until 2025-12-31: the generated client has no types`
    - ⚠️ `staging_uptime_days` (production_deployment) was **skipped**: `a hotfix skips the days in staging`

    |  | gate | measured | needs | rule |
    |---|---|---|---|---|
    | ✅ | `test_coverage` | line coverage: 87.45 % | ≥ 70 % | [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9) |
    | ✅ | `test_pass_rate` | passed tests: 100 % | ≥ 100 % | [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13) |
    | ❌ | `documentation` (advisory) | documented public items: **78.26 %** | ≥ 80 % | [`workflow_config.yaml:31`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L31) |
    |  |  | README: yes | yes | default |
    | ✅ | `linting` | lint and format findings: 0 | ≤ 0 | [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17) |
    | ✅ | `security` | critical findings: 0 | ≤ 0 | [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24) |
    |  |  | high findings: 0 | ≤ 0 | [`workflow_config.yaml:25`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L25) |
    |  |  | medium findings: 2 | ≤ 5 | [`workflow_config.yaml:26`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L26) |
    | ✅ | `type_checking` | type errors: 0 | ≤ 0 | [`workflow_config.yaml:21`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L21) |

    **Criteria for staging**

    |  | criterion | actual | required | source and age | gap |
    |---|---|---|---|---|---|
    | ✅ | `security` | 0 | ≤ 0 ([`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24)) | this run | – |

    As above: ✅ `test_coverage`, ✅ `test_pass_rate`, ✅ `linting`, ✅ `type_checking`

    **Criteria for production**

    |  | criterion | actual | required | source and age | gap |
    |---|---|---|---|---|---|
    | ❌ | `type_checking` (exempted) | **4** | ≤ 0 ([`workflow_config.yaml:21`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L21)) | this run | – |
    | ➖ | `staging_uptime_days` | skipped | – | – | `a hotfix skips the days in staging` |
    | ✅ | `rollback_tested` | yes | yes ([`workflow_config.yaml:148`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L148)) | drill of ada, 14 days old | – |
    ");
}

#[test]
fn a_rollback_is_the_first_thing_to_see() {
    insta::assert_snapshot!(shown(&samples::rolled_back()), @"
    ## ❌ `parcel_pricing` is blocked on its way to staging

    > [!CAUTION]
    > **Rolled back**: `4f1d2c9be07a (sha256:0f3c9a710f3c)` failed in staging and was rolled back: `1a2b3c4d5e6f` is active and healthy again.

    **What blocks**

    - ❌ `staging_deployment`: `the smoke test failed: exit status 1: price of 0 kg is -1.00`
      - ``mend it and deploy a new version; 4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790 is held until `spec2prod release` lets it go``

    **Deployments**

    - ❌ `4f1d2c9be07a (sha256:0f3c9a710f3c)` failed in staging and was rolled back: `1a2b3c4d5e6f` is active and healthy again · [`http://127.0.0.1:8101`](http://127.0.0.1:8101)

    |  | phase | time | what was seen |
    |---|---|---|---|
    | ✅ | deploy | 1.20 s | `the deploy command ended well` |
    | ✅ | health check | 10.40 s | `healthy after 3 looks` |
    | ❌ | smoke test | 402 ms | `exit status 1: price of 0 kg is -1.00` |
    | ✅ | rollback | 1.10 s | `the rollback command ended well` |
    | ✅ | health check after rollback | 9.80 s | `healthy after 3 looks` |

    |  | gate | measured | needs | rule |
    |---|---|---|---|---|
    | ✅ | `test_coverage` | line coverage: 87.45 % | ≥ 70 % | [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9) |
    | ✅ | `test_pass_rate` | passed tests: 100 % | ≥ 100 % | [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13) |
    | ❌ | `documentation` (advisory) | documented public items: **78.26 %** | ≥ 80 % | [`workflow_config.yaml:31`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L31) |
    |  |  | README: yes | yes | default |
    | ✅ | `linting` | lint and format findings: 0 | ≤ 0 | [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17) |
    | ✅ | `security` | critical findings: 0 | ≤ 0 | [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24) |
    |  |  | high findings: 0 | ≤ 0 | [`workflow_config.yaml:25`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L25) |
    |  |  | medium findings: 2 | ≤ 5 | [`workflow_config.yaml:26`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L26) |
    | ✅ | `type_checking` | type errors: 0 | ≤ 0 | [`workflow_config.yaml:21`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L21) |

    **Criteria for staging**

    |  | criterion | actual | required | source and age | gap |
    |---|---|---|---|---|---|
    | ✅ | `security` | 0 | ≤ 0 ([`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24)) | this run | – |

    As above: ✅ `test_coverage`, ✅ `test_pass_rate`, ✅ `linting`, ✅ `type_checking`
    ");
}

#[test]
fn criteria_of_production_with_source_age_and_gap() {
    insta::assert_snapshot!(shown(&samples::blocked_by_soak()), @"
    ## ❌ `parcel_pricing` is blocked on its way to production

    **What blocks**

    - ❌ `staging_uptime_days` (production_deployment): `4.8 days, needs ≥ 7 days`, set in [`workflow_config.yaml:143`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L143)
      - `4.8 of 7 days; complete on 2025-10-22`
      - ``wait until then; `maturity_workflow.production` in workflow_config.yaml:143 sets the days``
    - ❌ `staging_uptime_percentage` (production_deployment): `99.31 %, needs ≥ 99.5 %`, set in [`workflow_config.yaml:144`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L144)
      - `47.7 minutes down of 34.6 that are allowed`
      - `find why staging was down`
    - ❓ `monitoring_configured` (production_deployment): `nothing shows that monitoring is configured`, set in [`workflow_config.yaml:147`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L147)
      - ``name a file or a query in `promotion.monitoring` of workflow_config.yaml``

    **Deployments**

    - ✅ `4f1d2c9be07a (sha256:0f3c9a710f3c)` was already active in staging and is healthy · [`http://127.0.0.1:8101`](http://127.0.0.1:8101) · before it `1a2b3c4d5e6f`
      - health check 10.40 s

    |  | gate | measured | needs | rule |
    |---|---|---|---|---|
    | ✅ | `test_coverage` | line coverage: 87.45 % | ≥ 70 % | [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9) |
    | ✅ | `test_pass_rate` | passed tests: 100 % | ≥ 100 % | [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13) |
    | ❌ | `documentation` (advisory) | documented public items: **78.26 %** | ≥ 80 % | [`workflow_config.yaml:31`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L31) |
    |  |  | README: yes | yes | default |
    | ✅ | `linting` | lint and format findings: 0 | ≤ 0 | [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17) |
    | ✅ | `security` | critical findings: 0 | ≤ 0 | [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24) |
    |  |  | high findings: 0 | ≤ 0 | [`workflow_config.yaml:25`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L25) |
    |  |  | medium findings: 2 | ≤ 5 | [`workflow_config.yaml:26`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L26) |
    | ✅ | `type_checking` | type errors: 0 | ≤ 0 | [`workflow_config.yaml:21`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L21) |

    **Criteria for staging**

    |  | criterion | actual | required | source and age | gap |
    |---|---|---|---|---|---|
    | ✅ | `security` | 0 | ≤ 0 ([`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24)) | this run | – |

    As above: ✅ `test_coverage`, ✅ `test_pass_rate`, ✅ `linting`, ✅ `type_checking`

    **Criteria for production**

    |  | criterion | actual | required | source and age | gap |
    |---|---|---|---|---|---|
    | ❌ | `staging_uptime_days` | **4.8 days** | ≥ 7 days ([`workflow_config.yaml:143`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L143)) | samples of spec2prod probe, 12 min old | `4.8 of 7 days; complete on 2025-10-22` |
    | ❌ | `staging_uptime_percentage` | **99.31 %** | ≥ 99.5 % ([`workflow_config.yaml:144`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L144)) | samples of spec2prod probe, 12 min old | `47.7 minutes down of 34.6 that are allowed` |
    | ❓ | `monitoring_configured` | **unknown** | yes ([`workflow_config.yaml:147`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L147)) | – | `nothing shows that monitoring is configured` |
    | ✅ | `rollback_tested` | yes | yes ([`workflow_config.yaml:148`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L148)) | drill of ada, 14 days old | – |
    ");
}

#[test]
fn a_version_that_could_not_be_verified() {
    insta::assert_snapshot!(shown(&samples::unverified()), @"
    ## ❌ `parcel_pricing` is blocked on its way to staging

    > [!WARNING]
    > **Unverified**: `4f1d2c9be07a (sha256:0f3c9a710f3c)` was deployed to staging, and whether it is healthy is not known. **`4f1d2c9be07a (sha256:0f3c9a710f3c)` is active in staging now.**

    **What blocks**

    - 🚫 `staging_deployment`: `whether the version is healthy could not be measured: 5 looks in a row gave no answer: the name parcels.example.org does not resolve`
      - `see that the runner reaches the environment, then run again: nothing is deployed twice`

    **Deployments**

    - 🚫 `4f1d2c9be07a (sha256:0f3c9a710f3c)` was deployed to staging, and whether it is healthy is not known · [`http://127.0.0.1:8101`](http://127.0.0.1:8101) · before it `1a2b3c4d5e6f`

    |  | phase | time | what was seen |
    |---|---|---|---|
    | ✅ | deploy | 1.20 s | `the deploy command ended well` |
    | 🚫 | health check | 10.40 s | `5 looks in a row gave no answer` |

    |  | gate | measured | needs | rule |
    |---|---|---|---|---|
    | ✅ | `test_coverage` | line coverage: 87.45 % | ≥ 70 % | [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9) |
    | ✅ | `test_pass_rate` | passed tests: 100 % | ≥ 100 % | [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13) |
    | ❌ | `documentation` (advisory) | documented public items: **78.26 %** | ≥ 80 % | [`workflow_config.yaml:31`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L31) |
    |  |  | README: yes | yes | default |
    | ✅ | `linting` | lint and format findings: 0 | ≤ 0 | [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17) |
    | ✅ | `security` | critical findings: 0 | ≤ 0 | [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24) |
    |  |  | high findings: 0 | ≤ 0 | [`workflow_config.yaml:25`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L25) |
    |  |  | medium findings: 2 | ≤ 5 | [`workflow_config.yaml:26`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L26) |
    | ✅ | `type_checking` | type errors: 0 | ≤ 0 | [`workflow_config.yaml:21`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L21) |

    **Criteria for staging**

    |  | criterion | actual | required | source and age | gap |
    |---|---|---|---|---|---|
    | ✅ | `security` | 0 | ≤ 0 ([`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24)) | this run | – |

    As above: ✅ `test_coverage`, ✅ `test_pass_rate`, ✅ `linting`, ✅ `type_checking`
    ");
}

#[test]
fn the_comment_shows_deployments_without_unfolding_anything() {
    let comment = &comments(&of(vec![samples::deployed()]), &links())[0];
    let (open, _) = comment.split_once("<details>").unwrap();
    insta::assert_snapshot!(open, @"
    ## ✅ parcel_pricing is ready

    > [!WARNING]
    > **Hotfix**: `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in production. **It skipped the days in staging.**

    - ✅ `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in staging · [`http://127.0.0.1:8101`](http://127.0.0.1:8101) · before it `1a2b3c4d5e6f`
    - ✅ `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in production · [`https://parcels.example.org`](https://parcels.example.org) · before it `1a2b3c4d5e6f` · approved by `grace` · **hotfix**

    **Criteria that did not have to hold**

    - ⚠️ `type_checking` (production_deployment) was **exempted**: `ada until 2025-12-31: the generated client has no types`
    - ⚠️ `staging_uptime_days` (production_deployment) was **skipped**: `a hotfix skips the days in staging`
    ");
}

#[test]
fn a_rollback_stands_above_the_table_of_components() {
    let summary = of(vec![
        named(samples::deployed(), "billing"),
        named(samples::rolled_back(), "ledger"),
        named(samples::green(), "audit"),
    ]);
    let comment = &comments(&summary, &links())[0];
    let (open, _) = comment.split_once("<details>").unwrap();
    insta::assert_snapshot!(open, @"
    ## ❌ 1 of 3 components is blocked

    > [!CAUTION]
    > `ledger`: **Rolled back**: `4f1d2c9be07a (sha256:0f3c9a710f3c)` failed in staging and was rolled back: `1a2b3c4d5e6f` is active and healthy again.
    >
    > `the smoke test failed: exit status 1: price of 0 kg is -1.00`

    > [!WARNING]
    > `billing`: **Hotfix**: `4f1d2c9be07a (sha256:0f3c9a710f3c)` is active and healthy in production. **It skipped the days in staging.**

    |  | component | outcome | blocked by | time |
    |---|---|---|---|---|
    | ❌ | `ledger` | blocked on its way to staging | `staging_deployment` | 34.20 s |
    | ✅ | `audit` | ready for staging | – | 2.80 s |
    | ✅ | `billing` | ready for production | – | 34.20 s |

    **Criteria that did not have to hold**

    - ⚠️ `billing` `type_checking` (production_deployment) was **exempted**: `ada until 2025-12-31: the generated client has no types`
    - ⚠️ `billing` `staging_uptime_days` (production_deployment) was **skipped**: `a hotfix skips the days in staging`
    ");
}

#[test]
fn what_went_wrong_is_said_in_the_shortest_comment_too() {
    let reports = (0..40)
        .map(|index| named(samples::rolled_back(), &format!("component_{index:02}")))
        .collect();
    let comments = comments(&of(reports), &links());
    let shortest = comments.last().unwrap();
    assert!(shortest.len() < 5000, "{}", shortest.len());
    assert!(
        shortest.contains("and 37 more deployments that need a look"),
        "{shortest}"
    );
}
