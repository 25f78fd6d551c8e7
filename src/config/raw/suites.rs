//! `suites`: tests against an environment.

use super::{
    Config, FurtherEvidence, Report,
    command_words::CommandWords,
    layers::{Layer, laid, layered},
};
use crate::config::SuiteName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Suites of tests against an environment.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Suites {
    /// Run against staging, after a deployment to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    integration: Option<Suite>,
    /// Run against staging, before a deployment to production.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_to_end: Option<Suite>,
}

impl Suites {
    /// What is set for one of them.
    pub(in crate::config) const fn get(&self, name: SuiteName) -> Option<&Suite> {
        match name {
            SuiteName::Integration => self.integration.as_ref(),
            SuiteName::EndToEnd => self.end_to_end.as_ref(),
        }
    }

    /// Whether none is set.
    pub(super) const fn is_empty(&self) -> bool {
        self.integration.is_none() && self.end_to_end.is_none()
    }

    /// With what nobody set.
    pub(super) fn with_defaults(&self) -> Self {
        let whole = |suite: &Option<Suite>| suite.as_ref().map(Suite::with_defaults);
        Self {
            integration: whole(&self.integration),
            end_to_end: whole(&self.end_to_end),
        }
    }
}

impl Config {
    /// A suite as it is for a component, or for those that set nothing of their own: what the
    /// component sets, over what is set for all, over the defaults.
    pub(in crate::config) fn suite(
        &self,
        component: Option<&str>,
        name: SuiteName,
    ) -> Option<Suite> {
        let own = component.and_then(|component| self.components.get(component));
        let own = own.and_then(|own| own.suites.get(name)).cloned();
        let merged = laid(&own, &self.suites.get(name).cloned());
        merged.as_ref().map(Suite::with_defaults)
    }
}

layered! {
    /// Tests against an environment: exactly one of `tests`, `marker` and `command`.
    Suite {
        /// Files and folders, run by the component's own test tool, relative to the workspace.
        #[schemars(length(min = 1))]
        tests: Vec<String>,
        /// Tests with this marker, run by the component's own test tool.
        #[schemars(length(min = 1, max = 100))]
        marker: String,
        /// A command, as a list or one program as text. `{component}`, `{path}`, `{report}`,
        /// `{version}`, `{environment}` and `{url}` stand for what they say.
        command: CommandWords,
        /// What the command writes and where. Without it, the exit status is the evidence.
        report: Report,
        /// Further evidence that the command leaves in files of its own: the coverage.
        also: Vec<FurtherEvidence>,
        /// The least share of passing tests, in percent; 100 without it.
        #[schemars(range(min = 0, max = 100))]
        pass_rate: f64,
        /// How often failed tests are run again alone, to tell flaky ones from broken ones; 1
        /// without it.
        #[schemars(range(min = 0, max = 20))]
        retries: u32,
        /// How long one run may take, in seconds; 600 without it.
        #[schemars(range(min = 1, max = 604_800))]
        timeout: f64,
        /// Whether production asks `quality_gates.test_coverage.production_threshold` of the coverage
        /// of this suite, too, beside that of the component's own tests; `false` without it.
        production_coverage: bool,
    }
}

impl Layer for Report {}

impl Layer for Suite {
    /// Tests that are found in another way replace those for all components.
    fn over(&self, below: &Self) -> Self {
        let merged = self.by_key(below);
        let has_tests = self.tests.is_some() || self.marker.is_some();
        if !has_tests && self.command.is_none() {
            return merged;
        }
        let of_command = if has_tests { self } else { &merged };
        Self {
            tests: self.tests.clone(),
            marker: self.marker.clone(),
            command: self.command.clone(),
            report: of_command.report.clone(),
            also: of_command.also.clone(),
            ..merged
        }
    }
}

impl Suite {
    /// With what nobody set.
    fn with_defaults(&self) -> Self {
        self.by_key(&Self {
            pass_rate: Some(100.0),
            retries: Some(1),
            timeout: Some(600.0),
            production_coverage: Some(false),
            ..Self::default()
        })
    }
}
