//! What keeps a level, and what takes it away.

use super::decisions::{active, excused, exemption, failing};
use super::*;
use crate::ledger::{Drill, Hold};
use crate::model::Requirement;
use insta::assert_snapshot;
use std::collections::BTreeSet;

/// What is asked of production for it to be kept.
fn kept(
    world: &World,
    seen: &[Sample],
    state: &State,
    unmet: Option<&BTreeSet<String>>,
) -> Vec<Criterion> {
    maintenance(&Maintenance {
        environment: EnvironmentName::Production,
        question: world.question(),
        state,
        looks: Ok(seen),
        unmet,
    })
}

/// The criterion of a name, as a person reads it.
fn one(criteria: &[Criterion], name: &str) -> String {
    let mut found = criteria.iter().filter(|criterion| criterion.name == name);
    found.next().map_or_else(|| "not asked".to_owned(), told)
}

fn demoted(seen: &[Sample], criteria: &[Criterion], state: &State) -> Option<String> {
    let world = World::new();
    let mut all = kept(&world, seen, state, None);
    all.extend_from_slice(criteria);
    demotion(state, &all).map(|demotion| demotion.reason)
}

#[test]
fn a_level_is_taken_away_where_it_does_not_hold() {
    let up = looks(9 * DAY, 0, Some(true));
    assert_eq!(demoted(&up, &[], &active(true)), None);
    let mut down = looks(9 * DAY, 1000, Some(true));
    down.extend(looks(1000, 900, Some(false)));
    down.extend(looks(900, 0, Some(true)));
    assert_snapshot!(demoted(&down, &[], &active(true)).unwrap(), @"production was down for 100 minutes of its last 7 days, and 50.4 minutes are the error budget of 99.5 %");
    let mut criteria = [failing("type_checking")];
    excused(
        &mut criteria,
        &[exemption("type_checking", "2026-03-10")],
        false,
    );
    assert_snapshot!(demoted(&up, &criteria, &active(true)).unwrap(), @"type_checking: the exemption of ada expired on 2026-03-10 (workflow_config.yaml:7): the stubs of the vendor are wrong");
}

#[test]
fn not_knowing_takes_nothing_away_and_nothing_is_taken_twice() {
    let unknown = Verdict::NoData(Reason::new(ReasonCode::NoEvidence, "nothing is known"));
    let unknown = Criterion {
        verdict: unknown,
        ..failing("testing")
    };
    assert_eq!(demoted(&[], &[unknown], &active(true)), None);
    let advisory = Criterion {
        requirement: Requirement::Advisory,
        ..failing("complexity")
    };
    assert_eq!(demoted(&[], &[advisory], &active(true)), None);
    let failed = [failing("testing")];
    assert!(demoted(&[], &failed, &active(true)).is_some());
    assert_eq!(demoted(&[], &failed, &active(false)), None);
    assert_eq!(demoted(&[], &failed, &State::default()), None);
    let already = State {
        demotion: Some((ago(1), "it was down".to_owned())),
        ..active(true)
    };
    assert_eq!(demoted(&[], &failed, &already), None);
}

