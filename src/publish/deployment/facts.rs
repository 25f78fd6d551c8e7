//! What deployments are shown with, and what GitHub calls their environment.

use super::super::Job;
use crate::config::EnvironmentPolicy;
use crate::github::Repository;
use crate::model::{ComponentName, EnvironmentName, Surface};

/// What the deployments of one component to one environment are shown with.
#[derive(Debug, Clone)]
pub struct DeploymentFacts {
    /// Where they are shown.
    pub repository: Repository,
    /// Where the run is seen.
    pub run_url: String,
    /// How the address of every job of the run begins.
    pub jobs_url: String,
    /// The component.
    pub component: ComponentName,
    /// What GitHub calls the environment.
    pub environment: String,
    /// Whether people use it.
    pub is_production: bool,
}

impl DeploymentFacts {
    /// Those of a job; `None` where deployments are not shown.
    #[must_use]
    pub fn of_job(
        job: &Job,
        component: &ComponentName,
        environment: &EnvironmentPolicy,
    ) -> Option<Self> {
        let event = &job.event;
        job.shows(Surface::Deployments).then(|| Self {
            repository: event.repository.clone(),
            run_url: event.run_url(),
            jobs_url: format!(
                "{}/{}/actions/runs/{}/job/",
                event.server_url, event.repository, event.run.id
            ),
            component: component.clone(),
            environment: environment.github_name(component),
            is_production: environment.name == EnvironmentName::Production,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{HealthCheckPolicy, ProbePolicy};
    use crate::github::{Event, Variables};
    use crate::model::RuleSource;
    use std::{collections::BTreeMap, time::Duration};

    fn environment(name: &str) -> EnvironmentPolicy {
        EnvironmentPolicy {
            name: EnvironmentName::Production,
            url: None,
            github_environment: name.to_owned(),
            deploy: Vec::new(),
            rollback: None,
            current: None,
            health_check: HealthCheckPolicy {
                probe: ProbePolicy::Tcp("127.0.0.1:1".to_owned()),
                start_delay: Duration::ZERO,
                interval: Duration::ZERO,
                timeout: Duration::ZERO,
                successes: 1,
                failures: 1,
                errors: 1,
                rule: RuleSource::Default,
            },
            smoke_test: None,
            bake_time: Duration::ZERO,
            analysis: Vec::new(),
            prometheus: None,
            hooks: Vec::new(),
            env: BTreeMap::new(),
            working_directory: None,
            rule: RuleSource::Default,
        }
    }

    fn job(surfaces: &[Surface]) -> Job {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", "workflow_dispatch"),
            ("GITHUB_REPOSITORY", "octo/shop"),
            ("GITHUB_SHA", "5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f"),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_RUN_ATTEMPT", "3"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Job {
            event: Event::read(&Variables::new(variables)).unwrap().unwrap(),
            surfaces: surfaces.iter().copied().collect(),
            summary_file: None,
            outputs_file: None,
            prefix: String::new(),
            artifact: None,
        }
    }

    #[test]
    fn a_component_has_an_environment_of_its_own_and_the_jobs_are_those_of_the_run() {
        let component = "shop".parse().unwrap();
        let of = |surface, name: &str| {
            DeploymentFacts::of_job(&job(&[surface]), &component, &environment(name))
        };
        let facts = of(Surface::Deployments, "{environment}/{component}").unwrap();
        assert_eq!(facts.environment, "production/shop");
        assert!(facts.is_production);
        assert_eq!(
            (facts.run_url.as_str(), facts.jobs_url.as_str()),
            (
                "https://github.com/octo/shop/actions/runs/42/attempts/3",
                "https://github.com/octo/shop/actions/runs/42/job/"
            )
        );
        let chosen = of(Surface::Deployments, "live").unwrap();
        assert_eq!(chosen.environment, "live");
        assert!(of(Surface::Checks, "live").is_none());
    }
}
