//! `suites`, for all components and for single ones.

use super::{Findings, paths, toolchains, whole, words};
use crate::{
    config::{
        SuiteName,
        problem::shown,
        raw::{Command, CommandWords, Config, Suite},
        settings::{Layers, Settings, escaped},
    },
    model::EvidenceKind,
};
use std::collections::BTreeMap;

/// What stands for something else in the command of a suite.
const PLACEHOLDERS: [&str; 6] = [
    "component",
    "path",
    "report",
    "version",
    "environment",
    "url",
];

pub(super) fn check(config: &Config, settings: &Settings, findings: &mut Findings) {
    for name in SuiteName::ALL {
        let block = format!("suites/{}", name.as_str());
        let layers = |component: Option<&str>| Layers::new(settings, block.clone(), component);
        if let Some(suite) = config.suites.get(name) {
            layer(&format!("/{block}"), suite, findings);
        }
        if let Some(suite) = config.suite(None, name) {
            merged(name, &suite, &layers(None), findings);
        }
        for (component, own) in &config.components {
            let Some(own) = own.suites.get(name) else {
                continue;
            };
            let own_block = format!("/components/{}/{block}", escaped(component));
            layer(&own_block, own, findings);
            if let Some(suite) = config.suite(Some(component), name) {
                merged(name, &suite, &layers(Some(component)), findings);
            }
        }
        whole::check(config, settings, &block, findings, |component| {
            let suite = config.suite(component, name);
            let is_found = suite.is_none_or(|suite| {
                suite.tests.is_some() || suite.marker.is_some() || suite.command.is_some()
            });
            let missing = whole::Missing {
                block: layers(component).pointer(""),
                what: "`tests`, `marker` or `command`, so nothing says which tests there are",
                advice: "add one of the three",
            };
            if is_found { Vec::new() } else { vec![missing] }
        });
    }
    covered_once(config, settings, findings);
}

/// What is to be said of one layer by itself.
fn layer(block: &str, suite: &Suite, findings: &mut Findings) {
    let kinds = [
        ("tests", suite.tests.is_some()),
        ("marker", suite.marker.is_some()),
        ("command", suite.command.is_some()),
    ];
    findings.at_most_one(block, &kinds, "the tests of a suite are found in one way");
    for (index, path) in suite.tests.iter().flatten().enumerate() {
        paths::check(format!("{block}/tests/{index}"), path, findings);
    }
    if let Some(marker) = &suite.marker {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if marker.starts_with(['-', '.']) || !marker.chars().all(is_plain) {
            findings.value(
                format!("{block}/marker"),
                format!("`{}` is not a marker", shown(marker)),
                Some("write one name of letters, digits, `_`, `-` or `.`".to_owned()),
            );
        }
    }
    if let Some(command) = &suite.command {
        words::text(&format!("{block}/command"), command, findings);
    }
}

/// What is to be said when a layer is laid over the other, where it is another than before.
fn merged(name: SuiteName, suite: &Suite, layers: &Layers<'_>, findings: &mut Findings) {
    const KEYS: [&str; 6] = [
        "tests",
        "marker",
        "command",
        "report",
        "also",
        "production_coverage",
    ];
    let block = layers.pointer("");
    let is_own = |key: &str| layers.pointer(key) == format!("{block}/{key}");
    if !KEYS.into_iter().any(is_own) {
        return;
    }
    match &suite.command {
        Some(command) => of_command(name, suite, command, layers, findings),
        None => {
            let of_command = [
                ("report", suite.report.is_some()),
                ("also", suite.also.is_some()),
            ];
            for (key, _) in of_command.into_iter().filter(|(_, is_set)| *is_set) {
                findings.key(
                    layers.pointer(key),
                    format!("`{key}` belongs to `command`, which is not set"),
                    Some(format!(
                        "remove `{key}`: the component's own test tool writes its report by itself"
                    )),
                );
                findings.within(&block);
            }
        }
    }
}

/// What is to be said of a suite that a command runs.
fn of_command(
    name: SuiteName,
    suite: &Suite,
    words: &CommandWords,
    layers: &Layers<'_>,
    findings: &mut Findings,
) {
    let block = layers.pointer("");
    let command = Command {
        name: name.as_str().to_owned(),
        command: words.words.clone(),
        evidence: vec![EvidenceKind::Tests],
        report: suite.report.clone().unwrap_or_default(),
        also: suite.also.clone().unwrap_or_default(),
        fix: None,
        env: BTreeMap::new(),
        working_directory: None,
    };
    toolchains::check_command(&block, &command, &PLACEHOLDERS, findings);
    let mut has_coverage = false;
    for (index, further) in command.also.iter().enumerate() {
        for (kind_index, kind) in further.evidence.iter().enumerate() {
            has_coverage |= *kind == EvidenceKind::Coverage;
            if !matches!(kind, EvidenceKind::Coverage | EvidenceKind::Tests) {
                findings.value(
                    format!("{}/{index}/evidence/{kind_index}", layers.pointer("also")),
                    format!("a suite gives tests and their coverage, and no `{kind}`"),
                    Some("leave it to a command of the toolchain".to_owned()),
                );
            }
        }
    }
    if suite.production_coverage == Some(true) && !has_coverage {
        let further = r#"{evidence: [coverage], report: {format: lcov, path: "{report}.lcov"}}"#;
        findings.value(
            layers.pointer("production_coverage"),
            "the command of this suite gives no coverage".to_owned(),
            Some(format!("add `also: [{further}]`")),
        );
        findings.within(&block);
    }
}

/// The threshold is asked of one number.
fn covered_once(config: &Config, settings: &Settings, findings: &mut Findings) {
    let own = config.components.iter().filter(|(_, component)| {
        let suites = SuiteName::ALL.map(|name| component.suites.get(name));
        let mut suites = suites.into_iter().flatten();
        suites.any(|suite| suite.production_coverage.is_some())
    });
    let scopes = std::iter::once(None).chain(own.map(|(name, _)| Some(name.as_str())));
    for component in scopes {
        let is_asked = |name| {
            let suite = config.suite(component, name);
            suite.is_some_and(|suite| suite.production_coverage == Some(true))
        };
        if !SuiteName::ALL.into_iter().all(is_asked) {
            continue;
        }
        let layers = SuiteName::ALL
            .map(|name| Layers::new(settings, format!("suites/{}", name.as_str()), component));
        let places = layers.map(|layers| layers.pointer("production_coverage"));
        let own = places
            .iter()
            .rev()
            .find(|place| place.starts_with("/components/"));
        findings.value(
            own.unwrap_or(&places[1]).clone(),
            "both suites are to give the coverage that production asks for".to_owned(),
            Some("leave `true` at one of them".to_owned()),
        );
    }
}
