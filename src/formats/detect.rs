//! Which format a report has, by what is in it and, where that says nothing, by its name.

use super::{Format, input};
use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use std::fmt;

/// The format of a report; `None` when it is none of the known ones. A truncated report is
/// recognized by its beginning, so that reading it can say what is wrong with it.
#[must_use]
pub fn detect(file_name: &str, bytes: &[u8]) -> Option<Format> {
    let text = input::decode(Format::Junit, bytes).ok()?;
    let text = text.trim_start();
    match text.chars().next() {
        Some('<') => xml(text),
        Some('{') => object(text),
        Some('[') => array(file_name, text),
        Some(_) => lines(text),
        None => by_name(file_name),
    }
}

/// By the root element. Clover's root is called `coverage`, too.
fn xml(text: &str) -> Option<Format> {
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        // Text inside comments can look like an element.
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")?..];
            continue;
        }
        if !rest.starts_with(['?', '!']) {
            break;
        }
    }
    let name = rest.split([' ', '\t', '\r', '\n', '>', '/']).next()?;
    let attributes = rest.split('>').next()?;
    match name {
        "testsuites" | "testsuite" => Some(Format::Junit),
        "coverage" if !attributes.contains("clover=") => Some(Format::Cobertura),
        _ => None,
    }
}

fn object(text: &str) -> Option<Format> {
    let keys = keys(text);
    let has = |names: &[&str]| names.iter().all(|name| keys.iter().any(|key| key == name));
    [
        (Format::Sarif, &["version", "runs"][..]),
        (Format::Sarif, &["$schema", "runs"]),
        (Format::CoverageJson, &["meta", "files"]),
        (Format::CoverageJson, &["files", "totals"]),
        (Format::Pyright, &["generalDiagnostics"]),
        (Format::Bandit, &["errors", "metrics"]),
        (Format::DetectSecrets, &["plugins_used"]),
        (
            Format::Mypy,
            &["file", "line", "column", "message", "severity"],
        ),
        (Format::PytestBenchmark, &["machine_info", "benchmarks"]),
        (Format::Criterion, &["reason", "measured_values"]),
        (Format::Criterion, &["reason", "report_directory"]),
        (Format::Criterion, &["median", "median_abs_dev"]),
        (Format::Criterion, &["sampling_mode", "iters"]),
        (Format::K6, &["root_group"]),
        (Format::K6, &["config", "metadata", "results"]),
        (Format::Hyperfine, &["results"]),
        (Format::K6, &["metrics"]),
    ]
    .into_iter()
    .find(|(_, names)| has(names))
    .map(|(format, _)| format)
}

/// Only ruff's reports are arrays. Those of `check` and `format` differ in the rules they name,
/// and not at all when both found nothing or a file that cannot be parsed.
fn array(file_name: &str, text: &str) -> Option<Format> {
    let after = text[1..].trim_start();
    if after.starts_with(']') {
        return by_name(file_name);
    }
    let keys = keys(after);
    let is_ruff = ["code", "filename"]
        .iter()
        .all(|name| keys.iter().any(|key| key == name));
    let is_format =
        text.contains("\"unformatted\"") || by_name(file_name) == Some(Format::RuffFormat);
    is_ruff.then_some(if is_format {
        Format::RuffFormat
    } else {
        Format::RuffCheck
    })
}

fn lines(text: &str) -> Option<Format> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    let first = lines.next()?;
    if ["TN:", "SF:"]
        .iter()
        .any(|record| first.starts_with(record))
    {
        return Some(Format::Lcov);
    }
    let is_format = first.starts_with("Would reformat: ")
        || first.starts_with("unformatted: ")
        || first.ends_with(" already formatted");
    is_format.then_some(Format::RuffFormat)
}

/// For reports whose content says nothing because the tool found nothing.
fn by_name(file_name: &str) -> Option<Format> {
    let name = file_name.rsplit(['/', '\\']).next()?.to_ascii_lowercase();
    if name.ends_with(".info") || name.contains("lcov") {
        Some(Format::Lcov)
    } else if name.contains("mypy") {
        Some(Format::Mypy)
    } else if name.contains("ruff") && name.contains("format") {
        Some(Format::RuffFormat)
    } else if name.contains("ruff") {
        Some(Format::RuffCheck)
    } else {
        None
    }
}

/// The keys of the object at the beginning of `text`, as far as it can be read.
fn keys(text: &str) -> Vec<String> {
    let mut keys = Keys::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // What follows the last readable key does not matter here.
    let _ = (&mut keys).deserialize(&mut deserializer);
    keys.0
}

/// Collects keys while an object is read, so that they are there when it ends early.
#[derive(Default)]
struct Keys(Vec<String>);

/// More keys say nothing more.
const MAX_KEYS: usize = 100;

impl<'de> DeserializeSeed<'de> for &mut Keys {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Keys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while self.0.len() < MAX_KEYS {
            let Some(key) = map.next_key()? else { break };
            self.0.push(key);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
