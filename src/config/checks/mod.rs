//! What the schema cannot say: values that make no sense together.
//!
//! Every check tells all it finds. A check never reads the workspace: that a file exists is found
//! out where it is used.

mod auto_fix;
mod components;
mod environments;
mod health_check;
mod levels;
mod monitoring;
mod paths;
mod promotion;
mod suites;
mod texts;
mod toolchains;
mod whole;
mod words;

use super::{
    problem::{closest, shown},
    raw::{Config, Retry},
    settings::Settings,
    validate::Mistake,
};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;

/// What the checks found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What refuses the file.
    pub(super) mistakes: Vec<Mistake>,
    /// What deserves a look.
    pub(super) warnings: Vec<Mistake>,
}

impl Findings {
    /// A value is wrong.
    fn value(&mut self, pointer: impl Into<String>, message: String, suggestion: Option<String>) {
        self.mistakes
            .push(mistake(pointer.into(), false, message, suggestion));
    }

    /// A key is wrong.
    fn key(&mut self, pointer: impl Into<String>, message: String, suggestion: Option<String>) {
        self.mistakes
            .push(mistake(pointer.into(), true, message, suggestion));
    }

    /// The mistake just told is a contradiction between keys of this mapping.
    fn within(&mut self, block: &str) {
        if let Some(last) = self.mistakes.last_mut() {
            last.within.push(block.to_owned());
        }
    }

    /// Of these keys of a block, at most one may be set. `why` says so of the block.
    fn at_most_one(&mut self, block: &str, keys: &[(&str, bool)], why: &str) {
        let mut set = keys.iter().filter(|(_, is_set)| *is_set);
        let Some((first, _)) = set.next() else {
            return;
        };
        for (second, _) in set {
            self.key(
                format!("{block}/{second}"),
                format!("`{second}` cannot stand beside `{first}`: {why}"),
                Some("remove one of the two".to_owned()),
            );
            self.within(block);
        }
    }

    /// Of these keys of a block, exactly one must be set. `why` says so of the block.
    fn exactly_one(&mut self, block: &str, keys: &[(&str, bool)], why: &str) {
        self.at_most_one(block, keys, why);
        if !keys.iter().any(|(_, is_set)| *is_set) {
            let names: Vec<String> = keys.iter().map(|(key, _)| format!("`{key}`")).collect();
            let names = names.join(" or ");
            self.value(
                block,
                format!("{names} is missing: {why}"),
                Some(format!("add {names}")),
            );
            self.within(block);
        }
    }

    /// Valid, and deserves a look. Told once, however many components it concerns.
    fn warning(&mut self, pointer: impl Into<String>, message: String, suggestion: &str) {
        let pointer = pointer.into();
        let mut told = self.warnings.iter();
        if !told.any(|told| told.pointer == pointer && told.message == message) {
            let suggestion = Some(suggestion.to_owned());
            self.warnings
                .push(mistake(pointer, true, message, suggestion));
        }
    }
}

const fn mistake(
    pointer: String,
    is_key: bool,
    message: String,
    suggestion: Option<String>,
) -> Mistake {
    Mistake {
        pointer,
        is_key,
        message,
        suggestion,
        within: Vec::new(),
    }
}

/// Checks a configuration that its schema found no fault with. `file` is what the file says, also
/// where it is wrong, so that one mistake does not make names unknown elsewhere. `today` decides
/// which exemptions have expired.
pub(super) fn check(config: &Config, settings: &Settings, file: &Value, today: Date) -> Findings {
    let mut findings = Findings::default();
    retries(config, settings, &mut findings);
    levels::check(config, settings, &mut findings);
    levels::falling_thresholds(config, settings, &mut findings);
    monitoring::check(config, settings, &mut findings);
    components::check(config, file, &mut findings);
    toolchains::check(config, file, &mut findings);
    environments::check(config, settings, &mut findings);
    suites::check(config, settings, &mut findings);
    promotion::check(config, file, today, &mut findings);
    promotion::history(&config.history, &mut findings);
    for (pointer, path) in config.written() {
        paths::check(pointer, path, &mut findings);
    }
    for (index, glob) in config.planning.shared_paths.iter().enumerate() {
        paths::check_glob(
            &format!("/planning/shared_paths/{index}"),
            glob,
            &mut findings,
        );
    }
    log_format(&config.logging.format, &mut findings);
    auto_fix::check(config, settings, &mut findings);
    findings
}

/// The names that the file has in a block, also those whose settings are wrong.
fn names<'a>(file: &'a Value, block: &str) -> BTreeSet<&'a str> {
    let block = file.get(block).and_then(Value::as_object);
    block
        .into_iter()
        .flat_map(|block| block.keys().map(String::as_str))
        .collect()
}

fn retries(config: &Config, settings: &Settings, findings: &mut Findings) {
    for (stage, retry) in config.error_recovery.entries() {
        let Retry {
            base_delay,
            max_delay,
            ..
        } = retry;
        if max_delay < base_delay {
            let block = format!("/error_recovery/{stage}");
            let max = format!("{block}/max_delay");
            let (pointer, advice) = if settings.is_set(&max) {
                (max, "raise `max_delay`, or lower `base_delay`")
            } else {
                (
                    format!("{block}/base_delay"),
                    "set a higher `max_delay` beside it",
                )
            };
            findings.value(
                pointer,
                format!(
                    "the longest wait (`max_delay`, {max_delay} s) is shorter than the first one \
                     (`base_delay`, {base_delay} s)"
                ),
                Some(advice.to_owned()),
            );
            findings.within(&block);
        }
    }
}

/// The placeholders of <https://docs.python.org/3/library/logging.html#logrecord-attributes> that
/// the log knows.
const LOG_PLACEHOLDERS: [&str; 4] = ["asctime", "name", "levelname", "message"];

fn log_format(format: &str, findings: &mut Findings) {
    let pointer = "/logging/format";
    for part in format.split("%(").skip(1) {
        let (word, written) = match part.split_once(")s") {
            Some((word, _)) if LOG_PLACEHOLDERS.contains(&word) => continue,
            Some((word, _)) => (word, format!("%({word})s")),
            None => {
                let word = part.split([' ', ')']).next().unwrap_or_default();
                (word, format!("%({word}"))
            }
        };
        let meant =
            closest(word, LOG_PLACEHOLDERS).map(|meant| format!("did you mean `%({meant})s`?"));
        let known = LOG_PLACEHOLDERS
            .map(|name| format!("`%({name})s`"))
            .join(", ");
        findings.value(
            pointer,
            format!("unknown placeholder `{}`", shown(&written)),
            meant.or(Some(format!("known here: {known}"))),
        );
    }
    if !format.contains("%(message)s") {
        findings.value(
            pointer,
            "the log would have no messages: `%(message)s` is missing".to_owned(),
            None,
        );
    }
}
