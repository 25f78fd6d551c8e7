//! Criterion.rs → benchmarks: what `cargo criterion --message-format=json` prints, one JSON object a
//! line, or one of the files that a benchmark leaves: `sample.json` and `estimates.json`.
//!
//! Only the first is a documented format:
//! <https://bheisler.github.io/criterion.rs/book/cargo_criterion/external_tools.html>. The files are
//! read as versions 0.3 to 0.7 write them, in nanoseconds, and name no benchmark.

use super::{
    Format, FormatError, PathBase, Place, json,
    timings::{Benchmarks, Reading, Unit},
};
use crate::model::{Benchmark, EvidenceData};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

const FORMAT: Format = Format::Criterion;
const EXPECTED: &str =
    "messages of `cargo criterion --message-format=json`, or `sample.json` or `estimates.json`";
/// The name of the one benchmark of a file that does not name it.
const UNNAMED: &str = "benchmark";

/// A message of `cargo criterion`.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    reason: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    /// How often the code ran for each of the measured values.
    #[serde(default)]
    iteration_count: Vec<f64>,
    #[serde(default)]
    measured_values: Vec<f64>,
    #[serde(borrow)]
    unit: Option<Cow<'a, str>>,
}

/// `sample.json`, in nanoseconds.
#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// `estimates.json`, in nanoseconds.
#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    median: Estimate,
    std_dev: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Reads a report.
pub(super) fn read(text: &str, _paths: &PathBase) -> Result<EvidenceData, FormatError> {
    // A file of a benchmark is one document; messages are several, or have a `reason`.
    let mut benchmarks = Benchmarks::new(FORMAT);
    let is_whole = json::check_depth(FORMAT, text).and_then(|()| {
        serde_json::from_slice::<Value>(text.as_bytes())
            .map_err(|error| unexpected(&error, error.line() as u64))
    });
    match is_whole {
        Ok(document) if document.get("iters").is_some() => {
            let sample: Sample = json::parse(FORMAT, text, EXPECTED)?;
            let reading = Reading::new(FORMAT, Unit::NANOSECONDS, "sample".to_owned());
            benchmarks.add(
                UNNAMED,
                per_iteration(&reading, &sample.iters, &sample.times)?,
            )?;
        }
        Ok(document) if document.get("median_abs_dev").is_some() => {
            let estimates: Estimates = json::parse(FORMAT, text, EXPECTED)?;
            benchmarks.add(UNNAMED, estimated(&estimates)?)?;
        }
        _ => messages(text, &mut benchmarks)?,
    }
    Ok(benchmarks.finish())
}

fn messages(text: &str, benchmarks: &mut Benchmarks) -> Result<(), FormatError> {
    if text.trim().is_empty() {
        return Err(FormatError::Empty {
            format: FORMAT,
            expected: EXPECTED.to_owned(),
        });
    }
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        json::check_depth(FORMAT, line)?;
        let message: Message<'_> =
            serde_json::from_slice(line.as_bytes()).map_err(|error| unexpected(&error, number))?;
        // The other messages are about groups of benchmarks, or not invented yet.
        if message.reason != "benchmark-complete" {
            continue;
        }
        let place = || Place::Line(number, 1);
        let (Some(id), Some(unit)) = (&message.id, &message.unit) else {
            let found = "a benchmark without them";
            return Err(FormatError::unexpected(
                FORMAT,
                place(),
                "`id` and `unit`",
                found,
            ));
        };
        let unit = Unit::named(FORMAT, unit, place)?;
        let reading = Reading::new(FORMAT, unit, format!("line {number}"));
        let values = (&message.iteration_count, &message.measured_values);
        benchmarks.add(id, per_iteration(&reading, values.0, values.1)?)?;
    }
    Ok(())
}

fn unexpected(error: &serde_json::Error, line: u64) -> FormatError {
    let place = Place::Line(line, error.column() as u64);
    FormatError::unexpected(FORMAT, place, EXPECTED, json::said(error))
}

/// Each measured value is that of many iterations.
fn per_iteration(
    reading: &Reading,
    iterations: &[f64],
    values: &[f64],
) -> Result<Benchmark, FormatError> {
    if iterations.len() == values.len() && iterations.iter().all(|count| *count >= 1.0) {
        let each = values
            .iter()
            .zip(iterations)
            .map(|(value, count)| value / count);
        return reading.samples("measured_values", each);
    }
    Err(reading.refused(
        "iteration_count",
        "how often the code ran for each measured value",
        &format!("{} for {} values", iterations.len(), values.len()),
    ))
}

