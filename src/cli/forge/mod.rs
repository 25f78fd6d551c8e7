//! What GitHub knows about a version: who agreed to it, what was deployed where, and how that went.
//!
//! Everything here was written by others, and may be wrong or missing. What cannot be read is an
//! error and never an empty answer.

mod records;

use crate::config::ReviewPolicy;
use crate::github::{
    Repository,
    api::{
        Client, Deployment, DeploymentPayload, DeploymentStatus, Payload, PullRequest,
        RunReviewState, approvals, deployment_statuses, deployments, is_member, is_same_label,
        labelled, pull_requests_of_commit, reviews, run_reviews,
    },
};
use crate::ledger::Record;
use crate::model::{ComponentName, Version};
use crate::promotion::{Answer, Forge, ForgeReview, RunReview, RunReviews, Sample};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How many of an environment's deployments of the component are read for the record. Older ones decide
/// nothing: what is gone back to is among the newest.
const RECORDED: usize = 30;
/// How many of an environment's deployments are looked through for statuses since some time.
const LOOKED_THROUGH: usize = 200;
/// How many statuses of one deployment are read: one every ten minutes for a week.
const STATUSES: usize = 1000;

/// GitHub, asked about one component of a repository.
#[derive(Debug, Clone)]
pub struct GitHubForge {
    /// Access to the API. Teams can be seen only with `read:org`, which no job's token has.
    pub client: Client,
    /// The repository.
    pub repository: Repository,
    /// The component.
    pub component: ComponentName,
    /// Whose word is asked for.
    pub review: ReviewPolicy,
    /// The run that asks.
    pub run: u64,
    /// The commit that the run is of; empty where it is not known.
    pub run_commit: String,
}

impl Forge for GitHubForge {
    fn reviews<'a>(&'a self, version: &'a Version) -> Answer<'a, Vec<ForgeReview>> {
        Box::pin(self.reviews_of(&version.commit))
    }

    fn statuses<'a>(&'a self, environment: &'a str, since: Timestamp) -> Answer<'a, Vec<Sample>> {
        Box::pin(self.samples(environment, since))
    }

    fn records<'a>(&'a self, environment: &'a str) -> Answer<'a, Vec<Record>> {
        Box::pin(self.read_records(environment))
    }

    fn run_reviews(&self) -> Answer<'_, RunReviews> {
        Box::pin(self.reviews_of_run())
    }
}

impl GitHubForge {
    async fn reviews_of(&self, commit: &str) -> Result<Vec<ForgeReview>, String> {
        let Self {
            client, repository, ..
        } = self;
        let pulls = pull_requests_of_commit(client, repository, commit)
            .await
            .map_err(said)?;
        let mut found = Vec::new();
        for pull in &pulls {
            found.extend(self.labels_of(pull, commit).await);
            let given = reviews(client, repository, pull.number)
                .await
                .map_err(said)?;
            found.extend(
                approvals(&given)
                    .into_iter()
                    .filter_map(|review| {
                        let reviewed = review.commit.as_deref()?;
                        // Of a pull request that went on after the version, or without it, only what
                        // was said of this very commit is about it.
                        if !pull.has_become(commit) && reviewed != commit {
                            return None;
                        }
                        Some(ForgeReview {
                            by: review.reviewer.clone(),
                            teams: Vec::new(),
                            label: None,
                            at: review.at,
                            commit: about(pull, reviewed, commit).to_owned(),
                            url: review.url.clone(),
                        })
                    })
                    .collect::<Vec<_>>(),
            );
        }
        if !found.iter().any(|review| self.is_enough(review, commit)) {
            self.ask_for_teams(&mut found, commit).await?;
        }
        Ok(found)
    }

    /// The label that is asked for, where the pull request has it. Who put it there is said where
    /// GitHub says so: it is there in any case.
    async fn labels_of(&self, pull: &PullRequest, commit: &str) -> Option<ForgeReview> {
        let asked = self.review.label.as_deref()?;
        let mut labels = pull.labels.iter();
        let is_there = labels.any(|label| is_same_label(&label.name, asked));
        if !is_there || !pull.has_become(commit) {
            return None;
        }
        let history = labelled(&self.client, &self.repository, pull.number, asked).await;
        let event = history
            .inspect_err(|error| tracing::info!("who put the label {asked:?} there: {error}"))
            .ok()
            .flatten();
        Some(ForgeReview {
            by: event.as_ref().and_then(|event| event.by.clone()),
            teams: Vec::new(),
            label: Some(asked.to_owned()),
            at: event.and_then(|event| event.at),
            commit: about(pull, &pull.head.sha, commit).to_owned(),
            url: pull.html_url.clone(),
        })
    }

    /// Whether a review shows what is asked for without a look at any team.
    fn is_enough(&self, review: &ForgeReview, commit: &str) -> bool {
        let is_of_person = |by: &String| {
            let mut people = self.review.people.iter();
            people.any(|person| person.eq_ignore_ascii_case(by))
        };
        review.commit == commit
            && (review.label.is_some() || review.by.as_ref().is_some_and(is_of_person))
    }

