//! Findings as readers collect them: cleaned, bounded, fingerprinted.

use super::{Format, FormatError, PathBase, Place, text};
use crate::model::{Finding, FindingSet, Severity, fingerprint_all};

/// The most findings, test cases or files of a report.
pub(super) const MAX_ITEMS: usize = 200_000;

/// The largest line or column number. Longer files are not written by people or compilers.
pub(super) const MAX_LINE: u32 = 10_000_000;

/// The most bytes of text that are kept of a report. A report can name a text once and mean it
/// many times, as the name of a suite.
const MAX_KEPT: usize = 128 * 1024 * 1024;

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

/// How many bytes of text are kept so far.
#[derive(Default)]
pub(super) struct Kept(usize);

impl Kept {
    /// Counts texts that are kept.
    pub(super) fn count<'t>(
        &mut self,
        format: Format,
        texts: impl IntoIterator<Item = &'t str>,
        place: impl FnOnce() -> Place,
    ) -> Result<(), FormatError> {
        self.0 += texts.into_iter().map(str::len).sum::<usize>();
        if self.0 <= MAX_KEPT {
            return Ok(());
        }
        let expected = format!("at most {MAX_KEPT} bytes of names and messages");
        Err(FormatError::unexpected(format, place(), expected, "more"))
    }
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
    kept: Kept,
}

impl<'a> Findings<'a> {
    pub(super) fn new(format: Format, paths: &'a PathBase) -> Self {
        Self {
            format,
            paths,
            findings: Vec::new(),
            kept: Kept::default(),
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
        let finding = match stated.file {
            // A column without a line says nothing.
            Some(file) => finding.at(self.paths.relative(file), line, line.and(column)),
            None => finding,
        };
        let file = finding.file.as_deref().unwrap_or_default();
        let texts = [finding.rule.as_str(), &finding.message, file];
        self.kept.count(self.format, texts, place)?;
        self.findings.push(finding);
        Ok(())
    }

    /// All findings with their fingerprints.
    pub(super) fn finish(mut self, inspected: Option<u64>) -> FindingSet {
        fingerprint_all(&mut self.findings);
        FindingSet {
            findings: self.findings,
            inspected,
            ..FindingSet::default()
        }
    }
}
