//! `toolchains`: names and commands.

use super::{Findings, names, paths, words};
use crate::{
    config::{
        ReportFormat,
        problem::shown,
        raw::{Command, Config, PythonToolchain, Report, Toolchain},
        settings::escaped,
    },
    model::EvidenceKind,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

/// What stands for something else in a command.
const PLACEHOLDERS: [&str; 3] = ["component", "path", "report"];

/// A file of the run's own.
const REPORT: &str = "{report}";

/// The names of the Python toolchain's own tools.
const OF_PYTHON: [&str; 11] = [
    "bandit",
    "basedpyright",
    "detect-secrets",
    "document search",
    "instruction check",
    "mypy",
    "pyright",
    "pytest",
    "ruff check",
    "ruff format",
    "source analysis",
];

pub(super) fn check(config: &Config, file: &Value, findings: &mut Findings) {
    for name in names(file, "toolchains") {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || !name.chars().all(is_plain) || name.len() > 100 {
            findings.key(
                format!("/toolchains/{}", escaped(name)),
                format!("the toolchain name `{}` is not allowed", shown(name)),
                Some("a name has 1 to 100 letters, digits, `_` or `-`".to_owned()),
            );
        }
    }
    for (name, toolchain) in &config.toolchains.0 {
        let block = format!("/toolchains/{}", escaped(name));
        match toolchain {
            Toolchain::Python(python) => {
                check_python(&block, python, findings);
                reserved_names(&block, &python.commands, findings);
                check_commands(&block, &python.commands, findings);
            }
            Toolchain::Command(toolchain) => {
                check_commands(&block, &toolchain.commands, findings);
            }
        }
    }
}

/// What tools gave is kept by their names, so that no command can have that of one of Python's.
fn reserved_names(block: &str, commands: &[Command], findings: &mut Findings) {
    for (index, command) in commands.iter().enumerate() {
        if OF_PYTHON.contains(&command.name.as_str()) {
            findings.value(
                format!("{block}/commands/{index}/name"),
                format!("`{}` is a tool of Python's own", shown(&command.name)),
                Some("give the command another name".to_owned()),
            );
        }
    }
}

fn check_commands(block: &str, commands: &[Command], findings: &mut Findings) {
    let mut names = BTreeSet::new();
    for (index, command) in commands.iter().enumerate() {
        let block = format!("{block}/commands/{index}");
        if !names.insert(command.name.as_str()) {
            findings.value(
                format!("{block}/name"),
                format!("there is already a command `{}`", shown(&command.name)),
                Some("give each command of a toolchain its own name".to_owned()),
            );
        }
        check_command(&block, command, &PLACEHOLDERS, findings);
    }
    one_writer(block, commands, findings);
}

/// Commands run at the same time: of two that write the same file, each could be judged by what the
/// other wrote. What `{report}` stands for is another file for each.
fn one_writer(block: &str, commands: &[Command], findings: &mut Findings) {
    let mut writers: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (index, command) in commands.iter().enumerate() {
        let reports = reports_of(format!("{block}/commands/{index}"), command);
        for (block, report) in reports {
            let path = report.path.as_deref().unwrap_or(REPORT);
            if path.contains(REPORT) {
                continue;
            }
            let parts = Path::new(path).components();
            let parts = parts.filter(|part| *part != Component::CurDir);
            let first = *writers.entry(parts.collect()).or_insert(index);
            if first != index {
                findings.value(
                    format!("{block}/report/path"),
                    format!(
                        "`{}` is already the report of the command `{}`",
                        shown(path),
                        shown(&commands[first].name)
                    ),
                    Some(format!(
                        "give each command a file of its own, such as `{REPORT}`"
                    )),
                );
            }
        }
    }
}

/// The reports of a command, each with the block that it stands in.
fn reports_of(block: String, command: &Command) -> impl Iterator<Item = (String, &Report)> {
    let also = format!("{block}/also");
    let further = command.also.iter().enumerate();
    std::iter::once((block, &command.report))
        .chain(further.map(move |(index, further)| (format!("{also}/{index}"), &further.report)))
}

fn check_python(block: &str, python: &PythonToolchain, findings: &mut Findings) {
    for (index, path) in python.requirements.iter().flatten().enumerate() {
        paths::check(format!("{block}/requirements/{index}"), path, findings);
    }
    if let Some(path) = &python.secrets_baseline {
        paths::check(format!("{block}/secrets_baseline"), path, findings);
    }
    for (index, package) in python.packages.iter().enumerate() {
        if package.trim().is_empty() || package.trim_start().starts_with('-') {
            findings.value(
                format!("{block}/packages/{index}"),
                format!("`{}` is not a package", shown(package)),
                Some("write it as pip does: `requests>=2`".to_owned()),
            );
        }
    }
}

/// `known` are the placeholders that the command may have.
pub(super) fn check_command(
    block: &str,
    command: &Command,
    known: &[&str],
    findings: &mut Findings,
) {
    let words = [
        ("command", Some(&command.command)),
        ("fix", command.fix.as_ref()),
    ];
    for (key, words) in words {
        if let Some(words) = words {
            words::list(&format!("{block}/{key}"), words, known, findings);
        }
    }
    name(block, &command.name, findings);
    let mut seen = BTreeSet::new();
    evidence(
        block,
        &command.evidence,
        command.report.format,
        &mut seen,
        findings,
    );
    for (index, further) in command.also.iter().enumerate() {
        let block = format!("{block}/also/{index}");
        let format = further.report.format;
        if format == ReportFormat::ExitStatus || further.report.path.is_none() {
            findings.value(
                format!("{block}/report"),
                "further evidence needs a file to be read from".to_owned(),
                Some("set `format` to what the file holds, and `path`".to_owned()),
            );
        } else {
            evidence(&block, &further.evidence, format, &mut seen, findings);
        }
    }
    reports(block, command, known, findings);
    words::variables(&format!("{block}/env"), &command.env, known, findings);
    if let Some(folder) = &command.working_directory {
        paths::check(format!("{block}/working_directory"), folder, findings);
    }
}

/// Reports and logs are named after commands.
fn name(block: &str, name: &str, findings: &mut Findings) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    if name.starts_with(['.', ' ', '-']) || !name.chars().all(is_plain) {
        findings.value(
            format!("{block}/name"),
            format!("the command name `{}` is not allowed", shown(name)),
            Some(
                "a name has letters, digits, spaces, `_`, `-` or `.`, and begins with a letter or digit"
                    .to_owned(),
            ),
        );
    }
}

