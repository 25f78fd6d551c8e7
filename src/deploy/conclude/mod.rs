//! How an operation ended, in words for the person who must act. Pure.

mod by_hand;

pub(super) use by_hand::{
    drill_failed, drill_interrupted, drilled, no_drill, no_target, not_come_back, not_settled,
    rolled_back_by_hand,
};

use super::{
    Order,
    effects::Finding,
    engine::{Run, Stop},
    rollback::Way,
};
use crate::ledger::Hold;
use crate::model::{
    Deployment, DeploymentOutcome as Outcome, Phase, Reason, ReasonCode, Verdict, Version,
};

/// An operation and how it ended.
pub(super) struct Conclusion<'a> {
    pub(super) order: &'a Order,
    pub(super) run: &'a Run,
    pub(super) stop: &'a Stop,
}

impl Conclusion<'_> {
    /// What stands in the report.
    pub(super) fn deployment(&self) -> Deployment {
        let (order, run, stop) = (self.order, self.run, self.stop);
        let mut message = stop.message.clone();
        if let Some(earlier) = &run.earlier {
            message = format!("{message}. It was interrupted before, {earlier}");
        }
        for warning in &run.warnings {
            message = format!("{message}. Besides: {warning}");
        }
        let url = run.outputs.get("url").cloned();
        let about = super::place::About {
            version: &run.version,
            previous: None,
            id: &run.id,
            url: url.as_deref(),
        };
        let place = super::place::Place::new(&order.component, &order.environment, &about);
        Deployment {
            id: run.id.clone(),
            environment: order.environment.name,
            operation: run.operation,
            version: run.version.clone(),
            previous: run.previous.clone(),
            active: run.active.clone(),
            outcome: stop.outcome,
            verdict: stop.verdict.clone(),
            message,
            remedy: stop.remedy.clone(),
            url: place.url().map(str::to_owned),
            is_hotfix: order.hotfix.is_some(),
            approved_by: order.approved_by.clone(),
            phases: run.phases.clone(),
            outputs: run.outputs.clone(),
        }
    }
}

fn stop(outcome: Outcome, verdict: Verdict, message: String) -> Stop {
    Stop {
        outcome,
        verdict,
        message,
        remedy: None,
    }
}

fn remedied(stop: Stop, remedy: impl Into<String>) -> Stop {
    Stop {
        remedy: Some(remedy.into()),
        ..stop
    }
}

/// Passed, or warned where a phase deserves a look.
fn passed(run: &Run) -> Verdict {
    let deserves_a_look = run
        .phases
        .iter()
        .any(|phase| phase.verdict == Verdict::Warned || !phase.warnings.is_empty());
    if deserves_a_look || !run.warnings.is_empty() {
        Verdict::Warned
    } else {
        Verdict::Passed
    }
}

/// What stands in the event that says that it begins.
pub(super) fn under_way() -> Stop {
    let message = "it has begun";
    let reason = Reason::new(ReasonCode::Interrupted, message);
    stop(
        Outcome::Interrupted,
        Verdict::Errored(reason),
        message.to_owned(),
    )
}

pub(super) fn healthy(run: &Run) -> Stop {
    let message = format!("{} is active and healthy", run.version);
    stop(Outcome::Healthy, passed(run), message)
}

pub(super) fn already_active(run: &Run, finding: &Finding) -> Stop {
    let message = format!(
        "{} was active and verified before, and is {}",
        run.version, finding.message
    );
    stop(Outcome::AlreadyActive, passed(run), message)
}

/// A version that was verified before.
pub(super) fn not_healthy_any_more(run: &Run, finding: &Finding) -> Stop {
    let message = format!(
        "{} was active and verified before, and is not healthy any more: {}. Nothing was changed",
        run.version, finding.message
    );
    remedied(
        stop(Outcome::LeftFailed, Verdict::Failed, message),
        "run it again to deploy it once more, or take it back with `spec2prod rollback`",
    )
}

pub(super) fn held(version: &Version, hold: &Hold) -> Stop {
    let by = hold.by.actor.as_deref().unwrap_or(&hold.by.run);
    let message = format!(
        "{version} is held since {} by {by}: {}",
        hold.since, hold.reason
    );
    remedied(
        stop(Outcome::Refused, Verdict::Failed, message),
        "deploy another version, or let this one go with `spec2prod release`",
    )
}

/// Whether an operation that was settled left the environment so that somebody has to look.
pub(super) const fn is_unwell(settled: &Deployment) -> bool {
    !matches!(
        settled.outcome,
        Outcome::Healthy | Outcome::AlreadyActive | Outcome::RolledBack
    )
}

/// What was settled and did not end well, for an order that is refused besides.
pub(super) fn also_refused(settled: Deployment, refused: &Stop) -> Deployment {
    let message = format!(
        "{}. Besides, what was asked for is refused: {}",
        settled.message, refused.message
    );
    Deployment { message, ..settled }
}

/// What is found where a person holds a version before the command is called that would bring it.
pub(super) fn held_meanwhile(version: &Version, hold: &Hold) -> Finding {
    let message = held(version, hold).message;
    // It is no failure that was seen, so that the next run does not take it for one.
    let reason = Reason::new(ReasonCode::NotNeeded, message.clone());
    Finding::new(Verdict::Skipped(reason), message)
}

