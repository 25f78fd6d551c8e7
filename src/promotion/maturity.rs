//! How mature a component is, and what takes a level away from it. Pure.

use super::criteria::{DAYS, PERCENTAGE, Question, target};
use super::timeline::{self, tenths};
use super::{Sample, uptime};
use crate::ledger::{Active, Hold, State};
use crate::model::{
    Criterion, EnvironmentName, Reason, Report, Requirement, Target, Unavailable, Verdict, Version,
};
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

/// What keeps a level, once it was reached.
#[derive(Debug, Clone, Copy)]
pub struct Maintenance<'a> {
    /// The environment that stands for the level.
    pub environment: EnvironmentName,
    /// What is asked of the level, and how it is weighed. Its facts need not be about this version.
    pub question: Question<'a>,
    /// What is deployed there.
    pub state: &'a State,
    /// Looks at the environment; `None` where there are none.
    pub looks: Option<&'a [Sample]>,
    /// What the last report about the active version says about the gates of the level, exemptions
    /// applied. Empty where there is none.
    pub criteria: &'a [Criterion],
}

/// A level that does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demotion {
    /// The version that is there.
    pub version: Version,
    /// Which criteria do not hold any more, and how.
    pub reason: String,
}

/// Whether the level has to be taken away: the error budget of the environment is used up, or a
/// required criterion failed, an exemption that ran out among them. Not being able to measure takes
/// nothing away.
#[must_use]
pub fn demotion(maintenance: &Maintenance<'_>) -> Option<Demotion> {
    let state = maintenance.state;
    let active = state.active.as_ref()?;
    if !active.is_verified || state.demotion.is_some() {
        return None;
    }
    let failed = maintenance.criteria.iter().filter(|criterion| {
        criterion.requirement == Requirement::Required && criterion.verdict == Verdict::Failed
    });
    let reasons: Vec<String> = used_up(maintenance, &active.version)
        .into_iter()
        .chain(failed.map(described))
        .collect();
    (!reasons.is_empty()).then(|| Demotion {
        version: active.version.clone(),
        reason: reasons.join("; "),
    })
}

/// That the error budget is used up, where it is.
fn used_up(maintenance: &Maintenance<'_>, version: &Version) -> Option<String> {
    let question = &maintenance.question;
    let percent = target(&question.requirement(PERCENTAGE)?);
    let window = timeline::days(target(&question.requirement(DAYS)?));
    let periods = &maintenance.state.periods;
    let stretches = timeline::stretches(periods, version, question.facts.now);
    let stretches = timeline::latest(&stretches, window);
    let max_gap = question.policy.uptime.max_gap;
    let known = timeline::measure(&stretches, maintenance.looks?, max_gap);
    let budget = uptime::budget(window, percent);
    (known.down as f64 > budget).then(|| {
        format!(
            "{} was down for {} minutes of its last {}, and {} minutes are the error budget of {percent} %",
            maintenance.environment,
            tenths(known.down as f64 / 60_000.0),
            timeline::length(known.whole()),
            tenths(budget / 60_000.0),
        )
    })
}

fn described(criterion: &Criterion) -> String {
    let failing = criterion.measurements.iter().filter(|m| !m.holds);
    let measured: Vec<String> = failing
        .map(|m| {
            format!(
                "{} is {}, needs {}",
                m.what,
                m.actual_text(),
                m.condition_text()
            )
        })
        .chain(criterion.remedy.clone())
        .collect();
    match measured.is_empty() {
        true => format!("{} failed", criterion.name),
        false => format!("{}: {}", criterion.name, measured.join(", ")),
    }
}
