//! Which version it is that a command gave something back for.

use super::support::{Memory, version};
use crate::deploy::{Log as _, outputs_of};
use crate::ledger::Event;
use crate::model::{Operation, Phase, Verdict};

/// What is known of the versions a and b after a command of b's deployment gave back an address.
fn urls_after(
    operation: Operation,
    (phase, is_rollback): (Phase, bool),
) -> (Option<String>, Option<String>) {
    let log = Memory::default();
    let start = |id: &str, operation, letter, previous: Option<char>| Event::Started {
        deployment: id.to_owned(),
        operation,
        version: version(letter),
        previous: previous.map(version),
        lease_until: jiff::Timestamp::UNIX_EPOCH,
        is_hotfix: false,
        hotfix: None,
        approved_by: Vec::new(),
    };
    let end = |id: &str, (phase, is_rollback), url: &str| Event::PhaseEnded {
        deployment: id.to_owned(),
        phase,
        is_rollback,
        verdict: Verdict::Passed,
        message: String::new(),
        outputs: [("url".to_owned(), url.to_owned())].into(),
        coverage: None,
    };
    log.push(start("1", Operation::Deploy, 'a', None));
    log.push(end("1", (Phase::Deploy, false), "one"));
    log.push(start("2", operation, 'b', Some('a')));
    log.push(end("2", (phase, is_rollback), "two"));
    let url = |letter| outputs_of(&log.records(), &version(letter)).remove("url");
    (url('a'), url('b'))
}

#[test]
fn what_a_rollback_gave_back_is_of_the_version_that_it_brought() {
    let (one, two) = (Some("one".to_owned()), Some("two".to_owned()));
    let (deploy, back) = ((Phase::Deploy, false), (Phase::Rollback, true));
    for operation in [Operation::Deploy, Operation::Drill] {
        assert_eq!(urls_after(operation, deploy), (one.clone(), two.clone()));
        assert_eq!(urls_after(operation, back), (two.clone(), None));
    }
    // By hand: the version that is gone back to is the one that the record names.
    assert_eq!(urls_after(Operation::Rollback, back), (one, two));
}
