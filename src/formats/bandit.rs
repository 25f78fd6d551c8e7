//! `bandit -f json` → findings with high, medium and low.
//!
//! <https://bandit.readthedocs.io/en/latest/formatters/json.html>

use super::{
    Format, FormatError, PathBase, Place,
    findings::{Findings, Stated},
    json::{self, entries},
};
use crate::model::{EvidenceData, Severity};
use serde::{Deserialize, de::IgnoredAny};
use std::{borrow::Cow, collections::HashSet};

const FORMAT: Format = Format::Bandit;

/// The rules whose message ends with the password that was found.
const PASSWORD_RULES: [&str; 3] = ["B105", "B106", "B107"];

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    errors: Vec<ScanError<'a>>,
    #[serde(deserialize_with = "entries")]
    metrics: Vec<(String, IgnoredAny)>,
    #[serde(borrow)]
    results: Vec<Issue<'a>>,
}

#[derive(Deserialize)]
struct ScanError<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    reason: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Issue<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    issue_severity: Cow<'a, str>,
    #[serde(borrow)]
    issue_text: Cow<'a, str>,
    line_number: Option<i64>,
    /// Counted from 0.
    col_offset: Option<i64>,
    #[serde(borrow)]
    test_id: Cow<'a, str>,
}

/// Reads a report. A file that bandit could not scan is a finding of high severity: nobody knows
/// what is in it.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the JSON report of bandit with `errors`, `metrics` and `results`";
    let report: Report<'_> = json::parse(FORMAT, text, expected)?;
    let mut findings = Findings::new(FORMAT, paths);
    for (index, error) in report.errors.iter().enumerate() {
        let stated = Stated {
            rule: "not-scanned",
            severity: Severity::High,
            message: &format!("bandit could not scan this file: {}", error.reason),
            file: Some(&error.filename),
            line: None,
            column: None,
        };
        findings.add(&stated, || Place::Path(format!("errors[{index}]")))?;
    }
    for (index, issue) in report.results.iter().enumerate() {
        let place = || Place::Path(format!("results[{index}]"));
        let severity = match &*issue.issue_severity {
            "HIGH" => Severity::High,
            "MEDIUM" => Severity::Medium,
            "LOW" | "UNDEFINED" => Severity::Low,
            other => {
                let expected = "an `issue_severity` of HIGH, MEDIUM, LOW or UNDEFINED";
                return Err(FormatError::unexpected(FORMAT, place(), expected, other));
            }
        };
        let stated = Stated {
            rule: &issue.test_id,
            severity,
            message: &without_password(&issue.test_id, &issue.issue_text),
            file: Some(&issue.filename),
            line: issue.line_number,
            column: issue.col_offset.map(|offset| offset.saturating_add(1)),
        };
        findings.add(&stated, place)?;
    }
    // Files that could not be scanned are among the metrics, too.
    let failed: HashSet<&str> = report.errors.iter().map(|error| &*error.filename).collect();
    let names = report.metrics.iter().map(|(name, _)| name.as_str());
    let files: Vec<&str> = names.filter(|name| *name != "_totals").collect();
    let scanned = files.iter().filter(|name| !failed.contains(*name)).count();
    let mut set = findings.finish(Some(scanned as u64));
    set.looked_at = Some(files.into_iter().map(|name| paths.relative(name)).collect());
    Ok(EvidenceData::Findings(set))
}

/// Reports and comments are read by more people than the code.
fn without_password<'a>(rule: &str, message: &'a str) -> Cow<'a, str> {
    match message.split_once(": '") {
        Some((what, _)) if PASSWORD_RULES.contains(&rule) => Cow::Owned(format!("{what}: '***'")),
        _ => Cow::Borrowed(message),
    }
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
    fn issues_have_severity_and_place_and_show_no_password() {
        let set = read_text(include_str!("../../tests/fixtures/formats/bandit.json")).unwrap();
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
                "shop/cart.py:4:1 B404 low",
                "shop/cart.py:18:12 B602 high",
                "shop/settings.py:1:12 B105 low",
            ]
        );
        assert_eq!(
            set.findings[2].message,
            "Possible hardcoded password: '***'"
        );
        assert_eq!(set.inspected, Some(3));
        let files = set.looked_at.unwrap();
        assert!(files.contains(&"shop/cart.py".to_owned()), "{files:?}");
    }

    #[test]
    fn a_file_that_was_not_scanned_is_a_finding() {
        let set = read_text(include_str!(
            "../../tests/fixtures/formats/bandit-error.json"
        ))
        .unwrap();
        assert_eq!(set.findings[0].severity, Severity::High);
        assert_eq!(set.findings[0].location(), "broken.py");
        assert_eq!(set.inspected, Some(0));
    }

    #[test]
    fn other_documents_are_refused() {
        for text in [
            "",
            "{}",
            r#"{"errors": [], "metrics": [], "results": []}"#,
            r#"{"errors": [], "metrics": {}, "results": [{"filename": "a", "issue_severity": "odd", "issue_text": "", "test_id": "B1"}]}"#,
        ] {
            assert!(read_text(text).is_err(), "{text}");
        }
    }
}
