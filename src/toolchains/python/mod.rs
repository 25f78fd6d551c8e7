//! The Python toolchain: pytest with coverage, ruff, a type checker, detect-secrets, bandit, and
//! what the sources say about themselves.

mod analysis;
mod coverage;
mod environment;
mod project;
mod pytest;
mod ruff;
mod scanners;
mod secrets;
mod selection;
mod sources;
mod tool_list;

use super::{
    Action, Fix, Preparation, Prepared, SuiteOrder, Tool, Toolchain, command, own_files::OwnFiles,
};
use crate::config::PythonPolicy;
use crate::formats::PathBase;
use crate::model::EvidenceKind;
use crate::process::CommandLine;
use std::{
    collections::BTreeMap,
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
};

/// The Python toolchain with what the configuration sets differently.
pub(super) struct Python {
    policy: PythonPolicy,
}

impl Python {
    /// The toolchain with these settings.
    #[must_use]
    pub(super) const fn new(policy: PythonPolicy) -> Self {
        Self { policy }
    }
}

impl Toolchain for Python {
    fn prepare<'a>(
        &'a self,
        preparation: &'a Preparation,
    ) -> Pin<Box<dyn Future<Output = Prepared> + Send + 'a>> {
        Box::pin(async {
            let mut prepared = prepare(&self.policy, preparation).await;
            command::add(&self.policy.commands, preparation, &mut prepared);
            prepared
        })
    }

    fn suite<'a>(
        &'a self,
        preparation: &'a Preparation,
        order: &'a SuiteOrder,
    ) -> Pin<Box<dyn Future<Output = Tool> + Send + 'a>> {
        Box::pin(suite(&self.policy, preparation, order))
    }
}

/// pytest for the tests of a suite.
async fn suite(policy: &PythonPolicy, preparation: &Preparation, order: &SuiteOrder) -> Tool {
    let project = project::Project::find(preparation, policy);
    let environment = match environment::provide(&project, policy, preparation).await {
        Ok((environment, _)) => environment,
        Err(reason) => return order.unavailable(reason),
    };
    let setup = Setup::new(&project, &environment, policy, preparation);
    match environment.locate("pytest") {
        Some(located) => {
            let tests = selection::Selection::of_suite(&setup, preparation, order);
            let tool = pytest::tool(&setup, &located, &tests);
            order.tool(located.version, Action::Command(tool))
        }
        None => order.unavailable(tool_list::not_installed("pytest", &environment)),
    }
}

async fn prepare(policy: &PythonPolicy, preparation: &Preparation) -> Prepared {
    let project = project::Project::find(preparation, policy);
    let found = environment::provide(&project, policy, preparation).await;
    let (environment, mut notes) = match found {
        Ok(found) => found,
        Err(reason) => {
            let mut tools = tool_list::without_environment(&project, preparation, &reason);
            tools.extend(analysis::tools(preparation));
            return Prepared {
                tools,
                environment: "none".to_owned(),
                versions: BTreeMap::new(),
                problems: vec![reason],
                warnings: Vec::new(),
                notes: Vec::new(),
                fixes: Vec::new(),
            };
        }
    };
    let setup = Setup::new(&project, &environment, policy, preparation);
    let list = tool_list::tools(&setup, preparation);
    let mut tools = list.tools;
    tools.extend(analysis::tools(preparation));
    notes.extend(list.notes);
    Prepared {
        versions: environment.versions(&list.names),
        environment: environment.description.clone(),
        problems: list.problems,
        warnings: environment.unusable.clone(),
        fixes: fixes(&setup, preparation),
        tools,
        notes,
    }
}

/// What every tool of a component is set up from.
struct Setup<'a> {
    project: &'a project::Project,
    environment: &'a environment::Environment,
    policy: &'a PythonPolicy,
    /// Turns what tools say about files into paths of the workspace.
    paths: PathBase,
    /// The repository's root, absolute.
    workspace: &'a Path,
    /// Which files of a report are the component's own.
    own: OwnFiles,
    /// The component's own files that are there.
    sources: sources::SourceFiles,
    /// The run's own folder for reports, absolute.
    run_folder: &'a Path,
}

impl<'a> Setup<'a> {
    fn new(
        project: &'a project::Project,
        environment: &'a environment::Environment,
        policy: &'a PythonPolicy,
        preparation: &'a Preparation,
    ) -> Self {
        let paths = PathBase::new(&preparation.workspace).in_folder(&project.root);
        let tests = project.tests.iter().map(PathBuf::as_path);
        let own = OwnFiles::new(&project.sources, tests, &paths, is_named_as_test);
        Self {
            project,
            environment,
            policy,
            workspace: &preparation.workspace,
            paths,
            sources: sources::SourceFiles::find(preparation, &own),
            own,
            run_folder: &preparation.run_folder,
        }
    }

    /// The beginning of the command of a located tool that imports the project.
    fn importing_command(&self, located: &environment::Located) -> CommandLine {
        self.environment.importing_command(located, self.project)
    }

    /// The beginning of the command of any other located tool.
    fn command(&self, located: &environment::Located) -> CommandLine {
        self.environment.command(located, self.project)
    }
}

/// Where tests lie among the sources, their names tell them, as pytest has it.
fn is_named_as_test(name: &str) -> bool {
    name == "conftest.py" || name.starts_with("test_") || name.ends_with("_test.py")
}

/// ruff's own fixes: what the linter can mend safely, then the format.
fn fixes(setup: &Setup<'_>, preparation: &Preparation) -> Vec<Fix> {
    let needs = |kind| preparation.needed.contains(&kind);
    let Some(located) = setup.environment.locate("ruff") else {
        return Vec::new();
    };
    let fix = |arguments: &[&str]| Fix {
        tool: "ruff".to_owned(),
        command: setup
            .command(&located)
            .args(arguments.iter().copied())
            .args(setup.project.judged_paths()),
    };
    let mut fixes = Vec::new();
    if needs(EvidenceKind::Lint) {
        fixes.push(fix(&["check", "--fix", "--no-cache", "--quiet"]));
    }
    if needs(EvidenceKind::Format) {
        fixes.push(fix(&["format", "--no-cache", "--quiet"]));
    }
    fixes
}
