//! LCOV tracefiles → coverage, line by line.
//!
//! The records are those of <https://manpages.debian.org/testing/lcov/geninfo.1.en.html>, read by
//! what tools are seen to write: coverage.py has words where a branch's number stands
//! (`BRDA:8,0,jump to line 9,1`) and an end line in `FN`. Function records do not matter here.

use super::{
    Format, FormatError, PathBase, Place,
    files::{self, Files, Lines},
};
use crate::model::{Coverage, EvidenceData};
use std::collections::BTreeMap;

const FORMAT: Format = Format::Lcov;

/// What the sections of one source file say together.
#[derive(Default)]
struct File {
    lines: Lines,
    /// By line and by block and branch, whether it was taken.
    branches: BTreeMap<(u32, String), bool>,
}

/// The figures that an open section states itself.
#[derive(Default)]
struct Stated {
    lines: Totals,
    branches: Totals,
}

#[derive(Default)]
struct Totals {
    found: Option<u64>,
    hit: Option<u64>,
}

/// Reads a tracefile. A file of no sections is a report of no files.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let mut files: Files<File> = Files::new();
    let mut open: Option<(usize, Stated)> = None;
    let mut last = 1;
    for (number, line) in (1..).zip(text.lines()) {
        last = number;
        let at = || Place::Line(number, 1);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == "end_of_record" {
            let Some((file, stated)) = open.take() else {
                return Err(unexpected(
                    number,
                    "an SF record before end_of_record",
                    line,
                ));
            };
            check_stated(&stated, &files.get_mut(file).lines, number)?;
            continue;
        }
        let Some((kind, fields)) = line.split_once(':') else {
            return Err(unexpected(number, "a record such as `DA:1,1`", line));
        };
        if kind == "SF" {
            if open.is_some() {
                return Err(unexpected(number, "end_of_record before the next SF", line));
            }
            let file = files.open(FORMAT, paths.relative(fields), at)?;
            open = Some((file, Stated::default()));
            continue;
        }
        let Some(goal) = goal(kind) else {
            if kind.bytes().all(|byte| byte.is_ascii_uppercase()) {
                continue;
            }
            return Err(unexpected(number, "a record such as `DA:1,1`", line));
        };
        let Some((file, stated)) = &mut open else {
            return Err(unexpected(number, "an SF record first", line));
        };
        match goal {
            Goal::Line => {
                let (at_line, count) = line_data(fields)
                    .ok_or_else(|| unexpected(number, "`DA:<line>,<count>`", line))?;
                let at_line = files::line_number(FORMAT, at_line, at)?;
                files::mark(&mut files.get_mut(*file).lines, at_line, count > 0);
            }
            Goal::Branch => {
                let (at_line, branch, was_taken) = branch_data(fields).ok_or_else(|| {
                    unexpected(number, "`BRDA:<line>,<block>,<branch>,<taken>`", line)
                })?;
                let at_line = files::line_number(FORMAT, at_line, at)?;
                let branches = &mut files.get_mut(*file).branches;
                *branches.entry((at_line, branch)).or_default() |= was_taken;
            }
            Goal::Figure(place) => {
                let figure = fields
                    .trim()
                    .parse()
                    .map_err(|_| unexpected(number, format!("`{kind}:<whole number>`"), line))?;
                *place(stated) = Some(figure);
            }
        }
    }
    if open.is_some() {
        return Err(unexpected(
            last,
            "end_of_record",
            "the end of a truncated report",
        ));
    }
    Ok(EvidenceData::Coverage(summarize(files)))
}

/// What a record is good for.
enum Goal {
    Line,
    Branch,
    Figure(fn(&mut Stated) -> &mut Option<u64>),
}

fn goal(kind: &str) -> Option<Goal> {
    match kind {
        "DA" => Some(Goal::Line),
        "BRDA" => Some(Goal::Branch),
        "LF" => Some(Goal::Figure(|stated| &mut stated.lines.found)),
        "LH" => Some(Goal::Figure(|stated| &mut stated.lines.hit)),
        "BRF" => Some(Goal::Figure(|stated| &mut stated.branches.found)),
        "BRH" => Some(Goal::Figure(|stated| &mut stated.branches.hit)),
        _ => None,
    }
}

