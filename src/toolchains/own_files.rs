//! Which files of a coverage report are the component's own, and the coverage of those alone.

use crate::formats::PathBase;
use crate::model::{Coverage, FileCoverage};
use std::path::Path;

/// The component's own files, as paths relative to the workspace.
#[derive(Clone)]
pub(super) struct OwnFiles {
    /// Where its sources are; empty for the workspace itself.
    sources: String,
    tests: Vec<String>,
    /// Whether a file's name says that it is a test, for tests that lie among the sources.
    is_named_as_test: fn(&str) -> bool,
}

impl OwnFiles {
    pub(super) fn new<'a>(
        sources: &Path,
        tests: impl IntoIterator<Item = &'a Path>,
        paths: &PathBase,
        is_named_as_test: fn(&str) -> bool,
    ) -> Self {
        let relative = |path: &Path| paths.relative(&path.to_string_lossy());
        Self {
            sources: match relative(sources) {
                // The workspace itself stays absolute, since it has no name in itself.
                path if Path::new(&path).is_absolute() => String::new(),
                path => path,
            },
            tests: tests.into_iter().map(relative).collect(),
            is_named_as_test,
        }
    }

    /// Where the sources are, in words for people.
    pub(super) fn sources(&self) -> &str {
        match self.sources.as_str() {
            "" => "the workspace",
            sources => sources,
        }
    }

    /// Only the component's own files count, also when the tool measured more, and its tests do not:
    /// they run nearly all of their own lines. `counts_branches` says whether the tool's percentage
    /// counts branches beside lines. Where nothing is left out, the figures stay the tool's.
    pub(super) fn coverage(&self, mut coverage: Coverage, counts_branches: bool) -> Coverage {
        let before = coverage.files.len();
        coverage.files.retain(|file| self.have(&file.file));
        if coverage.files.len() == before {
            return coverage;
        }
        let sum = |count: fn(&FileCoverage) -> u64| coverage.files.iter().map(count).sum::<u64>();
        coverage.lines_covered = sum(|file| file.lines_covered);
        coverage.lines_total = sum(|file| file.lines_total);
        let branches_covered = sum(|file| file.branches_covered.unwrap_or_default());
        let branches_total = sum(|file| file.branches_total.unwrap_or_default());
        let (mut covered, mut total) = (coverage.lines_covered, coverage.lines_total);
        if counts_branches {
            covered += branches_covered;
            total += branches_total;
        }
        coverage.percent = match total {
            0 => 0.0,
            #[expect(clippy::cast_precision_loss, reason = "line counts are far below 2^52")]
            total => covered as f64 / total as f64 * 100.0,
        };
        let has_branches = coverage.branches_total.is_some();
        coverage.branches_covered = has_branches.then_some(branches_covered);
        coverage.branches_total = has_branches.then_some(branches_total);
        coverage
    }

    /// Whether a path relative to the workspace is one of them.
    pub(super) fn have(&self, file: &str) -> bool {
        is_within(file, &self.sources) && !self.is_test(file)
    }

    fn is_test(&self, file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file);
        self.tests.iter().any(|test| {
            let has_sources = is_within(&self.sources, test);
            is_within(file, test) && (!has_sources || (self.is_named_as_test)(name))
        })
    }
}

/// Whether a path is this folder or file or lies in it; both relative to the workspace.
fn is_within(path: &str, folder: &str) -> bool {
    if folder.is_empty() {
        return !Path::new(path).is_absolute() && !path.starts_with("../");
    }
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
