//! Findings as readers collect them: cleaned, bounded, fingerprinted.

use super::{Format, FormatError, PathBase, Place, text};
use crate::model::{Finding, FindingSet, Severity, fingerprint_all};

/// The most findings, test cases or files of a report.
pub(super) const MAX_ITEMS: usize = 200_000;

/// The largest line or column number. Longer files are not written by people or compilers.
pub(super) const MAX_LINE: u32 = 10_000_000;

/// Refuses the item after the last one allowed.
pub(super) fn check_count(
    format: Format,
    count: usize,
    what: &str,
    place: impl FnOnce() -> Place,
) -> Result<(), FormatError> {
    if count < MAX_ITEMS {
        return Ok(());
    }
    let expected = format!("at most {MAX_ITEMS} {what}");
    Err(FormatError::unexpected(format, place(), expected, "more"))
}

/// A finding as a report states it.
pub(super) struct Stated<'a> {
    pub(super) rule: &'a str,
    pub(super) severity: Severity,
    pub(super) message: &'a str,
    pub(super) file: Option<&'a str>,
    /// Counted from 1; what is less means that the tool knows no line.
    pub(super) line: Option<i64>,
    /// Counted from 1; what is less means that the tool knows no column.
    pub(super) column: Option<i64>,
}

/// The findings of one report.
pub(super) struct Findings<'a> {
    format: Format,
    paths: &'a PathBase,
    findings: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(format: Format, paths: &'a PathBase) -> Self {
        Self {
            format,
            paths,
            findings: Vec::new(),
        }
    }

    /// Adds a finding; `place` says where in the report it stands.
    pub(super) fn add(
        &mut self,
        stated: &Stated<'_>,
        place: impl Fn() -> Place,
    ) -> Result<(), FormatError> {
        check_count(self.format, self.findings.len(), "findings", &place)?;
        let number = |number: Option<i64>| match number {
            Some(number) if number > i64::from(MAX_LINE) => Err(FormatError::unexpected(
                self.format,
                place(),
                format!("a line or column of at most {MAX_LINE}"),
                number.to_string(),
            )),
            Some(number) => Ok(u32::try_from(number).ok().filter(|number| *number > 0)),
            None => Ok(None),
        };
        let (line, column) = (number(stated.line)?, number(stated.column)?);
        let finding = Finding::new(
            text::name(stated.rule),
            stated.severity,
            text::message(stated.message),
        );
        self.findings.push(match stated.file {
            // A column without a line says nothing.
            Some(file) => finding.at(self.paths.relative(file), line, line.and(column)),
            None => finding,
        });
        Ok(())
    }

    /// All findings with their fingerprints.
    pub(super) fn finish(mut self, inspected: Option<u64>) -> FindingSet {
        fingerprint_all(&mut self.findings);
        FindingSet {
            findings: self.findings,
            inspected,
        }
    }
}
