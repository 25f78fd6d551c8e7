use crate::context::{RunFacts, opening_message, stage_message};
use crate::model::{
    Actual, Criterion, Finding, GateRecord, Measurement, Operator, Position, Reason, ReasonCode,
    Requirement, RequirementKind, RuleSource, Severity, SpecRequirement, Specification, Stage,
    StageRecord, StatedThreshold, Target, ThresholdSubject, Unit, Verdict,
};
use serde_json::Map;

fn measurement(what: &str, actual: Actual, target: f64, unit: Unit) -> Measurement {
    let rule = RuleSource::File {
        file: "workflow_config.yaml".to_owned(),
        line: 9,
        key: "staging_threshold".to_owned(),
    };
    Measurement::new(what, actual, Operator::AtLeast, target, unit, rule)
}

fn gate(id: &str, verdict: Verdict, requirement: Requirement) -> GateRecord {
    GateRecord {
        passed: verdict.is_pass(),
        gate_name: id.to_owned(),
        verdict,
        requirement,
        details: Map::new(),
        measurements: Vec::new(),
        findings: Vec::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
        execution_time_ms: 1.0,
        reproduce: Some(format!("spec2prod gates {id}")),
    }
}

pub(super) fn message_of(record: &StageRecord) -> crate::context::SessionMessage {
    let component = "calculator".parse().unwrap();
    let run = RunFacts {
        component: &component,
        target: Target::Staging,
        run_id: "0199fb1e-0000-7000-8000-000000000000",
        commit: Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    };
    stage_message(&run, record)
}

fn testing() -> StageRecord {
    let mut coverage = gate("test_coverage", Verdict::Failed, Requirement::Required);
    coverage.measurements = vec![measurement(
        "line coverage",
        Actual::Number(69.999),
        70.0,
        Unit::Percent,
    )];
    coverage.findings = (1..=7)
        .map(|line| {
            Finding::new("uncovered", Severity::Warning, "not run by any test").at(
                "src/calculator/core.py",
                line * 10,
                None,
            )
        })
        .collect();
    coverage.reproduce = Some("uv run pytest --cov=src/calculator".to_owned());
    let mut tests = gate("test_pass_rate", Verdict::Passed, Requirement::Required);
    tests.measurements = vec![measurement(
        "passing tests",
        Actual::Number(100.0),
        100.0,
        Unit::Percent,
    )];
    let reason = Reason::new(ReasonCode::ToolMissing, "pyright is not there").remedy("install it");
    let types = gate(
        "type_checking",
        Verdict::Errored(reason),
        Requirement::Advisory,
    );

    let mut record = StageRecord::new(Stage::Testing, Verdict::Failed);
    for judged in [coverage, tests, types] {
        record
            .quality_gates
            .insert(judged.gate_name.clone(), judged);
    }
    record.errors = vec!["test_coverage failed".to_owned()];
    record.warnings = vec!["1 test is \u{1b}[31mflaky\nand loud".to_owned()];
    record
}