/// `seen` has the kinds that the command gives elsewhere.
fn evidence(
    block: &str,
    kinds: &[EvidenceKind],
    format: ReportFormat,
    seen: &mut BTreeSet<EvidenceKind>,
    findings: &mut Findings,
) {
    for (index, kind) in kinds.iter().enumerate() {
        let pointer = format!("{block}/evidence/{index}");
        if !seen.insert(*kind) {
            findings.value(
                pointer,
                format!("`{kind}` is already among the evidence of this command"),
                None,
            );
            continue;
        }
        let formats = formats(*kind);
        if formats.is_empty() {
            findings.value(
                pointer,
                format!("`{kind}` is read by spec2prod itself, no command gives it"),
                None,
            );
        } else if !formats.contains(&format) {
            let known: Vec<String> = formats
                .iter()
                .map(|format| format!("`{}`", format_name(*format)))
                .collect();
            findings.value(
                pointer,
                format!(
                    "a report of format `{}` says nothing about `{kind}`",
                    format_name(format)
                ),
                Some(format!("set `report.format` to {}", known.join(" or "))),
            );
            findings.within(block);
        }
    }
}

/// The report formats that a kind of evidence can be read from.
const fn formats(kind: EvidenceKind) -> &'static [ReportFormat] {
    match kind {
        EvidenceKind::Tests => &[ReportFormat::Junit, ReportFormat::ExitStatus],
        EvidenceKind::Coverage => &[
            ReportFormat::CoverageJson,
            ReportFormat::Lcov,
            ReportFormat::Cobertura,
        ],
        EvidenceKind::Lint
        | EvidenceKind::Format
        | EvidenceKind::Types
        | EvidenceKind::Secrets
        | EvidenceKind::Vulnerabilities => &[ReportFormat::Sarif, ReportFormat::ExitStatus],
        EvidenceKind::Performance => &[
            ReportFormat::PytestBenchmark,
            ReportFormat::Hyperfine,
            ReportFormat::Criterion,
            ReportFormat::K6,
        ],
        EvidenceKind::Source | EvidenceKind::Documents | EvidenceKind::Instructions => &[],
    }
}

const fn format_name(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Junit => "junit",
        ReportFormat::CoverageJson => "coverage_json",
        ReportFormat::Lcov => "lcov",
        ReportFormat::Cobertura => "cobertura",
        ReportFormat::Sarif => "sarif",
        ReportFormat::PytestBenchmark => "pytest_benchmark",
        ReportFormat::Hyperfine => "hyperfine",
        ReportFormat::Criterion => "criterion",
        ReportFormat::K6 => "k6",
        ReportFormat::ExitStatus => "exit_status",
    }
}

/// A report that nobody writes, or that is written and never read, would be found missing only
/// after the tools have run.
fn reports(block: &str, command: &Command, known: &[&str], findings: &mut Findings) {
    let texts = || command.command.iter().chain(command.env.values());
    let is_written = texts().any(|text| text.contains(REPORT));
    let mut is_read = false;
    let mut paths_read = BTreeSet::new();
    for (block, report) in reports_of(block.to_owned(), command) {
        let Some(path) = report.path.as_deref() else {
            continue;
        };
        let pointer = format!("{block}/report/path");
        words::placeholders(&pointer, path, known, findings);
        paths::check(&pointer, path, findings);
        is_read |= path.contains(REPORT);
        if !paths_read.insert(path) {
            findings.value(
                &pointer,
                format!("`{}` is already a report of this command", shown(path)),
                Some("give each report a file of its own, such as `{report}.lcov`".to_owned()),
            );
        }
        if report.format == ReportFormat::ExitStatus {
            findings.key(
                pointer,
                "an exit status has no file".to_owned(),
                Some("remove `path`, or set `format` to what the file holds".to_owned()),
            );
            findings.within(&block);
        } else if path.contains(REPORT) && !is_written {
            findings.value(
                pointer,
                format!("the report is read from `{REPORT}`, but the command does not write it"),
                Some(format!("use `{REPORT}` in `command`")),
            );
            findings.within(&block);
        }
    }
    if is_written && !is_read {
        findings.key(
            format!("{block}/command"),
            format!("the command writes `{REPORT}`, but the report is not read from it"),
            Some(format!("set `report.path` to \"{REPORT}\"")),
        );
        findings.within(block);
    }
}
