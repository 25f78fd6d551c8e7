//! `documentation`: does the component have a README, documented public items and a usage example?

use super::Gate;
use super::answer::{Answer, percent};
use crate::model::{
    Actual, DocumentFacts, Evidence, EvidenceKind, Finding, Judgement, Measurement, Operator,
    PublicItem, Question, Severity, Stage, Unit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Does the component have a README, documented public items and a usage example?
pub struct Documentation;

/// The limits of `documentation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Whether a README is asked for.
    pub readme: bool,
    /// Whether a usage example is asked for, in the README or in the specification.
    pub usage_example: bool,
    /// Least share of public items that are documented, in percent.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub min_documented: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            readme: true,
            usage_example: true,
            min_documented: 80.0,
        }
    }
}

impl Gate for Documentation {
    const ID: &'static str = "documentation";
    const SUMMARY: &'static str =
        "Does the component have a README, documented public items and a usage example?";
    const STAGE: Stage = Stage::Refactoring;
    const NEEDS: &'static [EvidenceKind] = &[EvidenceKind::Source, EvidenceKind::Documents];
    const VERDICTS: &'static [(&'static str, &'static str)] = &[
        (
            "passed",
            "there is a README and a usage example, and at least `min_documented` percent of the public items are documented",
        ),
        (
            "failed",
            "one of these does not hold; what is missing is listed as findings",
        ),
        (
            "no_data",
            "the component has no source file, or no tool of the toolchain reads its sources",
        ),
        (
            "errored",
            "a source file cannot be parsed, so that the share is not known",
        ),
    ];
    type Limits = Limits;

    fn judge(limits: &Limits, question: &Question<'_>, evidence: &Evidence) -> Judgement {
        let mut answer = Answer::default();
        if limits.readme || limits.usage_example {
            for facts in answer.take::<DocumentFacts>(evidence, EvidenceKind::Documents) {
                judge_documents(&mut answer, limits, question, facts);
            }
        }
        // Least 0 % asks for nothing, so nothing needs to read the sources.
        if limits.min_documented > 0.0 {
            let sources = answer.take_source(evidence);
            let items: Vec<&PublicItem> = sources.iter().flat_map(|f| &f.public_items).collect();
            if !items.is_empty() {
                judge_items(&mut answer, limits, question, &items);
            } else if !sources.is_empty() {
                answer.note("the component has no public item to document");
            }
        }
        answer.sort_findings();
        answer.conclude()
    }
}

fn judge_documents(
    answer: &mut Answer,
    limits: &Limits,
    question: &Question<'_>,
    facts: &DocumentFacts,
) {
    let asked = [
        ("readme", "README", limits.readme, facts.readme.is_some()),
        (
            "usage_example",
            "usage example",
            limits.usage_example,
            facts.usage_example.is_some(),
        ),
    ];
    for (key, what, _, is_there) in asked.into_iter().filter(|(_, _, is_asked, _)| *is_asked) {
        answer.measure(Measurement::new(
            what,
            Actual::Flag(is_there),
            Operator::Equals,
            1.0,
            Unit::YesNo,
            question.rule(key),
        ));
        if !is_there {
            let mut message = format!("the component has no {what}");
            if !facts.looked_in.is_empty() {
                message.push_str("; looked in ");
                message.push_str(&facts.looked_in.join(", "));
            }
            answer.add_made(vec![Finding::new(key, Severity::Error, message)]);
        }
    }
}

