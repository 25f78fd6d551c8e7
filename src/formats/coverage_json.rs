//! coverage.py JSON (`coverage json`, `pytest --cov-report=json`) → coverage.

use super::{
    Format, FormatError, PathBase, Place, files, findings,
    json::{self, entries},
    text,
};
use crate::model::{Coverage, EvidenceData, FileCoverage};
use serde::Deserialize;

const FORMAT: Format = Format::CoverageJson;

#[derive(Deserialize)]
struct Report {
    #[serde(deserialize_with = "entries")]
    files: Vec<(String, File)>,
    totals: Summary,
}

#[derive(Deserialize)]
struct File {
    summary: Summary,
    #[serde(default)]
    missing_lines: Vec<u32>,
}

/// A file's or the whole report's figures. The branches are there when they were measured.
#[derive(Default, Deserialize)]
struct Summary {
    covered_lines: u64,
    num_statements: u64,
    percent_covered: f64,
    num_branches: Option<u64>,
    covered_branches: Option<u64>,
}

impl Summary {
    fn add(&mut self, other: &Self) {
        let sum = |one: Option<u64>, other: Option<u64>| {
            Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0)))
        };
        self.covered_lines = self.covered_lines.saturating_add(other.covered_lines);
        self.num_statements = self.num_statements.saturating_add(other.num_statements);
        self.covered_branches = sum(self.covered_branches, other.covered_branches);
        self.num_branches = sum(self.num_branches, other.num_branches);
    }

    /// What coverage.py computes from lines, and from lines and branches together where branches were
    /// measured.
    fn percent(&self) -> Option<f64> {
        files::percent(
            self.covered_lines
                .saturating_add(self.covered_branches.unwrap_or(0)),
            self.num_statements
                .saturating_add(self.num_branches.unwrap_or(0)),
        )
    }
}

/// Reads a report. `percent` is `totals.percent_covered`, unless the totals' counts or the files give
/// a lower one.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the JSON report of coverage.py with `files` and `totals`";
    let report: Report = json::parse(FORMAT, text, expected)?;
    check(&report.totals, "totals")?;
    let mut files = Vec::with_capacity(report.files.len());
    let mut sum = Summary::default();
    for (name, file) in report.files {
        let at = |key: &str| text::excerpt(&format!("files[{name}].{key}"));
        findings::check_count(FORMAT, files.len(), "files", || Place::Path(at("summary")))?;
        check(&file.summary, &at("summary"))?;
        let missing_lines = file
            .missing_lines
            .into_iter()
            .map(|line| {
                files::line_number(FORMAT, u64::from(line), || Place::Path(at("missing_lines")))
            })
            .collect::<Result<_, _>>()?;
        sum.add(&file.summary);
        files.push(FileCoverage {
            file: paths.relative(&name),
            lines_covered: file.summary.covered_lines,
            lines_total: file.summary.num_statements,
            percent: file.summary.percent_covered,
            branches_covered: file.summary.covered_branches,
            branches_total: file.summary.num_branches,
            missing_lines,
        });
    }
    let totals = report.totals;
    let (percent, note) = files::lowest(&[
        ("`totals.percent_covered`", Some(totals.percent_covered)),
        ("the counts of `totals`", totals.percent()),
        ("its files", sum.percent()),
    ]);
    Ok(EvidenceData::Coverage(Coverage {
        lines_covered: totals.covered_lines,
        lines_total: totals.num_statements,
        percent,
        branches_covered: totals.covered_branches,
        branches_total: totals.num_branches,
        files,
        notes: note.into_iter().collect(),
    }))
}

