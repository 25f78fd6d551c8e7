//! `integration_coverage`: whether the integration tests that ran against staging covered enough of this
//! version. Asked before production where `suites.integration.production_coverage` is set.

use super::criteria::{Question, measured, place, target, unknown};
use super::timeline::{length, moment};
use crate::config::AdditionalRequirement;
use crate::model::{
    Actual, Criterion, EnvironmentName, Reason, ReasonCode, Unavailable, Verdict, percent_text,
};

pub(super) fn judge(asked: &AdditionalRequirement, question: &Question<'_>) -> Criterion {
    let (component, version) = (question.component, question.version);
    let state = match question.state(EnvironmentName::Staging) {
        Ok(state) => state,
        Err(why) => return unknown(asked, &why),
    };
    let source = "the record of deployments to staging";
    let Some(found) = state.coverage_of(version) else {
        let message = format!(
            "{source} has no coverage of {version} by the integration tests, and what is unknown never passes"
        );
        let reason = Reason::new(ReasonCode::NoEvidence, message).remedy(format!(
            "let them run there again: spec2prod promote --component {component} --to staging"
        ));
        return Criterion {
            source: Some(source.to_owned()),
            ..unknown(asked, &Unavailable::NoData(reason))
        };
    };
    let coverage = found.coverage;
    let judged = measured(asked, Actual::Number(coverage.percent));
    let age = question.facts.now.as_millisecond() - found.at.as_millisecond();
    let lines = format!(
        "{} of {} lines",
        coverage.lines_covered, coverage.lines_total
    );
    let branches = match (coverage.branches_covered, coverage.branches_total) {
        (Some(covered), Some(total)) => format!(" and {covered} of {total} branches"),
        _ => String::new(),
    };
    let has_failed = judged.verdict == Verdict::Failed;
    Criterion {
        source: Some(format!(
            "{source}: the integration tests of deployment {} on {}, {} ago",
            found.deployment,
            moment(found.at),
            length(age.max(0))
        )),
        measured_at: Some(found.at.to_string()),
        gap: has_failed.then(|| format!("they cover {lines}{branches}")),
        remedy: has_failed.then(|| {
            format!(
                "let the integration tests cover more, and bring the version that has them to staging; at least {} is asked by `quality_gates.test_coverage.production_threshold` or the specification{}",
                percent_text(target(asked)),
                place(&asked.rule)
            )
        }),
        ..judged
    }
}
