//! What every combination of stages, lists, verdicts and targets comes to.

mod judged;
mod readings;

use super::gate_record::Bench;
use super::judge::{Judging, disabled, is_enabled, of_gates};
use super::judged::Judged;
use super::outcome::overall;
use super::plan::{Plan, at_level};
use crate::config::{Policy, load_text};
use crate::model::{
    Component, Evidence, EvidenceKind, Reason, ReasonCode, Stage, StageRecord, Target, Verdict,
};
use readings::{Reading, bad_lint, failing_tests, good, no_instructions, no_linter, no_tests};
use std::sync::Arc;

struct Case {
    policy: Policy,
    target: Target,
    evidence: Evidence,
    specification: Verdict,
    is_interrupted: bool,
}

impl Case {
    fn new(yaml: &str, target: Target) -> Self {
        Self {
            policy: load_text(yaml, "workflow_config.yaml").unwrap(),
            target,
            evidence: Evidence::default(),
            specification: Verdict::Passed,
            is_interrupted: false,
        }
        .with([])
    }

    fn with(mut self, changes: impl IntoIterator<Item = (EvidenceKind, Reading)>) -> Self {
        let mut readings = good();
        readings.extend(changes);
        self.evidence = Evidence::default();
        for (kind, reading) in readings {
            self.evidence.add(kind, "tool", reading.map(Arc::new));
        }
        self
    }

    /// What a judgement looks at.
    fn bench<'a>(&'a self, component: &'a Component, judged: Option<&'a Judged<'a>>) -> Bench<'a> {
        Bench {
            policy: &self.policy,
            component,
            specification: None,
            evidence: &self.evidence,
            tools: &[],
            is_interrupted: self.is_interrupted,
            now: jiff::Timestamp::UNIX_EPOCH,
            judged,
            outside: None,
        }
    }

    fn judged(&self) -> (Verdict, Vec<StageRecord>) {
        let component = thing();
        let bench = self.bench(&component, None);
        let plan = Plan::new(&self.policy, self.target);
        let first = match is_enabled(&self.policy, Stage::Specification) {
            true => StageRecord::new(Stage::Specification, self.specification.clone()),
            false => disabled(Stage::Specification),
        };
        let mut records = vec![
            first,
            StageRecord::new(Stage::DependencyCheck, Verdict::Passed),
        ];
        let mut judging = Judging::after(&plan, &records);
        let stages = plan.stages.iter().copied();
        for stage in stages.filter(|stage| *stage >= Stage::Testing) {
            let record = judging.judge(&bench, stage);
            judging.go_on(&record);
            records.push(record);
        }
        (overall(&records, self.is_interrupted), records)
    }

    /// Exit status, verdict, and the verdict of every stage from testing on.
    fn outcome(&self) -> String {
        let (verdict, records) = self.judged();
        let stages: Vec<&str> = records[2..]
            .iter()
            .map(|record| record.verdict.as_str())
            .collect();
        format!("{} {verdict}: {}", verdict.exit_status(), stages.join(" "))
    }
}

fn thing() -> Component {
    Component {
        name: "thing".parse().unwrap(),
        path: "src/thing".into(),
        tests: Vec::new(),
        spec: None,
        toolchain: "python".to_owned(),
    }
}

const SWITCHED_OFF: &str = "stages:\n  testing: { enabled: false }\n  refactoring: { enabled: false }\n  \
                            staging_deployment: { enabled: false }\n";

#[test]
fn the_verdict_of_every_target_with_the_built_in_policy() {
    use Target::{Dev, Production, Staging};
    let outcome = |target, changes: Vec<(EvidenceKind, Reading)>| {
        Case::new("", target).with(changes).outcome()
    };
    let table = [
        (Dev, vec![], "0 passed: passed passed"),
        (Dev, vec![failing_tests()], "1 failed: failed skipped"),
        (Dev, vec![no_tests()], "3 no_data: no_data skipped"),
        (Dev, vec![no_linter()], "3 errored: passed errored"),
        (Dev, vec![bad_lint()], "1 failed: passed failed"),
        // What failed weighs more than what could not be measured, wherever it stands.
        (
            Dev,
            vec![no_tests(), bad_lint()],
            "1 failed: no_data skipped",
        ),
        (
            Dev,
            vec![failing_tests(), no_linter()],
            "1 failed: failed skipped",
        ),
        (
            Dev,
            vec![no_tests(), no_linter()],
            "3 no_data: no_data skipped",
        ),
        // Performance is advisory there, and nothing measures it yet.
        (Staging, vec![], "0 warned: passed passed warned"),
        (
            Staging,
            vec![no_linter()],
            "3 errored: passed errored skipped",
        ),
        (
            Production,
            vec![],
            "3 no_data: passed passed warned no_data",
        ),
        (
            Production,
            vec![bad_lint()],
            "1 failed: passed failed skipped skipped",
        ),
    ];
    for (target, changes, expected) in table {
        let words = format!("{target} {changes:?}");
        assert_eq!(outcome(target, changes), expected, "{words}");
    }
}