fn estimated(estimates: &Estimates) -> Result<Benchmark, FormatError> {
    let reading = Reading::new(FORMAT, Unit::NANOSECONDS, "estimates".to_owned());
    let median = Some(estimates.median.point_estimate);
    Ok(Benchmark {
        mean_ms: Some(reading.duration("mean", estimates.mean.point_estimate)?),
        stddev_ms: Some(reading.duration("std_dev", estimates.std_dev.point_estimate)?),
        percentiles: Vec::from_iter(reading.percentile("median", 50.0, median)?),
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
    fn messages_name_their_benchmarks() {
        let report = include_str!("../../tests/fixtures/formats/criterion.jsonl");
        let run = read_text(report).unwrap();
        let names: Vec<&str> = run.benchmarks.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["fib/recursive/10", "fib/recursive/12"]);
        for benchmark in &run.benchmarks {
            assert_eq!(
                (benchmark.count, benchmark.samples_ms.len()),
                (Some(20), 20)
            );
            // Hundreds of nanoseconds.
            let mean = benchmark.mean_ms.unwrap();
            assert!((1e-5..1e-2).contains(&mean), "{mean}");
        }
    }

    #[test]
    fn files_of_a_benchmark_are_read_alike() {
        let sample = read_text(include_str!(
            "../../tests/fixtures/formats/criterion-sample.json"
        ));
        let estimates = include_str!("../../tests/fixtures/formats/criterion-estimates.json");
        let (sample, estimates) = (sample.unwrap(), read_text(estimates).unwrap());
        let (sample, estimates) = (&sample.benchmarks[0], &estimates.benchmarks[0]);
        assert_eq!(
            (sample.name.as_str(), estimates.name.as_str()),
            (UNNAMED, UNNAMED)
        );
        let (measured, stated) = (sample.mean_ms.unwrap(), estimates.mean_ms.unwrap());
        assert!(
            (measured / stated - 1.0).abs() < 1e-9,
            "{measured} {stated}"
        );
        assert_eq!((estimates.count, estimates.percentile(95.0)), (None, None));
        assert_eq!(sample.count, Some(20));
    }

    fn message(changes: &str) -> String {
        format!(r#"{{"reason": "benchmark-complete", "id": "a", {changes}}}"#)
    }

    #[test]
    fn units_of_time_are_understood_and_others_refused() {
        let of = |unit: &str| {
            let values = r#""iteration_count": [2], "measured_values": [4]"#;
            read_text(&message(&format!(r#"{values}, "unit": "{unit}""#)))
        };
        for (unit, ms) in [("ns", 2e-6), ("us", 2e-3), ("ms", 2.0), ("s", 2e3)] {
            let mean = of(unit).unwrap().benchmarks[0].mean_ms.unwrap();
            assert!((mean / ms - 1.0).abs() < 1e-9, "{unit}");
        }
        insta::assert_snapshot!(of("cycles").unwrap_err(), @"the Criterion JSON report cannot be read, line 1 column 1: expected a unit of time: ns, us, ms or s, found cycles");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            message(r#""iteration_count": [1, 2], "measured_values": [4], "unit": "ns""#),
            message(r#""iteration_count": [0], "measured_values": [4], "unit": "ns""#),
            message(r#""iteration_count": [1], "measured_values": [-4], "unit": "ns""#),
            message(r#""iteration_count": [1], "measured_values": [4]"#),
            message(r#""iteration_count": [1], "measured_values": [NaN], "unit": "ns""#),
            r#"{"iters": [1], "times": [1, 2]}"#.to_owned(),
            r#"{"mean": {"point_estimate": 1}, "median_abs_dev": {}}"#.to_owned(),
            "Compiling crit v0.1.0".to_owned(),
            "[]".to_owned(),
            String::new(),
        ] {
            assert!(read_text(&text).is_err(), "{text}");
        }
        let group = r#"{"reason": "group-complete", "group_name": "g", "benchmarks": []}"#;
        assert_eq!(read_text(group).unwrap().benchmarks, []);
    }
}
