//! Runs that deployed something, or were kept from it.

use super::green;
use super::parts::{criterion, measurement, number, stage};
use crate::model::{
    Actual, Attempt, Criterion, Deployment, DeploymentOutcome, Ended, EnvironmentName, ErrorKind,
    Operation, Operator, Phase, PhaseRecord, Reason, ReasonCode, Report, Requirement, Stage,
    StageRecord, SuiteResult, Target, Unit, Verdict, Version,
};
use std::collections::BTreeMap;

const NEW: &str = "4f1d2c9be07a86d35a1c0e9f7b62d48c13e5a790";
const OLD: &str = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

/// Staging went well, and production was deployed as a hotfix, with an exemption.
pub(crate) fn deployed() -> Report {
    let mut report = green();
    report.target_stage = Target::Production;
    let staging = deployment(
        EnvironmentName::Staging,
        DeploymentOutcome::Healthy,
        Verdict::Passed,
    );
    let mut production = deployment(
        EnvironmentName::Production,
        DeploymentOutcome::Healthy,
        Verdict::Passed,
    );
    production.is_hotfix = true;
    production.approved_by = vec!["grace".to_owned()];
    production.url = Some("https://parcels.example.org".to_owned());
    production
        .phases
        .retain(|record| record.phase != Phase::IntegrationTests);
    production.phases.insert(0, end_to_end());
    let deploy = &mut production.phases[1];
    deploy.attempts = vec![lost_connection(), ended_well(2)];
    deploy.warnings = vec!["the hook after deploy ended with status 1: no such channel".to_owned()];
    let mut record = stage(
        Stage::ProductionDeployment,
        Verdict::Warned,
        2800.0,
        31_400.0,
    );
    record.criteria = vec![
        Criterion {
            requirement: Requirement::Advisory,
            exemption: Some("ada until 2025-12-31: the generated client has no types".to_owned()),
            ..criterion(
                "type_checking",
                Verdict::Failed,
                number("type errors", 4.0, Operator::AtMost, 0.0, Unit::Count, 21),
            )
        },
        Criterion::new(
            "staging_uptime_days",
            Verdict::Skipped(Reason::new(
                ReasonCode::Hotfix,
                "a hotfix skips the days in staging",
            )),
            Requirement::Required,
            Vec::new(),
        ),
        rollback_tested(),
    ];
    record.deployment = Some(production);
    with_deployment(report, Verdict::Passed, staging, Some(record))
}

/// The smoke test failed in staging, and the version before is active again.
pub(crate) fn rolled_back() -> Report {
    let mut deployment = deployment(
        EnvironmentName::Staging,
        DeploymentOutcome::RolledBack,
        Verdict::Failed,
    );
    deployment.active = deployment.previous.clone();
    deployment.message = "the smoke test failed: exit status 1: price of 0 kg is -1.00".to_owned();
    deployment.remedy = Some(format!(
        "mend it and deploy a new version; {NEW} is held until `spec2prod release` lets it go"
    ));
    deployment.phases.truncate(2);
    let mut smoke_test = phase(
        Phase::SmokeTest,
        12_100,
        402,
        "exit status 1: price of 0 kg is -1.00",
    );
    smoke_test.verdict = Verdict::Failed;
    let mut rollback = phase(
        Phase::Rollback,
        12_600,
        1100,
        "the rollback command ended well",
    );
    let mut health = phase(Phase::HealthCheck, 13_700, 9800, "healthy after 3 looks");
    rollback.is_rollback = true;
    health.is_rollback = true;
    deployment.phases.extend([smoke_test, rollback, health]);
    with_deployment(green(), Verdict::Failed, deployment, None)
}

