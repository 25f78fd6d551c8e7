//! The promotion statements of a run: one file for each environment that a version was brought to,
//! made when the report is written for the last time.

use crate::config::{self, Policy};
use crate::model::{Report, StageRecord};
use crate::promotion::{Promotion, statement};
use crate::publish::{Destinations, Job, write_atomically};
use crate::render::json;
use anyhow::Context as _;
use std::{fs, path::PathBuf};

/// Writes the statements of a report; gives their files.
pub(super) fn write(
    report: &Report,
    policy: &Policy,
    job: Option<&Job>,
    to: &Destinations,
    hotfix: Option<&str>,
) -> anyhow::Result<Vec<PathBuf>> {
    let is_promoted = |record: &&StageRecord| {
        let deployment = record.deployment.as_ref();
        deployment.is_some_and(|deployment| deployment.outcome.is_success())
    };
    let mut promoted = report.stages().filter(is_promoted).peekable();
    if promoted.peek().is_none() {
        return Ok(Vec::new());
    }
    let bytes =
        fs::read(&to.report).with_context(|| format!("{} cannot be read", to.report.display()))?;
    let name = to.report.file_name().unwrap_or_default().to_string_lossy();
    let effective = config::show(&policy.for_component(report.component_name.as_str()));
    let repository = job.map(|job| format!("{}/{}", job.event.server_url, job.event.repository));
    let mut files = Vec::new();
    for record in promoted {
        let Some(deployment) = &record.deployment else {
            continue;
        };
        let text = json::pretty(&statement(&Promotion {
            component: &report.component_name,
            level: deployment.environment.target(),
            version: &deployment.version,
            criteria: &record.criteria,
            verdict: &record.verdict,
            repository: repository.as_deref(),
            policy_file: report.configuration.as_deref(),
            policy: effective.as_bytes(),
            report: (&name, &bytes),
            verifier: None,
            hotfix: hotfix.filter(|_| deployment.is_hotfix),
            approved_by: &deployment.approved_by,
            at: jiff::Timestamp::now(),
        }));
        let file = to.workspace.join(format!(
            "promotion_statement_{}_{}.json",
            report.component_name, deployment.environment
        ));
        write_atomically(&file, text.as_bytes())
            .with_context(|| format!("{} cannot be written", file.display()))?;
        files.push(file);
    }
    Ok(files)
}
