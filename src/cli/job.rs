//! The job of GitHub Actions that the program runs in, where it runs in one.

use super::Surroundings;
use crate::github::Event;
use crate::model::{ComponentName, GateRecord, Report, Surface};
use crate::publish::{Job, prefix};
use crate::workflow::Sharing;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// The job of an event, with the surfaces that results are shown on: those of the input, else those
/// of the configuration.
///
/// # Errors
///
/// When `SPEC2PROD_SURFACES` names something that does not exist.
pub(super) fn of_event(
    event: Option<Event>,
    surroundings: &Surroundings,
    workspace: &Path,
    surfaces: &BTreeSet<Surface>,
) -> anyhow::Result<Option<Job>> {
    let surfaces = match &surroundings.surfaces {
        Some(text) => named(text)?,
        None => surfaces.clone(),
    };
    let variables = &surroundings.github;
    let file = |name: &str| variables.get(name).map(PathBuf::from);
    Ok(event.map(|event| Job {
        event,
        surfaces,
        summary_file: file("GITHUB_STEP_SUMMARY"),
        outputs_file: file("GITHUB_OUTPUT"),
        prefix: prefix(workspace, variables.get("GITHUB_WORKSPACE")),
        artifact: None,
    }))
}

/// How the steps of this job share what they collect; `None` outside GitHub Actions.
pub(super) fn sharing(
    surroundings: &Surroundings,
    component: &ComponentName,
    is_conclusion: bool,
) -> Option<Sharing> {
    let temporary = surroundings.github.get("RUNNER_TEMP")?;
    surroundings.is_github_actions.then(|| Sharing {
        folder: Path::new(temporary)
            .join("spec2prod")
            .join(component.as_str()),
        is_conclusion,
    })
}

/// Surfaces by their names, apart by commas or spaces; `none` for none.
fn named(text: &str) -> anyhow::Result<BTreeSet<Surface>> {
    let words = text.split([',', ' ', '\n']).filter(|word| !word.is_empty());
    let mut surfaces = BTreeSet::new();
    for word in words.filter(|word| *word != "none") {
        surfaces.insert(word.parse().map_err(|error| {
            anyhow::anyhow!("SPEC2PROD_SURFACES (the input `surfaces`): {error}")
        })?);
    }
    Ok(surfaces)
}

/// What the names of artifacts that have reports begin with: by it they are downloaded.
const REPORTS: &str = "spec2prod-";
/// What the artifact over all components is called. It has no reports, and no component's artifact
/// has its name.
const OVERALL: &str = "spec2prod_summary";

/// A name for the artifact of these components, or of the verdict over all where none is named, that
/// no other leg of a matrix and no other attempt has. None of its characters is one that artifacts must
/// not have.
pub(super) fn artifact_name(
    components: &[ComponentName],
    job: &Job,
    surroundings: &Surroundings,
) -> String {
    let system = surroundings.github.get("RUNNER_OS").unwrap_or_default();
    let name = components
        .first()
        .map_or_else(|| OVERALL.to_owned(), |first| format!("{REPORTS}{first}"));
    let more = match components.len() {
        0 | 1 => String::new(),
        more => format!("-and-{}", more - 1),
    };
    let system: String = system
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase();
    format!("{name}{more}-{system}-{}", job.event.run.attempt)
}

/// The outputs that say how a run ended.
pub(super) fn outputs(
    reports: &[Report],
    files: &[&Path],
    workspace: &Path,
    job: &Job,
) -> Vec<(&'static str, String)> {
    let joined = |of: fn(&Report) -> Vec<String>| {
        let mut all: Vec<String> = Vec::new();
        for value in reports.iter().flat_map(of) {
            if !all.contains(&value) {
                all.push(value);
            }
        }
        all.join(",")
    };
    let gates = |counts: fn(&GateRecord) -> bool| {
        let stages = reports.iter().flat_map(Report::stages);
        let gates = stages.flat_map(|stage| stage.quality_gates.values());
        gates.filter(|gate| counts(gate)).count().to_string()
    };
    let findings: usize = reports
        .iter()
        .flat_map(Report::stages)
        .map(|stage| {
            let gates = stage.quality_gates.values();
            stage.findings.len() + gates.map(|gate| gate.findings.len()).sum::<usize>()
        })
        .sum();
    let worst = reports.iter().max_by_key(|report| report.verdict.rank());
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    // The steps behind this one may have another working directory.
    let absolute = |file: &str| workspace.join(file).display().to_string();
    let dashboards: Vec<String> = reports
        .iter()
        .filter_map(|report| report.metrics_dashboard.as_deref())
        .map(absolute)
        .collect();
    let patches = reports.iter().filter_map(|report| report.auto_fix.as_ref());
    let uploaded: Vec<String> = files
        .iter()
        .chain(&dashboards)
        .cloned()
        .chain(patches.map(|patch| absolute(&patch.file)))
        .collect();
    vec![
        (
            "verdict",
            worst
                .map_or("errored", |report| report.verdict.as_str())
                .to_owned(),
        ),
        (
            "success",
            (!reports.is_empty() && reports.iter().all(|report| report.success)).to_string(),
        ),
        (
            "stages-completed",
            joined(|report| {
                let stages = report.stages_completed.iter();
                stages.map(ToString::to_string).collect()
            }),
        ),
        (
            "stages-failed",
            joined(|report| {
                let stages = report.stages_failed.iter();
                stages.map(ToString::to_string).collect()
            }),
        ),
        ("report", files.join("\n")),
        ("dashboard", dashboards.join("\n")),
        (
            "context-session",
            joined(|report| report.context_session_id.clone().into_iter().collect()),
        ),
        ("gates-passed", gates(|gate| gate.verdict.is_pass())),
        ("gates-failed", gates(GateRecord::blocks)),
        ("findings", findings.to_string()),
        ("artifact-name", job.artifact.clone().unwrap_or_default()),
        ("artifact-path", uploaded.join("\n")),
    ]
}
