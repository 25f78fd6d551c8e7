//! What keeps a run from its target, in the order in which a person should mend it.
//!
//! Reads the verdicts of a report and decides none.

use super::excused::is_exempted_gate;
use crate::model::{
    Criterion, Deployment, Finding, GateRecord, Measurement, Report, Stage, StageRecord, Unit,
    Verdict,
};
use std::borrow::Cow;

/// One thing that blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blocker<'a> {
    /// The stage that it blocks; `None` when it is the run as a whole.
    pub(super) stage: Option<Stage>,
    /// The gate's id or the criterion's name; `None` when it is the stage or the run itself.
    pub(super) name: Option<&'a str>,
    /// Why it blocks.
    pub(super) verdict: &'a Verdict,
    /// The conditions that were judged.
    pub(super) measurements: &'a [Measurement],
    /// Sentences about the trouble.
    pub(super) errors: &'a [String],
    /// What should be mended.
    pub(super) findings: &'a [Finding],
    /// The gate's record, where it is a gate.
    pub(super) gate: Option<&'a GateRecord>,
    /// The line of the promotion policy, where it is one.
    pub(super) criterion: Option<&'a Criterion>,
    /// The deployment, where it is one that blocks.
    pub(super) deployment: Option<&'a Deployment>,
}

impl<'a> Blocker<'a> {
    /// The conditions that do not hold.
    pub(super) fn broken(&self) -> impl Iterator<Item = &'a Measurement> + use<'a> {
        self.measurements.iter().filter(|m| !m.holds)
    }

    /// What is still missing, where that is known and not the cause itself.
    pub(super) fn gap(&self) -> Option<&'a str> {
        let gap = self.criterion?.gap.as_deref()?;
        (gap != self.cause()).then_some(gap)
    }

    /// What to do about it.
    pub(super) fn remedy(&self) -> Option<&'a str> {
        let of_criterion = self.criterion.and_then(|one| one.remedy.as_deref());
        let of_deployment = self.deployment.and_then(|one| one.remedy.as_deref());
        let of_reason = || self.verdict.reason()?.remedy.as_deref();
        of_criterion.or(of_deployment).or_else(of_reason)
    }

    /// Why it blocks, in a line: `61.2 %, needs ≥ 70 %`, or why nothing could be decided.
    pub(super) fn cause(&self) -> Cow<'a, str> {
        if let Some(deployment) = self.deployment {
            return Cow::Borrowed(&deployment.message);
        }
        if let Some(reason) = self.verdict.reason() {
            return Cow::Borrowed(&reason.message);
        }
        let condition = |m: &Measurement| {
            let (actual, needs) = (m.actual_text(), m.condition_text());
            match m.unit {
                Unit::Count => format!("{actual} {}, needs {needs}", m.what),
                Unit::YesNo => format!("{}: {actual}, needs {needs}", m.what),
                _ => format!("{actual}, needs {needs}"),
            }
        };
        let broken: Vec<String> = self.broken().map(condition).collect();
        match (broken.is_empty(), self.errors.first()) {
            (true, Some(error)) => Cow::Borrowed(error),
            _ => Cow::Owned(broken.join("; ")),
        }
    }
}

/// Everything that blocks: stage by stage, within a stage what was found wanting before what could
/// not be judged. Stages behind a blocked one are
/// listed too, so that everything can be mended at once. What is said once is not listed again.
pub(super) fn blockers(report: &Report) -> Vec<Blocker<'_>> {
    let mut result: Vec<Blocker<'_>> = Vec::new();
    for stage in report.stages() {
        let mut questions = blocking_questions(stage);
        if matches!(stage.verdict, Verdict::Skipped(_)) {
            // An earlier stage stopped this one. What has failed must be mended all the same; what
            // could not be measured here may just follow from it.
            questions.retain(|question| *question.verdict == Verdict::Failed);
        }
        if let Some(deployment) = stage.deployment.as_ref().filter(|one| one.verdict.stops()) {
            questions.push(of_deployment(stage, deployment));
        }
        if stage.verdict.stops() && questions.is_empty() {
            questions.push(Blocker {
                stage: Some(stage.stage_name),
                name: None,
                verdict: &stage.verdict,
                measurements: &[],
                errors: &stage.errors,
                findings: &stage.findings,
                gate: None,
                criterion: None,
                deployment: None,
            });
        }
        questions.sort_by_key(|blocker| std::cmp::Reverse(blocker.verdict.rank()));
        for question in questions {
            let is_known = result
                .iter()
                .any(|earlier| earlier.name.is_some() && earlier.name == question.name);
            if !is_known {
                result.push(question);
            }
        }
    }
    if result.is_empty() && report.verdict.stops() {
        result.push(Blocker {
            stage: None,
            name: None,
            verdict: &report.verdict,
            measurements: &[],
            errors: &[],
            findings: &[],
            gate: None,
            criterion: None,
            deployment: None,
        });
    }
    result
}

