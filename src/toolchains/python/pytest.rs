//! pytest: one run gives the test results and the coverage.

use super::super::{CommandTool, Printed, Readings, Rerun, tool::unreadable, with_log};
use super::Setup;
use super::coverage::{CoverageReader, measured_folders};
use super::environment::Located;
use super::selection::Selection;
use crate::formats::{Format, PathBase, read_file};
use crate::model::{
    CaseOutcome, EvidenceData, EvidenceKind, Reason, ReasonCode, TestRun, Unavailable, last_words,
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// pytest's exit statuses. <https://docs.pytest.org/en/stable/reference/exit-codes.html>
mod status {
    pub(super) const PASSED: i32 = 0;
    pub(super) const TESTS_FAILED: i32 = 1;
    pub(super) const INTERRUPTED: i32 = 2;
    pub(super) const INTERNAL_ERROR: i32 = 3;
    pub(super) const USAGE_ERROR: i32 = 4;
    pub(super) const NO_TESTS: i32 = 5;
}

/// How pytest is run for these tests.
pub(super) fn tool(setup: &Setup<'_>, located: &Located, selection: &Selection) -> CommandTool {
    let (project, folder) = (setup.project, &selection.folder);
    let can_measure = setup.environment.has_package("pytest-cov");
    let has_coverage = can_measure && selection.has_coverage;
    let junit = folder.join("pytest.xml");
    let coverage = folder.join("coverage.json");
    let base = |junit: &Path| {
        let command = setup
            .importing_command(located)
            .args(&setup.policy.pytest_args)
            // A run that stops at the first failure says nothing about the tests behind it.
            .arg("--maxfail=0")
            // The ids of failed tests are kept here for running them again.
            .arg("-o")
            .arg(format!(
                "cache_dir={}",
                folder.join("pytest_cache").display()
            ))
            // This family names the file and the line of each test.
            .args(["-o", "junit_family=xunit1"])
            // By this name the report is known as pytest's own.
            .args(["-o", "junit_suite_name=pytest"])
            // What tests print is in the log; in the report it could make it too large to be read.
            .args(["-o", "junit_logging=no"])
            .arg(format!("--junitxml={}", junit.display()));
        let environment = selection.env.iter();
        environment.fold(command, |command, (name, value)| command.env(name, value))
    };
    let mut command = base(&junit);
    if has_coverage {
        let folders = measured_folders(project);
        command = command
            .args(folders.iter().map(|folder| format!("--cov={folder}")))
            .arg(format!("--cov-report=json:{}", coverage.display()))
            // The gate judges the coverage: an exit status of pytest's own would hide the tests'.
            .arg("--cov-fail-under=0")
            .env("COVERAGE_FILE", folder.join(".coverage").to_string_lossy());
    } else if can_measure {
        command = command.arg("--no-cov");
    }
    let again = folder.join("pytest-again.xml");
    let mut rerun = base(&again).args(["--last-failed", "--last-failed-no-failures=none"]);
    if can_measure {
        rerun = rerun.arg("--no-cov");
    }
    let reader = Reader {
        junit: junit.clone(),
        coverage: selection
            .has_coverage
            .then(|| CoverageReader::new(setup, can_measure.then(|| coverage.clone()))),
        root: project.root.clone(),
        tests: selection.tests.clone(),
        paths: setup.paths.clone(),
        where_to_add: selection.where_to_add.clone(),
    };
    let rereader = Reader {
        junit: again.clone(),
        ..reader.clone()
    };
    CommandTool {
        command: command.args(selection.arguments(project)),
        reports: vec![junit, coverage],
        read: Arc::new(move |printed| reader.read(printed)),
        rerun_failed: Some(Arc::new(Rerun {
            tool: CommandTool {
                command: rerun.args(selection.arguments(project)),
                reports: vec![again],
                read: Arc::new(move |printed| rereader.read(printed)),
                rerun_failed: None,
            },
            after: status::TESTS_FAILED,
        })),
    }
}

#[derive(Clone)]
struct Reader {
    junit: PathBuf,
    /// Where the coverage is read, unless nobody asks for it.
    coverage: Option<CoverageReader>,
    /// The project's root and the tests, absolute.
    root: PathBuf,
    tests: Vec<PathBuf>,
    paths: PathBase,
    /// What to do when there is no test.
    where_to_add: String,
}

impl Reader {
    fn read(&self, printed: &Printed) -> Readings {
        let tests = self.tests(printed);
        let coverage = self.coverage.as_ref().map(|coverage| match &tests {
            Ok(_) if printed.status == status::INTERRUPTED => {
                Err(Unavailable::NoData(Reason::new(
                    ReasonCode::ReportMissing,
                    "pytest stopped before the tests were run, so nothing was covered",
                )))
            }
            Ok(_) => coverage.read(printed),
            Err(unavailable) => Err(unavailable.clone()),
        });
        let mut readings = vec![(EvidenceKind::Tests, tests.map(EvidenceData::Tests))];
        readings.extend(
            coverage.map(|coverage| (EvidenceKind::Coverage, coverage.map(EvidenceData::Coverage))),
        );
        readings
    }

    /// pytest names files from the folder of its settings, which may lie anywhere between the
    /// project's root and the tests.
    fn place(&self, named: &str) -> String {
        if Path::new(named).is_absolute() {
            return named.to_owned();
        }
        let starts = std::iter::once(self.root.as_path())
            .chain(self.tests.iter().flat_map(|test| test.ancestors()))
            .filter(|folder| folder.starts_with(&self.root));
        let inside = self.paths.relative(&self.root.to_string_lossy());
        let below = Path::new(named)
            .strip_prefix(&inside)
            .unwrap_or(Path::new(named));
        let found = starts
            .map(|folder| folder.join(below))
            .find(|path| path.is_file());
        found.map_or_else(
            || named.to_owned(),
            |found| self.paths.relative(&found.to_string_lossy()),
        )
    }

    fn tests(&self, printed: &Printed) -> Result<TestRun, Unavailable> {
        match printed.status {
            status::PASSED | status::TESTS_FAILED | status::INTERRUPTED | status::NO_TESTS => {}
            status::INTERNAL_ERROR => return Err(printed.crashed("pytest", "internal error")),
            status::USAGE_ERROR => return Err(printed.crashed("pytest", "wrong usage or settings")),
            _ => return Err(printed.crashed("pytest", "not a status of pytest's own")),
        }
        // pytest writes its report at the very end, whatever the tests say.
        if !self.junit.is_file() {
            return Err(
                printed.crashed("pytest", "without its report: something ended it too early")
            );
        }
        if printed.status == status::NO_TESTS
            || printed.status == status::PASSED && ran_none(printed)
        {
            return Err(self.no_tests());
        }
        let run = read_file(&self.junit)
            .and_then(|bytes| Format::Junit.read(&bytes, &self.paths))
            .map_err(|error| unreadable("pytest", &error))?;
        let EvidenceData::Tests(mut run) = run else {
            return Err(self.no_tests());
        };
        let mut places: HashMap<String, String> = HashMap::new();
        for file in run.cases.iter_mut().filter_map(|case| case.file.as_mut()) {
            if let Some(place) = places.get(file) {
                file.clone_from(place);
            } else {
                let place = self.place(file);
                places.insert(std::mem::replace(file, place.clone()), place);
            }
        }
        if let Some(words) = stopped_early(printed, &run) {
            return Err(Unavailable::Errored(
                Reason::new(
                    ReasonCode::ToolCrashed,
                    format!("pytest stopped before it had run all tests: {words}"),
                )
                .remedy("find what stops it: pytest.exit(), --stepwise, a plugin"),
            ));
        }
        let has_failures = run.failed + run.errored > 0;
        match (run.total, printed.status == status::PASSED, has_failures) {
            (0, ..) if printed.status == status::PASSED => Err(self.no_tests()),
            (0, ..) => Err(printed.crashed("pytest", "it ran no test")),
            (_, true, true) | (_, false, false) => {
                let reason = Reason::new(
                    ReasonCode::ReportUnreadable,
                    format!(
                        "pytest ended with exit status {}, but its report has {} failed and {} errored tests; {}",
                        printed.status,
                        run.failed,
                        run.errored,
                        last_words(&printed.tail)
                    ),
                );
                Err(Unavailable::Errored(with_log(
                    reason,
                    &printed.tail,
                    printed.log.as_deref(),
                )))
            }
            _ => Ok(run),
        }
    }

    fn no_tests(&self) -> Unavailable {
        let reason = Reason::new(
            ReasonCode::NoTestsCollected,
            "pytest ran no test of the component",
        );
        Unavailable::NoData(reason.remedy(&*self.where_to_add))
    }
}

/// What pytest says when it stops with tests left to run. It then draws a line of `!` around the
/// reason, at the end of what it prints; the exit status alone does not tell, since
/// `pytest.exit(…, returncode=0)` chooses it. Errors while collecting stop it as well, but they are
/// in the report.
fn stopped_early(printed: &Printed, run: &TestRun) -> Option<String> {
    let is_collection_error = printed.status == status::INTERRUPTED
        && run
            .cases
            .iter()
            .all(|case| matches!(case.outcome, CaseOutcome::Errored | CaseOutcome::Skipped));
    if is_collection_error {
        return None;
    }
    let drawn = last_lines(printed).iter().find_map(|line| {
        let words = line.trim().strip_prefix("!!")?.strip_suffix("!!")?;
        Some(words.trim_matches(['!', ' ']).to_owned())
    });
    let is_interrupted = printed.status == status::INTERRUPTED;
    drawn.or_else(|| is_interrupted.then(|| "it was interrupted".to_owned()))
}

/// Whether pytest only set the tests up, as `--setup-only` and `--setup-plan` make it do. They are in
/// its report as if they had passed; its last line knows better.
fn ran_none(printed: &Printed) -> bool {
    last_lines(printed).iter().any(|line| {
        line.trim_matches(['=', ' '])
            .starts_with("no tests ran in ")
    })
}

/// The last lines of standard output, the last one first.
fn last_lines(printed: &Printed) -> Vec<String> {
    const LAST_LINES: usize = 12;
    let output = printed.stdout.as_deref().map(String::from_utf8_lossy);
    let output = output.as_deref().unwrap_or(&printed.tail);
    let lines = output.lines().rev().take(LAST_LINES);
    lines.map(str::to_owned).collect()
}
