//! What the coverage formats share: files merged by name, counts and percentages that can be.

use super::{Format, FormatError, Place, findings};
use crate::model::FileCoverage;
use std::collections::{BTreeMap, HashMap};

/// Per line, whether it was run.
pub(super) type Lines = BTreeMap<u32, bool>;

/// Files in the order of the report, each once.
pub(super) struct Files<T> {
    files: Vec<(String, T)>,
    index: HashMap<String, usize>,
}

impl<T: Default> Files<T> {
    pub(super) fn new() -> Self {
        Self {
            files: Vec::new(),
            index: HashMap::new(),
        }
    }

    /// The number of a file, which is new or known.
    pub(super) fn open(
        &mut self,
        format: Format,
        file: String,
        place: impl FnOnce() -> Place,
    ) -> Result<usize, FormatError> {
        findings::check_count(format, self.files.len(), "files", place)?;
        Ok(*self.index.entry(file).or_insert_with_key(|file| {
            self.files.push((file.clone(), T::default()));
            self.files.len() - 1
        }))
    }

    /// What is known about an open file.
    pub(super) fn get_mut(&mut self, number: usize) -> &mut T {
        &mut self.files[number].1
    }

    pub(super) fn into_vec(self) -> Vec<(String, T)> {
        self.files
    }
}

/// Marks a line; a line that was run in one of several records was run.
pub(super) fn mark(lines: &mut Lines, line: u32, was_run: bool) {
    *lines.entry(line).or_default() |= was_run;
}

/// A file's coverage from its lines. A file with no coverable line is fully covered, as
/// coverage.py has it.
pub(super) fn file_coverage(file: String, lines: &Lines) -> FileCoverage {
    let lines_total = lines.len() as u64;
    let missing_lines: Vec<u32> = lines
        .iter()
        .filter_map(|(line, was_run)| (!was_run).then_some(*line))
        .collect();
    let lines_covered = lines_total - missing_lines.len() as u64;
    FileCoverage {
        file,
        lines_covered,
        lines_total,
        percent: percent(lines_covered, lines_total).unwrap_or(100.0),
        branches_covered: None,
        branches_total: None,
        missing_lines,
    }
}

/// Covered of total, 0 to 100; `None` of nothing.
pub(super) fn percent(covered: u64, total: u64) -> Option<f64> {
    (total > 0).then(|| covered as f64 / total as f64 * 100.0)
}

/// How far two percentages of the same thing may be apart: tools round to whole percents.
const ROUNDING: f64 = 0.5;

/// The coverage by what a report gives for it, each with the words for it, and a note where they
/// contradict each other. The first is the most exact, and the lowest of several that differ counts.
pub(super) fn lowest(figures: &[(&str, Option<f64>)]) -> (f64, Option<String>) {
    let mut given = figures
        .iter()
        .filter_map(|(words, percent)| Some((*words, (*percent)?)));
    let Some((exact_words, exact)) = given.next() else {
        return (0.0, None);
    };
    let differs = |(_, percent): &(&str, f64)| (percent - exact).abs() > ROUNDING;
    let others: Vec<_> = given.filter(differs).collect();
    let least = others
        .iter()
        .fold(exact, |least, (_, percent)| least.min(*percent));
    let note = others.first().map(|(words, percent)| {
        format!(
            "the coverage report contradicts itself: {exact:.2} % by {exact_words}, \
             {percent:.2} % by {words}; the lowest figure counts"
        )
    });
    (least, note)
}

/// The line number of coverable code.
pub(super) fn line_number(
    format: Format,
    number: u64,
    place: impl FnOnce() -> Place,
) -> Result<u32, FormatError> {
    match u32::try_from(number) {
        Ok(line) if (1..=findings::MAX_LINE).contains(&line) => Ok(line),
        _ => Err(FormatError::unexpected(
            format,
            place(),
            format!("a line number from 1 to {}", findings::MAX_LINE),
            number.to_string(),
        )),
    }
}

/// Refuses more covered than there is.
pub(super) fn check_counts(
    format: Format,
    covered: u64,
    total: u64,
    place: impl FnOnce() -> Place,
) -> Result<(), FormatError> {
    if covered <= total {
        return Ok(());
    }
    Err(FormatError::unexpected(
        format,
        place(),
        format!("at most {total} covered, which are all"),
        covered.to_string(),
    ))
}

/// Refuses what is no percentage.
pub(super) fn check_percent(
    format: Format,
    percent: f64,
    place: impl FnOnce() -> Place,
) -> Result<(), FormatError> {
    if (0.0..=100.0).contains(&percent) {
        return Ok(());
    }
    Err(FormatError::unexpected(
        format,
        place(),
        "a coverage from 0 to 100 %",
        percent.to_string(),
    ))
}
