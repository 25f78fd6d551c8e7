//! What `spec2prod explain` says about a gate or a reason code. Plain text, from the registry.

use super::GateEntry;
use crate::model::{EvidenceKind, ReasonCode};
use schemars::SchemaGenerator;
use serde_json::{Map, Value};

/// Explains a gate: what it asks, its limits, how its verdicts come about, what measures it.
#[must_use]
pub fn explain(gate: &GateEntry) -> String {
    let defaults = gate.defaults();
    let mut lines = vec![
        format!("{}: {}", gate.id, gate.summary),
        String::new(),
        format!("Judged in the stage {}.", gate.stage),
        String::new(),
        "Evidence, and what gives it for Python:".to_owned(),
    ];
    for kind in gate.needs {
        lines.push(format!("  {kind:<16} {}", python_tool(*kind)));
    }
    lines.extend([String::new(), "Limits:".to_owned()]);
    for limit in limits(gate) {
        let default = defaults.get(&limit.key);
        let default = default.map_or_else(|| "none".to_owned(), plain);
        lines.push(format!("  {} (default {default})", limit.key));
        lines.push(format!("    {}", limit.description));
        for (choice, meaning) in limit.choices {
            lines.push(format!("    {choice}: {meaning}"));
        }
    }
    lines.extend([String::new(), "Verdicts:".to_owned()]);
    for (verdict, condition) in gate.verdicts {
        lines.push(format!("  {verdict:<9} {condition}"));
    }
    lines.extend([
        String::new(),
        "In the configuration, here with the defaults:".to_owned(),
        "  quality_gates:".to_owned(),
        format!("    {}:", gate.id),
    ]);
    for (key, value) in defaults.as_object().into_iter().flatten() {
        lines.push(format!("      {key}: {}", plain(value)));
    }
    lines.extend([
        String::new(),
        format!(
            "To reproduce a verdict, run `spec2prod gates {}`, or the command that the report names.",
            gate.id
        ),
    ]);
    lines.join("\n") + "\n"
}

/// Explains a reason code: what it means and what to do.
#[must_use]
pub fn explain_code(code: ReasonCode) -> String {
    format!("{code}: {}\n", code.meaning())
}

/// A limit as its schema describes it.
struct Limit {
    key: String,
    description: String,
    choices: Vec<(String, String)>,
}

fn limits(gate: &GateEntry) -> Vec<Limit> {
    let mut generator = SchemaGenerator::default();
    let schema = gate.schema(&mut generator).to_value();
    let definitions = generator.definitions();
    let properties = definition(&schema, definitions).get("properties");
    let properties = properties.and_then(Value::as_object).into_iter().flatten();
    properties
        .map(|(key, property)| {
            let choices = definition(property, definitions).get("oneOf");
            let choices = choices.and_then(Value::as_array).into_iter().flatten();
            Limit {
                key: key.clone(),
                description: description(property),
                choices: choices
                    .filter_map(|choice| Some((plain(choice.get("const")?), description(choice))))
                    .collect(),
            }
        })
        .collect()
}

/// The schema that a `$ref` stands for, or the schema itself.
fn definition<'a>(schema: &'a Value, definitions: &'a Map<String, Value>) -> &'a Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| definitions.get(reference.rsplit('/').next()?))
        .unwrap_or(schema)
}

fn description(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str);
    text.unwrap_or_default().replace('\n', " ")
}

/// A value as it stands in YAML.
fn plain(value: &Value) -> String {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map_or_else(|| value.to_string(), str::to_owned)
}

