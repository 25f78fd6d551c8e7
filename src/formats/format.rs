//! The formats by name, and reading a report of a known format.

use super::{FormatError, PathBase, REGISTRY, input};
use crate::model::EvidenceData;
use serde_json::Value;
use std::fmt;

/// A format that a tool's report can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// JUnit XML, as pytest, cargo-nextest, Maven Surefire and most test runners write it:
    /// <https://github.com/testmoapp/junitxml>.
    Junit,
    /// `coverage json` of coverage.py:
    /// <https://coverage.readthedocs.io/en/latest/commands/cmd_json.html>.
    CoverageJson,
    /// An LCOV tracefile: <https://manpages.debian.org/testing/lcov/geninfo.1.en.html>.
    Lcov,
    /// Cobertura XML: <https://github.com/cobertura/web/blob/master/htdocs/xml/coverage-04.dtd>.
    Cobertura,
    /// SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
    Sarif,
    /// `ruff check --output-format=json`: <https://docs.astral.sh/ruff/>.
    RuffCheck,
    /// `ruff format --check`, with or without `--output-format=json`.
    RuffFormat,
    /// `pyright --outputjson`, also basedpyright's:
    /// <https://github.com/microsoft/pyright/blob/main/docs/command-line.md>.
    Pyright,
    /// `mypy --output=json`: one JSON object a line.
    Mypy,
    /// `bandit -f json`: <https://bandit.readthedocs.io/en/latest/formatters/json.html>.
    Bandit,
    /// `detect-secrets scan`: <https://github.com/Yelp/detect-secrets>.
    DetectSecrets,
    /// `pytest --benchmark-json`:
    /// <https://pytest-benchmark.readthedocs.io/en/stable/usage.html>.
    PytestBenchmark,
    /// `hyperfine --export-json`, of version 1 and of version 2:
    /// <https://github.com/sharkdp/hyperfine#export-results>.
    Hyperfine,
    /// `cargo criterion --message-format=json`, or a benchmark's `estimates.json` or `sample.json`:
    /// <https://bheisler.github.io/criterion.rs/book/cargo_criterion/external_tools.html>.
    Criterion,
    /// The end-of-test summary of k6, by `--summary-export` or by `handleSummary`:
    /// <https://grafana.com/docs/k6/latest/results-output/end-of-test/>.
    K6,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; REGISTRY.len()] = {
        let mut all = [Self::Junit; REGISTRY.len()];
        let mut index = 0;
        while index < all.len() {
            all[index] = REGISTRY[index].format;
            index += 1;
        }
        all
    };

    /// The word used in the configuration and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        REGISTRY[self as usize].name
    }

    /// The name for people, used in messages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        REGISTRY[self as usize].title
    }

    /// Reads a report. Paths in it become relative to the workspace of `paths`.
    ///
    /// # Errors
    ///
    /// When the bytes are not a complete report of this format, or say something impossible, such
    /// as more lines covered than there are.
    pub fn read(self, bytes: &[u8], paths: &PathBase) -> Result<EvidenceData, FormatError> {
        let text = input::decode(self, bytes)?;
        (REGISTRY[self as usize].read)(&text, paths)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What reads a report whose bytes are already text.
type ReadFn = fn(&str, &PathBase) -> Result<EvidenceData, FormatError>;

/// One line of the registry.
pub(super) struct Entry {
    pub(super) format: Format,
    name: &'static str,
    title: &'static str,
    read: ReadFn,
}

impl Entry {
    pub(super) const fn new(
        format: Format,
        name: &'static str,
        title: &'static str,
        read: ReadFn,
    ) -> Self {
        Self {
            format,
            name,
            title,
            read,
        }
    }
}

/// The evidence as `spec2prod inspect --format json` prints it: without the word for its kind
/// around it.
#[must_use]
pub fn inspect_json(data: &EvidenceData) -> Value {
    let bare = match data {
        EvidenceData::Tests(tests) => serde_json::to_value(tests),
        EvidenceData::Coverage(coverage) => serde_json::to_value(coverage),
        EvidenceData::Findings(findings) => serde_json::to_value(findings),
        EvidenceData::Source(source) => serde_json::to_value(source),
        EvidenceData::Documents(documents) => serde_json::to_value(documents),
        EvidenceData::Instructions(instructions) => serde_json::to_value(instructions),
        EvidenceData::Performance(performance) => serde_json::to_value(performance),
        EvidenceData::ExitStatus(status) => serde_json::to_value(status),
    };
    // Evidence has string keys and finite numbers only, so that it always becomes JSON.
    bare.unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CaseOutcome, Coverage, Finding, FindingSet, Severity, TestCase, TestRun};
    use serde_json::json;

    #[test]
    fn the_registry_stands_in_the_order_of_the_variants() {
        for (index, format) in Format::ALL.into_iter().enumerate() {
            assert_eq!(format as usize, index);
        }
        assert_eq!(Format::DetectSecrets.as_str(), "detect_secrets");
        assert_eq!(Format::ALL.last(), Some(&Format::K6));
    }

    #[test]
    fn inspect_shows_the_bare_evidence() {
        let case = TestCase {
            suite: "s".into(),
            class: "c".into(),
            name: "n".into(),
            file: None,
            line: Some(3),
            outcome: CaseOutcome::Flaky,
            message: None,
            duration_ms: 1.5,
        };
        let tests = EvidenceData::Tests(TestRun::from_cases(vec![case], 1.5));
        assert_eq!(
            inspect_json(&tests),
            json!({"total": 1, "passed": 0, "failed": 0, "errored": 0, "skipped": 0, "flaky": 1,
                "duration_ms": 1.5, "cases": [{"suite": "s", "class": "c", "name": "n",
                "file": null, "line": 3, "outcome": "flaky", "message": null, "duration_ms": 1.5}]})
        );
        let coverage = EvidenceData::Coverage(Coverage {
            lines_covered: 1,
            lines_total: 2,
            percent: 50.0,
            branches_covered: None,
            branches_total: None,
            files: Vec::new(),
            notes: Vec::new(),
        });
        assert_eq!(
            inspect_json(&coverage),
            json!({"lines_covered": 1, "lines_total": 2, "percent": 50.0,
                "branches_covered": null, "branches_total": null, "files": []})
        );
        let findings = EvidenceData::Findings(FindingSet {
            findings: vec![Finding::new("R1", Severity::Error, "m").at("a.py", 1, 2)],
            inspected: None,
            ..FindingSet::default()
        });
        assert_eq!(
            inspect_json(&findings)["findings"][0],
            json!({"rule": "R1", "severity": "error", "message": "m", "file": "a.py", "line": 1,
                "column": 2, "fingerprint": ""})
        );
    }
}
