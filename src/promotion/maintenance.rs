//! What keeps a level that was reached, and what takes it away. Pure.

use super::criteria::{DAYS, PERCENTAGE, Question, ROLLBACK, judge, place, target};
use super::soak::too_little;
use super::timeline::{self, moment, tenths};
use super::{Sample, dependencies, excuse, uptime};
use crate::config::Exemption;
use crate::ledger::{Active, State};
use crate::model::{
    Actual, Criterion, EnvironmentName, Measurement, Operator, Reason, ReasonCode, Requirement,
    RuleSource, Unavailable, Unit, Verdict, Version,
};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// How long it was down, of what the level allows.
const UPTIME: &str = "uptime";
/// Whether nobody holds the version.
const HOLD: &str = "hold";
/// Whether what was excused still is.
const EXEMPTIONS: &str = "exemptions";

/// A level that was reached, and what is known about it now.
#[derive(Debug, Clone, Copy)]
pub struct Maintenance<'a> {
    /// The environment that stands for the level.
    pub environment: EnvironmentName,
    /// What is asked of the level, about the version that is active there.
    pub question: Question<'a>,
    /// What is deployed there.
    pub state: &'a State,
    /// Looks at the environment, or why they cannot be read.
    pub looks: Result<&'a [Sample], &'a Unavailable>,
    /// The gates and requirements that did not hold by themselves when the last report about the
    /// active version was made; `None` where there is no such report.
    pub unmet: Option<&'a BTreeSet<String>>,
}

/// A level that does not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demotion {
    /// The version that is there.
    pub version: Version,
    /// Which criteria do not hold any more, and how.
    pub reason: String,
}

/// What is asked of a level for it to be kept. Nothing where no version is active and verified: there
/// is no level then.
#[must_use]
pub fn maintenance(maintenance: &Maintenance<'_>) -> Vec<Criterion> {
    let active = maintenance.state.active.as_ref();
    let Some(active) = active.filter(|active| active.is_verified) else {
        return Vec::new();
    };
    let question = &maintenance.question;
    let asked = question.requirement(ROLLBACK);
    let mut rollback: Vec<Criterion> = asked.iter().map(|one| judge(one, question)).collect();
    let exemptions = &question.policy.exemptions;
    let now = question.facts.now;
    let component = question.component;
    excuse(&mut rollback, &mut [], exemptions, component, false, now);
    budget(maintenance, &active.version)
        .into_iter()
        .chain([hold(maintenance, &active.version)])
        .chain(dependencies(question))
        .chain(rollback)
        .chain(expired(maintenance, active))
        .collect()
}

/// Whether the level has to be taken away: a required criterion failed. Not being able to measure takes
/// nothing away, and nothing is taken twice.
#[must_use]
pub fn demotion(state: &State, criteria: &[Criterion]) -> Option<Demotion> {
    let active = state.active.as_ref()?;
    if !active.is_verified || state.demotion.is_some() {
        return None;
    }
    let failed = criteria.iter().filter(|criterion| {
        criterion.requirement == Requirement::Required && criterion.verdict == Verdict::Failed
    });
    let reasons: Vec<String> = failed.map(described).collect();
    (!reasons.is_empty()).then(|| Demotion {
        version: active.version.clone(),
        reason: reasons.join("; "),
    })
}

/// Whether the error budget is used up, where the level sets one.
fn budget(maintenance: &Maintenance<'_>, version: &Version) -> Option<Criterion> {
    let (question, environment) = (&maintenance.question, maintenance.environment);
    let asked = question.requirement(PERCENTAGE)?;
    let percent = target(&asked);
    let days = question.requirement(DAYS).map(|days| target(&days));
    let periods = &maintenance.state.periods;
    let mut stretches = timeline::stretches(periods, version, question.facts.now);
    if let Some(days) = days {
        stretches = timeline::latest(&stretches, timeline::days(days));
    }
    let policy = &question.policy.uptime;
    let looks = maintenance.looks.unwrap_or_default();
    let known = timeline::measure(&stretches, looks, policy.max_gap);
    let window = days.map_or(known.whole(), timeline::days);
    let budget = uptime::budget(window, percent);
    let down = known.down as f64;
    let is_used_up = down > budget;
    let is_unknown = !is_used_up && (known.looks == 0 || known.coverage() < policy.coverage);
    let mut measurement = Measurement::new(
        "uptime, where what nobody saw counts as up",
        match is_unknown {
            true => Actual::Unknown,
            false => Actual::Number(100.0 * (1.0 - down / (window as f64).max(1.0))),
        },
        Operator::AtLeast,
        percent,
        Unit::Percent,
        asked.rule.clone(),
    );
    measurement.holds = !is_used_up && !is_unknown;
    let source = "samples of spec2prod probe";
    let component = question.component;
    let why = match maintenance.looks {
        Ok(_) => too_little(question, environment, source, &known, policy.coverage),
        Err(why) => why.clone(),
    };
    let (verdict, gap, remedy) = if is_used_up {
        let gap = format!(
            "{environment} was down for {} of its last {}, and {} are the error budget of {percent} %",
            minutes(down),
            timeline::length(known.whole()),
            minutes(budget),
        );
        let remedy = format!(
            "find out why it was down and bring a version in which that is mended: spec2prod promote --component {component} --to {environment}; how much is asked is set by `{}`{}",
            asked.name,
            place(&asked.rule)
        );
        (Verdict::Failed, Some(gap), Some(remedy))
    } else if is_unknown {
        let remedy = why.reason().remedy.clone();
        (why.into(), None, remedy)
    } else {
        (Verdict::Passed, None, None)
    };
    Some(Criterion {
        source: Some(source.to_owned()),
        gap,
        remedy,
        ..Criterion::new(UPTIME, verdict, Requirement::Required, vec![measurement])
    })
}

