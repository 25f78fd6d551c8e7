//! The JSON Schema that is shipped.

use crate::config::schema;
use serde_json::Value;

#[test]
fn the_schema_is_a_schema() {
    jsonschema::meta::validate(&schema()).unwrap();
}

#[test]
fn no_mistake_is_told_as_one_of_several_alternatives() {
    let text = schema().to_string();
    for vague in ["\"oneOf\"", "\"anyOf\"", "\"null\""] {
        assert!(!text.contains(vague), "{vague}");
    }
}

#[test]
fn everything_is_described() {
    fn undescribed(schema: &Value, path: &str, found: &mut Vec<String>) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_tag = *property == Value::Bool(true);
            if !is_tag && property.get("description").is_none() && property.get("$ref").is_none() {
                found.push(format!("{path}/{key}"));
            }
        }
    }
    let schema = schema();
    let mut found = Vec::new();
    undescribed(&schema, "", &mut found);
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        undescribed(definition, name, &mut found);
        if definition.get("description").is_none() {
            found.push(name.clone());
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
