//! What holds for every format: nothing a file says makes a reader panic or hang, and each format
//! is recognized by its content.

use super::*;
use crate::model::EvidenceData;
use proptest::prelude::*;

/// A real report of each format, with the name it has on disk.
const REPORTS: [(Format, &str, &str); 26] = {
    macro_rules! report {
        ($format:ident, $name:literal) => {
            (
                Format::$format,
                $name,
                include_str!(concat!("../../tests/fixtures/formats/", $name)),
            )
        };
    }
    [
        report!(Junit, "pytest.xml"),
        report!(Junit, "pytest-xunit2.xml"),
        report!(Junit, "pytest-attempts.xml"),
        report!(Junit, "nextest.xml"),
        report!(CoverageJson, "coverage.json"),
        report!(CoverageJson, "coverage-branch.json"),
        report!(Lcov, "coverage.info"),
        report!(Cobertura, "cobertura.xml"),
        report!(Sarif, "ruff.sarif"),
        report!(RuffCheck, "ruff-check.json"),
        report!(RuffFormat, "ruff-format.json"),
        report!(RuffFormat, "ruff-format.txt"),
        report!(Pyright, "pyright.json"),
        report!(Pyright, "basedpyright.json"),
        report!(Mypy, "mypy.json"),
        report!(Bandit, "bandit.json"),
        report!(DetectSecrets, "detect-secrets.json"),
        report!(PytestBenchmark, "pytest-benchmark.json"),
        report!(Hyperfine, "hyperfine.json"),
        report!(Hyperfine, "hyperfine-2.json"),
        report!(Criterion, "criterion.jsonl"),
        report!(Criterion, "criterion-sample.json"),
        report!(Criterion, "criterion-estimates.json"),
        report!(K6, "k6-export.json"),
        report!(K6, "k6-handle-summary.json"),
        report!(K6, "k6-machine-readable.json"),
    ]
};

#[test]
fn every_format_has_a_report_that_is_read() {
    for format in Format::ALL {
        assert!(REPORTS.iter().any(|(of, ..)| *of == format), "{format}");
    }
    for (format, name, report) in REPORTS {
        let evidence = format.read(report.as_bytes(), &PathBase::default());
        assert!(evidence.is_ok(), "{name}: {evidence:?}");
    }
}