fn judge_items(
    answer: &mut Answer,
    limits: &Limits,
    question: &Question<'_>,
    items: &[&PublicItem],
) {
    let documented = items.iter().filter(|item| item.is_documented).count();
    answer.measure(Measurement::new(
        "documented public items",
        Actual::Number(percent(documented as u64, items.len() as u64)),
        Operator::AtLeast,
        limits.min_documented,
        Unit::Percent,
        question.rule("min_documented"),
    ));
    let undocumented = items.iter().filter(|item| !item.is_documented);
    answer.add_made(
        undocumented
            .map(|item| {
                let message = format!("{} `{}` has no documentation", item.kind, item.name);
                Finding::new("undocumented", Severity::Warning, message).at(
                    &*item.file,
                    item.line,
                    None,
                )
            })
            .collect(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::testing::{ask, evidence, shown};
    use crate::model::{EvidenceData, SourceFacts, Target};

    fn source(documented: u32, undocumented: u32) -> EvidenceData {
        let item = |line: u32| PublicItem {
            kind: "function".to_owned(),
            name: format!("f{line}"),
            file: "src/calculator/core.py".to_owned(),
            line,
            is_documented: line <= documented,
        };
        EvidenceData::Source(SourceFacts {
            files: 1,
            public_items: (1..=documented + undocumented).map(item).collect(),
            ..SourceFacts::default()
        })
    }

    fn documents(has_readme: bool, has_example: bool) -> EvidenceData {
        EvidenceData::Documents(DocumentFacts {
            readme: has_readme.then(|| "README.md".to_owned()),
            usage_example: has_example.then(|| "README.md:9".to_owned()),
            looked_in: vec!["src/calculator/README.*".to_owned(), "docs/".to_owned()],
        })
    }

    fn judged(limits: &Limits, source: EvidenceData, documents: EvidenceData) -> Judgement {
        let evidence = evidence([
            (EvidenceKind::Source, source),
            (EvidenceKind::Documents, documents),
        ]);
        ask::<Documentation>(limits, Target::Production, &[], &evidence)
    }

    #[test]
    fn verdicts_at_and_around_the_limit() {
        let table = [
            (4, 1, true, true, "passed"),
            (79_999, 20_001, true, true, "failed"),
            (4, 1, false, true, "failed"),
            (4, 1, true, false, "failed"),
            (0, 0, true, true, "passed"),
        ];
        for (documented, undocumented, has_readme, has_example, verdict) in table {
            let judgement = judged(
                &Limits::default(),
                source(documented, undocumented),
                documents(has_readme, has_example),
            );
            assert_eq!(
                judgement.verdict.as_str(),
                verdict,
                "{documented} {undocumented}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_a_finding() {
        let judgement = judged(&Limits::default(), source(2, 1), documents(false, false));
        insta::assert_snapshot!(shown(&judgement), @"
        failed
        - README no yes (workflow_config.yaml:7)
        - usage example no yes (workflow_config.yaml:7)
        - documented public items 66.66 % ≥ 80 % (workflow_config.yaml:7)
        error readme: the component has no README; looked in src/calculator/README.*, docs/
        error usage_example: the component has no usage example; looked in src/calculator/README.*, docs/
        warning undocumented src/calculator/core.py:3: function `f3` has no documentation
        ");
    }

    #[test]
    fn only_what_is_asked_needs_evidence() {
        let only_documents = Limits {
            min_documented: 0.0,
            ..Limits::default()
        };
        let evidence = evidence([(EvidenceKind::Documents, documents(true, true))]);
        let ask =
            |limits: &Limits| ask::<Documentation>(limits, Target::Dev, &[], &evidence).verdict;
        assert_eq!(ask(&only_documents).as_str(), "passed");
        assert_eq!(ask(&Limits::default()).as_str(), "no_data");
        let nothing = Limits {
            readme: false,
            usage_example: false,
            min_documented: 0.0,
        };
        assert_eq!(ask(&nothing).as_str(), "no_data");
    }

    #[test]
    fn a_file_that_cannot_be_read_leaves_the_share_unknown() {
        let unread = Finding::new("syntax", Severity::Error, "syntax error").at("a.py", 3, 1);
        let EvidenceData::Source(mut facts) = source(5, 0) else {
            panic!("source() gives source facts");
        };
        facts.files = 2;
        facts.parse_errors = vec![unread];
        let judgement = judged(
            &Limits::default(),
            EvidenceData::Source(facts),
            documents(true, true),
        );
        insta::assert_snapshot!(shown(&judgement), @"
        errored
        reason report_unreadable: 1 of 2 source files could not be read, the first is a.py:3:1: syntax error
        + README yes yes (workflow_config.yaml:7)
        + usage example yes yes (workflow_config.yaml:7)
        + documented public items 100 % ≥ 80 % (workflow_config.yaml:7)
        error syntax a.py:3:1: syntax error
        ");
    }
}
