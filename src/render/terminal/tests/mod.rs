mod deployment;
mod status;

use super::*;
use crate::model::{PolicyDifference, PolicyOrigin, PolicySide};
use crate::render::samples;

const REPORT: Option<&str> = Some("workflow_report_parcel_pricing.json");

fn shown(report: &Report) -> String {
    result(report, REPORT, Style::default())
}

#[test]
fn a_green_run() {
    insta::assert_snapshot!(shown(&samples::green()), @"
    ✓ specification       passed             14 ms
    ✓ testing             passed             2.39 s
      ✓ test_coverage     passed             87.45 %                           needs ≥ 70 %
      ✓ test_pass_rate    passed             100 %                             needs ≥ 100 %
    ! refactoring         warned             388 ms
      ✗ documentation     failed (advisory)  documented public items: 78.26 %  needs ≥ 80 %
          (workflow_config.yaml:31)
                                             README: yes                       needs yes
          components/parcel_pricing/src/surcharges.py:41:5  undocumented
            public function `surcharge_for` has no docstring
          reproduce: spec2prod gates --component parcel_pricing documentation
      ✓ linting           passed             0 lint and format findings        needs ≤ 0
      ✓ security          passed             0 critical findings               needs ≤ 0
                                             0 high findings                   needs ≤ 0
                                             2 medium findings                 needs ≤ 5
      ✓ type_checking     passed             0 type errors                     needs ≤ 0
    ✓ staging_deployment  passed             4 ms
          ! no environment is configured for staging, so only the criteria were judged
      ✓ security          passed             0 critical findings               needs ≤ 0
      as above: ✓ test_coverage, ✓ test_pass_rate, ✓ linting, ✓ type_checking

    Summary
      Component:          parcel_pricing
      Target stage:       staging
      Success:            ✓ yes
      Stages completed:   specification, testing, refactoring, staging_deployment
      Stages failed:      none
      Total time:         2.80 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    ");
}

#[test]
fn a_red_run() {
    insta::assert_snapshot!(shown(&samples::red()), @r#"
    ! specification       warned   14 ms
          specs/parcel_pricing.md:58:12  vague_word
            requirement FR-6 says "fast": give a number and a unit
    ✗ testing             failed   3.39 s
      ✗ test_coverage     failed   61.23 %                      needs ≥ 70 %   (workflow_config.yaml:9)
          components/parcel_pricing/src/customs.py:12     uncovered
            lines 12-40, 44 and 51-77 are not covered
          components/parcel_pricing/src/surcharges.py:41  uncovered
            lines 41-58 are not covered
          reproduce: python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json
      ✗ test_pass_rate    failed   95.31 %                      needs ≥ 100 %  (workflow_config.yaml:13)
          components/parcel_pricing/tests/test_rates.py:48  test_failed
            test_weight_is_rounded_up: assert price_of(1.01) == Decimal('7.90') left: 5.90 right: 7.90
          components/parcel_pricing/tests/test_rates.py:73  test_failed
            test_zone_of_islands: KeyError: 'GG'
          components/parcel_pricing/tests/test_rates.py:91  test_failed
            test_discount_never_negative[-1]: assert Decimal('-0.30') >= 0
          reproduce: python -m pytest components/parcel_pricing/tests --cov=components/parcel_pricing --cov-report=json
    ✗ refactoring         failed   480 ms
      ✗ linting           failed   37 lint and format findings  needs ≤ 0      (workflow_config.yaml:17)
          components/parcel_pricing/src/rates.py:7:1         F401
            `decimal.ROUND_HALF_UP` imported but unused
          components/parcel_pricing/src/zones.py:8:2         E501
            Line too long (118 > 100)
          components/parcel_pricing/tests/test_rates.py:9:3  B006
            Do not use mutable data structures for argument defaults
          components/parcel_pricing/src/rates.py:10:4        SIM108
            Use ternary operator `zone = 'EU' if inside else 'ROW'` instead of `if`-`else`-block
          components/parcel_pricing/src/zones.py:11:5        F401
            `decimal.ROUND_HALF_UP` imported but unused
          … and 32 more findings
          reproduce: ruff check --output-format=json components/parcel_pricing
      ? security          no_data  unknown                      needs ≤ 0      (workflow_config.yaml:24)
          detect-secrets inspected 0 files: nothing below components/parcel_pricing is tracked by git
          (report_empty)
          → add the files with `git add`, since detect-secrets reads `git ls-files`
          reproduce: detect-secrets scan --baseline .secrets.baseline
      ⊘ type_checking     errored
          pyright was not found in .venv/bin or on PATH (tool_missing)
          → install it with `uv pip install 'pyright[nodejs]'` or set `stages.dependency_check.install:
            true`
          reproduce: pyright --outputjson components/parcel_pricing
    – staging_deployment  skipped  testing and refactoring blocked

    Tools that deserve a look
      pytest, attempt 1: network error in 702 ms: pytest ended with status 3: ConnectionResetError:
                         [Errno 104] Connection reset by peer
      pytest, attempt 2: gave evidence in 1.54 s, after a wait of 1.15 s

    Flaky tests (passed only when run again)
      tests/test_rates.py::test_rates_are_cached

    Auto-fix offers changes to 2 files
      components/parcel_pricing/src/zones.py (ruff)
      components/parcel_pricing/src/rates.py (ruff)
      apply: git apply .spec2prod/runs/0199a3f2/auto-fix.patch

    Publishing problems (the verdict does not depend on them)
      metrics: cannot append to .metrics/2025-10-20.jsonl: permission denied

    What blocks
      ✗ testing / test_coverage      failed   61.23 %, needs ≥ 70 %
      ✗ testing / test_pass_rate     failed   95.31 %, needs ≥ 100 %
      ✗ refactoring / linting        failed   37 lint and format findings, needs ≤ 0
      ⊘ refactoring / type_checking  errored  pyright was not found in .venv/bin or on PATH
      ? refactoring / security       no_data  detect-secrets inspected 0 files: nothing below component…

    Summary
      Component:          parcel_pricing
      Target stage:       staging
      Success:            ✗ no (failed)
      Stages completed:   specification
      Stages failed:      testing, refactoring
      Total time:         3.89 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    "#);
}

#[test]
fn an_interrupted_run() {
    insta::assert_snapshot!(result(&samples::interrupted(), None, Style::default()), @"
    ✓ specification  passed   13 ms
    ⊘ testing        errored  824 ms
          interrupted by SIGTERM while pytest ran (interrupted)
    – refactoring    skipped  the run was interrupted before this stage

    What blocks
      ⊘ testing  errored  interrupted by SIGTERM while pytest ran

    Summary
      Component:          parcel_pricing
      Target stage:       dev
      Success:            ✗ no (errored)
      Stages completed:   specification
      Stages failed:      testing
      Total time:         840 ms
      Context session:    none
      Metrics dashboard:  none
      Report:             none
    ");
}

#[test]
fn production_held_by_criteria_that_nothing_measures() {
    insta::assert_snapshot!(shown(&samples::production_blocked()), @"
    ✓ specification                passed             14 ms
    ✓ testing                      passed             2.39 s
      ✓ test_coverage              passed             87.45 %                           needs ≥ 70 %
      ✓ test_pass_rate             passed             100 %                             needs ≥ 100 %
    ! refactoring                  warned             388 ms
      ✗ documentation              failed (advisory)  documented public items: 78.26 %  needs ≥ 80 %
          (workflow_config.yaml:31)
                                                      README: yes                       needs yes
          components/parcel_pricing/src/surcharges.py:41:5  undocumented
            public function `surcharge_for` has no docstring
          reproduce: spec2prod gates --component parcel_pricing documentation
      ✓ linting                    passed             0 lint and format findings        needs ≤ 0
      ✓ security                   passed             0 critical findings               needs ≤ 0
                                                      0 high findings                   needs ≤ 0
                                                      2 medium findings                 needs ≤ 5
      ✓ type_checking              passed             0 type errors                     needs ≤ 0
    ✓ staging_deployment           passed             4 ms
          ! no environment is configured for staging, so only the criteria were judged
      ✓ security                   passed             0 critical findings               needs ≤ 0
      as above: ✓ test_coverage, ✓ test_pass_rate, ✓ linting, ✓ type_checking
    ✗ production_deployment        failed             2 ms
      ✓ test_coverage              passed             87.45 %                           needs ≥ 80 %
      ? staging_uptime_days        no_data            unknown                           needs ≥ 7 days
          (workflow_config.yaml:143)
          nothing is connected that measures staging_uptime_days (no_source)
      ✗ staging_uptime_percentage  failed             99.31 %                           needs ≥ 99.5 %
          (workflow_config.yaml:144)
      ? rollback_tested            no_data            unknown                           needs yes
          (workflow_config.yaml:148)
          nothing is connected that measures rollback_tested (no_source)

    What blocks
      ✗ production_deployment / staging_uptime_percentage  failed
          99.31 %, needs ≥ 99.5 %
      ? production_deployment / staging_uptime_days        no_data
          nothing is connected that measures staging_uptime_days
          → record it with `spec2prod probe`, or take it out of `maturity_workflow.production`
      ? production_deployment / rollback_tested            no_data
          nothing is connected that measures rollback_tested
          → record it with `spec2prod probe`, or take it out of `maturity_workflow.production`

    Summary
      Component:          parcel_pricing
      Target stage:       production
      Success:            ✗ no (failed)
      Stages completed:   specification, testing, refactoring, staging_deployment
      Stages failed:      production_deployment
      Total time:         2.80 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    ");
}

#[test]
fn colours_only_when_asked_for_and_never_the_only_sign() {
    let style = Style {
        color: true,
        ..Style::default()
    };
    let colored = result(&samples::red(), REPORT, style);
    assert!(colored.contains("\u{1b}[31m  ✗ linting\u{1b}[0m"));
    let without = crate::render::text::plain(&colored.replace('\n', "\u{1}"));
    let expected = shown(&samples::red()).replace('\n', "");
    assert_eq!(without, expected);
}

#[test]
fn text_of_strangers_cannot_steer_the_terminal() {
    let text = shown(&samples::hostile());
    let is_harmless = |c: char| c == '\n' || (!c.is_control() && c != '\u{202e}');
    assert!(text.chars().all(is_harmless));
    assert!(text.len() < 200_000, "{} bytes", text.len());
}

#[test]
fn text_of_strangers_is_no_command_to_the_runner() {
    let mut report = samples::red();
    report.flaky_tests = vec!["::error::forged".to_owned(), "##[error]forged".to_owned()];
    let text = shown(&report);
    assert!(text.contains("\n  : :error::forged\n  ## [error]forged\n"));
    let begins_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!text.lines().any(begins_command));
    assert!(!shown(&samples::hostile()).lines().any(begins_command));
}

#[test]
fn no_line_ends_in_spaces_and_messages_keep_to_the_width() {
    for (report, width) in [(samples::red(), 80), (samples::production_blocked(), 72)] {
        let style = Style {
            width,
            ..Style::default()
        };
        let text = result(&report, REPORT, style);
        for line in text.lines() {
            assert_eq!(line, line.trim_end());
        }
        let is_message = |line: &&str| line.starts_with("      ") && !line.contains("needs ");
        for line in text.lines().filter(is_message) {
            let is_for_copying = line.contains("reproduce: ");
            assert!(is_for_copying || line.chars().count() <= width, "{line}");
        }
    }
}

#[test]
fn rules_of_another_commit_are_named_on_one_line() {
    let line = |origin: PolicyOrigin| {
        let mut report = samples::green();
        report.policy = Some(origin);
        let text = shown(&report);
        let line = text.lines().find(|line| line.contains("Rules:"));
        line.unwrap_or_default().trim().to_owned()
    };
    let origin = PolicyOrigin {
        from: "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790".to_owned(),
        is_introduced: true,
        differences: Vec::new(),
    };
    insta::assert_snapshot!(line(origin.clone()), @"Rules:              its own, because commit 4f1d2c9be07a has no configuration");
    let origin = PolicyOrigin {
        is_introduced: false,
        ..origin
    };
    insta::assert_snapshot!(line(origin.clone()), @"Rules:              those of commit 4f1d2c9be07a, which are the same here");
    let difference = |pointer: &str, obeyed| PolicyDifference {
        pointer: pointer.to_owned(),
        base: None,
        head: None,
        obeyed,
    };
    let differences = vec![
        difference("/stages/testing/enabled", PolicySide::Base),
        difference("/components/a/path", PolicySide::Head),
        difference("/a\u{1b}[31m##[x]", PolicySide::Base),
        difference("/b", PolicySide::Base),
        difference("/c", PolicySide::Base),
    ];
    insta::assert_snapshot!(line(PolicyOrigin { differences, ..origin }), @"Rules:              those of commit 4f1d2c9be07a; some are set differently here and not obeyed: stages.testing.enabled, a## [x], b and 1 more");
}
