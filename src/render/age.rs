//! How old evidence is and how long something lasts, in words. Times come as text of the report.

use crate::model::Criterion;
use crate::render::text::plain_cut;
use jiff::Timestamp;

/// The longest name of a source, in characters.
const LONGEST_SOURCE: usize = 120;

/// A span in seconds for people: `40 s`, `12 min`, `5 h`, `9 days`. Rounded down.
pub(super) fn span(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match seconds.max(0) {
        short if short < MINUTE => format!("{short} s"),
        short if short < HOUR => format!("{} min", short / MINUTE),
        // Up to two days hours say more.
        medium if medium < 2 * DAY => format!("{} h", medium / HOUR),
        long => format!("{} days", long / DAY),
    }
}

/// How long before `now` something was; `None` where one of them is no time.
pub(super) fn since(then: &str, now: &str) -> Option<String> {
    Some(span(milliseconds_between(then, now)? / 1000))
}

/// The milliseconds from one time to another; `None` where one of them is no time.
pub(super) fn milliseconds_between(from: &str, to: &str) -> Option<i64> {
    let time = |text: &str| text.parse::<Timestamp>().ok();
    Some(
        time(to)?
            .as_millisecond()
            .saturating_sub(time(from)?.as_millisecond()),
    )
}

/// The day of a time: `2025-10-20`; what is no time stays as it is.
pub(super) fn day(text: &str) -> String {
    match text.split_once('T') {
        Some((day, _)) => plain_cut(day, 32),
        None => plain_cut(text, 32),
    }
}

/// Where the evidence of a criterion comes from and how old it is: `samples of spec2prod probe, 2 h
/// old`. `None` where this run measured it or nobody did.
pub(super) fn source(criterion: &Criterion, now: &str) -> Option<String> {
    let age = criterion.measured_at.as_deref().map(|measured_at| {
        match since(measured_at, now) {
            Some(age) => format!("{age} old"),
            // What cannot be read as a time is shown as it is.
            None => format!("of {}", plain_cut(measured_at, 40)),
        }
    });
    let source = criterion.source.as_deref();
    match (source.map(|text| plain_cut(text, LONGEST_SOURCE)), age) {
        (Some(source), Some(age)) => Some(format!("{source}, {age}")),
        (source, age) => source.or(age),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Requirement, Verdict};

    #[test]
    fn spans_are_rounded_down() {
        let shown = [-5, 59, 60, 3599, 3600, 172_799, 172_800, 864_000].map(span);
        let expected = [
            "0 s", "59 s", "1 min", "59 min", "1 h", "47 h", "2 days", "10 days",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn ages_need_two_times() {
        assert_eq!(
            since("2025-10-20T07:00:00Z", "2025-10-20T09:14:07Z").as_deref(),
            Some("2 h")
        );
        assert_eq!(since("yesterday", "2025-10-20T09:14:07Z"), None);
    }

    #[test]
    fn a_source_is_told_with_its_age_where_they_are_known() {
        let mut criterion =
            Criterion::new("uptime", Verdict::Passed, Requirement::Required, Vec::new());
        let now = "2025-10-20T09:14:07Z";
        assert_eq!(source(&criterion, now), None);
        criterion.source = Some("samples of spec2prod probe".to_owned());
        assert_eq!(
            source(&criterion, now).as_deref(),
            Some("samples of spec2prod probe")
        );
        criterion.measured_at = Some("2025-10-20T09:02:00Z".to_owned());
        assert_eq!(
            source(&criterion, now).as_deref(),
            Some("samples of spec2prod probe, 12 min old")
        );
        criterion.measured_at = Some("\u{1b}[2Jlately".to_owned());
        assert_eq!(
            source(&criterion, now).as_deref(),
            Some("samples of spec2prod probe, of lately")
        );
    }
}
