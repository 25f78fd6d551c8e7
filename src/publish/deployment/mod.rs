//! Deployments as people see them on GitHub. Whatever goes wrong here is said, and changes nothing
//! else.

mod facts;
mod text;

pub use facts::DeploymentFacts;

use crate::github::api::{
    ApiError, Client, DEPLOYMENTS_WRITE, DeploymentOpening, DeploymentPayload, DeploymentState,
    NewDeploymentStatus, Payload, add_deployment_status, deployment_statuses, deployments,
    final_description, final_state, open_deployment,
};
use crate::model::{Deployment, DeploymentOutcome, Operation, Phase, Version};
use std::time::Duration;
use text::{saying, summary};

/// What a problem of a deployment on GitHub is listed under.
const SINK: &str = "deployment";
/// How many of an environment's deployments are listed to find that of the job, or the one that is no
/// longer active. Both are among the newest.
const LISTED: usize = 30;
/// How many of them are asked for their statuses, and how many statuses are read of each: every one is
/// a request.
const LOOKED_AT: usize = 10;
/// How long the end of a deployment may take to be told, however long everything before it took.
const FOR_THE_END: Duration = Duration::from_secs(60);
/// The same after a run was interrupted: a runner waits some seconds before it kills what it
/// cancelled (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation>).
const AFTER_INTERRUPTION: Duration = Duration::from_secs(5);

/// Shows the deployments of one component to one environment, one after the other.
///
/// A version that is no longer active is said to be so by name, and never by GitHub's
/// `auto_inactive`, which would do the same to other components in the environment.
pub struct DeploymentPosting {
    client: Client,
    facts: DeploymentFacts,
    current: Option<Current>,
    /// Whether GitHub made a deployment for the job itself; `None` while it is not known.
    has_jobs_own: Option<bool>,
    is_permission_missing: bool,
    problems: Vec<(&'static str, String)>,
}

/// A deployment that has begun and not ended.
struct Current {
    deployment: Deployment,
    /// Its number on GitHub, where it is there.
    number: Option<u64>,
    /// What was said last.
    said: &'static str,
}

impl DeploymentPosting {
    /// Posting by this client.
    #[must_use]
    pub const fn new(client: Client, facts: DeploymentFacts) -> Self {
        Self {
            client,
            facts,
            current: None,
            has_jobs_own: None,
            is_permission_missing: false,
            problems: Vec::new(),
        }
    }

    /// Shows a deployment as about to begin.
    pub async fn open(&mut self, deployment: &Deployment) {
        self.give_up("another deployment began before it ended")
            .await;
        let number = self.create(deployment).await;
        self.current = Some(Current {
            deployment: deployment.clone(),
            number,
            said: "",
        });
    }

    /// Shows how far a deployment is, where that says something new.
    pub async fn progress(&mut self, deployment: &str, phase: Phase, is_rollback: bool) {
        let saying = saying(phase, is_rollback);
        let Some(current) = self.current.as_mut() else {
            return;
        };
        if current.deployment.id != deployment || current.said == saying {
            return;
        }
        current.said = saying;
        let (number, url) = (current.number, current.deployment.url.clone());
        if let Some(number) = number {
            self.say(number, DeploymentState::InProgress, saying, url.as_deref())
                .await;
        }
    }

    /// Shows how a deployment ended.
    pub async fn complete(&mut self, deployment: &Deployment) {
        self.client = self.client.with_fresh_time(match deployment.outcome {
            DeploymentOutcome::Interrupted => AFTER_INTERRUPTION,
            _ => FOR_THE_END,
        });
        let begun = self.current.take();
        let begun = begun.filter(|begun| begun.deployment.id == deployment.id);
        // What could not be shown at the beginning may be shown now.
        let number = match begun.and_then(|begun| begun.number) {
            Some(number) => number,
            None => match self.create_with(&self.payload(deployment)).await {
                Some(number) => number,
                None => return,
            },
        };
        let state = final_state(deployment.outcome, &deployment.verdict);
        let description = final_description(deployment.outcome, &deployment.message);
        let url = deployment.url.as_deref();
        let is_said = self.say(number, state, &description, url).await;
        let is_active = deployment.active.as_ref() == Some(&deployment.version);
        if is_active && is_said && is_about_active(deployment.outcome) {
            self.deactivate_older_than(number).await;
        }
        if deployment.outcome == DeploymentOutcome::RolledBack
            && let Some(active) = &deployment.active
        {
            self.restore(deployment, active).await;
        }
    }

    /// Shows that the version before is active again.
    async fn restore(&mut self, deployment: &Deployment, active: &Version) {
        let payload = DeploymentPayload {
            operation: Operation::Rollback,
            version: active.clone(),
            previous: Some(deployment.version.clone()),
            is_restoration: true,
            ..self.payload(deployment)
        };
        let Some(number) = self.create_with(&payload).await else {
            return;
        };
        let message = format!(
            "active again, because {} was taken back",
            deployment.version
        );
        let description = final_description(DeploymentOutcome::Healthy, &message);
        let url = deployment.url.as_deref();
        let is_said = self
            .say(number, DeploymentState::Success, &description, url)
            .await;
        if is_said {
            self.deactivate_older_than(number).await;
        }
    }

    async fn create(&mut self, deployment: &Deployment) -> Option<u64> {
        let payload = self.payload(deployment);
        let number = self.create_with(&payload).await?;
        let url = deployment.url.as_deref();
        self.say(number, DeploymentState::Queued, "about to begin", url)
            .await;
        Some(number)
    }

