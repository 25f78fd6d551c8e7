//! The `command` toolchain: commands of the user's own, each read through the report it writes.

use super::tool::unreadable;
use super::{
    Action, CommandTool, Fix, Preparation, Prepared, Printed, Readings, Rerun, SuiteOrder, Tool,
    Toolchain,
};
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

    fn suite<'a>(
        &'a self,
        preparation: &'a Preparation,
        order: &'a SuiteOrder,
    ) -> Pin<Box<dyn Future<Output = Tool> + Send + 'a>> {
        let reason = Reason::new(
            ReasonCode::NoEvidence,
            format!(
                "a toolchain of commands, as component {} has, cannot choose tests by folder or marker ({})",
                preparation.component.name, order.suite.rule
            ),
        )
        .remedy(format!(
            "set suites.{}.command and its report",
            order.suite.name.as_str()
        ));
        Box::pin(std::future::ready(order.unavailable(reason)))
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
    add(commands, preparation, &mut prepared);
    prepared
}

/// Adds the commands that give what is needed.
pub(super) fn add(commands: &[CommandPolicy], preparation: &Preparation, prepared: &mut Prepared) {
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
        let places = Places::new(policy, preparation, &preparation.run_folder);
        let action = match places.missing(policy, preparation) {
            Some(reason) => {
                prepared.problems.push(reason.clone());
                Action::Unavailable(Unavailable::Errored(reason))
            }
            None => Action::Command(places.tool(policy)),
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
            limits: None,
            action,
        });
    }
}

/// The tool of a suite that is a command. Tests that fail are told apart by running the command
/// again: those that pass then are flaky.
pub(super) fn suite(policy: &CommandPolicy, preparation: &Preparation, order: &SuiteOrder) -> Tool {
    /// What test tools end with when tests failed.
    const TESTS_FAILED: i32 = 1;
    let mut places = Places::new(policy, preparation, &order.folder);
    let from_env = [
        ("{url}", "SPEC2PROD_ENVIRONMENT_URL"),
        ("{environment}", "SPEC2PROD_ENVIRONMENT"),
        ("{version}", "SPEC2PROD_VERSION"),
    ];
    places.further = from_env
        .map(|(placeholder, name)| {
            let value = order.env.get(name).cloned();
            (placeholder, value.unwrap_or_default())
        })
        .to_vec();
    if let Some(reason) = places.missing(policy, preparation) {
        return order.unavailable(reason);
    }
    let mut tool = places.tool(policy);
    for (name, value) in &order.env {
        tool.command = tool.command.env(name, value);
    }
    tool.rerun_failed = Some(Arc::new(Rerun {
        tool: tool.clone(),
        after: TESTS_FAILED,
    }));
    order.tool(None, Action::Command(tool))
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
    /// Further placeholders with what they stand for.
    further: Vec<(&'static str, String)>,
}

impl Places {
    fn new(policy: &CommandPolicy, preparation: &Preparation, reports: &Path) -> Self {
        let folder = match &policy.working_directory {
            Some(folder) => preparation.workspace.join(folder),
            None => preparation.workspace.clone(),
        };
        Self {
            component: preparation.component.name.to_string(),
            path: preparation.component.path.to_string_lossy().into_owned(),
            // Names of commands are checked when the configuration is loaded.
            report: reports.join(format!("{}.report", policy.name)),
            paths: PathBase::new(&preparation.workspace).in_folder(&folder),
            workspace: preparation.workspace.clone(),
            folder,
            further: Vec::new(),
        }
    }

    /// Why the command cannot be started, where that is known beforehand.
    fn missing(&self, policy: &CommandPolicy, preparation: &Preparation) -> Option<Reason> {
        let program = self.filled(policy.command.first().map_or("", String::as_str));
        // With a folder that is not there, or a path of its own, starting it tells better.
        let is_missing = self.folder.is_dir()
            && !policy.env.contains_key("PATH")
            && preparation
                .processes
                .environment()
                .find_program(&program, &self.folder)
                .is_none();
        let reason = || {
            Reason::new(
                ReasonCode::ToolMissing,
                format!(
                    "the program {program:?} of command {} is not there ({})",
                    policy.name, policy.rule
                ),
            )
            .remedy("install it, or correct the command in the configuration")
        };
        is_missing.then(reason)
    }

    fn filled(&self, text: &str) -> String {
        let report = self.report.to_string_lossy();
        let own = [
            ("{component}", self.component.as_str()),
            ("{path}", self.path.as_str()),
            ("{report}", &*report),
        ];
        let further = self
            .further
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        own.into_iter()
            .chain(further)
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(name, value)
            })
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
        EvidenceData::Performance(run) => {
            let mut thresholds = run.thresholds.iter();
            thresholds.any(|threshold| threshold.holds == Some(false))
        }
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
            ReportFormat::PytestBenchmark => Format::PytestBenchmark,
            ReportFormat::Hyperfine => Format::Hyperfine,
            ReportFormat::Criterion => Format::Criterion,
            ReportFormat::K6 => Format::K6,
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
