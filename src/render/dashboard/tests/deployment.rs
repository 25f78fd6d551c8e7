use super::*;
use crate::model::{Report, Summary, Verdict};

fn stages_of(report: &Report, from: &str) -> String {
    let text = text(&page(report));
    let at = text
        .find(from)
        .unwrap_or_else(|| panic!("no {from:?} in\n{text}"));
    let (stages, _) = text[at..].split_once("\nTimeline\n").unwrap();
    stages.to_owned()
}

#[test]
fn a_rollback_as_a_person_reads_it() {
    insta::assert_snapshot!(stages_of(&samples::rolled_back(), "Deployment to staging"), @"
    Deployment to staging failed rolled back
    4f1d2c9be07a (sha256:0f3c9a710f3c) failed in staging and was rolled back: 1a2b3c4d5e6f is active and healthy again.
    the smoke test failed: exit status 1: price of 0 kg is -1.00
    mend it and deploy a new version; 4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790 is held until spec2prod release lets it go
    Version 4f1d2c9be07a (sha256:0f3c9a710f3c) Deployment 0199a3f2-7000-7d3a-9b57-2f4c8e1a6d90 Seen at http://127.0.0.1:8101 port 8101
    Phases of the deployment to staging
    PhaseChart010 s20 sStartTime
    passed deploy
    deployfrom 0 ms for 1.20 s, passed
    deploy: passed, 1.20 s 0 ms 1.20 s
    passed health check
    health checkfrom 1.20 s for 10.40 s, passed
    health check: passed, 10.40 s 1.20 s 10.40 s
    failed smoke test
    smoke testfrom 12.10 s for 402 ms, failed
    smoke test: failed, 402 ms 12.10 s 402 ms
    passed rollback
    rollbackfrom 12.60 s for 1.10 s, passed
    rollback: passed, 1.10 s 12.60 s 1.10 s
    passed health check after rollback
    health check after rollbackfrom 13.70 s for 9.80 s, passed
    health check after rollback: passed, 9.80 s 13.70 s 9.80 s
    What was seen 5
    deploy
    passed 1.20 s
    the deploy command ended well
    health check
    passed 10.40 s
    healthy after 3 looks
    smoke test
    failed 402 ms
    exit status 1: price of 0 kg is -1.00
    rollback
    passed 1.10 s
    the rollback command ended well
    health check after rollback
    passed 9.80 s
    healthy after 3 looks
    ");
}

#[test]
fn a_hotfix_is_loud_and_what_was_excused_is_named() {
    let text = text(&page(&samples::deployed()));
    let (head, _) = text.split_once("\nComponent\n").unwrap();
    insta::assert_snapshot!(head, @"
    parcel_pricing → production: passed · spec2prod
    spec2prod
    parcel_pricing → production
    passed
    Meets every requirement for production: 5 stages completed in 34.20 s.
    4f1d2c9be07a (sha256:0f3c9a710f3c) is active and healthy in production; hotfix: it skipped the days in staging.
    Advisory, and not passing: documentation.
    Criteria that did not have to hold
    type_checking in production_deployment exempted: ada until 2025-12-31: the generated client has no types
    staging_uptime_days in production_deployment skipped: a hotfix skips the days in staging
    ");
}

#[test]
fn criteria_with_source_gap_and_remedy() {
    let shown = stages_of(
        &samples::blocked_by_soak(),
        "Criteria for production_deployment",
    );
    insta::assert_snapshot!(shown, @"
    Criteria for production_deployment
    staging_uptime_days
    failed
    days in staging failed 4.8 days needs ≥ 7 days workflow_config.yaml:143
    from samples of spec2prod probe, 12 min old
    4.8 of 7 days; complete on 2025-10-22
    wait until then; maturity_workflow.production in workflow_config.yaml:143 sets the days
    staging_uptime_percentage
    failed
    uptime in staging failed 99.31 % needs ≥ 99.5 % workflow_config.yaml:144
    from samples of spec2prod probe, 12 min old
    47.7 minutes down of 34.6 that are allowed
    find why staging was down
    monitoring_configured
    no_data
    monitoring configured no_data unknown needs yes workflow_config.yaml:147
    nothing shows that monitoring is configured no_source
    name a file or a query in promotion.monitoring of workflow_config.yaml
    rollback_tested
    passed
    rollback tested passed yes needs yes workflow_config.yaml:148
    from drill of ada, 14 days old
    ");
}

#[test]
fn what_happened_in_a_deployment_is_the_first_thing_that_blocks() {
    let text = text(&page(&samples::unverified()));
    let (head, _) = text.split_once("\nComponent\n").unwrap();
    insta::assert_snapshot!(head, @"
    parcel_pricing → staging: failed · spec2prod
    spec2prod
    parcel_pricing → staging
    failed
    1 thing blocks the way to staging. The run took 34.20 s.
    4f1d2c9be07a (sha256:0f3c9a710f3c) was deployed to staging, and whether it is healthy is not known; 4f1d2c9be07a (sha256:0f3c9a710f3c) is active in staging now.
    Advisory, and not passing: documentation.
    What blocks, and what to do
    staging_deployment errored
    whether the version is healthy could not be measured: 5 looks in a row gave no answer: the name parcels.example.org does not resolve
    see that the runner reaches the environment, then run again: nothing is deployed twice
    ");
}

#[test]
fn only_the_address_of_an_environment_leaves_the_page() {
    let of = |report: &Report| parsed(&page(report)).addresses;
    let expected = ["http://127.0.0.1:8101", "https://parcels.example.org"];
    assert_eq!(of(&samples::deployed()), expected.map(str::to_owned).into());
    assert_eq!(of(&samples::red()), BTreeSet::new());
}

#[test]
fn phases_without_a_time_have_an_empty_row() {
    let mut report = samples::rolled_back();
    for stage in report.stage_results.values_mut() {
        for phase in stage.deployment.iter_mut().flat_map(|one| &mut one.phases) {
            phase.started_at = "once".to_owned();
        }
    }
    let shown = stages_of(&report, "Deployment to staging");
    assert!(shown.contains("smoke test"), "{shown}");
}

#[test]
fn the_page_of_several_components_has_their_deployments() {
    let summary = Summary {
        verdict: Verdict::Failed,
        exit_status: 1,
        commit: None,
        problems: Vec::new(),
        changes: Vec::new(),
        reports: vec![samples::rolled_back(), samples::deployed()],
    };
    let text = text(&overall(&summary));
    for words in [
        "was rolled back: 1a2b3c4d5e6f is active and healthy again.",
        "hotfix: it skipped the days in staging",
        "Deployment to production",
        "type_checking in production_deployment exempted: ada until 2025-12-31",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}
