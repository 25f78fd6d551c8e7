//! From the records to the state: each record changes what is known a little.

use super::activity::Activity;
use super::record::{By, Event, Record, brought};
use super::state::{Drill, Hold, Hotfix, MeasuredCoverage, Open, State};
use crate::model::{DeploymentOutcome, Operation, Phase, SuiteCoverage, Version};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// What follows from these records.
    ///
    /// They are taken in the order of their times; those of the same time in the order in which
    /// they stand, and a record that is there twice counts once. Whatever the records are, also of
    /// deployments that nobody saw begin, there is an answer: where they do not say which version is
    /// active, it is unknown.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let mut fold = Fold::default();
        for record in in_order(records) {
            fold.take(record);
        }
        let activity = fold.activity;
        Self {
            active: activity.active,
            is_unknown: activity.is_unknown,
            periods: activity.periods,
            ..fold.state
        }
    }
}

/// The records by time, each once.
fn in_order(records: &[Record]) -> Vec<&Record> {
    let mut ordered: Vec<&Record> = records.iter().collect();
    ordered.sort_by_key(|record| record.at);
    let mut distinct: Vec<&Record> = Vec::with_capacity(ordered.len());
    for record in ordered {
        let mut of_this_time = distinct
            .iter()
            .rev()
            .take_while(|known| known.at == record.at);
        if !of_this_time.any(|known| *known == record) {
            distinct.push(record);
        }
    }
    distinct
}

/// A deployment that has begun.
#[derive(Debug, Clone)]
struct Begun {
    operation: Operation,
    version: Version,
    previous: Option<Version>,
    /// The version that was active when it began.
    before: Option<Version>,
}

impl Begun {
    /// The version that the command of this phase makes the active one.
    const fn brought_by(&self, phase: Phase, is_rollback: bool) -> Option<&Version> {
        let versions = (&self.version, self.previous.as_ref());
        brought(self.operation, versions, phase, is_rollback)
    }
}

#[derive(Debug, Default)]
struct Fold {
    state: State,
    activity: Activity,
    begun: BTreeMap<String, Begun>,
    ended: BTreeSet<String>,
}

impl Fold {
    fn take(&mut self, record: &Record) {
        let (at, by) = (record.at, &record.by);
        match &record.event {
            Event::Started {
                deployment,
                operation,
                version,
                previous,
                lease_until,
                is_hotfix,
                hotfix,
                ..
            } => {
                let is_new = !self.begun.contains_key(deployment);
                if is_new && *is_hotfix && *operation == Operation::Deploy {
                    self.state.hotfixes.push(Hotfix {
                        deployment: deployment.clone(),
                        version: version.clone(),
                        reason: hotfix.clone(),
                        at,
                        by: by.clone(),
                    });
                }
                let begun = Begun {
                    operation: *operation,
                    version: version.clone(),
                    previous: previous.clone(),
                    before: self.activity.version().cloned(),
                };
                self.start(deployment, begun, *lease_until, by);
            }
            Event::PhaseStarted {
                deployment,
                phase,
                is_rollback,
            } => self.phase(deployment, *phase, *is_rollback, None, at),
            Event::PhaseEnded {
                deployment,
                phase,
                is_rollback,
                verdict,
                coverage,
                ..
            } => {
                if *phase == Phase::IntegrationTests && !is_rollback {
                    self.cover(deployment, *coverage, at);
                }
                self.phase(
                    deployment,
                    *phase,
                    *is_rollback,
                    Some(verdict.is_pass()),
                    at,
                );
            }
            Event::Ended {
                deployment,
                outcome,
                active,
                ..
            } => self.end(deployment, *outcome, active.as_ref(), at, by),
            Event::Held { version, reason } => self.hold(version, reason, at, by),
            Event::Released { version, .. } => {
                let holds = &mut self.state.holds;
                holds.retain(|hold| !is_same_or_all_of(version, &hold.version));
            }
            Event::Approved(approval) => {
                if !self.state.approvals.contains(approval) {
                    self.state.approvals.push(approval.clone());
                }
            }
            Event::Demoted { reason, .. } => {
                self.state.demotion = Some((at, reason.clone()));
            }
        }
    }

    /// A deployment begins, or another run takes it over. Only the last one that began is open:
    /// whoever began it knew that the one before was over.
    fn start(&mut self, deployment: &str, begun: Begun, lease_until: Timestamp, by: &By) {
        if self.ended.contains(deployment) {
            return;
        }
        // Whoever goes on with it may have another version to go back to.
        let previous = begun.previous.clone();
        let begun = self.begun.entry(deployment.to_owned()).or_insert(begun);
        begun.previous = previous;
        let earlier = self.state.open.take();
        let earlier = earlier.filter(|open| open.deployment == deployment);
        self.state.open = Some(Open {
            deployment: deployment.to_owned(),
            operation: begun.operation,
            version: begun.version.clone(),
            previous: begun.previous.clone(),
            lease_until,
            by: by.clone(),
            last_phase: earlier.as_ref().and_then(|open| open.last_phase),
            is_deployed: earlier.is_some_and(|open| open.is_deployed),
        });
    }

    /// A phase begins, or has ended and passed or not.
    fn phase(
        &mut self,
        deployment: &str,
        phase: Phase,
        is_rollback: bool,
        has_passed: Option<bool>,
        at: Timestamp,
    ) {
        let open = self.state.open.as_mut();
        if let Some(open) = open.filter(|open| open.deployment == deployment) {
            open.last_phase = Some((phase, is_rollback, has_passed.is_some()));
            if phase == Phase::Deploy && !is_rollback {
                open.is_deployed = has_passed == Some(true);
            }
        }
        if !matches!(phase, Phase::Deploy | Phase::Rollback) {
            return;
        }
        let begun = self.begun.get(deployment);
        let brought = begun.and_then(|begun| begun.brought_by(phase, is_rollback));
        // An end whose beginning nobody saw is one all the same.
        if has_passed.is_none() || !self.activity.is_unsettled() {
            self.activity.begin(brought, at);
        }
        if let Some(version) = brought.filter(|_| has_passed == Some(true)) {
            self.activity.bring(version, at);
        }
    }