/// The health of the new version could not be looked at, so nothing was taken back.
pub(crate) fn unverified() -> Report {
    let reason = Reason::new(
        ReasonCode::HealthNotMeasured,
        "5 looks in a row gave no answer: the name parcels.example.org does not resolve",
    );
    let verdict = Verdict::Errored(reason);
    let mut deployment = deployment(
        EnvironmentName::Staging,
        DeploymentOutcome::Unverified,
        verdict.clone(),
    );
    deployment.message = "whether the version is healthy could not be measured: 5 looks in a row \
                          gave no answer: the name parcels.example.org does not resolve"
        .to_owned();
    deployment.remedy = Some(
        "see that the runner reaches the environment, then run again: nothing is deployed twice"
            .to_owned(),
    );
    deployment.phases.truncate(2);
    deployment.phases[1].verdict = verdict.clone();
    deployment.phases[1].message = "5 looks in a row gave no answer".to_owned();
    with_deployment(green(), verdict, deployment, None)
}

/// The version is in staging, and not long enough.
pub(crate) fn blocked_by_soak() -> Report {
    let mut report = green();
    report.target_stage = Target::Production;
    let mut staging = deployment(
        EnvironmentName::Staging,
        DeploymentOutcome::AlreadyActive,
        Verdict::Passed,
    );
    staging.phases.remove(0);
    staging.phases.truncate(1);
    let mut production = stage(Stage::ProductionDeployment, Verdict::Failed, 2800.0, 2.0);
    let probes = Some("samples of spec2prod probe".to_owned());
    let measured_at = Some("2025-10-20T09:02:00Z".to_owned());
    let no_source = Reason::new(
        ReasonCode::NoSource,
        "nothing shows that monitoring is configured",
    );
    production.criteria = vec![
        Criterion {
            source: probes.clone(),
            measured_at: measured_at.clone(),
            gap: Some("4.8 of 7 days; complete on 2025-10-22".to_owned()),
            remedy: Some(
                "wait until then; `maturity_workflow.production` in workflow_config.yaml:143 sets the days"
                    .to_owned(),
            ),
            ..criterion(
                "staging_uptime_days",
                Verdict::Failed,
                number("days in staging", 4.8, Operator::AtLeast, 7.0, Unit::Days, 143),
            )
        },
        Criterion {
            source: probes,
            measured_at,
            gap: Some("47.7 minutes down of 34.6 that are allowed".to_owned()),
            remedy: Some("find why staging was down".to_owned()),
            ..criterion(
                "staging_uptime_percentage",
                Verdict::Failed,
                number("uptime in staging", 99.31, Operator::AtLeast, 99.5, Unit::Percent, 144),
            )
        },
        Criterion {
            remedy: Some("name a file or a query in `promotion.monitoring` of workflow_config.yaml".to_owned()),
            ..criterion(
                "monitoring_configured",
                Verdict::NoData(no_source),
                measurement("monitoring configured", Actual::Unknown, Operator::Equals, 1.0, Unit::YesNo, Some(147)),
            )
        },
        rollback_tested(),
    ];
    report.success = false;
    with_deployment(report, Verdict::Passed, staging, Some(production))
}

/// The last deployment of a sample.
pub(crate) fn deployment_of(report: &Report) -> Deployment {
    let deployments = report
        .stages()
        .filter_map(|stage| stage.deployment.as_ref());
    deployments.last().cloned().unwrap()
}

fn with_deployment(
    mut report: Report,
    verdict: Verdict,
    staging: Deployment,
    production: Option<StageRecord>,
) -> Report {
    let mut stages: Vec<StageRecord> = report.stages().cloned().collect();
    if let Some(last) = stages.last_mut() {
        last.success = verdict.is_pass();
        last.errors = match verdict.is_pass() {
            true => Vec::new(),
            false => vec![staging.message.clone()],
        };
        last.verdict = verdict;
        last.warnings.clear();
        last.execution_time_ms = 23_500.0;
        last.deployment = Some(staging);
    }
    stages.extend(production);
    report.total_execution_time_ms = 34_200.0;
    report.judge(stages);
    report
}

fn rollback_tested() -> Criterion {
    Criterion {
        source: Some("drill of ada".to_owned()),
        measured_at: Some("2025-10-06T08:00:00Z".to_owned()),
        ..criterion(
            "rollback_tested",
            Verdict::Passed,
            measurement(
                "rollback tested",
                Actual::Flag(true),
                Operator::Equals,
                1.0,
                Unit::YesNo,
                Some(148),
            ),
        )
    }
}

