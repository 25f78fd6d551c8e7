//! Runs whose gates all pass.

use super::parts::{base, criterion, gate, measurement, number, stage, tools_of_a_good_run};
use crate::model::{
    Actual, Finding, Operator, Reason, ReasonCode, Report, Requirement, Severity, Stage,
    StageRecord, Target, Unit, Verdict,
};

/// Every stage up to staging was completed.
pub(crate) fn green() -> Report {
    let mut report = base(Target::Staging);
    report.tools = tools_of_a_good_run();
    let mut specification = stage(Stage::Specification, Verdict::Passed, 3.0, 14.0);
    specification
        .outputs
        .insert("requirements".to_owned(), 14.into());
    specification
        .outputs
        .insert("acceptance_criteria".to_owned(), 9.into());
    let mut testing = stage(Stage::Testing, Verdict::Passed, 17.0, 2391.0);
    let mut coverage = gate("test_coverage", Verdict::Passed);
    coverage.measurements = vec![number(
        "line coverage",
        87.456,
        Operator::AtLeast,
        70.0,
        Unit::Percent,
        9,
    )];
    coverage
        .details
        .insert("lines_covered".to_owned(), 251.into());
    coverage
        .details
        .insert("lines_total".to_owned(), 287.into());
    let mut pass_rate = gate("test_pass_rate", Verdict::Passed);
    pass_rate.measurements = vec![number(
        "passed tests",
        100.0,
        Operator::AtLeast,
        100.0,
        Unit::Percent,
        13,
    )];
    pass_rate.details.insert("total".to_owned(), 64.into());
    pass_rate.details.insert("passed".to_owned(), 64.into());
    testing.add(coverage).add(pass_rate);
    let mut refactoring = stage(Stage::Refactoring, Verdict::Warned, 2408.0, 388.0);
    let mut linting = gate("linting", Verdict::Passed);
    linting.measurements = vec![number(
        "lint and format findings",
        0.0,
        Operator::AtMost,
        0.0,
        Unit::Count,
        17,
    )];
    let mut types = gate("type_checking", Verdict::Passed);
    types.measurements = vec![number(
        "type errors",
        0.0,
        Operator::AtMost,
        0.0,
        Unit::Count,
        21,
    )];
    let mut security = gate("security", Verdict::Passed);
    security.measurements = vec![
        number(
            "critical findings",
            0.0,
            Operator::AtMost,
            0.0,
            Unit::Count,
            24,
        ),
        number("high findings", 0.0, Operator::AtMost, 0.0, Unit::Count, 25),
        number(
            "medium findings",
            2.0,
            Operator::AtMost,
            5.0,
            Unit::Count,
            26,
        ),
    ];
    let mut documentation = gate("documentation", Verdict::Failed);
    documentation.passed = false;
    documentation.requirement = Requirement::Advisory;
    documentation.measurements = vec![
        number(
            "documented public items",
            78.26,
            Operator::AtLeast,
            80.0,
            Unit::Percent,
            31,
        ),
        measurement(
            "README",
            Actual::Flag(true),
            Operator::Equals,
            1.0,
            Unit::YesNo,
            None,
        ),
    ];
    documentation.reproduce =
        Some("spec2prod gates --component parcel_pricing documentation".to_owned());
    documentation.findings = vec![
        Finding::new(
            "undocumented",
            Severity::Warning,
            "public function `surcharge_for` has no docstring",
        )
        .at("components/parcel_pricing/src/surcharges.py", 41, 5),
    ];
    refactoring
        .add(linting)
        .add(types)
        .add(security)
        .add(documentation);
    let mut staging = stage(Stage::StagingDeployment, Verdict::Passed, 2796.0, 4.0);
    staging.warnings.push(
        "no environment is configured for staging, so only the criteria were judged".to_owned(),
    );
    for (name, what, actual, operator, target, unit, line) in [
        (
            "test_coverage",
            "line coverage",
            87.456,
            Operator::AtLeast,
            70.0,
            Unit::Percent,
            9,
        ),
        (
            "test_pass_rate",
            "passed tests",
            100.0,
            Operator::AtLeast,
            100.0,
            Unit::Percent,
            13,
        ),
        (
            "linting",
            "lint and format findings",
            0.0,
            Operator::AtMost,
            0.0,
            Unit::Count,
            17,
        ),
        (
            "type_checking",
            "type errors",
            0.0,
            Operator::AtMost,
            0.0,
            Unit::Count,
            21,
        ),
        (
            "security",
            "critical findings",
            0.0,
            Operator::AtMost,
            0.0,
            Unit::Count,
            24,
        ),
    ] {
        let measurement = number(what, actual, operator, target, unit, line);
        staging
            .criteria
            .push(criterion(name, Verdict::Passed, measurement));
    }
    report.judge([specification, testing, refactoring, staging]);
    report
}

/// All gates pass, and production is held because nothing measures its outside criteria.
pub(crate) fn production_blocked() -> Report {
    let mut report = green();
    report.target_stage = Target::Production;
    let unknown = |name: &str| {
        Verdict::NoData(
            Reason::new(ReasonCode::NoSource, format!("nothing is connected that measures {name}"))
                .remedy("record it with `spec2prod probe`, or take it out of `maturity_workflow.production`"),
        )
    };
    let mut production = stage(Stage::ProductionDeployment, Verdict::Failed, 2800.0, 2.0);
    production.criteria = vec![
        criterion(
            "test_coverage",
            Verdict::Passed,
            number(
                "line coverage",
                87.456,
                Operator::AtLeast,
                80.0,
                Unit::Percent,
                10,
            ),
        ),
        criterion(
            "staging_uptime_days",
            unknown("staging_uptime_days"),
            measurement(
                "days in staging",
                Actual::Unknown,
                Operator::AtLeast,
                7.0,
                Unit::Days,
                Some(143),
            ),
        ),
        criterion(
            "staging_uptime_percentage",
            Verdict::Failed,
            number(
                "uptime in staging",
                99.31,
                Operator::AtLeast,
                99.5,
                Unit::Percent,
                144,
            ),
        ),
        criterion(
            "rollback_tested",
            unknown("rollback_tested"),
            measurement(
                "rollback tested",
                Actual::Unknown,
                Operator::Equals,
                1.0,
                Unit::YesNo,
                Some(148),
            ),
        ),
    ];
    let mut stages: Vec<StageRecord> = report.stages().cloned().collect();
    stages.push(production);
    report.judge(stages);
    report
}
