//! ruff → findings: `ruff check --output-format=json`, and `ruff format --check` as JSON or text.

use super::{
    Format, FormatError, PathBase, Place,
    findings::{Findings, Stated},
    json,
};
use crate::model::{EvidenceData, Severity};
use serde::Deserialize;
use std::borrow::Cow;

/// The rule of a file that is not formatted, as ruff names it.
const UNFORMATTED: &str = "unformatted";

#[derive(Deserialize)]
struct Diagnostic<'a> {
    /// Older versions have no code for what cannot be parsed.
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    filename: Option<Cow<'a, str>>,
    location: Option<Location>,
    /// Since ruff 0.15 or so; before, everything is an error.
    #[serde(borrow, default)]
    severity: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Location {
    row: i64,
    column: i64,
}

/// Reads `ruff check --output-format=json`. ruff does not say how many files it looked at.
pub(super) fn read_check(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the array of `ruff check --output-format=json`";
    read_json(Format::RuffCheck, text, paths, expected)
}

/// Reads `ruff format --check --output-format=json`, or the text that versions without that option
/// print; the text says how many files were looked at.
pub(super) fn read_format(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "what `ruff format --check` prints, with or without `--output-format=json`";
    if text.trim_start().starts_with('[') || text.trim().is_empty() {
        read_json(Format::RuffFormat, text, paths, expected)
    } else {
        read_text(text, paths, expected)
    }
}

fn read_json(
    format: Format,
    text: &str,
    paths: &PathBase,
    expected: &str,
) -> Result<EvidenceData, FormatError> {
    let diagnostics: Vec<Diagnostic<'_>> = json::parse(format, text, expected)?;
    let mut findings = Findings::new(format, paths);
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        let place = || Place::Path(format!("[{index}]"));
        let severity = match diagnostic.severity.as_deref() {
            None | Some("error" | "fatal") => Severity::Error,
            Some("warning") => Severity::Warning,
            Some("info" | "note" | "help") => Severity::Note,
            Some(other) => {
                let expected = "a `severity` of error, warning or info";
                return Err(FormatError::unexpected(format, place(), expected, other));
            }
        };
        let stated = Stated {
            rule: diagnostic.code.as_deref().unwrap_or("invalid-syntax"),
            severity,
            message: &diagnostic.message,
            file: diagnostic.filename.as_deref(),
            line: diagnostic.location.as_ref().map(|location| location.row),
            column: diagnostic.location.as_ref().map(|location| location.column),
        };
        findings.add(&stated, place)?;
    }
    Ok(EvidenceData::Findings(findings.finish(None)))
}

/// Reads the text of `ruff format --check`. Until ruff 0.14 or so each file has a line
/// `Would reformat: a.py`, later a heading and ` --> a.py:3:1`.
fn read_text(text: &str, paths: &PathBase, expected: &str) -> Result<EvidenceData, FormatError> {
    const FORMAT: Format = Format::RuffFormat;
    let mut findings = Findings::new(FORMAT, paths);
    let mut heading: Option<(&str, &str)> = None;
    let mut inspected = None;
    for (number, line) in (1..).zip(text.lines()) {
        let place = || Place::Line(number, 1);
        let mut add = |rule: &str, message: &str, (file, line, column): FileLineColumn<'_>| {
            let stated = Stated {
                rule,
                severity: Severity::Error,
                message,
                file: Some(file),
                line,
                column,
            };
            findings.add(&stated, place)
        };
        if let Some(file) = line.strip_prefix("Would reformat: ") {
            add(UNFORMATTED, "File would be reformatted", (file, None, None))?;
        } else if let Some(location) = line.trim_start().strip_prefix("--> ") {
            let (rule, message) = heading
                .take()
                .ok_or_else(|| FormatError::unexpected(FORMAT, place(), expected, line))?;
            add(rule, message, file_line_column(location))?;
        } else if let Some(files) = summary(line) {
            inspected = Some(files);
        } else if !line.starts_with(' ') && !line.starts_with(|c: char| c.is_ascii_digit()) {
            heading = line.split_once(": ").or(heading);
        }
    }
    let findings = findings.finish(inspected);
    if findings.findings.is_empty() && inspected.is_none() {
        let place = Place::Line(1, 1);
        let found = text.lines().next().unwrap_or_default();
        return Err(FormatError::unexpected(FORMAT, place, expected, found));
    }
    Ok(EvidenceData::Findings(findings))
}

