//! Exemptions, hotfixes and maturity.

use super::*;
use crate::config::Exemption;
use crate::ledger::Hold;
use crate::model::{GateRecord, Requirement};
use insta::assert_snapshot;

pub(super) fn failing(name: &str) -> Criterion {
    Criterion::new(name, Verdict::Failed, Requirement::Required, Vec::new())
}

pub(super) fn exemption(criterion: &str, expires: &str) -> Exemption {
    Exemption {
        component: "shop".parse().unwrap(),
        criterion: criterion.to_owned(),
        reason: "the stubs of the vendor are wrong".to_owned(),
        owner: "ada".to_owned(),
        expires: expires.parse().unwrap(),
        rule: rule("exemptions"),
    }
}

pub(super) fn excused(
    criteria: &mut [Criterion],
    exemptions: &[Exemption],
    is_hotfix: bool,
) -> Excused {
    let component = "shop".parse().unwrap();
    excuse(
        criteria,
        &mut [],
        exemptions,
        &component,
        is_hotfix,
        at(NOW),
    )
}

#[test]
fn an_exemption_excuses_its_criterion_until_its_last_day_is_over() {
    let mut criteria = [failing("type_checking"), failing("linting")];
    let found = excused(
        &mut criteria,
        &[exemption("type_checking", "2026-03-11")],
        false,
    );
    assert_eq!(found.used.len(), 1);
    assert_snapshot!(told(&criteria[0]), @r#"
    type_checking: skipped
      reason: type_checking excused until 2026-03-11 by ada: the stubs of the vendor are wrong (it would be failed)
      exemption: type_checking excused until 2026-03-11 by ada: the stubs of the vendor are wrong
    "#);
    assert!(criteria[1].blocks());
    let mut criteria = [failing("type_checking")];
    let found = excused(
        &mut criteria,
        &[exemption("type_checking", "2026-03-10")],
        false,
    );
    assert!(found.used.is_empty() && criteria[0].blocks());
    assert_snapshot!(told(&criteria[0]), @r#"
    type_checking: failed
      remedy: the exemption of ada expired on 2026-03-10 (workflow_config.yaml:7): the stubs of the vendor are wrong
    "#);
}

#[test]
fn what_passes_is_not_excused_and_of_two_the_longer_counts() {
    let passing = || {
        let verdict = Verdict::Passed;
        Criterion::new("type_checking", verdict, Requirement::Required, Vec::new())
    };
    let mut criteria = [passing()];
    let both = [
        exemption("type_checking", "2026-12-31"),
        exemption("type_checking", "2026-01-01"),
    ];
    assert_eq!(excused(&mut criteria, &both, false), Excused::default());
    assert_eq!(criteria[0], passing());
    let mut criteria = [failing("type_checking")];
    assert_eq!(excused(&mut criteria, &both, false).used.len(), 1);
}

#[test]
fn the_exemption_of_another_component_does_not_count() {
    let mut other = exemption("type_checking", "2026-12-31");
    other.component = "shop2".parse().unwrap();
    let mut criteria = [failing("type_checking")];
    assert_eq!(excused(&mut criteria, &[other], false), Excused::default());
    assert!(criteria[0].blocks());
}

#[test]
fn the_rollback_is_not_excused_in_a_hotfix() {
    let mut criteria = [failing("rollback_tested")];
    let exemptions = [exemption("rollback_tested", "2026-12-31")];
    excused(&mut criteria, &exemptions, true);
    assert!(criteria[0].blocks());
    assert_snapshot!(criteria[0].remedy.clone().unwrap(), @"rollback_tested is not excused in a hotfix, which may have to be taken back at once (workflow_config.yaml:7)");
    excused(&mut criteria, &exemptions, false);
    assert!(!criteria[0].blocks());
}

#[test]
fn the_record_of_the_gate_is_excused_with_it() {
    let mut gate = GateRecord {
        passed: false,
        gate_name: "type_checking".to_owned(),
        verdict: Verdict::Failed,
        requirement: Requirement::Required,
        details: serde_json::Map::new(),
        measurements: Vec::new(),
        findings: Vec::new(),
        errors: vec!["3 errors".to_owned()],
        warnings: Vec::new(),
        execution_time_ms: 0.0,
        reproduce: None,
    };
    let component = "shop".parse().unwrap();
    let mut criteria = [failing("type_checking")];
    let exemptions = [exemption("type_checking", "2026-12-31")];
    let gates = &mut [&mut gate];
    excuse(
        &mut criteria,
        gates,
        &exemptions,
        &component,
        false,
        at(NOW),
    );
    assert!(!gate.blocks() && !gate.passed);
    assert_eq!(gate.warnings.len(), 1);
}

#[test]
fn a_hotfix_skips_the_days_and_nothing_else() {
    let names = [
        "staging_uptime_days",
        "staging_uptime_percentage",
        "rollback_tested",
        "security_review_complete",
        "monitoring_configured",
        "dependencies",
        "testing",
        "health_check",
    ];
    let mut criteria = names.map(failing);
    for_hotfix(&mut criteria, "orders are lost");
    let blocking: Vec<&str> = criteria
        .iter()
        .filter(|criterion| criterion.blocks())
        .map(|criterion| criterion.name.as_str())
        .collect();
    assert_eq!(blocking, names[2..]);
    assert_snapshot!(told(&criteria[0]), @r#"
    staging_uptime_days: skipped
      reason: skipped by a hotfix: orders are lost (it would be failed)
    "#);
}

fn states(production: Option<State>) -> BTreeMap<EnvironmentName, Result<State, Unavailable>> {
    let mut states = World::new().facts.states;
    states.extend(production.map(|state| (EnvironmentName::Production, Ok(state))));
    states
}

pub(super) fn active(is_verified: bool) -> State {
    State {
        active: Some(Active {
            version: Version::of_commit(OTHER),
            since: ago(9),
            is_verified,
        }),
        periods: vec![period(OTHER, 9 * DAY, None)],
        ..State::default()
    }
}

#[test]
fn the_highest_environment_that_is_healthy_counts() {
    let level = |production| maturity(&states(production), None).level;
    assert_eq!(level(None), Some(Target::Staging));
    assert_eq!(level(Some(active(true))), Some(Target::Production));
    assert_eq!(level(Some(active(false))), Some(Target::Staging));
    let demoted = State {
        demotion: Some((ago(1), "it was down".to_owned())),
        ..active(true)
    };
    let found = maturity(&states(Some(demoted)), None);
    assert_eq!(found.level, Some(Target::Staging));
    assert_eq!(found.demotions.len(), 1);
    assert_eq!(found.versions.len(), 2);
}

#[test]
fn without_a_deployment_the_report_counts() {
    let none = BTreeMap::new();
    assert_eq!(maturity(&none, Some(true)).level, Some(Target::Dev));
    assert_eq!(maturity(&none, Some(false)).level, None);
    assert_eq!(maturity(&none, None).level, None);
    let reason = Reason::new(ReasonCode::SourceUnavailable, "torn");
    let torn = BTreeMap::from([(
        EnvironmentName::Production,
        Err(Unavailable::Errored(reason)),
    )]);
    let found = maturity(&torn, Some(true));
    assert_eq!(found.level, Some(Target::Dev));
    assert!(found.unknown.contains_key(&EnvironmentName::Production));
}

#[test]
fn holds_are_told_with_their_environment() {
    let mut states = states(None);
    let staging = states.get_mut(&EnvironmentName::Staging).unwrap();
    staging.as_mut().unwrap().holds.push(Hold {
        version: Version::of_commit(OTHER),
        reason: "its smoke test failed".to_owned(),
        since: ago(60),
        by: by("ada"),
    });
    let found = maturity(&states, None);
    assert_eq!(found.holds[0].0, EnvironmentName::Staging);
}
