//! What a level asks for beside its gates: each requirement judged from the facts. Pure.

use super::{Facts, monitoring, review, rollback_tested, soak, uptime};
use crate::config::{AdditionalRequirement, PromotionPolicy, RequiredValue};
use crate::ledger::State;
use crate::model::{
    Actual, ComponentName, Criterion, EnvironmentName, Measurement, Operator, Reason, ReasonCode,
    Requirement, RuleSource, StatedThreshold, Target, ThresholdSubject, Unavailable, Unit, Verdict,
    Version,
};

/// Days in staging.
pub(super) const DAYS: &str = "staging_uptime_days";
/// Uptime in staging.
pub(super) const PERCENTAGE: &str = "staging_uptime_percentage";
/// A security review.
pub(super) const REVIEW: &str = "security_review_complete";
/// Monitoring.
pub(super) const MONITORING: &str = "monitoring_configured";
/// A rollback that was shown to work.
pub(super) const ROLLBACK: &str = "rollback_tested";

/// Coverage by the integration tests that ran against staging. No key asks for it by this name.
const COVERAGE: &str = "integration_coverage";

/// What is asked of the coverage by the integration tests, where production asks for it: at least so
/// many percent.
#[must_use]
pub fn integration_coverage(least: f64, rule: RuleSource) -> AdditionalRequirement {
    AdditionalRequirement {
        name: COVERAGE.to_owned(),
        value: RequiredValue::AtLeast(least),
        rule,
    }
}

/// What is asked of one version of one component, and what is known about it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The component.
    pub component: &'a ComponentName,
    /// The version that is to go on.
    pub version: &'a Version,
    /// The level that it is to reach.
    pub level: Target,
    /// Where evidence comes from, and how it is weighed.
    pub policy: &'a PromotionPolicy,
    /// Everything that the level asks for beside its gates.
    pub requirements: &'a [AdditionalRequirement],
    /// The thresholds that the specification states for this level. The stricter of the two counts.
    pub stated: &'a [StatedThreshold],
    /// What is known.
    pub facts: &'a Facts,
}

impl Question<'_> {
    /// What is deployed in an environment.
    pub(super) fn state(&self, environment: EnvironmentName) -> Result<&State, Unavailable> {
        match self.facts.states.get(&environment) {
            Some(Ok(state)) => Ok(state),
            Some(Err(unavailable)) => Err(unavailable.clone()),
            None => Err(Unavailable::NoData(
                Reason::new(
                    ReasonCode::NoSource,
                    format!("nothing is known about what is deployed to {environment}"),
                )
                .remedy(format!(
                    "set up `environments.{environment}` in the configuration"
                )),
            )),
        }
    }

    /// A requirement of the level with the stricter of the configured and the stated threshold.
    pub(super) fn requirement(&self, name: &str) -> Option<AdditionalRequirement> {
        let asked = self.requirements.iter().find(|asked| asked.name == name)?;
        Some(self.strict(asked))
    }

    fn strict(&self, asked: &AdditionalRequirement) -> AdditionalRequirement {
        let subject = match asked.name.as_str() {
            DAYS => ThresholdSubject::StagingDays,
            PERCENTAGE => ThresholdSubject::Uptime,
            COVERAGE => ThresholdSubject::Coverage,
            _ => return asked.clone(),
        };
        let mut strict = asked.clone();
        for stated in self.stated {
            let is_for_this =
                stated.subject == subject && stated.level.is_none_or(|level| level == self.level);
            let RequiredValue::AtLeast(limit) = strict.value else {
                continue;
            };
            if is_for_this && stated.value > limit {
                strict.value = RequiredValue::AtLeast(stated.value);
                strict.rule = RuleSource::File {
                    file: stated.file.clone(),
                    line: stated.at.line,
                    key: stated.text.clone(),
                };
            }
        }
        strict
    }
}

/// Judges one requirement. A requirement that nothing here measures has no data, which blocks.
#[must_use]
pub fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let asked = question.strict(asked);
    match asked.name.as_str() {
        DAYS => soak::judge(&asked, question),
        PERCENTAGE => uptime::judge(&asked, question),
        REVIEW => review::judge(&asked, question),
        MONITORING => monitoring::judge(&asked, question),
        ROLLBACK => rollback_tested::judge(&asked, question),
        COVERAGE => super::integration_coverage::judge(&asked, question),
        name => unknown(
            &asked,
            &Unavailable::NoData(Reason::new(
                ReasonCode::NoSource,
                format!("nothing measures {name}, and what is unknown never passes"),
            )),
        ),
    }
}

/// Judges whether every component that this one depends on is as mature as this one is to be;
/// `None` where it depends on none.
#[must_use]
pub fn dependencies(question: &Question<'_>) -> Option<Criterion> {
    super::dependencies::judge(question)
}

/// Judges whether the version was shown to be healthy in staging, and is not held there.
#[must_use]
pub fn verified_in_staging(question: &Question<'_>) -> Criterion {
    super::verified_in_staging::judge(question)
}

/// The number that is asked for.
pub(super) const fn target(asked: &AdditionalRequirement) -> f64 {
    match asked.value {
        RequiredValue::Yes => 1.0,
        RequiredValue::AtLeast(value) => value,
    }
}

/// What was found, held against what is asked.
pub(super) fn measurement(asked: &AdditionalRequirement, actual: Actual) -> Measurement {
    let (operator, unit) = match asked.value {
        RequiredValue::Yes => (Operator::Equals, Unit::YesNo),
        RequiredValue::AtLeast(_) if asked.name.ends_with("_days") => {
            (Operator::AtLeast, Unit::Days)
        }
        RequiredValue::AtLeast(_)
            if asked.name.ends_with("_percentage") || asked.name == COVERAGE =>
        {
            (Operator::AtLeast, Unit::Percent)
        }
        RequiredValue::AtLeast(_) => (Operator::AtLeast, Unit::Count),
    };
    Measurement::new(
        asked.name.replace('_', " "),
        actual,
        operator,
        target(asked),
        unit,
        asked.rule.clone(),
    )
}

/// A criterion that was measured: it passes where the measurement holds.
pub(super) fn measured(asked: &AdditionalRequirement, actual: Actual) -> Criterion {
    let measurement = measurement(asked, actual);
    let verdict = match measurement.holds {
        true => Verdict::Passed,
        false => Verdict::Failed,
    };
    Criterion::new(
        asked.name.clone(),
        verdict,
        Requirement::Required,
        vec![measurement],
    )
}

/// A criterion that could not be measured.
pub(super) fn unknown(asked: &AdditionalRequirement, why: &Unavailable) -> Criterion {
    Criterion {
        remedy: why.reason().remedy.clone(),
        ..Criterion::new(
            asked.name.clone(),
            why.clone().into(),
            Requirement::Required,
            vec![measurement(asked, Actual::Unknown)],
        )
    }
}

/// Where a rule is edited, for people: ` (policy.yaml:3)`; empty for a built-in one.
pub(super) fn place(rule: &RuleSource) -> String {
    match rule {
        RuleSource::Default => String::new(),
        RuleSource::File { .. } => format!(" ({rule})"),
    }
}
