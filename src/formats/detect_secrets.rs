//! `detect-secrets scan` → findings, with or without a baseline of known secrets.
//!
//! <https://github.com/Yelp/detect-secrets/blob/master/docs/design.md>

use super::{
    Format, FormatError, PathBase, Place,
    findings::{Findings, Stated},
    input,
    json::{self, entries},
};
use crate::model::{EvidenceData, FindingSet, Severity};
use serde::{Deserialize, de::IgnoredAny};
use std::collections::HashMap;

const FORMAT: Format = Format::DetectSecrets;

/// A scan or a baseline: the same document.
#[derive(Deserialize)]
struct Scan {
    #[serde(deserialize_with = "entries")]
    results: Vec<(String, Vec<Secret>)>,
}

#[derive(Deserialize)]
struct Secret {
    #[serde(rename = "type")]
    kind: String,
    hashed_secret: String,
    line_number: Option<i64>,
    /// What an audit said; absent before one.
    is_secret: Option<bool>,
}

/// What a baseline says about the scan that made it, and every one after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSettings {
    /// How many kinds of secrets are looked for; `None` where it does not say.
    pub plugins: Option<usize>,
    /// What is passed over.
    pub filters: Vec<ScanFilter>,
}

/// A filter of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFilter {
    /// Its function: `detect_secrets.filters.regex.should_exclude_file`.
    pub path: String,
    /// Expressions of Python's `re`, where it has some.
    pub patterns: Vec<String>,
    /// How sure detect-secrets must be of a secret; 2 without asking anybody.
    pub min_level: Option<u64>,
}

impl ScanFilter {
    /// The name of its function.
    #[must_use]
    pub fn name(&self) -> &str {
        let (_, name) = self
            .path
            .rsplit_once(['.', ':'])
            .unwrap_or(("", &self.path));
        name
    }

    /// Whether every baseline has it, unless somebody takes it out.
    #[must_use]
    pub fn is_default(&self) -> bool {
        let is_own = |module: &str| {
            let filters = self.path.strip_prefix("detect_secrets.filters.");
            filters.is_some_and(|rest| {
                rest.strip_prefix(module)
                    .is_some_and(|r| r.starts_with('.'))
            })
        };
        ["allowlist", "common", "heuristic"].into_iter().any(is_own)
            && self.min_level.is_none_or(|level| level <= 2)
    }
}

#[derive(Deserialize)]
struct Baseline {
    plugins_used: Option<Vec<IgnoredAny>>,
    #[serde(default)]
    filters_used: Vec<Filter>,
    /// Before detect-secrets 1.0.
    exclude: Option<Exclude>,
}

#[derive(Deserialize)]
struct Filter {
    path: String,
    pattern: Option<Patterns>,
    min_level: Option<u64>,
}

#[derive(Deserialize)]
struct Exclude {
    files: Option<String>,
    lines: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Patterns {
    One(String),
    Many(Vec<String>),
}

/// Reads which kinds of secrets a baseline lets detect-secrets look for, and what it passes over.
///
/// # Errors
///
/// When it is not a complete document of detect-secrets.
pub fn scan_settings(baseline: &[u8]) -> Result<ScanSettings, FormatError> {
    let expected = "a baseline of detect-secrets with `plugins_used` and `filters_used`";
    let baseline: Baseline = json::parse(FORMAT, &input::decode(FORMAT, baseline)?, expected)?;
    let mut filters: Vec<ScanFilter> = baseline
        .filters_used
        .into_iter()
        .map(|filter| ScanFilter {
            path: filter.path,
            patterns: match filter.pattern {
                None => Vec::new(),
                Some(Patterns::One(pattern)) => vec![pattern],
                Some(Patterns::Many(patterns)) => patterns,
            },
            min_level: filter.min_level,
        })
        .collect();
    let older = baseline.exclude.into_iter();
    let older = older.flat_map(|exclude| [("file", exclude.files), ("line", exclude.lines)]);
    filters.extend(older.filter_map(|(what, pattern)| {
        Some(ScanFilter {
            path: format!("detect_secrets.filters.regex.should_exclude_{what}"),
            patterns: vec![pattern?],
            min_level: None,
        })
    }));
    Ok(ScanSettings {
        plugins: baseline.plugins_used.map(|plugins| plugins.len()),
        filters,
    })
}

/// What makes two secrets the same, as detect-secrets has it: not the line.
type Identity = (String, String, String);

/// Reads a scan: every secret in it is a finding but those that an audit called none.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    judge(&parse(text)?, &HashMap::new(), paths).map(EvidenceData::Findings)
}

