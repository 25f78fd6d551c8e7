//! Whole documents: what is read from them, what is found in them, and that nothing breaks.

mod files;
mod findings;
mod forms;
mod gaps;
mod mixed_forms;
mod places;
mod robustness;
mod threshold_words;

use super::{SpecPolicy, parse};
use crate::model::{
    AcceptanceCriterion, Position, RuleSource, SpecRequirement, Specification, Target,
};
use std::collections::BTreeMap;

/// The documents below `tests/fixtures/specs`, by name.
const FIXTURES: [(&str, &str); 6] = [
    (
        "ledger",
        include_str!("../../../tests/fixtures/specs/ledger.md"),
    ),
    (
        "rate_limiter",
        include_str!("../../../tests/fixtures/specs/rate_limiter.md"),
    ),
    (
        "invitations",
        include_str!("../../../tests/fixtures/specs/invitations.md"),
    ),
    (
        "search",
        include_str!("../../../tests/fixtures/specs/search.md"),
    ),
    (
        "unfilled",
        include_str!("../../../tests/fixtures/specs/unfilled.md"),
    ),
    (
        "contradictory",
        include_str!("../../../tests/fixtures/specs/contradictory.md"),
    ),
];

fn fixture(name: &str) -> Specification {
    let (_, text) = FIXTURES.iter().find(|(known, _)| *known == name).unwrap();
    parse(text, &format!("specs/{name}.md"))
}

/// The limits that apply where nobody sets any.
fn policy(component: &str) -> SpecPolicy<'_> {
    let rule = |line| RuleSource::File {
        file: "workflow_config.yaml".to_owned(),
        line,
        key: "limit".to_owned(),
    };
    SpecPolicy {
        component,
        coverage: BTreeMap::from([
            (Target::Dev, (50.0, rule(4))),
            (Target::Staging, (70.0, rule(5))),
            (Target::Production, (80.0, rule(6))),
        ]),
        complexity: Some((10.0, RuleSource::Default)),
        uptime: Some((99.5, rule(7))),
        staging_days: Some((7.0, rule(8))),
    }
}

fn place(at: Position) -> String {
    format!("{}:{}", at.line, at.column)
}

/// Every field of a specification, a line an item.
fn describe(spec: &Specification) -> String {
    let mut lines = vec![format!(
        "{:?} {:?} {:?} usage {:?}",
        spec.title,
        spec.component,
        spec.target,
        spec.usage_example.map(place)
    )];
    for entry in &spec.metadata {
        lines.push(format!(
            "{} meta {} = {}",
            place(entry.at),
            entry.key,
            entry.value
        ));
    }
    for section in &spec.sections {
        let marks = "#".repeat(usize::from(section.level));
        let empty = if section.has_content { "" } else { " (empty)" };
        lines.push(format!(
            "{} {marks} {}{empty}",
            place(section.at),
            section.title
        ));
    }
    spec.requirements
        .iter()
        .for_each(|one| requirement(one, &mut lines));
    let criteria = spec.acceptance_criteria.iter().map(criterion);
    lines.extend(criteria);
    for block in &spec.api {
        let code = block.code.lines().next().unwrap_or_default();
        lines.push(format!(
            "{} api {} {} {code}",
            place(block.at),
            block.title,
            block.language
        ));
    }
    lines.extend(
        spec.testing_requirements
            .iter()
            .map(|text| format!("test {text}")),
    );
    for one in &spec.dependencies {
        lines.push(format!(
            "{} needs {} {:?}{} {:?} {:?}",
            place(one.at),
            one.name,
            one.kind,
            if one.is_optional { " optional" } else { "" },
            one.constraint,
            one.purpose
        ));
    }
    for target in &spec.maturity_targets {
        lines.push(format!(
            "{} {} asks {:?}",
            place(target.at),
            target.level,
            target.items
        ));
    }
    for stated in &spec.thresholds {
        let level = stated.level.map_or("-", Target::as_str);
        lines.push(format!(
            "{} {:?} {level} {} {:?} in {}",
            place(stated.at),
            stated.subject,
            stated.value,
            stated.text,
            stated.file
        ));
    }
    for marker in &spec.unresolved {
        lines.push(format!("{} open {}", place(marker.at), marker.text));
    }
    lines.join("\n")
}

fn requirement(one: &SpecRequirement, lines: &mut Vec<String>) {
    lines.push(format!(
        "{} {}{} {:?} {:?} {:?}",
        place(one.at),
        one.id,
        if one.id_is_explicit { "" } else { " (given)" },
        one.kind,
        one.title,
        one.priority
    ));
    lines.extend(one.details.iter().map(|text| format!("  . {text}")));
    lines.extend(
        one.criteria
            .iter()
            .map(|one| format!("  {}", criterion(one))),
    );
}

fn criterion(one: &AcceptanceCriterion) -> String {
    let ticked = match one.is_ticked {
        Some(true) => "[x]",
        Some(false) => "[ ]",
        None => "-",
    };
    let level = one.level.map_or("-", Target::as_str);
    let id = one.id.as_deref().unwrap_or("-");
    format!("{} {ticked} {level} {id} {}", place(one.at), one.text)
}
