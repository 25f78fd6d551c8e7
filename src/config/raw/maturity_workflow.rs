//! `maturity_workflow`: which gates and requirements each level asks for.

use super::quality_gates::GateId;
use crate::{config::RequiredValue, model::Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which gates and requirements each level asks for. The block of a level is complete: what it
/// does not list, the level does not ask for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct MaturityWorkflow {
    /// What development asks for.
    pub(in crate::config) development: Level,
    /// What staging asks for.
    pub(in crate::config) staging: Level,
    /// What production asks for.
    pub(in crate::config) production: Level,
}

impl Default for MaturityWorkflow {
    fn default() -> Self {
        const STRICT: [&str; 5] = [
            "test_coverage",
            "test_pass_rate",
            "linting",
            "type_checking",
            "security",
        ];
        const ADVISORY: [&str; 3] = ["documentation", "complexity", "instructions_validation"];
        let level = |required: &[&[&str]], optional: &[&[&str]]| {
            let ids = |lists: &[&[&str]]| {
                let ids = lists.concat().into_iter();
                ids.map(|id| GateId(id.to_owned())).collect()
            };
            Level {
                required_gates: ids(required),
                optional_gates: ids(optional),
                additional_requirements: Vec::new(),
            }
        };
        Self {
            development: level(
                &[&["test_pass_rate", "linting"]],
                &[&["test_coverage", "type_checking"], &ADVISORY],
            ),
            staging: level(&[&STRICT], &[&["performance"], &ADVISORY]),
            production: Level {
                additional_requirements: AdditionalRequirement::of_production(),
                ..level(&[&STRICT, &["performance"]], &[&ADVISORY])
            },
        }
    }
}

impl MaturityWorkflow {
    /// The key of every level, in the order of promotion.
    pub(in crate::config) fn entries(&self) -> [(&'static str, Target, &Level); 3] {
        [
            ("development", Target::Dev, &self.development),
            ("staging", Target::Staging, &self.staging),
            ("production", Target::Production, &self.production),
        ]
    }
}

/// What one level asks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Level {
    /// Gates that block.
    pub(in crate::config) required_gates: Vec<GateId>,
    /// Gates that are judged and shown, and never block.
    pub(in crate::config) optional_gates: Vec<GateId>,
    /// What else the level asks for, one key an entry.
    pub(in crate::config) additional_requirements: Vec<AdditionalRequirement>,
}

/// One further requirement.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub(in crate::config) struct AdditionalRequirement {
    /// Least number of days in staging.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3650))]
    pub(in crate::config) staging_uptime_days: Option<f64>,
    /// Least uptime in staging, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub(in crate::config) staging_uptime_percentage: Option<f64>,
    /// Whether a security review must be complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) security_review_complete: Option<bool>,
    /// Whether the documentation must be complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) documentation_complete: Option<bool>,
    /// Whether monitoring must be configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) monitoring_configured: Option<bool>,
    /// Whether a rollback must have been tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) rollback_tested: Option<bool>,
}

impl AdditionalRequirement {
    /// The key that is set, with what it asks for: nothing for `false`.
    pub(in crate::config) fn entries(&self) -> Vec<(&'static str, Option<RequiredValue>)> {
        let at_least = |number: Option<f64>| number.map(|n| Some(RequiredValue::AtLeast(n)));
        let yes = |flag: Option<bool>| flag.map(|flag| flag.then_some(RequiredValue::Yes));
        [
            ("staging_uptime_days", at_least(self.staging_uptime_days)),
            (
                "staging_uptime_percentage",
                at_least(self.staging_uptime_percentage),
            ),
            (
                "security_review_complete",
                yes(self.security_review_complete),
            ),
            ("documentation_complete", yes(self.documentation_complete)),
            ("monitoring_configured", yes(self.monitoring_configured)),
            ("rollback_tested", yes(self.rollback_tested)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    fn of_production() -> Vec<Self> {
        vec![
            Self {
                staging_uptime_days: Some(7.0),
                ..Self::default()
            },
            Self {
                staging_uptime_percentage: Some(99.5),
                ..Self::default()
            },
            Self {
                security_review_complete: Some(true),
                ..Self::default()
            },
            Self {
                documentation_complete: Some(true),
                ..Self::default()
            },
            Self {
                monitoring_configured: Some(true),
                ..Self::default()
            },
            Self {
                rollback_tested: Some(true),
                ..Self::default()
            },
        ]
    }
}