    fn end(
        &mut self,
        deployment: &str,
        outcome: DeploymentOutcome,
        active: Option<&Version>,
        at: Timestamp,
        by: &By,
    ) {
        use DeploymentOutcome as Outcome;
        self.ended.insert(deployment.to_owned());
        let open = self.state.open.take();
        self.state.open = open.filter(|open| open.deployment != deployment);
        let begun = self.begun.get(deployment).cloned();
        let wanted = begun.as_ref().map(|begun| &begun.version);
        match outcome {
            Outcome::Healthy | Outcome::AlreadyActive => {
                self.verify(active.or(wanted), at);
                self.state.demotion = None;
            }
            Outcome::RolledBack => {
                let back = begun
                    .as_ref()
                    .and_then(|begun| begun.brought_by(Phase::Rollback, true));
                self.verify(active.or(back), at);
            }
            Outcome::LeftFailed => {
                let wanted = wanted.filter(|_| !self.activity.is_unsettled());
                self.settle(active.or(wanted), false, at);
            }
            Outcome::Unverified | Outcome::RollbackFailed => self.settle(active, false, at),
            Outcome::Refused | Outcome::NotDeployed => {
                let hotfixes = &mut self.state.hotfixes;
                hotfixes.retain(|hotfix| hotfix.deployment != deployment);
                self.activity.restore(active, at);
            }
            Outcome::Interrupted => self.activity.interrupt(active, at),
        }
        if let Some(begun) = begun {
            self.forget_if_bad(&begun, outcome);
            self.note_rollback(&begun, outcome, active, at, by);
        }
        // What was shown to be bad meanwhile is not verified because it is what was there before.
        let active = self.activity.active.as_ref();
        let doubtful = active.filter(|active| active.is_verified).cloned();
        if let Some(active) = doubtful
            && !self.state.verified.contains(&active.version)
        {
            self.activity.settle(&active.version, false, at);
        }
    }

    fn verify(&mut self, version: Option<&Version>, at: Timestamp) {
        self.settle(version, true, at);
        if let Some(version) = version {
            self.state.verified.retain(|known| known != version);
            self.state.verified.push(version.clone());
        }
    }

    fn settle(&mut self, version: Option<&Version>, is_verified: bool, at: Timestamp) {
        match version {
            Some(version) => self.activity.settle(version, is_verified, at),
            None => self.activity.lose(at),
        }
    }

    /// A version whose deployment showed it to be bad is nothing to go back to, whatever it was
    /// before.
    fn forget_if_bad(&mut self, begun: &Begun, outcome: DeploymentOutcome) {
        use DeploymentOutcome::{LeftFailed, RollbackFailed, RolledBack};
        let is_bad = begun.operation == Operation::Deploy
            && matches!(outcome, LeftFailed | RollbackFailed | RolledBack);
        let active = self.activity.active.as_ref();
        let is_verified =
            active.is_some_and(|active| active.is_verified && active.version == begun.version);
        if is_bad && !is_verified {
            let verified = &mut self.state.verified;
            verified.retain(|known| *known != begun.version);
        }
    }

    /// A rollback that was carried out and ended healthy shows that rollbacks work.
    fn note_rollback(
        &mut self,
        begun: &Begun,
        outcome: DeploymentOutcome,
        active: Option<&Version>,
        at: Timestamp,
        by: &By,
    ) {
        use DeploymentOutcome::{Healthy, RolledBack};
        let back = active.or_else(|| begun.brought_by(Phase::Rollback, true));
        let (from, to) = match (begun.operation, outcome) {
            (Operation::Drill, Healthy) => (Some(&begun.version), begun.previous.as_ref()),
            (Operation::Deploy, RolledBack) => (Some(&begun.version), back),
            (Operation::Rollback, Healthy | RolledBack) => (begun.before.as_ref(), back),
            _ => return,
        };
        if let (Some(from), Some(to)) = (from, to)
            && from != to
        {
            self.state.drills.push(Drill {
                at,
                from: from.clone(),
                to: to.clone(),
                is_drill: begun.operation == Operation::Drill,
                by: by.clone(),
            });
        }
    }

    /// What was measured later replaces what was measured before, and not what was not measured.
    fn cover(&mut self, deployment: &str, coverage: Option<SuiteCoverage>, at: Timestamp) {
        let (Some(begun), Some(coverage)) = (self.begun.get(deployment), coverage) else {
            return;
        };
        let covered = &mut self.state.covered;
        covered.retain(|known| known.version != begun.version);
        covered.push(MeasuredCoverage {
            version: begun.version.clone(),
            at,
            coverage,
            deployment: deployment.to_owned(),
        });
    }

    fn hold(&mut self, version: &Version, reason: &str, at: Timestamp, by: &By) {
        let holds = &mut self.state.holds;
        match holds.iter_mut().find(|hold| hold.version == *version) {
            Some(hold) => {
                reason.clone_into(&mut hold.reason);
                hold.by = by.clone();
            }
            None => holds.push(Hold {
                version: version.clone(),
                reason: reason.to_owned(),
                since: at,
                by: by.clone(),
            }),
        }
    }
}

/// Whether `version` is `other`, or stands for all artifacts of its commit.
fn is_same_or_all_of(version: &Version, other: &Version) -> bool {
    version.commit == other.commit && (version.digest.is_none() || version.digest == other.digest)
}
