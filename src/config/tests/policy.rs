//! What the keys mean for a run.

use super::{EVERY_KEY, effect, load_ok};
use crate::{
    config::{
        AdditionalRequirement, LogLevel, Policy, ReportFormat, RequiredValue, ToolchainPolicy,
        TrackedMetric, TypeChecker,
    },
    model::{EvidenceKind, RuleSource, Stage, Target},
};
use serde_json::json;
use std::{path::Path, time::Duration};

fn at(line: u32, key: &str) -> RuleSource {
    RuleSource::File {
        file: "workflow_config.yaml".to_owned(),
        line,
        key: key.to_owned(),
    }
}

fn ids(gates: &[(String, RuleSource)]) -> Vec<&str> {
    gates.iter().map(|(id, _)| id.as_str()).collect()
}

#[test]
fn without_a_file_the_defaults_apply() {
    let policy = Policy::default();
    let level = |target| &policy.levels[&target];
    assert_eq!(
        ids(&level(Target::Dev).required),
        ["test_pass_rate", "linting"]
    );
    let strict = [
        "test_coverage",
        "test_pass_rate",
        "linting",
        "type_checking",
        "security",
    ];
    assert_eq!(ids(&level(Target::Staging).required), strict);
    assert_eq!(ids(&level(Target::Production).required)[..5], strict);
    assert_eq!(
        ids(&level(Target::Production).required)[5..],
        ["performance"]
    );
    for target in Target::ALL {
        for advisory in ["complexity", "documentation", "instructions_validation"] {
            assert!(
                ids(&level(target).optional).contains(&advisory),
                "{target} {advisory}"
            );
        }
    }
    let asked: Vec<_> = level(Target::Production)
        .additional
        .iter()
        .map(|requirement| (requirement.name.as_str(), requirement.value))
        .collect();
    assert_eq!(
        asked,
        [
            ("staging_uptime_days", RequiredValue::AtLeast(7.0)),
            ("staging_uptime_percentage", RequiredValue::AtLeast(99.5)),
            ("security_review_complete", RequiredValue::Yes),
            ("documentation_complete", RequiredValue::Yes),
            ("monitoring_configured", RequiredValue::Yes),
            ("rollback_tested", RequiredValue::Yes),
        ]
    );
    let timeouts: Vec<_> = Stage::ALL
        .iter()
        .map(|stage| {
            (
                policy.stages[stage].is_enabled,
                policy.stages[stage].timeout.as_secs(),
            )
        })
        .collect();
    assert_eq!(
        timeouts,
        [
            (true, 60),
            (false, 3600),
            (true, 600),
            (true, 600),
            (true, 300),
            (true, 600),
            (true, 900)
        ]
    );
    let retries: Vec<_> = policy
        .retries
        .iter()
        .map(|(stage, retry)| {
            let seconds = [retry.base_delay, retry.max_delay, retry.budget].map(|d| d.as_secs());
            (
                stage.as_str(),
                retry.max_retries,
                seconds,
                retry.exponential_base,
            )
        })
        .collect();
    assert_eq!(
        retries,
        [
            ("testing", 3, [1, 10, 300], 2.0),
            ("staging_deployment", 5, [2, 30, 300], 2.0),
            ("production_deployment", 3, [5, 60, 300], 1.5),
        ]
    );
    assert_eq!(
        policy.gates["test_coverage"].limits["staging_threshold"],
        json!(70)
    );
    assert!(policy.gates.values().all(|gate| gate.rules.is_empty()));
    assert_eq!(policy.file, None);
    assert_eq!(policy.max_parallel, None);
    assert!(matches!(
        policy.toolchains["python"],
        ToolchainPolicy::Python(_)
    ));
}

#[test]
fn a_file_without_keys_changes_nothing() {
    let empty_blocks = "quality_gates:\nerror_recovery:\n  testing:\ncomponents:\nstages:\n";
    for text in ["", "# nothing\n", "{}", empty_blocks] {
        let policy = load_ok(text);
        assert_eq!(effect(&policy), effect(&Policy::default()), "{text:?}");
        assert_eq!(
            policy.file.as_deref(),
            Some(Path::new("workflow_config.yaml"))
        );
    }
}

#[test]
fn every_rule_names_its_line() {
    let policy = load_ok(EVERY_KEY);
    let line = |needle: &str| {
        let index = EVERY_KEY
            .lines()
            .position(|line| line.contains(needle))
            .unwrap();
        u32::try_from(index + 1).unwrap()
    };
    assert_eq!(
        policy.gates["test_coverage"].rules["staging_threshold"],
        at(
            line("staging_threshold: 62.0"),
            "quality_gates.test_coverage.staging_threshold"
        )
    );
    let (gate, rule) = &policy.levels[&Target::Staging].required[1];
    assert_eq!(gate, "test_pass_rate");
    let list = line("required_gates: [test_coverage, test_pass_rate, linting]");
    assert_eq!(
        *rule,
        at(list, "maturity_workflow.staging.required_gates[1]")
    );
    assert_eq!(
        policy.levels[&Target::Production].additional[1],
        AdditionalRequirement {
            name: "staging_uptime_percentage".to_owned(),
            value: RequiredValue::AtLeast(98.25),
            rule: at(
                line("staging_uptime_percentage"),
                "maturity_workflow.production.additional_requirements[1].staging_uptime_percentage"
            ),
        }
    );
    assert_eq!(
        policy.stages[&Stage::Testing].rules["parallel_execution"],
        at(
            line("parallel_execution"),
            "stages.testing.parallel_execution"
        )
    );
    let ToolchainPolicy::Command(commands) = &policy.toolchains["shell"] else {
        panic!("shell is a command toolchain");
    };
    assert_eq!(
        commands[1].rule,
        at(line("- name: shellcheck"), "toolchains.shell.commands[1]")
    );
    assert_eq!(
        policy.components["billing"].thresholds["linting"]["max_issues"],
        (
            json!(1),
            at(
                line("linting: {max_issues: 1"),
                "components.billing.thresholds.linting.max_issues"
            )
        )
    );
}