type FileLineColumn<'a> = (&'a str, Option<i64>, Option<i64>);

/// `a.py:3:1`; files of notebooks have `a.ipynb:cell 1:3:1`.
fn file_line_column(location: &str) -> FileLineColumn<'_> {
    let mut parts = location.rsplitn(3, ':');
    let (column, line, file) = (parts.next(), parts.next(), parts.next());
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    match (file, number(line), number(column)) {
        (Some(file), Some(line), Some(column)) => {
            let file = file.rsplit_once(":cell ").map_or(file, |(file, _)| file);
            (file, Some(line), Some(column))
        }
        _ => (location, None, None),
    }
}

/// `1 file would be reformatted, 3 files already formatted`: how many files that are.
fn summary(line: &str) -> Option<u64> {
    line.split(", ").try_fold(0_u64, |sum, part| {
        let (count, rest) = part.split_once(' ')?;
        let what = rest.strip_prefix("files ").or(rest.strip_prefix("file "))?;
        let known = [
            "would be reformatted",
            "already formatted",
            "left unchanged",
        ];
        let count: u64 = count.parse().ok()?;
        known.contains(&what).then_some(sum.saturating_add(count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingSet;

    fn read(format: Format, text: &str) -> Result<FindingSet, FormatError> {
        match format.read(text.as_bytes(), &PathBase::new("/tmp/workspace".as_ref()))? {
            EvidenceData::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn check_findings_have_rule_and_place() {
        let report = include_str!("../../tests/fixtures/formats/ruff-check.json");
        let set = read(Format::RuffCheck, report).unwrap();
        let seen: Vec<_> = set
            .findings
            .iter()
            .map(|finding| {
                format!(
                    "{} {} {}",
                    finding.location(),
                    finding.rule,
                    finding.severity
                )
            })
            .collect();
        assert_eq!(seen, ["shop/cart.py:3:8 F401 error"]);
        assert_eq!(set.findings[0].message, "`os` imported but unused");
        assert_eq!(set.findings[0].fingerprint.len(), 16);
        assert_eq!(set.inspected, None);
    }

    #[test]
    fn what_cannot_be_parsed_is_a_finding() {
        let set = read(
            Format::RuffCheck,
            r#"[{"code": null, "message": "SyntaxError", "filename": "/tmp/workspace/a.py",
                "location": {"row": 1, "column": 5}}]"#,
        );
        assert_eq!(set.unwrap().findings[0].rule, "invalid-syntax");
        assert_eq!(read(Format::RuffCheck, "[]").unwrap().findings.len(), 0);
    }

    #[test]
    fn unformatted_files_are_read_from_json_and_text() {
        for (report, location, inspected) in [
            (
                include_str!("../../tests/fixtures/formats/ruff-format.json"),
                "shop/cart.py:21:14",
                None,
            ),
            (
                include_str!("../../tests/fixtures/formats/ruff-format.txt"),
                "shop/cart.py:21:14",
                Some(4),
            ),
            (
                "Would reformat: shop/cart.py\n1 file would be reformatted, 3 files already formatted\n",
                "shop/cart.py",
                Some(4),
            ),
        ] {
            let set = read(Format::RuffFormat, report).unwrap();
            assert_eq!(set.findings.len(), 1, "{report}");
            assert_eq!(set.findings[0].location(), location);
            assert_eq!(set.findings[0].rule, "unformatted");
            assert_eq!(set.findings[0].message, "File would be reformatted");
            assert_eq!(set.inspected, inspected);
        }
        let clean = read(Format::RuffFormat, "4 files already formatted\n").unwrap();
        assert_eq!((clean.findings.len(), clean.inspected), (0, Some(4)));
    }

    #[test]
    fn other_output_is_refused() {
        for text in [
            "",
            "error: unexpected argument '--output-format' found\n",
            "{}",
            "[{\"code\": \"F401\"}]",
            "[{\"code\": \"F401\", \"message\": \"m\", \"severity\": \"odd\"}]",
            "[{\"code\": \"F401\", \"message\": \"m\", \"location\": {\"row\": 99999999999, \"column\": 1}}]",
            "[",
        ] {
            assert!(read(Format::RuffCheck, text).is_err(), "{text}");
            assert!(read(Format::RuffFormat, text).is_err(), "{text}");
        }
    }
}
