//! `rollback_tested`: whether a rollback was shown to work, and not too long ago.

use super::criteria::{Question, measured, place, unknown};
use super::timeline::{DAY, length, moment};
use crate::config::AdditionalRequirement;
use crate::ledger::Drill;
use crate::model::{
    Actual, Criterion, EnvironmentName, Measurement, Operator, Unavailable, Unit, Verdict,
};
use jiff::SignedDuration;

/// How far the clocks of two machines may be apart.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let mut latest: Option<(EnvironmentName, &Drill)> = None;
    let mut problem: Option<Unavailable> = None;
    let now = question.facts.now;
    let newest = now.checked_add(CLOCKS_DIFFER).unwrap_or(now);
    for environment in EnvironmentName::ALL {
        match question.state(environment) {
            Ok(state) => {
                // One that is dated in the future would never grow old.
                let past = state.drills.iter().filter(|drill| drill.at <= newest);
                let drills = past.map(|drill| (environment, drill));
                latest = latest.into_iter().chain(drills).max_by_key(|(_, d)| d.at);
            }
            // Production need not be set up before something goes there.
            Err(_) if !question.facts.states.contains_key(&environment) => {}
            Err(why) => problem = Some(why),
        }
    }
    let remedy = format!(
        "show that it works: spec2prod rollback --drill --component {} --environment staging; the greatest age is set by `promotion.rollback_max_age_days`, and that it is asked by `{}`{}",
        question.component,
        asked.name,
        place(&asked.rule)
    );
    let Some((environment, drill)) = latest else {
        // What could not be read may have a rollback in it.
        if let Some(why) = problem {
            return unknown(asked, &why);
        }
        return Criterion {
            source: Some("the record of deployments".to_owned()),
            gap: Some("no rollback was ever shown to work, in staging or in production".to_owned()),
            remedy: Some(remedy),
            ..measured(asked, Actual::Flag(false))
        };
    };
    let age = question.facts.now.as_millisecond() - drill.at.as_millisecond();
    let allowed = question.policy.rollback_max_age;
    let measurement = Measurement::new(
        "days since a rollback was shown to work",
        Actual::Number(age as f64 / DAY as f64),
        Operator::AtMost,
        allowed.as_secs_f64() * 1000.0 / DAY as f64,
        Unit::Days,
        asked.rule.clone(),
    );
    let is_recent = measurement.holds;
    if let (false, Some(why)) = (is_recent, problem) {
        return unknown(asked, &why);
    }
    let what = match drill.is_drill {
        true => "drill",
        false => "rollback in earnest",
    };
    Criterion {
        verdict: match is_recent {
            true => Verdict::Passed,
            false => Verdict::Failed,
        },
        measurements: vec![measurement],
        source: Some(format!(
            "{what} in {environment} from {} to {}",
            drill.from, drill.to
        )),
        measured_at: Some(drill.at.to_string()),
        gap: (!is_recent).then(|| {
            format!(
                "the last one was on {}, {} ago",
                moment(drill.at),
                length(age)
            )
        }),
        remedy: (!is_recent).then_some(remedy),
        ..measured(asked, Actual::Flag(is_recent))
    }
}