fn check(summary: &Summary, path: &str) -> Result<(), FormatError> {
    let at = |key: &str| Place::Path(format!("{path}.{key}"));
    let (covered, total) = (summary.covered_lines, summary.num_statements);
    files::check_counts(FORMAT, covered, total, || at("covered_lines"))?;
    files::check_percent(FORMAT, summary.percent_covered, || at("percent_covered"))?;
    match (summary.covered_branches, summary.num_branches) {
        (None, None) => Ok(()),
        (Some(covered), Some(total)) => {
            files::check_counts(FORMAT, covered, total, || at("covered_branches"))
        }
        _ => Err(FormatError::unexpected(
            FORMAT,
            at("num_branches"),
            "both `num_branches` and `covered_branches`, or neither",
            "one of them",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Coverage, FormatError> {
        match FORMAT.read(text.as_bytes(), &PathBase::new("/tmp/workspace".as_ref()))? {
            EvidenceData::Coverage(coverage) => Ok(coverage),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lines_are_read_as_the_tool_states_them() {
        let report = include_str!("../../tests/fixtures/formats/coverage.json");
        let coverage = read_text(report).unwrap();
        assert_eq!((coverage.lines_covered, coverage.lines_total), (10, 17));
        assert!((coverage.percent - 58.823_529_411_764_7).abs() < 1e-9);
        assert_eq!(coverage.branches_total, None);
        let cart = &coverage.files[1];
        assert_eq!(cart.file, "shop/cart.py");
        assert_eq!(cart.missing_lines, [18, 22, 23, 24, 25]);
        assert_eq!(coverage.files[0].percent, 100.0);
    }

    #[test]
    fn branches_count_in_the_tools_figure() {
        let report = include_str!("../../tests/fixtures/formats/coverage-branch.json");
        let coverage = read_text(report).unwrap();
        assert_eq!(coverage.branches_covered, Some(2));
        assert_eq!(coverage.branches_total, Some(6));
        // (10 lines + 2 branches) of (17 lines + 6 branches).
        assert!((coverage.percent - 12.0 / 23.0 * 100.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_measured_is_read_as_nothing() {
        let coverage = read_text(
            r#"{"files": {}, "totals": {"covered_lines": 0, "num_statements": 0, "percent_covered": 100.0}}"#,
        )
        .unwrap();
        assert_eq!((coverage.lines_total, coverage.files.len()), (0, 0));
    }

    #[test]
    fn the_lowest_of_contradicting_figures_counts() {
        let read = |totals: (u64, u64, f64)| {
            let summary = |(covered, total, percent): (u64, u64, f64)| {
                format!(
                    r#"{{"covered_lines": {covered}, "num_statements": {total}, "percent_covered": {percent}}}"#
                )
            };
            let report = format!(
                r#"{{"files": {{"a.py": {{"summary": {}}}}}, "totals": {}}}"#,
                summary((2, 10, 20.0)),
                summary(totals)
            );
            let coverage = read_text(&report).unwrap();
            (coverage.percent, coverage.notes.join("\n"))
        };
        assert_eq!(read((2, 10, 20.0)), (20.0, String::new()));
        let (percent, note) = read((2, 10, 95.0));
        assert_eq!(percent, 20.0);
        insta::assert_snapshot!(note, @"the coverage report contradicts itself: 95.00 % by `totals.percent_covered`, 20.00 % by the counts of `totals`; the lowest figure counts");
        let (percent, note) = read((9, 10, 90.0));
        assert_eq!(percent, 20.0);
        insta::assert_snapshot!(note, @"the coverage report contradicts itself: 90.00 % by `totals.percent_covered`, 20.00 % by its files; the lowest figure counts");
        assert_eq!(read((1, 10, 10.0)).0, 10.0);
    }

    #[test]
    fn impossible_figures_are_refused() {
        let report = |covered: &str, total: &str, percent: &str| {
            format!(
                r#"{{"files": {{}}, "totals": {{"covered_lines": {covered}, "num_statements": {total}, "percent_covered": {percent}}}}}"#
            )
        };
        assert!(read_text(&report("1", "2", "50")).is_ok());
        for (covered, total, percent) in [
            ("3", "2", "50"),
            ("-1", "2", "50"),
            ("1", "2", "100.01"),
            ("1", "2", "-0.5"),
            ("1", "2", "NaN"),
            ("1", "2", "1e999"),
            ("1", "2", "\"50\""),
            ("1.5", "2", "50"),
            ("99999999999999999999", "99999999999999999999", "50"),
        ] {
            let error = read_text(&report(covered, total, percent));
            assert!(
                error.is_err(),
                "{covered} of {total}, {percent} %: {error:?}"
            );
        }
        let file = |line: &str| {
            format!(
                r#"{{"files": {{"a.py": {{"summary": {{"covered_lines": 0, "num_statements": 1, "percent_covered": 0}}, "missing_lines": [{line}]}}}}, "totals": {{"covered_lines": 0, "num_statements": 1, "percent_covered": 0}}}}"#
            )
        };
        assert!(read_text(&file("1")).is_ok());
        let error = read_text(&file("4000000000")).unwrap_err();
        insta::assert_snapshot!(error, @"the coverage.py JSON report cannot be read, files[a.py].missing_lines: expected a line number from 1 to 10000000, found 4000000000");
        assert!(read_text(&file("0")).is_err());
        let error = read_text(&report("3", "2", "50")).unwrap_err();
        insta::assert_snapshot!(error, @"the coverage.py JSON report cannot be read, totals.covered_lines: expected at most 2 covered, which are all, found 3");
        let error = read_text("{\"files\": {}}").unwrap_err();
        insta::assert_snapshot!(error, @"the coverage.py JSON report cannot be read, line 1 column 13: expected the JSON report of coverage.py with `files` and `totals`, found missing field `totals`");
    }
}
