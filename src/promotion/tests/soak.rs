//! `staging_uptime_days`.

use super::*;
use crate::ledger::Hold;
use insta::assert_snapshot;

const NAME: &str = "staging_uptime_days";

#[test]
fn long_enough_passes() {
    let world = World::new();
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: passed
      staging uptime days: 8 days, needs ≥ 7 days
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
    "#);
}

#[test]
fn too_short_says_when_it_will_do() {
    let mut world = World::new();
    world.staging().periods = vec![period(COMMIT, 4 * DAY + 1200, None)];
    world.staging().active.as_mut().unwrap().since = ago(4 * DAY + 1200);
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: failed
      staging uptime days: 4.83 days, needs ≥ 7 days
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
      gap: 4.8 of 7 days; complete on 2026-03-13T16:00Z if nothing changes
      remedy: leave it in staging and go on looking at it: spec2prod probe --component shop --environment staging, from a scheduled workflow; how many days are asked is set by `staging_uptime_days` (workflow_config.yaml:7)
    "#);
}

#[test]
fn a_newer_version_neither_restarts_nor_inherits_it() {
    let mut world = World::new();
    let periods = vec![
        period(COMMIT, 8 * DAY, Some(3 * DAY)),
        period(OTHER, 3 * DAY, None),
    ];
    world.staging().periods = periods;
    world.staging().active = Some(Active {
        version: Version::of_commit(OTHER),
        since: ago(3 * DAY),
        is_verified: true,
    });
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: failed
      staging uptime days: 5 days, needs ≥ 7 days
      source: samples of spec2prod probe
      measured: 2026-03-08T11:55:00Z
      gap: 5 of 7 days; it does not grow: 222222222222 is in staging since 2026-03-08T12:00Z
      remedy: go on with the version that is in staging, or bring this one back: spec2prod promote --component shop --to staging; how many days are asked is set by `staging_uptime_days` (workflow_config.yaml:7)
    "#);
    world.version = Version::of_commit(OTHER);
    assert_snapshot!(world.judge(NAME).gap.unwrap(), @"3 of 7 days; complete on 2026-03-15T12:00Z if nothing changes");
}

#[test]
fn it_goes_on_where_it_was_after_a_drill() {
    let mut world = World::new();
    world.staging().periods = vec![
        period(COMMIT, 8 * DAY, Some(100)),
        period(OTHER, 100, Some(90)),
        period(COMMIT, 90, None),
    ];
    assert_eq!(world.judge(NAME).verdict, Verdict::Passed);
}

#[test]
fn what_was_reached_stays() {
    let mut world = World::new();
    world.staging().periods = vec![
        period(COMMIT, 20 * DAY, Some(12 * DAY)),
        period(OTHER, 12 * DAY, None),
    ];
    world.see(looks(20 * DAY, 0, Some(true)));
    assert_eq!(world.judge(NAME).verdict, Verdict::Passed);
}

#[test]
fn another_artifact_of_the_same_commit_is_another_version() {
    let mut world = World::new();
    world.version.digest = Some(format!("sha256:{}", "a".repeat(64)));
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: failed
      staging uptime days: 0 days, needs ≥ 7 days
      source: the record of deployments
      gap: 111111111111 (sha256:aaaaaaaaaaaa) was never active and verified in staging; 111111111111 is in staging since 2026-03-03T12:00Z
      remedy: deploy it there: spec2prod promote --component shop --to staging
    "#);
}

#[test]
fn time_before_it_was_verified_does_not_count() {
    let mut world = World::new();
    world.staging().periods[0].verified_at = Some(ago(DAY));
    assert_eq!(world.judge(NAME).measurements[0].actual_text(), "1 days");
    world.staging().periods[0].verified_at = None;
    world.staging().active.as_mut().unwrap().is_verified = false;
    assert_snapshot!(world.judge(NAME).gap.unwrap(), @"111111111111 was never active and verified in staging; 111111111111 is in staging since 2026-03-03T12:00Z, and it was never shown to be healthy");
}

fn hold(world: &mut World) {
    world.staging().holds = vec![Hold {
        version: Version::of_commit(COMMIT),
        reason: "its smoke test failed".to_owned(),
        since: ago(60),
        by: by("ada"),
    }];
}

#[test]
fn a_version_that_is_held_has_not_proved_itself() {
    let mut world = World::new();
    hold(&mut world);
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: failed
      staging uptime days: 8 days, needs ≥ 7 days
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
      gap: it is held in staging since 2026-03-11T11:00Z: its smoke test failed
      remedy: bring a version in which that is mended, or release this one: spec2prod release --component shop --environment staging --version 1111111111111111111111111111111111111111 --reason …
    "#);
}

#[test]
fn a_hold_counts_where_nobody_looked_and_for_every_artifact_of_its_commit() {
    let mut world = World::new();
    hold(&mut world);
    world.see(Vec::new());
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: failed
      staging uptime days: unknown, needs ≥ 7 days
      source: samples of spec2prod probe
      gap: it is held in staging since 2026-03-11T11:00Z: its smoke test failed
      remedy: bring a version in which that is mended, or release this one: spec2prod release --component shop --environment staging --version 1111111111111111111111111111111111111111 --reason …
    "#);
    world.version.digest = Some(format!("sha256:{}", "a".repeat(64)));
    let never = world.judge(NAME);
    world.staging().periods[0].version = world.version.clone();
    world.see(looks(8 * DAY, 0, Some(true)));
    let long_enough = world.judge(NAME);
    for criterion in [never, long_enough] {
        assert_eq!(criterion.verdict, Verdict::Failed);
        let gap = criterion.gap.unwrap();
        assert!(gap.starts_with("it is held in staging"), "{gap}");
    }
}