/// The secrets of a scan that are not in the baseline, or that an audit of the baseline called
/// real; each is a finding of critical severity. Messages tell neither the secret nor its hash.
///
/// # Errors
///
/// When the scan or the baseline is not a complete document of detect-secrets.
pub fn new_secrets(
    scan: &[u8],
    baseline: Option<&[u8]>,
    paths: &PathBase,
) -> Result<FindingSet, FormatError> {
    let scan = parse(&input::decode(FORMAT, scan)?)?;
    let mut known = HashMap::new();
    if let Some(baseline) = baseline {
        for (file, secrets) in parse(&input::decode(FORMAT, baseline)?)?.results {
            let file = paths.relative(&file);
            for secret in secrets {
                let is_real = secret.is_secret == Some(true);
                // Of entries alike the stricter one counts.
                *known
                    .entry((file.clone(), secret.kind, secret.hashed_secret))
                    .or_default() |= is_real;
            }
        }
    }
    judge(&scan, &known, paths)
}

fn parse(text: &str) -> Result<Scan, FormatError> {
    let expected = "the JSON of `detect-secrets scan` with `results`";
    json::parse(FORMAT, text, expected)
}

/// `known` says of each secret of the baseline whether an audit called it real.
fn judge(
    scan: &Scan,
    known: &HashMap<Identity, bool>,
    paths: &PathBase,
) -> Result<FindingSet, FormatError> {
    let mut findings = Findings::new(FORMAT, paths);
    for (name, secrets) in &scan.results {
        let file = paths.relative(name);
        for secret in secrets {
            let identity = (
                file.clone(),
                secret.kind.clone(),
                secret.hashed_secret.clone(),
            );
            let is_real = known.get(&identity).copied();
            if is_real == Some(false) || secret.is_secret == Some(false) {
                continue;
            }
            let message = if is_real == Some(true) {
                format!("{}: an audit says that it is a real secret", secret.kind)
            } else {
                format!(
                    "{}: a possible secret that is not in the baseline",
                    secret.kind
                )
            };
            let stated = Stated {
                rule: &secret.kind,
                severity: Severity::Critical,
                message: &message,
                file: Some(name),
                line: secret.line_number,
                column: None,
            };
            findings.add(&stated, || {
                Place::Path(super::text::excerpt(&format!("results[{name}]")))
            })?;
        }
    }
    Ok(findings.finish(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCAN: &str = include_str!("../../tests/fixtures/formats/detect-secrets.json");

    fn secrets(scan: &str, baseline: Option<&str>) -> Vec<String> {
        let paths = PathBase::new("/tmp/workspace".as_ref());
        new_secrets(scan.as_bytes(), baseline.map(str::as_bytes), &paths)
            .unwrap()
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.location(), finding.rule))
            .collect()
    }

    #[test]
    fn without_a_baseline_everything_is_new() {
        let everything = [
            "shop/settings.py:1 Secret Keyword",
            "shop/settings.py:2 AWS Access Key",
        ];
        assert_eq!(secrets(SCAN, None), everything);
        let EvidenceData::Findings(set) =
            FORMAT.read(SCAN.as_bytes(), &PathBase::default()).unwrap()
        else {
            panic!("not findings");
        };
        assert_eq!(set.findings.len(), 2);
        assert!(
            set.findings
                .iter()
                .all(|finding| finding.severity == Severity::Critical)
        );
        assert!(!format!("{set:?}").contains("bd9462f72faf960d6aeffae82b07f325d7c25894"));
    }

    #[test]
    fn the_baseline_hides_what_it_knows_but_not_what_is_real() {
        assert!(secrets(SCAN, Some(SCAN)).is_empty());
        let moved = SCAN.replace("\"line_number\": 1", "\"line_number\": 99");
        assert!(secrets(&moved, Some(SCAN)).is_empty());
        let windows = SCAN.replace("shop/settings.py", r"shop\\settings.py");
        assert!(secrets(SCAN, Some(&windows)).is_empty());

        let audited = SCAN
            .replacen(
                "\"is_verified\": false,",
                "\"is_verified\": false, \"is_secret\": true,",
                1,
            )
            .replacen(
                "\"is_verified\": false,\n        \"line",
                "\"is_secret\": false,\n        \"line",
                1,
            );
        assert_eq!(
            secrets(SCAN, Some(&audited)),
            ["shop/settings.py:1 Secret Keyword"]
        );

        for (from, to) in [
            ("AWS Access Key", "Another Kind"),
            ("cd2d6010258a5512c89539938a95b90fb01bdff2", "0000"),
        ] {
            let other = SCAN.replace(from, to);
            assert_eq!(
                secrets(SCAN, Some(&other)),
                ["shop/settings.py:2 AWS Access Key"]
            );
        }
        let elsewhere = SCAN.replace("shop/settings.py", "shop/other.py");
        assert_eq!(secrets(SCAN, Some(&elsewhere)).len(), 2);
    }

    #[test]
    fn an_unreadable_baseline_is_an_error() {
        let paths = PathBase::default();
        for baseline in ["", "{}", "{\"results\": []}", "not json"] {
            let answer = new_secrets(SCAN.as_bytes(), Some(baseline.as_bytes()), &paths);
            assert!(answer.is_err(), "{baseline}");
        }
        let empty = br#"{"results": {}}"#;
        assert!(
            new_secrets(empty, Some(empty), &paths)
                .unwrap()
                .findings
                .is_empty()
        );
    }
}
