//! What the reports of a command say.

use super::super::{Printed, Readings, own_files::OwnFiles, tool::unreadable};
use crate::config::ReportFormat;
use crate::formats::{Format, PathBase, read_file};
use crate::model::{
    Coverage, EvidenceData, EvidenceKind, ExitStatusFact, Reason, ReasonCode, Unavailable,
};
use std::path::{Path, PathBuf};

/// Reads all reports of a command.
///
/// A command that ends with a failure while its reports show none has something to say that they do
/// not: then they are no evidence.
pub(super) fn read(readers: &[Reader], printed: &Printed) -> Readings {
    let parts: Vec<_> = readers
        .iter()
        .map(|reader| (reader, reader.data(printed)))
        .collect();
    let is_explained = printed.status == 0
        || parts
            .iter()
            .any(|(_, data)| data.as_ref().is_ok_and(explains_failure));
    parts
        .into_iter()
        .flat_map(|(reader, data)| {
            let data = data.and_then(|data| {
                if is_explained {
                    return Ok(data);
                }
                Err(printed.crashed(&reader.name, "although its report shows nothing wrong"))
            });
            let kinds = reader.evidence.iter();
            kinds.map(move |kind| (*kind, data.clone()))
        })
        .collect()
}

/// Whether evidence tells why its command ended with a failure.
fn explains_failure(data: &EvidenceData) -> bool {
    match data {
        EvidenceData::Tests(run) => run.failed + run.errored > 0,
        EvidenceData::Findings(set) => !set.findings.is_empty(),
        EvidenceData::Performance(run) => {
            let mut thresholds = run.thresholds.iter();
            thresholds.any(|threshold| threshold.holds == Some(false))
        }
        EvidenceData::ExitStatus(_) => true,
        _ => false,
    }
}

/// Reads one report of a command.
pub(super) struct Reader {
    pub(super) name: String,
    pub(super) format: ReportFormat,
    pub(super) evidence: Vec<EvidenceKind>,
    /// `None` for what the command prints.
    pub(super) report: Option<PathBuf>,
    pub(super) paths: PathBase,
    /// What coverage is asked of; `None` when it is what the report says.
    pub(super) component_files: Option<OwnFiles>,
}

impl Reader {
    fn data(&self, printed: &Printed) -> Result<EvidenceData, Unavailable> {
        let format = match self.format {
            ReportFormat::ExitStatus => {
                return Ok(EvidenceData::ExitStatus(ExitStatusFact {
                    status: printed.status,
                    output: printed.tail.clone(),
                }));
            }
            ReportFormat::Junit => Format::Junit,
            ReportFormat::CoverageJson => Format::CoverageJson,
            ReportFormat::Lcov => Format::Lcov,
            ReportFormat::Cobertura => Format::Cobertura,
            ReportFormat::Sarif => Format::Sarif,
            ReportFormat::PytestBenchmark => Format::PytestBenchmark,
            ReportFormat::Hyperfine => Format::Hyperfine,
            ReportFormat::Criterion => Format::Criterion,
            ReportFormat::K6 => Format::K6,
        };
        let data = match &self.report {
            Some(file) => self.read_report(file, format, printed),
            None => format
                .read(printed.report(&self.name)?, &self.paths)
                .map_err(|error| unreadable(&self.name, &error)),
        };
        match (data?, &self.component_files) {
            (EvidenceData::Coverage(coverage), Some(own)) => {
                // Of the formats only coverage.py's counts branches in its percentage.
                let counts_branches = format == Format::CoverageJson;
                let coverage = self.of_component(coverage, own, counts_branches)?;
                Ok(EvidenceData::Coverage(coverage))
            }
            (data, _) => Ok(data),
        }
    }

    /// The coverage of the component alone. A report that names no file is about what its command
    /// measured; one that names others only says nothing about the component.
    fn of_component(
        &self,
        coverage: Coverage,
        own: &OwnFiles,
        counts_branches: bool,
    ) -> Result<Coverage, Unavailable> {
        let Some(first) = coverage.files.first().map(|file| file.file.clone()) else {
            return Ok(coverage);
        };
        let coverage = own.coverage(coverage, counts_branches);
        if !coverage.files.is_empty() {
            return Ok(coverage);
        }
        let reason = Reason::new(
            ReasonCode::ReportEmpty,
            format!(
                "the coverage report of {} names no file below {}, where the component's sources are; the first that it names is {first}",
                self.name,
                own.sources()
            ),
        );
        Err(Unavailable::NoData(reason.remedy(
            "let the command measure the component's sources, and name files by paths that begin in the workspace or in its working directory",
        )))
    }

    fn read_report(
        &self,
        file: &Path,
        format: Format,
        printed: &Printed,
    ) -> Result<EvidenceData, Unavailable> {
        if !file.is_file() {
            return Err(if printed.status == 0 {
                Unavailable::NoData(Reason::new(
                    ReasonCode::ReportMissing,
                    format!(
                        "{} ended with exit status 0 but wrote no report at {}",
                        self.name,
                        file.display()
                    ),
                ))
            } else {
                printed.crashed(&self.name, "and wrote no report")
            });
        }
        read_file(file)
            .and_then(|bytes| format.read(&bytes, &self.paths))
            .map_err(|error| unreadable(&self.name, &error))
    }
}
