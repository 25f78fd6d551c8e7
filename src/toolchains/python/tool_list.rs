//! Which tools a run needs, and what is said of those that are missing.

use super::super::{Action, Preparation, Tool};
use super::environment::{Environment, Located, checker_name};
use super::project::Project;
use super::selection::Selection;
use super::{Setup, pytest, ruff, scanners, secrets};
use crate::model::{EvidenceKind, Reason, ReasonCode, Stage, Unavailable};

/// The tools, and what should be known of them.
pub(super) struct ToolList {
    pub(super) tools: Vec<Tool>,
    /// The programs by name.
    pub(super) names: Vec<&'static str>,
    pub(super) problems: Vec<Reason>,
    pub(super) notes: Vec<String>,
}

/// One tool before it is known whether it is there: name in the run, program, stage, kinds, and how
/// long it takes compared with the others.
struct Wanted {
    name: &'static str,
    program: &'static str,
    stage: Stage,
    evidence: &'static [EvidenceKind],
    weight: u64,
}

fn wanted(project: &Project, preparation: &Preparation) -> Vec<Wanted> {
    let checker = checker_name(project.type_checker);
    let tool = |name, program, stage, evidence, weight| Wanted {
        name,
        program,
        stage,
        evidence,
        weight,
    };
    [
        tool(
            "pytest",
            "pytest",
            Stage::Testing,
            &[EvidenceKind::Tests, EvidenceKind::Coverage][..],
            90,
        ),
        tool(
            checker,
            checker,
            Stage::Refactoring,
            &[EvidenceKind::Types],
            100,
        ),
        tool(
            "detect-secrets",
            "detect-secrets",
            Stage::Refactoring,
            &[EvidenceKind::Secrets],
            60,
        ),
        tool(
            "bandit",
            "bandit",
            Stage::Refactoring,
            &[EvidenceKind::Vulnerabilities],
            50,
        ),
        tool(
            "ruff check",
            "ruff",
            Stage::Refactoring,
            &[EvidenceKind::Lint],
            10,
        ),
        tool(
            "ruff format",
            "ruff",
            Stage::Refactoring,
            &[EvidenceKind::Format],
            10,
        ),
    ]
    .into_iter()
    .filter(|tool| {
        tool.evidence
            .iter()
            .any(|kind| preparation.needed.contains(kind))
    })
    .collect()
}

/// The tools that the run needs.
pub(super) fn tools(setup: &Setup<'_>, preparation: &Preparation) -> ToolList {
    let mut list = ToolList {
        tools: Vec::new(),
        names: Vec::new(),
        problems: Vec::new(),
        notes: Vec::new(),
    };
    for wanted in wanted(setup.project, preparation) {
        list.names.push(wanted.program);
        let (version, action) = match setup.environment.locate(wanted.program) {
            Some(located) => {
                let action = action(&wanted, &located, setup, preparation);
                (located.version, action)
            }
            None => {
                let reason = not_installed(wanted.program, setup.environment);
                if !list.problems.contains(&reason) {
                    list.problems.push(reason.clone());
                }
                (None, Action::Unavailable(Unavailable::Errored(reason)))
            }
        };
        list.tools.push(wanted.tool(version, action));
    }
    if preparation.needed.contains(&EvidenceKind::Secrets)
        && setup.project.secrets_baseline.is_none()
    {
        list.notes.push(
            "no .secrets.baseline: every secret that detect-secrets finds counts as new".to_owned(),
        );
    }
    list
}

fn action(
    wanted: &Wanted,
    located: &Located,
    setup: &Setup<'_>,
    preparation: &Preparation,
) -> Action {
    Action::Command(match wanted.name {
        "pytest" => {
            let tests = Selection::of_component(setup, preparation);
            if tests.tests.is_empty() {
                return Action::Unavailable(Unavailable::NoData(no_tests(setup, preparation)));
            }
            pytest::tool(setup, located, &tests)
        }
        "ruff check" => ruff::check(setup, located),
        "ruff format" => ruff::format(setup, located),
        "bandit" => scanners::bandit(setup, located),
        "detect-secrets" => match secrets::tool(setup, located) {
            Ok(tool) => tool,
            Err(error) => {
                let baseline = setup.project.secrets_baseline.as_deref();
                let (code, remedy) = if baseline.is_some_and(std::path::Path::is_file) {
                    let remedy = "mend the baseline, or make it anew with detect-secrets scan";
                    (ReasonCode::ReportUnreadable, remedy)
                } else {
                    let remedy = "correct toolchains.python.secrets_baseline";
                    (ReasonCode::BaselineMissing, remedy)
                };
                let message = format!("the baseline of known secrets cannot be read: {error}");
                return Action::Unavailable(Unavailable::Errored(
                    Reason::new(code, message).remedy(remedy),
                ));
            }
        },
        _ => scanners::type_checker(setup, located),
    })
}

/// What is left when there is no environment: every tool says why.
pub(super) fn without_environment(
    project: &Project,
    preparation: &Preparation,
    reason: &Reason,
) -> Vec<Tool> {
    wanted(project, preparation)
        .iter()
        .map(|wanted| {
            wanted.tool(
                None,
                Action::Unavailable(Unavailable::Errored(reason.clone())),
            )
        })
        .collect()
}

impl Wanted {
    fn tool(&self, version: Option<String>, action: Action) -> Tool {
        Tool {
            name: self.name.to_owned(),
            version,
            stage: self.stage,
            evidence: self.evidence.to_vec(),
            weight: self.weight,
            limits: None,
            action,
        }
    }
}

/// Says that a program is missing.
pub(super) fn not_installed(program: &str, environment: &Environment) -> Reason {
    Reason::new(
        ReasonCode::ToolMissing,
        format!(
            "{program} is not installed in the {}",
            environment.description
        ),
    )
    .remedy(format!(
        "install {program} there, or let stages.dependency_check.install: true bring it"
    ))
}

fn no_tests(setup: &Setup<'_>, preparation: &Preparation) -> Reason {
    let name = &preparation.component.name;
    if !setup.project.tests.is_empty() {
        return Reason::new(
            ReasonCode::NoTestsCollected,
            format!(
                "all tests of component {name} belong to suites, which run against an environment"
            ),
        )
        .remedy(format!(
            "add tests that need none, or correct suites or components.{name}.tests"
        ));
    }
    Reason::new(
        ReasonCode::NoTestsCollected,
        format!("component {name} has no tests: looked for tests/{name}/, tests/test_{name}.py and tests/test_{name}_*.py"),
    )
    .remedy(format!("add tests there, or set components.{name}.tests"))
}
