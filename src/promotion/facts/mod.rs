//! Asking for what a level needs, once and all at the same time. Each question that gets no answer
//! is unavailable on its own.

mod evidence;
mod prometheus_uptime;
#[cfg(test)]
mod tests;

use super::criteria::{DAYS, MONITORING, PERCENTAGE, REVIEW};
use super::{Answer, DependencyFact, Facts, Forge, RunReviews, Sample};
use crate::config::{AdditionalRequirement, PromotionPolicy};
use crate::http;
use crate::ledger::State;
use crate::model::{
    ComponentName, DependencyKind, EnvironmentName, Reason, ReasonCode, RuleSource, Specification,
    Target, Unavailable, Version,
};
use jiff::Timestamp;
use std::{collections::BTreeMap, path::Path};

/// Says whether a commit and the version have the same content, this file aside: `(commit, file)`.
pub type SameSource<'a> = dyn Fn(String, String) -> Answer<'a, bool> + Sync + 'a;

/// What is asked, and whom.
pub struct Asking<'a> {
    /// The component.
    pub component: &'a ComponentName,
    /// The version that is to go on.
    pub version: &'a Version,
    /// Everything that the level asks for beside its gates.
    pub requirements: &'a [AdditionalRequirement],
    /// Where evidence comes from.
    pub policy: &'a PromotionPolicy,
    /// The components that the configuration says this one depends on, and where it says so.
    pub depends_on: &'a [String],
    /// Where `depends_on` stands.
    pub depends_on_rule: RuleSource,
    /// The component's specification, where there is one.
    pub specification: Option<&'a Specification>,
    /// How mature other components are, as far as it is known.
    pub maturities: &'a BTreeMap<ComponentName, Target>,
    /// The repository's root.
    pub workspace: &'a Path,
    /// The door to HTTP.
    pub http: &'a http::Client,
    /// Environment variables by name, for tokens.
    pub variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The service that hosts the repository; `None` without one.
    pub forge: Option<&'a dyn Forge>,
    /// What the service calls the staging environment of this component.
    pub staging_environment: Option<&'a str>,
    /// Whether a commit that somebody signed off has the content of the version. A file cannot name
    /// the commit that it is part of. `None` where that cannot be said: only the version itself
    /// counts then.
    pub same_source: Option<&'a SameSource<'a>>,
    /// What is deployed where, from the ledger.
    pub states: BTreeMap<EnvironmentName, Result<State, Unavailable>>,
    /// Whether this is a run that reviewers of environments can agree to, and somebody has to agree.
    pub asks_reviewers: bool,
    /// Looks at staging, from the ledger.
    pub samples: Result<Vec<Sample>, Unavailable>,
    /// The time at which it is judged.
    pub now: Timestamp,
}

impl Asking<'_> {
    fn is_asked(&self, names: &[&str]) -> bool {
        let mut asked = self.requirements.iter();
        asked.any(|asked| names.contains(&asked.name.as_str()))
    }

    /// A text of the configuration for this component.
    fn filled(&self, text: &str) -> String {
        text.replace("{component}", self.component.as_str())
            .replace("{environment}", EnvironmentName::Staging.as_str())
    }
}

/// Asks for everything that the level needs, all at the same time, and nothing else.
pub async fn gather(asking: &Asking<'_>) -> Facts {
    let (uptime, reviews, monitoring, run_reviews) = tokio::join!(
        async {
            match asking.is_asked(&[DAYS, PERCENTAGE]) {
                true => evidence::uptime(asking).await,
                false => Err(not_asked("uptime")),
            }
        },
        async {
            match asking.is_asked(&[REVIEW]) {
                true => evidence::reviews(asking).await,
                false => Err(not_asked("a review")),
            }
        },
        async {
            match asking.is_asked(&[MONITORING]) {
                true => evidence::monitoring(asking).await,
                false => Err(not_asked("monitoring")),
            }
        },
        run_reviews(asking),
    );
    Facts {
        now: asking.now,
        states: asking.states.clone(),
        uptime,
        reviews,
        monitoring,
        dependencies: dependencies(asking),
        run_reviews,
    }
}

async fn run_reviews(asking: &Asking<'_>) -> Option<Result<RunReviews, String>> {
    if !asking.asks_reviewers {
        return None;
    }
    Some(match asking.forge {
        Some(forge) => forge.run_reviews().await,
        None => Err("GitHub is not asked, because there is no token".to_owned()),
    })
}

fn not_asked(what: &str) -> Unavailable {
    Unavailable::NoData(Reason::new(
        ReasonCode::NotNeeded,
        format!("the level does not ask for {what}, so nobody looked for it"),
    ))
}

/// What the configuration and the specification say, each component once.
fn dependencies(asking: &Asking<'_>) -> Vec<DependencyFact> {
    let mut facts: Vec<DependencyFact> = Vec::new();
    let mut add = |name: &str, stated_at: String| {
        let is_new = facts.iter().all(|fact| fact.component != name);
        if is_new && name != asking.component.as_str() {
            // What is no name of a component is a dependency of which nothing is known.
            let component = name.parse::<ComponentName>().ok();
            facts.push(DependencyFact {
                component: name.to_owned(),
                maturity: component.and_then(|name| asking.maturities.get(&name).copied()),
                stated_at,
            });
        }
    };
    for name in asking.depends_on {
        add(name, format!("`depends_on`, {}", asking.depends_on_rule));
    }
    if let Some(specification) = asking.specification {
        let stated = specification.dependencies.iter().filter(|dependency| {
            dependency.kind == DependencyKind::Component && !dependency.is_optional
        });
        for dependency in stated {
            let (file, line) = (&specification.file, dependency.at.line);
            add(&dependency.name, format!("{file}:{line}"));
        }
    }
    facts
}
