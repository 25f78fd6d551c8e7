//! What the formats of benchmarks share: durations that can be, names that are unique.

use super::{Format, FormatError, Place, findings, text};
use crate::model::{
    Benchmark, EvidenceData, LONGEST_MS, Percentile, PerformanceRun, ToolThreshold,
};
use std::collections::HashSet;

/// The unit of a report's durations, as milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit(f64);

impl Unit {
    pub(super) const SECONDS: Self = Self(1e3);
    pub(super) const MILLISECONDS: Self = Self(1.0);
    pub(super) const NANOSECONDS: Self = Self(1e-6);

    /// The unit by the name that a report gives it.
    pub(super) fn named(
        format: Format,
        name: &str,
        place: impl FnOnce() -> Place,
    ) -> Result<Self, FormatError> {
        Ok(Self(match name {
            "ns" => 1e-6,
            "us" | "µs" | "μs" => 1e-3,
            "ms" => 1.0,
            "s" | "second" => 1e3,
            _ => {
                let expected = "a unit of time: ns, us, ms or s";
                return Err(FormatError::unexpected(format, place(), expected, name));
            }
        }))
    }
}

/// One benchmark while it is read. Durations are given in the report's unit.
pub(super) struct Reading {
    format: Format,
    unit: Unit,
    place: String,
}

impl Reading {
    /// The benchmark at this place of the report.
    pub(super) const fn new(format: Format, unit: Unit, place: String) -> Self {
        Self {
            format,
            unit,
            place,
        }
    }

    fn at(&self, key: &str) -> Place {
        Place::Path(text::excerpt(&format!("{}.{key}", self.place)))
    }

    /// A duration in milliseconds.
    pub(super) fn duration(&self, key: &str, value: f64) -> Result<f64, FormatError> {
        let ms = value * self.unit.0;
        if (0.0..=LONGEST_MS).contains(&ms) {
            return Ok(ms);
        }
        let expected = "a duration that is not negative and not longer than thirty years";
        Err(self.refused(key, expected, &value.to_string()))
    }

    /// What is wrong with something of the benchmark.
    pub(super) fn refused(&self, key: &str, expected: &str, found: &str) -> FormatError {
        FormatError::unexpected(self.format, self.at(key), expected, found)
    }

    /// A duration that the report need not state.
    pub(super) fn stated(&self, key: &str, value: Option<f64>) -> Result<Option<f64>, FormatError> {
        value.map(|value| self.duration(key, value)).transpose()
    }

    /// A percentile that the report need not state.
    pub(super) fn percentile(
        &self,
        key: &str,
        percent: f64,
        value: Option<f64>,
    ) -> Result<Option<Percentile>, FormatError> {
        let ms = self.stated(key, value)?;
        Ok(ms.map(|ms| Percentile { percent, ms }))
    }

    /// The benchmark of single measurements.
    pub(super) fn samples(
        &self,
        key: &str,
        values: impl IntoIterator<Item = f64>,
    ) -> Result<Benchmark, FormatError> {
        let samples: Vec<f64> = values
            .into_iter()
            .map(|value| self.duration(key, value))
            .collect::<Result<_, _>>()?;
        Ok(Benchmark::of_samples("", &samples))
    }

    /// An amount of memory in mebibytes.
    pub(super) fn memory(&self, key: &str, mebibytes: f64) -> Result<f64, FormatError> {
        /// An exbibyte.
        const MOST: f64 = 1_099_511_627_776.0;
        if (0.0..=MOST).contains(&mebibytes) {
            return Ok(mebibytes);
        }
        let expected = "an amount of memory in mebibytes";
        Err(self.refused(key, expected, &mebibytes.to_string()))
    }
}

/// The benchmarks of one report.
pub(super) struct Benchmarks {
    format: Format,
    names: HashSet<String>,
    run: PerformanceRun,
}

impl Benchmarks {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            names: HashSet::new(),
            run: PerformanceRun::default(),
        }
    }

    /// Adds a benchmark. One that has the name of another is told apart by a number.
    pub(super) fn add(&mut self, name: &str, benchmark: Benchmark) -> Result<(), FormatError> {
        let place = || Place::Path(text::excerpt(name));
        findings::check_count(self.format, self.run.benchmarks.len(), "benchmarks", place)?;
        let name = text::name(name);
        let numbered = (2_u32..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let unique = names.find(|name| self.names.insert(name.clone()));
        self.run.benchmarks.push(Benchmark {
            name: unique.unwrap_or(name),
            ..benchmark
        });
        Ok(())
    }

    /// Adds a condition that the tool judged.
    pub(super) fn threshold(
        &mut self,
        metric: &str,
        condition: &str,
        holds: Option<bool>,
    ) -> Result<(), FormatError> {
        let place = || Place::Path(text::excerpt(metric));
        findings::check_count(self.format, self.run.thresholds.len(), "thresholds", place)?;
        self.run.thresholds.push(ToolThreshold {
            metric: text::name(metric),
            condition: text::name(condition),
            holds,
        });
        Ok(())
    }

    pub(super) fn finish(self) -> EvidenceData {
        EvidenceData::Performance(self.run)
    }
}
