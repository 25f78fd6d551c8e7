//! One number held against one limit, and where the limit comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actual {
    /// A number in the measurement's unit.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Nothing: it could not be measured.
    Unknown,
}

/// How actual and target are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Operator {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Exactly.
    #[serde(rename = "==")]
    Equals,
}

impl Operator {
    /// The sign.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Equals => "==",
        }
    }

    /// The sign as a person writes it.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::AtLeast => "≥",
            Self::AtMost => "≤",
            Self::Equals => "=",
        }
    }

    /// Whether the comparison holds. With NaN none does.
    fn holds(self, actual: f64, target: f64) -> bool {
        match self {
            Self::AtLeast => actual >= target,
            Self::AtMost => actual <= target,
            Self::Equals => (actual - target).abs() < f64::EPSILON,
        }
    }
}

/// What the numbers of a measurement count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hundredths of the whole, 0 to 100.
    Percent,
    /// A plain number of things.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// Mebibytes.
    Megabytes,
    /// Days.
    Days,
    /// 1 for yes, 0 for no.
    YesNo,
}

/// Where a limit comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum RuleSource {
    /// Built in: nobody set it.
    Default,
    /// A line of a file: the configuration or the specification.
    File {
        /// The file, relative to the workspace.
        file: String,
        /// The line, counted from 1.
        line: u32,
        /// The key or the words there.
        key: String,
    },
}

impl fmt::Display for RuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("built-in default"),
            Self::File { file, line, .. } => write!(f, "{file}:{line}"),
        }
    }
}

/// One number held against one limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measurement {
    /// What was measured, in a few words: `line coverage`.
    pub what: String,
    /// What was found.
    pub actual: Actual,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with, in `unit`.
    pub target: f64,
    /// The unit of `actual` and `target`.
    pub unit: Unit,
    /// Whether the condition holds. An unknown actual never does.
    pub holds: bool,
    /// Where the limit comes from.
    pub rule_from: RuleSource,
}

impl Measurement {
    /// Compares `actual` with `target`. NaN never holds.
    #[must_use]
    pub fn new(
        what: impl Into<String>,
        actual: Actual,
        operator: Operator,
        target: f64,
        unit: Unit,
        rule_from: RuleSource,
    ) -> Self {
        let number = match actual {
            Actual::Number(number) => Some(number),
            Actual::Flag(flag) => Some(f64::from(u8::from(flag))),
            Actual::Unknown => None,
        };
        let holds = number.is_some_and(|number| operator.holds(number, target));
        Self {
            what: what.into(),
            actual,
            operator,
            target,
            unit,
            holds,
            rule_from,
        }
    }

    /// The actual value for people: `82.5 %`, `3`, `yes`, `unknown`.
    #[must_use]
    pub fn actual_text(&self) -> String {
        match self.actual {
            Actual::Number(number) => with_unit(&self.decisive(number), self.unit),
            Actual::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
            Actual::Unknown => "unknown".to_owned(),
        }
    }

    /// The actual number with two decimals, or as many as it takes to be on the same side of the
    /// limit as what was found.
    fn decisive(&self, number: f64) -> String {
        const MOST: usize = 17;
        let is_on_its_side = |text: &String| {
            text.parse()
                .is_ok_and(|told| self.operator.holds(told, self.target) == self.holds)
        };
        (DECIMALS..=MOST)
            .map(|most| cut_decimals(number, most))
            .find(is_on_its_side)
            .unwrap_or_else(|| number.to_string())
    }

    /// The condition for people: `≥ 70 %`, or `yes`. The limit is told as it was set.
    #[must_use]
    pub fn condition_text(&self) -> String {
        match self.unit {
            Unit::YesNo => if self.target > 0.0 { "yes" } else { "no" }.to_owned(),
            unit => format!(
                "{} {}",
                self.operator.symbol(),
                with_unit(&self.target.to_string(), unit)
            ),
        }
    }
}

/// How many decimals people read.
const DECIMALS: usize = 2;

/// A percentage for people: `69.99 %`. Cut, not rounded, so that it never reads better than it is.
#[must_use]
pub fn percent_text(percent: f64) -> String {
    with_unit(&cut_decimals(percent, DECIMALS), Unit::Percent)
}

/// A number for people, with at most so many decimals. They are cut, not rounded, so that 69.999 never
/// reads as 70.
#[must_use]
pub fn cut_decimals(number: f64, most: usize) -> String {
    let mut text = number.to_string();
    if let Some(point) = text.find('.') {
        text.truncate(text.len().min(point + 1 + most));
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
    }
    text
}

fn with_unit(text: &str, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{text} %"),
        Unit::Milliseconds => format!("{text} ms"),
        Unit::Megabytes => format!("{text} MiB"),
        Unit::Days => format!("{text} days"),
        Unit::Count | Unit::YesNo => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_where_people_stop_reading_and_never_below_what_they_are() {
        for (number, text) in [
            (75.1, "75.1 %"),
            (69.999, "69.99 %"),
            (80.0, "80 %"),
            (0.29, "0.29 %"),
            (1.005, "1 %"),
            (100.0, "100 %"),
            (f64::NAN, "NaN %"),
        ] {
            assert_eq!(percent_text(number), text);
        }
        assert_eq!(cut_decimals(1e21, DECIMALS), "1000000000000000000000");
    }

    #[test]
    fn what_fails_never_reads_as_if_it_held() {
        let told = |number, operator, target| {
            let rule = RuleSource::Default;
            let measurement = Measurement::new(
                "x",
                Actual::Number(number),
                operator,
                target,
                Unit::Percent,
                rule,
            );
            format!(
                "{} {}",
                measurement.actual_text(),
                measurement.condition_text()
            )
        };
        for (number, operator, target, text) in [
            (
                200.0 / 3.0,
                Operator::AtLeast,
                66.6667,
                "66.66 % ≥ 66.6667 %",
            ),
            (66.6668, Operator::AtLeast, 66.6667, "66.6668 % ≥ 66.6667 %"),
            (5.004, Operator::AtMost, 5.0, "5.004 % ≤ 5 %"),
            (4.999, Operator::AtMost, 5.0, "4.99 % ≤ 5 %"),
            (0.001, Operator::Equals, 0.0, "0.001 % = 0 %"),
            (f64::NAN, Operator::AtLeast, 70.0, "NaN % ≥ 70 %"),
        ] {
            assert_eq!(told(number, operator, target), text);
        }
    }
}
