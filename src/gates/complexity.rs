//! `complexity`: is every function simple enough?

use super::Gate;
use super::answer::Answer;
use crate::model::{
    Actual, Evidence, EvidenceKind, Finding, FunctionFact, Judgement, Measurement, Operator,
    Question, Severity, Stage, ThresholdSubject, Unit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Is every function simple enough?
pub struct Complexity;

/// The limits of `complexity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Highest cyclomatic complexity of a function.
    pub max_per_function: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_per_function: 10,
        }
    }
}

impl Gate for Complexity {
    const ID: &'static str = "complexity";
    const SUMMARY: &'static str = "Is every function simple enough?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Source];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "no function is more complex than `max_per_function`",
        ),
        (
            "failed",
            "a function is; each is a finding, most complex first",
        ),
        (
            "no_data",
            "the component has no source file, or no tool of the toolchain reads its sources",
        ),
        ("errored", "a source file cannot be parsed"),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        let sources = answer.take_source(evidence);
        if sources.is_empty() {
            return answer.conclude();
        }
        let (most, rule) = answer.stricter_limit(
            question,
            ThresholdSubject::Complexity,
            Operator::AtMost,
            limits.max_per_function as f64,
            question.rule("max_per_function"),
        );
        let functions = || sources.iter().flat_map(|facts| &facts.functions);
        let is_complete = sources.iter().all(|facts| facts.parse_errors.is_empty());
        let highest = functions().map(|function| function.complexity).max();
        if highest.is_none() && is_complete {
            answer.note("the component has no function");
        }
        if highest.is_some() || is_complete {
            answer.measure(Measurement::new(
                "highest complexity of a function",
                Actual::Number(f64::from(highest.unwrap_or(0))),
                Operator::AtMost,
                most,
                Unit::Count,
                rule,
            ));
        }
        let mut above: Vec<&FunctionFact> = functions()
            .filter(|function| f64::from(function.complexity) > most)
            .collect();
        above.sort_by(|a, b| (b.complexity, &a.file, a.line).cmp(&(a.complexity, &b.file, b.line)));
        answer.add_made(
            above
                .into_iter()
                .map(|function| {
                    let message = format!(
                        "`{}` has a cyclomatic complexity of {}, at most {most} is allowed",
                        function.name, function.complexity
                    );
                    Finding::new("complexity", Severity::Error, message).at(
                        &*function.file,
                        function.line,
                        None,
                    )
                })
                .collect(),
        );
        answer.conclude()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, evidence, shown, stated};
    use crate::model::{EvidenceData, SourceFacts, StatedThreshold, Target};

    fn source(complexities: &[u32], parse_errors: Vec<Finding>) -> EvidenceData {
        EvidenceData::Source(SourceFacts {
            files: 2,
            functions: complexities
                .iter()
                .zip(1..)
                .map(|(complexity, line)| FunctionFact {
                    name: format!("f{line}"),
                    file: "a.py".to_owned(),
                    line,
                    complexity: *complexity,
                })
                .collect(),
            public_items: Vec::new(),
            parse_errors,
        })
    }

    fn judged(source: EvidenceData, stated: &[StatedThreshold]) -> Judgement {
        let evidence = evidence([(EvidenceKind::Source, source)]);
        ask::<Complexity>(&Limits::default(), Target::Staging, stated, &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limit() {
        let table: [(&[u32], Option<f64>, &str); 7] = [
            (&[1, 10], None, "passed"),
            (&[1, 11], None, "failed"),
            (&[], None, "passed"),
            (&[8], Some(8.0), "passed"),
            (&[9], Some(8.0), "failed"),
            (&[11], Some(15.0), "failed"),
            (&[10], Some(15.0), "passed"),
        ];
        for (complexities, limit, verdict) in table {
            let limits: Vec<StatedThreshold> = limit
                .map(|value| stated(ThresholdSubject::Complexity, None, value))
                .into_iter()
                .collect();
            let judgement = judged(source(complexities, Vec::new()), &limits);
            assert_eq!(
                judgement.verdict.as_str(),
                verdict,
                "{complexities:?} {limit:?}"
            );
        }
    }

    #[test]
    fn the_most_complex_function_comes_first() {
        let limits = [stated(ThresholdSubject::Complexity, None, 8.0)];
        let judgement = judged(source(&[9, 3, 30, 9], Vec::new()), &limits);
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - highest complexity of a function 30 ≤ 8 (specs/calculator.md:12)
        error complexity a.py:3: `f3` has a cyclomatic complexity of 30, at most 8 is allowed
        error complexity a.py:1: `f1` has a cyclomatic complexity of 9, at most 8 is allowed
        error complexity a.py:4: `f4` has a cyclomatic complexity of 9, at most 8 is allowed
        ");
    }

    #[test]
    fn a_file_that_cannot_be_parsed_is_no_simple_file() {
        let broken =
            || vec![Finding::new("syntax", Severity::Error, "syntax error").at("b.py", 3, 1)];
        insta::assert_snapshot!(shown(&judged(source(&[4], broken()), &[])), @"
        errored
        reason report_unreadable: 1 of 2 source files could not be read, the first is b.py:3:1: syntax error
        + highest complexity of a function 4 ≤ 10 (workflow_config.yaml:7)
        error syntax b.py:3:1: syntax error
        ");
        insta::assert_snapshot!(shown(&judged(source(&[], broken()), &[])), @"
        errored
        reason report_unreadable: 1 of 2 source files could not be read, the first is b.py:3:1: syntax error
        error syntax b.py:3:1: syntax error
        ");
        let failed = judged(source(&[40], broken()), &[]);
        insta::assert_snapshot!(shown(&failed), @"
        failed
        - highest complexity of a function 40 ≤ 10 (workflow_config.yaml:7)
        error syntax b.py:3:1: syntax error
        error complexity a.py:1: `f1` has a cyclomatic complexity of 40, at most 10 is allowed
        note: part of `source` could not be measured: 1 of 2 source files could not be read, the first is b.py:3:1: syntax error
        ");
    }

    #[test]
    fn no_file_is_no_data() {
        let judgement = judged(EvidenceData::Source(SourceFacts::default()), &[]);
        insta::assert_snapshot!(shown(&judgement), @"
        no_data
        reason report_empty: source-tool found no source file
        ");
    }
}
