//! What integration tests covered in staging.

use super::*;
use crate::ledger::MeasuredCoverage;
use crate::model::{SuiteCoverage, ThresholdSubject};
use insta::assert_snapshot;

fn measured(commit: &str, percent: f64) -> MeasuredCoverage {
    MeasuredCoverage {
        version: Version::of_commit(commit),
        at: ago(90),
        coverage: SuiteCoverage {
            percent,
            lines_covered: 150,
            lines_total: 200,
            branches_covered: Some(10),
            branches_total: Some(20),
        },
        deployment: "0195-a".to_owned(),
    }
}

fn asked_of(world: &World, least: f64) -> Criterion {
    let asked = integration_coverage(least, rule("quality_gates.test_coverage"));
    judge(&asked, &world.question())
}

#[test]
fn enough_coverage_of_this_version_passes() {
    let mut world = World::new();
    world.staging().covered = vec![measured(OTHER, 10.0), measured(COMMIT, 75.0)];
    assert_snapshot!(told(&asked_of(&world, 75.0)), @r#"
    integration_coverage: passed
      integration coverage: 75 %, needs ≥ 75 %
      source: the record of deployments to staging: the integration tests of deployment 0195-a on 2026-03-11T10:30Z, 1.5 hours ago
      measured: 2026-03-11T10:30:00Z
    "#);
}

#[test]
fn too_little_coverage_says_how_much_and_what_to_do() {
    let mut world = World::new();
    world.staging().covered = vec![measured(COMMIT, 74.999)];
    assert_snapshot!(told(&asked_of(&world, 75.0)), @r#"
    integration_coverage: failed
      integration coverage: 74.99 %, needs ≥ 75 %
      source: the record of deployments to staging: the integration tests of deployment 0195-a on 2026-03-11T10:30Z, 1.5 hours ago
      measured: 2026-03-11T10:30:00Z
      gap: they cover 150 of 200 lines and 10 of 20 branches
      remedy: let the integration tests cover more, and bring the version that has them to staging; at least 75 % is asked by `quality_gates.test_coverage.production_threshold` or the specification (workflow_config.yaml:7)
    "#);
}

#[test]
fn the_coverage_of_another_version_is_no_data() {
    let mut world = World::new();
    world.staging().covered = vec![measured(OTHER, 100.0)];
    assert_snapshot!(told(&asked_of(&world, 75.0)), @r#"
    integration_coverage: no_data
      integration coverage: unknown, needs ≥ 75 %
      reason: the record of deployments to staging has no coverage of 111111111111 by the integration tests, and what is unknown never passes
      source: the record of deployments to staging
      remedy: let them run there again: spec2prod promote --component shop --to staging
    "#);
    // Another artifact of the same commit is another version.
    world.staging().covered = vec![measured(COMMIT, 100.0)];
    world.version.digest = Some("sha256:9c1d".to_owned());
    assert_eq!(asked_of(&world, 75.0).verdict.as_str(), "no_data");
    let reason = Reason::new(ReasonCode::LedgerUnavailable, "the ledger cannot be read");
    let unreadable = Err(Unavailable::Errored(reason));
    let states = &mut world.facts.states;
    states.insert(EnvironmentName::Staging, unreadable);
    assert_eq!(asked_of(&world, 75.0).verdict.as_str(), "errored");
}

#[test]
fn the_specification_can_ask_for_more_and_not_for_less() {
    let mut world = World::new();
    world.staging().covered = vec![measured(COMMIT, 80.0)];
    let stated = |value| {
        vec![StatedThreshold {
            subject: ThresholdSubject::Coverage,
            level: Some(Target::Production),
            value,
            text: "Coverage".to_owned(),
            file: "specs/shop.md".to_owned(),
            at: crate::model::Position { line: 7, column: 1 },
        }]
    };
    world.stated = stated(90.0);
    let strict = asked_of(&world, 75.0);
    assert_eq!(strict.verdict, Verdict::Failed);
    assert_eq!(strict.measurements[0].target, 90.0);
    assert_eq!(
        strict.measurements[0].rule_from.to_string(),
        "specs/shop.md:7"
    );
    world.stated = stated(60.0);
    assert_eq!(asked_of(&world, 75.0).measurements[0].target, 75.0);
}

#[test]
fn a_hotfix_skips_no_coverage() {
    let world = World::new();
    let mut criteria = [asked_of(&world, 75.0)];
    for_hotfix(&mut criteria, "orders are lost");
    assert!(criteria[0].blocks());
}
