//! A deployment: how it ended, which versions it was about, and when its phases worked.

use super::bar::Measure;
use super::prose::Prose;
use super::timeline::{Axis, Row, Tick};
use super::{ENTRIES, Few, SENTENCES, name, sentence};
use crate::model::{Deployment, PhaseRecord, Report};
use crate::render::age::milliseconds_between;
use crate::render::deployment::{
    Alarm, active_now, alarm, approval, attempt, before, headline, hotfix, is_plain, phase_name,
    special_attempts, suite, tries, version, web_address,
};
use crate::render::excused::{deployments, excused};
use crate::render::text::duration;

/// How many values are shown that commands gave back.
const OUTPUTS: usize = 20;

/// A deployment.
pub(super) struct DeploymentView {
    pub(super) environment: &'static str,
    pub(super) verdict: &'static str,
    /// The word of the outcome, without its underscores.
    pub(super) outcome: String,
    pub(super) headline: String,
    /// What happened, where it did not end well.
    pub(super) message: Option<Prose>,
    pub(super) remedy: Option<Prose>,
    /// What nobody is to overlook.
    pub(super) remarks: Vec<String>,
    /// The versions and who agreed, with their labels.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) url: String,
    /// The same where it can be a link, else empty.
    pub(super) address: String,
    pub(super) chart: Chart,
    pub(super) phases: Vec<PhaseView>,
    /// Whether there is more to say about a phase than that it passed.
    pub(super) is_open: bool,
    pub(super) outputs: Few<(String, String)>,
}

/// When the phases worked, on one axis.
pub(super) struct Chart {
    pub(super) ticks: Vec<Tick>,
    pub(super) rows: Vec<Row>,
}

/// A phase.
pub(super) struct PhaseView {
    pub(super) name: String,
    pub(super) verdict: &'static str,
    /// How long it took, and how often it was tried.
    pub(super) time: String,
    pub(super) message: Prose,
    pub(super) attempts: Vec<Prose>,
    pub(super) measures: Vec<Measure>,
    /// The tests in a few words; empty where it is no suite.
    pub(super) tests: String,
    pub(super) failed: Few<String>,
    pub(super) flaky: Few<String>,
    pub(super) warnings: Few<Prose>,
}

impl DeploymentView {
    pub(super) fn of(deployment: &Deployment) -> Self {
        let has_ended_well = deployment.outcome.is_success();
        let url = deployment.url.as_deref().unwrap_or_default();
        let mut facts = vec![("Version", version(&deployment.version))];
        facts.extend(before(deployment).map(|before| ("Before it", version(before))));
        facts.extend(approval(deployment).map(|names| ("Approved by", names)));
        facts.push(("Deployment", name(&deployment.id)));
        let active = active_now(deployment, version);
        let remarks = hotfix(deployment).map(str::to_owned).into_iter();
        Self {
            environment: deployment.environment.as_str(),
            verdict: deployment.verdict.as_str(),
            outcome: deployment.outcome.words(),
            headline: headline(deployment, version),
            message: (!has_ended_well).then(|| sentence(&deployment.message)),
            remedy: deployment.remedy.as_deref().map(sentence),
            remarks: remarks.chain(active).collect(),
            facts,
            url: name(url),
            address: web_address(url).unwrap_or_default().to_owned(),
            chart: Chart::of(&deployment.phases),
            phases: deployment.phases.iter().map(PhaseView::of).collect(),
            is_open: !has_ended_well || !deployment.phases.iter().all(is_plain),
            outputs: Few::of(deployment.outputs.iter(), OUTPUTS, |(key, value)| {
                (name(key), name(value))
            }),
        }
    }
}

impl Chart {
    /// Phases whose beginning is no time have no place on the axis, and their row stays empty.
    fn of(phases: &[PhaseRecord]) -> Self {
        let begin = phases
            .iter()
            .map(|phase| phase.started_at.as_str())
            .min_by_key(|at| milliseconds_between("1970-01-01T00:00:00Z", at).unwrap_or(i64::MAX));
        let begin = begin.unwrap_or_default();
        let starts: Vec<Option<f64>> = phases
            .iter()
            .map(|phase| milliseconds_between(begin, &phase.started_at).map(|start| start as f64))
            .collect();
        let ends = phases.iter().zip(&starts);
        let ends = ends.filter_map(|(phase, start)| Some((*start)? + phase.duration_ms as f64));
        let axis = Axis::until(ends.fold(1.0, f64::max));
        let rows = phases.iter().zip(&starts);
        Self {
            ticks: axis.ticks(),
            rows: rows
                .map(|(phase, start)| row(phase, *start, axis))
                .collect(),
        }
    }
}

fn row(phase: &PhaseRecord, start: Option<f64>, axis: Axis) -> Row {
    let word = phase.verdict.as_str();
    let took = phase.duration_ms as f64;
    let time = duration(took);
    let from = start.map(duration).unwrap_or_default();
    let name = phase_name(phase);
    let segments =
        start.map(|start| axis.segment(start, took, word, format!("{name}: {word}, {time}")));
    Row {
        description: format!("from {from} for {time}, {word}"),
        name,
        verdict: word,
        segments: segments.into_iter().collect(),
        start: from,
        time,
    }
}

impl PhaseView {
    fn of(record: &PhaseRecord) -> Self {
        let tests = record.tests.as_ref();
        let none = Vec::new();
        let named = |names: &Vec<String>| Few::of(names.iter(), SENTENCES, |one| name(one));
        let took = duration(record.duration_ms as f64);
        Self {
            name: phase_name(record),
            verdict: record.verdict.as_str(),
            time: match tries(record) {
                Some(tries) => format!("{took}, {tries}"),
                None => took,
            },
            message: sentence(&record.message),
            attempts: special_attempts(record)
                .iter()
                .take(SENTENCES)
                .map(|one| sentence(&format!("Attempt {}: {}", one.number, attempt(one))))
                .collect(),
            measures: record
                .measurements
                .iter()
                .take(ENTRIES)
                .map(Measure::of)
                .collect(),
            tests: tests.map(suite).unwrap_or_default(),
            failed: named(tests.map_or(&none, |tests| &tests.failures)),
            flaky: named(tests.map_or(&none, |tests| &tests.flaky)),
            warnings: Few::of(record.warnings.iter(), SENTENCES, |one| sentence(one)),
        }
    }
}

/// What nobody is to overlook about a run, with the word of the verdict whose colour it has.
pub(super) fn alarms(report: &Report) -> Vec<(&'static str, String)> {
    let loud = deployments(report).filter(|one| alarm(one) != Alarm::None || one.is_hotfix);
    loud.map(|deployment| {
        let tone = match alarm(deployment) {
            Alarm::None => "warned",
            Alarm::Look => "errored",
            Alarm::Failed | Alarm::Act => "failed",
        };
        let mut sentences = vec![headline(deployment, version)];
        sentences.extend(active_now(deployment, version));
        sentences.extend(hotfix(deployment).map(str::to_owned));
        (tone, format!("{}.", sentences.join("; ")))
    })
    .collect()
}

/// A criterion that did not have to hold: its name, what happened to it, and why.
pub(super) struct ExcusedView {
    pub(super) stage: &'static str,
    pub(super) name: String,
    pub(super) how: &'static str,
    pub(super) why: Prose,
}

/// The criteria that did not have to hold.
pub(super) fn excused_views(report: &Report) -> Few<ExcusedView> {
    let all = excused(report);
    Few::of(all.into_iter(), ENTRIES, |one| ExcusedView {
        stage: one.stage.as_str(),
        name: one.name,
        how: one.how,
        why: sentence(&one.why),
    })
}
