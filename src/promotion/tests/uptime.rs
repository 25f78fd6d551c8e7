//! `staging_uptime_percentage`.

use super::*;
use insta::assert_snapshot;

const NAME: &str = "staging_uptime_percentage";

fn down(minutes: i64) -> World {
    let mut world = World::new();
    let mut seen = looks(8 * DAY, 1000, Some(true));
    seen.extend(looks(1000, 1000 - minutes, Some(false)));
    seen.extend(looks(1000 - minutes, 0, Some(true)));
    world.see(seen);
    world
}

#[test]
fn within_the_budget_passes() {
    assert_snapshot!(told(&down(50).judge(NAME)), @r#"
    staging_uptime_percentage: passed
      staging uptime percentage: 99.5 %, needs ≥ 99.5 %
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
      gap: 50 of 50.4 minutes of the error budget used in 7 days, 0.4 left
    "#);
}

#[test]
fn beyond_the_budget_fails() {
    assert_snapshot!(told(&down(60).judge(NAME)), @r#"
    staging_uptime_percentage: failed
      staging uptime percentage: 99.4 %, needs ≥ 99.5 %
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
      gap: 60 of 50.4 minutes of the error budget used in 7 days, 0 left
      remedy: find out why it was down and bring a version in which that is mended; how much is asked is set by `staging_uptime_percentage` (workflow_config.yaml:7)
    "#);
}

#[test]
fn the_budget_is_that_of_the_days_asked() {
    // 50.4 minutes are 99.5 % of seven days, and 57.6 minutes of the eight that it was there.
    assert_eq!(down(55).judge(NAME).verdict, Verdict::Failed);
    let mut world = down(55);
    world.requirements.remove(0);
    let alone = judge(&world.requirements[0], &world.question());
    assert_eq!(alone.verdict, Verdict::Passed);
}

#[test]
fn where_no_days_are_asked_all_of_its_time_counts() {
    // 57.6 minutes are 99.5 % of the eight days that it was there.
    for (minutes, verdict) in [(55, Verdict::Passed), (60, Verdict::Failed)] {
        let mut world = down(minutes);
        world.requirements[0].value = RequiredValue::AtLeast(0.0);
        assert_eq!(world.judge(NAME).verdict, verdict, "{minutes}");
    }
}

#[test]
fn a_bad_beginning_says_when_it_holds_again() {
    let mut world = World::new();
    world.staging().periods = vec![period(COMMIT, DAY, None)];
    let mut seen = looks(DAY, 1000, Some(true));
    seen.extend(looks(1000, 990, Some(false)));
    seen.extend(looks(990, 0, Some(true)));
    world.see(seen);
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_percentage: failed
      staging uptime percentage: 99.3 %, needs ≥ 99.5 %
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
      gap: 10 of 7.2 minutes of the error budget used in 1 day, 0 left
      remedy: it holds again on 2026-03-11T21:20Z if it stays up; how much is asked is set by `staging_uptime_percentage` (workflow_config.yaml:7)
    "#);
}

#[test]
fn what_happened_before_the_window_is_forgotten() {
    let mut world = World::new();
    let mut seen = looks(8 * DAY, 7 * DAY + 60, Some(false));
    seen.extend(looks(7 * DAY + 60, 0, Some(true)));
    world.see(seen);
    let criterion = world.judge(NAME);
    assert_eq!(criterion.verdict, Verdict::Passed);
    assert_eq!(criterion.measurements[0].actual_text(), "100 %");
}

#[test]
fn unknown_time_is_neither_up_nor_down() {
    let mut world = World::new();
    let mut seen = looks(8 * DAY, 200, Some(true));
    seen.extend(looks(200, 0, None));
    world.see(seen);
    assert_eq!(world.judge(NAME).measurements[0].actual_text(), "100 %");
    world.see(looks(8 * DAY, 2 * DAY, Some(true)));
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_percentage: no_data
      staging uptime percentage: unknown, needs ≥ 99.5 %
      reason: samples of spec2prod probe: 1441 looks cover 71.5 % of 7 days, at least 95 % is asked; nobody looked from 2026-03-09T12:15Z to 2026-03-11T12:00Z (1.9 days)
      source: samples of spec2prod probe
      measured: 2026-03-09T12:00:00Z
      gap: nobody looked from 2026-03-09T12:15Z to 2026-03-11T12:00Z (1.9 days)
      remedy: look at least every 900 seconds, which is `promotion.uptime.max_gap`: spec2prod probe --component shop --environment staging, from a scheduled workflow
    "#);
}

#[test]
fn without_looks_or_a_deployment_nothing_is_known() {
    let mut world = World::new();
    world.see(Vec::new());
    assert!(matches!(world.judge(NAME).verdict, Verdict::NoData(_)));
    let mut world = World::new();
    world.staging().periods.clear();
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_percentage: no_data
      staging uptime percentage: unknown, needs ≥ 99.5 %
      reason: 111111111111 was never active and verified in staging
      remedy: deploy it there: spec2prod promote --component shop --to staging
    "#);
}

#[test]
fn a_hundred_percent_is_asked_in_earnest() {
    let mut world = down(5);
    world.requirements[1].value = RequiredValue::AtLeast(100.0);
    let criterion = world.judge(NAME);
    assert_eq!(criterion.verdict, Verdict::Failed);
    let remedy = criterion.remedy.unwrap();
    assert!(remedy.starts_with("find out why"), "{remedy}");
    let mut world = World::new();
    world.requirements[1].value = RequiredValue::AtLeast(100.0);
    assert_eq!(world.judge(NAME).verdict, Verdict::Passed);
}
