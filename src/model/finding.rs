//! One thing a tool or a check found, with its place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt};

/// How bad a finding is, in the words of the tool that found it.
///
/// Security scanners grade `critical` to `low`; linters and type checkers grade `error`,
/// `warning` and `note`. Both scales are kept as they are, since their limits differ.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A vulnerability that must not ship.
    Critical,
    /// A serious vulnerability.
    High,
    /// A linter's or type checker's error.
    Error,
    /// A vulnerability of medium weight.
    Medium,
    /// A linter's or type checker's warning.
    Warning,
    /// A vulnerability of low weight.
    Low,
    /// For information.
    Note,
}

impl Severity {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Error => "error",
            Self::Medium => "medium",
            Self::Warning => "warning",
            Self::Low => "low",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One thing a tool or a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The tool's name for the rule, such as `F401` or `reportCallIssue`.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, as the tool says it.
    pub message: String,
    /// The file, relative to the workspace where it lies inside; `/` as separator.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The column, counted from 1.
    pub column: Option<u32>,
    /// What makes the finding the same one in another run: a hash of rule, file and message and
    /// of how many alike came before it, so that it survives moved lines. 16 hex digits.
    pub fingerprint: String,
}

impl Finding {
    /// A finding without a place. [`fingerprint_all`] gives the fingerprints.
    #[must_use]
    pub fn new(rule: impl Into<String>, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            severity,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            fingerprint: String::new(),
        }
    }

    /// The same finding at a place.
    #[must_use]
    pub fn at(
        mut self,
        file: impl Into<String>,
        line: impl Into<Option<u32>>,
        column: impl Into<Option<u32>>,
    ) -> Self {
        self.file = Some(file.into());
        self.line = line.into();
        self.column = column.into();
        self
    }

    /// `file:line:column`, as far as known; empty when there is no file.
    #[must_use]
    pub fn location(&self) -> String {
        let mut text = self.file.clone().unwrap_or_default();
        for part in [self.line, self.column].into_iter().flatten() {
            if !text.is_empty() {
                text.push_str(&format!(":{part}"));
            }
        }
        text
    }
}

/// Gives each finding of one tool run its fingerprint, in the order in which they stand.
pub fn fingerprint_all(findings: &mut [Finding]) {
    let mut seen: HashMap<blake3::Hash, u32> = HashMap::new();
    for finding in findings {
        let mut hasher = blake3::Hasher::new();
        let file = finding.file.as_deref().unwrap_or_default();
        for part in [finding.rule.as_str(), file, finding.message.as_str()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let alike = seen.entry(hasher.finalize()).or_insert(0);
        hasher.update(&alike.to_le_bytes());
        *alike += 1;
        finding.fingerprint = hasher.finalize().to_hex()[..16].to_owned();
    }
}
