//! How mature a component is. Pure.

use crate::ledger::{Active, Hold, State};
use crate::model::{EnvironmentName, Reason, Report, Target, Unavailable};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How mature a component is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maturity {
    /// The level that it was shown to have; `None` where nothing was shown.
    pub level: Option<Target>,
    /// Why it has this level, in a sentence without its full stop.
    pub because: String,
    /// The versions that are active, by environment.
    pub versions: BTreeMap<EnvironmentName, Active>,
    /// The versions that must not be deployed, and where.
    pub holds: Vec<(EnvironmentName, Hold)>,
    /// Where, when and why a level was taken away.
    pub demotions: Vec<(EnvironmentName, Timestamp, String)>,
    /// The environments of which nothing is known, and why.
    pub unknown: BTreeMap<EnvironmentName, Reason>,
}

/// The maturity that follows from what is deployed where. A component is at the highest environment in
/// which a version is active and verified and the level was not taken away; else at `dev`, where
/// its last report passed what `dev` asks (`None` where there is no report).
#[must_use]
pub fn maturity(
    states: &BTreeMap<EnvironmentName, Result<State, Unavailable>>,
    has_passed_dev: Option<bool>,
) -> Maturity {
    let known = || {
        let known = states.iter();
        known.filter_map(|(name, state)| Some((*name, state.as_ref().ok()?)))
    };
    let highest = known()
        .filter(|(_, state)| state.demotion.is_none())
        .filter_map(|(name, state)| Some((name, state.active.as_ref()?)))
        .rfind(|(_, active)| active.is_verified);
    let (level, because) = match (highest, has_passed_dev) {
        (Some((name, active)), _) => (
            Some(name.target()),
            format!("{} is active and healthy in {name}", active.version),
        ),
        (None, Some(true)) => (
            Some(Target::Dev),
            "the last report passed what dev asks".to_owned(),
        ),
        (None, Some(false)) => (
            None,
            "the last report did not pass what dev asks".to_owned(),
        ),
        (None, None) => (None, "there is no report and no deployment".to_owned()),
    };
    Maturity {
        level,
        because,
        versions: known()
            .filter_map(|(name, state)| Some((name, state.active.clone()?)))
            .collect(),
        holds: known()
            .flat_map(|(name, state)| state.holds.iter().map(move |hold| (name, hold.clone())))
            .collect(),
        demotions: known()
            .filter_map(|(name, state)| {
                let (at, reason) = state.demotion.clone()?;
                Some((name, at, reason))
            })
            .collect(),
        unknown: states
            .iter()
            .filter_map(|(name, state)| Some((*name, state.as_ref().err()?.reason().clone())))
            .collect(),
    }
}

/// Whether a report shows that the component passed the stages before the first deployment.
#[must_use]
pub fn has_passed_dev(report: &Report) -> bool {
    let before = || {
        let records = report.stages();
        records.filter(|record| record.stage_name.first_target() == Target::Dev)
    };
    before().any(|record| record.success) && before().all(|record| !record.verdict.stops())
}
