//! What looks at an environment say about stretches of time. Pure.
//!
//! A look holds until the next one, and no longer than the greatest gap that is allowed. What is
//! left is not known: it counts neither as up nor as down.

use super::Sample;
use crate::ledger::Period;
use crate::model::{Version, cut_decimals};
use jiff::Timestamp;
use std::time::Duration;

/// A day, in milliseconds.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1000;

/// A stretch of time in which a version was active and verified healthy. In milliseconds since the
/// epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// When it was verified. Its health was seen then, so that this is a look, too.
    pub(super) verified: i64,
    /// From when it is asked about; not before it was verified.
    pub(super) from: i64,
    /// To when.
    pub(super) to: i64,
}

/// What is known about stretches of time. In milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// How long it was up.
    pub(super) up: i64,
    /// How long it was down.
    pub(super) down: i64,
    /// How long nothing is known.
    pub(super) unknown: i64,
    /// The longest time of which nothing is known.
    pub(super) largest_gap: Option<(i64, i64)>,
    /// How many looks there were, the one that verified it aside.
    pub(super) looks: usize,
    /// When the last of them was.
    pub(super) last_look: Option<i64>,
}

impl Known {
    /// How long all of it is.
    pub(super) const fn whole(&self) -> i64 {
        self.up + self.down + self.unknown
    }

    /// How much of it is known, in percent.
    pub(super) fn coverage(&self) -> f64 {
        match self.whole() {
            0 => 0.0,
            whole => 100.0 * (self.up + self.down) as f64 / whole as f64,
        }
    }

    /// How much of what is known it was up, in percent.
    pub(super) fn uptime(&self) -> Option<f64> {
        let known = self.up + self.down;
        (known > 0).then(|| 100.0 * self.up as f64 / known as f64)
    }

    /// The longest time of which nothing is known, for people.
    pub(super) fn gap_text(&self) -> String {
        match self.largest_gap {
            Some((from, to)) => format!(
                "nobody looked from {} to {} ({})",
                moment_of(from),
                moment_of(to),
                length(to - from)
            ),
            None => "nobody looked".to_owned(),
        }
    }
}

/// The stretches in which the version was active and verified, oldest first, without overlaps.
pub(super) fn stretches(periods: &[Period], version: &Version, now: Timestamp) -> Vec<Stretch> {
    let now = now.as_millisecond();
    let mut all: Vec<(i64, i64)> = periods
        .iter()
        .filter(|period| period.version == *version)
        .filter_map(|period| {
            let from = period.verified_at?.max(period.from).as_millisecond();
            let to = period.to.map_or(now, |to| to.as_millisecond().min(now));
            (from < to).then_some((from, to))
        })
        .collect();
    all.sort_unstable();
    let mut end = i64::MIN;
    let mut stretches = Vec::new();
    for (verified, to) in all {
        if to > end {
            let from = verified.max(end);
            stretches.push(Stretch { verified, from, to });
            end = to;
        }
    }
    stretches
}

/// The last `length` milliseconds of the stretches; all where they are shorter.
pub(super) fn latest(stretches: &[Stretch], length: i64) -> Vec<Stretch> {
    let mut left = length.max(0);
    let mut latest = Vec::new();
    for stretch in stretches.iter().rev() {
        if left == 0 {
            break;
        }
        let taken = left.min(stretch.to - stretch.from);
        left -= taken;
        latest.push(Stretch {
            from: stretch.to - taken,
            ..*stretch
        });
    }
    latest.reverse();
    latest
}

/// What the looks say about the stretches. A look counts only for the stretch in which it was made,
/// so that a version never lives on what was seen of another.
pub(super) fn measure(stretches: &[Stretch], looks: &[Sample], max_gap: Duration) -> Known {
    let max_gap = i64::try_from(max_gap.as_millis()).unwrap_or(i64::MAX);
    let mut looks: Vec<(i64, Option<bool>)> = looks
        .iter()
        .map(|look| (look.at.as_millisecond(), look.is_up))
        .collect();
    // Of looks at the same moment the last one counts: the worst.
    let rank = |is_up: Option<bool>| match is_up {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    };
    looks.sort_by_key(|(at, is_up)| (*at, rank(*is_up)));
    let mut known = Known::default();
    for stretch in stretches {
        add(&mut known, stretch, &looks, max_gap);
    }
    known
}

fn add(known: &mut Known, stretch: &Stretch, looks: &[(i64, Option<bool>)], max_gap: i64) {
    let first = looks.partition_point(|(at, _)| *at < stretch.verified);
    let end = looks.partition_point(|(at, _)| *at < stretch.to);
    let own = looks.get(first..end).unwrap_or_default();
    let counted = own.iter().filter(|(at, _)| *at >= stretch.from);
    known.looks += counted.count();
    known.last_look = known.last_look.max(own.last().map(|(at, _)| *at));
    let begins = std::iter::once((stretch.verified, Some(true))).chain(own.iter().copied());
    let ends = own.iter().map(|(at, _)| *at).chain([stretch.to]);
    let mut gap: Option<(i64, i64)> = None;
    for ((at, is_up), end) in begins.zip(ends) {
        let held = end.min(at.saturating_add(max_gap));
        let (from, held, to) = (
            at.max(stretch.from),
            held.max(stretch.from),
            end.max(stretch.from),
        );
        let unknown_from = match is_up {
            Some(true) => {
                known.up += held - from;
                held
            }
            Some(false) => {
                known.down += held - from;
                held
            }
            None => from,
        };
        known.unknown += to - unknown_from;
        if to == unknown_from {
            continue;
        }
        let begun = match gap {
            Some((begun, ended)) if ended == unknown_from => begun,
            _ => unknown_from,
        };
        gap = Some((begun, to));
        let is_larger = known
            .largest_gap
            .is_none_or(|(from, until)| to - begun > until - from);
        if is_larger {
            known.largest_gap = gap;
        }
    }
}

/// A moment for people, to the minute: `2026-03-04T10:00Z`.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%MZ").to_string()
}

/// The same for milliseconds since the epoch.
pub(super) fn moment_of(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| "never".to_owned(), moment)
}

/// A length of time for people: `2.5 days`, `1 hour`, `12.3 minutes`. Cut, not rounded.
pub(super) fn length(milliseconds: i64) -> String {
    let (unit, name) = match milliseconds {
        DAY.. => (DAY, "day"),
        3_600_000.. => (3_600_000, "hour"),
        60_000.. => (60_000, "minute"),
        _ => (1000, "second"),
    };
    let number = tenths(milliseconds as f64 / unit as f64);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {name}{plural}")
}

/// A number for people, cut to one decimal.
pub(super) fn tenths(number: f64) -> String {
    cut_decimals(number, 1)
}

/// Days as milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a float that is too large saturates"
)]
pub(super) fn days(days: f64) -> i64 {
    (days * DAY as f64) as i64
}
