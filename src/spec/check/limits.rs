//! Thresholds that a specification states, held against each other and against the policy.

use super::{
    judge::{SpecPolicy, finding, from_staging, quoted},
    rules,
};
use crate::model::{
    Finding, RuleSource, Specification, StatedThreshold, Target, ThresholdSubject as Subject,
    UnreadableThreshold,
};
use std::collections::HashMap;

/// The thresholds that apply when the component is judged at a target: those stated for it, and
/// those stated without a level if the document's own target is the same.
#[must_use]
pub fn stricter(spec: &Specification, target: Target) -> Vec<StatedThreshold> {
    let applies = |stated: &&StatedThreshold| stated.level.or(spec.target) == Some(target);
    spec.thresholds.iter().filter(applies).cloned().collect()
}

pub(super) fn check(spec: &Specification, target: Target, policy: &SpecPolicy<'_>) -> Vec<Finding> {
    let mut findings = conflicts(spec, target);
    findings.extend(unreadable(spec, target));
    for stated in &spec.thresholds {
        if let Some((limit, rule)) = limit_for(spec, stated, policy)
            && is_laxer(stated, *limit)
        {
            let message = format!(
                "{} is asked for, which is laxer than the policy's {} ({rule}); the policy applies, so bring the specification in line",
                condition(stated.subject, stated.value, stated.level),
                condition(stated.subject, *limit, None)
            );
            let severity = from_staging(target);
            findings.push(finding(
                spec,
                rules::LAXER_THRESHOLD,
                severity,
                stated.at,
                message,
            ));
        }
    }
    findings
}

/// What seems to be a threshold and is none that anything is held against.
fn unreadable(spec: &Specification, target: Target) -> Vec<Finding> {
    let finding = |stated: &UnreadableThreshold| {
        let (about, form) = match stated.subject {
            Subject::Coverage => ("coverage", "`coverage ≥ 85 %`, at most 100 %"),
            Subject::Uptime => ("uptime", "`uptime ≥ 99.5 %`, at most 100 %"),
            Subject::Complexity => ("complexity", "`complexity ≤ 10`"),
            Subject::StagingDays => ("days in staging", "`7 days in staging`"),
        };
        let message = format!(
            "{} cannot be read as a threshold of {about}; write it as {form}, or in other words if it is none",
            quoted(&stated.text)
        );
        let severity = from_staging(target);
        let rule = rules::UNREADABLE_THRESHOLD;
        finding(spec, rule, severity, stated.at, message)
    };
    spec.unreadable_thresholds.iter().map(finding).collect()
}

/// Two values for the same subject and level. The first one stated is taken for the right one.
fn conflicts(spec: &Specification, target: Target) -> Vec<Finding> {
    let mut first = HashMap::new();
    let mut findings = Vec::new();
    for stated in &spec.thresholds {
        let known = *first
            .entry((stated.subject, stated.level))
            .or_insert(stated);
        if (known.value - stated.value).abs() > f64::EPSILON {
            let message = format!(
                "{} is asked for here and {} on line {}; keep one of them",
                condition(stated.subject, stated.value, stated.level),
                condition(known.subject, known.value, known.level),
                known.at.line
            );
            let severity = from_staging(target);
            let rule = rules::CONFLICTING_THRESHOLD;
            findings.push(finding(spec, rule, severity, stated.at, message));
        }
    }
    findings
}

/// The policy's limit that a stated threshold is held against.
fn limit_for<'p>(
    spec: &Specification,
    stated: &StatedThreshold,
    policy: &'p SpecPolicy<'_>,
) -> Option<&'p (f64, RuleSource)> {
    match stated.subject {
        Subject::Coverage => policy.coverage.get(&stated.level.or(spec.target)?),
        Subject::Complexity => policy.complexity.as_ref(),
        Subject::Uptime => policy.uptime.as_ref(),
        Subject::StagingDays => policy.staging_days.as_ref(),
    }
}

fn is_laxer(stated: &StatedThreshold, limit: f64) -> bool {
    match stated.subject {
        Subject::Complexity => stated.value > limit,
        Subject::Coverage | Subject::Uptime | Subject::StagingDays => stated.value < limit,
    }
}

/// A threshold for people: `coverage ≥ 70 % (staging)`.
pub(in crate::spec) fn condition(subject: Subject, value: f64, level: Option<Target>) -> String {
    let condition = match subject {
        Subject::Coverage => format!("coverage ≥ {value} %"),
        Subject::Complexity => format!("complexity ≤ {value}"),
        Subject::Uptime => format!("uptime ≥ {value} %"),
        Subject::StagingDays => format!("≥ {value} days in staging"),
    };
    match level {
        Some(level) => format!("{condition} ({level})"),
        None => condition,
    }
}
