//! The deployment stages of a run: what is known outside, and a deployment where the criteria hold.

use super::known::{adopt, facts};
use super::order::{PATIENCE, by, environment_of, ledger, means, order, version};
use super::outside::Outside;
use crate::config::{EnvironmentPolicy, SuiteName};
use crate::deploy::{self, Order, Suite};
use crate::ledger::{Ledger, State};
use crate::model::{
    Deployment, DeploymentOutcome, EnvironmentName, Operation, Phase, Reason, ReasonCode,
    SourceIdentity, Specification, StageRecord, Target, Verdict, Version,
};
use crate::workflow::Request;
use crate::workflow::groundwork::Groundwork;
use crate::workflow::suites::suites;
use serde_json::json;
use std::sync::Arc;

/// The deployment stages of one run.
pub(in crate::workflow) struct Deployments<'a> {
    pub(super) ground: &'a Groundwork,
    pub(super) request: &'a Request,
    pub(super) specification: Option<&'a Specification>,
    pub(super) ledger: Ledger,
    version: Result<Version, Reason>,
    /// Why it is not known what was deployed earlier, where it is not.
    record_problem: Option<Reason>,
}

impl<'a> Deployments<'a> {
    /// Those of a run of this source; `None` for a target that deploys nothing. What is known
    /// elsewhere about earlier deployments is taken into the ledger.
    pub(in crate::workflow) async fn of(
        ground: &'a Groundwork,
        request: &'a Request,
        specification: Option<&'a Specification>,
        source: &SourceIdentity,
    ) -> Option<Self> {
        if request.target == Target::Dev {
            return None;
        }
        let ledger = ledger(ground, request);
        Some(Self {
            ground,
            request,
            specification,
            version: version(source, request),
            record_problem: adopt(ground, request, &ledger).await.err(),
            ledger,
        })
    }

    /// The files are no longer those of the commit.
    pub(in crate::workflow) fn look_again(&mut self, source: &SourceIdentity) {
        self.version = version(source, self.request);
    }

    /// What is known now about the version, for the levels up to this one. Where there is no version,
    /// nothing can be known about it.
    pub(in crate::workflow) async fn outside(&self, level: Target) -> Outside<'a> {
        let version = self.version.clone().unwrap_or_else(|_| {
            let unknown = "0".repeat(40);
            Version::of_commit(unknown)
        });
        let facts = facts(self, &version, level).await;
        Outside {
            policy: &self.ground.policy,
            component: &self.ground.component,
            specification: self.specification,
            without_version: self.version.as_ref().err().cloned(),
            version,
            facts,
            hotfix: self.request.deployment.hotfix.clone(),
            actor: self.request.deployment.actor.clone(),
        }
    }

    /// Deploys where the criteria hold and an environment is set up. Tells whether anything outside
    /// may have changed.
    pub(in crate::workflow) async fn carry_out(
        &self,
        record: &mut StageRecord,
        outside: Option<&Outside<'_>>,
    ) -> bool {
        if !record.verdict.is_pass() {
            return false;
        }
        let Some(environment) = environment_of(self.ground, record.stage_name) else {
            leave_out(
                record,
                ReasonCode::NoEnvironment,
                "no environment configured",
            );
            return false;
        };
        if let Some(why) = self.request.deployment.left_out {
            leave_out(record, ReasonCode::NotNeeded, why);
            return false;
        }
        let begun = std::time::Instant::now();
        record.started_ms = self.ground.begun.elapsed().as_secs_f64() * 1000.0;
        let approved_by = outside.map(|outside| outside.approved_by(environment.name));
        let deployment = self
            .deploy(environment, approved_by.unwrap_or_default())
            .await;
        record.execution_time_ms = begun.elapsed().as_secs_f64() * 1000.0;
        conclude(record, deployment);
        true
    }

    async fn deploy(
        &self,
        environment: &EnvironmentPolicy,
        approved_by: Vec<String>,
    ) -> Deployment {
        let refused = |version: Option<&Version>, reason: Reason| {
            refused(environment.name, version, Verdict::Errored(reason))
        };
        let version = match &self.version {
            Ok(version) => version.clone(),
            Err(reason) => return refused(None, reason.clone()),
        };
        if let Some(problem) = &self.record_problem {
            return refused(Some(&version), problem.clone());
        }
        let mut means = match means(self.ground, self.request) {
            Ok(means) => means,
            Err(why) => return refused(Some(&version), why.reason().clone()),
        };
        means.suites = suites(self.ground, self.request, self.specification);
        let tests = tests_of(environment.name);
        means.suites.retain(|phase, _| *phase == tests);
        if environment.name == EnvironmentName::Production
            && let Err(why) = self.is_in_staging(&version).await
        {
            let suites = means.suites.into_keys();
            means.suites = suites.map(|phase| (phase, not_run(&why))).collect();
        }
        let turn = self.ledger.take_turn(
            &self.request.component,
            environment.name,
            by(self.ground, self.request),
            PATIENCE,
        );
        let mut turn = match turn.await {
            Ok(turn) => turn,
            Err(error) => {
                let reason = Reason::new(ReasonCode::EnvironmentBusy, error.to_string());
                return refused(Some(&version), reason);
            }
        };
        let order = Order {
            approved_by,
            checks_again: self.lacks_coverage(environment.name, &turn.state(), &version),
            ..order(self.ground, self.request, environment, version)
        };
        deploy::deploy(&order, &means, &mut turn).await
    }

    /// Whether production asks for the coverage of the integration tests, and nobody measured it of
    /// this version. Only its tests in staging can.
    fn lacks_coverage(
        &self,
        environment: EnvironmentName,
        state: &State,
        version: &Version,
    ) -> bool {
        let suite = self.ground.policy.suites.get(&SuiteName::Integration);
        environment == EnvironmentName::Staging
            && suite.is_some_and(|suite| suite.has_production_coverage)
            && state.coverage_of(version).is_none()
    }

    /// End-to-end tests look at staging. With another version there, they would say nothing about
    /// this one.
    async fn is_in_staging(&self, version: &Version) -> Result<(), Reason> {
        if !self
            .ground
            .policy
            .environments
            .contains_key(&EnvironmentName::Staging)
        {
            return Ok(());
        }
        let component = &self.request.component;
        let state = self.ledger.state(component, EnvironmentName::Staging).await;
        let state =
            state.map_err(|error| Reason::new(ReasonCode::LedgerUnavailable, error.to_string()))?;
        let there = match &state.active {
            Some(active) if active.version == *version => return Ok(()),
            Some(active) => format!("{} is in staging", active.version),
            None => "it is not known which version is in staging".to_owned(),
        };
        let message = format!(
            "the end-to-end tests look at staging, and {there}, not {version}, so they would say nothing about it"
        );
        Err(
            Reason::new(ReasonCode::EvidenceOfAnotherVersion, message).remedy(format!(
                "deploy it to staging again: spec2prod promote --component {component} --to staging"
            )),
        )
    }
}

