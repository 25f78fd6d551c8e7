//! How fast something is and how much memory it takes, as benchmarks and load tests measured it.

use super::Unavailable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The percentiles that are taken from single measurements.
const PERCENTILES: [f64; 4] = [50.0, 90.0, 95.0, 99.0];

/// The most single measurements of a benchmark that are kept. More tell no more about its spread,
/// and everything else is computed from all of them.
const KEPT_SAMPLES: usize = 2_000;

/// The longest duration that is believed, in milliseconds: about thirty years.
pub const LONGEST_MS: f64 = 1e12;

/// One percentile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Percentile {
    /// Which one, 0 to 100.
    pub percent: f64,
    /// Its value, in milliseconds.
    pub ms: f64,
}

/// The timings of one benchmark, or of one kind of request of a load test. What the report does
/// not state is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Benchmark {
    /// Its name, unique in the run.
    pub name: String,
    /// How many measurements there are.
    pub count: Option<u64>,
    /// Their mean, in milliseconds.
    pub mean_ms: Option<f64>,
    /// Their standard deviation, in milliseconds.
    pub stddev_ms: Option<f64>,
    /// The shortest, in milliseconds.
    pub min_ms: Option<f64>,
    /// The longest, in milliseconds.
    pub max_ms: Option<f64>,
    /// The percentiles, ascending; the median is that of 50.
    pub percentiles: Vec<Percentile>,
    /// Most memory, in mebibytes.
    pub peak_memory_mb: Option<f64>,
    /// Single measurements in their order, in milliseconds; of many, evenly chosen ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub samples_ms: Vec<f64>,
}

impl Benchmark {
    /// The benchmark of these single measurements, which are finite.
    #[must_use]
    pub fn of_samples(name: impl Into<String>, samples_ms: &[f64]) -> Self {
        let name = name.into();
        if samples_ms.is_empty() {
            return Self {
                name,
                ..Self::default()
            };
        }
        let count = samples_ms.len() as f64;
        let mean = samples_ms.iter().sum::<f64>() / count;
        let squares = samples_ms.iter().map(|ms| (ms - mean).powi(2)).sum::<f64>();
        let mut sorted = samples_ms.to_vec();
        sorted.sort_by(f64::total_cmp);
        let percentile = |percent| Percentile {
            percent,
            ms: nearest_rank(&sorted, percent),
        };
        Self {
            name,
            count: Some(samples_ms.len() as u64),
            mean_ms: Some(mean),
            stddev_ms: (samples_ms.len() > 1).then(|| (squares / (count - 1.0)).sqrt()),
            min_ms: sorted.first().copied(),
            max_ms: sorted.last().copied(),
            percentiles: PERCENTILES.into_iter().map(percentile).collect(),
            peak_memory_mb: None,
            samples_ms: evenly_chosen(samples_ms),
        }
    }

    /// A percentile, where it is known.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let is_it = |known: &&Percentile| (known.percent - percent).abs() < 1e-9;
        self.percentiles.iter().find(is_it).map(|known| known.ms)
    }
}

/// The least value that at least so many percent of all are not above: always one that was measured,
/// and of few the greater one.
fn nearest_rank(sorted: &[f64], percent: f64) -> f64 {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank lies between 0 and the number of values"
    )]
    let index = (rank as usize).clamp(1, sorted.len()) - 1;
    sorted[index]
}

fn evenly_chosen(samples: &[f64]) -> Vec<f64> {
    if samples.len() <= KEPT_SAMPLES {
        return samples.to_vec();
    }
    (0..KEPT_SAMPLES)
        .map(|index| samples[index * samples.len() / KEPT_SAMPLES])
        .collect()
}

/// A condition that the tool itself judged, as k6 does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToolThreshold {
    /// What it is about: `http_req_duration`.
    pub metric: String,
    /// The condition: `p(95)<500`.
    pub condition: String,
    /// Whether it holds; `None` where nothing was measured, which the tool may call holding.
    pub holds: Option<bool>,
}

/// An earlier run that this one is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PerformanceBaseline {
    /// The file, relative to the workspace.
    pub file: String,
    /// Its benchmarks, or why there are none.
    pub benchmarks: Result<Vec<Benchmark>, Unavailable>,
}

