//! `context_management`: the session that the next person or agent picks up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The session that the next person or AI agent picks up.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct ContextManagement {
    /// The session.
    pub(in crate::config) session: Session,
    /// How important each kind of message is, from 0 to 1.
    pub(in crate::config) importance: Importance,
    /// What is kept when the session grows too long. Not in effect yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::config) pruning: Option<Pruning>,
}

/// The session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Session {
    /// Whether runs are recorded in a session.
    pub(in crate::config) enabled: bool,
    /// The session's size, in tokens.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub(in crate::config) max_tokens: u64,
    /// Whether the session is saved after each stage; else once at the end.
    pub(in crate::config) auto_save: bool,
    /// The folder of the sessions, relative to the workspace.
    pub(in crate::config) directory: String,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            enabled: true,
            max_tokens: 8000,
            auto_save: true,
            directory: ".spec2prod/context".to_owned(),
        }
    }
}

macro_rules! importance {
    ($($(#[doc = $doc:literal])+ $key:ident = $default:literal;)+) => {
        /// How important each kind of message is, from 0 (drop first) to 1 (keep).
        #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub(in crate::config) struct Importance {
            $($(#[doc = $doc])+ #[schemars(range(min = 0, max = 1))] $key: f64,)+
        }

        impl Default for Importance {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl Importance {
            /// Every key with its value.
            pub(in crate::config) fn entries(&self) -> Vec<(&'static str, f64)> {
                vec![$((stringify!($key), self.$key),)+]
            }
        }
    };
}

importance! {
    /// Decisions about the architecture.
    architectural_decisions = 1.0;
    /// The requirements of the specification.
    requirements = 1.0;
    /// The state of production.
    production_status = 1.0;
    /// That an implementation is complete.
    implementation_completion = 0.9;
    /// Results of tests.
    test_results = 0.9;
    /// The state of deployments.
    deployment_status = 0.9;
    /// Decisions made while refactoring.
    refactoring_decisions = 0.7;
    /// Progress.
    progress_updates = 0.5;
}

/// What is kept when the session grows too long. Not in effect yet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Pruning {
    /// Whether messages of the system are kept.
    preserve_system_messages: bool,
    /// Whether messages of importance 0.8 and more are kept.
    preserve_high_importance: bool,
    /// How many of the latest messages are kept.
    #[schemars(range(min = 0, max = 10_000))]
    preserve_recent_count: u32,
}

impl Default for Pruning {
    fn default() -> Self {
        Self {
            preserve_system_messages: true,
            preserve_high_importance: true,
            preserve_recent_count: 5,
        }
    }
}
