//! The parts of a component's status in words. Shared by terminal and Markdown; nothing is escaped
//! for one of them yet.

use super::age::{day, since, span};
use super::deployment::{phase_words, version};
use super::text::{plain, plain_cut};
use crate::model::{
    ComponentStatus, Criterion, EnvironmentName, EnvironmentStatus, ExemptionStatus, NextLevel,
    OpenStatus, Operation, Promotion, RollbackPlan, RuleSource, Target, short_commit,
};

/// The longest name of a person, bot or run, in characters.
const LONGEST_NAME: usize = 80;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 400;

/// The level, or that there is none.
pub(super) const fn level(maturity: Option<Target>) -> &'static str {
    match maturity {
        Some(target) => target.as_str(),
        None => "none yet",
    }
}

/// What is active in an environment, and since when: `4f1d2c9be07a, verified healthy, for 4 days`.
pub(super) fn active(environment: &EnvironmentStatus, now: &str) -> String {
    match &environment.active {
        _ if environment.problem.is_some() => "not known: its records could not be read".to_owned(),
        Some(active) => {
            let word = match active.is_verified {
                true => "verified healthy",
                false => "not verified",
            };
            let long = match since(&active.since, now) {
                Some(long) => format!(", for {long}"),
                None => String::new(),
            };
            format!("{}, {word}{long}", version(&active.version))
        }
        None if environment.is_unknown => "not known: a deployment did not end well".to_owned(),
        None => "nothing was deployed".to_owned(),
    }
}

/// The same in a cell of a table: `4f1d2c9be07a 4 days`.
pub(super) fn active_in_short(environment: &EnvironmentStatus, now: &str) -> String {
    let text = match &environment.active {
        _ if environment.problem.is_some() => "? unreadable".to_owned(),
        Some(active) => {
            let commit = plain(short_commit(&active.version.commit));
            let mark = match (active.is_verified, &active.hotfix) {
                (true, None) => "",
                (true, Some(_)) => " hotfix",
                (false, None) => " unverified",
                (false, Some(_)) => " unverified hotfix",
            };
            let long =
                since(&active.since, now).map_or_else(String::new, |long| format!(" {long}"));
            format!("{commit}{mark}{long}")
        }
        None if environment.is_unknown => "? unknown".to_owned(),
        None => "–".to_owned(),
    };
    match &environment.open {
        Some(open) if open.is_abandoned && environment.active.is_none() => {
            "? interrupted".to_owned()
        }
        Some(open) if open.is_abandoned => format!("{text}, interrupted"),
        Some(_) => format!("{text}, under way"),
        None => text,
    }
}

/// What deserves a look at an environment, in sentences.
pub(super) fn alarms(environment: &EnvironmentStatus) -> Vec<String> {
    let name = environment.name;
    let open = environment
        .open
        .as_ref()
        .map(|one| format!("{name}: {}", open(one)));
    let problem = environment
        .problem
        .as_ref()
        .map(|problem| format!("{name}: {}", plain_cut(problem, LONGEST_REASON)));
    let unknown = (environment.is_unknown && environment.problem.is_none())
        .then(|| format!("{name}: which version is active is not known; deploy one, or roll back"));
    [open, problem, unknown].into_iter().flatten().collect()
}

/// What is asked of levels for them to be kept and does not hold or is not known, by environment.
pub(super) fn not_kept(status: &ComponentStatus) -> Vec<(EnvironmentName, Vec<&Criterion>)> {
    let all = status.maintenance.iter().map(|one| {
        let criteria = one.criteria.iter().filter(|criterion| criterion.blocks());
        (one.environment, criteria.collect::<Vec<_>>())
    });
    all.filter(|(_, criteria)| !criteria.is_empty()).collect()
}

/// That the active version came without its days in staging, and why.
pub(super) fn hotfix(environment: &EnvironmentStatus) -> Option<String> {
    let active = environment.active.as_ref()?;
    let reason = active.hotfix.as_deref()?;
    Some(format!(
        "{}: {} came as a hotfix, without its days in staging: {}",
        environment.name,
        version(&active.version),
        plain_cut(reason, LONGEST_REASON)
    ))
}

