//! `staging_uptime_percentage`: how much of its last days in staging this version was up.

use super::criteria::{DAYS, Question, measured, place, target, unknown};
use super::soak::too_little;
use super::timeline::{self, Known, tenths};
use super::verified_in_staging::deploy_remedy;
use crate::config::AdditionalRequirement;
use crate::model::{Actual, Criterion, EnvironmentName, Reason, ReasonCode, Unavailable, Verdict};
use jiff::Timestamp;

pub(super) fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let state = match question.state(EnvironmentName::Staging) {
        Ok(state) => state,
        Err(why) => return unknown(asked, &why),
    };
    let (component, version) = (question.component, question.version);
    let mut stretches = timeline::stretches(&state.periods, version, question.facts.now);
    if stretches.is_empty() {
        let reason = Reason::new(
            ReasonCode::NoEvidence,
            format!("{version} was never active and verified in staging"),
        );
        return unknown(
            asked,
            &Unavailable::NoData(reason.remedy(deploy_remedy(component))),
        );
    }
    let (source, looks) = match &question.facts.uptime {
        Ok(found) => found,
        Err(why) => return unknown(asked, why),
    };
    // Where no days are asked, all of the version's time is looked at.
    let days = question.requirement(DAYS).map(|days| target(&days));
    let days = days.filter(|days| *days > 0.0);
    if let Some(days) = days {
        stretches = timeline::latest(&stretches, timeline::days(days));
    }
    let policy = &question.policy.uptime;
    let known = timeline::measure(&stretches, looks, policy.max_gap);
    let criterion = match known.uptime() {
        Some(percent) if known.looks > 0 && known.coverage() >= policy.coverage => {
            let criterion = measured(asked, Actual::Number(percent));
            let has_failed = criterion.verdict == Verdict::Failed;
            Criterion {
                gap: Some(budget_text(&known, target(asked))),
                remedy: has_failed.then(|| remedy(asked, question, &known, days)),
                ..criterion
            }
        }
        _ => Criterion {
            gap: Some(known.gap_text()),
            ..unknown(
                asked,
                &too_little(
                    question,
                    EnvironmentName::Staging,
                    source,
                    &known,
                    policy.coverage,
                ),
            )
        },
    };
    Criterion {
        source: Some(source.clone()),
        measured_at: known
            .last_look
            .and_then(|at| Timestamp::from_millisecond(at).ok())
            .map(|at| at.to_string()),
        ..criterion
    }
}

/// How long it may be down in this time, in milliseconds.
pub(super) fn budget(length: i64, percent: f64) -> f64 {
    length as f64 * (100.0 - percent).max(0.0) / 100.0
}

/// What is used and what is left of the error budget.
fn budget_text(known: &Known, percent: f64) -> String {
    let minutes = |milliseconds: f64| tenths(milliseconds / 60_000.0);
    let budget = budget(known.whole(), percent);
    let down = known.down as f64;
    format!(
        "{} of {} minutes of the error budget used in {}, {} left",
        minutes(down),
        minutes(budget),
        timeline::length(known.whole()),
        minutes((budget - down).max(0.0)),
    )
}

/// What helps: time, where the window is not full yet; else a better version.
fn remedy(
    asked: &AdditionalRequirement,
    question: &Question<'_>,
    known: &Known,
    days: Option<f64>,
) -> String {
    let share = (100.0 - target(asked)) / 100.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float that is too large saturates"
    )]
    let needed = (known.down as f64 / share) as i64;
    let fits = days.is_none_or(|days| needed <= timeline::days(days));
    let rule = place(&asked.rule);
    if share > 0.0 && fits {
        let missing = needed.saturating_sub(known.up + known.down);
        let at = question.facts.now.as_millisecond().saturating_add(missing);
        format!(
            "it holds again on {} if it stays up; how much is asked is set by `{}`{rule}",
            timeline::moment_of(at),
            asked.name
        )
    } else {
        format!(
            "find out why it was down and bring a version in which that is mended; how much is asked is set by `{}`{rule}",
            asked.name
        )
    }
}
