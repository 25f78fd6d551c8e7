//! Taking a version back by hand, and showing that it can be done.

use super::known::adopt;
use super::order::{PATIENCE, by, ledger, means, order};
use crate::deploy::{self, RollbackRequest};
use crate::model::{Deployment, EnvironmentName, Version};
use crate::workflow::groundwork::Groundwork;
use crate::workflow::{Request, WorkflowError};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollback {
    /// The active version is taken back, and held.
    Because {
        /// Why.
        reason: String,
        /// The version to go back to; the last one that was verified healthy when absent.
        to: Option<Version>,
    },
    /// The active version is taken back and comes again, to show that it works.
    Drill,
}

/// Takes the active version of a component back to the last one that was verified healthy, or does so
/// and returns.
///
/// # Errors
///
/// When it may not begin: bad configuration, unknown component, no such environment, another run at
/// work there. How it went is in the deployment.
pub async fn roll_back(
    request: &Request,
    environment: EnvironmentName,
    what: &Rollback,
) -> Result<Deployment, WorkflowError> {
    let ground = Groundwork::lay(request)?;
    let policy = ground
        .policy
        .environments
        .get(&environment)
        .ok_or_else(|| WorkflowError::NoEnvironment {
            component: request.component.clone(),
            environment,
        })?;
    let means = means(&ground, request)
        .map_err(|why| WorkflowError::Deployment(why.reason().to_string()))?;
    let ledger = ledger(&ground, request);
    adopt(&ground, request, &ledger)
        .await
        .map_err(|reason| WorkflowError::Deployment(reason.to_string()))?;
    let mut turn = ledger
        .take_turn(
            &request.component,
            environment,
            by(&ground, request),
            PATIENCE,
        )
        .await
        .map_err(|error| WorkflowError::Deployment(error.to_string()))?;
    let order = order(&ground, request, policy, Version::of_commit(""));
    Ok(match what {
        Rollback::Because { reason, to } => {
            let asked = RollbackRequest {
                to: to.clone(),
                reason: reason.clone(),
            };
            deploy::roll_back(&order, &asked, &means, &mut turn).await
        }
        Rollback::Drill => deploy::drill(&order, &means, &mut turn).await,
    })
}
