//! How a deployment's outcome is told to GitHub, and read again: one place for both ways.
//!
//! GitHub knows `success`, `failure` and `error`. The description of the final status begins with
//! spec2prod's own word, so that nothing is lost.

use super::{DeploymentState, DeploymentStatus};
use crate::model::{DeploymentOutcome, Verdict};
use serde::Deserialize as _;
use serde::de::value::{Error, StrDeserializer};

/// The state that GitHub is told. Nothing but a version that was shown to be healthy is a `success`;
/// a `failure` says something about the version, an `error` does not.
#[must_use]
pub const fn final_state(outcome: DeploymentOutcome, verdict: &Verdict) -> DeploymentState {
    match outcome {
        DeploymentOutcome::Healthy | DeploymentOutcome::AlreadyActive => DeploymentState::Success,
        DeploymentOutcome::LeftFailed
        | DeploymentOutcome::RolledBack
        | DeploymentOutcome::RollbackFailed => DeploymentState::Failure,
        // Tests that failed before anything was touched say something about the version.
        DeploymentOutcome::NotDeployed if matches!(verdict, Verdict::Failed) => {
            DeploymentState::Failure
        }
        DeploymentOutcome::NotDeployed
        | DeploymentOutcome::Unverified
        | DeploymentOutcome::Refused
        | DeploymentOutcome::Interrupted => DeploymentState::Error,
    }
}

/// The description of the final status. What is too long for GitHub is cut when it is sent.
#[must_use]
pub fn final_description(outcome: DeploymentOutcome, message: &str) -> String {
    format!("{}: {message}", outcome.words())
}

/// The outcome that a status tells; `None` where it is no final one of spec2prod's.
#[must_use]
pub fn told_outcome(status: &DeploymentStatus) -> Option<DeploymentOutcome> {
    let (word, _) = status.description.split_once(": ")?;
    let word = word.replace(' ', "_");
    let outcome = DeploymentOutcome::deserialize(StrDeserializer::<Error>::new(&word)).ok()?;
    // Both verdicts, since a status does not tell it.
    let states = [&Verdict::Passed, &Verdict::Failed].map(|verdict| final_state(outcome, verdict));
    states.contains(&status.state?).then_some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const ALL: [DeploymentOutcome; 9] = [
        DeploymentOutcome::Healthy,
        DeploymentOutcome::AlreadyActive,
        DeploymentOutcome::Unverified,
        DeploymentOutcome::LeftFailed,
        DeploymentOutcome::RolledBack,
        DeploymentOutcome::RollbackFailed,
        DeploymentOutcome::Refused,
        DeploymentOutcome::NotDeployed,
        DeploymentOutcome::Interrupted,
    ];

    fn status(state: DeploymentState, description: String) -> DeploymentStatus {
        DeploymentStatus {
            id: 1,
            state: Some(state),
            description,
            log_url: String::new(),
            environment_url: String::new(),
            creator: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn only_a_healthy_version_is_a_success() {
        for outcome in ALL {
            let state = final_state(outcome, &Verdict::Passed);
            assert_eq!(
                state == DeploymentState::Success,
                outcome.is_success(),
                "{outcome}"
            );
        }
    }

    #[test]
    fn an_outcome_is_read_as_it_was_told() {
        for outcome in ALL {
            for verdict in [Verdict::Passed, Verdict::Failed] {
                let text = final_description(outcome, "what: happened");
                let status = status(final_state(outcome, &verdict), text);
                assert_eq!(told_outcome(&status), Some(outcome));
            }
        }
    }

    #[test]
    fn a_status_of_another_is_no_outcome() {
        for (state, text) in [
            (DeploymentState::Success, ""),
            (DeploymentState::Success, "healthy"),
            (DeploymentState::Failure, "healthy: no"),
            (DeploymentState::Success, "rolled back: no"),
            (DeploymentState::Success, "Deployed: by hand"),
            (DeploymentState::InProgress, "interrupted: not yet"),
        ] {
            assert_eq!(told_outcome(&status(state, text.to_owned())), None);
        }
    }
}
