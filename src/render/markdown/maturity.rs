//! `MATURITY.md`: how mature a component is, what keeps it from the next level, how it would be
//! taken back, and what was deployed.

use super::conditions::rule;
use super::write::{code, code_within, table};
use super::{Links, sign};
use crate::model::{ComponentStatus, Criterion, NextLevel, Verdict};
use crate::render::age::{self, day};
use crate::render::blockers::of_criterion;
use crate::render::deployment::{version, web_address};
use crate::render::excused::is_exempted;
use crate::render::maturity::{
    active, alarms, exemption, hotfix, level, not_kept, promotion, rollback,
};
use crate::render::text::plain_cut;

/// How many deployments of the past are told.
const HISTORY_SHOWN: usize = 10;

/// The document `MATURITY.md` of a component. `links.sources` makes files of rules links.
#[must_use]
pub fn maturity(status: &ComponentStatus, links: &Links) -> String {
    let mut text = format!(
        "# Maturity of {}: {}\n\n",
        code(status.component.as_str()),
        level(status.maturity)
    );
    if let Some(demotion) = &status.demotion {
        text.push_str(&format!(
            "> [!WARNING]\n> Demoted on {}: {}\n\n",
            code(&day(&demotion.since)),
            code_within(&demotion.reason, 600)
        ));
        if let Some(remedy) = &demotion.remedy {
            text.push_str(&format!("To do: {}\n\n", code_within(remedy, 1200)));
        }
    }
    for hotfix in status.environments.iter().filter_map(hotfix) {
        text.push_str(&format!(
            "> [!WARNING]\n> {}\n\n",
            code_within(&hotfix, 600)
        ));
    }
    text.push_str(&environments(status));
    text.push_str(&maintenance(status, links));
    text.push_str(&next(status, links));
    text.push_str(&rollback_plan(status));
    text.push_str(&holds(status));
    text.push_str(&exemptions(status));
    text.push_str(&history(status));
    text.push_str(&format!(
        "<sub>as of {} · written by spec2prod {}</sub>\n",
        code(&plain_cut(&status.as_of, 40)),
        env!("CARGO_PKG_VERSION")
    ));
    text
}

