//! hyperfine JSON (`hyperfine --export-json=FILE`) → benchmarks, of version 1 and of version 2.
//!
//! <https://github.com/sharkdp/hyperfine#export-results>

use super::{
    Format, FormatError, PathBase, Place, json,
    timings::{Benchmarks, Reading, Unit},
};
use crate::model::{Benchmark, EvidenceData};
use serde::Deserialize;
use std::collections::BTreeMap;

const FORMAT: Format = Format::Hyperfine;
const BYTES_OF_A_MEBIBYTE: f64 = 1_048_576.0;

#[derive(Deserialize)]
struct Report {
    results: Vec<Entry>,
}

/// The result of one command. Version 1 states its figures in seconds and bytes; version 2 writes
/// every measurement with its units.
#[derive(Deserialize)]
struct Entry {
    command: String,
    name: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    measurements: Option<Vec<Measurement>>,
    mean: Option<f64>,
    stddev: Option<f64>,
    median: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(default)]
    times: Vec<f64>,
    #[serde(default)]
    memory_usage_byte: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Parameter {
    Version2 { value: String },
    Version1(String),
}

#[derive(Deserialize)]
struct Measurement {
    time_wall_clock: Quantity,
    memory_peak_resident: Option<Quantity>,
}

#[derive(Deserialize)]
struct Quantity {
    value: f64,
    unit: String,
}

/// Reads a report.
pub(super) fn read(text: &str, _paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "the JSON export of hyperfine: `results` with commands and their times";
    let report: Report = json::parse(FORMAT, text, expected)?;
    let mut benchmarks = Benchmarks::new(FORMAT);
    for (index, entry) in report.results.iter().enumerate() {
        let benchmark = benchmark(&format!("results[{index}]"), entry)?;
        benchmarks.add(&name(entry), benchmark)?;
    }
    Ok(benchmarks.finish())
}

/// The command, with the parameters that do not show in it.
fn name(entry: &Entry) -> String {
    let name = entry.name.as_ref().unwrap_or(&entry.command);
    let hidden: Vec<String> = entry
        .parameters
        .iter()
        .map(|(key, parameter)| match parameter {
            Parameter::Version2 { value } | Parameter::Version1(value) => (key, value),
        })
        .filter(|(_, value)| !name.contains(value.as_str()))
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    if hidden.is_empty() {
        name.clone()
    } else {
        format!("{name} ({})", hidden.join(", "))
    }
}

fn benchmark(place: &str, entry: &Entry) -> Result<Benchmark, FormatError> {
    let reading = Reading::new(FORMAT, Unit::SECONDS, place.to_owned());
    let mut memory = entry.memory_usage_byte.clone();
    let mut benchmark = if let Some(measurements) = &entry.measurements {
        let mut seconds = Vec::new();
        for (index, measurement) in measurements.iter().enumerate() {
            let at = || Place::Path(format!("{place}.measurements[{index}]"));
            seconds.push(measurement.time_wall_clock.in_unit("second", at)?);
            if let Some(peak) = &measurement.memory_peak_resident {
                memory.push(peak.in_unit("byte", at)?);
            }
        }
        reading.samples("measurements", seconds)?
    } else if !entry.times.is_empty() {
        reading.samples("times", entry.times.iter().copied())?
    } else if entry.mean.is_some() {
        Benchmark {
            mean_ms: reading.stated("mean", entry.mean)?,
            stddev_ms: reading.stated("stddev", entry.stddev)?,
            min_ms: reading.stated("min", entry.min)?,
            max_ms: reading.stated("max", entry.max)?,
            percentiles: Vec::from_iter(reading.percentile("median", 50.0, entry.median)?),
            ..Benchmark::default()
        }
    } else {
        let expected = "`measurements`, `times` or `mean`";
        let place = Place::Path(place.to_owned());
        return Err(FormatError::unexpected(FORMAT, place, expected, "neither"));
    };
    if let Some(peak) = memory.into_iter().max_by(f64::total_cmp) {
        benchmark.peak_memory_mb = Some(reading.memory("memory", peak / BYTES_OF_A_MEBIBYTE)?);
    }
    Ok(benchmark)
}

