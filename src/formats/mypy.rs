//! `mypy --output=json` → findings: one JSON object a line, nothing at all when all is well.
//!
//! <https://mypy.readthedocs.io/en/stable/command_line.html#cmdoption-mypy-output>

use super::{
    Format, FormatError, PathBase, Place,
    findings::{Findings, Stated},
    json,
};
use crate::model::{EvidenceData, Severity};
use serde::Deserialize;
use std::borrow::Cow;

const FORMAT: Format = Format::Mypy;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    file: Option<Cow<'a, str>>,
    line: i64,
    column: i64,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    hint: Option<Cow<'a, str>>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
}

/// Reads a report. mypy does not say how many files it looked at, and prints text instead when it
/// could not check them.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let mut findings = Findings::new(FORMAT, paths);
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        json::check_depth(FORMAT, line)?;
        let message: Message<'_> = serde_json::from_slice(line.as_bytes()).map_err(|error| {
            let place = Place::Line(number, error.column() as u64);
            let found = format!("{} in: {line}", json::said(&error));
            FormatError::unexpected(FORMAT, place, "an object of `mypy --output=json`", found)
        })?;
        let place = || Place::Line(number, 1);
        let severity = match &*message.severity {
            "error" => Severity::Error,
            "note" => Severity::Note,
            other => {
                let expected = "a `severity` of error or note";
                return Err(FormatError::unexpected(FORMAT, place(), expected, other));
            }
        };
        let rule = message.code.as_deref().unwrap_or("mypy");
        // Columns count from 0, but those of syntax errors come from the parser and count from 1.
        let first_column = i64::from(rule != "syntax");
        let text = match &message.hint {
            Some(hint) => format!("{}\n{hint}", message.message),
            None => message.message.to_string(),
        };
        let stated = Stated {
            rule,
            severity,
            message: &text,
            file: message.file.as_deref(),
            line: Some(message.line),
            column: Some(message.column.saturating_add(first_column)),
        };
        findings.add(&stated, place)?;
    }
    Ok(EvidenceData::Findings(findings.finish(None)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingSet;

    fn read_text(text: &str) -> Result<FindingSet, FormatError> {
        match FORMAT.read(text.as_bytes(), &PathBase::default())? {
            EvidenceData::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_line_is_a_finding() {
        let set = read_text(include_str!("../../tests/fixtures/formats/mypy.json")).unwrap();
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
        assert_eq!(
            seen,
            [
                "shop/cart.py:7:1 no-untyped-def error",
                "shop/cart.py:14:12 return-value error",
                "shop/cart.py:17:1 no-untyped-def error",
                "shop/cart.py:21:1 no-untyped-def error",
            ]
        );
    }

    #[test]
    fn hints_unknown_places_and_syntax_errors_are_understood() {
        let set = read_text(concat!(
            r#"{"file": "a.py", "line": -1, "column": -1, "message": "m", "hint": "h", "code": null, "severity": "note"}"#,
            "\n\n",
            r#"{"file": "a.py", "line": 1, "column": 5, "message": "m", "hint": null, "code": "syntax", "severity": "error"}"#,
        ))
        .unwrap();
        assert_eq!(set.findings[0].location(), "a.py");
        assert_eq!(set.findings[0].message, "m\nh");
        assert_eq!(set.findings[0].severity, Severity::Note);
        assert_eq!(set.findings[1].location(), "a.py:1:5");
    }

    #[test]
    fn text_instead_of_json_is_refused() {
        assert_eq!(read_text("").unwrap().findings.len(), 0);
        let text = "Found 1 error in 1 file (errors prevented further checking)\n";
        insta::assert_snapshot!(read_text(text).unwrap_err(), @"the mypy JSON report cannot be read, line 1 column 1: expected an object of `mypy --output=json`, found expected value in: Found 1 error in 1 file (errors prevented further checking)");
    }
}
