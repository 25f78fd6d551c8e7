mod deployment;
mod markup;
mod status;

use super::*;
use crate::model::{Reason, ReasonCode, Report, Summary, SummaryProblem};
use crate::render::samples;

fn links() -> Links {
    Links {
        run: Some("https://github.com/octo-org/parcels/actions/runs/1/attempts/1".to_owned()),
        sources: Some("https://github.com/octo-org/parcels/blob/4f1d2c9be07a".to_owned()),
        artifact: Some("spec2prod-parcel_pricing-linux-1".to_owned()),
    }
}

fn of(reports: Vec<Report>) -> Summary {
    let worst = reports.iter().max_by_key(|report| report.verdict.rank());
    let worst = worst.unwrap();
    Summary {
        verdict: worst.verdict.clone(),
        exit_status: worst.exit_status,
        commit: worst.source.commit.clone(),
        problems: Vec::new(),
        changes: Vec::new(),
        reports,
    }
}

fn named(report: Report, name: &str) -> Report {
    Report {
        component_name: name.parse().unwrap(),
        ..report
    }
}

#[test]
fn a_green_comment_is_short() {
    let comment = &comments(&of(vec![samples::green()]), &links())[0];
    insta::assert_snapshot!(comment, @"
    ## ✅ parcel_pricing is ready

    <details>
    <summary>All conditions</summary>

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


    </details>

    <sub>commit `4f1d2c9be07a` · [log, annotations and artifacts](https://github.com/octo-org/parcels/actions/runs/1/attempts/1) · dashboard in the artifact `spec2prod-parcel_pricing-linux-1` · spec2prod 0.1.0</sub>
    ");
}

#[test]
fn a_red_comment_says_what_blocks_and_how_to_see_it_again() {
    let comment = &comments(&of(vec![samples::red()]), &links())[0];
    insta::assert_snapshot!(comment, @r#"
    ## ❌ parcel_pricing is blocked

    **What blocks**

    - ❌ `test_coverage` (testing): `61.23 %, needs ≥ 70 %`, set in [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9)
      - reproduce with `python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json`
      - [`components/parcel_pricing/src/customs.py:12`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/customs.py#L12) `uncovered` `lines 12-40, 44 and 51-77 are not covered`
      - [`components/parcel_pricing/src/surcharges.py:41`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/surcharges.py#L41) `uncovered` `lines 41-58 are not covered`
    - ❌ `test_pass_rate` (testing): `95.31 %, needs ≥ 100 %`, set in [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13)
      - reproduce with `python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json`
      - [`components/parcel_pricing/tests/test_rates.py:48`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L48) `test_failed` `test_weight_is_rounded_up: assert price_of(1.01) == Decimal('7.90')   left: 5.90   right: 7.90`
      - [`components/parcel_pricing/tests/test_rates.py:73`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L73) `test_failed` `test_zone_of_islands: KeyError: 'GG'`
      - [`components/parcel_pricing/tests/test_rates.py:91`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L91) `test_failed` `test_discount_never_negative[-1]: assert Decimal('-0.30') >= 0`
    - ❌ `linting` (refactoring): `37 lint and format findings, needs ≤ 0`, set in [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17)
      - reproduce with `ruff check --output-format=json components/parcel_pricing`
      - [`components/parcel_pricing/src/rates.py:7`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L7) `F401` `` `decimal.ROUND_HALF_UP` imported but unused ``
      - [`components/parcel_pricing/src/zones.py:8`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L8) `E501` `Line too long (118 > 100)`
      - [`components/parcel_pricing/tests/test_rates.py:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L9) `B006` `Do not use mutable data structures for argument defaults`
    - 🚫 `type_checking` (refactoring): `pyright was not found in .venv/bin or on PATH`
      - `` install it with `uv pip install 'pyright[nodejs]'` or set `stages.dependency_check.install: true` ``
      - reproduce with `pyright --outputjson components/parcel_pricing`
    - ❓ `security` (refactoring): `detect-secrets inspected 0 files: nothing below components/parcel_pricing is tracked by git`, set in [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24)
      - `` add the files with `git add`, since detect-secrets reads `git ls-files` ``
      - reproduce with `detect-secrets scan --baseline .secrets.baseline`

    |  | gate | measured | needs | rule |
    |---|---|---|---|---|
    | ❌ | `test_coverage` | line coverage: **61.23 %** | ≥ 70 % | [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9) |
    | ❌ | `test_pass_rate` | passed tests: **95.31 %** | ≥ 100 % | [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13) |
    | ❌ | `linting` | lint and format findings: **37** | ≤ 0 | [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17) |
    | ❓ | `security` | critical findings: **unknown** | ≤ 0 | [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24) |
    | 🚫 | `type_checking` | `pyright was not found in .venv/bin or on PATH` | – | – |


    <sub>commit `4f1d2c9be07a` · [log, annotations and artifacts](https://github.com/octo-org/parcels/actions/runs/1/attempts/1) · dashboard in the artifact `spec2prod-parcel_pricing-linux-1` · spec2prod 0.1.0</sub>
    "#);
}

#[test]
fn several_components_have_a_line_each() {
    let mut summary = of(vec![
        named(samples::green(), "billing"),
        named(samples::red(), "ledger"),
    ]);
    summary.problems.push(SummaryProblem {
        subject: "audit".to_owned(),
        message: "has no report".to_owned(),
    });
    let comment = &comments(&summary, &Links::default())[0];
    insta::assert_snapshot!(comment.split("<details>").next().unwrap(), @r#"
    ## ❌ 1 of 2 components is blocked, 1 problem

    - ❌ `audit`: `has no report`

    |  | component | outcome | blocked by | time |
    |---|---|---|---|---|
    | ❌ | `ledger` | blocked on its way to staging | `test_coverage`, `test_pass_rate`, `linting`, `type_checking` and 1 more | 3.89 s |
    | ✅ | `billing` | ready for staging | – | 2.80 s |
    "#);
}

#[test]
fn what_is_different_from_the_base_is_said() {
    let mut before = samples::red();
    before.verdict = crate::model::Verdict::Passed;
    let stage = before.stage_results.get_mut("testing").unwrap();
    let coverage = stage.quality_gates.get_mut("test_coverage").unwrap();
    coverage.measurements[0].actual = crate::model::Actual::Number(71.5);
    let mut summary = of(vec![samples::red()]);
    summary.changes = crate::summary::changes(&summary.reports, &[before]);
    let comment = &comments(&summary, &Links::default())[0];
    let part = comment.split("**Since the base**").nth(1).unwrap();
    insta::assert_snapshot!(part.split("<sub>").next().unwrap().trim(), @r#"
    (`4f1d2c9be07a`)

    - `parcel_pricing`: was passed; `test_coverage` line coverage: 71.5 % → **61.23 %**
    "#);
}

#[test]
fn nothing_is_said_of_the_base_where_nothing_is_different() {
    let summary = of(vec![samples::red()]);
    assert!(crate::summary::changes(&summary.reports, &[samples::red()]).is_empty());
    assert!(!comments(&summary, &Links::default())[0].contains("Since the base"));
}

#[test]
fn a_job_summary_has_everything() {
    insta::assert_snapshot!(job_summary(&samples::red(), &links()), @r#"
    ## ❌ `parcel_pricing` is blocked on its way to staging

    **What blocks**

    - ❌ `test_coverage` (testing): `61.23 %, needs ≥ 70 %`, set in [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9)
      - reproduce with `python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json`
      - [`components/parcel_pricing/src/customs.py:12`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/customs.py#L12) `uncovered` `lines 12-40, 44 and 51-77 are not covered`
      - [`components/parcel_pricing/src/surcharges.py:41`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/surcharges.py#L41) `uncovered` `lines 41-58 are not covered`
    - ❌ `test_pass_rate` (testing): `95.31 %, needs ≥ 100 %`, set in [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13)
      - reproduce with `python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json`
      - [`components/parcel_pricing/tests/test_rates.py:48`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L48) `test_failed` `test_weight_is_rounded_up: assert price_of(1.01) == Decimal('7.90')   left: 5.90   right: 7.90`
      - [`components/parcel_pricing/tests/test_rates.py:73`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L73) `test_failed` `test_zone_of_islands: KeyError: 'GG'`
      - [`components/parcel_pricing/tests/test_rates.py:91`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L91) `test_failed` `test_discount_never_negative[-1]: assert Decimal('-0.30') >= 0`
    - ❌ `linting` (refactoring): `37 lint and format findings, needs ≤ 0`, set in [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17)
      - reproduce with `ruff check --output-format=json components/parcel_pricing`
      - [`components/parcel_pricing/src/rates.py:7`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L7) `F401` `` `decimal.ROUND_HALF_UP` imported but unused ``
      - [`components/parcel_pricing/src/zones.py:8`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L8) `E501` `Line too long (118 > 100)`
      - [`components/parcel_pricing/tests/test_rates.py:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L9) `B006` `Do not use mutable data structures for argument defaults`
    - 🚫 `type_checking` (refactoring): `pyright was not found in .venv/bin or on PATH`
      - `` install it with `uv pip install 'pyright[nodejs]'` or set `stages.dependency_check.install: true` ``
      - reproduce with `pyright --outputjson components/parcel_pricing`
    - ❓ `security` (refactoring): `detect-secrets inspected 0 files: nothing below components/parcel_pricing is tracked by git`, set in [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24)
      - `` add the files with `git add`, since detect-secrets reads `git ls-files` ``
      - reproduce with `detect-secrets scan --baseline .secrets.baseline`

    |  | gate | measured | needs | rule |
    |---|---|---|---|---|
    | ❌ | `test_coverage` | line coverage: **61.23 %** | ≥ 70 % | [`workflow_config.yaml:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L9) |
    | ❌ | `test_pass_rate` | passed tests: **95.31 %** | ≥ 100 % | [`workflow_config.yaml:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L13) |
    | ❌ | `linting` | lint and format findings: **37** | ≤ 0 | [`workflow_config.yaml:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L17) |
    | ❓ | `security` | critical findings: **unknown** | ≤ 0 | [`workflow_config.yaml:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/workflow_config.yaml#L24) |
    | 🚫 | `type_checking` | `pyright was not found in .venv/bin or on PATH` | – | – |

    **Also**

    - 1 test passed only when run again: `tests/test_rates.py::test_rates_are_cached`
    - 2 files can be fixed by a tool: apply `.spec2prod/runs/0199a3f2/auto-fix.patch` with `git apply`
    - `metrics` could not be published: `cannot append to .metrics/2025-10-20.jsonl: permission denied`

    <details>
    <summary>specification: 1 finding</summary>

    | place | rule | severity | message |
    |---|---|---|---|
    | [`specs/parcel_pricing.md:58`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/specs/parcel_pricing.md#L58) | `vague_word` | warning | `requirement FR-6 says "fast": give a number and a unit` |

    </details>
    <details>
    <summary>test_coverage: 2 findings</summary>

    | place | rule | severity | message |
    |---|---|---|---|
    | [`components/parcel_pricing/src/customs.py:12`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/customs.py#L12) | `uncovered` | warning | `lines 12-40, 44 and 51-77 are not covered` |
    | [`components/parcel_pricing/src/surcharges.py:41`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/surcharges.py#L41) | `uncovered` | warning | `lines 41-58 are not covered` |

    </details>
    <details>
    <summary>test_pass_rate: 3 findings</summary>

    | place | rule | severity | message |
    |---|---|---|---|
    | [`components/parcel_pricing/tests/test_rates.py:48`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L48) | `test_failed` | error | `test_weight_is_rounded_up: assert price_of(1.01) == Decimal('7.90')   left: 5.90   right: 7.90` |
    | [`components/parcel_pricing/tests/test_rates.py:73`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L73) | `test_failed` | error | `test_zone_of_islands: KeyError: 'GG'` |
    | [`components/parcel_pricing/tests/test_rates.py:91`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L91) | `test_failed` | error | `test_discount_never_negative[-1]: assert Decimal('-0.30') >= 0` |

    </details>
    <details>
    <summary>linting: 37 findings</summary>

    | place | rule | severity | message |
    |---|---|---|---|
    | [`components/parcel_pricing/src/rates.py:7`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L7) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/src/zones.py:8`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L8) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/tests/test_rates.py:9`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L9) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/src/rates.py:10`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L10) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/src/zones.py:11`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L11) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/tests/test_rates.py:12`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L12) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/src/rates.py:13`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L13) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/src/zones.py:14`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L14) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/tests/test_rates.py:15`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L15) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/src/rates.py:16`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L16) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/src/zones.py:17`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L17) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/tests/test_rates.py:18`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L18) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/src/rates.py:19`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L19) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/src/zones.py:20`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L20) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/tests/test_rates.py:21`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L21) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/src/rates.py:22`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L22) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/src/zones.py:23`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L23) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/tests/test_rates.py:24`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L24) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/src/rates.py:25`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L25) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/src/zones.py:26`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L26) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/tests/test_rates.py:27`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L27) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/src/rates.py:28`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L28) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/src/zones.py:29`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L29) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/tests/test_rates.py:30`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L30) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/src/rates.py:31`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L31) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/src/zones.py:32`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L32) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/tests/test_rates.py:33`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L33) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/src/rates.py:34`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L34) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/src/zones.py:35`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L35) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/tests/test_rates.py:36`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L36) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/src/rates.py:37`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L37) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/src/zones.py:38`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L38) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/tests/test_rates.py:39`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L39) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |
    | [`components/parcel_pricing/src/rates.py:40`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L40) | `E501` | warning | `Line too long (118 > 100)` |
    | [`components/parcel_pricing/src/zones.py:41`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/zones.py#L41) | `B006` | warning | `Do not use mutable data structures for argument defaults` |
    | [`components/parcel_pricing/tests/test_rates.py:42`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/tests/test_rates.py#L42) | `SIM108` | warning | ``Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block`` |
    | [`components/parcel_pricing/src/rates.py:43`](https://github.com/octo-org/parcels/blob/4f1d2c9be07a/components/parcel_pricing/src/rates.py#L43) | `F401` | warning | `` `decimal.ROUND_HALF_UP` imported but unused `` |

    </details>

    <sub>target staging, failed in 3.89 s · commit `4f1d2c9be07a` · rules from `workflow_config.yaml` · context session `parcel_pricing-workflow-2025-10-20` · report and dashboard in the artifact `spec2prod-parcel_pricing-linux-1` · [workflow run](https://github.com/octo-org/parcels/actions/runs/1/attempts/1) · spec2prod `0.1.0`</sub>
    "#);
}

#[test]
fn what_could_not_be_judged_is_said_in_a_sentence() {
    let mut report = samples::green();
    report.verdict = Verdict::NoData(Reason::new(ReasonCode::ReportEmpty, "it is empty"));
    let summary = job_summary(&report, &links());
    assert!(
        summary.starts_with("## ❓ `parcel_pricing` could not be judged for staging\n"),
        "{summary}"
    );
    let summaries = of(vec![report, named(samples::green(), "other")]);
    let summary = summary_of_all(&summaries, &links());
    let sentence = "<b>parcel_pricing</b> could not be judged for staging";
    assert!(summary.contains(sentence), "{summary}");
}

#[test]
fn on_a_pull_request_its_head_is_named_and_not_the_merge_commit() {
    let mut report = samples::green();
    report.source.head = Some("0f".repeat(20));
    let summary = job_summary(&report, &links());
    assert!(summary.contains("commit `0f0f0f0f0f0f`"), "{summary}");
}

#[test]
fn every_text_keeps_to_its_limit() {
    let hostile = samples::hostile();
    let many: Vec<Report> = (0..200)
        .map(|index| named(hostile.clone(), &format!("component_{index:03}")))
        .collect();
    let summary = of(many);
    let comments = comments(&summary, &links());
    assert!(comments.len() > 1);
    for comment in &comments {
        assert!(characters(comment) <= MAX_COMMENT);
    }
    assert!(comments.last().unwrap().len() < 20_000);
    assert!(characters(&check_summary(&hostile, &links())) <= MAX_CHECK_SUMMARY);
    assert!(characters(&check_summary_of_all(&summary, &links())) <= MAX_CHECK_SUMMARY);
    assert!(job_summary(&hostile, &links()).len() <= MAX_JOB_SUMMARY);
    let summary = summary_of_all(&summary, &links());
    assert!(summary.len() <= MAX_JOB_SUMMARY);
    assert!(
        summary.contains("component_199"),
        "every component has its line"
    );
}
