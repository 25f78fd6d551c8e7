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
