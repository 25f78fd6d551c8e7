//! `verified_in_staging`: whether this version was shown to be healthy in staging, and nobody holds it
//! there. Asked of everything that goes to production, also of a hotfix.

use super::criteria::Question;
use super::timeline::moment;
use crate::ledger::Hold;
use crate::model::{
    Actual, ComponentName, Criterion, EnvironmentName, Measurement, Operator, Requirement,
    RuleSource, Unit, Verdict,
};

/// The criterion's name.
const NAME: &str = "verified_in_staging";

pub(super) fn judge(question: &Question<'_>) -> Criterion {
    let (component, version) = (question.component, question.version);
    let state = match question.state(EnvironmentName::Staging) {
        Ok(state) => state,
        Err(why) => {
            return Criterion {
                remedy: why.reason().remedy.clone(),
                ..criterion(why.into(), Actual::Unknown)
            };
        }
    };
    let source = Some("the record of deployments".to_owned());
    if let Some(hold) = state.hold_of(version) {
        let failed = Criterion {
            source,
            ..criterion(Verdict::Failed, Actual::Flag(false))
        };
        return held(failed, hold, question);
    }
    if state.verified.contains(version) {
        return Criterion {
            source,
            ..criterion(Verdict::Passed, Actual::Flag(true))
        };
    }
    Criterion {
        source,
        gap: Some(format!("{version} was never verified healthy in staging")),
        remedy: Some(deploy_remedy(component)),
        ..criterion(Verdict::Failed, Actual::Flag(false))
    }
}

/// The criterion of a version that is held in staging: it failed, whatever was measured.
pub(super) fn held(criterion: Criterion, hold: &Hold, question: &Question<'_>) -> Criterion {
    Criterion {
        verdict: Verdict::Failed,
        gap: Some(format!(
            "it is held in staging since {}: {}",
            moment(hold.since),
            hold.reason
        )),
        remedy: Some(format!(
            "bring a version in which that is mended, or release this one: spec2prod release --component {} --environment staging --version {} --reason …",
            question.component, question.version.commit
        )),
        ..criterion
    }
}

/// What brings a version to staging.
pub(super) fn deploy_remedy(component: &ComponentName) -> String {
    format!("deploy it there: spec2prod promote --component {component} --to staging")
}

fn criterion(verdict: Verdict, actual: Actual) -> Criterion {
    let measurement = Measurement::new(
        "verified in staging",
        actual,
        Operator::Equals,
        1.0,
        Unit::YesNo,
        RuleSource::Default,
    );
    Criterion::new(NAME, verdict, Requirement::Required, vec![measurement])
}