/// Something before the deploy command, or that command's start, did not work.
pub(super) fn not_deployed(finding: &Finding, phase: Phase) -> Stop {
    let message = format!("nothing was deployed: {phase}: {}", finding.message);
    let remedy = finding.verdict.reason().and_then(|r| r.remedy.clone());
    Stop {
        remedy,
        ..stop(Outcome::NotDeployed, finding.verdict.clone(), message)
    }
}

/// Nothing could be learned about the version.
pub(super) fn unverified(finding: &Finding, phase: Phase) -> Stop {
    let message = format!(
        "whether the version is healthy could not be measured, and nothing was taken back: {phase}: {}",
        finding.message
    );
    let known = finding.verdict.reason().and_then(|r| r.remedy.clone());
    let remedy =
        known.unwrap_or_else(|| "mend what could not be measured, and run it again".into());
    remedied(
        stop(Outcome::Unverified, finding.verdict.clone(), message),
        remedy,
    )
}

pub(super) fn interrupted(run: &Run, what: &str) -> Stop {
    let what = what.trim_end_matches('.');
    let message = match (run.is_touched, &run.active) {
        (false, _) => format!("interrupted ({what}); nothing was touched"),
        (true, Some(active)) => format!(
            "interrupted ({what}); {active} is active, its checks are not done, and the next run goes on with them"
        ),
        (true, None) => format!(
            "interrupted ({what}); it is not known which version is active, and the next run goes on from here"
        ),
    };
    let reason = Reason::new(ReasonCode::Interrupted, message.clone());
    remedied(
        stop(Outcome::Interrupted, Verdict::Errored(reason), message),
        "run it again",
    )
}

/// It cannot be written down how it ended.
pub(super) fn not_recorded(ended: Stop, error: &str) -> Stop {
    let message = format!(
        "{}. This could not be written to the ledger: {error}",
        ended.message
    );
    let outcome = match ended.outcome {
        Outcome::Healthy | Outcome::AlreadyActive => Outcome::Unverified,
        outcome => outcome,
    };
    let verdict = match ended.verdict {
        Verdict::Failed => Verdict::Failed,
        _ => Verdict::Errored(Reason::new(ReasonCode::LedgerUnavailable, message.clone())),
    };
    Stop {
        outcome,
        verdict,
        message,
        remedy: Some("mend the ledger, and run it again: it goes on from here".to_owned()),
    }
}

/// Another run is at work on the environment now.
pub(super) fn overtaken(ended: Stop, error: &str) -> Stop {
    let message = format!("{}. This run stopped there: {error}", ended.message);
    let verdict = match ended.verdict {
        Verdict::Failed => Verdict::Failed,
        _ => Verdict::Errored(Reason::new(ReasonCode::NotSettled, message.clone())),
    };
    remedied(
        stop(Outcome::Interrupted, verdict, message),
        "wait for the other run, and run it again",
    )
}

/// The configuration says that a failed version is not taken back.
pub(super) fn left_failed(run: &Run, phase: Phase, message: &str) -> Stop {
    let state = match &run.active {
        Some(version) => format!("{version} was left active"),
        None => "it is not known which version is active".to_owned(),
    };
    let message =
        format!("{phase} failed: {message}. {state}, because `rollback_on_failure` is false");
    remedied(
        stop(Outcome::LeftFailed, Verdict::Failed, message),
        "take it back with `spec2prod rollback`, or deploy a version that mends it",
    )
}

pub(super) fn nothing_to_go_back_to(run: &Run, reason: &str) -> Stop {
    let state = match &run.active {
        Some(version) => format!("{version} stays active"),
        None => "it is not known which version is active".to_owned(),
    };
    let message = format!(
        "{reason}. {state}, and it is held: no other version was verified healthy here that could be gone back to"
    );
    remedied(
        stop(Outcome::LeftFailed, Verdict::Failed, message),
        "deploy a version that mends it",
    )
}

pub(super) fn rolled_back(way: &Way, reason: &str, finding: &Finding) -> Stop {
    let message = format!(
        "{reason}. It was taken back: {} is active again and {}",
        way.to, finding.message
    );
    remedied(
        stop(Outcome::RolledBack, Verdict::Failed, message),
        "mend it and deploy another version; this one is held until `spec2prod release`",
    )
}

/// Somebody has to look.
pub(super) fn rollback_failed(
    run: &Run,
    way: &Way,
    reason: Option<&str>,
    phase: Phase,
    finding: &Finding,
) -> Stop {
    let reason = reason
        .map(|reason| format!("{reason}. "))
        .unwrap_or_default();
    let state = match &run.active {
        Some(version) => format!("{version} is active"),
        None => "it is not known which version is active".to_owned(),
    };
    let message = format!(
        "{reason}The rollback to {} did not succeed: {phase}: {}. {state}, nothing else is tried, and somebody has to look",
        way.to, finding.message
    );
    let verdict = match &finding.verdict {
        verdict @ (Verdict::Errored(_) | Verdict::NoData(_)) if reason.is_empty() => {
            verdict.clone()
        }
        _ => Verdict::Failed,
    };
    remedied(
        stop(Outcome::RollbackFailed, verdict, message),
        "look at the environment, then deploy a version or use `spec2prod rollback --to`",
    )
}
