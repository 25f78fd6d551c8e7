//! ruff, the type checker, detect-secrets and bandit: commands and how their output is read.

use super::super::{CommandTool, Printed, tool::unreadable};
use super::Setup;
use super::environment::{Located, checker_name};
use crate::config::TypeChecker;
use crate::formats::{Format, FormatError, PathBase, new_secrets, read_file};
use crate::model::{
    EvidenceData, EvidenceKind, FindingSet, Reason, ReasonCode, Severity, Unavailable, last_words,
};
use crate::process::CommandLine;
use std::{fs, path::PathBuf, sync::Arc};

/// A tool that gives one kind of evidence.
fn single(
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

/// `ruff check`: 0 nothing found, 1 something found, 2 its own failure.
/// <https://docs.astral.sh/ruff/linter/#exit-codes>
pub(super) fn ruff_check(setup: &Setup<'_>, located: &Located) -> CommandTool {
    let paths = setup.paths.clone();
    let command = setup
        .command(located)
        .args(["check", "--no-fix", "--no-cache", "--output-format=json"])
        .args(setup.project.judged_paths());
    single(EvidenceKind::Lint, command, Vec::new(), move |printed| {
        expect_status(printed, "ruff check", &[0, 1])?;
        let found = read_output(printed, "ruff check", Format::RuffCheck, &paths)?;
        let found = agreeing(printed, "ruff check", found)?;
        Ok(if found_no_file(printed) {
            nothing_inspected()
        } else {
            found
        })
    })
}

/// `ruff format --check`: 0 formatted, 1 would change files, 2 its own failure.
/// <https://docs.astral.sh/ruff/formatter/#exit-codes>
pub(super) fn ruff_format(setup: &Setup<'_>, located: &Located) -> CommandTool {
    let paths = setup.paths.clone();
    let command = setup
        .command(located)
        // The report as JSON needs the preview mode, which has another style than the project's.
        .args(["format", "--check", "--no-cache"])
        .args(setup.project.judged_paths());
    single(EvidenceKind::Format, command, Vec::new(), move |printed| {
        if printed.status == 0 && found_no_file(printed) {
            return Ok(nothing_inspected());
        }
        expect_status(printed, "ruff format", &[0, 1, 2])?;
        let found = read_output(printed, "ruff format", Format::RuffFormat, &paths);
        match found {
            // What cannot be parsed is a finding like any other, though ruff then ends with 2.
            Ok(EvidenceData::Findings(set)) if printed.status != 2 || has_syntax_error(&set) => {
                agreeing(printed, "ruff format", EvidenceData::Findings(set))
            }
            Err(error) if printed.status != 2 => Err(error),
            _ => Err(printed.crashed("ruff format", "its own failure")),
        }
    })
}

fn has_syntax_error(set: &FindingSet) -> bool {
    set.findings
        .iter()
        .any(|finding| finding.rule == "invalid-syntax")
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
    let paths = setup.paths.clone();
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
            agreeing(printed, "bandit", found)
        },
    )
}

/// detect-secrets against the project's baseline.
///
/// `scan --baseline` rewrites the baseline that it is given, so it gets a copy; what the copy has
/// more than the baseline is new. The baseline's own settings and filters hold.
pub(super) fn detect_secrets(
    setup: &Setup<'_>,
    located: &Located,
) -> Result<CommandTool, FormatError> {
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
    let copy = setup.run_folder.join("secrets.baseline");
    if let Some(known) = &known {
        fs::write(&copy, known).map_err(|source| FormatError::Unreadable {
            path: copy.clone(),
            source,
        })?;
        command = command.arg("--baseline").arg(copy.to_string_lossy());
    }
    let command = command.args(project.all_paths(&folder));
    // It writes the copy anew, whatever it finds.
    let reports = known.iter().map(|_| copy.clone()).collect();
    Ok(single(
        EvidenceKind::Secrets,
        command,
        reports,
        move |printed| {
            expect_status(printed, "detect-secrets", &[0])?;
            let found = match &known {
                None => new_secrets(printed.report("detect-secrets")?, None, &paths),
                Some(known) => {
                    read_file(&copy).and_then(|scan| new_secrets(&scan, Some(known), &paths))
                }
            };
            found
                .map(EvidenceData::Findings)
                .map_err(|error| unreadable("detect-secrets", &error))
        },
    ))
}

fn expect_status(printed: &Printed, tool: &str, expected: &[i32]) -> Result<(), Unavailable> {
    if expected.contains(&printed.status) {
        Ok(())
    } else {
        Err(printed.crashed(tool, "its own failure"))
    }
}

/// What a tool found, where its exit status says the same: else one of the two is not its own, or not
/// the whole of it.
fn agreeing(
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

fn read_output(
    printed: &Printed,
    tool: &str,
    format: Format,
    paths: &PathBase,
) -> Result<EvidenceData, Unavailable> {
    format
        .read(printed.report(tool)?, paths)
        .map_err(|error| unreadable(tool, &error))
}

/// ruff says on standard error that it found no file to look at.
fn found_no_file(printed: &Printed) -> bool {
    printed.stderr.contains("No Python files found")
}

fn nothing_inspected() -> EvidenceData {
    EvidenceData::Findings(FindingSet {
        findings: Vec::new(),
        inspected: Some(0),
    })
}
