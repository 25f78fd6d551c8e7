use super::*;
use crate::model::{Phase, Reason, ReasonCode, Stage, Verdict};

/// From the first deployment stage on.
fn shown_from(report: &Report, stage: &str) -> String {
    let text = shown(report);
    let at = text.lines().position(|line| line.contains(stage)).unwrap();
    text.lines().skip(at).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_deployment_that_went_well_is_short_and_what_was_excused_is_loud() {
    insta::assert_snapshot!(shown_from(&samples::deployed(), "staging_deployment "), @"
    ✓ staging_deployment     passed             23.50 s
      ✓ security             passed             0 critical findings               needs ≤ 0
      as above: ✓ test_coverage, ✓ test_pass_rate, ✓ linting, ✓ type_checking
      ✓ deployment           healthy
          4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in staging
          before it: 1a2b3c4d5e6f; seen at http://127.0.0.1:8101
          deploy 1.20 s, health check 10.40 s, smoke test 402 ms, integration tests 3.10 s, bake time
          6.00 s, analysis 6.00 s
    ! production_deployment  warned             31.40 s
      ✗ type_checking        failed (exempted)  4 type errors                     needs ≤ 0
          (workflow_config.yaml:21)
      – staging_uptime_days  skipped
      ✓ rollback_tested      passed             yes                               needs yes
          from drill of ada, 14 days old
      ✓ deployment           healthy
          4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in production
          ! hotfix: it skipped the days in staging
          before it: 1a2b3c4d5e6f; approved by grace; seen at https://parcels.example.org
          ✓ end-to-end tests  4.20 s              12 of 12 tests passed, 1 flaky
              flaky: tests/e2e/test_order.py::test_order_is_shipped
          ✓ deploy            1.20 s, 2 attempts  the deploy command ended well
              attempt 1: network error in 320 ms: the deploy command ended with status 255: Connection
                         reset by peer
              attempt 2: ended well in 640 ms, after a wait of 2.10 s
              ! the hook after deploy ended with status 1: no such channel
          ✓ health check      10.40 s             healthy after 3 looks
          ✓ smoke test        402 ms              the smoke test ended well
          ✓ bake time         6.00 s              healthy 4 times of 4
          ✓ analysis          6.00 s              error rate held 5 times of 5

    Criteria that did not have to hold
      ! production_deployment / type_checking exempted: ada until 2025-12-31: the generated client has
        no types
      ! production_deployment / staging_uptime_days skipped: a hotfix skips the days in staging

    Summary
      Component:          parcel_pricing
      Target stage:       production
      Success:            ✓ yes
      Stages completed:   specification, testing, refactoring, staging_deployment, production_deployment
      Stages failed:      none
      Deployment:         4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in staging
      Deployment:         4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in production
      Total time:         34.20 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    ");
}

#[test]
fn a_rollback_says_what_failed_what_is_active_and_what_to_do() {
    insta::assert_snapshot!(shown_from(&samples::rolled_back(), "staging_deployment "), @"
    ✗ staging_deployment  failed             23.50 s
      ✓ security          passed             0 critical findings               needs ≤ 0
      as above: ✓ test_coverage, ✓ test_pass_rate, ✓ linting, ✓ type_checking
      ✗ deployment        rolled_back
          4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was rolled back: 1a2b3c4d5e6f is
          active and healthy again
          seen at http://127.0.0.1:8101
          ✓ deploy                       1.20 s   the deploy command ended well
          ✓ health check                 10.40 s  healthy after 3 looks
          ✗ smoke test                   402 ms   exit status 1: price of 0 kg is -1.00
          ✓ rollback                     1.10 s   the rollback command ended well
          ✓ health check after rollback  9.80 s   healthy after 3 looks

    What blocks
      ✗ staging_deployment  failed
          the smoke test failed: exit status 1: price of 0 kg is -1.00
          → mend it and deploy a new version; 4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790 is held until
            `spec2prod release` lets it go

    Summary
      Component:          parcel_pricing
      Target stage:       staging
      Success:            ✗ no (failed)
      Stages completed:   specification, testing, refactoring
      Stages failed:      staging_deployment
      Deployment:         4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was rolled back: 1a2b3c4d5e6f is active and healthy again
      Total time:         34.20 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    ");
}

#[test]
fn a_version_that_could_not_be_verified() {
    insta::assert_snapshot!(shown_from(&samples::unverified(), "staging_deployment "), @"
    ⊘ staging_deployment  errored            23.50 s
      ✓ security          passed             0 critical findings               needs ≤ 0
      as above: ✓ test_coverage, ✓ test_pass_rate, ✓ linting, ✓ type_checking
      ⊘ deployment        unverified
          4f1d2c9be07a (sha256:0f3c9a710f3c) was deployed to staging, and whether it is healthy is not
          known
          ! 4f1d2c9be07a (sha256:0f3c9a710f3c) is active in staging now
          before it: 1a2b3c4d5e6f; seen at http://127.0.0.1:8101
          ✓ deploy        1.20 s   the deploy command ended well
          ⊘ health check  10.40 s  5 looks in a row gave no answer

    What blocks
      ⊘ staging_deployment  errored
          whether the version is healthy could not be measured: 5 looks in a row gave no answer: the
          name parcels.example.org does not resolve
          → see that the runner reaches the environment, then run again: nothing is deployed twice

    Summary
      Component:          parcel_pricing
      Target stage:       staging
      Success:            ✗ no (failed)
      Stages completed:   specification, testing, refactoring
      Stages failed:      staging_deployment
      Deployment:         4f1d2c9be07a (sha256:0f3c9a710f3c) was deployed to staging, and whether it is healthy is not known
      Total time:         34.20 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    ");
}

#[test]
fn what_is_missing_for_production_is_said_in_order() {
    insta::assert_snapshot!(shown_from(
        &samples::blocked_by_soak(),
        "production_deployment "
    ), @"
    ✗ production_deployment        failed             2 ms
      ✗ staging_uptime_days        failed             4.8 days                          needs ≥ 7 days
          (workflow_config.yaml:143)
          from samples of spec2prod probe, 12 min old
      ✗ staging_uptime_percentage  failed             99.31 %                           needs ≥ 99.5 %
          (workflow_config.yaml:144)
          from samples of spec2prod probe, 12 min old
      ? monitoring_configured      no_data            unknown                           needs yes
          (workflow_config.yaml:147)
          nothing shows that monitoring is configured (no_source)
      ✓ rollback_tested            passed             yes                               needs yes
          from drill of ada, 14 days old

    What blocks
      ✗ production_deployment / staging_uptime_days        failed
          4.8 days, needs ≥ 7 days
          4.8 of 7 days; complete on 2025-10-22
          → wait until then; `maturity_workflow.production` in workflow_config.yaml:143 sets the days
      ✗ production_deployment / staging_uptime_percentage  failed
          99.31 %, needs ≥ 99.5 %
          47.7 minutes down of 34.6 that are allowed
          → find why staging was down
      ? production_deployment / monitoring_configured      no_data
          nothing shows that monitoring is configured
          → name a file or a query in `promotion.monitoring` of workflow_config.yaml

    Summary
      Component:          parcel_pricing
      Target stage:       production
      Success:            ✗ no (failed)
      Stages completed:   specification, testing, refactoring, staging_deployment
      Stages failed:      production_deployment
      Deployment:         4f1d2c9be07a (sha256:0f3c9a710f3c) was already active in staging and is healthy
      Total time:         34.20 s
      Context session:    parcel_pricing-workflow-2025-10-20
      Metrics dashboard:  workflow_dashboards/workflow_dashboard_parcel_pricing.html
      Report:             workflow_report_parcel_pricing.json
    ");
}

#[test]
fn a_gate_and_its_criterion_block_once_with_the_gap_and_the_remedy_of_the_criterion() {
    let mut report = samples::red();
    let mut staging = crate::model::StageRecord::new(Stage::StagingDeployment, Verdict::Failed);
    let gate = report.stage_results["testing"].quality_gates["test_coverage"].clone();
    let mut criterion = samples::criterion_of(&report, "test_coverage");
    criterion.gap = Some("8.77 % are missing".to_owned());
    criterion.remedy = Some("write tests".to_owned());
    staging.criteria.push(criterion);
    staging
        .quality_gates
        .insert("test_coverage".to_owned(), gate);
    report.stage_results.clear();
    report
        .stage_results
        .insert("staging_deployment".to_owned(), staging);
    let text = shown(&report);
    let (_, blocks) = text.split_once("What blocks\n").unwrap();
    let (blocks, _) = blocks.split_once("\n\n").unwrap();
    insta::assert_snapshot!(blocks, @"
    ✗ staging_deployment / test_coverage  failed  61.23 %, needs ≥ 70 %
        8.77 % are missing
        → write tests
    ");
}

#[test]
fn gates_of_a_stage_with_criteria_of_its_own_are_shown_too() {
    let mut report = samples::red();
    let stage = report.stage_results.get_mut("refactoring").unwrap();
    stage.criteria.push(crate::model::Criterion::new(
        "load_test",
        Verdict::NoData(Reason::new(ReasonCode::NoSource, "nothing measures it")),
        crate::model::Requirement::Required,
        Vec::new(),
    ));
    let text = shown(&report);
    assert!(
        text.contains("✗ linting") && text.contains("? load_test"),
        "{text}"
    );
}

#[test]
fn lines_that_are_shown_while_a_deployment_goes_on() {
    let report = samples::rolled_back();
    let deployment = samples::deployment_of(&report);
    let mut lines = vec![deployment_started(&deployment)];
    for record in &deployment.phases {
        lines.push(phase_started(&deployment, record.phase, record.is_rollback));
        lines.push(phase_ended(&deployment, record));
    }
    lines.push(deployment_ended(&deployment));
    insta::assert_snapshot!(lines.join("\n"), @"
    deploy staging  4f1d2c9be07a  before it: 1a2b3c4d5e6f
    deploy staging  4f1d2c9be07a  deploy …
    deploy staging  4f1d2c9be07a  ✓ deploy  1.20 s  the deploy command ended well
    deploy staging  4f1d2c9be07a  health check …
    deploy staging  4f1d2c9be07a  ✓ health check  10.40 s  healthy after 3 looks
    deploy staging  4f1d2c9be07a  smoke test …
    deploy staging  4f1d2c9be07a  ✗ smoke test  402 ms  exit status 1: price of 0 kg is -1.00
    deploy staging  4f1d2c9be07a  rollback …
    deploy staging  4f1d2c9be07a  ✓ rollback  1.10 s  the rollback command ended well
    deploy staging  4f1d2c9be07a  health check after rollback …
    deploy staging  4f1d2c9be07a  ✓ health check after rollback  9.80 s  healthy after 3 looks
    deploy staging  4f1d2c9be07a  ✗ rolled_back: 4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was rolled back: 1a2b3c4d5e6f is active and healthy again
    ");
    let hostile = samples::deployment_of(&samples::hostile());
    let mut lines = vec![
        deployment_started(&hostile),
        phase_started(&hostile, Phase::BakeTime, false),
        deployment_ended(&hostile),
    ];
    lines.extend(hostile.phases.iter().map(|one| phase_ended(&hostile, one)));
    for line in lines {
        assert!(
            line.chars().count() < 300 && !line.contains(char::is_control),
            "{line}"
        );
    }
}

#[test]
fn lines_keep_to_the_width() {
    for (report, width) in [
        (samples::rolled_back(), 80),
        (samples::blocked_by_soak(), 72),
        (samples::deployed(), 72),
    ] {
        let style = Style {
            width,
            ..Style::default()
        };
        let text = result(&report, REPORT, style);
        // The rows of the summary are as long as their values.
        let (text, _) = text.split_once("\nSummary\n").unwrap();
        for line in text.lines() {
            assert_eq!(line, line.trim_end());
            let is_free = line.contains("reproduce: ");
            assert!(is_free || line.chars().count() <= width, "{line}");
        }
    }
}
