//! Whether a suite covers as much as production asks for. The gate `test_coverage` judges it by the
//! limits of production, as it judges the component's own tests: this is asked beside them. Pure.

use crate::config::{GatePolicy, Policy, SuiteName, SuitePolicy};
use crate::deploy::SuiteAnswer;
use crate::gates::find;
use crate::model::{
    Evidence, EvidenceData, EvidenceKind, Judgement, Question, Reason, ReasonCode, Specification,
    StatedThreshold, SuiteCoverage, Target, Verdict,
};
use crate::spec;

/// The gate that judges coverage.
const GATE: &str = "test_coverage";

/// What production asks of coverage.
#[derive(Clone)]
pub(super) struct Asked {
    gate: Option<GatePolicy>,
    /// What the specification states for production.
    pub(super) stated: Vec<StatedThreshold>,
}

impl Asked {
    pub(super) fn of(policy: &Policy, specification: Option<&Specification>) -> Self {
        Self {
            gate: policy.gates.get(GATE).cloned(),
            stated: specification
                .map(|specification| spec::stricter(specification, Target::Production))
                .unwrap_or_default(),
        }
    }

    /// The answer of a suite with what its coverage says. End-to-end tests that cover too little, or
    /// nobody knows how much, do not pass. Of integration tests it is only told: they are about
    /// staging, and production is asked later, from the record.
    pub(super) fn add(
        &self,
        suite: &SuitePolicy,
        evidence: &Evidence,
        answer: SuiteAnswer,
    ) -> SuiteAnswer {
        let is_finished = answer.verdict.is_pass() || answer.verdict == Verdict::Failed;
        if !suite.has_production_coverage || !is_finished {
            return answer;
        }
        let judgement = self.judge(suite, evidence);
        let is_known = judgement.verdict.is_pass() || judgement.verdict == Verdict::Failed;
        let coverage = is_known.then(|| lowest(evidence)).flatten();
        let message = format!("{}; {}", answer.message, told(&judgement));
        match suite.name {
            SuiteName::Integration => SuiteAnswer {
                message,
                coverage,
                ..answer
            },
            SuiteName::EndToEnd => SuiteAnswer {
                verdict: worse(answer.verdict, judgement.verdict),
                message,
                coverage,
                measurements: judgement.measurements,
                ..answer
            },
        }
    }

    fn judge(&self, suite: &SuitePolicy, evidence: &Evidence) -> Judgement {
        let name = suite.name.as_str();
        let (Some(gate), Some(policy)) = (find(GATE), &self.gate) else {
            let reason = Reason::new(
                ReasonCode::InternalError,
                format!("the policy has no limits for gate {GATE}"),
            );
            return Judgement::without_evidence(Verdict::Errored(reason));
        };
        let remedy = format!(
            "let the {name} suite write its coverage, or set `suites.{name}.production_coverage: false`"
        );
        if evidence.of(EvidenceKind::Coverage).is_empty() {
            let reason = Reason::new(
                ReasonCode::NoEvidence,
                format!("the {name} suite gave no coverage"),
            );
            return Judgement::without_evidence(Verdict::NoData(reason.remedy(remedy)));
        }
        let question = Question {
            target: Target::Production,
            rules: &policy.rules,
            stated: &self.stated,
        };
        let judgement = gate.judge(&policy.limits, &question, evidence);
        let advised = |reason: Reason| match reason.remedy {
            Some(_) => reason,
            None => reason.remedy(remedy.clone()),
        };
        Judgement {
            verdict: match judgement.verdict {
                Verdict::NoData(reason) => Verdict::NoData(advised(reason)),
                Verdict::Errored(reason) => Verdict::Errored(advised(reason)),
                verdict => verdict,
            },
            ..judgement
        }
    }
}

/// What the coverage of a suite comes to, in a sentence.
fn told(judgement: &Judgement) -> String {
    if let Some(reason) = judgement.verdict.reason() {
        return format!("its coverage is not known, and production asks for it: {reason}");
    }
    let measured = judgement.measurements.iter().map(|measurement| {
        let (actual, condition) = (measurement.actual_text(), measurement.condition_text());
        match measurement.holds {
            true => format!("coverage {actual}, as production asks: {condition}"),
            false => format!(
                "coverage {actual}, and production asks for {condition} ({})",
                measurement.rule_from
            ),
        }
    });
    measured.collect::<Vec<_>>().join("; ")
}

/// The tests' verdict, unless that of the coverage is worse.
fn worse(tests: Verdict, coverage: Verdict) -> Verdict {
    if coverage.stops() && coverage.rank() > tests.rank() {
        coverage
    } else {
        tests
    }
}

/// The least coverage of all reports.
fn lowest(evidence: &Evidence) -> Option<SuiteCoverage> {
    let readings = evidence.of(EvidenceKind::Coverage).iter();
    let coverages = readings.filter_map(|(_, reading)| match reading.as_deref() {
        Ok(EvidenceData::Coverage(coverage)) => Some(SuiteCoverage {
            percent: coverage.percent,
            lines_covered: coverage.lines_covered,
            lines_total: coverage.lines_total,
            branches_covered: coverage.branches_covered,
            branches_total: coverage.branches_total,
        }),
        _ => None,
    });
    coverages.min_by(|one, other| one.percent.total_cmp(&other.percent))
}
