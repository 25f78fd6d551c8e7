//! A measurement as a bar against its limit.

use super::name;
use crate::model::{Actual, Measurement, RuleSource, Unit};

/// A measurement in words, with a bar where it is a number.
pub(super) struct Measure {
    pub(super) what: String,
    pub(super) actual: String,
    pub(super) condition: String,
    /// The word of the verdict whose sign stands for it.
    pub(super) sign: &'static str,
    pub(super) rule: String,
    /// The key or the words where the rule stands; empty for a built-in default.
    pub(super) rule_key: String,
    pub(super) bar: Option<Bar>,
}

/// Lengths in percent of the bar's track: what was measured, and where the limit stands.
pub(super) struct Bar {
    pub(super) fill: String,
    pub(super) limit: String,
}

impl Measure {
    pub(super) fn of(measurement: &Measurement) -> Self {
        let rule_key = match &measurement.rule_from {
            RuleSource::Default => String::new(),
            RuleSource::File { key, .. } => name(key),
        };
        Self {
            what: name(&measurement.what),
            actual: measurement.actual_text(),
            condition: measurement.condition_text(),
            sign: match (measurement.holds, &measurement.actual) {
                (true, _) => "passed",
                (false, Actual::Unknown) => "no_data",
                (false, _) => "failed",
            },
            rule: name(&measurement.rule_from.to_string()),
            rule_key,
            bar: Bar::of(measurement),
        }
    }
}

impl Bar {
    /// The bar of a number; `None` for yes and no. An unknown number has an empty bar.
    fn of(measurement: &Measurement) -> Option<Self> {
        let actual = match (measurement.unit, &measurement.actual) {
            (Unit::YesNo, _) | (_, Actual::Flag(_)) => return None,
            (_, Actual::Number(number)) => number.max(0.0),
            (_, Actual::Unknown) => 0.0,
        };
        let target = measurement.target.max(0.0);
        let whole = match measurement.unit {
            Unit::Percent => actual.max(target).max(100.0),
            // Some track stays visible behind the limit.
            _ => actual.max(target * 1.25),
        };
        let part = |number: f64| match whole.is_finite() && whole > 0.0 {
            true => percent(number / whole),
            false => percent(0.0),
        };
        Some(Self {
            fill: part(actual),
            limit: part(target),
        })
    }
}

/// A share of the whole, 0 to 1, as an SVG length: `37.5%`.
pub(super) fn percent(share: f64) -> String {
    let hundredths = if share.is_finite() {
        share.clamp(0.0, 1.0) * 100.0
    } else {
        0.0
    };
    let text = format!("{hundredths:.2}");
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Operator;

    fn bar(
        actual: Actual,
        operator: Operator,
        target: f64,
        unit: Unit,
    ) -> Option<(String, String)> {
        let measurement =
            Measurement::new("x", actual, operator, target, unit, RuleSource::Default);
        Bar::of(&measurement).map(|bar| (bar.fill, bar.limit))
    }

    fn lengths(fill: &str, limit: &str) -> Option<(String, String)> {
        Some((fill.to_owned(), limit.to_owned()))
    }

    #[test]
    fn percentages_are_drawn_on_the_whole_scale() {
        let drawn = bar(
            Actual::Number(61.239),
            Operator::AtLeast,
            70.0,
            Unit::Percent,
        );
        assert_eq!(drawn, lengths("61.24%", "70%"));
    }

    #[test]
    fn counts_are_drawn_against_the_larger_number() {
        let drawn = bar(Actual::Number(37.0), Operator::AtMost, 0.0, Unit::Count);
        assert_eq!(drawn, lengths("100%", "0%"));
        let drawn = bar(Actual::Number(2.0), Operator::AtMost, 4.0, Unit::Count);
        assert_eq!(drawn, lengths("40%", "80%"));
        let drawn = bar(Actual::Number(0.0), Operator::AtMost, 0.0, Unit::Count);
        assert_eq!(drawn, lengths("0%", "0%"));
    }

    #[test]
    fn what_is_no_number_has_no_length() {
        assert_eq!(
            bar(Actual::Flag(true), Operator::Equals, 1.0, Unit::YesNo),
            None
        );
        let drawn = bar(Actual::Unknown, Operator::AtLeast, 7.0, Unit::Days);
        assert_eq!(drawn, lengths("0%", "80%"));
        let drawn = bar(Actual::Number(f64::NAN), Operator::AtLeast, 7.0, Unit::Days);
        assert_eq!(drawn, lengths("0%", "80%"));
        let drawn = bar(
            Actual::Number(f64::INFINITY),
            Operator::AtMost,
            7.0,
            Unit::Count,
        );
        assert_eq!(drawn, lengths("0%", "0%"));
    }
}
