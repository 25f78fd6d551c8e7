//! The type checker and bandit: commands and how their output is read.

use super::super::{CommandTool, Printed, tool::unreadable};
use super::Setup;
use super::environment::{Located, checker_name};
use crate::config::TypeChecker;
use crate::formats::{Format, PathBase, read_file};
use crate::model::{
    EvidenceData, EvidenceKind, Reason, ReasonCode, Severity, Unavailable, last_words,
};
use crate::process::CommandLine;
use std::{path::PathBuf, sync::Arc};

/// A tool that gives one kind of evidence.
pub(super) fn single(
    kind: EvidenceKind,
    command: CommandLine,
    reports: Vec<PathBuf>,
    read: impl Fn(&Printed) -> Result<EvidenceData, Unavailable> + Send + Sync + 'static,
) -> CommandTool {
    CommandTool {
        command,
        reports,
        read: Arc::new(move |printed| vec![(kind, read(printed))]),
        rerun_failed: None,
    }
}

/// The project's type checker on the component's sources.
pub(super) fn type_checker(setup: &Setup<'_>, located: &Located) -> CommandTool {
    let checker = setup.project.type_checker;
    let name = checker_name(checker);
    let command = setup.command(located);
    let interpreter = setup.environment.interpreter();
    let paths = setup.paths.clone();
    let command = match checker {
        TypeChecker::Pyright | TypeChecker::Basedpyright => command
            .arg("--outputjson")
            .arg("--pythonpath")
            .arg(interpreter.to_string_lossy())
            // Keeps the wrapper from looking for a newer version on the network.
            .env("PYRIGHT_PYTHON_IGNORE_WARNINGS", "1"),
        TypeChecker::Mypy => command
            .args(["--output=json", "--no-error-summary"])
            .arg(format!("--python-executable={}", interpreter.display()))
            .arg(format!(
                "--cache-dir={}",
                setup.run_folder.join("mypy_cache").display()
            )),
    };
    let command = command.args(setup.project.python_paths());
    single(EvidenceKind::Types, command, Vec::new(), move |printed| {
        // Both end with 1 when they found errors and with more when they failed themselves.
        expect_status(printed, name, &[0, 1])?;
        let format = match checker {
            TypeChecker::Pyright | TypeChecker::Basedpyright => Format::Pyright,
            TypeChecker::Mypy => Format::Mypy,
        };
        agreeing(printed, name, read_output(printed, name, format, &paths)?)
    })
}

/// bandit: 0 nothing found, 1 something found, 2 wrong usage.
pub(super) fn bandit(setup: &Setup<'_>, located: &Located) -> CommandTool {
    let project = setup.project;
    let report = setup.run_folder.join("bandit.json");
    let (paths, sources) = (setup.paths.clone(), setup.sources.clone());
    let mut command = setup
        .command(located)
        .args(["--quiet", "--format", "json", "--output"])
        .arg(report.to_string_lossy())
        .arg("--recursive");
    if project.tool_settings("bandit").is_some() {
        let settings = project.root.join("pyproject.toml");
        command = command.arg("--configfile").arg(settings.to_string_lossy());
    }
    let command = command.args(project.python_paths());
    single(
        EvidenceKind::Vulnerabilities,
        command,
        vec![report.clone()],
        move |printed| {
            expect_status(printed, "bandit", &[0, 1])?;
            if !report.is_file() {
                return Err(without_report(printed, "bandit"));
            }
            let found = read_file(&report)
                .and_then(|bytes| Format::Bandit.read(&bytes, &paths))
                .map_err(|error| unreadable("bandit", &error))?;
            let mut found = agreeing(printed, "bandit", found)?;
            if let EvidenceData::Findings(set) = &mut found {
                let files = set.looked_at.iter().flatten().cloned().collect();
                let settings = "exclude_dirs in bandit's settings";
                set.notes
                    .extend(sources.compare("bandit", &files, settings)?);
            }
            Ok(found)
        },
    )
}

pub(super) fn expect_status(
    printed: &Printed,
    tool: &str,
    expected: &[i32],
) -> Result<(), Unavailable> {
    if expected.contains(&printed.status) {
        Ok(())
    } else {
        Err(printed.crashed(tool, "its own failure"))
    }
}

/// What a tool found, where its exit status says the same: else one of the two is not its own, or not
/// the whole of it.
pub(super) fn agreeing(
    printed: &Printed,
    tool: &str,
    found: EvidenceData,
) -> Result<EvidenceData, Unavailable> {
    let has = |is: fn(Severity) -> bool| match &found {
        EvidenceData::Findings(set) => set.findings.iter().any(|finding| is(finding.severity)),
        _ => false,
    };
    if printed.status != 0 && !has(|severity| severity != Severity::Note) {
        return Err(printed.crashed(tool, "although its report shows nothing wrong"));
    }
    if printed.status == 0 && has(|severity| severity == Severity::Error) {
        return Err(Unavailable::Errored(Reason::new(
            ReasonCode::ReportUnreadable,
            format!("{tool} ended with exit status 0, but its report shows errors"),
        )));
    }
    Ok(found)
}

fn without_report(printed: &Printed, tool: &str) -> Unavailable {
    match printed.status {
        0 => Unavailable::NoData(Reason::new(
            ReasonCode::ReportMissing,
            format!(
                "{tool} ended with exit status 0 and wrote no report; {}",
                last_words(&printed.tail)
            ),
        )),
        _ => printed.crashed(tool, "without its report"),
    }
}

pub(super) fn read_output(
    printed: &Printed,
    tool: &str,
    format: Format,
    paths: &PathBase,
) -> Result<EvidenceData, Unavailable> {
    format
        .read(printed.report(tool)?, paths)
        .map_err(|error| unreadable(tool, &error))
}
