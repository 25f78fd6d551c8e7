//! The `command` toolchain: commands of the user's own, each read through the report it writes.

use super::tool::unreadable;
use super::{Action, CommandTool, Fix, Preparation, Prepared, Printed, Readings, Tool, Toolchain};
use crate::config::{CommandPolicy, ReportFormat, ReportPolicy};
use crate::formats::{Format, PathBase, read_file};
use crate::model::{
    EvidenceData, EvidenceKind, ExitStatusFact, Reason, ReasonCode, Stage, Unavailable,
};
use crate::process::CommandLine;
use std::{
    collections::BTreeMap,
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
};

/// Commands of the user's own.
pub(super) struct Commands {
    commands: Vec<CommandPolicy>,
}

impl Commands {
    /// A toolchain of these commands.
    #[must_use]
    pub(super) const fn new(commands: Vec<CommandPolicy>) -> Self {
        Self { commands }
    }
}

impl Toolchain for Commands {
    fn prepare<'a>(
        &'a self,
        preparation: &'a Preparation,
    ) -> Pin<Box<dyn Future<Output = Prepared> + Send + 'a>> {
        Box::pin(std::future::ready(prepare(&self.commands, preparation)))
    }
}

fn prepare(commands: &[CommandPolicy], preparation: &Preparation) -> Prepared {
    let mut prepared = Prepared {
        tools: Vec::new(),
        environment: "the commands of the configuration".to_owned(),
        versions: BTreeMap::new(),
        problems: Vec::new(),
        notes: Vec::new(),
        fixes: Vec::new(),
    };
    for policy in commands {
        let evidence: Vec<EvidenceKind> = parts(policy)
            .flat_map(|(kinds, _)| kinds.iter().copied())
            .collect();
        if !evidence
            .iter()
            .any(|kind| preparation.needed.contains(kind))
        {
            continue;
        }
        let places = Places::new(policy, preparation);
        let program = places.filled(policy.command.first().map_or("", String::as_str));
        // With a folder that is not there, or a path of its own, starting it tells better.
        let is_missing = places.folder.is_dir()
            && !policy.env.contains_key("PATH")
            && preparation
                .processes
                .environment()
                .find_program(&program, &places.folder)
                .is_none();
        let action = if is_missing {
            let reason = Reason::new(
                ReasonCode::ToolMissing,
                format!(
                    "the program {program:?} of command {} is not there ({})",
                    policy.name, policy.rule
                ),
            )
            .remedy("install it, or correct the command in the configuration");
            prepared.problems.push(reason.clone());
            Action::Unavailable(Unavailable::Errored(reason))
        } else {
            Action::Command(places.tool(policy))
        };
        if let Some(fix) = &policy.fix {
            prepared.fixes.push(Fix {
                tool: policy.name.clone(),
                command: places.command(fix, policy),
                accepted: &[0],
            });
        }
        prepared.tools.push(Tool {
            name: policy.name.clone(),
            version: None,
            stage: stage(&evidence),
            evidence,
            weight: 50,
            action,
        });
    }
    prepared
}

/// Each report of a command with the evidence in it.
fn parts(policy: &CommandPolicy) -> impl Iterator<Item = (&Vec<EvidenceKind>, &ReportPolicy)> {
    let further = policy.also.iter();
    std::iter::once((&policy.evidence, &policy.report))
        .chain(further.map(|further| (&further.evidence, &further.report)))
}

/// The stage that first needs a command's evidence.
fn stage(evidence: &[EvidenceKind]) -> Stage {
    let is_test =
        |kind: &EvidenceKind| matches!(kind, EvidenceKind::Tests | EvidenceKind::Coverage);
    if evidence.iter().any(is_test) {
        Stage::Testing
    } else {
        Stage::Refactoring
    }
}

/// What the placeholders of one command stand for.
struct Places {
    component: String,
    path: String,
    report: PathBuf,
    workspace: PathBuf,
    folder: PathBuf,
    paths: PathBase,
}

impl Places {
    fn new(policy: &CommandPolicy, preparation: &Preparation) -> Self {
        let folder = match &policy.working_directory {
            Some(folder) => preparation.workspace.join(folder),
            None => preparation.workspace.clone(),
        };
        Self {
            component: preparation.component.name.to_string(),
            path: preparation.component.path.to_string_lossy().into_owned(),
            // Names of commands are checked when the configuration is loaded.
            report: preparation
                .run_folder
                .join(format!("{}.report", policy.name)),
            paths: PathBase::new(&preparation.workspace).in_folder(&folder),
            workspace: preparation.workspace.clone(),
            folder,
        }
    }

    fn filled(&self, text: &str) -> String {
        text.replace("{component}", &self.component)
            .replace("{path}", &self.path)
            .replace("{report}", &self.report.to_string_lossy())
    }

    fn command(&self, words: &[String], policy: &CommandPolicy) -> CommandLine {
        let mut words = words.iter().map(|word| self.filled(word));
        let mut command =
            CommandLine::new(words.next().unwrap_or_default(), &self.folder).args(words);
        for (name, value) in &policy.env {
            command = command.env(name, self.filled(value));
        }
        command
    }

    fn tool(&self, policy: &CommandPolicy) -> CommandTool {
        let readers: Vec<Reader> = parts(policy)
            .map(|(evidence, report)| Reader {
                name: policy.name.clone(),
                format: report.format,
                evidence: evidence.clone(),
                // Relative to the workspace, also when the command runs in a folder below it.
                report: report
                    .path
                    .as_deref()
                    .map(|path| self.workspace.join(self.filled(path))),
                paths: self.paths.clone(),
            })
            .collect();
        CommandTool {
            command: self.command(&policy.command, policy),
            reports: readers
                .iter()
                .filter_map(|reader| reader.report.clone())
                .collect(),
            read: Arc::new(move |printed| read(&readers, printed)),
            rerun_failed: None,
        }
    }
}

/// Reads all reports of a command.
///
/// A command that ends with a failure while its reports show none has something to say that they do
/// not: then they are no evidence.
fn read(readers: &[Reader], printed: &Printed) -> Readings {
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
        EvidenceData::ExitStatus(_) => true,
        _ => false,
    }
}

/// Reads one report of a command.
struct Reader {
    name: String,
    format: ReportFormat,
    evidence: Vec<EvidenceKind>,
    report: Option<PathBuf>,
    paths: PathBase,
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
        };
        match &self.report {
            Some(file) => self.read_report(file, format, printed),
            None => format
                .read(printed.report(&self.name)?, &self.paths)
                .map_err(|error| unreadable(&self.name, &error)),
        }
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
