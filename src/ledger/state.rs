//! What follows from a ledger. Pure.

use super::record::{Approval, By};
use crate::model::{Operation, Phase, SuiteCoverage, Version};
use jiff::Timestamp;

/// The version that is active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// The version.
    pub version: Version,
    /// Since when.
    pub since: Timestamp,
    /// Whether its health was shown in this environment.
    pub is_verified: bool,
}

/// A deployment that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The deployment's id.
    pub deployment: String,
    /// What it is about.
    pub operation: Operation,
    /// The version that is to be active.
    pub version: Version,
    /// The version to go back to.
    pub previous: Option<Version>,
    /// Until when the run that began it may be at work.
    pub lease_until: Timestamp,
    /// Who began it.
    pub by: By,
    /// The phase that began last, whether it belongs to taking the version back, and whether it
    /// ended.
    pub last_phase: Option<(Phase, bool, bool)>,
    /// Whether the deploy command of this deployment has ended well.
    pub is_deployed: bool,
}

/// A version that must not be deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The version.
    pub version: Version,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Who holds it.
    pub by: By,
}

/// A time in which one version was active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The version.
    pub version: Version,
    /// From when.
    pub from: Timestamp,
    /// To when; `None` for the one that is active.
    pub to: Option<Timestamp>,
    /// Since when within the period it was verified healthy; `None` where it never was.
    pub verified_at: Option<Timestamp>,
}

/// A rollback that was carried out and shown to work, as a drill or in earnest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// When it ended.
    pub at: Timestamp,
    /// The version that was taken back.
    pub from: Version,
    /// The version that was active and healthy afterwards.
    pub to: Version,
    /// Whether it was a drill; else it was in earnest.
    pub is_drill: bool,
    /// Who did it.
    pub by: By,
}

/// A version that was deployed without its days in staging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hotfix {
    /// The deployment's id.
    pub deployment: String,
    /// The version.
    pub version: Version,
    /// Why; `None` where the record does not say it.
    pub reason: Option<String>,
    /// When it began.
    pub at: Timestamp,
    /// Who did it.
    pub by: By,
}

/// How much of a version the integration tests of a deployment covered.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredCoverage {
    /// The version.
    pub version: Version,
    /// When the tests ended.
    pub at: Timestamp,
    /// How much they covered.
    pub coverage: SuiteCoverage,
    /// The deployment's id.
    pub deployment: String,
}

/// What is known about one component in one environment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The version that is active; `None` where nothing was ever deployed or it is not known,
    /// because a deploy command was interrupted or failed half-way.
    pub active: Option<Active>,
    /// Whether something was deployed and it is not known which version is active.
    pub is_unknown: bool,
    /// The versions that were verified healthy, latest last, each once.
    pub verified: Vec<Version>,
    /// A deployment that has not ended.
    pub open: Option<Open>,
    /// The versions that must not be deployed.
    pub holds: Vec<Hold>,
    /// When which version was active, oldest first.
    pub periods: Vec<Period>,
    /// Rollbacks that were shown to work, oldest first.
    pub drills: Vec<Drill>,
    /// What integration tests covered, the latest of each version.
    pub covered: Vec<MeasuredCoverage>,
    /// Who agreed to what.
    pub approvals: Vec<Approval>,
    /// The versions that were deployed as hotfixes, oldest first.
    pub hotfixes: Vec<Hotfix>,
    /// When and why the maturity was taken away, unless a deployment came after it.
    pub demotion: Option<(Timestamp, String)>,
}

impl State {
    /// The hold that concerns a version. One on a commit without an artifact concerns all artifacts
    /// of that commit, and one on an artifact concerns its commit where no artifact is named.
    #[must_use]
    pub fn hold_of(&self, version: &Version) -> Option<&Hold> {
        self.holds.iter().find(|hold| {
            let held = &hold.version;
            let is_any_artifact = held.digest.is_none() || version.digest.is_none();
            held.commit == version.commit && (is_any_artifact || held.digest == version.digest)
        })
    }

    /// The hotfix that brought a version here the last time.
    #[must_use]
    pub fn hotfix_of(&self, version: &Version) -> Option<&Hotfix> {
        let mut latest_first = self.hotfixes.iter().rev();
        latest_first.find(|hotfix| hotfix.version == *version)
    }

    /// What the integration tests of this very version covered, when they ran last and it was measured.
    #[must_use]
    pub fn coverage_of(&self, version: &Version) -> Option<&MeasuredCoverage> {
        self.covered.iter().find(|known| known.version == *version)
    }

    /// The version to go back to from this one: the last that was verified healthy, is not this
    /// one, and is not held.
    #[must_use]
    pub fn version_before(&self, version: &Version) -> Option<&Version> {
        let mut latest_first = self.verified.iter().rev();
        latest_first.find(|known| *known != version && self.hold_of(known).is_none())
    }
}