/// `<line>,<count>[,<checksum>]`.
fn line_data(fields: &str) -> Option<(u64, u64)> {
    let mut fields = fields.split(',').map(str::trim);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// `<line>,[e]<block>,<branch>,<taken>`, where the branch may be words with commas and `-` says
/// that the line was never reached.
fn branch_data(fields: &str) -> Option<(u64, String, bool)> {
    let (line, rest) = fields.split_once(',')?;
    let (branch, taken) = rest.rsplit_once(',')?;
    let was_taken = match taken.trim() {
        "-" => false,
        taken => taken.parse::<u64>().ok()? > 0,
    };
    // Without a comma the block or the branch is missing.
    let branch = Some(branch).filter(|branch| branch.contains(','))?;
    Some((line.trim().parse().ok()?, branch.to_owned(), was_taken))
}

/// The lines and branches themselves are counted; what a section states must be possible.
fn check_stated(stated: &Stated, lines: &Lines, number: u64) -> Result<(), FormatError> {
    if let Some(found @ 1..) = stated.lines.found
        && lines.is_empty()
    {
        let expected = format!("DA records of the {found} lines that LF states");
        return Err(unexpected(number, expected, "none"));
    }
    for totals in [&stated.lines, &stated.branches] {
        if let (Some(found), Some(hit)) = (totals.found, totals.hit) {
            files::check_counts(FORMAT, hit, found, || Place::Line(number, 1))?;
        }
    }
    Ok(())
}

fn summarize(files: Files<File>) -> Coverage {
    let (mut branches_covered, mut branches_total) = (0, 0);
    let files: Vec<_> = files
        .into_vec()
        .into_iter()
        .map(|(name, file)| {
            branches_total += file.branches.len() as u64;
            branches_covered += file.branches.values().filter(|taken| **taken).count() as u64;
            files::file_coverage(name, &file.lines)
        })
        .collect();
    let lines_covered = files.iter().map(|file| file.lines_covered).sum();
    let lines_total = files.iter().map(|file| file.lines_total).sum();
    Coverage {
        lines_covered,
        lines_total,
        percent: files::percent(lines_covered, lines_total).unwrap_or(0.0),
        branches_covered: (branches_total > 0).then_some(branches_covered),
        branches_total: (branches_total > 0).then_some(branches_total),
        files,
        notes: Vec::new(),
    }
}

fn unexpected(line: u64, expected: impl Into<String>, found: &str) -> FormatError {
    FormatError::unexpected(FORMAT, Place::Line(line, 1), expected, found)
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
    fn coverage_py_writes_words_for_branches() {
        let report = include_str!("../../tests/fixtures/formats/coverage.info");
        let coverage = read_text(report).unwrap();
        assert_eq!((coverage.lines_covered, coverage.lines_total), (10, 17));
        assert_eq!(coverage.branches_covered, Some(2));
        assert_eq!(coverage.branches_total, Some(6));
        assert_eq!(coverage.files[1].missing_lines, [18, 22, 23, 24, 25]);
        assert_eq!(coverage.files.len(), 3);
    }

    #[test]
    fn sections_of_one_file_are_merged() {
        let coverage = read_text(
            "TN:one\nSF:/tmp/workspace/a.c\nFN:1,f\nDA:1,0\nDA:2,5,abc\nBRDA:2,0,0,-\nLF:2\nLH:1\nend_of_record\n\
             TN:two\nSF:a.c\r\nDA:1,3\nDA:3,0\nBRDA:2,0,0,2\nVER:x\nend_of_record\n",
        )
        .unwrap();
        assert_eq!(coverage.files.len(), 1);
        assert_eq!((coverage.lines_covered, coverage.lines_total), (2, 3));
        assert_eq!(coverage.branches_covered, Some(1));
        assert_eq!(coverage.branches_total, Some(1));
        assert!((coverage.percent - 200.0 / 3.0).abs() < 1e-9);
        assert_eq!(coverage.files[0].missing_lines, [3]);
    }

    #[test]
    fn an_empty_tracefile_has_no_files() {
        let coverage = read_text("").unwrap();
        assert_eq!((coverage.lines_total, coverage.files.len()), (0, 0));
        assert_eq!(coverage.percent, 0.0);
    }

    #[test]
    fn impossible_and_truncated_tracefiles_are_refused() {
        for text in [
            "SF:a.c\nDA:1,1\n",
            "SF:a.c\nDA:1,-1\nend_of_record\n",
            "SF:a.c\nDA:1,NaN\nend_of_record\n",
            "SF:a.c\nDA:0,1\nend_of_record\n",
            "SF:a.c\nDA:4000000000,1\nend_of_record\n",
            "SF:a.c\nDA:1\nend_of_record\n",
            "SF:a.c\nLF:1\nLH:2\nend_of_record\n",
            "SF:a.c\nLF:many\nend_of_record\n",
            "SF:a.c\nLF:2\nLH:2\nend_of_record\n",
            "SF:a.c\nBRDA:1,0,0\nend_of_record\n",
            "SF:a.c\nSF:b.c\nend_of_record\n",
            "DA:1,1\n",
            "end_of_record\n",
            "<html>\n",
            "{\"a\": 1}\n",
        ] {
            assert!(read_text(text).is_err(), "{text}");
        }
        let error = read_text("TN:\nSF:a.c\nDA:1,two\nend_of_record\n").unwrap_err();
        insta::assert_snapshot!(error, @"the LCOV report cannot be read, line 3 column 1: expected `DA:<line>,<count>`, found DA:1,two");
    }
}
