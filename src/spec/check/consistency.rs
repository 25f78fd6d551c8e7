//! What a specification contradicts or leaves open.

use super::{
    judge::{finding, from_staging, quoted},
    rules,
};
use crate::{
    model::{Finding, Severity, Specification, Target},
    spec::{TARGET_KEYS, requirements::comparable_id},
};
use std::collections::HashMap;

pub(super) fn check(spec: &Specification, target: Target) -> Vec<Finding> {
    let mut findings = metadata(spec);
    findings.extend(requirements(spec, target));
    findings.extend(criterion_ids(spec));
    findings.extend(unresolved(spec, target));
    findings.extend(criteria(spec, target));
    findings
}

fn metadata(spec: &Specification) -> Vec<Finding> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for entry in &spec.metadata {
        let is_target = TARGET_KEYS.contains(&entry.key.as_str());
        let key = if is_target {
            TARGET_KEYS[0]
        } else {
            &entry.key
        };
        let known = *first.entry(key).or_insert(entry);
        let is_same_target = is_target
            && entry
                .value
                .parse::<Target>()
                .is_ok_and(|target| known.value.parse() == Ok(target));
        if known.value != entry.value && !is_same_target {
            let other = if known.key == entry.key {
                String::new()
            } else {
                format!("{} is ", quoted(&known.key))
            };
            let message = format!(
                "{} is {} here and {other}{} on line {}; keep one of them",
                quoted(&entry.key),
                quoted(&entry.value),
                quoted(&known.value),
                known.at.line
            );
            let rule = rules::DUPLICATE_METADATA;
            findings.push(finding(spec, rule, Severity::Error, entry.at, message));
        }
    }
    findings
}

fn requirements(spec: &Specification, target: Target) -> Vec<Finding> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for requirement in &spec.requirements {
        let id = quoted(&requirement.id);
        if requirement.title.is_empty() && requirement.details.is_empty() {
            let message = format!("requirement {id} has no text; say what is required");
            let severity = from_staging(target);
            let rule = rules::EMPTY_REQUIREMENT;
            findings.push(finding(spec, rule, severity, requirement.at, message));
        }
        if !requirement.id_is_explicit {
            continue;
        }
        let known = *first
            .entry(comparable_id(&requirement.id))
            .or_insert(requirement);
        if known.at != requirement.at {
            let message = format!(
                "the id {id} on line {} is that of the requirement on line {} too ({}); give one of them another id",
                requirement.at.line,
                known.at.line,
                quoted(&known.id)
            );
            let rule = rules::DUPLICATE_ID;
            findings.push(finding(
                spec,
                rule,
                Severity::Error,
                requirement.at,
                message,
            ));
        }
    }
    findings
}

/// The ids of criteria of the whole component. Each level may count its own ones, and `US-1` and
/// `TC-1` name something that stands elsewhere.
fn criterion_ids(spec: &Specification) -> Vec<Finding> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for criterion in &spec.acceptance_criteria {
        let id = criterion.id.as_ref();
        let Some(id) = id.filter(|id| id.starts_with("AC") || id.starts_with("SC")) else {
            continue;
        };
        let line = criterion.at.line;
        let known = *first
            .entry((comparable_id(id), criterion.level))
            .or_insert(line);
        if known != line {
            let message = format!(
                "the id {} on line {line} is that of the criterion on line {known} too; give one of them another id",
                quoted(id)
            );
            let rule = rules::DUPLICATE_ID;
            findings.push(finding(spec, rule, Severity::Error, criterion.at, message));
        }
    }
    findings
}

fn unresolved(spec: &Specification, target: Target) -> Vec<Finding> {
    let severity = if target >= Target::Staging {
        Severity::Error
    } else {
        Severity::Note
    };
    let finding = |marker: &crate::model::UnresolvedMarker| {
        let remedy = if marker.text.starts_with("<!--") {
            "is yet to be done; do it and remove the comment"
        } else {
            "is yet to be filled in; if it is meant literally, write it as code"
        };
        let message = format!("{} {remedy}", quoted(&marker.text));
        finding(spec, rules::UNRESOLVED, severity, marker.at, message)
    };
    spec.unresolved.iter().map(finding).collect()
}

/// Criteria of a level beyond the target have time.
fn criteria(spec: &Specification, target: Target) -> Vec<Finding> {
    let own = spec
        .requirements
        .iter()
        .flat_map(|requirement| &requirement.criteria);
    let all = spec.acceptance_criteria.iter().chain(own);
    let open = all.filter(|criterion| {
        criterion.is_ticked == Some(false) && criterion.level.is_none_or(|level| level <= target)
    });
    let finding = |criterion: &crate::model::AcceptanceCriterion| {
        let message = format!("not ticked: {}", quoted(&criterion.text));
        let rule = rules::UNTICKED_CRITERION;
        finding(spec, rule, Severity::Note, criterion.at, message)
    };
    open.map(finding).collect()
}
