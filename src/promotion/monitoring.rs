//! `monitoring_configured`: whether something shows that the component is watched.

use super::criteria::{Question, measured, place, unknown};
use crate::config::AdditionalRequirement;
use crate::model::{Actual, Criterion};

pub(super) fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let found = match &question.facts.monitoring {
        Ok(found) => found,
        Err(why) => return unknown(asked, why),
    };
    let criterion = Criterion {
        source: Some(found.what.clone()),
        ..measured(asked, Actual::Flag(found.is_configured))
    };
    if found.is_configured {
        return criterion;
    }
    let rule = question.policy.monitoring.rule.as_ref();
    Criterion {
        gap: Some(found.what.clone()),
        remedy: Some(format!(
            "configure the monitoring of {}, or say where it is in `promotion.monitoring`{}",
            question.component,
            rule.map_or_else(String::new, place)
        )),
        ..criterion
    }
}