    /// Finds out which of the teams those who approved this commit are members of.
    async fn ask_for_teams(&self, found: &mut [ForgeReview], commit: &str) -> Result<(), String> {
        let organisation = self.repository.owner();
        let mut known: BTreeMap<(&str, String), bool> = BTreeMap::new();
        let approving = |review: &&mut ForgeReview| {
            review.label.is_none() && review.commit == commit && review.by.is_some()
        };
        for review in found.iter_mut().filter(approving) {
            let user = review.by.clone().unwrap_or_default();
            for team in &self.review.teams {
                let key = (team.as_str(), user.clone());
                let is_in_team = match known.get(&key) {
                    Some(is_in_team) => *is_in_team,
                    None => is_member(&self.client, organisation, team, &user)
                        .await
                        .map_err(said)?,
                };
                known.insert(key, is_in_team);
                if is_in_team {
                    review.teams.push(team.clone());
                }
            }
        }
        Ok(())
    }

    async fn read_records(&self, environment: &str) -> Result<Vec<Record>, String> {
        let Self {
            client, repository, ..
        } = self;
        let (found, _) = deployments(client, repository, environment, LOOKED_THROUGH)
            .await
            .map_err(said)?;
        let mut read = Vec::new();
        for deployment in found {
            if read.len() == RECORDED {
                break;
            }
            if let Some(payload) = self.own(&deployment)?.cloned() {
                let (statuses, is_whole) = self.statuses_of(&deployment).await?;
                let has_end = records::outcome(&statuses).is_some();
                if !has_end && !is_whole {
                    return Err(format!(
                        "deployment {} to {environment:?} has more than {STATUSES} statuses, and the newest do not say how it ended",
                        deployment.id
                    ));
                }
                read.push((deployment, payload, statuses));
            }
        }
        read.reverse();
        Ok(records::records(&read))
    }

    async fn reviews_of_run(&self) -> Result<RunReviews, String> {
        let given = run_reviews(&self.client, &self.repository, self.run)
            .await
            .map_err(said)?;
        let given = given.into_iter().map(|review| RunReview {
            by: review.reviewer,
            has_agreed: match review.state {
                RunReviewState::Approved => Some(true),
                RunReviewState::Rejected => Some(false),
                RunReviewState::Other => None,
            },
            environments: review.environments,
            comment: review.comment,
        });
        Ok(RunReviews {
            run: self.run.to_string(),
            commit: self.run_commit.clone(),
            reviews: given.collect(),
        })
    }

    async fn samples(&self, environment: &str, since: Timestamp) -> Result<Vec<Sample>, String> {
        let Self {
            client, repository, ..
        } = self;
        let (found, is_whole) = deployments(client, repository, environment, LOOKED_THROUGH)
            .await
            .map_err(said)?;
        let oldest = found.last().map(|deployment| deployment.created_at);
        if !is_whole && oldest.is_some_and(|oldest| oldest >= since) {
            return Err(format!(
                "the environment {environment:?} has more than {LOOKED_THROUGH} deployments since {since}; expected fewer, so that all of their statuses can be read"
            ));
        }
        // The newest from before the time was the active one then.
        let before = found
            .iter()
            .find(|deployment| deployment.created_at < since)
            .map(|deployment| deployment.id);
        let mut samples = Vec::new();
        // The oldest first: GitHub's times are whole seconds, and sorting by them keeps this order.
        for deployment in found.iter().rev() {
            let is_within = deployment.created_at >= since || deployment.updated_at >= since;
            if !is_within && before != Some(deployment.id) {
                continue;
            }
            if deployment.payload != Payload::Foreign && self.own(deployment)?.is_none() {
                continue;
            }
            let (statuses, is_whole) = self.statuses_of(deployment).await?;
            let oldest = statuses.last().map(|status| status.created_at);
            if !is_whole && oldest.is_some_and(|oldest| oldest >= since) {
                return Err(format!(
                    "deployment {} to {environment:?} has more than {STATUSES} statuses since {since}; expected fewer, so that all of them can be read",
                    deployment.id
                ));
            }
            samples.extend(statuses.iter().rev().filter_map(records::sample));
        }
        samples.retain(|sample| sample.at >= since);
        samples.sort_by_key(|sample| sample.at);
        Ok(samples)
    }

    async fn statuses_of(
        &self,
        deployment: &Deployment,
    ) -> Result<(Vec<DeploymentStatus>, bool), String> {
        deployment_statuses(&self.client, &self.repository, deployment.id, STATUSES)
            .await
            .map_err(said)
    }

    /// What spec2prod wrote about this component's deployment; `None` for one of somebody else.
    fn own<'d>(&self, deployment: &'d Deployment) -> Result<Option<&'d DeploymentPayload>, String> {
        match &deployment.payload {
            Payload::Ours(payload) => {
                Ok(Some(&**payload).filter(|payload| payload.component == self.component))
            }
            Payload::Foreign => Ok(None),
            Payload::Unreadable(problem) => Err(format!(
                "deployment {} to {:?} cannot be understood: {problem}; delete the deployment, or use the version of spec2prod that made it",
                deployment.id, deployment.environment
            )),
        }
    }
}

/// What a word about a commit of a pull request is about. What was said of the last commit of a pull
/// request is said of the commit that the pull request became; a commit before it is another one,
/// since more came after it was looked at.
fn about<'a>(pull: &PullRequest, reviewed: &'a str, version: &'a str) -> &'a str {
    if reviewed == pull.head.sha && pull.has_become(version) {
        version
    } else {
        reviewed
    }
}

fn said(error: impl ToString) -> String {
    error.to_string()
}
