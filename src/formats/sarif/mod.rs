//! SARIF 2.1.0 → findings of all runs.
//!
//! Section numbers are those of
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>.

mod document;
mod severity;
mod uri;

#[cfg(test)]
mod tests;

use super::{
    Format, FormatError, PathBase, Place,
    findings::{Findings, Stated},
    json, text,
};
use crate::model::EvidenceData;
use document::{Descriptor, Invocation, Log, Message, Notification, Reference, Run, RunResult};
use std::{borrow::Cow, collections::HashMap, iter};

const FORMAT: Format = Format::Sarif;

/// Reads a log. Suppressed results, results of tests that passed and results that are gone since
/// the tool's own baseline are left out. Runs that looked for nothing (§3.14.23) inspected
/// nothing.
pub(super) fn read(text: &str, paths: &PathBase) -> Result<EvidenceData, FormatError> {
    let expected = "a SARIF log with `version` and `runs`";
    let log: Log<'_> = json::parse(FORMAT, text, expected)?;
    if !log.version.starts_with("2.1") {
        let place = Place::Path("version".to_owned());
        return Err(FormatError::unexpected(
            FORMAT,
            place,
            "2.1.0",
            &log.version,
        ));
    }
    let mut findings = Findings::new(FORMAT, paths);
    let mut has_looked = false;
    let mut own_errors = Vec::new();
    for (index, run) in log.runs.iter().enumerate() {
        check_success(run, index)?;
        check_whole(run, index)?;
        own_errors.extend(run.invocations.iter().flatten().flat_map(own_errors_of));
        has_looked |= run.results.is_some();
        let rules = rules_of(run);
        for (number, result) in run.results.iter().flatten().enumerate() {
            let place = || Place::Path(format!("runs[{index}].results[{number}]"));
            let rule = rule_of(run, &rules, result);
            read_result(run, result, rule, &mut findings, &place)?;
        }
    }
    let inspected = if has_looked { None } else { Some(0) };
    let mut findings = findings.finish(inspected);
    if let Some(first) = own_errors.first() {
        findings.notes.push(format!(
            "the tool may not have seen everything, errors of its own: {}, the first: {}",
            own_errors.len(),
            text::excerpt(&text_of(&first.message, None)),
        ));
    }
    Ok(EvidenceData::Findings(findings))
}

/// The errors of a tool's own run, which it ended all the same.
fn own_errors_of<'a>(invocation: &'a Invocation<'a>) -> impl Iterator<Item = &'a Notification<'a>> {
    let kinds = [
        &invocation.tool_execution_notifications,
        &invocation.tool_configuration_notifications,
    ];
    let all = kinds.into_iter().flatten().flatten();
    all.filter(|notification| notification.level.as_deref() == Some("error"))
}

/// Results in another file (§3.15.3) would be missed.
fn check_whole(run: &Run<'_>, index: usize) -> Result<(), FormatError> {
    let references = run.external_property_file_references.as_ref();
    let elsewhere = references.and_then(|references| references.results.as_ref());
    match elsewhere.map_or(0, Vec::len) {
        0 => Ok(()),
        files => Err(FormatError::unexpected(
            FORMAT,
            Place::Path(format!(
                "runs[{index}].externalPropertyFileReferences.results"
            )),
            "all results in the log itself",
            format!("references to other files: {files}"),
        )),
    }
}

