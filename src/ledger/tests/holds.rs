//! What people say about versions: holds, releases, demotions.

use super::*;
use crate::ledger::State;

fn state(events: impl IntoIterator<Item = Event>) -> State {
    State::of(&records(events))
}

#[test]
fn a_hold_lasts_until_it_is_released() {
    let held = |digest: Option<&str>| Event::Held {
        version: Version {
            digest: digest.map(str::to_owned),
            ..version("a")
        },
        reason: "bad".to_owned(),
    };
    let release = |digest: Option<&str>| Event::Released {
        version: Version {
            digest: digest.map(str::to_owned),
            ..version("a")
        },
        reason: "mended".to_owned(),
    };
    let with = |digest: &str| Version {
        digest: Some(digest.to_owned()),
        ..version("a")
    };
    let whole = state([held(None)]);
    assert!(whole.hold_of(&with("sha256:1")).is_some());
    let one = state([held(Some("sha256:1"))]);
    assert!(one.hold_of(&with("sha256:1")).is_some());
    assert!(one.hold_of(&version("a")).is_some());
    assert!(one.hold_of(&with("sha256:2")).is_none());
    assert!(state([held(Some("x")), release(None)]).holds.is_empty());
    assert!(
        state([held(Some("x")), release(Some("x"))])
            .holds
            .is_empty()
    );
    assert_eq!(state([held(None), release(Some("x"))]).holds.len(), 1);
    let again = state([held(None), held(None)]);
    assert_eq!(again.holds[0].since, time(0));
}

#[test]
fn a_held_version_is_nothing_to_go_back_to() {
    let mut events = [healthy("1", "a", None), healthy("2", "b", Some("a"))].concat();
    events.extend(healthy("3", "c", Some("b")));
    let before = |events: &[Event]| {
        let state = state(events.iter().cloned());
        state.version_before(&version("c")).cloned()
    };
    assert_eq!(before(&events), Some(version("b")));
    events.push(Event::Held {
        version: version("b"),
        reason: "bad".to_owned(),
    });
    assert_eq!(before(&events), Some(version("a")));
}

#[test]
fn a_deployment_that_went_well_ends_a_demotion() {
    let demoted = Event::Demoted {
        version: version("a"),
        reason: "uptime".to_owned(),
    };
    let events = [healthy("1", "a", None), vec![demoted]].concat();
    let taken = state(events.clone());
    assert_eq!(taken.demotion, Some((time(360), "uptime".to_owned())));
    let again = state([events, healthy("2", "b", Some("a"))].concat());
    assert_eq!(again.demotion, None);
}

/// The same, as a hotfix for this reason.
fn as_hotfix(mut events: Vec<Event>, why: Option<&str>) -> Vec<Event> {
    if let Some(Event::Started {
        is_hotfix, hotfix, ..
    }) = events.first_mut()
    {
        *is_hotfix = true;
        *hotfix = why.map(str::to_owned);
    }
    events
}

#[test]
fn a_version_that_came_as_a_hotfix_is_known_with_the_reason() {
    let first = healthy("1", "a", None);
    let second = as_hotfix(healthy("2", "b", Some("a")), Some("orders are lost"));
    let third = as_hotfix(healthy("3", "c", Some("b")), None);
    let state = State::of(&records([first, second, third].concat()));
    let told = |name: &str| {
        let hotfix = state.hotfix_of(&version(name));
        hotfix.map(|hotfix| hotfix.reason.clone())
    };
    assert_eq!(told("a"), None);
    assert_eq!(told("b"), Some(Some("orders are lost".to_owned())));
    assert_eq!(told("c"), Some(None));
}

#[test]
fn a_hotfix_that_was_not_deployed_is_none() {
    let mut events = as_hotfix(healthy("1", "a", None), Some("orders are lost"));
    events.truncate(1);
    events.push(Event::Ended {
        deployment: "1".to_owned(),
        outcome: DeploymentOutcome::Refused,
        active: None,
        message: "it is held".to_owned(),
    });
    assert_eq!(State::of(&records(events)).hotfixes, []);
}

#[test]
fn a_record_of_earlier_is_read() {
    let line = r#"{"at":"2026-03-01T10:00:00Z","by":{"run":"r1"},"event":{"kind":"started","deployment":"1","operation":"deploy","version":{"commit":"4f2a"},"previous":null,"lease_until":"2026-03-01T10:40:00Z","is_hotfix":true}}"#;
    let record: Record = serde_json::from_str(line).unwrap();
    let state = State::of(&[record]);
    assert_eq!(state.hotfixes.len(), 1);
    assert_eq!(state.hotfixes[0].reason, None);
}
