//! What is known of a time, against what is claimed of it for any looks.

use super::{ago, at, period};
use crate::model::Version;
use crate::promotion::Sample;
use crate::promotion::timeline::{Known, Stretch, latest, length, measure, stretches};
use jiff::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

const GAP: Duration = Duration::from_secs(900);

fn sample(second: i64, is_up: Option<bool>) -> Sample {
    Sample {
        at: Timestamp::from_second(second).unwrap(),
        is_up,
    }
}

fn any_looks() -> impl Strategy<Value = Vec<Sample>> {
    let look = (0_i64..20_000, any::<Option<bool>>()).prop_map(|(at, is_up)| sample(at, is_up));
    prop::collection::vec(look, 0..60)
}

fn any_stretches() -> impl Strategy<Value = Vec<Stretch>> {
    prop::collection::vec((0_i64..20_000, 0_i64..20_000), 0..6).prop_map(|ends| {
        let periods: Vec<_> = ends
            .iter()
            .map(|(a, b)| crate::ledger::Period {
                version: Version::of_commit("a"),
                from: Timestamp::from_second(*a).unwrap(),
                to: Some(Timestamp::from_second(*b).unwrap()),
                verified_at: Some(Timestamp::from_second(*a).unwrap()),
            })
            .collect();
        stretches(
            &periods,
            &Version::of_commit("a"),
            at("2030-01-01T00:00:00Z"),
        )
    })
}

fn whole(stretches: &[Stretch]) -> i64 {
    stretches.iter().map(|one| one.to - one.from).sum()
}

proptest! {
    #[test]
    fn every_moment_is_up_or_down_or_unknown(stretches in any_stretches(), looks in any_looks()) {
        let known = measure(&stretches, &looks, GAP);
        prop_assert!(known.up >= 0 && known.down >= 0 && known.unknown >= 0, "{known:?}");
        prop_assert_eq!(known.whole(), whole(&stretches));
        if let Some(percent) = known.uptime() {
            prop_assert!((0.0..=100.0).contains(&percent));
        }
        prop_assert!((0.0..=100.0).contains(&known.coverage()));
        let gap = known.largest_gap.map_or(0, |(from, to)| to - from);
        prop_assert!(gap <= known.unknown);
        prop_assert_eq!(gap == 0, known.unknown == 0);
    }

    #[test]
    fn the_order_of_looks_changes_nothing(
        stretches in any_stretches(),
        (looks, shuffled) in any_looks()
            .prop_flat_map(|looks| (Just(looks.clone()), Just(looks).prop_shuffle())),
    ) {
        prop_assert_eq!(measure(&stretches, &looks, GAP), measure(&stretches, &shuffled, GAP));
    }

    #[test]
    fn one_that_was_down_and_not_up_never_raises_the_uptime(
        stretches in any_stretches(),
        looks in any_looks(),
        index in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!looks.is_empty());
        let mut worse = looks.clone();
        let index = index.index(looks.len());
        prop_assume!(looks[index].is_up.is_some());
        worse[index].is_up = Some(false);
        let (before, after) = (measure(&stretches, &looks, GAP), measure(&stretches, &worse, GAP));
        prop_assert!(after.up <= before.up && after.down >= before.down);
        prop_assert!(after.uptime().unwrap_or(0.0) <= before.uptime().unwrap_or(0.0));
    }

    #[test]
    fn the_same_look_once_more_while_it_holds_changes_nothing(
        from in 0_i64..1000,
        step in 1_i64..=900,
        is_up in any::<Option<bool>>(),
        part in 0_i64..900,
    ) {
        let stretch = [Stretch { verified: 0, from: 0, to: 30_000_000 }];
        let (one, next) = (sample(from, is_up), sample(from + step, Some(true)));
        let between = sample(from + part.min(step - 1), is_up);
        let mut known = measure(&stretch, &[one.clone(), next.clone()], GAP);
        let split = measure(&stretch, &[one, between, next], GAP);
        known.looks = split.looks;
        prop_assert_eq!(known, split);
    }

    #[test]
    fn what_nobody_looked_at_is_never_up(
        stretches in any_stretches(),
        looks in any_looks(),
        from in 0_i64..20_000,
        long in 0_i64..20_000,
    ) {
        // All looks in this time are taken away: at most the greatest gap of it can still be up.
        let is_in = |look: &Sample| (from..from + long).contains(&look.at.as_second());
        let left: Vec<Sample> = looks.iter().filter(|look| !is_in(look)).cloned().collect();
        let inside: Vec<Stretch> = stretches
            .iter()
            .filter(|one| one.verified < from * 1000)
            .map(|one| Stretch {
                verified: one.verified,
                from: one.from.max(from * 1000),
                to: one.to.min((from + long) * 1000),
            })
            .filter(|one| one.from < one.to)
            .collect();
        let known = measure(&inside, &left, GAP);
        let most = inside.len() as i64 * 900_000;
        prop_assert!(known.up + known.down <= most, "{known:?}");
    }

    #[test]
    fn the_latest_part_has_the_length_that_was_asked(
        stretches in any_stretches(),
        length in 0_i64..40_000_000,
    ) {
        let part = latest(&stretches, length);
        prop_assert_eq!(whole(&part), length.min(whole(&stretches)));
        let end = |all: &[Stretch]| all.last().map(|one| one.to);
        if length > 0 {
            prop_assert_eq!(end(&part), end(&stretches));
        }
    }
}

