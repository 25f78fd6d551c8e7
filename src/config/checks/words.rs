//! Commands of the user's own, their variables, and what stands for something else in a text.

use super::Findings;
use crate::config::{
    problem::{closest, shown},
    raw::CommandWords,
    settings::escaped,
};
use std::collections::BTreeMap;

/// A command that may be one program as text.
pub(super) fn command(
    pointer: &str,
    command: &CommandWords,
    known: &[&str],
    findings: &mut Findings,
) {
    if !text(pointer, command, findings) {
        list(pointer, &command.words, known, findings);
    }
}

/// Whether a command is a text that is no program; it is told.
pub(super) fn text(pointer: &str, command: &CommandWords, findings: &mut Findings) -> bool {
    let program = command.words.first().map_or("", String::as_str);
    let is_line = command.is_text && program.trim().contains(char::is_whitespace);
    if is_line {
        let words: Vec<String> = program
            .split_whitespace()
            .map(|word| format!("\"{word}\""))
            .collect();
        findings.value(
            pointer,
            format!(
                "`{}` is no program: text is one program without arguments, and no shell reads it",
                shown(program)
            ),
            Some(format!("write it as a list: [{}]", words.join(", "))),
        );
    }
    is_line
}

/// Program and arguments.
pub(super) fn list(pointer: &str, words: &[String], known: &[&str], findings: &mut Findings) {
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
        placeholders(&format!("{pointer}/{index}"), word, known, findings);
    }
}

/// Only `{word}` is meant as a placeholder; other braces belong to the text.
pub(super) fn placeholders(pointer: &str, text: &str, known: &[&str], findings: &mut Findings) {
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
        if is_word && !known.contains(&word) {
            let meant = closest(word, known.iter().copied());
            let meant = meant.map(|meant| format!("did you mean `{{{meant}}}`?"));
            let all: Vec<String> = known.iter().map(|word| format!("`{{{word}}}`")).collect();
            let all = match all.as_slice() {
                [] => "nothing is put in here: write it out".to_owned(),
                all => format!("known here: {}", all.join(", ")),
            };
            findings.value(
                pointer,
                format!("unknown placeholder `{{{}}}`", shown(word)),
                meant.or(Some(all)),
            );
        }
    }
}

/// Environment variables to set.
pub(super) fn variables(
    block: &str,
    variables: &BTreeMap<String, String>,
    known: &[&str],
    findings: &mut Findings,
) {
    for (name, value) in variables {
        let pointer = format!("{block}/{}", escaped(name));
        if !is_variable(name) {
            findings.key(&pointer, no_variable(name), Some(VARIABLE.to_owned()));
        }
        placeholders(&pointer, value, known, findings);
    }
}

/// The name of an environment variable that is read.
pub(super) fn variable(pointer: &str, name: &str, findings: &mut Findings) {
    if !is_variable(name) {
        findings.value(pointer, no_variable(name), Some(VARIABLE.to_owned()));
    }
}

const VARIABLE: &str = "a name has letters, digits and `_`, and begins with no digit";

fn no_variable(name: &str) -> String {
    format!(
        "`{}` is not the name of an environment variable",
        shown(name)
    )
}

fn is_variable(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && name.chars().all(is_plain)
        && !name.starts_with(|c: char| c.is_ascii_digit())
}
