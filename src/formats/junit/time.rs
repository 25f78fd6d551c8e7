//! The `time` attribute: seconds, as each runner's locale writes them.

use super::super::{
    FormatError,
    xml::{Element, XmlReader},
};

/// The `time` attribute in milliseconds; `None` when it is missing or blank.
pub(super) fn milliseconds(
    element: &Element<'_>,
    xml: &XmlReader<'_>,
) -> Result<Option<f64>, FormatError> {
    let Some(value) = element.attribute(xml, "time")? else {
        return Ok(None);
    };
    match seconds(value.trim()) {
        // Runners write small negative times when the clock was set back.
        Some(seconds) => Ok(Some((seconds * 1_000.0).max(0.0))),
        None => Err(xml.unexpected("seconds in `time`, such as 0.25 or 1,234.5", value)),
    }
}

/// Seconds with `.` or `,` for decimals and the other one, if any, between thousands. A single
/// comma before three digits stands between thousands (Surefire), unless a zero precedes it.
fn seconds(value: &str) -> Option<f64> {
    let plain = match (value.rfind(','), value.rfind('.')) {
        (None, _) => value.to_owned(),
        (Some(comma), Some(point)) if comma < point => value.replace(',', ""),
        (Some(_), Some(_)) => value.replace('.', "").replace(',', "."),
        (Some(comma), None) => {
            let is_thousands = value.len() - comma == 4 && !value.starts_with("0,");
            value.replace(',', if is_thousands { "" } else { "." })
        }
    };
    let seconds: f64 = plain.parse().ok()?;
    seconds.is_finite().then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn locales_are_understood() {
        for (value, expected) in [
            ("0.25", Some(0.25)),
            ("1,234.5", Some(1_234.5)),
            ("1,234,567.25", Some(1_234_567.25)),
            ("1.234,5", Some(1_234.5)),
            ("1,234", Some(1_234.0)),
            ("0,123", Some(0.123)),
            ("0,5", Some(0.5)),
            ("1e-3", Some(0.001)),
            ("-0.001", Some(-0.001)),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("fast", None),
            ("1,2,3", None),
        ] {
            assert_eq!(seconds(value), expected, "{value}");
        }
    }
}
