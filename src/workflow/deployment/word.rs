//! A word about a version, in the ledger.

use super::order::{by, ledger};
use crate::ledger::Event;
use crate::model::EnvironmentName;
use crate::workflow::groundwork::Groundwork;
use crate::workflow::{Request, WorkflowError};

/// Writes down that a version is held, released or approved.
///
/// # Errors
///
/// When the component does not exist, the environment is not set up, or the ledger cannot be written.
pub async fn say(
    request: &Request,
    environment: EnvironmentName,
    event: Event,
) -> Result<(), WorkflowError> {
    let ground = Groundwork::lay(request)?;
    if !ground.policy.environments.contains_key(&environment) {
        return Err(WorkflowError::NoEnvironment {
            component: request.component.clone(),
            environment,
        });
    }
    ledger(&ground, request)
        .append(
            &request.component,
            environment,
            &by(&ground, request),
            event,
        )
        .await
        .map(|_| ())
        .map_err(|error| WorkflowError::Deployment(error.to_string()))
}