#[test]
fn where_no_days_are_asked_being_there_is_enough() {
    let mut world = World::new();
    world.requirements[0].value = RequiredValue::AtLeast(0.0);
    let reason = Reason::new(ReasonCode::SourceUnavailable, "Prometheus cannot be asked");
    world.facts.uptime = Err(Unavailable::Errored(reason));
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: passed
      staging uptime days: 8 days, needs ≥ 0 days
      source: the record of deployments
    "#);
    world.version = Version::of_commit(OTHER);
    assert_eq!(world.judge(NAME).verdict, Verdict::Failed);
    world.version = Version::of_commit(COMMIT);
    hold(&mut world);
    assert_eq!(world.judge(NAME).verdict, Verdict::Failed);
}

#[test]
fn without_looks_nothing_is_known() {
    let mut world = World::new();
    world.see(Vec::new());
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: no_data
      staging uptime days: unknown, needs ≥ 7 days
      reason: samples of spec2prod probe: nobody looked at staging while this version was active there
      source: samples of spec2prod probe
      gap: nobody looked from 2026-03-04T12:00Z to 2026-03-11T12:00Z (7 days)
      remedy: look at least every 900 seconds, which is `promotion.uptime.max_gap`: spec2prod probe --component shop --environment staging, from a scheduled workflow
    "#);
    let reason = Reason::new(ReasonCode::SourceUnavailable, "Prometheus cannot be asked");
    world.facts.uptime = Err(Unavailable::Errored(reason));
    assert!(matches!(world.judge(NAME).verdict, Verdict::Errored(_)));
}

#[test]
fn a_gap_is_named() {
    let mut world = World::new();
    let mut seen = looks(8 * DAY, 3 * DAY, Some(true));
    seen.extend(looks(2 * DAY, 0, Some(true)));
    world.see(seen);
    assert_snapshot!(told(&world.judge(NAME)), @r#"
    staging_uptime_days: no_data
      staging uptime days: unknown, needs ≥ 7 days
      reason: samples of spec2prod probe: 1728 looks cover 85.8 % of 7 days, at least 95 % is asked; nobody looked from 2026-03-08T12:15Z to 2026-03-09T12:05Z (23.8 hours)
      source: samples of spec2prod probe
      measured: 2026-03-11T11:55:00Z
      gap: nobody looked from 2026-03-08T12:15Z to 2026-03-09T12:05Z (23.8 hours)
      remedy: look at least every 900 seconds, which is `promotion.uptime.max_gap`: spec2prod probe --component shop --environment staging, from a scheduled workflow
    "#);
}

#[test]
fn down_time_is_no_uptime() {
    let mut world = World::new();
    let mut seen = looks(8 * DAY, 4 * DAY, Some(true));
    seen.extend(looks(4 * DAY, 2 * DAY, Some(false)));
    seen.extend(looks(2 * DAY, 0, Some(true)));
    world.see(seen);
    let criterion = world.judge(NAME);
    assert_eq!(criterion.verdict, Verdict::Failed);
    assert_eq!(criterion.measurements[0].actual_text(), "6 days");
}

#[test]
fn where_the_record_cannot_be_read_nothing_is_known() {
    let mut world = World::new();
    let reason = Reason::new(
        ReasonCode::SourceUnavailable,
        "line 3 of the ledger is torn",
    );
    world
        .facts
        .states
        .insert(EnvironmentName::Staging, Err(Unavailable::Errored(reason)));
    assert!(matches!(world.judge(NAME).verdict, Verdict::Errored(_)));
    world.facts.states.clear();
    assert!(matches!(world.judge(NAME).verdict, Verdict::NoData(_)));
}

#[test]
fn the_stricter_threshold_of_the_specification_counts() {
    let mut world = World::new();
    world.stated = vec![StatedThreshold {
        subject: crate::model::ThresholdSubject::StagingDays,
        level: Some(Target::Production),
        value: 14.0,
        text: "14 days in staging".to_owned(),
        file: "specs/shop.md".to_owned(),
        at: crate::model::Position {
            line: 31,
            column: 1,
        },
    }];
    let criterion = world.judge(NAME);
    assert_eq!(criterion.verdict, Verdict::Failed);
    let measurement = &criterion.measurements[0];
    assert_eq!(measurement.rule_from.to_string(), "specs/shop.md:31");
    assert_eq!(measurement.target, 14.0);
    world.stated[0].value = 3.0;
    assert_eq!(world.judge(NAME).measurements[0].target, 7.0);
}

#[test]
fn a_short_time_is_told_in_minutes() {
    let mut world = World::new();
    world.requirements[0].value = RequiredValue::AtLeast(1.0 / 24.0);
    world.staging().periods = vec![period(COMMIT, 12, None)];
    assert_snapshot!(world.judge(NAME).gap.unwrap(), @"12 minutes of 1 hour; complete on 2026-03-11T12:48Z if nothing changes");
}
