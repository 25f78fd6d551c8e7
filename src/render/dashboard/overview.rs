//! How the run ended, what blocks and what to do about it, and who and what the run is.

use super::bar::Measure;
use super::deployment::{ExcusedView, alarms, excused_views};
use super::findings::{Row, anchor_of};
use super::prose::Prose;
use super::questions::{FindingsLink, ReasonView};
use super::{ENTRIES, Few, SENTENCE, command, name, sentence};
use crate::model::{EnvironmentName, Report, Requirement, Stage, Target, Verdict};
use crate::render::blockers::{Blocker, blockers};
use crate::render::deployment::version;
use crate::render::excused::deployments;
use crate::render::rules::rules;
use crate::render::text::{counted, duration, plain_cut};

/// How many findings are shown with what blocks.
const FINDINGS: usize = 3;

/// The head of the page.
pub(super) struct Overview {
    pub(super) component: String,
    pub(super) target: &'static str,
    pub(super) verdict: &'static str,
    pub(super) headline: String,
    /// What nobody is to overlook, with the word of the verdict whose colour it has.
    pub(super) alarms: Vec<(&'static str, String)>,
    pub(super) blockers: Few<BlockerView>,
    /// The criteria that did not have to hold.
    pub(super) excused: Few<ExcusedView>,
    /// Advisory gates that did not pass.
    pub(super) advice: Vec<String>,
    pub(super) facts: Vec<Fact>,
    /// The report's own file name, for what the page leaves out.
    pub(super) report_file: String,
    pub(super) spec2prod_version: String,
    pub(super) schema_version: u32,
}

/// One thing that blocks.
pub(super) struct BlockerView {
    pub(super) stage: &'static str,
    /// The gate's or criterion's name; the stage's when it blocks itself.
    pub(super) name: String,
    pub(super) verdict: &'static str,
    pub(super) broken: Vec<Measure>,
    pub(super) reason: Option<ReasonView>,
    pub(super) error: Option<Prose>,
    /// What is still missing.
    pub(super) gap: Option<Prose>,
    /// What to do about it, where the reason does not say it.
    pub(super) remedy: Option<Prose>,
    /// The first findings, each with its file.
    pub(super) findings: Vec<(String, Row)>,
    /// Where all findings stand.
    pub(super) link: Option<FindingsLink>,
    /// The command that reproduces it; empty when there is none.
    pub(super) command: String,
}

/// A line about the run.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
    /// More about it, in smaller print.
    pub(super) note: String,
    /// Whether it is a name of the machine's: a hash, a path.
    pub(super) is_code: bool,
}

impl Overview {
    pub(super) fn of(report: &Report) -> Self {
        let blockers = blockers(report);
        Self {
            component: name(report.component_name.as_str()),
            target: report.target_stage.as_str(),
            verdict: report.verdict.as_str(),
            headline: headline(report, blockers.len()),
            alarms: alarms(report),
            excused: excused_views(report),
            blockers: Few::of(blockers.iter(), ENTRIES, |blocker| {
                BlockerView::of(blocker, report)
            }),
            advice: advice(report),
            facts: facts(report),
            report_file: format!("workflow_report_{}.json", report.component_name),
            spec2prod_version: name(&report.run.spec2prod_version),
            schema_version: report.schema_version,
        }
    }
}

impl BlockerView {
    fn of(blocker: &Blocker<'_>, report: &Report) -> Self {
        let stage = blocker.stage.map_or("run", Stage::as_str);
        let reproduce = blocker.gate.and_then(|gate| gate.reproduce.as_deref());
        // What happened in a deployment says more than the reason of its verdict.
        let reason = blocker.verdict.reason();
        let reason = reason.filter(|_| blocker.deployment.is_none());
        let broken = match reason {
            // What could not be measured is said by the reason.
            Some(_) => Vec::new(),
            None => blocker.broken().map(Measure::of).collect(),
        };
        Self {
            stage,
            name: name(blocker.name.unwrap_or(stage)),
            verdict: blocker.verdict.as_str(),
            reason: reason.map(ReasonView::of),
            error: match (blocker.deployment, broken.is_empty(), reason) {
                (Some(deployment), ..) => Some(sentence(&deployment.message)),
                (None, true, None) => blocker.errors.first().map(|error| sentence(error)),
                _ => None,
            },
            gap: blocker.gap().map(sentence),
            remedy: blocker
                .remedy()
                .filter(|remedy| reason.and_then(|one| one.remedy.as_deref()) != Some(remedy))
                .map(sentence),
            broken,
            findings: blocker
                .findings
                .iter()
                .take(FINDINGS)
                .map(|finding| {
                    (
                        name(finding.file.as_deref().unwrap_or_default()),
                        Row::of(finding),
                    )
                })
                .collect(),
            link: anchor_of(blocker, report)
                .and_then(|anchor| FindingsLink::of(anchor, blocker.findings.len())),
            command: reproduce.map(command).unwrap_or_default(),
        }
    }
}

