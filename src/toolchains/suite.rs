//! The tool that runs a suite of tests against an environment.

use super::{Action, Preparation, Tool, ToolLimits, Toolchain, command};
use crate::config::{SuitePolicy, SuiteTests};
use crate::model::{EvidenceKind, Reason, Stage, Unavailable};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// A suite that is to be run.
#[derive(Debug, Clone)]
pub struct SuiteOrder {
    /// The suite.
    pub suite: SuitePolicy,
    /// Environment variables of its tools: `SPEC2PROD_ENVIRONMENT_URL` and the others.
    pub env: BTreeMap<String, String>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// The folder for its reports, absolute. It is there.
    pub folder: PathBuf,
}

impl SuiteOrder {
    /// The name of the suite's tool.
    #[must_use]
    pub fn tool_name(&self) -> String {
        format!("{} tests", self.suite.name.as_str().replace('_', "-"))
    }

    /// What the suite's tool gives.
    #[must_use]
    pub fn evidence(&self) -> Vec<EvidenceKind> {
        if self.suite.has_production_coverage {
            vec![EvidenceKind::Tests, EvidenceKind::Coverage]
        } else {
            vec![EvidenceKind::Tests]
        }
    }

    /// The suite's tool.
    pub(super) fn tool(&self, version: Option<String>, action: Action) -> Tool {
        let suite = self.suite.name.as_str();
        Tool {
            name: self.tool_name(),
            version,
            stage: Stage::Testing,
            evidence: self.evidence(),
            weight: 1,
            limits: Some(ToolLimits {
                timeout: self.timeout,
                timeout_key: format!("suites.{suite}.timeout"),
                reruns: self.suite.retries,
            }),
            action,
        }
    }

    /// The suite's tool when it cannot be run.
    pub(super) fn unavailable(&self, reason: Reason) -> Tool {
        self.tool(None, Action::Unavailable(Unavailable::Errored(reason)))
    }
}

/// The tool that runs a suite.
pub async fn suite_tool(
    toolchain: &dyn Toolchain,
    preparation: &Preparation,
    order: &SuiteOrder,
) -> Tool {
    match &order.suite.tests {
        SuiteTests::Command(policy) => command::suite(policy, preparation, order),
        SuiteTests::Paths(_) | SuiteTests::Marker(_) => toolchain.suite(preparation, order).await,
    }
}
