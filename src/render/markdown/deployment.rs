//! Deployments: a line where everything went well, an alert that nobody overlooks where it did not,
//! and the phases.

use super::write::{code, code_within, folded, table};
use super::{Detail, sign};
use crate::model::{Deployment, PhaseRecord, Report, Verdict, Version};
use crate::render::deployment::{
    Alarm, active_now, alarm, approval, attempt, before, headline, is_plain, phase_name,
    phases_in_a_line, special_attempts, suite, tries, version, web_address,
};
use crate::render::excused::deployments;
use crate::render::text::duration;

/// How many tests are named.
const TESTS_SHOWN: usize = 20;

/// How many attempts and warnings of a phase are named.
const SENTENCES_SHOWN: usize = 5;

/// How many deployments of several components have an alert of their own, and how many at least.
const ALERTS_SHOWN: usize = 20;
const LEAST_ALERTS: usize = 3;

/// A version as Markdown.
fn shown(of: &Version) -> String {
    code(&version(of))
}

/// Alerts about what went wrong or was let through, the worst first. The component is named where
/// there are several.
pub(super) fn alerts(reports: &[&Report], detail: Detail) -> String {
    let most = detail.components.clamp(LEAST_ALERTS, ALERTS_SHOWN);
    let mut found: Vec<(&Report, &Deployment)> = reports
        .iter()
        .flat_map(|report| deployments(report).map(move |deployment| (*report, deployment)))
        .filter(|(_, one)| alarm(one) != Alarm::None || one.is_hotfix)
        .collect();
    found.sort_by_key(|(_, deployment)| std::cmp::Reverse(alarm(deployment)));
    let mut text = String::new();
    for (report, deployment) in found.iter().take(most) {
        let component = match reports.len() {
            1 => None,
            _ => Some(report.component_name.as_str()),
        };
        text.push_str(&alert(deployment, component));
    }
    let left = found.len().saturating_sub(most);
    if left > 0 {
        text.push_str(&format!(
            "… and {left} more deployments that need a look\n\n"
        ));
    }
    text
}

/// An alert as GitHub shows it
/// (<https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts>);
/// elsewhere it is a quotation.
fn alert(deployment: &Deployment, component: Option<&str>) -> String {
    let kind = match alarm(deployment) {
        Alarm::None | Alarm::Look => "WARNING",
        Alarm::Failed | Alarm::Act => "CAUTION",
    };
    let word = match alarm(deployment) {
        Alarm::None => "hotfix".to_owned(),
        _ => deployment.outcome.words(),
    };
    // One component alone says below what blocks it.
    let is_message_shown = component.is_some() && !deployment.verdict.is_pass();
    let component = component.map_or_else(String::new, |name| format!("{}: ", code(name)));
    let mut sentences = vec![format!("{}.", headline(deployment, shown))];
    if let Some(active) = active_now(deployment, shown) {
        sentences.push(format!("**{active}.**"));
    }
    if alarm(deployment) == Alarm::Act {
        sentences.push("Somebody has to look.".to_owned());
    }
    if deployment.is_hotfix {
        sentences.push("**It skipped the days in staging.**".to_owned());
    }
    let mut text = format!(
        "> [!{kind}]\n> {component}**{}**: {}\n",
        uppercase_first(&word),
        sentences.join(" ")
    );
    if is_message_shown {
        text.push_str(&format!(">\n> {}\n", code_within(&deployment.message, 600)));
    }
    text.push('\n');
    text
}

