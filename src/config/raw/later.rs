//! Blocks of later work: checked, reported as not in effect, and nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A block whose keys are not settled yet.
pub(in crate::config) type Open = Map<String, Value>;

/// Who is told what. Not in effect yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct Notifications {
    /// Whether anybody is told anything.
    enabled: bool,
    /// The ways to tell.
    channels: Vec<Channel>,
    /// What is told.
    events: Vec<Event>,
}

/// A way to tell.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Channel {
    /// Mail.
    Email,
    /// Slack.
    Slack,
    /// A request to an address.
    Webhook,
}

/// Something that happens.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Event {
    /// A run succeeded.
    WorkflowComplete,
    /// A run did not succeed.
    WorkflowFailed,
    /// A stage blocked.
    StageFailed,
    /// A gate did not pass.
    QualityGateFailed,
}