/// How the run ended, in a sentence.
fn headline(report: &Report, blocking: usize) -> String {
    let goal = match report.target_stage {
        Target::Dev => "development",
        Target::Staging => "staging",
        Target::Production => "production",
    };
    let stages = counted(report.stages_completed.len(), "stage");
    let time = duration(report.total_execution_time_ms);
    match (&report.verdict, report.success) {
        (Verdict::Passed | Verdict::Warned, true) => {
            format!("Meets every requirement for {goal}: {stages} completed in {time}.")
        }
        (Verdict::Skipped(_), true) => format!("Nothing was judged for {goal}."),
        (verdict, _) => {
            let cause = match verdict.reason() {
                Some(reason) => plain_cut(&reason.message, SENTENCE),
                None => {
                    let verb = if blocking == 1 { "blocks" } else { "block" };
                    format!("{} {verb} the way to {goal}", counted(blocking, "thing"))
                }
            };
            format!("{cause}. The run took {time}.")
        }
    }
}

/// Advisory gates and criteria that did not pass.
fn advice(report: &Report) -> Vec<String> {
    let is_advice = |requirement: Requirement, verdict: &Verdict| {
        requirement == Requirement::Advisory && (verdict.stops() || *verdict == Verdict::Warned)
    };
    let gates = report
        .stages()
        .flat_map(|stage| stage.quality_gates.values());
    let gates = gates.filter(|gate| is_advice(gate.requirement, &gate.verdict));
    let mut names: Vec<String> = Vec::new();
    for gate in gates {
        let name = name(&gate.gate_name);
        // Several stages may have judged it.
        if !names.contains(&name) && names.len() < ENTRIES {
            names.push(name);
        }
    }
    names
}

fn facts(report: &Report) -> Vec<Fact> {
    let source = &report.source;
    let commit = source.commit.as_deref().map(name);
    let changes = match source.has_local_changes {
        true => "with local changes",
        false => "",
    };
    let place = if report.run.is_ci {
        "in CI"
    } else {
        "on a person's machine"
    };
    let fact = |label, value: Option<String>, note: &str, is_code| Fact {
        label,
        is_code: is_code && value.is_some(),
        value: value.unwrap_or_else(|| "none".to_owned()),
        note: note.to_owned(),
    };
    let named = |text: &Option<String>| text.as_deref().map(name);
    let configuration = named(&report.configuration);
    let defaults = if configuration.is_none() {
        "built-in defaults"
    } else {
        ""
    };
    let mut facts = vec![
        fact(
            "Component",
            Some(name(report.component_name.as_str())),
            "",
            true,
        ),
        fact("Target", Some(report.target_stage.to_string()), "", false),
        fact("Commit", commit, changes, true),
        fact("Branch", named(&source.branch), "", true),
        fact("Run", Some(name(&report.run.id)), place, true),
        fact("Started", Some(instant(&report.run.started_at)), "", false),
        fact(
            "Wall time",
            Some(duration(report.total_execution_time_ms)),
            "",
            false,
        ),
        fact(
            "Exit status",
            Some(report.exit_status.to_string()),
            "",
            false,
        ),
        fact("Configuration", configuration, defaults, true),
        fact("Toolchain", Some(name(&report.toolchain)), "", false),
        fact(
            "Context session",
            named(&report.context_session_id),
            "",
            true,
        ),
        fact("Logs", Some(name(&report.run.folder)), "", true),
    ];
    for deployment in deployments(report) {
        let label = match deployment.environment {
            EnvironmentName::Staging => "Staging",
            EnvironmentName::Production => "Production",
        };
        let outcome = deployment.outcome.words();
        facts.push(fact(
            label,
            Some(version(&deployment.version)),
            &outcome,
            true,
        ));
    }
    if let Some(origin) = &report.policy {
        facts.push(fact("Rules", Some(rules(origin)), "", false));
    }
    facts
}

/// `2025-10-20T09:14:07Z` as `2025-10-20 09:14:07 UTC`; anything else as it is.
fn instant(text: &str) -> String {
    match text.split_once('T') {
        Some((day, time)) if time.ends_with('Z') => {
            let seconds = time
                .trim_end_matches('Z')
                .split('.')
                .next()
                .unwrap_or_default();
            name(&format!("{day} {seconds} UTC"))
        }
        _ => name(text),
    }
}
