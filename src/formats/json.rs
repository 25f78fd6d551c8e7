//! JSON from a report: bounded depth, errors with a place, objects whose order counts.

use super::{Format, FormatError, Place};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use std::{fmt, marker::PhantomData};

/// The deepest nesting of objects and arrays. Reports of real tools stay under 40.
const MAX_DEPTH: usize = 128;

/// Reads a whole document; `expected` says for people what it should be.
pub(super) fn parse<'a, T: Deserialize<'a>>(
    format: Format,
    text: &'a str,
    expected: &str,
) -> Result<T, FormatError> {
    if text.trim().is_empty() {
        return Err(FormatError::Empty {
            format,
            expected: expected.to_owned(),
        });
    }
    check_depth(format, text)?;
    serde_json::from_slice(text.as_bytes()).map_err(|error| {
        let place = Place::Line(error.line() as u64, error.column() as u64);
        FormatError::unexpected(format, place, expected, said(&error))
    })
}

/// What serde_json says of an error, without the place at its end.
pub(super) fn said(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.rsplit_once(" at line ")
        .map_or(said.as_str(), |(said, _)| said)
        .to_owned()
}

/// serde_json bounds the depth of what it keeps, not of what it skips.
pub(super) fn check_depth(format: Format, text: &str) -> Result<(), FormatError> {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut is_escaped = false;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(FormatError::unexpected(
                format,
                Place::of_offset(text, offset),
                format!("at most {MAX_DEPTH} objects and arrays inside each other"),
                "more",
            ));
        }
    }
    Ok(())
}

/// The entries of an object in the order of the document, for `#[serde(deserialize_with)]`.
pub(super) fn entries<'de, D, T>(deserializer: D) -> Result<Vec<(String, T)>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Entries<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
        type Value = Vec<(String, T)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry()? {
                entries.push(entry);
            }
            Ok(entries)
        }
    }
    deserializer.deserialize_map(Entries(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IgnoredAny;

    #[test]
    fn depth_is_bounded_also_where_nothing_is_kept() {
        for text in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            format!("{}{}", "[".repeat(129), "]".repeat(129)),
        ] {
            let error = parse::<IgnoredAny>(Format::Sarif, &text, "x").unwrap_err();
            assert!(error.to_string().contains("at most 128"), "{error}");
        }
        let brackets_in_text = format!("[\"\\\"{}\"]", "[".repeat(1_000));
        parse::<IgnoredAny>(Format::Sarif, &brackets_in_text, "x").unwrap();
    }

    #[test]
    fn errors_name_the_place_and_what_was_found() {
        let error = parse::<Vec<u32>>(Format::RuffCheck, "[1,\n\"x\"]", "numbers");
        insta::assert_snapshot!(error.unwrap_err(), @r#"the ruff check JSON report cannot be read, line 2 column 3: expected numbers, found invalid type: string "x", expected u32"#);
        let error = parse::<Vec<u32>>(Format::RuffCheck, "[1,", "numbers");
        insta::assert_snapshot!(error.unwrap_err(), @"the ruff check JSON report cannot be read, line 1 column 3: expected numbers, found EOF while parsing a value");
        let error = parse::<Vec<u32>>(Format::RuffCheck, " \n", "numbers");
        insta::assert_snapshot!(error.unwrap_err(), @"the ruff check JSON report is empty: expected numbers, found nothing");
    }
}
