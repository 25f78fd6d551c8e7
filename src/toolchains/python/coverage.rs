//! Coverage of the component and nothing else: what pytest-cov is told to measure, and which files
//! of its report count.

use super::super::{Printed, own_files::OwnFiles, tool::unreadable};
use super::Setup;
use super::project::Project;
use super::sources::SourceFiles;
use crate::formats::{Format, PathBase, read_file};
use crate::model::{Coverage, EvidenceData, Reason, ReasonCode, Unavailable};
use ignore::WalkBuilder;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// The folders that pytest-cov measures, as it is told them.
///
/// coverage.py looks for files that no test imports in the folders it is given, and below them only
/// where there is an `__init__.py`
/// (<https://coverage.readthedocs.io/en/latest/source.html>). Every other folder with sources is
/// named, too: else a namespace package that nobody tests would be missing from the report, and the
/// rest would look fully covered.
pub(super) fn measured_folders(project: &Project) -> Vec<String> {
    // A module is measured through its folder: measured by its name, one that no test imports
    // would be missing from the report.
    let Some(top) = project.sources.is_file().then(|| project.sources.parent()) else {
        return namespace_folders(project)
            .iter()
            .map(|folder| project.argument(folder))
            .collect();
    };
    vec![project.argument(top.unwrap_or(&project.root))]
}

fn namespace_folders(project: &Project) -> Vec<PathBuf> {
    let top = project.sources.clone();
    let mut measured = vec![top.clone()];
    let tests = project.tests.clone();
    let walk = WalkBuilder::new(&top)
        .require_git(false)
        .filter_entry(move |entry| {
            entry.file_type().is_some_and(|kind| kind.is_dir())
                && !entry.path().join("pyvenv.cfg").is_file()
                && !tests.iter().any(|test| test == entry.path())
        })
        .sort_by_file_path(Path::cmp)
        .build();
    // Folders that are found from one that is measured already.
    let mut found = vec![top.clone()];
    for entry in walk.flatten().skip(1) {
        let folder = entry.path();
        let is_below_found = folder
            .parent()
            .is_some_and(|parent| found.iter().any(|f| f == parent));
        if is_below_found && folder.join("__init__.py").is_file() {
            found.push(folder.to_path_buf());
        } else if has_python_files(folder) {
            found.push(folder.to_path_buf());
            measured.push(folder.to_path_buf());
        }
    }
    measured
}

fn has_python_files(folder: &Path) -> bool {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .any(|path| path.extension().is_some_and(|extension| extension == "py"))
}

/// Reads what pytest-cov wrote.
#[derive(Clone)]
pub(super) struct CoverageReader {
    /// `None` when pytest-cov is missing.
    report: Option<PathBuf>,
    own: OwnFiles,
    sources: SourceFiles,
    workspace: PathBuf,
    paths: PathBase,
}

impl CoverageReader {
    pub(super) fn new(setup: &Setup<'_>, report: Option<PathBuf>) -> Self {
        Self {
            report,
            own: setup.own.clone(),
            sources: setup.sources.clone(),
            workspace: setup.workspace.to_path_buf(),
            paths: setup.paths.clone(),
        }
    }

    /// Holds the files of the report against those that are there. What coverage.py cannot parse is
    /// missing from it, and so is what the project's settings leave out.
    fn complete(&self, mut coverage: Coverage, printed: &Printed) -> Result<Coverage, Unavailable> {
        const TOOL: &str = "coverage.py";
        let files = coverage.files.iter().map(|file| file.file.clone());
        let mut seen: HashSet<String> = files.collect();
        let unseen = self.sources.unseen(&seen);
        let (blank, unseen): (Vec<String>, Vec<String>) = unseen
            .map(str::to_owned)
            .partition(|file| self.is_blank(file));
        if let Some((file, why)) = self.unparsable(&unseen, printed) {
            let message = format!(
                "{TOOL} could not measure {file}, whose lines are missing from its report: {why}"
            );
            let reason = Reason::new(ReasonCode::ReportUnreadable, message);
            return Err(Unavailable::Errored(reason.remedy("mend the file")));
        }
        seen.extend(blank);
        let settings = "omit, include and source in coverage's settings";
        let note = self.sources.compare(TOOL, &seen, settings)?;
        coverage.notes.extend(note);
        Ok(coverage)
    }

    /// Whether there is nothing in a file but comments.
    fn is_blank(&self, file: &str) -> bool {
        fs::read(self.workspace.join(file)).is_ok_and(|bytes| {
            let text = String::from_utf8_lossy(&bytes);
            let mut lines = text.lines().map(str::trim);
            lines.all(|line| line.is_empty() || line.starts_with('#'))
        })
    }

    /// The first of these files that cannot be parsed, by coverage.py's own words or because it is
    /// not Python, with why.
    fn unparsable(&self, files: &[String], printed: &Printed) -> Option<(String, String)> {
        const WARNING: &str = "Couldn't parse Python file '";
        if files.is_empty() {
            return None;
        }
        let output = printed.stdout.as_deref().map(String::from_utf8_lossy);
        let output = output.as_deref().unwrap_or(&printed.tail).lines();
        let named = output.chain(printed.stderr.lines()).filter_map(|line| {
            let (file, _) = line.split_once(WARNING)?.1.split_once('\'')?;
            Some((self.paths.relative(file), "it cannot be parsed".to_owned()))
        });
        let mut named = named.chain(self.sources.unparsable());
        named.find(|(file, _)| files.contains(file))
    }

    pub(super) fn read(&self, printed: &Printed) -> Result<Coverage, Unavailable> {
        let Some(file) = &self.report else {
            return Err(Unavailable::Errored(
                Reason::new(
                    ReasonCode::ToolMissing,
                    "coverage was not measured: pytest-cov is not installed in the project's environment",
                )
                .remedy("install pytest-cov there, or let stages.dependency_check.install: true bring it"),
            ));
        };
        if !file.is_file() {
            let reason = Reason::new(
                ReasonCode::ReportMissing,
                format!(
                    "pytest ended with exit status {}, but pytest-cov wrote no report: coverage is switched off, or the project's coverage settings leave out everything",
                    printed.status
                ),
            );
            return Err(Unavailable::NoData(reason.remedy(
                "look for --no-cov in pytest's settings and for omit, include and exclude_lines in coverage's",
            )));
        }
        let coverage = read_file(file)
            .and_then(|bytes| Format::CoverageJson.read(&bytes, &self.paths))
            .map_err(|error| unreadable("pytest-cov", &error))?;
        match coverage {
            // coverage.py counts branches where it measures them.
            EvidenceData::Coverage(coverage) => {
                self.complete(self.own.coverage(coverage, true), printed)
            }
            _ => Err(Unavailable::Errored(Reason::new(
                ReasonCode::InternalError,
                "the coverage report was read as something else",
            ))),
        }
    }
}
