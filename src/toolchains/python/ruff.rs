//! ruff as linter and as formatter: commands, how their output is read, and which files were looked
//! at.

use super::super::{CommandTool, Printed};
use super::Setup;
use super::environment::Located;
use super::scanners::{agreeing, expect_status, read_output, single};
use super::sources::SourceFiles;
use crate::formats::{Format, PathBase};
use crate::model::{EvidenceData, EvidenceKind, Finding, FindingSet, Unavailable};
use std::collections::HashSet;

/// `ruff check`: 0 nothing found, 1 something found, 2 its own failure.
/// <https://docs.astral.sh/ruff/linter/#exit-codes>
pub(super) fn check(setup: &Setup<'_>, located: &Located) -> CommandTool {
    const TOOL: &str = "ruff check";
    let reader = Reader::new(setup, TOOL, "][DEBUG] Checking: ", "][DEBUG] Checked ");
    let command = setup
        .command(located)
        // Its report has findings only; which files it looked at is in what it says verbosely.
        .args([
            "check",
            "--verbose",
            "--no-fix",
            "--no-fix-only",
            "--no-cache",
        ])
        .arg("--output-format=json")
        .args(setup.project.judged_paths());
    single(EvidenceKind::Lint, command, Vec::new(), move |printed| {
        expect_status(printed, TOOL, &[0, 1])?;
        let found = read_output(printed, TOOL, Format::RuffCheck, &reader.paths)?;
        reader.judge(agreeing(printed, TOOL, found)?, printed)
    })
}

/// `ruff format --check`: 0 formatted, 1 would change files, 2 its own failure.
/// <https://docs.astral.sh/ruff/formatter/#exit-codes>
pub(super) fn format(setup: &Setup<'_>, located: &Located) -> CommandTool {
    const TOOL: &str = "ruff format";
    let begin = "][DEBUG] format_path; path=";
    let reader = Reader::new(setup, TOOL, begin, "][DEBUG] Formatted ");
    let command = setup
        .command(located)
        // The report as JSON needs the preview mode, which has another style than the project's.
        .args(["format", "--verbose", "--check", "--no-cache"])
        .args(setup.project.judged_paths());
    single(EvidenceKind::Format, command, Vec::new(), move |printed| {
        expect_status(printed, TOOL, &[0, 1, 2])?;
        // Without a file to look at it prints nothing.
        let is_blank = printed.report(TOOL)?.trim_ascii().is_empty();
        if printed.status == 0 && is_blank {
            return reader.judge(nothing_inspected(), printed);
        }
        let found = read_output(printed, TOOL, Format::RuffFormat, &reader.paths);
        let found = match found {
            // What cannot be parsed is a finding like any other, though ruff then ends with 2.
            Ok(EvidenceData::Findings(set)) if printed.status != 2 || has_syntax_error(&set) => {
                agreeing(printed, TOOL, EvidenceData::Findings(set))?
            }
            Err(error) if printed.status != 2 => return Err(error),
            _ => return Err(printed.crashed(TOOL, "its own failure")),
        };
        reader.judge(found, printed)
    })
}

fn has_syntax_error(set: &FindingSet) -> bool {
    set.findings
        .iter()
        .any(|finding| finding.rule == "invalid-syntax")
}

fn nothing_inspected() -> EvidenceData {
    EvidenceData::Findings(FindingSet {
        inspected: Some(0),
        ..FindingSet::default()
    })
}

/// Holds the files that ruff says it looked at against those that it should look at.
struct Reader {
    tool: &'static str,
    sources: SourceFiles,
    paths: PathBase,
    /// What stands before the path in the line of each file, since ruff 0.0.292 at the latest.
    file: &'static str,
    /// What stands before the number of files in the line at the end.
    summary: &'static str,
}

impl Reader {
    fn new(
        setup: &Setup<'_>,
        tool: &'static str,
        file: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            tool,
            sources: setup.sources.clone(),
            paths: setup.paths.clone(),
            file,
            summary,
        }
    }

    fn judge(&self, found: EvidenceData, printed: &Printed) -> Result<EvidenceData, Unavailable> {
        let EvidenceData::Findings(mut set) = found else {
            return Ok(found);
        };
        // A file that is named twice is judged twice.
        let mut seen = HashSet::new();
        set.findings
            .retain(|finding| seen.insert(identity(finding)));
        match self.looked_at(&printed.stderr) {
            Some(files) => {
                set.inspected = Some(files.len() as u64);
                let settings =
                    "exclude, extend-exclude and include in ruff's settings, and .gitignore";
                set.notes
                    .extend(self.sources.compare(self.tool, &files, settings)?);
            }
            None => set.notes.push(format!(
                "{} did not say which files it looked at",
                self.tool
            )),
        }
        Ok(EvidenceData::Findings(set))
    }

    /// The files that ruff looked at; `None` where it does not name them all.
    fn looked_at(&self, words: &str) -> Option<HashSet<String>> {
        if words.contains("No Python files found") {
            return Some(HashSet::new());
        }
        let behind = |mark| words.lines().filter_map(move |line| line.split_once(mark));
        let files: Vec<&str> = behind(self.file).map(|(_, file)| file).collect();
        let (_, count) = behind(self.summary).next_back()?;
        let count: usize = count.split(' ').next()?.parse().ok()?;
        let files = files.into_iter().map(|file| self.paths.relative(file));
        let files: Vec<String> = files.collect();
        (files.len() == count).then(|| files.into_iter().collect())
    }
}

type Identity = (Option<String>, Option<u32>, Option<u32>, String, String);

fn identity(finding: &Finding) -> Identity {
    let Finding {
        file,
        line,
        column,
        rule,
        message,
        ..
    } = finding.clone();
    (file, line, column, rule, message)
}
