//! The `command` toolchain: commands of the user's own, each read through the report it writes.

mod reader;

use super::own_files::OwnFiles;
use super::{Action, CommandTool, Fix, Preparation, Prepared, Rerun, SuiteOrder, Tool, Toolchain};
use crate::config::{CommandPolicy, ReportPolicy};
use crate::formats::PathBase;
use crate::model::{EvidenceKind, Reason, ReasonCode, Stage, Unavailable};
use crate::process::CommandLine;
use reader::{Reader, read};
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
        warnings: Vec::new(),
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
        let mut places = Places::new(policy, preparation, &preparation.run_folder);
        places.component_files = Some(component_files(preparation));
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

/// The component's own files. Of tests among the sources nothing but their place is known: names say
/// something else in every language.
fn component_files(preparation: &Preparation) -> OwnFiles {
    let component = &preparation.component;
    let absolute = |path: &PathBuf| preparation.workspace.join(path);
    let tests: Vec<PathBuf> = component.tests.iter().map(absolute).collect();
    OwnFiles::new(
        &absolute(&component.path),
        tests.iter().map(PathBuf::as_path),
        &PathBase::new(&preparation.workspace),
        |_| false,
    )
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
    /// What coverage is asked of; `None` when it is what the report says.
    component_files: Option<OwnFiles>,
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
            component_files: None,
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
        is_missing.then(|| {
            let file = self.folder.join(&program);
            let (is, remedy) = if program.contains('/') && file.is_file() {
                let remedy = format!("make it executable: chmod +x {}", file.display());
                ("may not be executed", remedy)
            } else {
                let remedy = "install it, or correct the command in the configuration";
                ("is not there", remedy.to_owned())
            };
            let message = format!(
                "the program {program:?} of command {} {is} ({})",
                policy.name, policy.rule
            );
            Reason::new(ReasonCode::ToolMissing, message).remedy(remedy)
        })
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
                component_files: self.component_files.clone(),
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
