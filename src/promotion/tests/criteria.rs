//! Reviews, monitoring, rollbacks that were shown to work, dependencies.

use super::*;
use crate::ledger::{Drill, Hold};
use insta::assert_snapshot;

fn review(commit: &str, minutes: i64) -> Review {
    Review {
        what: "approving review of team security".to_owned(),
        by: Some("ada".to_owned()),
        at: Some(ago(minutes)),
        commit: commit.to_owned(),
        url: Some("https://github.com/o/r/pull/7".to_owned()),
    }
}

#[test]
fn a_review_of_this_commit_passes() {
    let mut world = World::new();
    world.facts.reviews = Ok(vec![review(OTHER, 10), review(COMMIT, 100)]);
    assert_snapshot!(told(&world.judge("security_review_complete")), @r#"
    security_review_complete: passed
      security review complete: yes, needs yes
      source: approving review of team security by ada at 2026-03-11T10:20Z (https://github.com/o/r/pull/7)
      measured: 2026-03-11T10:20:00Z
    "#);
}

#[test]
fn a_review_of_another_commit_names_both() {
    let mut world = World::new();
    world.policy.security_review.file = Some("reviews/{component}.md".to_owned());
    world.policy.security_review.teams = vec!["security".to_owned()];
    world.policy.security_review.rule = Some(rule("promotion.security_review"));
    world.facts.reviews = Ok(vec![review(OTHER, 10)]);
    assert_snapshot!(told(&world.judge("security_review_complete")), @r#"
    security_review_complete: failed
      security review complete: no, needs yes
      source: approving review of team security by ada at 2026-03-11T11:50Z (https://github.com/o/r/pull/7)
      measured: 2026-03-11T11:50:00Z
      gap: approving review of team security by ada at 2026-03-11T11:50Z (https://github.com/o/r/pull/7) is about 222222222222, and this version is 111111111111
      remedy: any of these counts: an approving review of a member of security, reviews/shop.md with the lines `commit: 1111111111111111111111111111111111111111`, `reviewer: NAME` and `date: YYYY-MM-DD`; set by `promotion.security_review` (workflow_config.yaml:7)
    "#);
    world.facts.reviews = Ok(Vec::new());
    assert_snapshot!(world.judge("security_review_complete").gap.unwrap(), @"nobody reviewed 111111111111");
}

#[test]
fn reviews_that_cannot_be_asked_for_block() {
    let world = World::new();
    assert_snapshot!(told(&world.judge("security_review_complete")), @r#"
    security_review_complete: no_data
      security review complete: unknown, needs yes
      reason: not set up
      remedy: set it up
    "#);
}

#[test]
fn monitoring_is_there_or_not_or_unknown() {
    let mut world = World::new();
    let found = |is_configured, what: &str| {
        Ok(Monitoring {
            is_configured,
            what: what.to_owned(),
        })
    };
    world.facts.monitoring = found(true, "file monitoring/alerts.yaml");
    assert_eq!(
        world.judge("monitoring_configured").verdict,
        Verdict::Passed
    );
    world.facts.monitoring = found(false, "there is no file monitoring/alerts.yaml");
    assert_snapshot!(told(&world.judge("monitoring_configured")), @r#"
    monitoring_configured: failed
      monitoring configured: no, needs yes
      source: there is no file monitoring/alerts.yaml
      gap: there is no file monitoring/alerts.yaml
      remedy: configure the monitoring of shop, or say where it is in `promotion.monitoring`
    "#);
    let reason = Reason::new(ReasonCode::SourceUnavailable, "cannot be asked");
    world.facts.monitoring = Err(Unavailable::Errored(reason));
    let verdict = world.judge("monitoring_configured").verdict;
    assert!(matches!(verdict, Verdict::Errored(_)));
}

fn drill(minutes: i64) -> Drill {
    Drill {
        at: ago(minutes),
        from: Version::of_commit(COMMIT),
        to: Version::of_commit(OTHER),
        is_drill: true,
        by: by("ada"),
    }
}

#[test]
fn the_latest_rollback_counts() {
    let mut world = World::new();
    world.staging().drills = vec![drill(200 * DAY), drill(5 * DAY)];
    assert_snapshot!(told(&world.judge("rollback_tested")), @r#"
    rollback_tested: passed
      days since a rollback was shown to work: 5 days, needs ≤ 90 days
      source: drill in staging from 111111111111 to 222222222222
      measured: 2026-03-06T12:00:00Z
    "#);
}

#[test]
fn an_old_rollback_does_not_count() {
    let mut world = World::new();
    world.staging().drills = vec![drill(200 * DAY)];
    assert_snapshot!(told(&world.judge("rollback_tested")), @r#"
    rollback_tested: failed
      days since a rollback was shown to work: 200 days, needs ≤ 90 days
      source: drill in staging from 111111111111 to 222222222222
      measured: 2025-08-23T12:00:00Z
      gap: the last one was on 2025-08-23T12:00Z, 200 days ago
      remedy: show that it works: spec2prod rollback --drill --component shop --environment staging; the greatest age is set by `promotion.rollback_max_age_days`, and that it is asked by `rollback_tested` (workflow_config.yaml:7)
    "#);
}

#[test]
fn a_rollback_in_production_counts_and_one_in_the_future_does_not() {
    let mut world = World::new();
    world.staging().drills = vec![drill(-DAY)];
    assert_snapshot!(told(&world.judge("rollback_tested")), @r#"
    rollback_tested: failed
      rollback tested: no, needs yes
      source: the record of deployments
      gap: no rollback was ever shown to work, in staging or in production
      remedy: show that it works: spec2prod rollback --drill --component shop --environment staging; the greatest age is set by `promotion.rollback_max_age_days`, and that it is asked by `rollback_tested` (workflow_config.yaml:7)
    "#);
    let production = State {
        drills: vec![Drill {
            is_drill: false,
            ..drill(DAY)
        }],
        ..State::default()
    };
    let states = &mut world.facts.states;
    states.insert(EnvironmentName::Production, Ok(production));
    let criterion = world.judge("rollback_tested");
    assert_eq!(criterion.verdict, Verdict::Passed);
    assert_snapshot!(criterion.source.unwrap(), @"rollback in earnest in production from 111111111111 to 222222222222");
}

#[test]
fn a_record_that_cannot_be_read_may_have_a_rollback_in_it() {
    let mut world = World::new();
    let torn = || {
        Reason::new(
            ReasonCode::SourceUnavailable,
            "line 3 of the ledger is torn",
        )
    };
    let states = &mut world.facts.states;
    states.insert(
        EnvironmentName::Production,
        Err(Unavailable::Errored(torn())),
    );
    let errored = Verdict::Errored(torn());
    assert_eq!(world.judge("rollback_tested").verdict, errored);
    world.staging().drills = vec![drill(200 * DAY)];
    assert_eq!(world.judge("rollback_tested").verdict, errored);
    world.staging().drills.push(drill(DAY));
    assert_eq!(world.judge("rollback_tested").verdict, Verdict::Passed);
}

#[test]
fn what_nothing_measures_has_no_data() {
    let world = World::new();
    assert_snapshot!(told(&world.judge("chaos_tested")), @r#"
    chaos_tested: no_data
      chaos tested: unknown, needs yes
      reason: nothing measures chaos_tested, and what is unknown never passes
    "#);
}

fn dependency(component: &str, maturity: Option<Target>) -> DependencyFact {
    DependencyFact {
        component: component.to_owned(),
        maturity,
        stated_at: "specs/shop.md:12".to_owned(),
    }
}

#[test]
fn dependencies_have_to_be_as_mature() {
    let mut world = World::new();
    assert_eq!(dependencies(&world.question()), None);
    world.facts.dependencies = vec![dependency("utils", Some(Target::Production))];
    let criterion = dependencies(&world.question()).unwrap();
    assert_eq!(criterion.verdict, Verdict::Passed);
    world.facts.dependencies.push(dependency("queue", None));
    assert_snapshot!(told(&dependencies(&world.question()).unwrap()), @r#"
    dependencies: no_data
      utils is at production: yes, needs yes
      queue is at production: unknown, needs yes
      reason: the maturity is not known: queue, of which nothing is known (specs/shop.md:12)
      source: the records of deployments and reports of those components
      gap: production is asked of queue, of which nothing is known (specs/shop.md:12)
      remedy: bring queue to production first, or remove the dependency where it is stated
    "#);
    world
        .facts
        .dependencies
        .push(dependency("store", Some(Target::Staging)));
    assert_snapshot!(told(&dependencies(&world.question()).unwrap()), @r#"
    dependencies: failed
      utils is at production: yes, needs yes
      queue is at production: unknown, needs yes
      store is at production: no, needs yes
      source: the records of deployments and reports of those components
      gap: production is asked of store, which is at staging (specs/shop.md:12); queue, of which nothing is known (specs/shop.md:12)
      remedy: bring store, queue to production first, or remove the dependency where it is stated
    "#);
}

#[test]
fn only_what_was_healthy_in_staging_and_is_not_held_there_goes_on() {
    let mut world = World::new();
    let states = |state: State| BTreeMap::from([(EnvironmentName::Staging, Ok(state))]);
    let verified = State {
        verified: vec![Version::of_commit(COMMIT), Version::of_commit(OTHER)],
        ..State::default()
    };
    world.facts.states = states(verified.clone());
    assert_eq!(
        verified_in_staging(&world.question()).verdict,
        Verdict::Passed
    );
    world.facts.states = states(State {
        holds: vec![Hold {
            version: Version::of_commit(COMMIT),
            reason: "wrong prices".to_owned(),
            since: ago(60),
            by: By::default(),
        }],
        ..verified
    });
    assert_snapshot!(told(&verified_in_staging(&world.question())), @"
    verified_in_staging: failed
      verified in staging: no, needs yes
      source: the record of deployments
      gap: it is held in staging since 2026-03-11T11:00Z: wrong prices
      remedy: bring a version in which that is mended, or release this one: spec2prod release --component shop --environment staging --version 1111111111111111111111111111111111111111 --reason …
    ");
    world.facts.states = states(State::default());
    assert_snapshot!(told(&verified_in_staging(&world.question())), @"
    verified_in_staging: failed
      verified in staging: no, needs yes
      source: the record of deployments
      gap: 111111111111 was never verified healthy in staging
      remedy: deploy it there: spec2prod promote --component shop --to staging
    ");
    world.facts.states = BTreeMap::new();
    assert_snapshot!(told(&verified_in_staging(&world.question())), @"
    verified_in_staging: no_data
      verified in staging: unknown, needs yes
      reason: nothing is known about what is deployed to staging
      remedy: set up `environments.staging` in the configuration
    ");
}
