//! Reports of tools → typed evidence: pure functions over bytes, one file a format, one line each
//! in the registry.
//!
//! Reports are untrusted: a pull request's own tests write them. Every reader therefore bounds
//! size, depth, attributes, lengths and numbers of things, expands no entities, strips control
//! characters, and answers what it does not understand with a [`FormatError`], never with evidence
//! that it guessed. Nothing here runs a tool, knows which tool ran, or judges: a report with no
//! tests is read as no tests.

mod bandit;
mod cobertura;
mod coverage_json;
mod criterion;
mod detect;
mod detect_secrets;
mod error;
mod files;
mod findings;
mod format;
mod hyperfine;
mod input;
mod json;
mod junit;
mod k6;
mod lcov;
mod mypy;
mod path_base;
mod pyright;
mod pytest_benchmark;
mod ruff;
mod sarif;
mod text;
mod timings;
mod xml;

#[cfg(test)]
mod tests;

pub use detect::detect;
pub use detect_secrets::{ScanFilter, ScanSettings, new_secrets, scan_settings};
pub use error::{FormatError, Place};
pub use format::{Format, inspect_json};
pub use input::{MAX_REPORT_BYTES, read_file};
pub use path_base::PathBase;

use format::Entry;

/// Every format, in the order of [`Format`]'s variants, which a test keeps.
const REGISTRY: [Entry; 15] = [
    Entry::new(Format::Junit, "junit", "JUnit XML", junit::read),
    Entry::new(
        Format::CoverageJson,
        "coverage_json",
        "coverage.py JSON",
        coverage_json::read,
    ),
    Entry::new(Format::Lcov, "lcov", "LCOV", lcov::read),
    Entry::new(
        Format::Cobertura,
        "cobertura",
        "Cobertura XML",
        cobertura::read,
    ),
    Entry::new(Format::Sarif, "sarif", "SARIF", sarif::read),
    Entry::new(
        Format::RuffCheck,
        "ruff_check",
        "ruff check JSON",
        ruff::read_check,
    ),
    Entry::new(
        Format::RuffFormat,
        "ruff_format",
        "ruff format",
        ruff::read_format,
    ),
    Entry::new(Format::Pyright, "pyright", "pyright JSON", pyright::read),
    Entry::new(Format::Mypy, "mypy", "mypy JSON", mypy::read),
    Entry::new(Format::Bandit, "bandit", "bandit JSON", bandit::read),
    Entry::new(
        Format::DetectSecrets,
        "detect_secrets",
        "detect-secrets JSON",
        detect_secrets::read,
    ),
    Entry::new(
        Format::PytestBenchmark,
        "pytest_benchmark",
        "pytest-benchmark JSON",
        pytest_benchmark::read,
    ),
    Entry::new(
        Format::Hyperfine,
        "hyperfine",
        "hyperfine JSON",
        hyperfine::read,
    ),
    Entry::new(
        Format::Criterion,
        "criterion",
        "Criterion JSON",
        criterion::read,
    ),
    Entry::new(Format::K6, "k6", "k6 summary", k6::read),
];
