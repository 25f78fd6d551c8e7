//! `toolchains`: names and commands.

use super::{Findings, names, paths};
use crate::{
    config::{
        ReportFormat,
        problem::{closest, shown},
        raw::{Command, Config, PythonToolchain, Toolchain},
        settings::escaped,
    },
    model::EvidenceKind,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands for something else in a command.
const PLACEHOLDERS: [&str; 3] = ["component", "path", "report"];

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
            Toolchain::Python(python) => check_python(&block, python, findings),
            Toolchain::Command(toolchain) => {
                let mut names = BTreeSet::new();
                for (index, command) in toolchain.commands.iter().enumerate() {
                    let block = format!("{block}/commands/{index}");
                    if !names.insert(command.name.as_str()) {
                        findings.value(
                            format!("{block}/name"),
                            format!("there is already a command `{}`", shown(&command.name)),
                            Some("give each command of a toolchain its own name".to_owned()),
                        );
                    }
                    check_command(&block, command, findings);
                }
            }
        }
    }
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

fn check_command(block: &str, command: &Command, findings: &mut Findings) {
    words(&format!("{block}/command"), &command.command, findings);
    if let Some(fix) = &command.fix {
        words(&format!("{block}/fix"), fix, findings);
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
    reports(block, command, findings);
    for (name, value) in &command.env {
        let pointer = format!("{block}/env/{}", escaped(name));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || !name.chars().all(is_plain)
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            findings.key(
                &pointer,
                format!(
                    "`{}` is not the name of an environment variable",
                    shown(name)
                ),
                Some("a name has letters, digits and `_`, and begins with no digit".to_owned()),
            );
        }
        placeholders(&pointer, value, findings);
    }
    if let Some(folder) = &command.working_directory {
        paths::check(format!("{block}/working_directory"), folder, findings);
    }
}

fn words(pointer: &str, words: &[String], findings: &mut Findings) {
    if words
        .first()
        .is_some_and(|program| program.trim().is_empty())
    {
        findings.value(
            format!("{pointer}/0"),
            "the command has no program".to_owned(),
            None,
        );
    }
    for (index, word) in words.iter().enumerate() {
        placeholders(&format!("{pointer}/{index}"), word, findings);
    }
}

/// Only `{word}` is meant as a placeholder; other braces belong to the command.
fn placeholders(pointer: &str, text: &str, findings: &mut Findings) {
    if text.contains('\0') {
        findings.value(
            pointer,
            "the text has a NUL character, which no command can have".to_owned(),
            None,
        );
    }
    for part in text.split('{').skip(1) {
        let Some((word, _)) = part.split_once('}') else {
            continue;
        };
        let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
        if is_word && !PLACEHOLDERS.contains(&word) {
            let meant =
                closest(word, PLACEHOLDERS).map(|meant| format!("did you mean `{{{meant}}}`?"));
            findings.value(
                pointer,
                format!("unknown placeholder `{{{}}}`", shown(word)),
                meant.or(Some(
                    "known here: `{component}`, `{path}`, `{report}`".to_owned(),
                )),
            );
        }
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
        ReportFormat::ExitStatus => "exit_status",
    }
}

/// A report that nobody writes, or that is written and never read, would be found missing only
/// after the tools have run.
fn reports(block: &str, command: &Command, findings: &mut Findings) {
    const REPORT: &str = "{report}";
    let texts = || command.command.iter().chain(command.env.values());
    let is_written = texts().any(|text| text.contains(REPORT));
    let mut is_read = false;
    let mut paths_read = BTreeSet::new();
    let first = std::iter::once((block.to_owned(), &command.report));
    let further = (0..).zip(&command.also).map(|(index, further)| {
        let index: usize = index;
        (format!("{block}/also/{index}"), &further.report)
    });
    for (block, report) in first.chain(further) {
        let Some(path) = report.path.as_deref() else {
            continue;
        };
        let pointer = format!("{block}/report/path");
        placeholders(&pointer, path, findings);
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
