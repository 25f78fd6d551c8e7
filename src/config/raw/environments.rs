//! `environments`: where components are deployed to, and how.

use super::{
    Config, HealthCheck,
    command_words::CommandWords,
    layers::{Layer, laid, layered},
};
use crate::{
    config::{Inconclusive, OnHookFailure},
    model::{EnvironmentName, Phase, Prometheus},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where components are deployed to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Environments {
    /// Where a version shows for a while that it is sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    staging: Option<Environment>,
    /// Where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    production: Option<Environment>,
}

impl Environments {
    /// What is set for one of them.
    pub(in crate::config) const fn get(&self, name: EnvironmentName) -> Option<&Environment> {
        match name {
            EnvironmentName::Staging => self.staging.as_ref(),
            EnvironmentName::Production => self.production.as_ref(),
        }
    }

    /// Whether none is set.
    pub(super) const fn is_empty(&self) -> bool {
        self.staging.is_none() && self.production.is_none()
    }

    /// With what nobody set.
    pub(super) fn with_defaults(&self) -> Self {
        let whole = |environment: &Option<Environment>| {
            environment.as_ref().map(Environment::with_defaults)
        };
        Self {
            staging: whole(&self.staging),
            production: whole(&self.production),
        }
    }
}

impl Config {
    /// An environment as it is for a component, or for those that set nothing of their own: what
    /// the component sets, over what is set for all, over the defaults.
    pub(in crate::config) fn environment(
        &self,
        component: Option<&str>,
        name: EnvironmentName,
    ) -> Option<Environment> {
        let own = component.and_then(|component| self.components.get(component));
        let own = own.and_then(|own| own.environments.get(name)).cloned();
        let merged = laid(&own, &self.environments.get(name).cloned());
        merged.as_ref().map(Environment::with_defaults)
    }
}

layered! {
    /// One environment. `{component}`, `{path}`, `{version}`, `{environment}` and `{url}` stand for
    /// what they say in the words of commands, in `env` and in addresses.
    Environment {
        /// Where it is seen.
        #[schemars(length(min = 1, max = 2000))]
        url: String,
        /// Makes a version the active one: program and arguments as a list, or one program as text.
        deploy: CommandWords,
        /// Makes the version before the active one again. Without it, the deploy command does, with
        /// the earlier version.
        rollback: CommandWords,
        /// Prints the digest of the version that is active where it has one, else its commit, so that
        /// an interrupted deployment need not be repeated.
        current: CommandWords,
        /// How a version shows that it is healthy.
        health_check: HealthCheck,
        /// Shows that the version does its work. Exit status 0 passes.
        smoke_test: CommandWords,
        /// How long the health is watched after the checks, in seconds; 0 without it.
        #[schemars(range(min = 0, max = 604_800))]
        bake_time: f64,
        /// What the monitoring is asked while the version bakes.
        analysis: Vec<Analysis>,
        /// The monitoring that is asked.
        prometheus: Prometheus,
        /// Commands before and after phases.
        hooks: Vec<Hook>,
        /// Environment variables of every command.
        env: BTreeMap<String, String>,
        /// The folder of every command, relative to the workspace. Without it, the workspace.
        working_directory: String,
        /// What GitHub calls the environment; `{environment}/{component}` without it, so that each
        /// component has one of its own.
        #[schemars(length(min = 1, max = 255))]
        github_environment: String,
    }
}

impl Layer for Environment {
    fn over(&self, below: &Self) -> Self {
        self.by_key(below)
    }
}

impl Environment {
    /// With what nobody set.
    fn with_defaults(&self) -> Self {
        let defaults = Self {
            bake_time: Some(0.0),
            github_environment: Some("{environment}/{component}".to_owned()),
            ..Self::default()
        };
        let health_check = self.health_check.as_ref();
        Self {
            health_check: health_check.map(HealthCheck::with_defaults),
            ..self.by_key(&defaults)
        }
    }
}

impl Layer for Prometheus {}

/// A question to the monitoring, asked several times: exactly one of `at_most` and `at_least`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Analysis {
    /// What it is about, unique in the list.
    #[schemars(length(min = 1, max = 100))]
    pub(in crate::config) name: String,
    /// The PromQL query. Its result must be a scalar or one sample.
    #[schemars(length(min = 1, max = 10_000))]
    pub(in crate::config) query: String,
    /// The highest good result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::config) at_most: Option<f64>,
    /// The lowest good result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::config) at_least: Option<f64>,
    /// How long is waited before the first question and between two, in seconds.
    #[serde(default = "analysis_interval")]
    #[schemars(range(min = 0, max = 86400))]
    pub(in crate::config) interval: f64,
    /// How often it is asked.
    #[serde(default = "analysis_count")]
    #[schemars(range(min = 1, max = 10_000))]
    pub(in crate::config) count: u32,
    /// How many results that do not hold are allowed; less than `count`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 10_000))]
    pub(in crate::config) failures: u32,
    /// How many answers in a row may be missing; less than `count`. Without it 4, or one less than
    /// `count` where that is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000))]
    pub(in crate::config) errors: Option<u32>,
    /// What becomes of a query without a result.
    #[serde(default)]
    pub(in crate::config) inconclusive: Inconclusive,
}

impl Analysis {
    /// How many answers in a row may be missing. Some answer there must be.
    pub(in crate::config) fn errors(&self) -> u32 {
        self.errors.unwrap_or(4).min(self.count.saturating_sub(1))
    }
}

const fn analysis_interval() -> f64 {
    30.0
}

const fn analysis_count() -> u32 {
    5
}

/// A command before or after a phase: exactly one of `before` and `after`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct Hook {
    /// The phase before which it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::config) before: Option<Phase>,
    /// The phase after which it runs, whatever came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::config) after: Option<Phase>,
    /// Program and arguments as a list, or one program as text.
    pub(in crate::config) command: CommandWords,
    /// What its failure does.
    #[serde(default)]
    pub(in crate::config) on_failure: OnHookFailure,
}
