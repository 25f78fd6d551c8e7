//! Which version was active when, as the records tell it one after the other.

use super::state::{Active, Period};
use crate::model::Version;
use jiff::Timestamp;

/// What is known about the version that is active, and about those before it.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// The version that is active, where it is known.
    pub(super) active: Option<Active>,
    /// Whether something was deployed and it is not known which version is active.
    pub(super) is_unknown: bool,
    /// When which version was active, oldest first. A period with a time of verification was
    /// verified from then to its end.
    pub(super) periods: Vec<Period>,
    /// A command that changes which version is active has begun, and what came of it is not known.
    unsettled: Option<Unsettled>,
    /// Whether the active version was brought by a command, and nobody said since whether it is
    /// healthy.
    is_in_checks: bool,
}

#[derive(Debug, Clone)]
struct Unsettled {
    /// What was active before.
    before: Option<Active>,
    /// Whether every command since then brings the version that was active anyway.
    is_same_version: bool,
    /// Whether an operation ended without anybody knowing which version is active. No later one that
    /// touches nothing brings that knowledge back.
    is_lost: bool,
}

impl Activity {
    /// The version that is active, where it is known.
    pub(super) fn version(&self) -> Option<&Version> {
        self.active.as_ref().map(|active| &active.version)
    }

    /// Whether a command has begun and what came of it is not known.
    pub(super) const fn is_unsettled(&self) -> bool {
        self.unsettled.is_some()
    }

    /// A command begins that brings this version, where that is known. Which one is active is
    /// unknown from now on.
    pub(super) fn begin(&mut self, brought: Option<&Version>, at: Timestamp) {
        let (before, was_same, is_lost) = match self.unsettled.take() {
            Some(unsettled) => (
                unsettled.before,
                unsettled.is_same_version,
                unsettled.is_lost,
            ),
            None => (self.active.take(), true, false),
        };
        let is_same = before.as_ref().map(|active| &active.version) == brought;
        self.unsettled = Some(Unsettled {
            is_same_version: was_same && is_same && brought.is_some(),
            before,
            is_lost,
        });
        self.is_unknown = true;
        self.close(at);
    }

    /// The command has done its work: this version is active. What its checks say comes later.
    pub(super) fn bring(&mut self, version: &Version, at: Timestamp) {
        let goes_on = self.goes_on(version);
        self.activate(version, goes_on, false, at);
        self.is_in_checks = true;
    }

    /// This version is active, and its checks have ended. Its period goes on where it was active
    /// before, unless it was verified then and is not any more.
    pub(super) fn settle(&mut self, version: &Version, is_verified: bool, at: Timestamp) {
        let was_verified = self
            .periods
            .last()
            .is_some_and(|period| period.verified_at.is_some());
        let goes_on = self.goes_on(version) && (is_verified || !was_verified);
        self.activate(version, goes_on, is_verified, at);
        self.is_in_checks = false;
    }

    /// Nobody knows which version is active.
    pub(super) fn lose(&mut self, at: Timestamp) {
        self.begin(None, at);
        self.unsettled = Some(Unsettled {
            before: None,
            is_same_version: false,
            is_lost: true,
        });
        self.is_in_checks = false;
    }

    /// Nothing was touched, and this version is active, as far as it is known.
    pub(super) fn restore(&mut self, active: Option<&Version>, at: Timestamp) {
        let Some(unsettled) = self.unsettled.take() else {
            return;
        };
        match (unsettled.before, active) {
            (Some(before), Some(version)) if before.version == *version => {
                if let Some(period) = self.periods.last_mut() {
                    period.to = None;
                }
                self.active = Some(before);
                self.is_unknown = false;
            }
            (None, None) if self.periods.is_empty() && !unsettled.is_lost => {
                self.is_unknown = false;
            }
            (before, version) => {
                self.unsettled = Some(Unsettled {
                    before,
                    is_same_version: false,
                    is_lost: unsettled.is_lost,
                });
                if let Some(version) = version {
                    self.settle(version, false, at);
                }
            }
        }
    }

    /// It was ended in the middle, with this version active, as far as that is known.
    pub(super) fn interrupt(&mut self, active: Option<&Version>, at: Timestamp) {
        if active.is_none() && self.is_unsettled() {
            self.lose(at);
            return;
        }
        let known = active.or_else(|| self.version()).cloned();
        let is_news = active.is_some() && active != self.version();
        if let Some(version) = known
            && (is_news || self.is_in_checks)
        {
            self.settle(&version, false, at);
        }
    }

    /// Whether the last period is one of this version that has not ended in between.
    fn goes_on(&self, version: &Version) -> bool {
        let before = match &self.unsettled {
            Some(unsettled) if unsettled.is_same_version => unsettled.before.as_ref(),
            Some(_) => None,
            None => self.active.as_ref(),
        };
        before.is_some_and(|before| before.version == *version)
    }

    fn activate(&mut self, version: &Version, goes_on: bool, is_verified: bool, at: Timestamp) {
        self.unsettled = None;
        self.is_unknown = false;
        if !goes_on {
            self.close(at);
            self.periods.push(Period {
                version: version.clone(),
                from: at,
                to: None,
                verified_at: None,
            });
        }
        let mut since = at;
        if let Some(period) = self.periods.last_mut() {
            period.to = None;
            since = period.from;
            if is_verified {
                period.verified_at.get_or_insert(at);
            }
        }
        self.active = Some(Active {
            version: version.clone(),
            since,
            is_verified,
        });
    }

    fn close(&mut self, at: Timestamp) {
        if let Some(period) = self.periods.last_mut() {
            period.to.get_or_insert(at);
        }
    }
}
