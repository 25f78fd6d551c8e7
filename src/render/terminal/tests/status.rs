use super::*;
use crate::model::ComponentStatus;

fn shown(statuses: &[ComponentStatus]) -> String {
    status(statuses, Style::default())
}

#[test]
fn one_component_with_what_blocks_the_next_level() {
    insta::assert_snapshot!(shown(&[samples::soaking()]), @"
    parcel_pricing: staging
      staging     4f1d2c9be07a, verified healthy, for 4 days; http://127.0.0.1:8101
                  rollback: to 1a2b3c4d5e6f, by itself when a check fails; shown to work on 2025-10-06
                            (drill, 14 days ago)
      production  1a2b3c4d5e6f, verified healthy, for 49 days; http://127.0.0.1:8101
                  rollback: there is no version to go back to
      What blocks production, in this order:
        1. ✗ staging_uptime_days failed
           4.8 days, needs ≥ 7 days (workflow_config.yaml:143)
           4.8 of 7 days; complete on 2025-10-22
           from samples of spec2prod probe, 12 min old
           → wait until then; `maturity_workflow.production` in workflow_config.yaml:143 sets the days
        2. ✗ staging_uptime_percentage failed
           99.31 %, needs ≥ 99.5 % (workflow_config.yaml:144)
           47.7 minutes down of 34.6 that are allowed
           from samples of spec2prod probe, 12 min old
           → find why staging was down
        3. ? monitoring_configured no_data
           nothing shows that monitoring is configured (workflow_config.yaml:147)
           → name a file or a query in `promotion.monitoring` of workflow_config.yaml
      Held, and refused until released:
        staging deadbeef5e6f: the smoke test failed: exit status 1 (since 2025-10-12, by ada)
      Exemptions:
        type_checking until 2025-12-31: the generated client has no types (ada,
        workflow_config.yaml:201), 72 days left
    ");
}

#[test]
fn several_components_stand_in_a_table_first() {
    insta::assert_snapshot!(shown(&[samples::soaking(), samples::demoted()]), @"
    component         maturity       staging              production            next
    … parcel_pricing  staging        4f1d2c9be07a 4 days  1a2b3c4d5e6f 49 days  3 block production
    ! checkout        dev (demoted)  ? interrupted        ? unreadable          ready for staging

    parcel_pricing: staging
      staging     4f1d2c9be07a, verified healthy, for 4 days; http://127.0.0.1:8101
                  rollback: to 1a2b3c4d5e6f, by itself when a check fails; shown to work on 2025-10-06
                            (drill, 14 days ago)
      production  1a2b3c4d5e6f, verified healthy, for 49 days; http://127.0.0.1:8101
                  rollback: there is no version to go back to
      What blocks production, in this order:
        1. ✗ staging_uptime_days failed
           4.8 days, needs ≥ 7 days (workflow_config.yaml:143)
           4.8 of 7 days; complete on 2025-10-22
           from samples of spec2prod probe, 12 min old
           → wait until then; `maturity_workflow.production` in workflow_config.yaml:143 sets the days
        2. ✗ staging_uptime_percentage failed
           99.31 %, needs ≥ 99.5 % (workflow_config.yaml:144)
           47.7 minutes down of 34.6 that are allowed
           from samples of spec2prod probe, 12 min old
           → find why staging was down
        3. ? monitoring_configured no_data
           nothing shows that monitoring is configured (workflow_config.yaml:147)
           → name a file or a query in `promotion.monitoring` of workflow_config.yaml
      Held, and refused until released:
        staging deadbeef5e6f: the smoke test failed: exit status 1 (since 2025-10-12, by ada)
      Exemptions:
        type_checking until 2025-12-31: the generated client has no types (ada,
        workflow_config.yaml:201), 72 days left

    checkout: dev
      ! demoted on 2025-10-19: test_coverage fell to 61.23 %, needs ≥ 70 %
      staging     not known: a deployment did not end well; http://127.0.0.1:8101
                  rollback: to 1a2b3c4d5e6f, by itself when a check fails; shown to work on 2025-10-06
                            (drill, 14 days ago)
      production  not known: its records could not be read; http://127.0.0.1:8101
      ! staging: a deployment of 4f1d2c9be07a by grace was interrupted in the phase deploy; the next run
        goes on
      ! staging: which version is active is not known; deploy one, or roll back
      ! production: reading the ledger: line 4 is no JSON
      ✓ Nothing blocks staging.
      ! type_checking exempted: ada until 2025-12-31: the generated client has no types
      ! staging_uptime_days skipped: a hotfix skips the days in staging
      Exemptions:
        ! documentation expired on 2025-10-01 and does not count any more: the generated client has no
          types (ada, workflow_config.yaml:201)
    ");
}

#[test]
fn nothing_is_said_of_nothing() {
    assert_eq!(shown(&[]), "there is no component\n");
    let mut highest = samples::soaking();
    highest.next = None;
    assert!(shown(&[highest]).contains("There is no higher level."));
    let mut ready = samples::soaking();
    if let Some(next) = &mut ready.next {
        next.blockers.clear();
    }
    assert!(shown(&[ready]).contains("✓ Nothing blocks production."));
}

#[test]
fn a_hotfix_is_said_before_everything_else() {
    let mut status = samples::soaking();
    let active = status.environments[1].active.as_mut().unwrap();
    active.hotfix = Some("orders are lost since 10:00".to_owned());
    let text = shown(&[status.clone()]);
    let below_title: Vec<&str> = text.lines().skip(1).take(2).collect();
    insta::assert_snapshot!(below_title.join("\n"), @r#"
    ! production: 1a2b3c4d5e6f came as a hotfix, without its days in staging: orders are lost since
      10:00
    "#);
    let table = shown(&[status, samples::soaking()]);
    let row = table.lines().nth(1).unwrap();
    assert!(row.starts_with("! "), "{row}");
    assert!(row.contains("hotfix"), "{row}");
}

#[test]
fn text_of_strangers_stays_text() {
    let text = shown(&[samples::hostile_status(), samples::soaking()]);
    let is_harmless = |c: char| c == '\n' || (!c.is_control() && c != '\u{202e}');
    assert!(text.chars().all(is_harmless));
    let begins_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!text.lines().any(begins_command));
}