fn environments(status: &ComponentStatus) -> String {
    let rows = status.environments.iter().map(|environment| {
        let url = match &environment.url {
            None => "–".to_owned(),
            Some(url) => match web_address(url) {
                Some(url) => format!("[{}]({url})", code(url)),
                None => code(url),
            },
        };
        let since = environment.active.as_ref();
        let since = since.map_or_else(|| "–".to_owned(), |active| code(&day(&active.since)));
        vec![
            environment.name.to_string(),
            code(&active(environment, &status.as_of)),
            since,
            url,
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return "## Versions\n\nNo environment is configured.\n\n".to_owned();
    }
    let mut text = format!(
        "## Versions\n\n{}\n",
        table(
            &["environment", "active version", "since", "seen at"],
            &rows
        )
    );
    for alarm in status.environments.iter().flat_map(alarms) {
        text.push_str(&format!("- ⚠️ {}\n", code_within(&alarm, 600)));
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text
}

/// What keeps the levels that were reached, where it does not hold or is not known.
fn maintenance(status: &ComponentStatus, links: &Links) -> String {
    let mut text = String::new();
    for (environment, criteria) in not_kept(status) {
        let lines = list(criteria, &status.as_of, links);
        text.push_str(&format!("## What keeps {environment}\n\n{lines}\n"));
    }
    text
}

/// A checklist of the next level, then what blocks it in the order in which it should be mended.
fn next(status: &ComponentStatus, links: &Links) -> String {
    let Some(next) = &status.next else {
        return "## Next level\n\nThere is no higher level.\n\n".to_owned();
    };
    let mut text = format!("## On the way to {}\n\n", next.level);
    for criterion in &next.criteria {
        text.push_str(&checked(criterion));
    }
    if next.criteria.is_empty() {
        text.push_str("The policy asks nothing.\n");
    }
    text.push_str(&blockers(next, &status.as_of, links));
    text.push('\n');
    text
}

/// A line of the checklist.
fn checked(criterion: &Criterion) -> String {
    let tick = if criterion.verdict.is_pass() {
        "x"
    } else {
        " "
    };
    let values = criterion.measurements.iter().map(|measurement| {
        let needs = measurement.condition_text();
        format!("{}, needs {needs}", measurement.actual_text())
    });
    let mut said: Vec<String> = values.collect();
    if let Some(reason) = criterion.verdict.reason() {
        said = vec![format!("{}: {}", criterion.verdict, code(&reason.message))];
    }
    if is_exempted(criterion) {
        let exemption = criterion.exemption.as_deref().unwrap_or_default();
        said.push(format!("**exempted**: {}", code(exemption)));
    } else if criterion.verdict.stops() && !criterion.blocks() {
        said.push("advisory".to_owned());
    }
    if matches!(criterion.verdict, Verdict::Skipped(_)) {
        said.push("**did not have to hold**".to_owned());
    }
    let said = match said.is_empty() {
        true => criterion.verdict.to_string(),
        false => said.join("; "),
    };
    format!("- [{tick}] {}: {said}\n", code(&criterion.name))
}

fn blockers(next: &NextLevel, now: &str, links: &Links) -> String {
    if next.blockers.is_empty() {
        return format!("\nNothing blocks {}.\n", next.level);
    }
    format!(
        "\n**What blocks, in this order**\n\n{}",
        list(&next.blockers, now, links)
    )
}

/// Criteria that do not hold, each with what is missing and what to do.
fn list<'a>(criteria: impl IntoIterator<Item = &'a Criterion>, now: &str, links: &Links) -> String {
    let mut text = String::new();
    for (index, criterion) in criteria.into_iter().enumerate() {
        let blocker = of_criterion(None, criterion);
        let rules = criterion
            .measurements
            .iter()
            .filter_map(|one| rule(one, links));
        let mut rules: Vec<String> = rules.collect();
        rules.dedup();
        let rules = match rules.is_empty() {
            true => String::new(),
            false => format!(", set in {}", rules.join(", ")),
        };
        text.push_str(&format!(
            "{}. {} {}: {}{rules}\n",
            index + 1,
            sign(&criterion.verdict),
            code(&criterion.name),
            code_within(&blocker.cause(), 600)
        ));
        let mut below = |lead: &str, what: Option<&str>| {
            if let Some(what) = what {
                text.push_str(&format!("   - {lead}{}\n", code_within(what, 600)));
            }
        };
        below("missing: ", blocker.gap());
        below("from ", age::source(criterion, now).as_deref());
        below("to do: ", blocker.remedy());
    }
    text
}

fn rollback_plan(status: &ComponentStatus) -> String {
    let mut text = String::new();
    for environment in &status.environments {
        let plan = &environment.rollback;
        text.push_str(&format!(
            "- {}: {}\n",
            environment.name,
            code_within(&rollback(plan, &status.as_of), 400)
        ));
        if let Some(command) = plan.command.as_ref().filter(|_| plan.version.is_some()) {
            text.push_str(&format!("  - by {}\n", code_within(command, 1000)));
        }
    }
    match text.is_empty() {
        true => text,
        false => format!("## Rollback plan\n\n{text}\n"),
    }
}

fn holds(status: &ComponentStatus) -> String {
    let rows = status.holds.iter().map(|hold| {
        vec![
            hold.environment.to_string(),
            code(&version(&hold.version)),
            code(&hold.reason),
            code(&day(&hold.since)),
            code(&hold.by),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!(
            "## Held versions\n\n{}\n",
            table(&["environment", "version", "why", "since", "by"], &rows)
        ),
    }
}

fn exemptions(status: &ComponentStatus) -> String {
    let lines = status.exemptions.iter().map(|one| {
        let mark = if one.is_expired { "❌ " } else { "" };
        let text = code_within(&exemption(one), 800);
        format!("- {mark}{} {text}\n", code(&one.criterion))
    });
    let lines: String = lines.collect();
    match lines.is_empty() {
        true => lines,
        false => format!("## Exemptions\n\n{lines}\n"),
    }
}

fn history(status: &ComponentStatus) -> String {
    let rows = status.history.iter().take(HISTORY_SHOWN).map(|one| {
        vec![
            code(&plain_cut(&one.at, 40)),
            one.environment.to_string(),
            code(&version(&one.version)),
            promotion(one),
            code(&one.by),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let body = match rows.is_empty() {
        true => "Nothing was deployed.\n".to_owned(),
        false => table(&["when", "environment", "version", "outcome", "by"], &rows),
    };
    format!("## History\n\n{body}\n")
}