/// A deployment with deploy, health check, smoke test, integration tests, bake time and analysis.
fn deployment(
    environment: EnvironmentName,
    outcome: DeploymentOutcome,
    verdict: Verdict,
) -> Deployment {
    let version = Version {
        commit: NEW.to_owned(),
        digest: Some(format!("sha256:{}", "0f3c9a71".repeat(8))),
    };
    let mut analysis = phase(
        Phase::Analysis,
        16_000,
        6000,
        "error rate held 5 times of 5",
    );
    analysis.measurements = vec![number(
        "error rate",
        0.002,
        Operator::AtMost,
        0.01,
        Unit::Count,
        88,
    )];
    let mut tests = phase(
        Phase::IntegrationTests,
        12_600,
        3100,
        "44 of 44 tests passed",
    );
    tests.tests = Some(SuiteResult {
        total: 44,
        passed: 44,
        failed: 0,
        skipped: 0,
        flaky: Vec::new(),
        failures: Vec::new(),
        coverage_percent: Some(81.25),
    });
    Deployment {
        id: "0199a3f2-7000-7d3a-9b57-2f4c8e1a6d90".to_owned(),
        environment,
        operation: Operation::Deploy,
        version: version.clone(),
        previous: Some(Version::of_commit(OLD)),
        active: Some(version),
        outcome,
        verdict,
        message: "every check passed".to_owned(),
        remedy: None,
        url: Some("http://127.0.0.1:8101".to_owned()),
        is_hotfix: false,
        approved_by: Vec::new(),
        phases: vec![
            phase(Phase::Deploy, 0, 1200, "the deploy command ended well"),
            phase(Phase::HealthCheck, 1200, 10_400, "healthy after 3 looks"),
            phase(Phase::SmokeTest, 12_100, 402, "the smoke test ended well"),
            tests,
            phase(Phase::BakeTime, 16_000, 6000, "healthy 4 times of 4"),
            analysis,
        ],
        outputs: BTreeMap::from([("port".to_owned(), "8101".to_owned())]),
    }
}

/// End-to-end tests of which one had to be run again.
fn end_to_end() -> PhaseRecord {
    let mut record = phase(
        Phase::EndToEndTests,
        0,
        4200,
        "12 of 12 tests passed, 1 flaky",
    );
    record.tests = Some(SuiteResult {
        total: 12,
        passed: 11,
        failed: 0,
        skipped: 0,
        flaky: vec!["tests/e2e/test_order.py::test_order_is_shipped".to_owned()],
        failures: Vec::new(),
        coverage_percent: None,
    });
    record
}

/// A phase that passed, its beginning told in milliseconds since that of the deployment.
fn phase(phase: Phase, from_ms: u64, duration_ms: u64, message: &str) -> PhaseRecord {
    PhaseRecord {
        phase,
        is_rollback: false,
        verdict: Verdict::Passed,
        message: message.to_owned(),
        started_at: format!(
            "2025-10-20T09:14:{:02}.{:03}Z",
            10 + from_ms / 1000,
            from_ms % 1000
        ),
        duration_ms,
        attempts: Vec::new(),
        measurements: Vec::new(),
        tests: None,
        warnings: Vec::new(),
    }
}

fn ended_well(number: u32) -> Attempt {
    Attempt {
        number,
        started_at: "2025-10-20T09:14:11.400Z".to_owned(),
        duration_ms: 640,
        delay_ms: 2100,
        exit_status: Some(0),
        ended: Ended::WithEvidence,
    }
}

fn lost_connection() -> Attempt {
    Attempt {
        number: 1,
        started_at: "2025-10-20T09:14:10.000Z".to_owned(),
        duration_ms: 320,
        delay_ms: 0,
        exit_status: Some(255),
        ended: Ended::WithError {
            kind: ErrorKind::Network,
            reason: Reason::new(
                ReasonCode::ToolCrashed,
                "the deploy command ended with status 255: Connection reset by peer",
            ),
        },
    }
}
