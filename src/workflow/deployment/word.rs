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
/// When the component does not exist, the environment is not set up, what is to be released is not held,
/// or the ledger cannot be read or written.
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
    let ledger = ledger(&ground, request);
    let wrong = |message: String| WorkflowError::Deployment(message);
    if let Event::Released { version, .. } = &event {
        let state = ledger.state(&request.component, environment).await;
        let state = state.map_err(|error| wrong(error.to_string()))?;
        let mut holds = state.holds.iter();
        if !holds.any(|hold| hold.version == *version) {
            let held: Vec<String> = state
                .holds
                .iter()
                .map(|hold| {
                    let digest = hold
                        .version
                        .digest
                        .iter()
                        .map(|digest| format!(" with {digest}"));
                    format!("{}{}", hold.version.commit, digest.collect::<String>())
                })
                .collect();
            return Err(wrong(match held.is_empty() {
                true => format!("nothing is held in {environment}, so nothing is released"),
                false => format!(
                    "{version} is not held in {environment}, so nothing is released; held are {}",
                    held.join(", ")
                ),
            }));
        }
    }
    ledger
        .append(
            &request.component,
            environment,
            &by(&ground, request),
            event,
        )
        .await
        .map(|_| ())
        .map_err(|error| wrong(error.to_string()))
}
