//! The specification stage: read the document, check it, say what is missing.

use super::judge::of_findings;
use crate::config::Policy;
use crate::model::{
    Component, Finding, Reason, ReasonCode, RuleSource, Severity, Specification, Stage,
    StageRecord, Target, Verdict,
};
use crate::spec::{self, SpecPolicy};
use serde_json::json;
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Instant};

/// Reads and checks the specification.
pub(super) async fn judge(
    policy: &Arc<Policy>,
    workspace: &Path,
    component: &Arc<Component>,
    target: Target,
) -> (Option<Arc<Specification>>, StageRecord) {
    let started = Instant::now();
    let (specification, mut record) = match &component.spec {
        None => (None, missing(component)),
        Some(file) => read(policy, workspace, component, file, target).await,
    };
    record.execution_time_ms = started.elapsed().as_secs_f64() * 1000.0;
    (specification, record)
}

fn missing(component: &Component) -> StageRecord {
    let name = &component.name;
    let reason = Reason::new(
        ReasonCode::ReportMissing,
        format!("component {name} has no specification: looked for specs/{name}.md"),
    )
    .remedy(format!(
        "write specs/{name}.md, or name another file with --spec or components.{name}.spec"
    ));
    failed(Verdict::NoData(reason.clone()), reason)
}

fn failed(verdict: Verdict, reason: Reason) -> StageRecord {
    let mut record = StageRecord::new(Stage::Specification, verdict);
    record.errors.push(reason.to_string());
    record
}

async fn read(
    policy: &Arc<Policy>,
    workspace: &Path,
    component: &Arc<Component>,
    file: &Path,
    target: Target,
) -> (Option<Arc<Specification>>, StageRecord) {
    let timeout = policy
        .stages
        .get(&Stage::Specification)
        .map(|stage| stage.timeout);
    let reading = {
        let (policy, component) = (Arc::clone(policy), Arc::clone(component));
        let (workspace, file) = (workspace.to_path_buf(), file.to_path_buf());
        tokio::task::spawn_blocking(move || {
            let specification = spec::read(&workspace, &file)?;
            let findings = spec::check(&specification, target, &limits(&policy, &component));
            Ok::<_, spec::SpecError>((specification, findings))
        })
    };
    let outcome = match timeout {
        Some(timeout) => tokio::time::timeout(timeout, reading).await,
        None => Ok(reading.await),
    };
    let unreadable = |code, message: String| {
        let reason = Reason::new(code, message);
        (None, failed(Verdict::Errored(reason.clone()), reason))
    };
    let (specification, findings) = match outcome {
        Ok(Ok(Ok(read))) => read,
        Ok(Ok(Err(error))) => {
            return unreadable(
                ReasonCode::ReportUnreadable,
                format!("{:#}", anyhow::Error::from(error)),
            );
        }
        Ok(Err(_)) => {
            return unreadable(
                ReasonCode::InternalError,
                format!("the parser panicked on {}", file.display()),
            );
        }
        Err(_) => {
            return unreadable(
                ReasonCode::ToolTimedOut,
                format!(
                    "{} was not read and checked within stages.specification.timeout_seconds",
                    file.display()
                ),
            );
        }
    };
    let record = record(&specification, findings);
    (Some(Arc::new(specification)), record)
}

fn record(specification: &Specification, findings: Vec<Finding>) -> StageRecord {
    let mut record = StageRecord::new(Stage::Specification, of_findings(&findings));
    let sentence = |finding: &Finding| {
        format!(
            "{} {} ({})",
            finding.location(),
            finding.message,
            finding.rule
        )
    };
    for finding in &findings {
        match finding.severity {
            Severity::Error => record.errors.push(sentence(finding)),
            Severity::Warning => record.warnings.push(sentence(finding)),
            _ => {}
        }
    }
    let ticked = specification
        .acceptance_criteria
        .iter()
        .filter(|criterion| criterion.is_ticked == Some(true));
    for (name, value) in [
        ("file", json!(specification.file)),
        ("title", json!(specification.title)),
        ("requirements", json!(specification.requirements.len())),
        (
            "acceptance_criteria",
            json!(specification.acceptance_criteria.len()),
        ),
        ("acceptance_criteria_ticked", json!(ticked.count())),
        ("unresolved", json!(specification.unresolved.len())),
    ] {
        record.outputs.insert(name.to_owned(), value);
    }
    record.findings = findings;
    record
}

/// The limits that a specification may sharpen and never soften.
#[must_use]
pub fn limits<'a>(policy: &Policy, component: &'a Component) -> SpecPolicy<'a> {
    let of_gate = |gate: &str, key: &str| -> Option<(f64, RuleSource)> {
        let gate = policy.gates.get(gate)?;
        let rule = gate.rules.get(key).cloned().unwrap_or(RuleSource::Default);
        Some((gate.limits.get(key)?.as_f64()?, rule))
    };
    let coverage: BTreeMap<Target, (f64, RuleSource)> = Target::ALL
        .into_iter()
        .filter_map(|target| {
            Some((
                target,
                of_gate("test_coverage", &format!("{target}_threshold"))?,
            ))
        })
        .collect();
    let of_production = |name: &str| {
        let level = policy.levels.get(&Target::Production)?;
        let asked = level.additional.iter().find(|asked| asked.name == name)?;
        match asked.value {
            crate::config::RequiredValue::AtLeast(value) => Some((value, asked.rule.clone())),
            crate::config::RequiredValue::Yes => None,
        }
    };
    SpecPolicy {
        component: component.name.as_str(),
        coverage,
        complexity: of_gate("complexity", "max_per_function"),
        uptime: of_production("staging_uptime_percentage"),
        staging_days: of_production("staging_uptime_days"),
    }
}
