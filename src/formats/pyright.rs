//! `pyright --outputjson` → findings; basedpyright writes the same.
//!
//! <https://github.com/microsoft/pyright/blob/main/docs/command-line.md#json-output>

use super::{
    Format, FormatError, PathBase, Place,
    findings::{Findings, Stated},
    json,
};
use crate::model::{EvidenceData, Severity};
use serde::Deserialize;
use std::borrow::Cow;

const FORMAT: Format = Format::Pyright;

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow, rename = "generalDiagnostics")]
    diagnostics: Vec<Diagnostic<'a>>,
    summary: Summary,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    files_analyzed: u64,
    error_count: Option<usize>,
}

#[derive(Deserialize)]
struct Diagnostic<'a> {
    #[serde(borrow)]
    file: Option<Cow<'a, str>>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    /// Syntax errors have none.
    #[serde(borrow, default)]
    rule: Option<Cow<'a, str>>,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    start: Position,
}

/// Both counted from 0.
#[derive(Deserialize)]
struct Position {
    line: i64,
    character: i64,
}

/// Reads a report.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the JSON of `pyright --outputjson` with `generalDiagnostics` and `summary`";
    let report: Report<'_> = json::parse(FORMAT, text, expected)?;
    let mut findings = Findings::new(FORMAT, paths);
    for (index, diagnostic) in report.diagnostics.iter().enumerate() {
        let place = || Place::Path(format!("generalDiagnostics[{index}]"));
        let severity = match &*diagnostic.severity {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            "information" => Severity::Note,
            other => {
                let expected = "a `severity` of error, warning or information";
                return Err(FormatError::unexpected(FORMAT, place(), expected, other));
            }
        };
        let start = diagnostic.range.as_ref().map(|range| &range.start);
        let stated = Stated {
            rule: diagnostic.rule.as_deref().unwrap_or("syntax"),
            severity,
            message: &diagnostic.message,
            file: diagnostic.file.as_deref(),
            line: start.map(|start| start.line.saturating_add(1)),
            column: start.map(|start| start.character.saturating_add(1)),
        };
        findings.add(&stated, place)?;
    }
    let is_error = |diagnostic: &&Diagnostic<'_>| diagnostic.severity == "error";
    let errors = report.diagnostics.iter().filter(is_error).count();
    if let Some(stated) = report.summary.error_count.filter(|stated| *stated > errors) {
        return Err(FormatError::unexpected(
            FORMAT,
            Place::Path("summary.errorCount".to_owned()),
            format!("{errors}, which are the errors in `generalDiagnostics`"),
            stated.to_string(),
        ));
    }
    let inspected = Some(report.summary.files_analyzed);
    Ok(EvidenceData::Findings(findings.finish(inspected)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingSet;

    fn read_text(text: &str) -> Result<FindingSet, FormatError> {
        match FORMAT.read(text.as_bytes(), &PathBase::new("/tmp/workspace".as_ref()))? {
            EvidenceData::Findings(findings) => Ok(findings),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn zero_based_positions_become_one_based() {
        let set = read_text(include_str!("../../tests/fixtures/formats/pyright.json")).unwrap();
        assert_eq!(set.inspected, Some(3));
        assert_eq!(set.findings.len(), 1);
        let finding = &set.findings[0];
        assert_eq!(finding.location(), "shop/cart.py:14:12");
        assert_eq!(finding.rule, "reportReturnType");
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.message.contains("\n"), "{}", finding.message);
    }

    #[test]
    fn warnings_stay_warnings() {
        let set = read_text(include_str!(
            "../../tests/fixtures/formats/basedpyright.json"
        ))
        .unwrap();
        let count = |severity| {
            set.findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        assert_eq!((count(Severity::Error), count(Severity::Warning)), (1, 15));
    }

    #[test]
    fn nothing_analyzed_is_read_as_nothing() {
        let set = read_text(r#"{"generalDiagnostics": [], "summary": {"filesAnalyzed": 0}}"#);
        assert_eq!(set.unwrap().inspected, Some(0));
    }

    #[test]
    fn other_output_is_refused() {
        for text in [
            "",
            "File or directory \"x\" does not exist\n",
            r#"{"generalDiagnostics": []}"#,
            r#"{"generalDiagnostics": [], "summary": {"filesAnalyzed": -1}}"#,
            r#"{"generalDiagnostics": [], "summary": {"filesAnalyzed": 1, "errorCount": 2}}"#,
            r#"{"generalDiagnostics": [{"severity": "odd", "message": ""}], "summary": {"filesAnalyzed": 1}}"#,
        ] {
            assert!(read_text(text).is_err(), "{text}");
        }
    }
}
