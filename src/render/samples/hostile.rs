//! A report that wants to do harm.

use super::{deployed, deployment_of, red};
use crate::model::{
    Change, Criterion, Deployment, Finding, PublishingProblem, Reason, ReasonCode, Report,
    Requirement, Severity, Stage, Verdict, Version,
};

const ATTACKS: [&str; 5] = [
    "</style></title><script>alert(1)</script>",
    "\u{1b}[2J\u{1b}[31mred\u{1b}[0m \u{202e}desrever\u{2069}",
    "\"><img src=x onerror=alert(1)>'{{ 7*7 }}{% raw %}",
    "::error file=x::y\r\n| a | b |\n<!-- --> &amp; ${IFS}",
    "javascript:alert(1)//",
];

/// One of the attacks.
pub(super) fn attack(index: usize) -> String {
    ATTACKS[index % ATTACKS.len()].to_owned()
}

/// An attack that is far too long.
fn long(index: usize) -> String {
    format!("{} {}", attack(index), "x".repeat(100_000))
}

/// A report in which every text is an attack or far too long.
pub(crate) fn hostile() -> Report {
    let mut report = red();
    report.source.branch = Some(long(0));
    report.source.commit = Some(attack(0));
    report.configuration = Some(attack(2));
    report.toolchain = attack(1);
    report.context_session_id = Some(attack(2));
    report.metrics_dashboard = Some(attack(4));
    report.flaky_tests = (0..300)
        .map(|index| format!("{} {index}", attack(index)))
        .collect();
    for (index, tool) in report.tools.iter_mut().enumerate() {
        tool.tool = long(index);
        tool.command = long(index + 1);
        tool.version = Some(attack(index));
        tool.notes = vec![attack(index); 50];
    }
    for stage in report.stage_results.values_mut() {
        stage.errors = vec![attack(0); 50];
        stage.warnings = vec![long(1)];
        stage.outputs.insert(attack(0), attack(1).into());
        if stage.stage_name == Stage::StagingDeployment {
            stage.deployment = Some(deployment());
            stage.criteria = (0..6).map(criterion).collect();
        }
        for (index, gate) in stage.quality_gates.values_mut().enumerate() {
            gate.gate_name = attack(index);
            gate.reproduce = Some(long(index));
            gate.errors = vec![long(index)];
            gate.details.insert(attack(0), attack(1).into());
            gate.findings = (0..40)
                .map(|index| {
                    let message = if index < 3 {
                        long(index)
                    } else {
                        attack(index)
                    };
                    Finding::new(attack(index), Severity::Error, message).at(
                        attack(index / 5),
                        1,
                        1,
                    )
                })
                .collect();
        }
    }
    if let Some(patch) = &mut report.auto_fix {
        patch.changes = vec![
            Change {
                file: attack(0),
                tool: attack(0)
            };
            300
        ];
    }
    report.publishing_problems = vec![
        PublishingProblem {
            sink: attack(0),
            message: attack(1)
        };
        50
    ];
    report
}

/// A deployment whose commands and versions want to do harm.
fn deployment() -> Deployment {
    let mut deployment = deployment_of(&deployed());
    let version = |index| Version {
        commit: attack(index),
        digest: Some(long(index + 1)),
    };
    deployment.version = version(2);
    deployment.previous = Some(version(3));
    deployment.active = Some(version(0));
    deployment.verdict = Verdict::Failed;
    deployment.outcome = crate::model::DeploymentOutcome::RollbackFailed;
    deployment.message = long(0);
    deployment.remedy = Some(long(3));
    deployment.url = Some(attack(4));
    deployment.approved_by = vec![attack(0); 30];
    deployment.outputs = (0..50)
        .map(|index| (attack(index), attack(index + 1)))
        .collect();
    for (index, phase) in deployment.phases.iter_mut().enumerate() {
        phase.message = long(index);
        phase.started_at = attack(index);
        phase.warnings = vec![attack(index); 8];
        phase.verdict = Verdict::Failed;
        for measurement in &mut phase.measurements {
            measurement.what = attack(index);
        }
        if let Some(tests) = &mut phase.tests {
            tests.flaky = vec![long(index)];
            tests.failures = vec![attack(index); 25];
        }
    }
    deployment
}

/// A criterion with hostile words, each of them of another kind.
pub(super) fn criterion(index: usize) -> Criterion {
    let reason = Reason::new(ReasonCode::NoSource, long(index)).remedy(attack(index + 1));
    let (requirement, verdict) = match index % 3 {
        0 => (Requirement::Required, Verdict::NoData(reason)),
        1 => (Requirement::Required, Verdict::Skipped(reason)),
        _ => (Requirement::Advisory, Verdict::Failed),
    };
    Criterion {
        source: Some(attack(index + 2)),
        measured_at: Some(attack(index + 3)),
        gap: Some(long(index + 4)),
        remedy: Some(attack(index)),
        exemption: (index % 3 == 2).then(|| attack(index)),
        ..Criterion::new(attack(index), verdict, requirement, Vec::new())
    }
}
