//! One line of the ledger.

use crate::model::{DeploymentOutcome, Operation, Phase, SuiteCoverage, Verdict, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who did it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The id of the run of spec2prod.
    pub run: String,
    /// The person or bot, where known: `GITHUB_ACTOR`, or the user at the terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Where the run is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One line of the ledger: one thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: By,
    /// What happened.
    pub event: Event,
}

/// Somebody agreed to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What was agreed to.
    pub version: Version,
    /// Who agreed.
    pub approver: String,
    /// Why, or where it is written.
    pub reason: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A deployment began.
    Started {
        /// The deployment's id.
        deployment: String,
        /// What it is about.
        operation: Operation,
        /// The version that is to be active.
        version: Version,
        /// The version to go back to: the last one verified healthy.
        previous: Option<Version>,
        /// Until when the run that began it may be at work. Later it is taken for dead.
        lease_until: Timestamp,
        /// Whether it skips the days in staging.
        #[serde(default)]
        is_hotfix: bool,
        /// Why it skips them. Records that were written earlier do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hotfix: Option<String>,
        /// Who agreed, where somebody had to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approved_by: Vec<String>,
    },
    /// A phase began.
    PhaseStarted {
        /// The deployment's id.
        deployment: String,
        /// The phase.
        phase: Phase,
        /// Whether it belongs to taking the version back.
        #[serde(default)]
        is_rollback: bool,
    },
    /// A phase ended.
    PhaseEnded {
        /// The deployment's id.
        deployment: String,
        /// The phase.
        phase: Phase,
        /// Whether it belongs to taking the version back.
        #[serde(default)]
        is_rollback: bool,
        /// What came of it.
        verdict: Verdict,
        /// What was seen.
        message: String,
        /// What its commands gave back.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        outputs: BTreeMap<String, String>,
        /// How much its tests covered, where production asks for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        coverage: Option<SuiteCoverage>,
    },
    /// A deployment ended.
    Ended {
        /// The deployment's id.
        deployment: String,
        /// How.
        outcome: DeploymentOutcome,
        /// The version that is active now, as far as it is known.
        active: Option<Version>,
        /// What happened, in a sentence.
        message: String,
    },
    /// A version must not be deployed here any more.
    Held {
        /// The version.
        version: Version,
        /// Why.
        reason: String,
    },
    /// A held version may be deployed again.
    Released {
        /// The version.
        version: Version,
        /// Why.
        reason: String,
    },
    /// Somebody agreed to a version.
    Approved(Approval),
    /// A level of maturity was taken away from the component.
    Demoted {
        /// The version that was there.
        version: Version,
        /// Which criterion does not hold any more, and how.
        reason: String,
    },
}

impl Event {
    /// For the beginning of a deployment: the version that the command of this phase makes the active
    /// one. `None` for another event, and where there is no version to go back to.
    #[must_use]
    pub const fn brought_by(&self, phase: Phase, is_rollback: bool) -> Option<&Version> {
        match self {
            Self::Started {
                operation,
                version,
                previous,
                ..
            } => brought(*operation, (version, previous.as_ref()), phase, is_rollback),
            _ => None,
        }
    }
}

/// The version that the command of this phase makes the active one, of the version that an operation
/// is about and the one before it.
pub(super) const fn brought<'a>(
    operation: Operation,
    (version, previous): (&'a Version, Option<&'a Version>),
    phase: Phase,
    is_rollback: bool,
) -> Option<&'a Version> {
    match (operation, phase) {
        (Operation::Rollback, _) => Some(version),
        (_, Phase::Rollback) => previous,
        (Operation::Deploy, _) if is_rollback => previous,
        _ => Some(version),
    }
}
