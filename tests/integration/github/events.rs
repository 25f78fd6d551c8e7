//! Every payload that GitHub gives as an example is understood.

use serde_json::Value;
use spec2prod::github::{Event, Variables};
use std::fs;

const EVENTS: &str = include_str!("../../fixtures/github/events.json");

#[test]
fn the_payloads_of_all_events_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("event.json");
    let events: Value = serde_json::from_str(EVENTS).unwrap();
    let mut understood = 0;
    for (name, payloads) in events.as_object().unwrap() {
        for payload in payloads.as_array().into_iter().flatten() {
            fs::write(&file, payload.to_string()).unwrap();
            let variables = [
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_EVENT_NAME", name),
                ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
                ("GITHUB_REPOSITORY", "octo/shop"),
                ("GITHUB_SHA", "ffffffffffffffffffffffffffffffffffffffff"),
                ("GITHUB_RUN_ID", "1"),
            ];
            let variables =
                Variables::new(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
            let event = Event::read(&variables).unwrap().unwrap();
            assert_eq!(&event.name, name);
            if name == "pull_request" {
                assert_eq!(
                    payload.pointer("/pull_request/head/sha").unwrap(),
                    event.head_sha.as_str()
                );
                assert!(event.pull_request.is_some());
            }
            understood += 1;
        }
    }
    assert!(understood >= 19, "{understood}");
}