/// Whether nobody holds the version where it is active.
fn hold(maintenance: &Maintenance<'_>, version: &Version) -> Criterion {
    let (component, environment) = (maintenance.question.component, maintenance.environment);
    let hold = maintenance.state.hold_of(version);
    let verdict = match hold {
        Some(_) => Verdict::Failed,
        None => Verdict::Passed,
    };
    let measurement = Measurement::new(
        "the active version is held",
        Actual::Flag(hold.is_some()),
        Operator::Equals,
        0.0,
        Unit::YesNo,
        RuleSource::Default,
    );
    Criterion {
        source: Some("the record of deployments".to_owned()),
        gap: hold.map(|hold| {
            format!(
                "{version} is active in {environment} and held since {}: {}",
                moment(hold.since),
                hold.reason
            )
        }),
        remedy: hold.map(|_| {
            format!(
                "deploy another version, take this one back with `spec2prod rollback`, or release it: spec2prod release --component {component} --environment {environment} --version {} --reason …",
                version.commit
            )
        }),
        ..Criterion::new(HOLD, verdict, Requirement::Required, vec![measurement])
    }
}

/// Whether what was excused when the version came holds by itself, where its exemption is over. `None`
/// where no exemption ended since.
fn expired(maintenance: &Maintenance<'_>, active: &Active) -> Option<Criterion> {
    let (question, version) = (&maintenance.question, &active.version);
    let component = question.component;
    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date();
    let (came, today) = (day(active.since), day(question.facts.now));
    let ended = question.policy.exemptions.iter().filter(|exemption| {
        let is_own = exemption.component == *component;
        // Rollbacks are looked at here, and what is asked before a version comes is over.
        let is_judged = [ROLLBACK, DAYS, PERCENTAGE].contains(&exemption.criterion.as_str());
        is_own && !is_judged && exemption.expires < today && came <= exemption.expires
    });
    let mut ended: Vec<&Exemption> = ended.collect();
    if ended.is_empty() {
        return None;
    }
    let described = |one: &&Exemption| {
        format!(
            "the exemption of {} by {} expired on {} ({}): {}",
            one.criterion, one.owner, one.expires, one.rule, one.reason
        )
    };
    let told = |all: &[&Exemption]| all.iter().map(described).collect::<Vec<_>>().join("; ");
    let Some(unmet) = maintenance.unmet else {
        let message = format!(
            "{}; there is no report about {version} that says whether it holds without",
            told(&ended)
        );
        let why = Reason::new(ReasonCode::NoEvidence, message);
        let remedy = format!(
            "judge this version: spec2prod run --component {component} --target {} --no-deploy",
            question.level
        );
        return Some(Criterion {
            remedy: Some(remedy),
            ..Criterion::new(
                EXEMPTIONS,
                Verdict::NoData(why),
                Requirement::Required,
                Vec::new(),
            )
        });
    };
    ended.retain(|one| unmet.contains(&one.criterion));
    let has_failed = !ended.is_empty();
    let verdict = match has_failed {
        true => Verdict::Failed,
        false => Verdict::Passed,
    };
    Some(Criterion {
        source: Some("the last report about this version".to_owned()),
        gap: has_failed.then(|| told(&ended)),
        remedy: has_failed.then(|| {
            format!(
                "bring a version in which that is mended, or agree on a new day, and deploy: spec2prod promote --component {component} --to {}",
                question.level
            )
        }),
        ..Criterion::new(EXEMPTIONS, verdict, Requirement::Required, Vec::new())
    })
}

fn described(criterion: &Criterion) -> String {
    match &criterion.gap {
        // It names the environment and what was down.
        Some(gap) if criterion.name == UPTIME => return gap.clone(),
        Some(gap) => return format!("{}: {gap}", criterion.name),
        None => {}
    }
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

/// A time in minutes, in which error budgets are told, or in seconds where it is shorter.
fn minutes(milliseconds: f64) -> String {
    match milliseconds < 60_000.0 {
        true => format!("{} seconds", tenths(milliseconds / 1000.0)),
        false => format!("{} minutes", tenths(milliseconds / 60_000.0)),
    }
}
