//! All recorded operations in a few numbers a name.

use super::metrics::{MetricsError, files, io_error};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 1024 * 1024;

/// What a metrics folder holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MetricsSummary {
    /// One entry a name, in the order of the names.
    pub operations: Vec<OperationSummary>,
    /// Lines that are no operation: cut short, not JSON, or without name or status.
    pub unreadable_lines: u64,
}

/// The operations of one name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OperationSummary {
    /// The name.
    pub name: String,
    /// How many there are.
    pub count: u64,
    /// How many by status: `success`, `failed`, `no_data`, `errored`, or another tool's words.
    pub statuses: BTreeMap<String, u64>,
    /// The share of `success`, 0 to 1.
    pub success_rate: f64,
    /// Average duration in milliseconds; `None` when no operation states one.
    pub average_ms: Option<f64>,
    /// Shortest duration in milliseconds.
    pub minimum_ms: Option<f64>,
    /// Longest duration in milliseconds.
    pub maximum_ms: Option<f64>,
}

/// Sums up all metrics files of the folder `dir`; nothing when the folder is missing.
///
/// # Errors
/// When the folder or one of its metrics files cannot be read.
pub fn summary(dir: &Path) -> Result<MetricsSummary, MetricsError> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut unreadable_lines = 0;
    if !dir.exists() {
        return Ok(MetricsSummary::default());
    }
    for (_, path) in files(dir)? {
        let reading = io_error("reading the metrics", &path);
        let mut file = BufReader::new(File::open(&path).map_err(&reading)?);
        while let Some(line) = next_line(&mut file).map_err(&reading)? {
            match serde_json::from_slice::<Line>(&line) {
                Ok(operation) => tallies
                    .entry(operation.name)
                    .or_default()
                    .add(operation.status, operation.duration_ms),
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(_) => unreadable_lines += 1,
            }
        }
    }
    Ok(MetricsSummary {
        operations: tallies
            .into_iter()
            .map(|(name, tally)| tally.summary(name))
            .collect(),
        unreadable_lines,
    })
}

/// What is needed of a line; the ancestor's lines have the same fields.
#[derive(Deserialize)]
struct Line {
    name: String,
    status: String,
    duration_ms: Option<f64>,
}

#[derive(Default)]
struct Tally {
    statuses: BTreeMap<String, u64>,
    durations: u64,
    total_ms: f64,
    minimum_ms: Option<f64>,
    maximum_ms: Option<f64>,
}

impl Tally {
    fn add(&mut self, status: String, duration_ms: Option<f64>) {
        *self.statuses.entry(status).or_default() += 1;
        if let Some(duration) = duration_ms {
            self.durations += 1;
            self.total_ms += duration;
            self.minimum_ms = Some(self.minimum_ms.map_or(duration, |ms| ms.min(duration)));
            self.maximum_ms = Some(self.maximum_ms.map_or(duration, |ms| ms.max(duration)));
        }
    }

    fn summary(self, name: String) -> OperationSummary {
        let count: u64 = self.statuses.values().sum();
        let successes = self.statuses.get("success").copied().unwrap_or_default();
        OperationSummary {
            name,
            count,
            success_rate: successes as f64 / count as f64,
            statuses: self.statuses,
            average_ms: (self.durations > 0).then(|| self.total_ms / self.durations as f64),
            minimum_ms: self.minimum_ms,
            maximum_ms: self.maximum_ms,
        }
    }
}

/// The next line; one that is too long is cut, so that it counts as unreadable. `None` at the end.
fn next_line(file: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
    if line.len() as u64 == MAX_LINE && !line.ends_with(b"\n") {
        file.skip_until(b'\n')?;
    }
    Ok((!line.is_empty()).then_some(line))
}
