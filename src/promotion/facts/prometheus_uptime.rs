//! Uptime from a range query of Prometheus.

use crate::model::{Reason, ReasonCode, Unavailable};
use crate::prometheus::{Series, Server};
use crate::promotion::Sample;
use crate::promotion::timeline::{DAY, Stretch};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};

/// How many steps are asked for at once. A server refuses more than 11,000.
const STEPS: i64 = 10_000;
/// How far apart two steps are at most, in milliseconds.
const LONGEST_STEP: i64 = 60_000;
/// How far back is asked at least, in milliseconds, where the version was there for so long.
const LOOKBACK: i64 = 90 * DAY;

/// The looks at the times of these stretches, oldest first. Of several series the least value
/// counts at each moment; 0 is down, anything else up, and NaN is not known.
pub(super) async fn looks(
    server: &Server,
    query: &str,
    stretches: &[Stretch],
    max_gap: Duration,
    asked_days: i64,
    now: i64,
) -> Result<Vec<Sample>, Unavailable> {
    let step = step(max_gap);
    let earliest = now.saturating_sub(LOOKBACK.max(asked_days.saturating_mul(2)));
    let mut looks = Vec::new();
    for (from, to) in chunks(stretches, step, earliest) {
        let (Ok(from), Ok(to)) = (
            Timestamp::from_millisecond(from),
            Timestamp::from_millisecond(to),
        ) else {
            continue;
        };
        let every = Duration::from_millis(step.unsigned_abs());
        let series = server.query_range(query, from, to, every).await;
        let series = series.map_err(|error| {
            Unavailable::Errored(Reason::new(
                ReasonCode::SourceUnavailable,
                error.to_string(),
            ))
        })?;
        looks.extend(least(&series));
    }
    Ok(looks)
}

/// How far apart the steps are: often enough that nothing is taken for a gap that is none.
fn step(max_gap: Duration) -> i64 {
    let third = i64::try_from(max_gap.as_millis() / 3).unwrap_or(LONGEST_STEP);
    third.clamp(1000, LONGEST_STEP)
}

/// The ranges to ask for, each with fewer steps than a server answers.
pub(super) fn chunks(stretches: &[Stretch], step: i64, earliest: i64) -> Vec<(i64, i64)> {
    let mut chunks = Vec::new();
    for stretch in stretches {
        let mut from = stretch.from.max(earliest);
        while from < stretch.to {
            let to = stretch.to.min(from.saturating_add(step * (STEPS - 1)));
            chunks.push((from, to));
            from = to.saturating_add(step);
        }
    }
    chunks
}

/// The least value of all series at each moment.
pub(super) fn least(series: &[Series]) -> Vec<Sample> {
    let mut values: BTreeMap<Timestamp, Option<f64>> = BTreeMap::new();
    for (at, value) in series.iter().flat_map(|series| &series.values) {
        let known = (!value.is_nan()).then_some(*value);
        let least = values.entry(*at).or_insert(known);
        *least = match (*least, known) {
            (Some(one), Some(other)) => Some(one.min(other)),
            // A series that is down is down, whatever another one does not know.
            (Some(zero), None) | (None, Some(zero)) if zero == 0.0 => Some(0.0),
            _ => None,
        };
    }
    values
        .into_iter()
        .map(|(at, value)| Sample {
            at,
            is_up: value.map(|value| value != 0.0),
        })
        .collect()
}
