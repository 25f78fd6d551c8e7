//! `suites` → the suites of all components, and those of single ones.

use super::{further, paths, report, seconds};
use crate::{
    config::{
        CommandPolicy, SuiteName, SuitePolicy, SuiteTests, raw,
        settings::{Layers, Settings},
    },
    model::{EvidenceKind, RuleSource},
};
use std::collections::BTreeMap;

type Suites = BTreeMap<SuiteName, SuitePolicy>;

/// The suites of components that set nothing of their own.
pub(super) fn general(config: &raw::Config, settings: &Settings) -> Suites {
    let one = |name: SuiteName| {
        let layers = Layers::new(settings, format!("suites/{}", name.as_str()), None);
        Some((
            name,
            policy(name, &config.suite(None, name)?, layers.rule(""))?,
        ))
    };
    SuiteName::ALL.into_iter().filter_map(one).collect()
}

/// The suites of which a component sets something.
pub(super) fn own(config: &raw::Config, component: &str, settings: &Settings) -> Suites {
    let of_component = config.components.get(component);
    let one = |name: SuiteName| {
        of_component.and_then(|own| own.suites.get(name))?;
        let block = format!("suites/{}", name.as_str());
        let layers = Layers::new(settings, block, Some(component));
        let suite = config.suite(Some(component), name)?;
        Some((name, policy(name, &suite, layers.rule(""))?))
    };
    SuiteName::ALL.into_iter().filter_map(one).collect()
}

/// `None` for settings that only components complete, which the checks see to.
fn policy(name: SuiteName, raw: &raw::Suite, rule: RuleSource) -> Option<SuitePolicy> {
    let command = |words: &raw::CommandWords| CommandPolicy {
        name: name.as_str().to_owned(),
        command: words.words.clone(),
        evidence: vec![EvidenceKind::Tests],
        report: report(&raw.report.clone().unwrap_or_default()),
        also: raw.also.iter().flatten().map(further).collect(),
        fix: None,
        env: BTreeMap::new(),
        working_directory: None,
        rule: rule.clone(),
    };
    let tests = match (&raw.tests, &raw.marker, &raw.command) {
        (Some(tests), _, _) => SuiteTests::Paths(paths(tests)),
        (None, Some(marker), _) => SuiteTests::Marker(marker.clone()),
        (None, None, words) => SuiteTests::Command(Box::new(command(words.as_ref()?))),
    };
    Some(SuitePolicy {
        name,
        tests,
        pass_rate: raw.pass_rate?,
        retries: raw.retries?,
        timeout: seconds(raw.timeout?),
        has_production_coverage: raw.production_coverage?,
        rule,
    })
}
