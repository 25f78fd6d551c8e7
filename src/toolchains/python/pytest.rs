//! pytest: one run gives the test results and the coverage.

use super::super::{CommandTool, Printed, Readings, tool::unreadable};
use super::Setup;
use super::environment::Located;
use super::project::Project;
use crate::formats::{Format, PathBase, read_file};
use crate::model::{
    Coverage, EvidenceData, EvidenceKind, Reason, ReasonCode, TestRun, Unavailable,
};
use std::{
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

/// How pytest is run for a component.
pub(super) fn tool(setup: &Setup<'_>, located: &Located) -> CommandTool {
    let (project, run_folder) = (setup.project, setup.run_folder);
    let has_coverage = setup.environment.has_package("pytest-cov");
    let junit = run_folder.join("pytest.xml");
    let coverage = run_folder.join("coverage.json");
    let base = |junit: &Path| {
        setup
            .command(located)
            // The ids of failed tests are kept here for running them again.
            .arg("-o")
            .arg(format!(
                "cache_dir={}",
                run_folder.join("pytest_cache").display()
            ))
            // This family names the file and the line of each test.
            .args(["-o", "junit_family=xunit1"])
            .arg(format!("--junitxml={}", junit.display()))
            .args(&setup.policy.pytest_args)
    };
    let tests = || project.tests.iter().map(|test| project.argument(test));
    let mut command = base(&junit);
    if has_coverage {
        command = command
            .arg(format!("--cov={}", coverage_source(project)))
            .arg(format!("--cov-report=json:{}", coverage.display()))
            // The gate judges the coverage: an exit status of pytest's own would hide the tests'.
            .arg("--cov-fail-under=0")
            .env(
                "COVERAGE_FILE",
                run_folder.join(".coverage").to_string_lossy(),
            );
    }
    let again = run_folder.join("pytest-again.xml");
    let mut rerun = base(&again).args(["--last-failed", "--last-failed-no-failures=none"]);
    if has_coverage {
        rerun = rerun.arg("--no-cov");
    }
    let reader = Reader {
        junit: junit.clone(),
        coverage: has_coverage.then(|| coverage.clone()),
        sources: setup.paths.relative(&project.argument(&project.sources)),
        paths: setup.paths.clone(),
    };
    let rereader = Reader {
        junit: again.clone(),
        coverage: None,
        ..reader.clone()
    };
    CommandTool {
        command: command.args(tests()),
        reports: vec![junit, coverage],
        read: Arc::new(move |printed| reader.read(printed)),
        rerun_failed: Some(Arc::new(CommandTool {
            command: rerun.args(tests()),
            reports: vec![again],
            read: Arc::new(move |printed| rereader.read(printed)),
            rerun_failed: None,
        })),
    }
}

/// `--cov` takes a folder or a module's name.
fn coverage_source(project: &Project) -> String {
    if project.sources.is_file() {
        let stem = project.sources.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    } else {
        project.argument(&project.sources)
    }
}

#[derive(Clone)]
struct Reader {
    junit: PathBuf,
    /// `None` when pytest-cov is missing.
    coverage: Option<PathBuf>,
    /// The component's sources, relative to the workspace.
    sources: String,
    paths: PathBase,
}

impl Reader {
    fn read(&self, printed: &Printed) -> Readings {
        let tests = self.tests(printed);
        let coverage = match &tests {
            Ok(_) if printed.status == status::INTERRUPTED => {
                Err(Unavailable::NoData(Reason::new(
                    ReasonCode::ReportMissing,
                    "pytest stopped before the tests were run, so nothing was covered",
                )))
            }
            Ok(_) => self.coverage(),
            Err(unavailable) => Err(unavailable.clone()),
        };
        vec![
            (EvidenceKind::Tests, tests.map(EvidenceData::Tests)),
            (EvidenceKind::Coverage, coverage.map(EvidenceData::Coverage)),
        ]
    }

    fn tests(&self, printed: &Printed) -> Result<TestRun, Unavailable> {
        match printed.status {
            status::PASSED | status::TESTS_FAILED | status::INTERRUPTED => {}
            status::NO_TESTS => return Err(no_tests()),
            status::INTERNAL_ERROR => return Err(printed.crashed("pytest", "internal error")),
            status::USAGE_ERROR => return Err(printed.crashed("pytest", "wrong usage or settings")),
            _ => return Err(printed.crashed("pytest", "not a status of pytest's own")),
        }
        let run = read_file(&self.junit)
            .and_then(|bytes| Format::Junit.read(&bytes, &self.paths))
            .map_err(|error| unreadable("pytest", &error))?;
        let EvidenceData::Tests(run) = run else {
            return Err(no_tests());
        };
        let has_failures = run.failed + run.errored > 0;
        match (run.total, printed.status == status::PASSED, has_failures) {
            (0, ..) if printed.status == status::PASSED => Err(no_tests()),
            (0, ..) => Err(printed.crashed("pytest", "it ran no test")),
            (_, true, true) | (_, false, false) => Err(Unavailable::Errored(Reason::new(
                ReasonCode::ReportUnreadable,
                format!(
                    "pytest ended with exit status {}, but its report has {} failed and {} errored tests",
                    printed.status, run.failed, run.errored
                ),
            ))),
            _ => Ok(run),
        }
    }

    fn coverage(&self) -> Result<Coverage, Unavailable> {
        let Some(file) = &self.coverage else {
            return Err(Unavailable::Errored(
                Reason::new(
                    ReasonCode::ToolMissing,
                    "coverage was not measured: pytest-cov is not installed in the project's environment",
                )
                .remedy("install pytest-cov there"),
            ));
        };
        if !file.is_file() {
            return Err(Unavailable::NoData(Reason::new(
                ReasonCode::ReportMissing,
                "pytest-cov wrote no report: none of the component's code was imported by the tests",
            )));
        }
        let coverage = read_file(file)
            .and_then(|bytes| Format::CoverageJson.read(&bytes, &self.paths))
            .map_err(|error| unreadable("pytest-cov", &error))?;
        match coverage {
            EvidenceData::Coverage(coverage) => Ok(self.scoped(coverage)),
            _ => Err(Unavailable::Errored(Reason::new(
                ReasonCode::InternalError,
                "the coverage report was read as something else",
            ))),
        }
    }

    /// Only the component's own files count, also when the project's settings measure more.
    fn scoped(&self, mut coverage: Coverage) -> Coverage {
        let before = coverage.files.len();
        let folder = format!("{}/", self.sources);
        coverage
            .files
            .retain(|file| file.file == self.sources || file.file.starts_with(&folder));
        if coverage.files.len() == before {
            return coverage;
        }
        coverage.lines_covered = coverage.files.iter().map(|file| file.lines_covered).sum();
        coverage.lines_total = coverage.files.iter().map(|file| file.lines_total).sum();
        coverage.percent = if coverage.lines_total == 0 {
            0.0
        } else {
            #[expect(clippy::cast_precision_loss, reason = "line counts are far below 2^52")]
            let share = coverage.lines_covered as f64 / coverage.lines_total as f64;
            share * 100.0
        };
        // The report has branches for the whole run only.
        coverage.branches_covered = None;
        coverage.branches_total = None;
        coverage
    }
}

fn no_tests() -> Unavailable {
    Unavailable::NoData(
        Reason::new(
            ReasonCode::NoTestsCollected,
            "pytest collected no test for the component",
        )
        .remedy("add tests, or set components.<name>.tests"),
    )
}