/// A tool that says that it failed has not seen everything (§3.20.14).
fn check_success(run: &Run<'_>, index: usize) -> Result<(), FormatError> {
    let failed =
        |(_, invocation): &(usize, &Invocation<'_>)| invocation.execution_successful == Some(false);
    match run.invocations.iter().flatten().enumerate().find(failed) {
        None => Ok(()),
        Some((number, _)) => Err(FormatError::unexpected(
            FORMAT,
            Place::Path(format!(
                "runs[{index}].invocations[{number}].executionSuccessful"
            )),
            "a tool that ran to its end",
            "false",
        )),
    }
}

fn read_result(
    run: &Run<'_>,
    result: &RunResult<'_>,
    rule: Option<&Descriptor<'_>>,
    findings: &mut Findings<'_>,
    place: &dyn Fn() -> Place,
) -> Result<(), FormatError> {
    let is_gone = result.baseline_state.as_deref() == Some("absent");
    let is_no_problem = matches!(result.kind.as_deref(), Some("pass" | "notApplicable"));
    if is_gone || is_no_problem || is_suppressed(result) {
        return Ok(());
    }
    let severity = severity::of(result, rule).map_err(|level| {
        FormatError::unexpected(
            FORMAT,
            place(),
            "a level of error, warning, note or none",
            level,
        )
    })?;
    let location = result.locations.iter().flatten().next();
    let physical = location.and_then(|location| location.physical_location.as_ref());
    let file = physical
        .and_then(|physical| physical.artifact_location.as_ref())
        .and_then(|artifact| uri::path_of(run, artifact));
    let region = physical.and_then(|physical| physical.region.as_ref());
    let stated = Stated {
        rule: rule_id(result, rule),
        severity,
        message: &text_of(&result.message, rule),
        file: file.as_deref(),
        line: region.and_then(|region| region.start_line),
        column: region.and_then(|region| region.start_column),
    };
    findings.add(&stated, place)
}

/// §3.27.23 and §3.35.3: suppressed when there is a suppression and none is under review or
/// rejected. A suppression without a status is accepted.
fn is_suppressed(result: &RunResult<'_>) -> bool {
    let suppressions = result.suppressions.as_deref().unwrap_or_default();
    !suppressions.is_empty()
        && suppressions.iter().all(|suppression| {
            suppression
                .status
                .as_deref()
                .is_none_or(|status| status == "accepted")
        })
}

/// How many levels of `CA2101/1` are tried.
const MAX_LEVELS: usize = 4;

/// The rules of a run by id.
type Rules<'a> = HashMap<&'a str, &'a Descriptor<'a>>;

fn rules_of<'a>(run: &'a Run<'a>) -> Rules<'a> {
    let mut rules = Rules::new();
    for component in iter::once(&run.tool.driver).chain(run.tool.extensions.iter().flatten()) {
        for rule in component.rules.iter().flatten() {
            rules.entry(&rule.id).or_insert(rule);
        }
    }
    rules
}

/// The rule's description: by index in the driver or an extension (§3.27.6, §3.27.7), else by id,
/// where `CA2101/1` is a case of the rule `CA2101` (§3.27.5).
fn rule_of<'a>(
    run: &'a Run<'a>,
    rules: &Rules<'a>,
    result: &RunResult<'_>,
) -> Option<&'a Descriptor<'a>> {
    let reference = result.rule.as_ref();
    let component = match reference.and_then(|rule| rule.tool_component.as_ref()?.index) {
        Some(index) if index >= 0 => {
            let index = usize::try_from(index).ok()?;
            run.tool.extensions.as_ref()?.get(index)
        }
        _ => Some(&run.tool.driver),
    };
    let index = reference.and_then(|rule| rule.index).or(result.rule_index);
    let by_index = index
        .and_then(|index| usize::try_from(index).ok())
        .and_then(|index| component?.rules.as_deref()?.get(index));
    by_index.or_else(|| {
        let id = result.rule_id.as_deref();
        let id = id.or_else(|| reference?.id.as_deref())?;
        iter::successors(Some(id), |id| id.rsplit_once('/').map(|(id, _)| id))
            .take(MAX_LEVELS)
            .find_map(|id| rules.get(id).copied())
    })
}

fn rule_id<'a>(result: &'a RunResult<'_>, rule: Option<&'a Descriptor<'_>>) -> &'a str {
    let referenced = || {
        result
            .rule
            .as_ref()
            .and_then(|rule: &Reference<'_>| rule.id.as_deref())
    };
    result
        .rule_id
        .as_deref()
        .or_else(referenced)
        .or(rule.map(|rule| &*rule.id))
        .unwrap_or("unknown")
}

/// The message itself, or the rule's message of that id, with the arguments put in (§3.11).
fn text_of<'a>(message: &'a Message<'_>, rule: Option<&'a Descriptor<'_>>) -> Cow<'a, str> {
    let by_id = || {
        let id = message.id.as_deref()?;
        rule?.message_strings.as_ref()?.get(id)?.text.as_deref()
    };
    let description = || rule?.short_description.as_ref()?.text.as_deref();
    let text = message
        .text
        .as_deref()
        .or_else(by_id)
        .or(message.markdown.as_deref())
        .or_else(description)
        .unwrap_or_default();
    match message.arguments.as_deref() {
        None | Some([]) => Cow::Borrowed(text),
        Some(arguments) => Cow::Owned(fill(text, arguments)),
    }
}

/// Text beyond this many bytes is not filled in: messages are cut before.
const MAX_FILLED: usize = 16_000;

/// Puts arguments for `{0}`, `{1}`; `{{` and `}}` are braces (§3.11.5).
fn fill(text: &str, arguments: &[Cow<'_, str>]) -> String {
    let mut filled = String::new();
    let mut rest = &text[..text.floor_char_boundary(MAX_FILLED)];
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            filled.push_str(brace);
            rest = after;
            continue;
        }
        let placeholder = rest
            .find(|character: char| !character.is_ascii_digit())
            .and_then(|end| {
                let argument = arguments.get(rest[..end].parse::<usize>().ok()?)?;
                Some((argument, rest[end..].strip_prefix('}')?))
            });
        match placeholder {
            Some((argument, after)) if brace == "{" => {
                filled.push_str(&argument[..argument.floor_char_boundary(MAX_FILLED)]);
                rest = after;
            }
            _ => filled.push_str(brace),
        }
        // Long arguments, often repeated, must not make a message of any length.
        if filled.len() > MAX_FILLED {
            return filled;
        }
    }
    filled.push_str(rest);
    filled
}