#[test]
fn a_version_that_is_held_where_it_is_active_loses_its_level() {
    let mut state = active(true);
    state.holds.push(Hold {
        version: Version::of_commit(OTHER),
        reason: "loses orders".to_owned(),
        since: ago(60),
        by: by("ada"),
    });
    let up = looks(9 * DAY, 0, Some(true));
    let criteria = kept(&World::new(), &up, &state, None);
    assert_snapshot!(one(&criteria, "hold"), @r#"
    hold: failed
      the active version is held: yes, needs no
      source: the record of deployments
      gap: 222222222222 is active in production and held since 2026-03-11T11:00Z: loses orders
      remedy: deploy another version, take this one back with `spec2prod rollback`, or release it: spec2prod release --component shop --environment production --version 2222222222222222222222222222222222222222 --reason …
    "#);
    assert_snapshot!(demotion(&state, &criteria).unwrap().reason, @"hold: 222222222222 is active in production and held since 2026-03-11T11:00Z: loses orders");
}

#[test]
fn a_dependency_that_is_lower_takes_the_level_away_and_one_that_is_not_known_does_not() {
    let up = looks(9 * DAY, 0, Some(true));
    let state = active(true);
    let mut world = World::new();
    let mut at = |maturity| {
        world.facts.dependencies = vec![DependencyFact {
            component: "utils".to_owned(),
            maturity,
            stated_at: "workflow_config.yaml:3".to_owned(),
        }];
        demotion(&state, &kept(&world, &up, &state, None)).map(|found| found.reason)
    };
    assert_eq!(at(Some(Target::Production)), None);
    assert_eq!(at(None), None);
    assert_snapshot!(at(Some(Target::Dev)).unwrap(), @"dependencies: production is asked of utils, which is at dev (workflow_config.yaml:3)");
}

#[test]
fn a_rollback_that_was_shown_too_long_ago_takes_the_level_away_where_it_is_asked() {
    let up = looks(9 * DAY, 0, Some(true));
    let mut state = active(true);
    state.drills.push(Drill {
        at: ago(91 * DAY),
        from: Version::of_commit(OTHER),
        to: Version::of_commit(COMMIT),
        is_drill: true,
        by: by("ada"),
    });
    let mut world = World::new();
    let production = (EnvironmentName::Production, Ok(state.clone()));
    world.facts.states.extend([production]);
    assert_eq!(demotion(&state, &kept(&world, &up, &state, None)), None);
    let asks = asked("rollback_tested", RequiredValue::Yes);
    world.requirements.push(asks);
    let criteria = kept(&world, &up, &state, None);
    assert_snapshot!(demotion(&state, &criteria).unwrap().reason, @"rollback_tested: the last one was on 2025-12-10T12:00Z, 91 days ago");
    // Until its last day an exemption keeps the level, too.
    world.policy.exemptions = vec![exemption("rollback_tested", "2026-03-11")];
    assert_eq!(demotion(&state, &kept(&world, &up, &state, None)), None);
}

#[test]
fn an_exemption_that_ended_takes_the_level_away_where_a_report_shows_that_it_was_needed() {
    let up = looks(9 * DAY, 0, Some(true));
    let mut state = active(true);
    state.active.as_mut().unwrap().since = ago(9 * DAY);
    let mut world = World::new();
    world.policy.exemptions = vec![exemption("type_checking", "2026-03-10")];
    let unmet = BTreeSet::from(["type_checking".to_owned()]);
    let of = |world: &World, state: &State, unmet: Option<&BTreeSet<String>>| {
        let criteria = kept(world, &up, state, unmet);
        let is_demoted = demotion(state, &criteria).is_some();
        (is_demoted, one(&criteria, "exemptions"))
    };
    let (is_demoted, told) = of(&world, &state, Some(&unmet));
    assert!(is_demoted);
    assert_snapshot!(told, @r#"
    exemptions: failed
      source: the last report about this version
      gap: the exemption of type_checking by ada expired on 2026-03-10 (workflow_config.yaml:7): the stubs of the vendor are wrong
      remedy: bring a version in which that is mended, or agree on a new day, and deploy: spec2prod promote --component shop --to production
    "#);
    let (is_demoted, _) = of(&world, &state, Some(&BTreeSet::new()));
    assert!(!is_demoted);
    let (is_demoted, told) = of(&world, &state, None);
    assert!(!is_demoted);
    assert_snapshot!(told, @r#"
    exemptions: no_data
      reason: the exemption of type_checking by ada expired on 2026-03-10 (workflow_config.yaml:7): the stubs of the vendor are wrong; there is no report about 222222222222 that says whether it holds without
      remedy: judge this version: spec2prod run --component shop --target production --no-deploy
    "#);
    // The version came after the exemption was over, and so without it.
    state.active.as_mut().unwrap().since = ago(60);
    assert_eq!(of(&world, &state, None), (false, "not asked".to_owned()));
    world.policy.exemptions = vec![exemption("type_checking", "2026-03-11")];
    assert_eq!(of(&world, &state, None), (false, "not asked".to_owned()));
}

#[test]
fn what_nobody_looked_at_is_said_and_takes_nothing_away() {
    let state = active(true);
    let criteria = kept(&World::new(), &[], &state, None);
    assert_eq!(demotion(&state, &criteria), None);
    assert_snapshot!(one(&criteria, "uptime"), @r#"
    uptime: no_data
      uptime, where what nobody saw counts as up: unknown, needs ≥ 99.5 %
      reason: samples of spec2prod probe: nobody looked at production while this version was active there
      source: samples of spec2prod probe
      remedy: look at least every 900 seconds, which is `promotion.uptime.max_gap`: spec2prod probe --component shop --environment production, from a scheduled workflow
    "#);
}
