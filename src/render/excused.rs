//! Criteria that did not have to hold: exempted in the repository, or skipped. They are shown
//! loudly wherever a result is shown.

use super::text::plain_cut;
use crate::model::{Criterion, Deployment, ReasonCode, Report, Stage, StageRecord, Verdict};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 400;

/// A criterion that did not have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excused {
    /// The stage that would have asked.
    pub(super) stage: Stage,
    /// The criterion.
    pub(super) name: String,
    /// What happened to it: `exempted` or `skipped`.
    pub(super) how: &'static str,
    /// Who answers for it and why.
    pub(super) why: String,
}

/// Whether a criterion that does not hold is excused.
pub(super) const fn is_exempted(criterion: &Criterion) -> bool {
    criterion.exemption.is_some() && !criterion.blocks()
}

/// Whether a gate of a stage is excused there: its criterion is.
pub(super) fn is_exempted_gate(stage: &StageRecord, gate: &str) -> bool {
    let mut criteria = stage.criteria.iter();
    criteria.any(|criterion| criterion.name == gate && is_exempted(criterion))
}

/// Every criterion that did not have to hold, stage by stage. A stage that was not judged has
/// excused nothing.
pub(super) fn excused(report: &Report) -> Vec<Excused> {
    let judged = report
        .stages()
        .filter(|stage| !matches!(stage.verdict, Verdict::Skipped(_)));
    judged
        .flat_map(|stage| {
            let criteria = stage.criteria.iter();
            criteria.filter_map(|criterion| of(stage.stage_name, criterion))
        })
        .collect()
}

fn of(stage: Stage, criterion: &Criterion) -> Option<Excused> {
    let (how, why) = match (&criterion.exemption, &criterion.verdict) {
        (Some(exemption), _) if is_exempted(criterion) => ("exempted", exemption),
        (_, Verdict::Skipped(reason)) if reason.code == ReasonCode::Hotfix => {
            ("skipped", &reason.message)
        }
        _ => return None,
    };
    Some(Excused {
        stage,
        name: plain_cut(&criterion.name, 80),
        how,
        why: plain_cut(why, LONGEST_REASON),
    })
}

/// The deployments of a run, in the order of the stages.
pub(super) fn deployments(report: &Report) -> impl Iterator<Item = &Deployment> {
    report
        .stages()
        .filter_map(|stage| stage.deployment.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn exempted_and_skipped_criteria_are_found() {
        let report = samples::deployed();
        let found: Vec<(String, &str)> = excused(&report)
            .into_iter()
            .map(|one| (one.name, one.how))
            .collect();
        let expected = [
            ("type_checking", "exempted"),
            ("staging_uptime_days", "skipped"),
        ];
        let expected = expected.map(|(name, how)| (name.to_owned(), how));
        assert_eq!(found, expected);
    }

    #[test]
    fn an_exemption_that_does_not_count_any_more_excuses_nothing() {
        let mut report = samples::deployed();
        for stage in report.stage_results.values_mut() {
            for criterion in &mut stage.criteria {
                criterion.requirement = crate::model::Requirement::Required;
            }
        }
        assert!(!excused(&report).iter().any(|one| one.how == "exempted"));
    }
}
