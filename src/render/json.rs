//! The report as JSON, and the JSON Schema of that document.

use crate::model::Report;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

/// The report as `workflow_report_<component>.json` has it: indented, ending with a line break.
#[must_use]
pub fn report(report: &Report) -> String {
    pretty(report)
}

/// Any document of the program as indented JSON, ending with a line break.
///
/// `##[` is written with an escape, which JSON reads as the same text: printed in a log of GitHub
/// Actions, the runner would take it for a command.
#[must_use]
pub fn pretty(document: &impl Serialize) -> String {
    #[expect(
        clippy::expect_used,
        reason = "serialising fails only for maps whose keys are not strings, and the model has none"
    )]
    let mut text = serde_json::to_string_pretty(document).expect("documents are serialisable");
    text.push('\n');
    text.replace("##[", "#\\u0023[")
}

/// The dialect of the schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema of the report, in draft 2020-12, as it is shipped but for the layout.
/// [`report_schema`] makes it, and the tests hold the two equal.
pub const REPORT_SCHEMA: &str = include_str!(concat!(env!("OUT_DIR"), "/report.schema.json"));

/// A JSON document as [`pretty`] lays it out.
///
/// # Errors
///
/// Where the text is no JSON document.
pub fn laid_out(text: &str) -> serde_json::Result<String> {
    let document: Value = serde_json::from_slice(text.as_bytes())?;
    Ok(pretty(&document))
}

/// The JSON Schema of the report, made from the types.
#[must_use]
pub fn report_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let generated = settings.into_generator().into_root_schema_for::<Report>();
    let mut schema = json!({
        "$schema": DIALECT,
        "title": "spec2prod report",
        "description": "The result of one run of spec2prod for one component: \
                        workflow_report_<component>.json.",
    });
    if let (Some(schema), Value::Object(generated)) = (schema.as_object_mut(), generated.to_value())
    {
        for (key, value) in generated {
            schema.entry(key).or_insert(value);
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::REPORT_SCHEMA_VERSION, render::samples};

    fn as_value(sample: &Report) -> Value {
        serde_json::from_str(&report(sample)).unwrap()
    }

    fn keys(value: &Value) -> Vec<&str> {
        value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    }

    #[test]
    fn reports_are_valid_under_the_schema() {
        let validator = jsonschema::draft202012::new(&report_schema()).unwrap();
        for sample in [
            samples::green(),
            samples::red(),
            samples::interrupted(),
            samples::production_blocked(),
            samples::hostile(),
            samples::deployed(),
            samples::rolled_back(),
            samples::unverified(),
            samples::blocked_by_soak(),
        ] {
            let errors: Vec<String> = validator
                .iter_errors(&as_value(&sample))
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn a_report_with_a_deployment_is_read_back_as_it_was() {
        for sample in [samples::deployed(), samples::rolled_back()] {
            let read: Report = serde_json::from_str(&report(&sample)).unwrap();
            assert_eq!(read, sample);
        }
    }

    #[test]
    fn the_status_of_a_component_is_read_back_as_it_was() {
        use crate::model::ComponentStatus;
        for status in [samples::soaking(), samples::demoted()] {
            let read: ComponentStatus = serde_json::from_str(&pretty(&status)).unwrap();
            assert_eq!(read, status);
        }
        let soaking = serde_json::to_value(samples::soaking()).unwrap();
        assert_eq!(soaking["maturity"], "staging");
        assert_eq!(soaking["next"]["level"], "production");
        assert_eq!(
            soaking["next"]["blockers"][0]["name"],
            "staging_uptime_days"
        );
        assert_eq!(soaking["environments"][0]["active"]["is_verified"], true);
    }

    #[test]
    fn the_schema_refuses_what_is_not_a_report() {
        let validator = jsonschema::draft202012::new(&report_schema()).unwrap();
        let mut without_verdict = as_value(&samples::red());
        without_verdict.as_object_mut().unwrap().remove("verdict");
        assert!(!validator.is_valid(&without_verdict));
        let mut wrong_stage = as_value(&samples::red());
        wrong_stage["stages_failed"][0] = "deployment".into();
        assert!(!validator.is_valid(&wrong_stage));
    }

    #[test]
    fn the_ancestors_fields_come_first_and_keep_their_names() {
        let value = as_value(&samples::red());
        let ancestor = [
            "success",
            "component_name",
            "target_stage",
            "stages_completed",
            "stages_failed",
            "stage_results",
            "total_execution_time_ms",
            "context_session_id",
            "metrics_dashboard",
            "schema_version",
        ];
        assert_eq!(keys(&value)[..ancestor.len()], ancestor);
        assert_eq!(value["schema_version"], REPORT_SCHEMA_VERSION);
        let stage = &value["stage_results"]["testing"];
        for field in [
            "stage_name",
            "success",
            "outputs",
            "errors",
            "warnings",
            "execution_time_ms",
            "quality_gates",
        ] {
            assert!(keys(stage).contains(&field), "{field}");
        }
        let gate = &stage["quality_gates"]["test_coverage"];
        for field in [
            "passed",
            "gate_name",
            "details",
            "errors",
            "warnings",
            "execution_time_ms",
        ] {
            assert!(keys(gate).contains(&field), "{field}");
        }
        assert_eq!(value["success"], false);
        assert_eq!(value["target_stage"], "staging");
        assert_eq!(stage["stage_name"], "testing");
        assert_eq!(gate["gate_name"], "test_coverage");
        assert_eq!(gate["passed"], false);
    }

    #[test]
    fn a_report_ends_with_one_line_break() {
        let text = report(&samples::green());
        assert!(text.ends_with("}\n"));
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn control_characters_are_escaped() {
        assert!(!report(&samples::hostile()).contains('\u{1b}'));
    }
}
