//! The lines of a file: read, put together, written. Pure.

use super::error::LedgerError;
use crate::ledger::{Record, Sample};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;

/// How long a line may be that is written, in bytes.
const MAX_LINE: usize = 1024 * 1024;
/// How much of a line that cannot be read is shown, in characters.
const SHOWN: usize = 80;

/// What a line holds.
pub(super) trait Entry: Serialize + DeserializeOwned + Clone + PartialEq {
    /// When it happened.
    fn at(&self) -> Timestamp;
}

impl Entry for Record {
    fn at(&self) -> Timestamp {
        self.at
    }
}

impl Entry for Sample {
    fn at(&self) -> Timestamp {
        self.at
    }
}

/// One line. Two lines are the same when their texts are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line<T> {
    /// As it stands in the file, without the line break.
    pub(super) text: String,
    /// What it says.
    pub(super) entry: T,
}

impl<T: Entry> Line<T> {
    pub(super) fn new(entry: T) -> Result<Self, LedgerError> {
        let text = serde_json::to_string(&entry)?;
        if text.len() > MAX_LINE {
            return Err(LedgerError::TooLong {
                found: text.len(),
                limit: MAX_LINE,
            });
        }
        Ok(Self { text, entry })
    }
}

/// The lines of a file. The rest of a record at its end, which a writer that was killed leaves, is
/// no line: whoever wrote it was never told that it was written.
pub(super) fn read<T: Entry>(file: &str, bytes: &[u8]) -> Result<Vec<Line<T>>, LedgerError> {
    let (whole, rest) = bytes.split_at(end_of_lines(bytes));
    if !rest.is_empty() {
        tracing::warn!(
            "{file} ends with half a record of a run that was ended while it wrote; it does not count"
        );
    }
    let lines = (1..).zip(whole.split(|&byte| byte == b'\n'));
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let lines = lines
        .map(|(number, line)| {
            let unreadable = |problem: String| LedgerError::Unreadable {
                file: file.to_owned(),
                line: number,
                problem,
                found: String::from_utf8_lossy(line).chars().take(SHOWN).collect(),
            };
            let text = str::from_utf8(line).map_err(|error| unreadable(error.to_string()))?;
            let entry =
                serde_json::from_slice(line).map_err(|error| unreadable(error.to_string()))?;
            Ok(Line {
                text: text.to_owned(),
                entry,
            })
        })
        .collect::<Result<Vec<_>, _>>();
    lines.map(|mut lines: Vec<Line<T>>| {
        // What was taken over from elsewhere stands behind what it came before.
        lines.sort_by_key(|line| line.entry.at());
        lines
    })
}

/// Where the whole lines of a file end. A last line that is complete but for its line break is
/// whole: half a JSON object is none.
pub(super) fn end_of_lines(bytes: &[u8]) -> usize {
    let last_break = bytes.iter().rposition(|&byte| byte == b'\n');
    let begin = last_break.map_or(0, |position| position + 1);
    let rest = bytes.get(begin..).unwrap_or_default();
    if serde_json::from_slice::<serde::de::IgnoredAny>(rest).is_ok() {
        bytes.len()
    } else {
        begin
    }
}

/// The lines of both, each once, by time; those of the same time in the order in which they stand.
pub(super) fn merged<T: Entry>(ours: &[Line<T>], theirs: &[Line<T>]) -> Vec<Line<T>> {
    let mut seen = BTreeSet::new();
    let both = ours.iter().chain(theirs);
    let mut lines: Vec<Line<T>> = both
        .filter(|line| seen.insert(line.text.as_str()))
        .cloned()
        .collect();
    lines.sort_by_key(|line| line.entry.at());
    lines
}

/// The lines that are in `all` and not in `known`.
pub(super) fn missing<'a, T>(all: &'a [Line<T>], known: &[Line<T>]) -> Vec<&'a Line<T>> {
    let known: BTreeSet<&str> = known.iter().map(|line| line.text.as_str()).collect();
    let missing = all.iter();
    missing
        .filter(|line| !known.contains(line.text.as_str()))
        .collect()
}

