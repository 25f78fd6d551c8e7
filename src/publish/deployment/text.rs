//! What is said about a deployment on GitHub.

use crate::github::api::DeploymentPayload;
use crate::model::{Operation, Phase};

/// What a deployment is about, in one line.
pub(super) fn summary(payload: &DeploymentPayload) -> String {
    let what = match (payload.operation, payload.is_hotfix) {
        (Operation::Deploy, true) => "hotfix: ",
        (operation, _) => operation.prefix(),
    };
    format!("{what}{} {}", payload.component, payload.version)
}

/// What is said of a phase. Phases of which people need not know apart are one.
pub(super) const fn saying(phase: Phase, is_rollback: bool) -> &'static str {
    match phase {
        _ if is_rollback => "taking the version back",
        Phase::Rollback => "taking the version back",
        Phase::EndToEndTests => "running the end-to-end tests against staging",
        Phase::Deploy => "making the version the active one",
        Phase::HealthCheck | Phase::SmokeTest | Phase::IntegrationTests => "checking the version",
        Phase::BakeTime | Phase::Analysis => "watching the health of the version",
    }
}
