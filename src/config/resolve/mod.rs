//! The written configuration → the policy that a run obeys.

mod environments;
mod promotion;
mod suites;

pub(super) use promotion::date;

use super::{
    AdditionalRequirement, CommandPolicy, ComponentPolicy, ContextPolicy, FurtherEvidencePolicy,
    GatePolicy, GitHubPolicy, HistoryPolicy, LevelPolicy, Logging, Observability, Policy,
    PythonPolicy, ReportPolicy, StagePolicy, ToolchainPolicy, not_in_effect, raw,
    settings::{Settings, escaped},
};
use crate::{
    gates::{self, REGISTRY},
    model::{RuleSource, Stage, Target},
    recovery::{BreakerPolicy, RetryPolicy},
};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// The policy of a configuration that has been checked.
pub(super) fn resolve(config: &raw::Config, settings: Settings) -> Policy {
    Policy {
        file: settings.file().map(PathBuf::from),
        gates: gates(config, &settings),
        levels: levels(config, &settings),
        stages: stages(&config.stages, &settings),
        retries: retries(config),
        circuit_breaker: circuit_breaker(config),
        observability: observability(&config.observability),
        context: context(&config.context_management),
        logging: Logging {
            level: config.logging.level,
            format: config.logging.format.clone(),
            file: config.logging.file.as_ref().map(PathBuf::from),
            console: config.logging.console,
        },
        toolchains: toolchains(config, &settings),
        components: components(config, &settings),
        shared_paths: config.planning.shared_paths.clone(),
        max_parallel: config.execution.max_parallel,
        github: GitHubPolicy {
            surfaces: config.github.surfaces.iter().copied().collect(),
            has_check_per_gate: config.github.check_per_gate,
        },
        environments: environments::general(config, &settings),
        suites: suites::general(config, &settings),
        promotion: promotion::promotion(config, &settings),
        history: HistoryPolicy {
            directory: PathBuf::from(&config.history.directory),
            branch: config.history.branch.clone(),
            remote: config.history.remote.clone(),
        },
        not_in_effect: not_in_effect::remarks(&settings),
        warnings: Vec::new(),
        settings,
    }
}

/// Where each of these keys of a block was set; keys that nobody set are absent.
fn rules<'a>(
    settings: &Settings,
    block: &str,
    keys: impl IntoIterator<Item = &'a str>,
) -> BTreeMap<String, RuleSource> {
    keys.into_iter()
        .map(|key| (key.to_owned(), format!("{block}/{}", escaped(key))))
        .filter(|(_, pointer)| settings.is_set(pointer))
        .map(|(key, pointer)| (key, settings.rule(&pointer)))
        .collect()
}

fn gates(config: &raw::Config, settings: &Settings) -> BTreeMap<&'static str, GatePolicy> {
    REGISTRY
        .iter()
        .map(|entry| {
            let limits = config.quality_gates.0.get(entry.id).cloned();
            let limits = limits.unwrap_or_else(|| entry.defaults());
            let keys = limits
                .as_object()
                .into_iter()
                .flat_map(|limits| limits.keys());
            let block = format!("/quality_gates/{}", entry.id);
            let rules = rules(settings, &block, keys.map(String::as_str));
            (entry.id, GatePolicy { limits, rules })
        })
        .collect()
}

fn levels(config: &raw::Config, settings: &Settings) -> BTreeMap<Target, LevelPolicy> {
    let gate_list = |block: &str, ids: &[raw::GateId]| {
        let item = |(index, id): (usize, &raw::GateId)| {
            (id.0.clone(), settings.rule(&format!("{block}/{index}")))
        };
        ids.iter().enumerate().map(item).collect()
    };
    config
        .maturity_workflow
        .entries()
        .into_iter()
        .map(|(name, target, level)| {
            let block = format!("/maturity_workflow/{name}");
            let policy = LevelPolicy {
                required: gate_list(&format!("{block}/required_gates"), &level.required_gates),
                optional: gate_list(&format!("{block}/optional_gates"), &level.optional_gates),
                additional: additional(&block, level, settings),
            };
            (target, policy)
        })
        .collect()
}

