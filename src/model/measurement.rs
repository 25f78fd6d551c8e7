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
        let holds = number.is_some_and(|number| match operator {
            Operator::AtLeast => number >= target,
            Operator::AtMost => number <= target,
            Operator::Equals => (number - target).abs() < f64::EPSILON,
        });
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
            Actual::Number(number) => with_unit(number, self.unit),
            Actual::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
            Actual::Unknown => "unknown".to_owned(),
        }
    }

    /// The condition for people: `≥ 70 %`, or `yes`.
    #[must_use]
    pub fn condition_text(&self) -> String {
        match self.unit {
            Unit::YesNo => if self.target > 0.0 { "yes" } else { "no" }.to_owned(),
            unit => format!(
                "{} {}",
                self.operator.symbol(),
                with_unit(self.target, unit)
            ),
        }
    }
}

/// A percentage for people: `69.99 %`. Cut, not rounded, so that it never reads better than it is.
#[must_use]
pub fn percent_text(percent: f64) -> String {
    with_unit(percent, Unit::Percent)
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

fn with_unit(number: f64, unit: Unit) -> String {
    let text = cut_decimals(number, 2);
    match unit {
        Unit::Percent => format!("{text} %"),
        Unit::Milliseconds => format!("{text} ms"),
        Unit::Megabytes => format!("{text} MiB"),
        Unit::Days => format!("{text} days"),
        Unit::Count | Unit::YesNo => text,
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
        assert_eq!(with_unit(1e21, Unit::Count), "1000000000000000000000");
    }
}
