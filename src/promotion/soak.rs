//! `staging_uptime_days`: how long this version was seen to be up in staging.
//!
//! The time of a version is its own. It adds up over the times in which the version was active and
//! verified; another version in between neither restarts it nor inherits it, and it does not grow
//! while another one is active. What nobody looked at does not count.

use super::criteria::{Question, measured, place, target, unknown};
use super::timeline::{self, DAY, moment, tenths};
use super::verified_in_staging::{deploy_remedy, held};
use crate::config::AdditionalRequirement;
use crate::ledger::State;
use crate::model::{
    Actual, Criterion, EnvironmentName, Reason, ReasonCode, Unavailable, Verdict, Version,
};
use jiff::Timestamp;

pub(super) fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let state = match question.state(EnvironmentName::Staging) {
        Ok(state) => state,
        Err(why) => return unknown(asked, &why),
    };
    let criterion = of_state(asked, question, state);
    // A version that is held is one that was shown to be bad, however long it was up before.
    match state.hold_of(question.version) {
        Some(hold) => held(criterion, hold, question),
        None => criterion,
    }
}

fn of_state(asked: &AdditionalRequirement, question: &Question<'_>, state: &State) -> Criterion {
    let (component, version) = (question.component, question.version);
    let now = question.facts.now;
    let stretches = timeline::stretches(&state.periods, version, now);
    if stretches.is_empty() {
        // Also where no days are asked: of a version that was never there nothing is known.
        return Criterion {
            verdict: Verdict::Failed,
            source: Some("the record of deployments".to_owned()),
            gap: Some(format!(
                "{version} was never active and verified in staging; {}",
                in_staging(state)
            )),
            remedy: Some(deploy_remedy(component)),
            ..measured(asked, Actual::Number(0.0))
        };
    }
    let target = target(asked);
    if target <= 0.0 {
        // Nothing is asked of the time, so that nobody has to have looked.
        let active: i64 = stretches
            .iter()
            .map(|stretch| stretch.to - stretch.from)
            .sum();
        return Criterion {
            source: Some("the record of deployments".to_owned()),
            ..measured(asked, Actual::Number(active as f64 / DAY as f64))
        };
    }
    let (source, looks) = match &question.facts.uptime {
        Ok(found) => found,
        Err(why) => return unknown(asked, why),
    };
    let uptime = &question.policy.uptime;
    let whole = timeline::measure(&stretches, looks, uptime.max_gap);
    let recent = timeline::latest(&stretches, timeline::days(target));
    let recent = timeline::measure(&recent, looks, uptime.max_gap);
    let measured_at = whole
        .last_look
        .and_then(|at| Timestamp::from_millisecond(at).ok())
        .map(|at| at.to_string());
    if whole.looks == 0 || recent.coverage() < uptime.coverage {
        let why = too_little(
            question,
            EnvironmentName::Staging,
            source,
            &recent,
            uptime.coverage,
        );
        return Criterion {
            source: Some(source.clone()),
            measured_at,
            gap: Some(recent.gap_text()),
            ..unknown(asked, &why)
        };
    }
    let days = whole.up as f64 / DAY as f64;
    let mut criterion = measured(asked, Actual::Number(days));
    if criterion.verdict == Verdict::Failed {
        criterion.gap = Some(gap(state, version, now, whole.up, target));
        let next = match is_growing(state, version) {
            true => format!(
                "leave it in staging and go on looking at it: spec2prod probe --component {component} --environment staging, from a scheduled workflow"
            ),
            false => format!(
                "go on with the version that is in staging, or bring this one back: spec2prod promote --component {component} --to staging"
            ),
        };
        criterion.remedy = Some(format!(
            "{next}; how many days are asked is set by `{}`{}",
            asked.name,
            place(&asked.rule)
        ));
    }
    criterion.source = Some(source.clone());
    criterion.measured_at = measured_at;
    criterion
}

/// Why the looks decide nothing: there are none, or they cover too little.
pub(super) fn too_little(
    question: &Question<'_>,
    environment: EnvironmentName,
    source: &str,
    known: &timeline::Known,
    coverage: f64,
) -> Unavailable {
    let rule = place(&question.policy.uptime.rule);
    let message = match known.looks {
        0 => {
            format!("{source}: nobody looked at {environment} while this version was active there")
        }
        looks => format!(
            "{source}: {looks} looks cover {} % of {}, at least {coverage} % is asked; {}",
            tenths(known.coverage()),
            timeline::length(known.whole()),
            known.gap_text(),
        ),
    };
    let code = match known.looks {
        0 => ReasonCode::NoEvidence,
        _ => ReasonCode::EvidenceIncomplete,
    };
    Unavailable::NoData(Reason::new(code, message).remedy(format!(
        "look at least every {} seconds, which is `promotion.uptime.max_gap`{rule}: spec2prod probe --component {} --environment {environment}, from a scheduled workflow",
        question.policy.uptime.max_gap.as_secs_f64(),
        question.component
    )))
}

/// How much is missing, and when it will be there.
fn gap(state: &State, version: &Version, now: Timestamp, up: i64, target: f64) -> String {
    let missing = timeline::days(target).saturating_sub(up);
    let so_far = match target < 1.0 {
        true => format!(
            "{} of {}",
            timeline::length(up),
            timeline::length(timeline::days(target))
        ),
        false => format!(
            "{} of {} days",
            tenths(up as f64 / DAY as f64),
            tenths(target)
        ),
    };
    if is_growing(state, version) {
        let complete = timeline::moment_of(now.as_millisecond().saturating_add(missing));
        format!("{so_far}; complete on {complete} if nothing changes")
    } else {
        format!("{so_far}; it does not grow: {}", in_staging(state))
    }
}

/// Whether the version is in staging now, and healthy.
fn is_growing(state: &State, version: &Version) -> bool {
    let active = state.active.as_ref();
    active.is_some_and(|active| active.version == *version && active.is_verified)
}

/// Which version is in staging.
fn in_staging(state: &State) -> String {
    match &state.active {
        Some(active) => format!(
            "{} is in staging since {}{}",
            active.version,
            moment(active.since),
            match active.is_verified {
                true => "",
                false => ", and it was never shown to be healthy",
            }
        ),
        None if state.is_unknown => "which version is in staging is not known".to_owned(),
        None => "nothing is in staging".to_owned(),
    }
}