fn additional(block: &str, level: &raw::Level, settings: &Settings) -> Vec<AdditionalRequirement> {
    let mut requirements = Vec::new();
    for (index, entry) in level.additional_requirements.iter().enumerate() {
        for (name, value) in entry.entries() {
            if let Some(value) = value {
                let pointer = format!("{block}/additional_requirements/{index}/{name}");
                requirements.push(AdditionalRequirement {
                    name: name.to_owned(),
                    value,
                    rule: settings.rule(&pointer),
                });
            }
        }
    }
    requirements
}

fn stages(stages: &raw::Stages, settings: &Settings) -> BTreeMap<Stage, StagePolicy> {
    let policy = |stage: Stage, is_enabled: bool, timeout: u64| {
        let block = format!("/stages/{stage}");
        let keys = settings.values().pointer(&block).and_then(Value::as_object);
        let keys = keys
            .into_iter()
            .flat_map(|keys| keys.keys().map(String::as_str));
        StagePolicy {
            is_enabled,
            timeout: Duration::from_secs(timeout),
            is_parallel: stages.testing.parallel_execution,
            auto_fix_linting: stages.refactoring.auto_fix_linting,
            rollback_on_failure: match stage {
                Stage::ProductionDeployment => stages.production_deployment.rollback_on_failure,
                _ => stages.staging_deployment.rollback_on_failure,
            },
            require_manual_approval: stage == Stage::ProductionDeployment
                && stages.production_deployment.require_manual_approval,
            may_install: stages.dependency_check.install,
            rules: rules(settings, &block, keys),
        }
    };
    macro_rules! of {
        ($($stage:ident => $key:ident),+ $(,)?) => {
            [$((
                Stage::$stage,
                policy(Stage::$stage, stages.$key.enabled, stages.$key.timeout_seconds),
            )),+]
        };
    }
    BTreeMap::from(of! {
        Specification => specification,
        Implementation => implementation,
        DependencyCheck => dependency_check,
        Testing => testing,
        Refactoring => refactoring,
        StagingDeployment => staging_deployment,
        ProductionDeployment => production_deployment,
    })
}

/// The schema bounds all of these to a day.
fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).unwrap_or_default()
}

fn retries(config: &raw::Config) -> BTreeMap<Stage, RetryPolicy> {
    let policy = |retry: &raw::Retry| RetryPolicy {
        max_retries: retry.max_retries,
        base_delay: seconds(retry.base_delay),
        exponential_base: retry.exponential_base,
        max_delay: seconds(retry.max_delay),
        has_jitter: retry.jitter,
        budget: seconds(retry.total_budget),
    };
    let entries = config.error_recovery.entries().into_iter();
    entries
        .map(|(stage, retry)| (stage, policy(retry)))
        .collect()
}

fn circuit_breaker(config: &raw::Config) -> BreakerPolicy {
    let breaker = &config.error_recovery.circuit_breaker;
    BreakerPolicy {
        failure_threshold: breaker.failure_threshold,
        recovery_timeout: seconds(breaker.recovery_timeout),
        half_open_max_calls: breaker.half_open_max_calls,
    }
}

fn observability(observability: &raw::Observability) -> Observability {
    let dashboard = &observability.dashboard;
    Observability {
        metrics_enabled: observability.metrics.enabled,
        metrics_dir: PathBuf::from(&observability.metrics.metrics_dir),
        retention_days: observability.metrics.retention_days,
        track_metrics: observability.track_metrics.clone(),
        dashboard_enabled: dashboard.enabled && dashboard.auto_generate,
        dashboard_dir: PathBuf::from(&dashboard.output_dir),
    }
}

fn context(context: &raw::ContextManagement) -> ContextPolicy {
    let importance = context.importance.entries().into_iter();
    ContextPolicy {
        is_enabled: context.session.enabled,
        sessions_dir: PathBuf::from(&context.session.directory),
        max_tokens: context.session.max_tokens,
        auto_save: context.session.auto_save,
        importance: importance
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    }
}

