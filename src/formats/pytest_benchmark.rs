//! pytest-benchmark JSON (`pytest --benchmark-json=FILE`, or a file that `--benchmark-save` kept) →
//! benchmarks.
//!
//! `--benchmark-json` writes every single measurement; what `--benchmark-save` keeps has them only
//! with `--benchmark-save-data`. <https://pytest-benchmark.readthedocs.io/en/stable/usage.html>

use super::{
    Format, FormatError, PathBase, json,
    timings::{Benchmarks, Reading, Unit},
};
use crate::model::{Benchmark, EvidenceData};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

const FORMAT: Format = Format::PytestBenchmark;

/// What a benchmark can say about its memory: `benchmark.extra_info["peak_memory_mb"] = 12.5`.
const PEAK_MEMORY: &str = "peak_memory_mb";

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "machine_info")]
    _machine: IgnoredAny,
    benchmarks: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    fullname: Option<String>,
    #[serde(default)]
    extra_info: Map<String, Value>,
    stats: Stats,
}

/// All in seconds.
#[derive(Deserialize)]
struct Stats {
    rounds: u64,
    min: f64,
    max: f64,
    mean: f64,
    stddev: f64,
    median: f64,
    #[serde(default)]
    data: Vec<f64>,
}

/// Reads a report.
pub(super) fn read(text: &str, _paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the JSON report of pytest-benchmark with `machine_info` and `benchmarks`";
    let report: Report = json::parse(FORMAT, text, expected)?;
    let mut benchmarks = Benchmarks::new(FORMAT);
    for (index, entry) in report.benchmarks.into_iter().enumerate() {
        let place = format!("benchmarks[{index}]");
        let mut benchmark = timings(&place, &entry.stats)?;
        if let Some(peak) = entry.extra_info.get(PEAK_MEMORY) {
            let reading = Reading::new(FORMAT, Unit::SECONDS, format!("{place}.extra_info"));
            // What is no number becomes NaN, which no amount of memory is.
            let peak = peak.as_f64().unwrap_or(f64::NAN);
            benchmark.peak_memory_mb = Some(reading.memory(PEAK_MEMORY, peak)?);
        }
        benchmarks.add(&entry.fullname.unwrap_or(entry.name), benchmark)?;
    }
    Ok(benchmarks.finish())
}

fn timings(place: &str, stats: &Stats) -> Result<Benchmark, FormatError> {
    let reading = Reading::new(FORMAT, Unit::SECONDS, format!("{place}.stats"));
    if !stats.data.is_empty() {
        return reading.samples("data", stats.data.iter().copied());
    }
    let median = reading.percentile("median", 50.0, Some(stats.median))?;
    Ok(Benchmark {
        count: Some(stats.rounds),
        mean_ms: Some(reading.duration("mean", stats.mean)?),
        // One round has no spread; pytest-benchmark writes 0 there.
        stddev_ms: (stats.rounds > 1)
            .then(|| reading.duration("stddev", stats.stddev))
            .transpose()?,
        min_ms: Some(reading.duration("min", stats.min)?),
        max_ms: Some(reading.duration("max", stats.max)?),
        percentiles: median.into_iter().collect(),
        ..Benchmark::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PerformanceRun;

    fn read_text(text: &str) -> Result<PerformanceRun, FormatError> {
        match FORMAT.read(text.as_bytes(), &PathBase::default())? {
            EvidenceData::Performance(run) => Ok(run),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn single_measurements_are_read_where_they_are_there() {
        let report = include_str!("../../tests/fixtures/formats/pytest-benchmark.json");
        let run = read_text(report).unwrap();
        let names: Vec<&str> = run.benchmarks.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(
            names,
            ["test_bench.py::test_fib_10", "test_bench.py::test_sorted"]
        );
        let fib = &run.benchmarks[0];
        // As the report states them itself, from the same measurements.
        assert_eq!((fib.count, fib.samples_ms.len()), (Some(25), 25));
        let close = |actual: Option<f64>, expected: f64| (actual.unwrap() - expected).abs() < 1e-9;
        assert!(close(fib.mean_ms, FIB_MEAN_MS), "{:?}", fib.mean_ms);
        assert!(close(fib.stddev_ms, FIB_STDDEV_MS), "{:?}", fib.stddev_ms);
        assert!(fib.percentile(95.0).unwrap() <= fib.max_ms.unwrap());
        assert_eq!(fib.peak_memory_mb, None);
        assert_eq!(run.benchmarks[1].peak_memory_mb, Some(21.5));
    }

    const FIB_MEAN_MS: f64 = 0.012_022_799_637_634_307;
    const FIB_STDDEV_MS: f64 = 0.002_178_106_370_205_812_6;

    fn report(stats: &str, extra: &str) -> String {
        format!(
            r#"{{"machine_info": {{}}, "benchmarks": [{{"name": "b", "extra_info": {extra}, "stats": {stats}}}]}}"#
        )
    }

    const STATS: &str = r#"{"rounds": 5, "min": 0.001, "max": 0.003, "mean": 0.002, "stddev": 0.0005, "median": 0.0021, "iterations": 1}"#;

    #[test]
    fn a_report_without_measurements_has_no_percentile_but_the_median() {
        let run = read_text(&report(STATS, "{}")).unwrap();
        let b = &run.benchmarks[0];
        assert_eq!(
            (b.name.as_str(), b.count, b.mean_ms),
            ("b", Some(5), Some(2.0))
        );
        assert_eq!(
            (b.stddev_ms, b.min_ms, b.max_ms),
            (Some(0.5), Some(1.0), Some(3.0))
        );
        assert_eq!((b.percentile(50.0), b.percentile(95.0)), (Some(2.1), None));
        assert!(b.samples_ms.is_empty());
    }

    #[test]
    fn impossible_figures_are_refused() {
        for (stats, extra) in [
            (STATS.replace("0.002,", "-0.002,"), "{}"),
            (STATS.replace("0.002,", "NaN,"), "{}"),
            (STATS.replace("0.002,", "1e999,"), "{}"),
            (STATS.replace("0.002,", "1e300,"), "{}"),
            (STATS.replace("0.002,", "\"0.002\","), "{}"),
            (STATS.replace("\"rounds\": 5", "\"rounds\": -1"), "{}"),
            (
                STATS.replace("\"iterations\": 1", "\"data\": [0.1, -1]"),
                "{}",
            ),
            (STATS.to_owned(), r#"{"peak_memory_mb": -1}"#),
            (STATS.to_owned(), r#"{"peak_memory_mb": "much"}"#),
        ] {
            assert!(
                read_text(&report(&stats, extra)).is_err(),
                "{stats} {extra}"
            );
        }
        let error = read_text(&report(&STATS.replace("0.002,", "-0.5,"), "{}")).unwrap_err();
        insta::assert_snapshot!(error, @"the pytest-benchmark JSON report cannot be read, benchmarks[0].stats.mean: expected a duration that is not negative and not longer than thirty years, found -0.5");
        let error = read_text(&report(STATS, r#"{"peak_memory_mb": "much"}"#)).unwrap_err();
        insta::assert_snapshot!(error, @"the pytest-benchmark JSON report cannot be read, benchmarks[0].extra_info.peak_memory_mb: expected an amount of memory in mebibytes, found NaN");
        assert_eq!(
            read_text(r#"{"machine_info": {}, "benchmarks": []}"#)
                .unwrap()
                .benchmarks,
            []
        );
        assert!(read_text(r#"{"benchmarks": []}"#).is_err());
    }
}
