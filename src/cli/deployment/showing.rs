//! Showing deployments on GitHub while they go on, those of each environment for themselves.

use super::super::told;
use crate::cli::deployment_posting::DeploymentPoster;
use crate::cli::{Surroundings, api};
use crate::config::Policy;
use crate::deploy::{DeploymentEvent, Watcher};
use crate::model::{ComponentName, EnvironmentName};
use crate::publish::{DeploymentFacts, Job};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What tells both.
pub(in crate::cli) fn both(first: Watcher, second: Option<Watcher>) -> Watcher {
    Arc::new(move |event| {
        first(event.clone());
        if let Some(second) = &second {
            second(event);
        }
    })
}

/// Everything that is shown for the components of one command.
#[derive(Default)]
pub(in crate::cli) struct Showing {
    watchers: BTreeMap<ComponentName, BTreeMap<EnvironmentName, Watcher>>,
    posters: Vec<DeploymentPoster>,
    problems: Vec<(&'static str, String)>,
}

impl Showing {
    /// Begins to show what will happen. To be called within a tokio runtime.
    pub(in crate::cli) fn start(
        job: Option<&Job>,
        surroundings: &Surroundings,
        policy: &Policy,
        components: &[ComponentName],
    ) -> Self {
        let mut showing = Self::default();
        let Some(job) = job else {
            return showing;
        };
        for component in components {
            let policy = policy.for_component(component.as_str());
            for environment in policy.environments.values() {
                let Some(facts) = DeploymentFacts::of_job(job, component, environment) else {
                    continue;
                };
                match api::client(surroundings, &job.event) {
                    Ok(client) => {
                        let (watcher, poster) = DeploymentPoster::start(client, facts);
                        let watchers = showing.watchers.entry(component.clone()).or_default();
                        watchers.insert(environment.name, watcher);
                        showing.posters.push(poster);
                    }
                    Err(error) if showing.problems.is_empty() => {
                        showing.problems.push(("deployment", told(&error)));
                    }
                    Err(_) => {}
                }
            }
        }
        showing
    }

    /// What watches the deployments of a component; `None` where nothing is shown.
    pub(in crate::cli) fn watcher(&self, component: &ComponentName) -> Option<Watcher> {
        let watchers = self.watchers.get(component)?.clone();
        let places: Mutex<BTreeMap<String, EnvironmentName>> = Mutex::default();
        Some(Arc::new(move |event| {
            let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
            if let DeploymentEvent::Started(deployment) | DeploymentEvent::Ended(deployment) =
                &event
            {
                places.insert(deployment.id.clone(), deployment.environment);
            }
            let place = places.get(id(&event));
            if let Some(watcher) = place.and_then(|place| watchers.get(place)) {
                watcher(event);
            }
        }))
    }

    /// Waits until all is shown; gives what went wrong.
    pub(in crate::cli) async fn finish(self) -> Vec<(&'static str, String)> {
        let mut problems = self.problems;
        for poster in self.posters {
            problems.extend(poster.finish().await);
        }
        problems
    }
}

fn id(event: &DeploymentEvent) -> &str {
    match event {
        DeploymentEvent::Started(deployment) | DeploymentEvent::Ended(deployment) => &deployment.id,
        DeploymentEvent::PhaseStarted { deployment, .. }
        | DeploymentEvent::PhaseEnded { deployment, .. } => deployment,
    }
}
