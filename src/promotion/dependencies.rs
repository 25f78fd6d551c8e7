//! Whether every component that this one depends on is as mature as this one is to be.

use super::DependencyFact;
use super::criteria::Question;
use crate::model::{
    Actual, Criterion, Measurement, Operator, Reason, ReasonCode, Requirement, RuleSource, Unit,
    Verdict,
};

/// The criterion's name.
const NAME: &str = "dependencies";

pub(super) fn judge(question: &Question<'_>) -> Option<Criterion> {
    let all = &question.facts.dependencies;
    if all.is_empty() {
        return None;
    }
    let level = question.level;
    let measurements = all.iter().map(|one| Measurement {
        what: format!("{} is at {level}", one.component),
        ..Measurement::new(
            String::new(),
            match one.maturity {
                Some(maturity) => Actual::Flag(maturity >= level),
                None => Actual::Unknown,
            },
            Operator::Equals,
            1.0,
            Unit::YesNo,
            RuleSource::Default,
        )
    });
    let measurements = measurements.collect();
    let lower = all
        .iter()
        .filter(|one| one.maturity.is_some_and(|m| m < level));
    let lower: Vec<&DependencyFact> = lower.collect();
    let unknown = all.iter().filter(|one| one.maturity.is_none());
    let unknown: Vec<&DependencyFact> = unknown.collect();
    let verdict = if !lower.is_empty() {
        Verdict::Failed
    } else if !unknown.is_empty() {
        Verdict::NoData(Reason::new(
            ReasonCode::NoEvidence,
            format!("the maturity is not known: {}", named(&unknown)),
        ))
    } else {
        Verdict::Passed
    };
    let blocking: Vec<&DependencyFact> = lower.into_iter().chain(unknown).collect();
    let is_blocked = !blocking.is_empty();
    Some(Criterion {
        source: Some("the records of deployments and reports of those components".to_owned()),
        gap: is_blocked.then(|| format!("{level} is asked of {}", named(&blocking))),
        remedy: is_blocked.then(|| {
            format!(
                "bring {} to {level} first, or remove the dependency where it is stated",
                blocking
                    .iter()
                    .map(|one| one.component.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }),
        ..Criterion::new(NAME, verdict, Requirement::Required, measurements)
    })
}

/// The components for people: `utils, which is at dev (workflow_config.yaml:12)`.
fn named(all: &[&DependencyFact]) -> String {
    let one = |one: &&DependencyFact| {
        let at = match one.maturity {
            Some(maturity) => format!("which is at {maturity}"),
            None => "of which nothing is known".to_owned(),
        };
        format!("{}, {at} ({})", one.component, one.stated_at)
    };
    all.iter().map(one).collect::<Vec<_>>().join("; ")
}