/// A deployment that did not end well blocks in the name of its stage.
fn of_deployment<'a>(stage: &'a StageRecord, deployment: &'a Deployment) -> Blocker<'a> {
    Blocker {
        stage: Some(stage.stage_name),
        name: None,
        verdict: &deployment.verdict,
        measurements: &[],
        errors: &[],
        findings: &[],
        gate: None,
        criterion: None,
        deployment: Some(deployment),
    }
}

/// The gates and then the criteria of a stage that block it. A gate that is a criterion, too, blocks
/// as both at once, and not where the criterion is excused.
fn blocking_questions(stage: &StageRecord) -> Vec<Blocker<'_>> {
    let criterion = |name: &str| stage.criteria.iter().find(|one| one.name == name);
    let gates = stage
        .quality_gates
        .values()
        .filter(|gate| gate.blocks() && !is_exempted_gate(stage, &gate.gate_name));
    let gates = gates.map(|gate| Blocker {
        stage: Some(stage.stage_name),
        name: Some(&gate.gate_name),
        verdict: &gate.verdict,
        measurements: &gate.measurements,
        errors: &gate.errors,
        findings: &gate.findings,
        gate: Some(gate),
        criterion: criterion(&gate.gate_name),
        deployment: None,
    });
    let criteria = stage.criteria.iter().filter(|criterion| criterion.blocks());
    gates
        .chain(criteria.map(|one| of_criterion(Some(stage.stage_name), one)))
        .collect()
}

/// A line of a promotion policy that blocks a stage, or a level.
pub(super) fn of_criterion(stage: Option<Stage>, criterion: &Criterion) -> Blocker<'_> {
    Blocker {
        stage,
        name: Some(&criterion.name),
        verdict: &criterion.verdict,
        measurements: &criterion.measurements,
        errors: &[],
        findings: &[],
        gate: None,
        criterion: Some(criterion),
        deployment: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    fn listed(report: &Report) -> Vec<String> {
        let line = |blocker: &Blocker<'_>| {
            let stage = blocker.stage.map_or("run", Stage::as_str);
            let name = blocker.name.unwrap_or("-");
            format!("{stage} {name} {}", blocker.verdict)
        };
        blockers(report).iter().map(line).collect()
    }

    #[test]
    fn a_passing_run_has_no_blockers() {
        assert!(listed(&samples::green()).is_empty());
    }

    #[test]
    fn what_failed_comes_before_what_could_not_be_judged() {
        assert_eq!(
            listed(&samples::red()),
            [
                "testing test_coverage failed",
                "testing test_pass_rate failed",
                "refactoring linting failed",
                "refactoring type_checking errored",
                "refactoring security no_data",
            ]
        );
    }

    #[test]
    fn a_criterion_does_not_repeat_its_gate() {
        let mut report = samples::red();
        let mut staging = StageRecord::new(Stage::StagingDeployment, Verdict::Failed);
        staging
            .criteria
            .push(samples::criterion_of(&report, "linting"));
        report
            .stage_results
            .insert("staging_deployment".to_owned(), staging);
        assert_eq!(listed(&report).len(), 5);
    }

    #[test]
    fn a_stage_without_questions_blocks_itself() {
        assert_eq!(listed(&samples::interrupted()), ["testing - errored"]);
    }

    #[test]
    fn a_run_that_judged_nothing_still_says_why() {
        let mut report = samples::interrupted();
        report.stage_results.clear();
        assert_eq!(listed(&report), ["run - errored"]);
    }
}
