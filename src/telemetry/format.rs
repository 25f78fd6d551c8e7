//! How a line of the log looks. Pure.

use std::{fmt::Write as _, str::FromStr};

/// How a line of the log looks, from a format of Python's `logging`:
/// <https://docs.python.org/3/library/logging.html#logrecord-attributes>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFormat {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field {
        attribute: Attribute,
        /// At least this many characters, filled up with spaces.
        width: usize,
        is_left_aligned: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    /// The local time: `2025-10-20 06:03:03,211`.
    Time,
    /// The module with dots: `spec2prod.workflow.run`.
    Name,
    /// `DEBUG`, `INFO`, `WARNING` or `ERROR`.
    LevelName,
    /// The message, then each field as ` name=value`.
    Message,
}

/// Why a text is no log format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "log format has {found:?} at character {column}; expected %(asctime)s, %(name)s, %(levelname)s or %(message)s, such as %(levelname)-8s with a width up to 99, or %% for a percent sign"
)]
pub struct InvalidLogFormat {
    /// What was found, from its percent sign on.
    pub found: String,
    /// Where it stands, in characters, counted from 1.
    pub column: usize,
}

impl LogFormat {
    /// Reads a format of Python's `logging` in the `%` style.
    ///
    /// # Errors
    /// When a field is not one of the four that are known, or a percent sign begins no field.
    pub fn parse(format: &str) -> Result<Self, InvalidLogFormat> {
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some(start) = rest.find('%') {
            let (text, field) = rest.split_at(start);
            push_text(&mut parts, text);
            if let Some(after) = field.strip_prefix("%%") {
                push_text(&mut parts, "%");
                rest = after;
                continue;
            }
            let Some((part, after)) = parse_field(field) else {
                let before = &format[..format.len() - field.len()];
                let end = field.find(char::is_whitespace).unwrap_or(field.len());
                return Err(InvalidLogFormat {
                    found: field[..end].chars().take(40).collect(),
                    column: before.chars().count() + 1,
                });
            };
            parts.push(part);
            rest = after;
        }
        push_text(&mut parts, rest);
        Ok(Self { parts })
    }

    /// The line with what `attributes` gives for each field.
    pub(super) fn line(&self, attributes: impl Fn(Attribute) -> String) -> String {
        let mut line = String::new();
        for part in &self.parts {
            // Writing to a `String` cannot fail.
            let _ = match part {
                Part::Text(text) => line.write_str(text),
                Part::Field {
                    attribute,
                    width,
                    is_left_aligned: true,
                } => write!(line, "{:<width$}", attributes(*attribute)),
                Part::Field {
                    attribute, width, ..
                } => write!(line, "{:>width$}", attributes(*attribute)),
            };
        }
        line
    }
}

impl FromStr for LogFormat {
    type Err = InvalidLogFormat;

    fn from_str(format: &str) -> Result<Self, Self::Err> {
        Self::parse(format)
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// `%(name)`, an optional `-`, an optional width, `s`; and what follows.
fn parse_field(field: &str) -> Option<(Part, &str)> {
    let (name, rest) = field.strip_prefix("%(")?.split_once(')')?;
    let attribute = match name {
        "asctime" => Attribute::Time,
        "name" => Attribute::Name,
        "levelname" => Attribute::LevelName,
        "message" => Attribute::Message,
        _ => return None,
    };
    let unaligned = rest.strip_prefix('-');
    let (width, rest) = unaligned.unwrap_or(rest).split_once('s')?;
    let is_width = width.len() <= 2 && width.bytes().all(|byte| byte.is_ascii_digit());
    let width = match width {
        "" => 0,
        width if is_width => width.parse().ok()?,
        _ => return None,
    };
    let part = Part::Field {
        attribute,
        width,
        is_left_aligned: unaligned.is_some(),
    };
    Some((part, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_format_is_refused_with_its_place() {
        for (format, found, column) in [
            ("%(asctime)s %(foo)s x", "%(foo)s", 13),
            ("é %(message)d", "%(message)d", 3),
            ("%(message)100s", "%(message)100s", 1),
            ("%(message)--8s", "%(message)--8s", 1),
            ("%(message)+8s", "%(message)+8s", 1),
            ("%(message", "%(message", 1),
            ("%(message)", "%(message)", 1),
            ("50 %", "%", 4),
            ("%s", "%s", 1),
            ("{message} %m", "%m", 11),
        ] {
            let error = LogFormat::parse(format).unwrap_err();
            assert_eq!((error.found.as_str(), error.column), (found, column));
        }
        insta::assert_snapshot!(LogFormat::parse("%(levelno)s").unwrap_err(), @r#"log format has "%(levelno)s" at character 1; expected %(asctime)s, %(name)s, %(levelname)s or %(message)s, such as %(levelname)-8s with a width up to 99, or %% for a percent sign"#);
    }
}