/// What the monitoring was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservedFigure {
    /// A response time, in milliseconds.
    ResponseTime,
    /// Memory, in mebibytes.
    Memory,
}

/// What the monitoring saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Observation {
    /// What it is.
    pub figure: ObservedFigure,
    /// How much; finite and not below zero.
    pub value: f64,
    /// Who was asked what: `Prometheus at http://…: max(…)`.
    pub source: String,
}

/// The results of one run of benchmarks, or of one load test, or what the monitoring saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PerformanceRun {
    /// The benchmarks in the order of the report.
    pub benchmarks: Vec<Benchmark>,
    /// Conditions that the tool itself judged.
    pub thresholds: Vec<ToolThreshold>,
    /// What it is compared with, where the configuration names a baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<PerformanceBaseline>,
    /// What the monitoring saw, where it was asked. It is no benchmark and is compared with none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<Observation>,
}

impl PerformanceRun {
    /// The run of one benchmark with these measurements, in milliseconds. What is no duration makes
    /// it a run without a benchmark, which is no evidence.
    #[must_use]
    pub fn of_values(name: impl Into<String>, ms: &[f64]) -> Self {
        let are_durations = !ms.is_empty() && ms.iter().all(|ms| (0.0..=LONGEST_MS).contains(ms));
        Self {
            benchmarks: are_durations
                .then(|| Benchmark::of_samples(name, ms))
                .into_iter()
                .collect(),
            ..Self::default()
        }
    }

    /// The most memory that any benchmark states, in mebibytes.
    #[must_use]
    pub fn peak_memory_mb(&self) -> Option<f64> {
        let stated = self.benchmarks.iter().filter_map(|b| b.peak_memory_mb);
        stated.max_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_single_measurements_are_computed() {
        let samples: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let benchmark = Benchmark::of_samples("b", &samples);
        assert_eq!(benchmark.count, Some(100));
        assert_eq!(benchmark.mean_ms, Some(50.5));
        assert!((benchmark.stddev_ms.unwrap() - 29.011_491_975_882_016).abs() < 1e-9);
        assert_eq!(
            (benchmark.min_ms, benchmark.max_ms),
            (Some(1.0), Some(100.0))
        );
        let percentiles = [50.0, 90.0, 95.0, 99.0].map(|p| benchmark.percentile(p));
        assert_eq!(
            percentiles,
            [Some(50.0), Some(90.0), Some(95.0), Some(99.0)]
        );
        assert_eq!(benchmark.percentile(75.0), None);
        assert_eq!(benchmark.samples_ms, samples);
    }

    #[test]
    fn few_measurements_have_the_greater_percentile() {
        let one = Benchmark::of_samples("b", &[3.0]);
        assert_eq!(
            (one.percentile(50.0), one.percentile(99.0)),
            (Some(3.0), Some(3.0))
        );
        assert_eq!(one.stddev_ms, None);
        let five = Benchmark::of_samples("b", &[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(
            (five.percentile(50.0), five.percentile(95.0)),
            (Some(3.0), Some(5.0))
        );
    }

    #[test]
    fn of_many_measurements_some_are_kept_and_all_count() {
        let samples: Vec<f64> = (0..100_000).map(f64::from).collect();
        let benchmark = Benchmark::of_samples("b", &samples);
        assert_eq!(benchmark.samples_ms.len(), KEPT_SAMPLES);
        assert_eq!(benchmark.samples_ms[..3], [0.0, 50.0, 100.0]);
        assert_eq!(
            (benchmark.count, benchmark.max_ms),
            (Some(100_000), Some(99_999.0))
        );
    }

    #[test]
    fn what_is_no_duration_is_no_benchmark() {
        for values in [&[][..], &[f64::NAN], &[1.0, f64::INFINITY], &[-1.0]] {
            assert_eq!(PerformanceRun::of_values("b", values).benchmarks, []);
        }
        assert_eq!(PerformanceRun::of_values("b", &[2.0]).benchmarks.len(), 1);
    }
}
