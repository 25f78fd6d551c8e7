use super::message::message_of;
use crate::model::{
    Deployment, DeploymentOutcome, EnvironmentName, Operation, Phase, PhaseRecord, Stage,
    StageRecord, SuiteResult, Verdict, Version,
};

fn phase(phase: Phase, is_rollback: bool, verdict: Verdict, message: &str) -> PhaseRecord {
    PhaseRecord {
        phase,
        is_rollback,
        verdict,
        message: message.to_owned(),
        started_at: "2025-10-20T09:14:10Z".to_owned(),
        duration_ms: 400,
        attempts: Vec::new(),
        measurements: Vec::new(),
        tests: None,
        warnings: Vec::new(),
    }
}

fn rolled_back() -> Deployment {
    let mut tests = phase(
        Phase::IntegrationTests,
        false,
        Verdict::Failed,
        "43 of 44 tests passed, 1 failed",
    );
    tests.tests = Some(SuiteResult {
        total: 44,
        passed: 43,
        failed: 1,
        skipped: 0,
        flaky: Vec::new(),
        failures: vec!["tests/integration/test_price.py::test_free: \u{1b}[31m-1.00".to_owned()],
        coverage_percent: None,
    });
    tests.warnings = vec!["the hook after integration_tests failed".to_owned()];
    Deployment {
        id: "0199a3f2-7000-7d3a-9b57-2f4c8e1a6d90".to_owned(),
        environment: EnvironmentName::Staging,
        operation: Operation::Deploy,
        version: Version::of_commit("4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790"),
        previous: Some(Version::of_commit(
            "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
        )),
        active: Some(Version::of_commit(
            "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
        )),
        outcome: DeploymentOutcome::RolledBack,
        verdict: Verdict::Failed,
        message: "the integration tests failed".to_owned(),
        remedy: Some("mend it and deploy a new version".to_owned()),
        url: Some("http://127.0.0.1:8101".to_owned()),
        is_hotfix: false,
        approved_by: Vec::new(),
        phases: vec![
            phase(Phase::Deploy, false, Verdict::Passed, "ended well"),
            tests,
            phase(Phase::Rollback, true, Verdict::Passed, "ended well"),
            phase(Phase::HealthCheck, true, Verdict::Passed, "healthy"),
        ],
        outputs: std::collections::BTreeMap::new(),
    }
}

#[test]
fn a_deployment_says_its_outcome_the_versions_and_what_to_do() {
    let mut record = StageRecord::new(Stage::StagingDeployment, Verdict::Failed);
    record.errors = vec!["the integration tests failed".to_owned()];
    record.deployment = Some(rolled_back());
    let message = message_of(&record);
    insta::assert_snapshot!(message.content, @"
    Stage staging_deployment of calculator for staging: failed
    Deployment of 4f1d2c9be07a to staging: rolled_back
      the integration tests failed
      active now: 1a2b3c4d5e6f
      verified before: 1a2b3c4d5e6f
      seen at: http://127.0.0.1:8101
      integration_tests failed: 43 of 44 tests passed, 1 failed
        warning: the hook after integration_tests failed
        failed test: tests/integration/test_price.py::test_free: [31m-1.00
      rollback passed: ended well
      health_check after rollback passed: healthy
      to do: mend it and deploy a new version
    ");
    assert_eq!(message.importance_key, "deployment_status");
    insta::assert_json_snapshot!(message.metadata["deployment"], @r#"
    {
      "id": "0199a3f2-7000-7d3a-9b57-2f4c8e1a6d90",
      "environment": "staging",
      "operation": "deploy",
      "outcome": "rolled_back",
      "version": {
        "commit": "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790"
      },
      "previous": {
        "commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
      },
      "active": {
        "commit": "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
      },
      "is_hotfix": false
    }
    "#);
}

#[test]
fn a_hotfix_to_production_is_named_one() {
    let mut record = StageRecord::new(Stage::ProductionDeployment, Verdict::Passed);
    record.deployment = Some(Deployment {
        environment: EnvironmentName::Production,
        outcome: DeploymentOutcome::Healthy,
        verdict: Verdict::Passed,
        active: None,
        is_hotfix: true,
        phases: Vec::new(),
        ..rolled_back()
    });
    let message = message_of(&record);
    let head = "Deployment of 4f1d2c9be07a to production as a hotfix: healthy";
    assert!(message.content.contains(head), "{}", message.content);
    assert!(message.content.contains("active now: not known"));
    assert_eq!(message.importance_key, "production_status");
}
