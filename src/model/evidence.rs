//! What tools measured, as typed data.

use super::{Finding, PerformanceRun, Reason, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The kinds of evidence a tool can give and a gate can ask for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Test results: [`TestRun`].
    Tests,
    /// Line and branch coverage: [`Coverage`].
    Coverage,
    /// A linter's findings.
    Lint,
    /// Files that the formatter would change, as findings.
    Format,
    /// A type checker's findings.
    Types,
    /// Secrets that are not in the baseline, as findings.
    Secrets,
    /// Vulnerabilities, as findings with `critical` to `low`.
    Vulnerabilities,
    /// Functions and public items of the sources: [`SourceFacts`].
    Source,
    /// README and usage example: [`DocumentFacts`].
    Documents,
    /// Front matter of the instruction files: [`InstructionFacts`].
    Instructions,
    /// Timings and memory: [`PerformanceRun`].
    Performance,
}

impl EvidenceKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Tests,
        Self::Coverage,
        Self::Lint,
        Self::Format,
        Self::Types,
        Self::Secrets,
        Self::Vulnerabilities,
        Self::Source,
        Self::Documents,
        Self::Instructions,
        Self::Performance,
    ];

    /// The word used in the configuration and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Coverage => "coverage",
            Self::Lint => "lint",
            Self::Format => "format",
            Self::Types => "types",
            Self::Secrets => "secrets",
            Self::Vulnerabilities => "vulnerabilities",
            Self::Source => "source",
            Self::Documents => "documents",
            Self::Instructions => "instructions",
            Self::Performance => "performance",
        }
    }
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a test case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    /// Passed at the first attempt.
    Passed,
    /// An assertion failed.
    Failed,
    /// It could not be run: an error in set-up or collection.
    Errored,
    /// Not run.
    Skipped,
    /// Failed first and passed when run again.
    Flaky,
}

/// One test case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestCase {
    /// The suite's name.
    pub suite: String,
    /// The class or module; empty when the report has none.
    pub class: String,
    /// The test's name.
    pub name: String,
    /// The file, where the report says it.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// How it ended.
    pub outcome: CaseOutcome,
    /// Why it failed, errored or was skipped.
    pub message: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
}

/// The results of one run of a test suite. The five counts are disjoint and add up to `total`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestRun {
    /// How many cases the report has.
    pub total: u64,
    /// Passed at the first attempt.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Could not be run.
    pub errored: u64,
    /// Not run.
    pub skipped: u64,
    /// Passed after a failure.
    pub flaky: u64,
    /// The time of all cases, or of the whole run where the report states it, in milliseconds.
    pub duration_ms: f64,
    /// The cases in the order of the report.
    pub cases: Vec<TestCase>,
    /// What must be known beside the counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl TestRun {
    /// Counts the cases.
    #[must_use]
    pub fn from_cases(cases: Vec<TestCase>, duration_ms: f64) -> Self {
        let count = |outcome| cases.iter().filter(|case| case.outcome == outcome).count() as u64;
        Self {
            total: cases.len() as u64,
            passed: count(CaseOutcome::Passed),
            failed: count(CaseOutcome::Failed),
            errored: count(CaseOutcome::Errored),
            skipped: count(CaseOutcome::Skipped),
            flaky: count(CaseOutcome::Flaky),
            duration_ms,
            cases,
            notes: Vec::new(),
        }
    }

    /// Cases that ran: all but the skipped ones.
    #[must_use]
    pub const fn ran(&self) -> u64 {
        self.total - self.skipped
    }
}

/// The coverage of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FileCoverage {
    /// The file, as the report names it, relative to the workspace where it lies inside.
    pub file: String,
    /// Coverable lines that were run.
    pub lines_covered: u64,
    /// Coverable lines.
    pub lines_total: u64,
    /// The file's coverage, 0 to 100.
    pub percent: f64,
    /// Branches that were taken; `None` when the report does not say it file by file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches_covered: Option<u64>,
    /// Branches; `None` when the report does not say it file by file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches_total: Option<u64>,
    /// Coverable lines that were not run, where the report names them.
    pub missing_lines: Vec<u32>,
}