/// A deployment under way, or interrupted.
fn open(open: &OpenStatus) -> String {
    let what = match open.operation {
        Operation::Deploy => "a deployment",
        Operation::Rollback => "a rollback",
        Operation::Drill => "a rollback drill",
    };
    let phase = open.phase.map_or_else(String::new, |phase| {
        format!(" in the phase {}", phase_words(phase))
    });
    let by = plain_cut(&open.by, LONGEST_NAME);
    let wanted = version(&open.version);
    match open.is_abandoned {
        true => format!("{what} of {wanted} by {by} was interrupted{phase}; the next run goes on"),
        false => format!(
            "{what} of {wanted} by {by} is under way{phase}, until {} at the latest",
            plain_cut(&open.lease_until, 40)
        ),
    }
}

/// How an environment would be taken back, in a sentence.
pub(super) fn rollback(plan: &RollbackPlan, now: &str) -> String {
    let Some(target) = &plan.version else {
        return "there is no version to go back to".to_owned();
    };
    let automatic = match plan.is_automatic {
        true => "by itself when a check fails",
        false => "only when somebody asks",
    };
    let shown = plan.shown_at.as_deref().map(|at| {
        let how = match plan.was_drill {
            true => "drill",
            false => "in earnest",
        };
        let age = since(at, now).map_or_else(String::new, |age| format!(", {age} ago"));
        format!("shown to work on {} ({how}{age})", day(at))
    });
    let shown = shown.unwrap_or_else(|| "never shown to work".to_owned());
    format!("to {}, {automatic}; {shown}", version(target))
}

/// An exemption in a sentence, without the criterion.
pub(super) fn exemption(exemption: &ExemptionStatus) -> String {
    let expires = plain_cut(&exemption.expires, 32);
    let until = match exemption.is_expired {
        true => format!("expired on {expires} and does not count any more"),
        false => format!("until {expires}"),
    };
    format!(
        "{until}: {} ({}, {})",
        plain_cut(&exemption.reason, LONGEST_REASON),
        plain_cut(&exemption.owner, LONGEST_NAME),
        plain_cut(&exemption.rule, 120)
    )
}

/// How an earlier deployment ended, in a few words: `deploy healthy, hotfix`.
pub(super) fn promotion(promotion: &Promotion) -> String {
    let operation = promotion.operation.prefix();
    let hotfix = if promotion.is_hotfix { ", hotfix" } else { "" };
    format!("{operation}{}{hotfix}", promotion.outcome.words())
}

/// How far it is to the next level, in a few words: `3 block production`.
pub(super) fn next(next: Option<&NextLevel>) -> String {
    match next {
        None => "–".to_owned(),
        Some(next) => match next.blockers.len() {
            0 => format!("ready for {}", next.level),
            1 => format!("1 blocks {}", next.level),
            number => format!("{number} block {}", next.level),
        },
    }
}

/// The files and lines that set the limits of a criterion, each once.
pub(super) fn rules(criterion: &Criterion) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for measurement in &criterion.measurements {
        if measurement.rule_from == RuleSource::Default {
            continue;
        }
        let rule = plain_cut(&measurement.rule_from.to_string(), 120);
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    rules
}

/// Whether nothing about the component deserves a look.
pub(super) fn is_quiet(status: &ComponentStatus) -> bool {
    status.demotion.is_none()
        && !status.exemptions.iter().any(|one| one.is_expired)
        && status
            .environments
            .iter()
            .all(|one| alarms(one).is_empty() && hotfix(one).is_none())
}

/// How many days an exemption still holds, where both days are known: `72 days left`.
pub(super) fn left(exemption: &ExemptionStatus, now: &str) -> Option<String> {
    let end = format!("{}T23:59:59Z", exemption.expires);
    let left = super::age::milliseconds_between(now, &end)?;
    (left > 0).then(|| format!("{} left", span(left / 1000)))
}