#[test]
fn a_stage_says_what_blocks_where_and_how_to_reproduce_it() {
    let message = message_of(&testing());
    insta::assert_snapshot!(message.content, @r"
    Stage testing of calculator for staging: failed
    Blocked by: test_coverage
    - test_coverage (required): failed
      line coverage: 69.99 %, limit ≥ 70 % (workflow_config.yaml:9): does not hold
      src/calculator/core.py:10 warning uncovered: not run by any test
      src/calculator/core.py:20 warning uncovered: not run by any test
      src/calculator/core.py:30 warning uncovered: not run by any test
      src/calculator/core.py:40 warning uncovered: not run by any test
      src/calculator/core.py:50 warning uncovered: not run by any test
      … and 2 more findings
      reproduce: uv run pytest --cov=src/calculator
    - test_pass_rate (required): passed
      passing tests: 100 %, limit ≥ 100 % (workflow_config.yaml:9): holds
    - type_checking (advisory): errored (tool_missing): pyright is not there; install it
      reproduce: spec2prod gates type_checking
    warning: 1 test is [31mflaky and loud
    ");
    insta::assert_json_snapshot!(message.metadata, @r#"
    {
      "type": "stage_result",
      "component": "calculator",
      "target": "staging",
      "stage": "testing",
      "verdict": "failed",
      "blocked_by": [
        "test_coverage"
      ],
      "gates": {
        "test_coverage": "failed",
        "test_pass_rate": "passed",
        "type_checking": "errored"
      },
      "run_id": "0199fb1e-0000-7000-8000-000000000000",
      "commit": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    }
    "#);
    assert_eq!(message.importance_key, "test_results");
}

#[test]
fn a_deployment_says_its_criteria() {
    let criterion = |name: &str, verdict, measurements| {
        Criterion::new(name, verdict, Requirement::Required, measurements)
    };
    let no_source = Reason::new(ReasonCode::NoSource, "nothing measures uptime yet");
    let mut record = StageRecord::new(Stage::ProductionDeployment, Verdict::Failed);
    record.criteria = vec![
        criterion(
            "staging_uptime_days",
            Verdict::NoData(no_source),
            Vec::new(),
        ),
        criterion(
            "documentation_complete",
            Verdict::Failed,
            vec![measurement(
                "documentation",
                Actual::Flag(false),
                1.0,
                Unit::YesNo,
            )],
        ),
    ];
    let message = message_of(&record);
    insta::assert_snapshot!(message.content, @r"
    Stage production_deployment of calculator for staging: failed
    Blocked by: staging_uptime_days, documentation_complete
    - staging_uptime_days (required): no_data (no_source): nothing measures uptime yet
    - documentation_complete (required): failed
      documentation: no, limit yes (workflow_config.yaml:9): does not hold
    ");
    assert_eq!(message.importance_key, "production_status");
}

#[test]
fn a_stage_without_gates_says_its_findings_and_errors() {
    let mut record = StageRecord::new(Stage::Specification, Verdict::Failed);
    record.findings = vec![
        Finding::new("missing-section", Severity::Error, "no acceptance criteria").at(
            "specs/calculator.md",
            3,
            1,
        ),
    ];
    record.errors = vec!["the specification has 1 error".to_owned()];
    let message = message_of(&record);
    insta::assert_snapshot!(message.content, @r"
    Stage specification of calculator for staging: failed
    specs/calculator.md:3:1 error missing-section: no acceptance criteria
    error: the specification has 1 error
    ");
    assert_eq!(message.importance_key, "requirements");

    record.findings[0].message = "endless ".repeat(1_000);
    let longest = message_of(&record).content;
    let longest = longest.lines().map(|line| line.chars().count()).max();
    assert_eq!(longest, Some(301), "300 characters and the mark of the cut");
}

#[test]
fn the_opening_tells_requirements_and_thresholds() {
    let at = Position {
        line: 40,
        column: 3,
    };
    let requirement = |id: String, title: &str| SpecRequirement {
        id,
        id_is_explicit: true,
        kind: RequirementKind::Functional,
        title: title.to_owned(),
        details: vec!["not repeated".to_owned()],
        priority: None,
        criteria: Vec::new(),
        at,
    };
    let threshold = |subject, level, value| StatedThreshold {
        subject,
        level,
        value,
        text: String::new(),
        file: "specs/calculator.md".to_owned(),
        at,
    };
    let mut specification = Specification {
        file: "specs/calculator.md".to_owned(),
        title: Some("Calculator".to_owned()),
        requirements: vec![
            requirement("FR-1".to_owned(), "Adds two numbers"),
            requirement("NFR-1".to_owned(), "Answers \u{202e}within 5 ms"),
        ],
        thresholds: vec![
            threshold(ThresholdSubject::Coverage, Some(Target::Staging), 72.5),
            threshold(ThresholdSubject::Complexity, None, 10.0),
        ],
        ..Specification::default()
    };
    let component = "calculator".parse().unwrap();
    let message = opening_message(&component, &specification);
    insta::assert_snapshot!(message.content, @r"
    Specification of calculator: Calculator (specs/calculator.md)
    Requirements:
    - FR-1: Adds two numbers
    - NFR-1: Answers within 5 ms
    Thresholds:
    - coverage ≥ 72.5 % for staging (specs/calculator.md:40)
    - complexity of a function ≤ 10 (specs/calculator.md:40)
    ");
    insta::assert_json_snapshot!(message.metadata, @r#"
    {
      "type": "specification",
      "component": "calculator",
      "file": "specs/calculator.md",
      "requirements": [
        "FR-1",
        "NFR-1"
      ]
    }
    "#);

    specification.requirements = (1..=103)
        .map(|number| requirement(format!("FR-{number}"), "one of many"))
        .collect();
    let message = opening_message(&component, &specification);
    assert!(
        message
            .content
            .contains("- FR-100: one of many\n… and 3 more\n")
    );
}