/// Coverage of a component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Coverable lines that were run.
    pub lines_covered: u64,
    /// Coverable lines.
    pub lines_total: u64,
    /// The figure that the tool itself states, 0 to 100; where it states none, covered by total
    /// lines. With branches measured, coverage.py's figure counts lines and branches together.
    pub percent: f64,
    /// Branches that were taken; `None` when branches were not measured.
    pub branches_covered: Option<u64>,
    /// Branches; `None` when branches were not measured.
    pub branches_total: Option<u64>,
    /// File by file.
    pub files: Vec<FileCoverage>,
    /// What must be known beside the figures, such as source files that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The findings of one tool run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingSet {
    /// The findings in the order of the report.
    pub findings: Vec<Finding>,
    /// How many files the tool looked at, where it says so. Zero is no evidence.
    pub inspected: Option<u64>,
    /// Which files the tool looked at, where its report names them, as the findings' files are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Vec<String>>,
    /// What must be known beside the findings, such as source files that were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One function of the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FunctionFact {
    /// Its qualified name: `Calculator.divide`.
    pub name: String,
    /// The file, relative to the workspace.
    pub file: String,
    /// The line of its definition, counted from 1.
    pub line: u32,
    /// McCabe's cyclomatic complexity.
    pub complexity: u32,
}

/// One item of the sources' public interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicItem {
    /// `module`, `class`, `function` or `method`.
    pub kind: String,
    /// Its qualified name.
    pub name: String,
    /// The file, relative to the workspace.
    pub file: String,
    /// The line of its definition, counted from 1.
    pub line: u32,
    /// Whether it has documentation.
    pub is_documented: bool,
}

/// What the sources say about themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceFacts {
    /// How many source files were read.
    pub files: u64,
    /// Every function and method.
    pub functions: Vec<FunctionFact>,
    /// The public interface.
    pub public_items: Vec<PublicItem>,
    /// Files that could not be parsed, with the place of the first error.
    pub parse_errors: Vec<Finding>,
}

/// What a component has besides its code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentFacts {
    /// The component's README, relative to the workspace.
    pub readme: Option<String>,
    /// Where a usage example was found: `file:line`.
    pub usage_example: Option<String>,
    /// Where both were looked for, for the person who must add one.
    pub looked_in: Vec<String>,
}

/// The checked instruction files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstructionFacts {
    /// How many files were read.
    pub files: u64,
    /// Errors and warnings, with line and column.
    pub findings: Vec<Finding>,
}

/// A command that has no report: its exit status is the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExitStatusFact {
    /// The exit status.
    pub status: i32,
    /// The last lines that the command printed.
    pub output: String,
}

/// Evidence of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceData {
    /// Test results.
    Tests(TestRun),
    /// Coverage.
    Coverage(Coverage),
    /// Findings of a linter, formatter, type checker or scanner.
    Findings(FindingSet),
    /// What the sources say about themselves.
    Source(SourceFacts),
    /// README and usage example.
    Documents(DocumentFacts),
    /// Checked instruction files.
    Instructions(InstructionFacts),
    /// Timings and memory.
    Performance(PerformanceRun),
    /// Nothing but an exit status.
    ExitStatus(ExitStatusFact),
}

/// Why there is no evidence of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unavailable {
    /// The report is missing, stale or empty.
    NoData(Reason),
    /// The tool is missing, crashed or timed out, or its output is unreadable.
    Errored(Reason),
}

impl Unavailable {
    /// Whether it is missing only because a run was interrupted.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.reason().code == super::ReasonCode::Interrupted
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        match self {
            Self::NoData(reason) | Self::Errored(reason) => reason,
        }
    }
}

impl From<Unavailable> for Verdict {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::NoData(reason) => Self::NoData(reason),
            Unavailable::Errored(reason) => Self::Errored(reason),
        }
    }
}

/// All evidence about one component: by kind, what was measured or why nothing was.
///
/// A kind can have several entries when several tools give it, such as two scanners.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    entries: BTreeMap<EvidenceKind, Vec<EvidenceEntry>>,
}

/// What one tool gave for one kind.
pub type EvidenceEntry = (String, Result<Arc<EvidenceData>, Unavailable>);

impl Evidence {
    /// Adds what `tool` gave.
    pub fn add(
        &mut self,
        kind: EvidenceKind,
        tool: impl Into<String>,
        data: Result<Arc<EvidenceData>, Unavailable>,
    ) {
        self.entries
            .entry(kind)
            .or_default()
            .push((tool.into(), data));
    }

    /// Everything of one kind, by tool; empty when no tool gives it.
    pub fn of(&self, kind: EvidenceKind) -> &[EvidenceEntry] {
        self.entries.get(&kind).map_or(&[], Vec::as_slice)
    }
}