#[test]
fn values_reach_the_policy() {
    let policy = load_ok(EVERY_KEY);
    let testing = &policy.retries[&Stage::Testing];
    assert_eq!(testing.base_delay, Duration::from_millis(2500));
    assert!(!testing.has_jitter);
    let refactoring = &policy.retries[&Stage::Refactoring];
    assert_eq!(
        (refactoring.max_retries, refactoring.max_delay.as_secs()),
        (2, 44),
        "merged by <<"
    );
    assert_eq!(
        policy.circuit_breaker.recovery_timeout,
        Duration::from_millis(12_500)
    );
    assert_eq!(
        policy.observability.track_metrics,
        [
            TrackedMetric::StageExecutionTime,
            TrackedMetric::RetryCount,
            TrackedMetric::ErrorTypes
        ]
    );
    assert_eq!(policy.context.sessions_dir, Path::new("build/context"));
    assert!((policy.context.importance["progress_updates"] - 0.25).abs() < f64::EPSILON);
    assert_eq!(policy.logging.level, LogLevel::Warning);
    assert_eq!(
        policy.logging.file.as_deref(),
        Some(Path::new("build/workflow.log"))
    );
    assert_eq!(policy.max_parallel, Some(3));
    let ledger = &policy.components["ledger"];
    assert_eq!(
        ledger.tests.as_deref(),
        Some(&[Path::new("services/ledger/checks").into()][..])
    );
    let ToolchainPolicy::Python(python) = &policy.toolchains["fast_python"] else {
        panic!("fast_python is a Python toolchain");
    };
    assert_eq!(python.type_checker, Some(TypeChecker::Basedpyright));
    let ToolchainPolicy::Command(commands) = &policy.toolchains["shell"] else {
        panic!("shell is a command toolchain");
    };
    assert_eq!(
        commands[1].evidence,
        [EvidenceKind::Lint, EvidenceKind::Format]
    );
    assert_eq!(commands[1].report.format, ReportFormat::Sarif);
    assert_eq!(commands[0].env["TZ"], "UTC");
}

#[test]
fn a_partial_block_keeps_the_other_defaults() {
    let policy = load_ok(
        "quality_gates: {test_coverage: {staging_threshold: 75}}\n\
         error_recovery: {staging_deployment: {max_retries: 1}, refactoring: {max_retries: 2}}\n",
    );
    assert_eq!(
        policy.gates["test_coverage"].limits,
        json!({"dev_threshold": 50, "staging_threshold": 75, "production_threshold": 80})
    );
    let keys: Vec<_> = policy.gates["test_coverage"].rules.keys().collect();
    assert_eq!(keys, ["staging_threshold"]);
    let staging = &policy.retries[&Stage::StagingDeployment];
    assert_eq!((staging.max_retries, staging.base_delay.as_secs()), (1, 2));
    let refactoring = &policy.retries[&Stage::Refactoring];
    assert_eq!(
        (refactoring.max_retries, refactoring.max_delay.as_secs()),
        (2, 10)
    );
    assert!(!policy.retries.contains_key(&Stage::DependencyCheck));
}

#[test]
fn the_block_of_a_level_is_complete() {
    let policy = load_ok("maturity_workflow: {production: {required_gates: [linting]}}\n");
    let production = &policy.levels[&Target::Production];
    assert_eq!(ids(&production.required), ["linting"]);
    assert!(production.optional.is_empty() && production.additional.is_empty());
    assert_eq!(
        policy.levels[&Target::Dev],
        Policy::default().levels[&Target::Dev]
    );
}

#[test]
fn a_requirement_that_is_set_to_false_is_not_asked() {
    let policy = load_ok(
        "maturity_workflow:\n  staging:\n    required_gates: [linting]\n    \
         additional_requirements:\n      - rollback_tested: false\n      - monitoring_configured: true\n",
    );
    let asked = &policy.levels[&Target::Staging].additional;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].name, "monitoring_configured");
}

#[test]
fn a_component_overrides_single_limits() {
    let policy = load_ok(
        "quality_gates:\n  security: {max_high: 1}\n\
         components:\n  billing:\n    thresholds:\n      security: {max_medium: 0}\n",
    );
    let own = policy.for_component("billing");
    assert_eq!(
        own.gates["security"].limits,
        json!({"max_critical": 0, "max_high": 1, "max_medium": 0})
    );
    assert_eq!(
        own.gates["security"].rules["max_medium"],
        at(6, "components.billing.thresholds.security.max_medium")
    );
    assert_eq!(
        own.gates["security"].rules["max_high"],
        at(2, "quality_gates.security.max_high")
    );
    assert_eq!(effect(&policy.for_component("other")), effect(&policy));
}

#[test]
fn numbers_may_be_written_with_a_fraction_of_zero() {
    let policy =
        load_ok("quality_gates: {linting: {max_issues: 3.0}}\nexecution: {max_parallel: 2.0}\n");
    assert_eq!(policy.gates["linting"].limits["max_issues"], json!(3));
    assert_eq!(policy.max_parallel, Some(2));
}