impl Quantity {
    fn in_unit(&self, unit: &str, place: impl FnOnce() -> Place) -> Result<f64, FormatError> {
        if self.unit == unit {
            return Ok(self.value);
        }
        let expected = format!("the unit `{unit}`");
        Err(FormatError::unexpected(
            FORMAT,
            place(),
            expected,
            &self.unit,
        ))
    }
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
    fn both_versions_give_times_and_memory() {
        for report in [
            include_str!("../../tests/fixtures/formats/hyperfine.json"),
            include_str!("../../tests/fixtures/formats/hyperfine-2.json"),
        ] {
            let run = read_text(report).unwrap();
            let names: Vec<&str> = run.benchmarks.iter().map(|b| b.name.as_str()).collect();
            assert_eq!(names, ["python3 -c pass", "sleep 0.01"]);
            for benchmark in &run.benchmarks {
                assert_eq!(
                    (benchmark.count, benchmark.samples_ms.len()),
                    (Some(12), 12)
                );
                let memory = benchmark.peak_memory_mb.unwrap();
                assert!((1.0..50.0).contains(&memory), "{memory}");
            }
            let sleep = run.benchmarks[1].min_ms.unwrap();
            assert!((10.0..100.0).contains(&sleep), "{sleep}");
        }
    }

    #[test]
    fn older_versions_state_no_memory_and_perhaps_no_times() {
        let run = read_text(
            r#"{"results": [{"command": "a", "mean": 0.002, "stddev": null, "median": 0.0021,
                "user": 0, "system": 0, "min": 0.001, "max": 0.003, "parameters": {"n": "7"}}]}"#,
        )
        .unwrap();
        let b = &run.benchmarks[0];
        assert_eq!((b.name.as_str(), b.mean_ms), ("a (n = 7)", Some(2.0)));
        assert_eq!((b.stddev_ms, b.percentile(50.0)), (None, Some(2.1)));
        assert_eq!((b.percentile(95.0), b.peak_memory_mb), (None, None));
    }

    #[test]
    fn what_is_no_export_is_refused() {
        let of = |figures: &str| format!(r#"{{"results": [{{"command": "a"{figures}}}]}}"#);
        for text in [
            of(""),
            of(r#", "mean": -1"#),
            of(r#", "times": [0.1, -0.1]"#),
            of(r#", "times": [NaN]"#),
            of(r#", "times": [0.1], "memory_usage_byte": [1e40]"#),
            of(r#", "times": "fast""#),
            r#"{"results": {}}"#.to_owned(),
            r#"{"results": [{}]}"#.to_owned(),
        ] {
            assert!(read_text(&text).is_err(), "{text}");
        }
        let measured =
            of(r#", "measurements": [{"time_wall_clock": {"value": 1, "unit": "year"}}]"#);
        insta::assert_snapshot!(read_text(&of("")).unwrap_err(), @"the hyperfine JSON report cannot be read, results[0]: expected `measurements`, `times` or `mean`, found neither");
        insta::assert_snapshot!(read_text(&measured).unwrap_err(), @"the hyperfine JSON report cannot be read, results[0].measurements[0]: expected the unit `second`, found year");
        assert_eq!(read_text(r#"{"results": []}"#).unwrap().benchmarks, []);
    }

    #[test]
    fn equal_commands_are_told_apart() {
        let entry = r#"{"command": "a", "times": [0.1]}"#;
        let run = read_text(&format!(r#"{{"results": [{entry}, {entry}]}}"#)).unwrap();
        let names: Vec<&str> = run.benchmarks.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["a", "a (2)"]);
    }
}