fn paths(texts: &[String]) -> Vec<PathBuf> {
    texts.iter().map(PathBuf::from).collect()
}

fn toolchains(config: &raw::Config, settings: &Settings) -> BTreeMap<String, ToolchainPolicy> {
    let commands = |name: &str, commands: &[raw::Command]| {
        let block = format!("/toolchains/{}/commands", escaped(name));
        let rule = |index| settings.rule(&format!("{block}/{index}"));
        let commands = commands.iter().enumerate();
        commands
            .map(|(index, raw)| command(raw, rule(index)))
            .collect()
    };
    let policy = |name: &str, toolchain: &raw::Toolchain| match toolchain {
        raw::Toolchain::Python(python) => ToolchainPolicy::Python(PythonPolicy {
            type_checker: python.type_checker,
            requirements: python.requirements.as_deref().map(paths),
            packages: python.packages.clone(),
            pytest_args: python.pytest_args.clone(),
            secrets_baseline: python.secrets_baseline.as_ref().map(PathBuf::from),
            commands: commands(name, &python.commands),
        }),
        raw::Toolchain::Command(toolchain) => {
            ToolchainPolicy::Command(commands(name, &toolchain.commands))
        }
    };
    let mut toolchains: BTreeMap<String, ToolchainPolicy> = config
        .toolchains
        .0
        .iter()
        .map(|(name, toolchain)| (name.clone(), policy(name, toolchain)))
        .collect();
    toolchains
        .entry("python".to_owned())
        .or_insert_with(|| ToolchainPolicy::Python(PythonPolicy::default()));
    toolchains
}

fn command(raw: &raw::Command, rule: RuleSource) -> CommandPolicy {
    CommandPolicy {
        name: raw.name.clone(),
        command: raw.command.clone(),
        evidence: raw.evidence.clone(),
        report: report(&raw.report),
        also: raw.also.iter().map(further).collect(),
        fix: raw.fix.clone(),
        env: raw.env.clone(),
        working_directory: raw.working_directory.as_ref().map(PathBuf::from),
        rule,
    }
}

fn further(raw: &raw::FurtherEvidence) -> FurtherEvidencePolicy {
    FurtherEvidencePolicy {
        evidence: raw.evidence.clone(),
        report: report(&raw.report),
    }
}

fn report(raw: &raw::Report) -> ReportPolicy {
    ReportPolicy {
        format: raw.format,
        path: raw.path.clone(),
    }
}

fn components(config: &raw::Config, settings: &Settings) -> BTreeMap<String, ComponentPolicy> {
    config
        .components
        .iter()
        .map(|(name, raw)| {
            let block = format!("/components/{}", escaped(name));
            let policy = ComponentPolicy {
                path: raw.path.as_ref().map(PathBuf::from),
                tests: raw.tests.as_ref().map(|tests| paths(&tests.0)),
                spec: raw.spec.as_ref().map(PathBuf::from),
                toolchain: raw.toolchain.clone(),
                depends_on: raw.depends_on.clone(),
                thresholds: thresholds(&block, raw, settings),
                environments: environments::own(config, name, settings),
                suites: suites::own(config, name, settings),
                rule: Some(settings.rule(&block)),
            };
            (name.clone(), policy)
        })
        .collect()
}

type Overrides = BTreeMap<String, (Value, RuleSource)>;

fn thresholds(
    block: &str,
    component: &raw::Component,
    settings: &Settings,
) -> BTreeMap<&'static str, Overrides> {
    let mut thresholds = BTreeMap::new();
    for (gate, overrides) in &component.thresholds.0 {
        let (Some(gate), Some(overrides)) = (gates::find(gate), overrides.as_object()) else {
            continue;
        };
        let overrides = overrides.iter().map(|(key, value)| {
            let pointer = format!("{block}/thresholds/{}/{}", gate.id, escaped(key));
            (key.clone(), (value.clone(), settings.rule(&pointer)))
        });
        thresholds.insert(gate.id, overrides.collect());
    }
    thresholds
}
