//! detect-secrets: its command, how its output is read, and what the project's baseline keeps it from
//! looking at.

use super::super::{CommandTool, Printed, tool::unreadable};
use super::Setup;
use super::environment::Located;
use super::project::argument;
use super::scanners::{expect_status, single};
use super::sources::SourceFiles;
use crate::formats::{Format, FormatError, ScanSettings, new_secrets, read_file, scan_settings};
use crate::model::{EvidenceData, EvidenceKind, Reason, ReasonCode, Unavailable, last_words};
use regex::Regex;
use std::{
    fs::{self, File},
    io,
    path::Path,
    time::SystemTime,
};

const TOOL: &str = "detect-secrets";

/// detect-secrets against the project's baseline.
///
/// `scan --baseline` rewrites the baseline that it is given, so it gets a copy; what the copy has
/// more than the baseline is new. The baseline's own settings and filters hold.
pub(super) fn tool(setup: &Setup<'_>, located: &Located) -> Result<CommandTool, FormatError> {
    let project = setup.project;
    let mut command = setup.command(located).args(["scan", "--all-files"]);
    // The file names in a baseline are relative to the baseline's folder.
    let folder = match &project.secrets_baseline {
        Some(baseline) => baseline.parent().unwrap_or(&project.root).to_path_buf(),
        None => project.root.clone(),
    };
    command.working_directory.clone_from(&folder);
    let paths = setup.paths.in_folder(&folder);
    let known = match &project.secrets_baseline {
        Some(baseline) => {
            let known = read_file(baseline)?;
            Format::DetectSecrets.read(&known, &paths)?;
            Some(known)
        }
        None => None,
    };
    let filters = match &known {
        Some(known) => Filters::of(known)?,
        None => Filters::default(),
    };
    let (workspace, sources) = (setup.workspace.to_path_buf(), setup.sources.clone());
    // The filters see the paths as the tool is told them.
    let told: Vec<(String, String)> = sources
        .files()
        .map(|file| (file.to_owned(), argument(&workspace.join(file), &folder)))
        .collect();
    let copy = setup.run_folder.join("secrets.baseline");
    if let Some(known) = &known {
        write_untouched(&copy, known).map_err(|source| FormatError::Unreadable {
            path: copy.clone(),
            source,
        })?;
        command = command.arg("--baseline").arg(copy.to_string_lossy());
    }
    let command = command.args(project.all_paths(&folder));
    Ok(single(
        EvidenceKind::Secrets,
        command,
        Vec::new(),
        move |printed| {
            // Without anything to look for it may end with a failure of its own.
            filters.check_plugins()?;
            expect_status(printed, TOOL, &[0])?;
            let found = match &known {
                None => new_secrets(printed.report(TOOL)?, None, &paths),
                Some(_) if is_untouched(&copy) => return Err(not_written(printed)),
                Some(known) => {
                    read_file(&copy).and_then(|scan| new_secrets(&scan, Some(known), &paths))
                }
            };
            let mut found = found.map_err(|error| unreadable(TOOL, &error))?;
            found
                .notes
                .extend(filters.notes(&workspace, &sources, &told)?);
            Ok(EvidenceData::Findings(found))
        },
    ))
}

/// When nobody wrote to the copy after it was made: detect-secrets writes it anew, whatever it finds.
const UNTOUCHED: SystemTime = SystemTime::UNIX_EPOCH;

fn write_untouched(copy: &Path, text: &[u8]) -> io::Result<()> {
    fs::write(copy, text)?;
    File::options()
        .write(true)
        .open(copy)?
        .set_modified(UNTOUCHED)
}

fn is_untouched(copy: &Path) -> bool {
    fs::metadata(copy)
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|modified| modified == UNTOUCHED)
}

fn not_written(printed: &Printed) -> Unavailable {
    let message = format!(
        "{TOOL} ended with exit status {} and wrote nothing into its copy of the baseline; {}",
        printed.status,
        last_words(&printed.tail)
    );
    Unavailable::NoData(Reason::new(ReasonCode::ReportStale, message))
}

/// What a baseline leaves out by settings of its own.
#[derive(Default)]
struct Filters {
    /// Whether it switches off everything that is looked for.
    is_without_plugins: bool,
    files: Vec<Regex>,
    lines: Vec<Regex>,
    secrets: Vec<Regex>,
    /// The filters that are not detect-secrets' defaults, for people.
    names: Vec<String>,
}

impl Filters {
    fn of(baseline: &[u8]) -> Result<Self, FormatError> {
        let ScanSettings { plugins, filters } = scan_settings(baseline)?;
        let mut found = Self {
            is_without_plugins: plugins == Some(0),
            ..Self::default()
        };
        for filter in filters.into_iter().filter(|filter| !filter.is_default()) {
            let patterns = filter.patterns.iter();
            // What only Python's expressions can say is named, like every other filter.
            let patterns = patterns.filter_map(|pattern| Regex::new(pattern).ok());
            match filter.name() {
                "should_exclude_file" => found.files.extend(patterns),
                "should_exclude_line" => found.lines.extend(patterns),
                "should_exclude_secret" => found.secrets.extend(patterns),
                _ => {}
            }
            found.names.push(filter.name().to_owned());
        }
        Ok(found)
    }

    fn check_plugins(&self) -> Result<(), Unavailable> {
        if self.is_without_plugins {
            return Err(sees_nothing("its plugins_used is empty"));
        }
        Ok(())
    }

    /// Says what is left out. `told` has the source files' names, as they are in the workspace and
    /// as the filters see them.
    fn notes(
        &self,
        workspace: &Path,
        sources: &SourceFiles,
        told: &[(String, String)],
    ) -> Result<Vec<String>, Unavailable> {
        // Every secret has one of these characters.
        if ["a", "0", "/"]
            .iter()
            .all(|text| has_match(&self.secrets, text))
        {
            return Err(sees_nothing(
                "its should_exclude_secret matches every secret",
            ));
        }
        let is_seen = |(_, told): &&(String, String)| !has_match(&self.files, told);
        let seen = told
            .iter()
            .filter(is_seen)
            .map(|(file, _)| file.clone())
            .collect();
        let settings = "should_exclude_file in filters_used of the baseline";
        let unseen = sources.compare(TOOL, &seen, settings)?;
        if !self.lines.is_empty()
            && seen
                .iter()
                .all(|file| self.leaves_out_all_lines(&workspace.join(file)))
        {
            return Err(sees_nothing(
                "its should_exclude_line matches every line of the sources",
            ));
        }
        let names = (!self.names.is_empty()).then(|| {
            let names = self.names.join(", ");
            format!("the baseline hides what its own filters match: {names}")
        });
        Ok(names.into_iter().chain(unseen).collect())
    }

    fn leaves_out_all_lines(&self, file: &Path) -> bool {
        fs::read(file).is_ok_and(|bytes| {
            let text = String::from_utf8_lossy(&bytes);
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.all(|line| has_match(&self.lines, line))
        })
    }
}

fn has_match(patterns: &[Regex], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.is_match(text))
}

fn sees_nothing(why: &str) -> Unavailable {
    let message =
        format!("{TOOL} looked for nothing: the baseline leaves everything out, since {why}");
    let reason = Reason::new(ReasonCode::ReportEmpty, message);
    Unavailable::NoData(
        reason.remedy("correct the baseline, or make it anew with detect-secrets scan"),
    )
}