#[test]
fn lists_and_switches_never_pass_silently() {
    use Target::{Dev, Staging};
    let dev = |lists: &str| format!("maturity_workflow:\n  development: {lists}\n");
    let table = [
        (
            "nothing is named",
            dev("{ required_gates: [], optional_gates: [] }"),
            Dev,
            "3 no_data: skipped skipped",
        ),
        (
            "only advisory gates",
            dev("{ required_gates: [], optional_gates: [linting, test_pass_rate] }"),
            Dev,
            "3 no_data: passed passed",
        ),
        (
            "a required gate that nothing measures",
            dev("{ required_gates: [test_pass_rate, performance] }"),
            Dev,
            "3 no_data: passed no_data",
        ),
        (
            "an advisory gate that nothing measures",
            dev("{ required_gates: [test_pass_rate], optional_gates: [performance] }"),
            Dev,
            "0 warned: passed warned",
        ),
        (
            "a requirement of development that nothing measures",
            dev(
                "{ required_gates: [test_pass_rate], additional_requirements: [monitoring_configured: true] }",
            ),
            Dev,
            "3 no_data: passed no_data",
        ),
        (
            "a requirement of development that a gate answers",
            dev(
                "{ required_gates: [test_pass_rate], additional_requirements: [documentation_complete: true] }",
            ),
            Dev,
            "0 passed: passed passed",
        ),
        (
            "only required gates that are skipped",
            dev("{ required_gates: [instructions_validation], optional_gates: [] }"),
            Dev,
            "3 no_data: skipped skipped",
        ),
        (
            "every stage is switched off",
            SWITCHED_OFF.to_owned(),
            Staging,
            "3 no_data: skipped skipped skipped",
        ),
        (
            "testing is switched off, its required gate is named",
            "stages: { testing: { enabled: false } }".to_owned(),
            Dev,
            "0 warned: skipped passed",
        ),
        (
            "testing is switched off, and the deployment's criteria judge its gates",
            "stages: { testing: { enabled: false } }".to_owned(),
            Staging,
            "0 warned: skipped passed warned",
        ),
        (
            "the deployment is switched off",
            "stages: { staging_deployment: { enabled: false } }".to_owned(),
            Staging,
            "0 passed: passed passed skipped",
        ),
        (
            "the deployment is switched off, with a requirement that only it asks",
            "stages: { staging_deployment: { enabled: false } }\nmaturity_workflow: { staging: { \
             required_gates: [linting], additional_requirements: [monitoring_configured: true] } }"
                .to_owned(),
            Staging,
            "0 warned: skipped passed skipped",
        ),
    ];
    for (what, yaml, target, expected) in table {
        let case = Case::new(&yaml, target).with([no_instructions()]);
        assert_eq!(case.outcome(), expected, "{what}");
    }
}

#[test]
fn what_a_switched_off_stage_leaves_out_is_named() {
    let case = Case::new("stages: { testing: { enabled: false } }", Target::Dev);
    let (_, records) = case.judged();
    insta::assert_snapshot!(
        records[2].warnings.join("\n"),
        @"required, and not judged since the stage is switched off: test_pass_rate"
    );
}

#[test]
fn a_specification_that_blocks_stops_the_stages_and_a_failed_gate_still_weighs_more() {
    let reason = Reason::new(ReasonCode::ReportMissing, "there is none");
    let mut case = Case::new("", Target::Dev);
    case.specification = Verdict::NoData(reason);
    assert_eq!(case.outcome(), "3 no_data: skipped skipped");
    let case = Case {
        specification: case.specification,
        ..Case::new("", Target::Dev).with([failing_tests()])
    };
    assert_eq!(case.outcome(), "1 failed: skipped skipped");
}

#[test]
fn an_interrupted_run_is_neither_passed_nor_failed() {
    for changes in [vec![], vec![failing_tests()]] {
        let mut case = Case::new("", Target::Staging).with(changes);
        case.is_interrupted = true;
        let (verdict, records) = case.judged();
        assert_eq!(verdict.exit_status(), 130);
        assert!(records[2..].iter().all(|record| !record.success));
    }
}

#[test]
fn some_gates_without_stages_need_a_required_one_that_passed() {
    let table = [
        (
            "{ required_gates: [], optional_gates: [linting] }",
            "no_data",
        ),
        ("{ required_gates: [], optional_gates: [] }", "no_data"),
        (
            "{ required_gates: [instructions_validation], optional_gates: [linting] }",
            "no_data",
        ),
        (
            "{ required_gates: [linting], optional_gates: [instructions_validation] }",
            "passed",
        ),
    ];
    for (lists, expected) in table {
        let yaml = format!("maturity_workflow:\n  development: {lists}\n");
        let case = Case::new(&yaml, Target::Dev).with([no_instructions()]);
        let (_, records) = case.judged();
        let gates: Vec<_> = records
            .iter()
            .flat_map(|record| record.quality_gates.values().cloned())
            .collect();
        assert_eq!(gates.len(), at_level(&case.policy, Target::Dev).len());
        assert_eq!(of_gates(&gates, false).as_str(), expected, "{lists}");
        assert_eq!(of_gates(&gates, true).exit_status(), 130);
    }
}

#[tokio::test]
async fn a_panic_becomes_a_message() {
    let message = super::guard::guarded(async {
        tokio::task::yield_now().await;
        panic!("no {}", "good");
    })
    .await;
    assert_eq!(message, Err::<(), _>("no good".to_owned()));
}