fn uppercase_first(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Every deployment of a run: a line, and its phases.
pub(super) fn section(report: &Report, detail: Detail) -> String {
    let mut text = String::new();
    for deployment in deployments(report) {
        text.push_str(&line(deployment));
        text.push_str(&phases(deployment, detail));
    }
    match text.is_empty() {
        true => text,
        false => format!("**Deployments**\n\n{text}"),
    }
}

/// The deployments of a run without their phases.
pub(super) fn lines(report: &Report) -> String {
    let lines: String = deployments(report).map(line).collect();
    match lines.is_empty() {
        true => lines,
        false => format!("{lines}\n"),
    }
}

/// What was deployed, where it is seen, and how it ended.
fn line(deployment: &Deployment) -> String {
    let mut facts = Vec::new();
    if let Some(url) = &deployment.url {
        facts.push(match web_address(url) {
            Some(url) => format!("[{}]({url})", code(url)),
            None => code(url),
        });
    }
    if let Some(before) = before(deployment) {
        facts.push(format!("before it {}", shown(before)));
    }
    if let Some(names) = approval(deployment) {
        facts.push(format!("approved by {}", code(&names)));
    }
    if deployment.is_hotfix {
        facts.push("**hotfix**".to_owned());
    }
    let facts = match facts.is_empty() {
        true => String::new(),
        false => format!(" · {}", facts.join(" · ")),
    };
    format!(
        "- {} {}{facts}\n",
        sign(&deployment.verdict),
        headline(deployment, shown)
    )
}

/// The phases: in a line where all of them went well, as a table where one did not.
fn phases(deployment: &Deployment, detail: Detail) -> String {
    if deployment.phases.is_empty() {
        return "\n".to_owned();
    }
    if deployment.outcome.is_success() && deployment.phases.iter().all(is_plain) {
        return match detail.has_passed_gates {
            true => format!("  - {}\n\n", phases_in_a_line(deployment)),
            false => "\n".to_owned(),
        };
    }
    let is_shown =
        |record: &&PhaseRecord| detail.has_passed_gates || record.verdict != Verdict::Passed;
    let shown: Vec<&PhaseRecord> = deployment.phases.iter().filter(is_shown).collect();
    let rows: Vec<Vec<String>> = shown.iter().map(|record| row(record)).collect();
    let mut body = table(&["", "phase", "time", "what was seen"], &rows);
    let remarks: String = shown.iter().map(|record| details(record, detail)).collect();
    if !remarks.is_empty() {
        body.push_str(&format!("\n{remarks}"));
    }
    match deployment.outcome.is_success() {
        true => format!(
            "\n{}\n",
            folded(
                &format!("Phases of the deployment to {}", deployment.environment),
                &body
            )
        ),
        false => format!("\n{body}\n"),
    }
}

fn row(record: &PhaseRecord) -> Vec<String> {
    let took = duration(record.duration_ms as f64);
    let took = match tries(record) {
        Some(tries) => format!("{took}, {tries}"),
        None => took,
    };
    vec![
        sign(&record.verdict).to_owned(),
        phase_name(record),
        took,
        code(&record.message),
    ]
}

/// What else there is to say about a phase, a line each.
fn details(record: &PhaseRecord, detail: Detail) -> String {
    let name = phase_name(record);
    let mut said: Vec<String> = special_attempts(record)
        .iter()
        .take(SENTENCES_SHOWN)
        .map(|one| format!("attempt {}: {}", one.number, code(&attempt(one))))
        .collect();
    for measurement in record.measurements.iter().filter(|m| !m.holds) {
        said.push(format!(
            "{}: **{}**, needs {}",
            code(&measurement.what),
            measurement.actual_text(),
            measurement.condition_text()
        ));
    }
    if let Some(tests) = record.tests.as_ref().filter(|_| !is_plain(record)) {
        said.push(suite(tests));
        let shown = detail.findings.min(TESTS_SHOWN);
        let tests = [("failed", &tests.failures), ("flaky", &tests.flaky)];
        for (word, names) in tests {
            let named = names.iter().take(shown);
            said.extend(named.map(|name| format!("{word}: {}", code(name))));
            let left = names.len().saturating_sub(shown);
            if left > 0 {
                said.push(format!("{left} more {word}"));
            }
        }
    }
    let warnings = record.warnings.iter().take(SENTENCES_SHOWN);
    said.extend(warnings.map(|warning| format!("⚠️ {}", code(warning))));
    said.iter()
        .map(|text| format!("- {name}: {text}\n"))
        .collect()
}