/// The lines as they stand in a file.
pub(super) fn written<'a, T: 'a>(lines: impl IntoIterator<Item = &'a Line<T>>) -> Vec<u8> {
    let lines = lines.into_iter();
    lines.fold(Vec::new(), |mut bytes, line| {
        bytes.extend_from_slice(line.text.as_bytes());
        bytes.push(b'\n');
        bytes
    })
}

/// The time of the next record: now, but later than everything that is known, so that what follows
/// from something else also stands behind it, whatever the clock of the other machine says.
pub(super) fn next_time(now: Timestamp, last: Option<Timestamp>) -> Timestamp {
    let step = SignedDuration::from_micros(1);
    let after = last.and_then(|last| last.checked_add(step).ok());
    after.map_or(now, |after| now.max(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{by, healthy, records, time, version};
    use proptest::prelude::*;

    fn lines() -> Vec<Line<Record>> {
        let records = records(healthy("1", "a", None));
        records
            .into_iter()
            .map(|record| Line::new(record).unwrap())
            .collect()
    }

    #[test]
    fn a_file_reads_as_it_was_written() {
        let lines = lines();
        assert_eq!(read::<Record>("f", &written(&lines)).unwrap(), lines);
        assert!(read::<Record>("f", b"").unwrap().is_empty());
        assert!(read::<Record>("f", b"\n \r\n").unwrap().is_empty());
    }

    #[test]
    fn half_a_line_at_the_end_does_not_count_and_one_in_the_middle_is_an_error() {
        let lines = lines();
        let bytes = written(&lines);
        let complete = &bytes[..bytes.len() - 1];
        assert_eq!(read::<Record>("f", complete).unwrap(), lines);
        let last = lines.len() - 1;
        for cut in 2..lines[last].text.len() {
            let torn = &bytes[..bytes.len() - cut];
            assert_eq!(read::<Record>("f", torn).unwrap(), lines[..last], "{cut}");
        }
        let broken = [b"{\"at\":\n".as_slice(), &bytes].concat();
        let error = read::<Record>("deployments/staging/shop.jsonl", &broken).unwrap_err();
        insta::assert_snapshot!(error, @r#"cannot read the ledger: deployments/staging/shop.jsonl:1: found "{\"at\":", expected a record (EOF while parsing a value at line 1 column 6); restore the file from a copy, or read it with a version of spec2prod that knows this record"#);
    }

    #[test]
    fn what_is_not_known_is_never_left_out() {
        let unknown = br#"{"at":"2026-03-01T00:00:00Z","by":{"run":"r"},"event":{"kind":"renamed"}}
"#;
        assert!(read::<Record>("f", unknown).is_err());
        assert!(read::<Record>("f", b"\xff\n").is_err());
        assert!(read::<Record>("f", b"null\n").is_err());
        // Half a line is one that does not end; this one does.
        assert!(read::<Record>("f", b"null").is_err());
    }

    #[test]
    fn the_lines_of_two_machines_are_put_together() {
        let lines = lines();
        let (ours, theirs) = (&lines[..4], [&lines[4..], &lines[1..3]].concat());
        assert_eq!(merged(ours, &theirs), lines);
        assert_eq!(merged(&theirs, ours), lines);
        let absent: Vec<Line<Record>> = missing(&lines, ours).into_iter().cloned().collect();
        assert_eq!(absent, lines[4..]);
    }

    #[test]
    fn a_clock_that_is_behind_does_not_turn_cause_and_effect_around() {
        assert_eq!(next_time(time(5), None), time(5));
        assert_eq!(next_time(time(5), Some(time(4))), time(5));
        let later = next_time(time(5), Some(time(9)));
        assert!(later > time(9) && later < time(10));
        assert_eq!(next_time(time(5), Some(Timestamp::MAX)), time(5));
    }

    #[test]
    fn a_record_that_is_too_long_is_refused() {
        let record = Record {
            at: time(0),
            by: by("r"),
            event: crate::ledger::Event::Held {
                version: version("a"),
                reason: "x".repeat(MAX_LINE),
            },
        };
        assert!(matches!(
            Line::new(record),
            Err(LedgerError::TooLong { .. })
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Record>("f", &bytes);
            prop_assert!(end_of_lines(&bytes) <= bytes.len());
        }
    }
}
