//! What is known about a version beside what its tools measured, and what is asked of it. Pure.

use crate::config::{AdditionalRequirement, Policy, SuiteName};
use crate::ledger::State;
use crate::model::{
    Actual, Component, Criterion, EnvironmentName, Reason, Requirement, RuleSource, Specification,
    StatedThreshold, Target, Unavailable, Verdict, Version,
};
use crate::promotion::{self, Facts};
use crate::spec;

/// What is known, and whom it is about.
pub(in crate::workflow) struct Outside<'a> {
    pub(super) policy: &'a Policy,
    pub(super) component: &'a Component,
    pub(super) specification: Option<&'a Specification>,
    pub(super) version: Version,
    /// Why there is no version, where there is none: nothing is known then.
    pub(super) without_version: Option<Reason>,
    pub(super) facts: Facts,
    /// Why the days in staging are skipped, where they are.
    pub(super) hotfix: Option<String>,
    /// Who deploys.
    pub(super) actor: Option<String>,
}

impl Outside<'_> {
    /// One requirement of a level.
    pub(in crate::workflow) fn judge(
        &self,
        asked: &AdditionalRequirement,
        level: Target,
    ) -> Criterion {
        let judged = self.with_question(level, |question| promotion::judge(asked, question));
        let Some(reason) = &self.without_version else {
            return judged;
        };
        let mut measurements = judged.measurements;
        for measurement in &mut measurements {
            measurement.actual = Actual::Unknown;
            measurement.holds = false;
        }
        Criterion {
            remedy: reason.remedy.clone(),
            ..Criterion::new(
                asked.name.clone(),
                Verdict::NoData(reason.clone()),
                Requirement::Required,
                measurements,
            )
        }
    }

    /// What is asked of every version beside the requirements that the level names: dependencies at
    /// the same level, health in staging before production, an approval. What a hotfix skips is skipped
    /// in all of them.
    pub(in crate::workflow) fn complete(&self, criteria: &mut Vec<Criterion>, level: Target) {
        criteria.extend(self.with_question(level, promotion::dependencies));
        if let Some(environment) = environment(level) {
            let is_behind_staging = environment == EnvironmentName::Production
                && self
                    .policy
                    .environments
                    .contains_key(&EnvironmentName::Staging);
            if is_behind_staging {
                criteria.push(self.with_question(level, promotion::verified_in_staging));
            }
            criteria.extend(self.integration_coverage(level));
            criteria.extend(self.approval(environment));
            if let Some(reason) = &self.hotfix {
                promotion::for_hotfix(criteria, reason);
            }
        }
    }

    /// Whether the integration tests covered enough in staging, where production asks for that.
    fn integration_coverage(&self, level: Target) -> Option<Criterion> {
        let suite = self.policy.suites.get(&SuiteName::Integration)?;
        if level != Target::Production || !suite.has_production_coverage {
            return None;
        }
        let (least, rule) = production_threshold(self.policy)?;
        let criterion = self.judge(&promotion::integration_coverage(least, rule), level);
        let has_staging = self
            .policy
            .environments
            .contains_key(&EnvironmentName::Staging);
        Some(match (has_staging, &self.without_version) {
            (false, None) => Criterion {
                remedy: Some(format!(
                    "set up `environments.staging`, against which the integration tests run, or take `production_coverage` away ({})",
                    suite.rule
                )),
                ..criterion
            },
            _ => criterion,
        })
    }

    /// Whether the days in staging are skipped.
    pub(in crate::workflow) const fn is_hotfix(&self) -> bool {
        self.hotfix.is_some()
    }

    /// Who agreed to the version, where somebody has to.
    pub(in crate::workflow) fn approved_by(&self, environment: EnvironmentName) -> Vec<String> {
        let Some(rule) = self.approval_rule(environment) else {
            return Vec::new();
        };
        self.approvals(environment, rule)
            .map_or_else(|_| Vec::new(), |(_, approvers)| approvers)
    }

    fn approval(&self, environment: EnvironmentName) -> Option<Criterion> {
        let rule = self.approval_rule(environment)?;
        Some(match self.approvals(environment, rule.clone()) {
            Ok((criterion, _)) => criterion,
            Err(why) => Criterion {
                remedy: why.reason().remedy.clone(),
                ..Criterion::new("approval", why.into(), Requirement::Required, Vec::new())
            },
        })
    }

    fn approvals(
        &self,
        environment: EnvironmentName,
        rule: RuleSource,
    ) -> Result<(Criterion, Vec<String>), Unavailable> {
        let nothing = State::default();
        let state = match self.facts.states.get(&environment) {
            Some(Ok(state)) => state,
            Some(Err(why)) => return Err(why.clone()),
            None => &nothing,
        };
        let name = &self.component.name;
        let own = self.policy.environments.get(&environment);
        // The name of the record, and the one that the documentation gives to the job's environment.
        let names: Vec<String> = own
            .map(|own| own.github_name(name))
            .into_iter()
            .chain([environment.to_string()])
            .collect();
        Ok(promotion::approvals(
            (name, environment),
            &self.version,
            &promotion::Agreements {
                ledger: &state.approvals,
                run: self.facts.run_reviews.as_ref(),
                names: &names,
            },
            self.actor.as_deref(),
            &self.policy.promotion,
            rule,
        ))
    }

    /// Where it is set that somebody has to agree, where it is.
    fn approval_rule(&self, environment: EnvironmentName) -> Option<RuleSource> {
        let stage = self.policy.stages.get(&environment.stage())?;
        (environment == EnvironmentName::Production && stage.require_manual_approval).then(|| {
            let rule = stage.rules.get("require_manual_approval");
            rule.cloned().unwrap_or(RuleSource::Default)
        })
    }

    fn with_question<T>(
        &self,
        level: Target,
        answer: impl FnOnce(&promotion::Question<'_>) -> T,
    ) -> T {
        let stated: Vec<StatedThreshold> = self
            .specification
            .map(|specification| spec::stricter(specification, level))
            .unwrap_or_default();
        let requirements = self.policy.levels.get(&level);
        answer(&promotion::Question {
            component: &self.component.name,
            version: &self.version,
            level,
            policy: &self.policy.promotion,
            requirements: requirements.map_or(&[], |level| level.additional.as_slice()),
            stated: &stated,
            facts: &self.facts,
        })
    }
}

/// The least coverage before production, and where it is set.
fn production_threshold(policy: &Policy) -> Option<(f64, RuleSource)> {
    const KEY: &str = "production_threshold";
    let gate = policy.gates.get("test_coverage")?;
    let rule = gate.rules.get(KEY).cloned();
    Some((
        gate.limits.get(KEY)?.as_f64()?,
        rule.unwrap_or(RuleSource::Default),
    ))
}

/// The environment that stands for a level.
fn environment(level: Target) -> Option<EnvironmentName> {
    EnvironmentName::ALL
        .into_iter()
        .find(|environment| environment.target() == level)
}