/// What gives evidence of this kind in the `python` toolchain.
const fn python_tool(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Tests => "pytest",
        EvidenceKind::Coverage => "pytest with pytest-cov",
        EvidenceKind::Lint => "ruff check",
        EvidenceKind::Format => "ruff format",
        EvidenceKind::Types => "pyright, basedpyright or mypy",
        EvidenceKind::Secrets => "detect-secrets",
        EvidenceKind::Vulnerabilities => "bandit",
        EvidenceKind::Performance => "a command in toolchains.python.commands",
        EvidenceKind::Source | EvidenceKind::Documents | EvidenceKind::Instructions => {
            "spec2prod itself"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::{REGISTRY, find};

    fn explained(id: &str) -> String {
        explain(find(id).unwrap())
    }

    #[test]
    fn a_gate_is_explained() {
        insta::assert_snapshot!(explained("test_coverage"), @"
        test_coverage: Is enough of the component covered by its tests?

        Judged in the stage testing.

        Evidence, and what gives it for Python:
          coverage         pytest with pytest-cov
          tests            pytest

        Limits:
          dev_threshold (default 50.0)
            Least coverage for `dev`, in percent.
          staging_threshold (default 70.0)
            Least coverage for `staging`, in percent.
          production_threshold (default 80.0)
            Least coverage for `production`, in percent.

        Verdicts:
          passed    the coverage is at least the limit of the run's target
          failed    the coverage is below it; the files with the most missing lines are findings
          no_data   the report is missing, stale, or has no coverable line, or no test ran
          errored   the test run did not finish, or the report cannot be read; coverage without a finished test run is not evidence

        In the configuration, here with the defaults:
          quality_gates:
            test_coverage:
              dev_threshold: 50.0
              staging_threshold: 70.0
              production_threshold: 80.0

        To reproduce a verdict, run `spec2prod gates test_coverage`, or the command that the report names.
        ");
    }

    #[test]
    fn a_limit_with_choices_names_them() {
        insta::assert_snapshot!(explained("test_pass_rate"), @"
        test_pass_rate: Do all tests that ran pass?

        Judged in the stage testing.

        Evidence, and what gives it for Python:
          tests            pytest

        Limits:
          required (default 100.0)
            Least share of passing tests among those that ran, in percent. Flaky tests count as passing.
          flaky (default warn)
            What a test that passes only when run again does to the verdict.
            allow: They are named, and the gate passes.
            warn: They are named, and the gate is `warned`.
            fail: They count as failing.

        Verdicts:
          passed    the share of passing tests among those that ran is at least `required`
          warned    the same, and a test passed only when run again (`flaky: warn`)
          failed    the share is below `required`; each failing test is a finding
          no_data   no test was collected, or all were skipped; zero tests are not passing tests
          errored   the test tool is missing, crashed or timed out

        In the configuration, here with the defaults:
          quality_gates:
            test_pass_rate:
              required: 100.0
              flaky: warn

        To reproduce a verdict, run `spec2prod gates test_pass_rate`, or the command that the report names.
        ");
    }

    /// What is asked of nobody unless somebody sets it.
    const WITHOUT_DEFAULT: [&str; 3] = ["memory_query", "prometheus", "response_time_query"];

    #[test]
    fn every_limit_of_every_gate_is_described() {
        for gate in REGISTRY {
            let limits = limits(gate);
            let defaults = gate.defaults();
            let is_optional = |limit: &Limit| WITHOUT_DEFAULT.contains(&limit.key.as_str());
            assert_eq!(
                limits.iter().filter(|limit| !is_optional(limit)).count(),
                defaults.as_object().unwrap().len(),
                "{}",
                gate.id
            );
            for limit in limits {
                assert!(
                    defaults.get(&limit.key).is_some() || is_optional(&limit),
                    "{}.{}",
                    gate.id,
                    limit.key
                );
                assert!(!limit.description.is_empty(), "{}.{}", gate.id, limit.key);
                let choices = limit.choices.iter();
                assert!(choices.into_iter().all(|(_, meaning)| !meaning.is_empty()));
            }
        }
    }

    #[test]
    fn every_reason_code_is_explained() {
        for code in ReasonCode::ALL {
            assert!(explain_code(*code).len() > 40, "{code}");
        }
        insta::assert_snapshot!(explain_code(ReasonCode::ReportEmpty), @"report_empty: The report is there and readable, but holds nothing about the component: no file was inspected, no line is coverable, or none of the files is the component's.");
    }
}
