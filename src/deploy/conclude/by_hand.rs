//! How what a person asked for ended: rollbacks by hand and drills.

use super::{passed, remedied, stop};
use crate::deploy::{
    effects::Finding,
    engine::{Run, Stop},
    rollback::Way,
};
use crate::ledger::State;
use crate::model::{DeploymentOutcome as Outcome, Phase, Reason, ReasonCode, Verdict, Version};

pub(in crate::deploy) fn rolled_back_by_hand(run: &Run, way: &Way, finding: &Finding) -> Stop {
    let from = way.from.as_ref().map_or_else(
        || "an unknown version".to_owned(),
        |version| format!("{version}, which is held now,"),
    );
    let message = format!(
        "{from} was taken back: {} is active and {}",
        way.to, finding.message
    );
    stop(Outcome::RolledBack, passed(run), message)
}

pub(in crate::deploy) fn no_target(
    state: &State,
    from: Option<&Version>,
    asked: Option<&Version>,
) -> Stop {
    let known: Vec<String> = state.verified.iter().map(ToString::to_string).collect();
    let known = match known.as_slice() {
        [] => "no version was ever verified healthy here".to_owned(),
        known => format!("verified healthy here: {}", known.join(", ")),
    };
    let message = match (asked, from) {
        (Some(asked), Some(from)) if asked == from => {
            format!("{asked} is the version that would be gone back from; {known}")
        }
        (Some(asked), _) => format!("{asked} was never verified healthy here; {known}"),
        (None, Some(from)) => {
            format!("there is no version to go back to from {from} that is not held; {known}")
        }
        (None, None) => format!("there is no version to go back to that is not held; {known}"),
    };
    let reason = Reason::new(ReasonCode::NoRollbackTarget, message.clone());
    remedied(
        stop(Outcome::Refused, Verdict::Errored(reason), message),
        "deploy a version that is healthy first",
    )
}

pub(in crate::deploy) fn not_settled(state: &State) -> Stop {
    let message = match (&state.open, &state.active) {
        (Some(open), _) => format!(
            "the deployment of {} that run {} began is not finished",
            open.version, open.by.run
        ),
        (None, Some(active)) => format!(
            "{} is active, and was not shown to be healthy",
            active.version
        ),
        (None, None) if state.is_unknown => "it is not known which version is active".to_owned(),
        (None, None) => "nothing was ever deployed here".to_owned(),
    };
    let reason = Reason::new(ReasonCode::NotSettled, message.clone());
    remedied(
        stop(Outcome::Refused, Verdict::Errored(reason), message),
        "deploy a version first",
    )
}

pub(in crate::deploy) fn no_drill(version: &Version, finding: &Finding) -> Stop {
    let message = format!(
        "no drill was begun, because {version} was not shown to be healthy now: {}",
        finding.message
    );
    stop(Outcome::Refused, finding.verdict.clone(), message)
}

pub(in crate::deploy) fn drilled(run: &Run, way: &Way) -> Stop {
    let message = format!(
        "the rollback to {} works: it was active and healthy, and {} is again",
        way.to, run.version
    );
    stop(Outcome::Healthy, passed(run), message)
}

pub(in crate::deploy) fn drill_failed(
    run: &Run,
    way: &Way,
    phase: Phase,
    finding: &Finding,
) -> Stop {
    let message = format!(
        "the rollback to {} did not succeed: {phase}: {}. {} is active and healthy again",
        way.to, finding.message, run.version
    );
    let verdict = match &finding.verdict {
        verdict @ (Verdict::Errored(_) | Verdict::NoData(_)) => verdict.clone(),
        _ => Verdict::Failed,
    };
    remedied(
        stop(Outcome::RolledBack, verdict, message),
        "mend the rollback, and repeat the drill",
    )
}

/// A drill that a run before was interrupted in.
pub(in crate::deploy) fn drill_interrupted(run: &Run) -> Stop {
    let message = format!(
        "a drill was interrupted; {} is active and healthy again",
        run.version
    );
    let reason = Reason::new(ReasonCode::Interrupted, message.clone());
    remedied(
        stop(Outcome::RolledBack, Verdict::Errored(reason), message),
        "repeat the drill",
    )
}

pub(in crate::deploy) fn not_come_back(run: &Run, phase: Phase, finding: &Finding) -> Stop {
    let state = match &run.active {
        Some(version) => format!("{version} is active"),
        None => "it is not known which version is active".to_owned(),
    };
    let message = format!(
        "after a drill {} could not be brought back: {phase}: {}. {state}, nothing else is tried, and somebody has to look",
        run.version, finding.message
    );
    let (outcome, verdict) = match &finding.verdict {
        verdict @ (Verdict::Errored(_) | Verdict::NoData(_)) => {
            let is_back = run.active.as_ref() == Some(&run.version);
            let outcome = match is_back {
                true => Outcome::Unverified,
                false => Outcome::RollbackFailed,
            };
            (outcome, verdict.clone())
        }
        _ => (Outcome::RollbackFailed, Verdict::Failed),
    };
    remedied(
        stop(outcome, verdict, message),
        "look at the environment, then deploy a version",
    )
}