/// A suite that cannot say anything about the version.
fn not_run(why: &Reason) -> Suite {
    let why = why.clone();
    Arc::new(move |_| {
        let given = (Verdict::NoData(why.clone()), why.message.clone(), None);
        Box::pin(async move { given.into() })
    })
}

/// The tests that belong to a deployment: integration tests look at staging behind it, end-to-end tests
/// before production.
const fn tests_of(environment: EnvironmentName) -> Phase {
    match environment {
        EnvironmentName::Staging => Phase::IntegrationTests,
        EnvironmentName::Production => Phase::EndToEndTests,
    }
}

/// A deployment that was not begun.
pub(super) fn refused(
    environment: EnvironmentName,
    version: Option<&Version>,
    verdict: Verdict,
) -> Deployment {
    let reason = verdict.reason().cloned();
    Deployment {
        id: uuid::Uuid::now_v7().to_string(),
        environment,
        operation: Operation::Deploy,
        version: version
            .cloned()
            .unwrap_or_else(|| Version::of_commit(String::new())),
        previous: None,
        active: None,
        outcome: DeploymentOutcome::Refused,
        message: reason
            .as_ref()
            .map_or_else(String::new, |reason| reason.message.clone()),
        remedy: reason.and_then(|reason| reason.remedy),
        verdict,
        url: None,
        is_hotfix: false,
        approved_by: Vec::new(),
        phases: Vec::new(),
        outputs: std::collections::BTreeMap::new(),
    }
}

/// Says in the record of a stage why nothing was deployed.
fn leave_out(record: &mut StageRecord, code: ReasonCode, message: &str) {
    record.outputs.insert(
        "deployment".to_owned(),
        json!({ "verdict": "skipped", "reason": { "code": code, "message": message } }),
    );
}

/// A stage ends as its deployment did.
pub(super) fn conclude(record: &mut StageRecord, deployment: Deployment) {
    match &deployment.verdict {
        Verdict::Passed | Verdict::Skipped(_) => {}
        Verdict::Warned => {
            record.verdict = Verdict::Warned;
            record.warnings.push(deployment.message.clone());
        }
        verdict => {
            record.verdict = verdict.clone();
            record.success = false;
            let remedy = deployment.remedy.iter().map(|remedy| format!("; {remedy}"));
            record.errors.push(format!(
                "{}{}",
                deployment.message,
                remedy.collect::<String>()
            ));
        }
    }
    record.deployment = Some(deployment);
}