fn known(looks: &[Sample]) -> Known {
    let stretch = Stretch {
        verified: 0,
        from: 0,
        to: 3_600_000,
    };
    measure(&[stretch], looks, GAP)
}

#[test]
fn a_look_holds_until_the_next_one_and_no_longer_than_the_gap() {
    let found = known(&[
        sample(600, Some(false)),
        sample(900, Some(true)),
        sample(2700, Some(true)),
    ]);
    assert_eq!(
        (found.up, found.down),
        (600_000 + 900_000 + 900_000, 300_000)
    );
    assert_eq!(found.unknown, 900_000);
    assert_eq!(found.largest_gap, Some((1_800_000, 2_700_000)));
}

#[test]
fn a_look_that_failed_ends_what_was_known() {
    let found = known(&[sample(300, None)]);
    assert_eq!((found.up, found.unknown), (300_000, 3_300_000));
}

#[test]
fn of_two_looks_at_one_moment_the_worse_counts() {
    let found = known(&[sample(0, Some(false)), sample(0, Some(true))]);
    assert_eq!((found.up, found.down), (0, 900_000));
}

#[test]
fn looks_at_another_version_say_nothing() {
    let periods = [
        period("a", 300, Some(200)),
        period("b", 200, Some(100)),
        period("a", 100, None),
    ];
    let own = stretches(&periods, &Version::of_commit("a"), ago(0));
    assert_eq!(whole(&own), 200 * 60_000);
    let down: Vec<Sample> = (101..200)
        .map(|minute| Sample {
            at: ago(minute),
            is_up: Some(false),
        })
        .collect();
    let known = measure(&own, &down, GAP);
    assert_eq!((known.down, known.looks), (0, 0));
}

#[test]
fn times_that_overlap_count_once() {
    let periods = [
        period("a", 300, Some(100)),
        period("a", 200, None),
        period("a", 50, Some(60)),
    ];
    let own = stretches(&periods, &Version::of_commit("a"), ago(0));
    assert_eq!(whole(&own), 300 * 60_000);
}

#[test]
fn lengths_are_cut() {
    assert_eq!(length(59_990), "59.9 seconds");
    assert_eq!(length(12 * 60_000 + 20_000), "12.3 minutes");
    assert_eq!(length(7 * 24 * 3_600_000 - 1), "6.9 days");
    assert_eq!(length(7 * 24 * 3_600_000), "7 days");
}
