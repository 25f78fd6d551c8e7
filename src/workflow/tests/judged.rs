//! What an earlier run made of a level, judged again without its tools.

use super::super::{judge::Judging, judged::Judged, plan::Plan};
use super::{Case, bad_lint, thing};
use crate::model::{Stage, StageRecord, Target, Verdict};

const ASKS: &str = "maturity_workflow: { staging: { required_gates: [linting], \
                    additional_requirements: [documentation_complete: true] } }\n";
const EXCUSED: &str = "exemptions:\n  - { component: thing, criterion: linting, owner: ada, \
                       reason: the linter is wrong, expires: 1970-01-02 }\n";

fn first(yaml: &str) -> StageRecord {
    let case = Case::new(yaml, Target::Staging).with([bad_lint()]);
    let (_, mut records) = case.judged();
    records.pop().unwrap()
}

/// The stage by what the earlier run said alone.
fn again(yaml: &str, earlier: &StageRecord) -> StageRecord {
    let mut case = Case::new(yaml, Target::Staging);
    case.evidence = Default::default();
    let plan = Plan::new(&case.policy, case.target);
    let judged = Judged(vec![earlier]);
    let component = thing();
    let bench = case.bench(&component, Some(&judged));
    Judging::after(&plan, &[]).judge(&bench, Stage::StagingDeployment)
}

#[test]
fn what_was_excused_is_judged_by_the_exemptions_of_now() {
    let excused = format!("{ASKS}{EXCUSED}");
    let earlier = first(&excused);
    assert_eq!(earlier.verdict, Verdict::Warned);
    assert_eq!(again(&excused, &earlier).verdict, Verdict::Warned);
    let over = excused.replace("1970-01-02", "1969-12-31");
    for without in [over.as_str(), ASKS] {
        let record = again(without, &earlier);
        assert_eq!(record.verdict, Verdict::Failed);
        assert_eq!(record.quality_gates["linting"].verdict, Verdict::Failed);
    }
}

#[test]
fn a_requirement_that_a_gate_answered_is_answered_again() {
    let earlier = first(&format!("{ASKS}{EXCUSED}"));
    let record = again(&format!("{ASKS}{EXCUSED}"), &earlier);
    let mut criteria = record.criteria.iter();
    let found = criteria.find(|one| one.name == "documentation_complete");
    assert_eq!(found.unwrap().verdict, Verdict::Passed);
    assert!(!earlier.quality_gates.contains_key("documentation"));
}