#[test]
fn reports_are_recognized_by_content() {
    for (format, name, report) in REPORTS {
        assert_eq!(detect("report", report.as_bytes()), Some(format), "{name}");
        let cut = &report[..report.len() * 2 / 3];
        assert!(
            detect("report", cut.as_bytes()).is_some(),
            "{name}, truncated"
        );
        let utf16: Vec<u8> = std::iter::once(0xFEFF)
            .chain(report.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(detect("report", &utf16), Some(format), "{name} in UTF-16");
        let read = |bytes| format!("{:?}", format.read(bytes, &PathBase::default()).ok());
        assert_eq!(read(&utf16), read(report.as_bytes()), "{name} in UTF-16");
    }
}

#[test]
fn the_name_decides_where_the_content_cannot() {
    for (name, text, expected) in [
        ("ruff.json", "[]", Some(Format::RuffCheck)),
        (
            "reports/ruff-format.json",
            "[ ]\n",
            Some(Format::RuffFormat),
        ),
        ("mypy.json", "", Some(Format::Mypy)),
        ("lcov.info", "", Some(Format::Lcov)),
        ("report.json", "[]", None),
        ("report.json", "{}", None),
        ("report.xml", "", None),
        ("mypy.json", "<testsuite/>", Some(Format::Junit)),
        (
            "x",
            "<!-- <testsuite> --><coverage line-rate='1'/>",
            Some(Format::Cobertura),
        ),
        (
            "x",
            "<coverage generated='1' clover='3.2'><project/></coverage>",
            None,
        ),
        ("x", "<report/>", None),
        ("x", "<!--", None),
        ("x", "<", None),
        ("x", "# comment\nTN:\n", Some(Format::Lcov)),
        ("x", "hello", None),
        (
            "x",
            "{\"runs\": [], \"version\": \"2.1.0\"",
            Some(Format::Sarif),
        ),
    ] {
        assert_eq!(detect(name, text.as_bytes()), expected, "{name}: {text}");
    }
}

#[test]
fn a_report_of_another_format_is_refused() {
    for (_, name, report) in REPORTS {
        let actual = detect(name, report.as_bytes());
        for format in Format::ALL {
            let is_ruff = |format| matches!(format, Format::RuffCheck | Format::RuffFormat);
            if Some(format) == actual || is_ruff(format) && actual.is_some_and(is_ruff) {
                continue;
            }
            let answer = format.read(report.as_bytes(), &PathBase::default());
            assert!(answer.is_err(), "{name} as {format}: {answer:?}");
        }
    }
}

#[test]
fn errors_hold_an_excerpt_only() {
    let secret = format!("{}END", "x".repeat(100_000));
    for format in Format::ALL {
        for text in [
            secret.clone(),
            format!("[\"{secret}\"]"),
            format!("{{\"{secret}\": 1}}"),
            format!("<{secret}/>"),
            format!("<!DOCTYPE x [{secret}]>"),
            format!("SF:a\nDA:{secret}\n"),
        ] {
            let error = format
                .read(text.as_bytes(), &PathBase::default())
                .unwrap_err();
            let said = error.to_string();
            assert!(said.len() < 1_000, "{said}");
            assert!(said.contains(format.title()), "{said}");
            assert!(said.contains("expected"), "{said}");
        }
    }
}

#[test]
fn deep_nesting_is_an_error_in_every_format() {
    for format in Format::ALL {
        for unit in [
            "[",
            "{\"runs\":[",
            "{\"files\":{\"a\":",
            "<testsuite>",
            "<coverage>",
            "{\"metrics\":{\"a\":",
        ] {
            let text = unit.repeat(100_000);
            assert!(format.read(text.as_bytes(), &PathBase::default()).is_err());
            let _ = detect("x", text.as_bytes());
        }
    }
}

/// Reads bytes as everything they could be. What is read must make sense.
fn read_as_everything(bytes: &[u8]) {
    let paths = PathBase::default();
    let _ = detect("report.json", bytes);
    let _ = new_secrets(bytes, Some(bytes), &paths);
    for format in Format::ALL {
        let Ok(evidence) = format.read(bytes, &paths) else {
            continue;
        };
        assert!(inspect_json(&evidence).is_object());
        match evidence {
            EvidenceData::Tests(run) => {
                let sum = run.passed + run.failed + run.errored + run.skipped + run.flaky;
                assert_eq!((sum, run.cases.len() as u64), (run.total, run.total));
                assert!(run.duration_ms >= 0.0);
            }
            EvidenceData::Coverage(coverage) => {
                assert!((0.0..=100.0).contains(&coverage.percent));
                assert!(coverage.lines_covered <= coverage.lines_total);
                assert!(coverage.branches_covered <= coverage.branches_total);
            }
            EvidenceData::Findings(set) => {
                assert!(
                    set.findings
                        .iter()
                        .all(|finding| finding.fingerprint.len() == 16)
                );
            }
            EvidenceData::Performance(run) => {
                for benchmark in &run.benchmarks {
                    assert!(
                        benchmark
                            .mean_ms
                            .is_none_or(|ms| ms >= 0.0 && ms.is_finite())
                    );
                    assert!(benchmark.samples_ms.iter().all(|ms| ms.is_finite()));
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn arbitrary_markup_never_panics(
        text in "([<>/='\" \n&;!?\\[\\]{}:,.%-]|[0-9]{1,20}|testsuite|testcase|failure|coverage|class|line|SF:|DA:|BRDA:|runs|results|null|\u{1b}\\[|ü){0,60}"
    ) {
        read_as_everything(text.as_bytes());
    }

    #[test]
    fn truncated_reports_never_panic_nor_pass(report in 0..REPORTS.len(), cut in 0.0..1.0_f64) {
        let (format, name, text) = REPORTS[report];
        let end = (text.trim_end().len() as f64 * cut) as usize;
        let bytes = &text.as_bytes()[..end];
        read_as_everything(bytes);
        // These are sequences of records without an end of their own.
        let has_end = !matches!(format, Format::Mypy | Format::Lcov)
            && !["ruff-format.txt", "criterion.jsonl"].contains(&name);
        prop_assert!(!has_end || format.read(bytes, &PathBase::default()).is_err());
    }

    #[test]
    fn mutated_reports_never_panic(
        report in 0..REPORTS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        doubled in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let mut bytes = REPORTS[report].2.as_bytes().to_vec();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        read_as_everything(&bytes);
        let (from, to) = (doubled.0.index(bytes.len()), doubled.1.index(bytes.len()));
        let piece = bytes[from.min(to)..from.max(to)].to_vec();
        bytes.splice(from..from, piece);
        read_as_everything(&bytes);
    }
}