    /// Makes the deployment be there; `None` where it is not, and where GitHub made one for the job.
    async fn create_with(&mut self, payload: &DeploymentPayload) -> Option<u64> {
        if self.is_permission_missing || self.has_jobs_own().await? {
            return None;
        }
        let opening = DeploymentOpening {
            environment: &self.facts.environment,
            is_production: self.facts.is_production,
            description: &summary(payload),
            payload,
        };
        let opened = open_deployment(&self.client, &self.facts.repository, opening).await;
        self.kept(opened).map(|opened| opened.id)
    }

    fn payload(&self, deployment: &Deployment) -> DeploymentPayload {
        DeploymentPayload {
            component: self.facts.component.clone(),
            deployment: deployment.id.clone(),
            operation: deployment.operation,
            version: deployment.version.clone(),
            previous: deployment.previous.clone(),
            is_hotfix: deployment.is_hotfix,
            is_restoration: false,
        }
    }

    /// Whether GitHub made a deployment to the same environment for the job that this runs in, as it
    /// does for the key `environment:` of a job: one of nobody's payload, a status of which leads to
    /// a job of this run. `None` where it cannot be said, since a second one is worse than none.
    async fn has_jobs_own(&mut self) -> Option<bool> {
        if self.has_jobs_own.is_none() {
            let looked = self.look_for_jobs_own().await;
            self.has_jobs_own = self.kept(looked);
        }
        self.has_jobs_own
    }

    async fn look_for_jobs_own(&self) -> Result<bool, ApiError> {
        let DeploymentFacts {
            repository,
            environment,
            jobs_url,
            ..
        } = &self.facts;
        let (found, _) = deployments(&self.client, repository, environment, LISTED).await?;
        let foreign = found
            .iter()
            .filter(|deployment| deployment.payload == Payload::Foreign);
        for deployment in foreign.take(LOOKED_AT) {
            let (statuses, _) =
                deployment_statuses(&self.client, repository, deployment.id, LOOKED_AT).await?;
            if statuses
                .iter()
                .any(|status| status.log_url.starts_with(jobs_url.as_str()))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Shows that the version before is no longer active: the newest older deployment of the
    /// component that was a success. Those before it were told so at their time.
    async fn deactivate_older_than(&mut self, number: u64) {
        let looked = self.active_before(number).await;
        if let Some(Some(older)) = self.kept(looked) {
            let description = "another version is active";
            self.say(older, DeploymentState::Inactive, description, None)
                .await;
        }
    }

    async fn active_before(&self, number: u64) -> Result<Option<u64>, ApiError> {
        let DeploymentFacts {
            repository,
            environment,
            component,
            ..
        } = &self.facts;
        let (found, _) = deployments(&self.client, repository, environment, LISTED).await?;
        let of_component = |payload: &DeploymentPayload| payload.component == *component;
        let older = found
            .iter()
            .filter(|found| found.id < number)
            .filter(|found| found.payload.ours().is_some_and(of_component));
        for older in older.take(LOOKED_AT) {
            let (statuses, _) = deployment_statuses(&self.client, repository, older.id, 1).await?;
            match statuses.first().and_then(|status| status.state) {
                Some(DeploymentState::Success) => return Ok(Some(older.id)),
                Some(DeploymentState::Inactive) => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Adds a status; gives whether it is there.
    async fn say(
        &mut self,
        number: u64,
        state: DeploymentState,
        description: &str,
        environment_url: Option<&str>,
    ) -> bool {
        if self.is_permission_missing {
            return false;
        }
        let status = NewDeploymentStatus {
            state,
            description,
            log_url: &self.facts.run_url,
            environment_url,
        };
        let said =
            add_deployment_status(&self.client, &self.facts.repository, number, status).await;
        self.kept(said).is_some()
    }

    /// What went well; the rest is noted.
    fn kept<T>(&mut self, result: Result<T, ApiError>) -> Option<T> {
        match result {
            Ok(value) => return Some(value),
            Err(error) if error.missing_permission().is_some() => {
                self.is_permission_missing = true;
            }
            Err(error) => self.problems.push((SINK, error.to_string())),
        }
        None
    }

    /// Shows that a deployment that has begun will not be heard of any more.
    async fn give_up(&mut self, why: &str) {
        let Some(current) = self.current.take() else {
            return;
        };
        if let Some(number) = current.number {
            let description = final_description(DeploymentOutcome::Interrupted, why);
            let url = current.deployment.url.as_deref();
            self.say(number, DeploymentState::Error, &description, url)
                .await;
        }
    }

    /// What went wrong: where, and what to do. A missing permission is said once.
    pub async fn into_problems(mut self) -> Vec<(&'static str, String)> {
        self.give_up("the run ended before the deployment did")
            .await;
        let mut problems = self.problems;
        if self.is_permission_missing {
            problems.push((
                SINK,
                format!(
                    "the token may not show deployments on GitHub, so they are in the report and in \
                     the history only; give the job `permissions:` with `{DEPLOYMENTS_WRITE}`, or \
                     leave `deployments` out of `surfaces` (a pull request from a fork or of \
                     Dependabot never has the right)"
                ),
            ));
        }
        problems
    }
}

/// Whether the version of a deployment that ended so is the active one.
const fn is_about_active(outcome: DeploymentOutcome) -> bool {
    matches!(
        outcome,
        DeploymentOutcome::Healthy
            | DeploymentOutcome::AlreadyActive
            | DeploymentOutcome::Unverified
            | DeploymentOutcome::LeftFailed
    )
}
